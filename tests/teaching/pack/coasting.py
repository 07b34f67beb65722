"""★★ 平台上 n 步滑多远：冲过平台的变化。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def coasting(speed, mu, n):
    """平台上滑 n 步，一共走多远。

    Parameters
    ----------
    speed : float
        到达平台边缘时的速度 v_0，可正可负。
    mu : float
        动量系数，0 < mu < 1。
    n : int
        步数，n ≥ 0。

    Returns
    -------
    float
        位移，带正负号。
    """
    return speed * mu * (1 - mu**n) / (1 - mu)


def inputs(rng):
    yield 2.0, 0.5, 0
    yield 2.0, 0.5, 1
    yield -1.0, 0.9, 3
    for _ in range(4):
        yield float(rng.normal()), float(rng.uniform(0.1, 0.95)), int(rng.integers(2, 40))


EXERCISE = Exercise(
    id="pack/coasting",
    title="滑了多远",
    stars=2,
    points=2,
    statement=r"""
小球以速度 $v_0$ 到达平台的边缘，平台上梯度为 0，以后每一步走 $\mu v_0,\ \mu^2v_0,\ \dots$。
求 $n$ 步一共走多远，写成公式。""",
    inputs=inputs,
    reference=coasting,
    compare=equals(),
    hints=[
        Hint(
            lambda speed, mu, n: speed * (1 - mu**n) / (1 - mu),
            "多算了一步：到边缘以后的第一步是 μv₀，不是 v₀。",
            "first_step_undamped",
        ),
        Hint(
            lambda speed, mu, n: speed * mu / (1 - mu),
            "这是一直滑下去的总路程；只走 n 步，还要乘以 1 − μⁿ。",
            "endless",
        ),
        Hint(
            lambda speed, mu, n: np.abs(speed) * mu * (1 - mu**n) / (1 - mu),
            "位移带正负号：速度是负的，就往负的方向走。",
            "signless",
        ),
    ],
)
