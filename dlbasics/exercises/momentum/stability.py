"""★★★ 从特征值判断动量法是否收敛。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, facts


def is_stable(hessian, lr, mu):
    """二次函数 f(x) = ½ xᵀHx 上，动量法是否从任何起点都收敛到 0。

    Parameters
    ----------
    hessian : ndarray, shape (d, d)
        对称矩阵 H。
    lr, mu : float
        学习率（正数）与动量系数，0 ≤ mu < 1。

    Returns
    -------
    bool
    """
    curvatures = np.linalg.eigvalsh(hessian)
    return bool(np.all((0 < lr * curvatures) & (lr * curvatures < 2 * (1 + mu))))


def inputs(rng):
    for curvature in (2.0, 6.0, 7.9, -2.0, -0.1):
        yield np.array([[curvature]]), 0.5, 0.9
    yield np.array([[2.5]]), 1.0, 0.0
    yield np.array([[30.0]]), 0.1, 0.9
    yield np.array([[1.0]]), 3.0, 0.2
    yield np.array([[2.0, 1.5], [1.5, 2.0]]), 1.0, 0.5
    yield np.array([[1.0, 2.0], [2.0, 1.0]]), 0.1, 0.9
    for top in (0.9, 1.1):
        mu, lr = float(rng.uniform(0.1, 0.9)), float(rng.uniform(0.05, 0.5))
        axes = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        curvatures = 2 * (1 + mu) / lr * np.array([0.1, 0.5, top])
        yield axes @ np.diag(curvatures) @ axes.T, lr, mu


def smallest(hessian):
    return np.linalg.eigvalsh(hessian)[0]


def steepest(hessian, lr):
    return lr * np.linalg.eigvalsh(hessian)[-1]


EXERCISE = Exercise(
    id="momentum/stability",
    title="会不会发散",
    stars=3,
    points=4,
    statement=r"""
在二次函数 $f(x)=\tfrac12x^{\mathsf T}Hx$ 上，换到 $H$ 的特征方向，每个方向各走各的：

$$x_{t+1}=(1+\mu-\alpha\lambda)\,x_t-\mu\,x_{t-1}$$

误差能缩小到 0，当且仅当特征方程 $z^2-(1+\mu-\alpha\lambda)\,z+\mu=0$ 的两个根的模都小于 1。
由此推出 $\alpha\lambda$ 应在的范围，写一个函数判断动量法是否从任何起点都收敛到 0。
检查里没有正好落在边界上的。""",
    inputs=inputs,
    reference=is_stable,
    compare=equals(),
    hints=facts(
        is_stable,
        (
            lambda hessian, lr, mu: smallest(hessian) < 0,
            "这个 H 有一个特征值是负的。沿那个方向，谷底在哪里？",
            "negative_curvature",
        ),
        (
            lambda hessian, lr, mu: len(hessian) > 1,
            "这个 H 不是对角阵。先换到它的特征方向，再看每个方向的 αλ。",
            "not_diagonal",
        ),
        (
            lambda hessian, lr, mu: 2 < steepest(hessian, lr),
            "这里的 αλ 大于 2。从 x = 1、v = 0 真的走几百步，看 |x| 变大还是变小。",
            "beyond_two",
        ),
        (
            lambda hessian, lr, mu: True,
            "把这里的 αλ 与 μ 代进特征方程，算出两个根的模。",
            "by_roots",
        ),
    ),
)
