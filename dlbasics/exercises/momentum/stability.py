"""★★★ 从特征值判断动量法是否收敛。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


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
    for curvature in (1.0, 3.0, 3.9, -1.0, 0.0):
        yield np.array([[curvature]]), 1.0, 0.9
    yield np.array([[2.5]]), 1.0, 0.0
    yield np.array([[2.0, 1.5], [1.5, 2.0]]), 1.0, 0.5
    yield np.array([[1.0, 2.0], [2.0, 1.0]]), 0.1, 0.9
    for top in (0.9, 1.1):
        mu = float(rng.uniform(0.1, 0.9))
        axes = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        curvatures = 2 * (1 + mu) * np.array([0.1, 0.5, top])
        yield axes @ np.diag(curvatures) @ axes.T, 1.0, mu


def bound(curvatures, lr, limit):
    return bool(np.all((0 < lr * curvatures) & (lr * curvatures < limit)))


EXERCISE = Exercise(
    id="momentum/stability",
    title="会不会发散",
    stars=3,
    points=4,
    statement=r"""
在二次函数 $f(x)=\tfrac12x^{\mathsf T}Hx$ 上，换到 $H$ 的特征方向，每个方向各走各的：

$$x_{n+1}=(1+\mu-\alpha\lambda)\,x_n-\mu\,x_{n-1}$$

误差能缩小到 0，当且仅当特征方程 $t^2-(1+\mu-\alpha\lambda)\,t+\mu=0$ 的两个根的模都小于 1。
由此推出 $\alpha\lambda$ 应在的范围，写一个函数判断动量法是否从任何起点都收敛到 0。""",
    inputs=inputs,
    reference=is_stable,
    compare=equals(),
    hints=[
        Hint(
            lambda hessian, lr, mu: bound(np.linalg.eigvalsh(hessian), lr, 2.0),
            "αλ < 2 是梯度下降的界。动量法的界更宽：把 t = −1 代入特征方程看看。",
        ),
        Hint(
            lambda hessian, lr, mu: bool(np.all(lr * np.linalg.eigvalsh(hessian) < 2 * (1 + mu))),
            "上界对了，还缺下界：λ ≤ 0 的方向上没有谷底，小球不会收敛到 0。",
        ),
        Hint(
            lambda hessian, lr, mu: bound(np.diag(hessian), lr, 2 * (1 + mu)),
            "对角元不是曲率，除非 H 本来就是对角阵。曲率是 H 的特征值。",
        ),
        Hint(
            lambda hessian, lr, mu: bound(np.linalg.eigvalsh(hessian), lr, 2 / (1 - mu)),
            "把终端速度的放大率 1/(1 − μ) 用到了这里。界要由特征方程推出来，它是 2(1 + μ)。",
        ),
        Hint(
            lambda hessian, lr, mu: not is_stable(hessian, lr, mu),
            "真假写反了：收敛返回 True。",
        ),
    ],
)
