"""★★ 加权最小二乘的梯度：梯度推导的变化。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def weighted_gradient(x, y, w, weight):
    """加权平均的平方误差对 w 的梯度。

    Parameters
    ----------
    x : ndarray
        n 个样本，形状 (n, d)。
    y : ndarray
        目标，形状 (n,)。
    w : ndarray
        参数，形状 (d,)。
    weight : ndarray
        样本的权重，正数，形状 (n,)，不一定加起来是 1。

    Returns
    -------
    ndarray
        梯度，形状 (d,)。
    """
    return 2 * x.T @ (weight * (x @ w - y)) / np.sum(weight)


def inputs(rng):
    yield np.array([[1.0], [2.0]]), np.array([0.0, 1.0]), np.array([1.0]), np.array([1.0, 3.0])
    for n, d in ((3, 2), (6, 3)):
        yield (
            rng.normal(size=(n, d)),
            rng.normal(size=n),
            rng.normal(size=d),
            rng.uniform(0.2, 3.0, size=n),
        )


EXERCISE = Exercise(
    id="pack/weighted_gradient",
    title="加权的梯度",
    stars=2,
    points=3,
    statement=r"""
$n$ 个样本排成 $X\in\mathbb{R}^{n\times d}$，第 $i$ 个的权重是 $c_i>0$（参数 `weight`）。
损失是加权平均的平方误差

$$f(w)=\frac{\sum_i c_i\,(x_i^\top w-y_i)^2}{\sum_i c_i}$$

求它对 $w\in\mathbb{R}^d$ 的梯度。""",
    inputs=inputs,
    reference=weighted_gradient,
    compare=equals(),
    hints=[
        Hint(
            lambda x, y, w, weight: 2 * x.T @ (weight * (x @ w - y)),
            "忘了除以权重的和：损失是加权平均，不是加权的和。",
            "not_divided",
        ),
        Hint(
            lambda x, y, w, weight: 2 * x.T @ (weight * (x @ w - y)) / len(y),
            "除以了样本数。加权平均的分母是权重的和。",
            "divided_by_count",
        ),
        Hint(
            lambda x, y, w, weight: x.T @ (weight * (x @ w - y)) / np.sum(weight),
            "平方求导有一个 2：(u²)′ = 2u·u′。",
            "no_two",
        ),
    ],
)
