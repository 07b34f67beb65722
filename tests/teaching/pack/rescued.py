"""★★★ 动量救得回来的学习率：稳定界限的变化。"""

import numpy as np

from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint

MARGIN = 1e-6


def rescued(curvature, mu):
    """一个学习率：梯度下降用它会发散，同样的学习率加上动量却收敛。

    Parameters
    ----------
    curvature : float
        碗的曲率 λ，正数。
    mu : float
        动量系数，0.1 ≤ mu < 1。

    Returns
    -------
    float
        学习率。
    """
    return (2 + mu) / curvature


def problem(lr, curvature, mu):
    """哪里不满足：用一步的矩阵的特征值判断收敛。"""
    if abs(1 - lr * curvature) <= 1 + MARGIN:
        return "梯度下降用这个学习率没有发散"
    step = np.array([[1 + mu - lr * curvature, -mu], [1.0, 0.0]])
    if np.abs(np.linalg.eigvals(step)).max() >= 1 - MARGIN:
        return "加上动量也发散"
    return ""


def inputs(rng):
    yield 1.0, 0.5
    yield 4.0, 0.9
    for _ in range(4):
        yield float(rng.uniform(0.1, 20)), float(rng.uniform(0.1, 0.95))


EXERCISE = Exercise(
    id="pack/rescued",
    title="动量救得回来的学习率",
    stars=3,
    points=4,
    statement=r"""
在一维的碗 $f(x)=\tfrac12\lambda x^2$ 上（$\lambda$ 是参数 `curvature`），
梯度下降每步把 $x$ 乘以 $1-\alpha\lambda$；
动量法走 $x_{t+1}=(1+\mu-\alpha\lambda)\,x_t-\mu\,x_{t-1}$。

找一个学习率 $\alpha>0$：梯度下降发散，同样的 $\alpha$ 加上动量却收敛。
不必与参考解答相同，检查会真的去看两条路。""",
    inputs=inputs,
    reference=rescued,
    compare=satisfies(problem),
    hints=[
        Hint(
            lambda curvature, mu: 2 / curvature,
            "2/λ 正好在梯度下降的界限上：它来回跳，不收敛也不发散。再大一点。",
            "on_the_first_limit",
        ),
        Hint(
            lambda curvature, mu: 2 * (1 + mu) / curvature,
            "2(1 + μ)/λ 正好在动量法的界限上。取它与梯度下降的界限之间。",
            "on_the_second_limit",
        ),
        Hint(
            lambda curvature, mu: 1 / curvature,
            "1/λ 时梯度下降一步就到谷底，没有发散。",
            "one_step",
        ),
    ],
)
