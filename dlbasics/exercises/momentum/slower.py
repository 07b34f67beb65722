"""★★ 动量反而更慢的地方。"""

import numpy as np

from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint
from dlbasics.studies.convergence import settling_steps


def slower_spot(mu, least):
    """找一个 αλ，让动量法在二次碗上比梯度下降慢，梯度下降也不太快。

    Parameters
    ----------
    mu : float
        动量系数，0.5 ≤ mu < 1。
    least : int
        梯度下降至少要走的步数。

    Returns
    -------
    float
        αλ 的值。
    """
    as_fast = 1 - mu**0.5
    too_fast = 1 - 1e-6 ** (1 / least)
    return (as_fast + too_fast) / 2


def inputs(rng):
    yield 0.9, 180
    yield 0.5, 28
    yield 0.99, 1800
    mu = float(rng.uniform(0.6, 0.98))
    yield mu, int(np.log(1e-6) / np.log(1 - 1.5 * (1 - np.sqrt(mu))))


def problem(alpha_lambda, mu, least):
    if not 0 < alpha_lambda < 2:
        return "这里梯度下降不收敛（要 0 < αλ < 2），没法比"
    descent, momentum = (float(settling_steps(alpha_lambda, m)) for m in (0.0, mu))
    if descent < least:
        return f"这里梯度下降只要 {descent:.0f} 步，题目要求至少 {least} 步"
    if momentum <= descent:
        return (
            f"梯度下降要 {descent:.0f} 步，动量法只要 {momentum:.0f} 步，动量法并不更慢；"
            "αλ 太小时动量法占便宜，往 1 的方向试"
        )
    return ""


EXERCISE = Exercise(
    id="momentum/slower",
    title="动量反而更慢的地方",
    stars=2,
    points=3,
    statement=r"""
“动量法更快”不是处处成立。在一维二次碗 $\tfrac12\lambda x^2$ 上，
一切只取决于 $\alpha\lambda$ 和 $\mu$。
给定 $\mu$，找一个 $\alpha\lambda$，使得从 $x=1$、$v=0$ 出发，
误差缩到百万分之一以内（此后不再越界），
动量法用的步数比梯度下降**多**，而且梯度下降至少要走 `least` 步。

检查时两种方法都会真的跑一遍，任何满足要求的答案都算对。""",
    inputs=inputs,
    reference=slower_spot,
    compare=satisfies(problem),
    hints=[
        Hint(
            lambda mu, least: 1.0,
            "αλ = 1 时梯度下降一步到底，动量法确实更慢，但题目要求梯度下降至少走 least 步。",
            "one_step_descent",
        ),
        Hint(
            lambda mu, least: (1 - mu**0.5) ** 2,
            "这是临界阻尼，动量法在这里最快。再往大处走：αλ 更大时它的收敛率停在 √μ 不动。",
            "critical_damping",
        ),
        Hint(
            lambda mu, least: 0.01,
            "碗太浅：αλ 很小时正是动量法占优的地方。比较 |1 − αλ| 与 √μ。",
            "too_shallow",
        ),
        Hint(
            lambda mu, least: 0.5,
            "αλ 要随 mu 和 least 变：梯度下降在这里太快了。",
            "fixed_answer",
        ),
    ],
)
