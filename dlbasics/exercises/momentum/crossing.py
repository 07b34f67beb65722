"""★★ 动量系数多大才冲得过平台。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def crossing_mu(speed, width):
    """刚好冲过平台的动量系数：比它大就过得去，不比它大就停在平台上。

    Parameters
    ----------
    speed : float
        到达平台边缘时的速度 v_0，可正可负，不为 0。平台在它前进的方向上。
    width : float
        平台的宽度，正数。

    Returns
    -------
    float
        临界的动量系数，在 0 与 1 之间。
    """
    return width / (width + abs(speed))


def inputs(rng):
    yield 2.0, 6.0
    yield 1.0, 9.0
    yield -1.0, 9.0
    yield 2.0, 0.5
    for speed, width in rng.uniform([0.1, 0.1], [3.0, 30.0], size=(4, 2)):
        yield float(speed * rng.choice([-1, 1])), float(width)


EXERCISE = Exercise(
    id="momentum/crossing",
    title="刚好冲过平台",
    stars=2,
    points=3,
    statement=r"""
小球以速度 $v_0$ 到达平台的边缘。平台上梯度为 0，
以后每一步走 $\mu v_0,\ \mu^2 v_0,\ \dots$。
先求它总共能滑多远，再求刚好冲过宽度 `width` 的动量系数：大于它就过得去，小于它就停在平台上。""",
    inputs=inputs,
    reference=crossing_mu,
    compare=equals(),
    hints=[
        Hint(
            lambda speed, width: width / (width + speed) if speed != -width else np.nan,
            "速度可以是负的：滑多远看的是速率 |v₀|。",
            "signed_speed",
        ),
        Hint(
            lambda speed, width: abs(speed) / (width + abs(speed)),
            "分子写成了速率。平台越宽，需要的 μ 应当越大。",
            "inverted",
        ),
        Hint(
            lambda speed, width: 1 - abs(speed) / width,
            "多算了一步：到边缘以后的第一步是 μv₀，不是 v₀，滑行距离是 μ/(1 − μ)·|v₀|。",
            "first_step_undamped",
        ),
    ],
)
