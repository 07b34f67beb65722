"""★ 几个种子的平均与标准误。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def summary(scores):
    """几个种子的正确率：平均，以及平均的标准误。

    Parameters
    ----------
    scores : ndarray, shape (n,)
        每个种子的正确率，n ≥ 2。

    Returns
    -------
    mean : float
        平均。
    error : float
        平均的标准误。
    """
    return scores.mean(), scores.std(ddof=1) / np.sqrt(len(scores))


def inputs(rng):
    yield (np.array([0.9, 0.92, 0.97]),)
    yield (np.array([0.8, 0.8]),)
    for n in (2, 5, 10):
        yield (rng.uniform(0.7, 1, n).round(3),)


def with_error(error):
    return lambda scores: (scores.mean(), error(scores))


EXERCISE = Exercise(
    id="train_a_cnn/seeds",
    title="几个种子",
    stars=1,
    points=1,
    statement=r"""
同一个设置用 $n$ 个种子各训练一次，正确率是 $s_1,\dots,s_n$（参数 `scores`）。
平均是 $\bar s$，样本标准差是 $\sqrt{\frac1{n-1}\sum_i(s_i-\bar s)^2}$，
它说的是换一个种子会差多少；除以 $\sqrt n$ 是标准误，说的是**平均**有多准。

返回平均与标准误。报告结果时写清楚 ± 后面是哪一个。""",
    inputs=inputs,
    reference=summary,
    compare=equals(),
    hints=[
        Hint(
            with_error(lambda scores: scores.std(ddof=1)),
            "这是标准差，说的是单独一个种子的散布。平均比单独一个准。",
            "standard_deviation",
        ),
        Hint(
            with_error(lambda scores: scores.std() / np.sqrt(len(scores))),
            "标准差除以了 n。NumPy 默认如此；样本标准差应除以 n − 1。",
            "divided_by_n",
        ),
        Hint(
            with_error(lambda scores: scores.std()),
            "两处要改：np.std 默认除以 n，不是 n − 1；这还是单独一个种子的散布，不是平均的。",
            "two_slips",
        ),
        Hint(
            with_error(lambda scores: scores.std(ddof=1) / len(scores)),
            "除多了：n 个独立的数取平均，散布按根号 n 减小。",
            "divided_by_full_n",
        ),
        Hint(
            with_error(lambda scores: scores.var(ddof=1) / len(scores)),
            "这是平均的方差，还没有开方。",
            "variance",
        ),
        Hint(
            lambda scores: (scores.max(), summary(scores)[1]),
            "报了最好的那个种子。种子是噪声，不是超参数。",
            "best_seed",
        ),
    ],
)
