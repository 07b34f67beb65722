"""★★★ 最佳的学习率与动量系数。"""

import numpy as np

from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint
from dlbasics.studies.convergence import momentum_rate

MARGIN = 1.02


def optimal(smallest, largest):
    """让最慢的方向也收敛得最快的学习率与动量系数。

    Parameters
    ----------
    smallest, largest : float
        海森矩阵最小与最大的特征值，0 < smallest < largest。

    Returns
    -------
    lr, mu : float
        学习率与动量系数。
    """
    low, high = np.sqrt(smallest), np.sqrt(largest)
    return 4 / (low + high) ** 2, ((high - low) / (high + low)) ** 2


def inputs(rng):
    yield 1.0, 4.0
    yield 1.0, 100.0
    yield 0.01, 100.0
    for _ in range(3):
        smallest, ratio = rng.uniform(0.01, 10), np.exp(rng.uniform(1, 9))
        yield float(smallest), float(smallest * ratio)


def problem(lr, mu, smallest, largest):
    if not (lr > 0 and 0 <= mu < 1):
        return "应有 lr > 0 且 0 ≤ mu < 1"
    worst = float(momentum_rate(lr * np.array([smallest, largest]), mu).max())
    root = np.sqrt(largest / smallest)
    best = (root - 1) / (root + 1)
    if worst >= 1:
        return f"最慢的方向收敛率是 {worst:.4f}，不收敛"
    if np.log(best) / np.log(worst) > MARGIN:
        return f"最慢的方向收敛率是 {worst:.4f}，最好能到 {best:.4f}"
    return ""


EXERCISE = Exercise(
    id="momentum/optimal",
    title="最佳的学习率与动量系数",
    stars=3,
    points=4,
    statement=r"""
二次函数各个方向的曲率在 $\lambda_{\min}$ 与 $\lambda_{\max}$ 之间，
条件数 $\kappa=\lambda_{\max}/\lambda_{\min}$。
总的快慢由最慢的方向决定。选 $\alpha$ 和 $\mu$，让最慢的方向也尽可能快：
收敛率要达到 $(\sqrt\kappa-1)/(\sqrt\kappa+1)$，步数至多多出 2%。

线索：欠阻尼的方向收敛率都是 $\sqrt\mu$，与曲率无关。让两端的曲率同时处在临界阻尼。

检查时用特征值算出最慢方向的收敛率，任何足够好的答案都算对。""",
    inputs=inputs,
    reference=optimal,
    compare=satisfies(problem, count=2),
    hints=[
        Hint(
            lambda smallest, largest: (
                2 / (smallest + largest),
                optimal(smallest, largest)[1],
            ),
            "2/(λmin + λmax) 是梯度下降的最佳学习率。动量法允许更大的学习率。",
            "descent_lr",
        ),
        Hint(
            lambda smallest, largest: (
                optimal(smallest, largest)[0],
                np.sqrt(optimal(smallest, largest)[1]),
            ),
            "μ 忘了平方：收敛率是 √μ，所以 μ 是收敛率的平方。",
            "unsquared",
        ),
        Hint(
            lambda smallest, largest: (
                optimal(smallest, largest)[0],
                ((largest - smallest) / (largest + smallest)) ** 2,
            ),
            "μ 里用了 κ 本身。动量法把 κ 换成了 √κ，好处正在这里。",
            "kappa_itself",
        ),
        Hint(
            lambda smallest, largest: (1 / largest, (1 - np.sqrt(smallest / largest)) ** 2),
            "平缓的一端临界了，陡峭的一端还没有。让两端同时处在临界阻尼。",
            "steep_end_ignored",
        ),
        Hint(
            lambda smallest, largest: (1 / largest, 0.9),
            "固定的 0.9 只在某一个 κ 附近合适。让 μ 随 κ 变。",
            "fixed_mu",
        ),
    ],
)
