"""★★ 狭长的碗上最快的学习率。"""

import numpy as np

from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint
from dlbasics.exercises.gradient_descent.largest_lr import bowl

SLACK = 1e-3


def best_lr(hessian):
    """二次碗上，让最慢的方向收敛得最快的学习率。

    Parameters
    ----------
    hessian : ndarray, shape (d, d)
        对称矩阵，特征值都是正数。

    Returns
    -------
    float
        学习率。
    """
    curvatures = np.linalg.eigvalsh(hessian)
    return 2 / (curvatures.min() + curvatures.max())


def inputs(rng):
    yield (np.diag([1.0, 2.0, 16.0]),)
    yield (np.diag([3.0, 3.0]),)
    yield (np.array([[5.0, 4.0], [4.0, 5.0]]),)
    yield (np.array([[2.0, 2.0, 0.0], [2.0, 5.0, 0.0], [0.0, 0.0, 10.0]]),)
    for size in (2, 4):
        yield (bowl(rng, rng.uniform(0.5, 20, size)),)


def problem(lr, hessian):
    """从 d 个特征向量各走一步，看误差最多剩下几成。"""
    vectors = np.linalg.eigh(hessian)[1]
    left = np.linalg.norm(vectors - lr * hessian @ vectors, axis=0).max()
    kappa = np.linalg.cond(hessian)
    best = (kappa - 1) / (kappa + 1)
    if left <= best + SLACK * (1 - best):
        return ""
    return f"最慢的方向每步还剩 {left:.4g} 倍，最好可以是 {best:.4g} 倍"


EXERCISE = Exercise(
    id="gradient_descent/best_lr",
    title="狭长的碗上走得最快",
    stars=2,
    points=2,
    statement=r"""
二次碗 $f(x)=\tfrac12x^\top Hx$，$H$ 是 $d\times d$ 的对称矩阵（参数 `hessian`），特征值都是正数。
从 $x$ 走一步，沿特征值为 $\lambda$ 的方向，离谷底的距离变成原来的 $|1-\alpha\lambda|$ 倍。
各个方向里最大的那个倍数，决定了总的快慢。求学习率 $\alpha$，让它最小。

检查时沿各个方向真的走一步。最慢的方向每步缩短的比例（1 减去它的倍数）
至少是可能的最大值的 99.9% 就算对。""",
    inputs=inputs,
    reference=best_lr,
    compare=satisfies(problem),
    hints=[
        Hint(
            lambda hessian: 1 / np.linalg.eigvalsh(hessian).max(),
            "陡的方向一步到底，平缓的方向却很慢。再大一点，陡的方向还有余地。",
            "steepest_only",
        ),
        Hint(
            lambda hessian: 2 / np.linalg.eigvalsh(hessian).max(),
            "这是上限：陡的方向一直在两边跳，不收敛。",
            "upper_limit",
        ),
        Hint(
            lambda hessian: 1 / np.linalg.eigvalsh(hessian).min(),
            "这样只照顾了平缓的方向，陡的方向会发散。",
            "flattest_only",
        ),
        Hint(
            lambda hessian: 2 / np.trace(hessian),
            "不必把所有方向的曲率都加起来，受两头的方向限制。",
            "sum_of_curvatures",
        ),
        Hint(
            lambda hessian: 1 / np.linalg.eigvalsh(hessian).mean(),
            "取平均的曲率，两头的快慢并不相等。画出各方向的 |1 − αλ|，看哪两条线先相交。",
            "mean_curvature",
        ),
        Hint(
            lambda hessian: 1 / np.sqrt(np.prod(np.linalg.eigvalsh(hessian)[[0, -1]])),
            "取几何平均，两头的快慢并不相等。让最平缓和最陡的方向剩下的倍数一样。",
            "geometric_mean",
        ),
        Hint(
            lambda hessian: 2 / (np.diag(hessian).min() + np.diag(hessian).max()),
            "对角线上是沿坐标轴方向的曲率。碗可以斜着放，要用特征值。",
            "diagonal_only",
        ),
    ],
)
