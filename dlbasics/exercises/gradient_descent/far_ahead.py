"""★★★ 不走一遍，算出很多步以后的位置。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint
from dlbasics.exercises.gradient_descent.largest_lr import bowl


def far_ahead(hessian, x, lr, steps):
    """二次碗上，梯度下降走 steps 步以后在哪里。

    Parameters
    ----------
    hessian : ndarray, shape (d, d)
        对称矩阵 H，特征值都是正数。
    x : ndarray, shape (d,)
        起点。不要修改它。
    lr : float
        学习率 α。
    steps : int
        步数，可能有一亿。

    Returns
    -------
    ndarray, shape (d,)
    """
    curvatures, directions = np.linalg.eigh(hessian)
    along = directions.T @ x
    return directions @ ((1 - lr * curvatures) ** steps * along)


def inputs(rng):
    yield np.diag([1.0, 4.0]), np.array([1.0, 1.0]), 0.125, 3
    yield np.diag([1.0, 3.0]), np.array([1.0, 1.0]), 0.5, 3
    yield np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([1.0, 0.0]), 0.5, 2
    chain = np.array([[2.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 2.0]])
    yield chain, np.array([1.0, 0.0, 0.0]), 0.25, 2
    yield np.diag([1.0, 1e-8]), np.array([1.0, 1.0]), 1.0, 10**8
    for size, lr, steps in [(3, 0.25, 7), (4, 1e-8, 10**8)]:
        yield bowl(rng, rng.uniform(0.5, 3, size)), rng.normal(size=size).round(2), lr, steps


def along_axes(hessian, x, factor):
    """各方向乘上 factor(曲率)，再合成。"""
    curvatures, directions = np.linalg.eigh(hessian)
    return directions @ (factor(curvatures) * (directions.T @ x))


def not_composed(hessian, x, lr, steps):
    curvatures, directions = np.linalg.eigh(hessian)
    return (1 - lr * curvatures) ** steps * (directions.T @ x)


def by_rows(hessian, x, lr, steps):
    curvatures, directions = np.linalg.eigh(hessian)
    return directions.T @ ((1 - lr * curvatures) ** steps * (directions @ x))


EXERCISE = Exercise(
    id="gradient_descent/far_ahead",
    title="走一亿步以后",
    stars=3,
    points=3,
    statement=r"""
二次碗 $f(x)=\tfrac12x^\top Hx$，$x\in\mathbb{R}^d$，$H$ 是 $d\times d$ 的对称矩阵
（参数 `hessian`），特征值都是正数，碗可以斜着放。从 $x$ 出发走 $n$ 步梯度下降
（参数 `steps` 是 $n$，`lr` 是学习率），到了哪里？返回那一点。

$n$ 可能有一亿，一步一步走要几分钟，请直接算出来。
检查里有条件数是一亿的碗：想一想，平缓的方向走一亿步，还剩多少？""",
    inputs=inputs,
    reference=far_ahead,
    compare=equals(rtol=1e-6),
    hints=[
        Hint(
            lambda hessian, x, lr, steps: (1 - lr * np.diag(hessian)) ** steps * x,
            "只用了对角线。碗斜着放时，各个坐标互相牵连；换到哪些方向上，才是各走各的？",
            "diagonal_only",
        ),
        Hint(
            lambda hessian, x, lr, steps: (np.eye(len(x)) - lr * hessian) ** steps @ x,
            "数组的 ** 是逐个元素的幂，不是矩阵连乘。",
            "elementwise_power",
        ),
        Hint(
            lambda hessian, x, lr, steps: along_axes(
                hessian, x, lambda c: np.abs(1 - lr * c) ** steps
            ),
            "取了绝对值。αλ 大于 1 的方向上，走一步会到谷底的哪一边？",
            "absolute",
        ),
        Hint(
            not_composed,
            "这是沿各个特征方向的分量，还要合成原来的坐标。",
            "not_composed",
        ),
        Hint(
            by_rows,
            "np.linalg.eigh 给的特征向量是一列一个，不是一行一个。",
            "by_rows",
        ),
        Hint(
            lambda hessian, x, lr, steps: far_ahead(hessian, x, lr, steps + 1),
            "多走了一步。",
            "one_more",
        ),
        Hint(
            lambda hessian, x, lr, steps: far_ahead(hessian, x, lr, steps - 1),
            "少走了一步。",
            "one_less",
        ),
        Hint(
            lambda hessian, x, lr, steps: far_ahead(hessian, x, -lr, steps),
            "符号反了：离碗底越来越远。",
            "uphill",
        ),
        Hint(
            lambda hessian, x, lr, steps: along_axes(hessian, x, lambda c: 1 - steps * lr * c),
            "把起点的梯度用了很多次。梯度每一步都在变，距离是每一步乘一次，不是减一次。",
            "frozen_gradient",
        ),
        Hint(
            lambda hessian, x, lr, steps: along_axes(hessian, x, lambda c: np.exp(-steps * lr * c)),
            "这是步子无穷小时的近似。一步乘的倍数是多少，就连乘多少次。",
            "continuous",
        ),
    ],
)
