"""★ 没有梯度时，速度几步减半。"""

import math

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def half_life(mu):
    """平地上（梯度为 0）速度减到一半要走的步数。

    Parameters
    ----------
    mu : float
        动量系数，0 < mu < 1。

    Returns
    -------
    float
        满足 mu**h = 1/2 的 h，不必是整数。
    """
    return np.log(0.5) / np.log(mu)


def inputs(rng):
    yield (0.9,)
    yield (0.5,)
    yield (0.99,)
    for mu in rng.uniform(0.05, 0.999, size=5):
        yield (float(mu),)


EXERCISE = Exercise(
    id="momentum/half_life",
    title="速度减半要几步",
    stars=1,
    points=1,
    statement=r"""
小球滚到平地上，梯度是 0，每一步只剩 $v\leftarrow\mu v$。速度按指数衰减。
求速度减到一半要走的步数 $h$，它是一个实数，不必取整。""",
    inputs=inputs,
    reference=half_life,
    compare=equals(),
    hints=[
        Hint(
            lambda mu: 1 / (1 - mu),
            "1/(1 − μ) 是终端速度的放大率，不是半衰期。半衰期 h 满足 μʰ = ½。",
            "terminal_factor",
        ),
        Hint(
            lambda mu: math.log(mu) / math.log(0.5),
            "分子分母颠倒了：h·ln μ = ln ½，解出 h。",
            "inverted",
        ),
        Hint(
            lambda mu: 0.5 / (1 - mu),
            "速度不是每步减去一个固定的量，而是每步乘以 μ：这是指数衰减，不是匀减速。",
            "linear_decay",
        ),
    ],
)
