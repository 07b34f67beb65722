"""★ 学习率的上限。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def largest_lr(hessian):
    """二次碗上学习率的上限：小于它，从哪里出发每一步都下降。

    Parameters
    ----------
    hessian : ndarray, shape (d, d)
        对称矩阵 H，特征值都是正数。

    Returns
    -------
    float
        上限。
    """
    curvatures = np.linalg.eigvalsh(hessian)
    return 2 / curvatures.max()


def bowl(rng, curvatures):
    """一只转过的碗：特征值是 curvatures，特征向量随机。"""
    q = np.linalg.qr(rng.normal(size=(len(curvatures),) * 2))[0]
    hessian = q * curvatures @ q.T
    return (hessian + hessian.T) / 2


def inputs(rng):
    yield (np.diag([1.0, 2.0, 5.0]),)
    yield (np.array([[2.0, 1.0], [1.0, 2.0]]),)
    yield (np.array([[4.0]]),)
    for size in (2, 3, 4):
        yield (bowl(rng, rng.uniform(0.1, 10, size)),)


EXERCISE = Exercise(
    id="gradient_descent/largest_lr",
    title="学习率最大能取多少",
    stars=1,
    points=2,
    statement=r"""
二次碗 $f(x)=\tfrac12x^\top Hx$，$x\in\mathbb{R}^d$，$H$ 是 $d\times d$ 的对称矩阵
（参数 `hessian`），特征值都是正数。求学习率的上限 $\bar\alpha$：只要 $0<\alpha<\bar\alpha$，
从任何 $x\ne0$ 出发，走一步损失都下降；$\alpha$ 比 $\bar\alpha$ 大一点，就有一处不下降。""",
    inputs=inputs,
    reference=largest_lr,
    compare=equals(),
    hints=[
        Hint(
            lambda hessian: 1 / np.linalg.eigvalsh(hessian).max(),
            "这是下降引理保证得最多的学习率，再大一些仍然下降。看上界那条抛物线在哪里回到零。",
            "guaranteed_most",
        ),
        Hint(
            lambda hessian: np.linalg.eigvalsh(hessian).max() / 2,
            "倒过来了：曲率越大，学习率应当越小。",
            "inverted",
        ),
        Hint(
            lambda hessian: 2 / np.linalg.eigvalsh(hessian).min(),
            "这是平缓方向的上限。每个方向都要下降，哪个方向最先受不了？",
            "flattest",
        ),
        Hint(
            lambda hessian: 2 / np.linalg.eigvalsh(hessian)[[0, -1]].sum(),
            "这是收敛得最快的学习率，不是保证下降的上限。",
            "fastest",
        ),
        Hint(
            lambda hessian: 2 / np.trace(hessian),
            "这样除以了各个方向曲率的和。限制学习率的只是其中一个方向。",
            "trace",
        ),
        Hint(
            lambda hessian: 2 / np.linalg.norm(hessian),
            "矩阵的 np.linalg.norm 默认是各元素平方和的平方根，不是最大的曲率。",
            "frobenius",
        ),
        Hint(
            lambda hessian: 2 / np.diag(hessian).max(),
            "矩阵里最大的数，是沿坐标轴方向的最大曲率。碗可以斜着放，最陡的方向不一定沿坐标轴。",
            "largest_entry",
        ),
    ],
)
