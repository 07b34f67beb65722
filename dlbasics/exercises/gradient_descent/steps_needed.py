"""★★ 条件数决定要走多少步。"""

import numpy as np

from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint
from dlbasics.landscapes import quadratic
from dlbasics.optimizers import SGD, minimize
from dlbasics.studies.convergence import optimal_gradient_descent

TOLERANCE = 0.05


def steps_needed(kappa, shrink):
    """学习率调到最好时，离谷底的距离缩小到 shrink 倍要走几步。

    Parameters
    ----------
    kappa : float
        条件数 κ，大于 1。
    shrink : float
        缩小到几分之几，在 0 与 1 之间。

    Returns
    -------
    int
        步数。
    """
    rate = (kappa - 1) / (kappa + 1)
    return int(np.ceil(np.log(shrink) / np.log(rate)))


def inputs(rng):
    yield 4.0, 1e-4
    yield 10.0, 1e-6
    yield 100.0, 1e-3
    for _ in range(2):
        yield rng.uniform(20, 200), 10 ** rng.uniform(-5, -1)


def problem(steps, kappa, shrink):
    lr, rate = optimal_gradient_descent(1.0, kappa)
    most = int(2 * np.log(shrink) / np.log(rate)) + 2
    path = minimize(quadratic([1.0, kappa]), [1.0, 1.0], SGD(lr), most).x
    distance = np.linalg.norm(path, axis=1)
    counted = int(np.argmax(distance <= shrink * distance[0]))
    if abs(steps - counted) <= max(1, TOLERANCE * counted):
        return ""
    return f"真的走了一遍，用了 {counted} 步"


EXERCISE = Exercise(
    id="gradient_descent/steps_needed",
    title="要走多少步",
    stars=2,
    points=2,
    statement=r"""
碗 $f(x)=\tfrac12(x_1^2+\kappa x_2^2)$ 的条件数是 $\kappa>1$（参数 `kappa`）。
学习率调到最好，从 $(1,1)$ 出发。离谷底的距离缩小到出发时的 `shrink` 倍，要走多少步？

检查时真的走一遍，数出步数；你的答案与它相差不超过 5%（或者 1 步）就算对。
写好以后算一算：$\kappa$ 从 100 变成 400，步数变成几倍？""",
    inputs=inputs,
    reference=steps_needed,
    compare=satisfies(problem),
    hints=[
        Hint(
            lambda kappa, shrink: np.ceil(np.log(shrink) / np.log(1 - 1 / kappa)),
            "这是学习率取 1/L 时的步数。调到最好，最慢的方向每步剩下的倍数更小。",
            "rate_of_inverse_l",
        ),
        Hint(
            lambda kappa, shrink: np.ceil(
                np.log(shrink) / np.log((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1))
            ),
            "根号 κ 是动量法的收敛率。梯度下降没有这么快。",
            "momentum_rate",
        ),
        Hint(
            lambda kappa, shrink: np.ceil(np.log(shrink) / np.log((kappa - 1) / (kappa + 1)) / 2),
            "少了一半：这是损失缩小到 shrink 倍要的步数。题目问的是距离。",
            "loss_not_distance",
        ),
        Hint(
            lambda kappa, shrink: np.ceil(kappa / 2 * np.log10(1 / shrink)),
            "取对数的底不对：由“倍数的 N 次方 = shrink”解出 N，用自然对数。",
            "wrong_log",
        ),
        Hint(
            lambda kappa, shrink: np.ceil(7 * kappa),
            "7κ 步只对缩小到百万分之一合适。步数还要随 shrink 变。",
            "fixed_shrink",
        ),
        Hint(
            lambda kappa, shrink: np.ceil(np.log(shrink) / np.log((kappa + 1) / (kappa - 1))),
            "步数是负的：收敛率写成了倒数，大于 1。",
            "inverted_rate",
        ),
    ],
)
