"""★ 走几步才接近终端速度。"""

import math

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def steps_to_terminal(mu, fraction):
    """恒定梯度下从静止出发，几步能达到终端速度的 fraction 倍。

    Parameters
    ----------
    mu : float
        动量系数，0 < mu < 1。
    fraction : float
        比例，0 < fraction < 1。

    Returns
    -------
    int
        满足 |v_t| ≥ fraction × 终端速度的最小的 t。
    """
    return int(np.ceil(np.log(1 - fraction) / np.log(mu)))


def inputs(rng):
    yield 0.6, 0.9
    yield 0.5, 0.75
    yield 0.9, 0.95
    yield 0.99, 0.95
    while True:
        mu, fraction = rng.uniform(0.3, 0.995), rng.uniform(0.5, 0.999)
        exact = np.log(1 - fraction) / np.log(mu)
        if abs(exact - round(exact)) > 1e-3:
            yield float(mu), float(fraction)
            return


EXERCISE = Exercise(
    id="momentum/steps_to_terminal",
    title="几步才算跑起来",
    stars=1,
    points=2,
    statement=r"""
梯度恒为 $g$，从静止出发，$v_t=-\alpha g\,(1-\mu^t)/(1-\mu)$，
终端速度是 $-\alpha g/(1-\mu)$。
求速度第一次达到终端速度的 `fraction` 倍是第几步。解不等式或者一步一步数，都可以。

想一想：$\mu$ 从 0.9 换成 0.99，终端速度大了 10 倍，跑起来要多等几倍的时间？""",
    inputs=inputs,
    reference=steps_to_terminal,
    compare=equals(),
    hints=[
        Hint(
            lambda mu, fraction: math.floor(math.log(1 - fraction) / math.log(mu)),
            "少了一步：这时还没有达到。要的是满足不等式的最小整数，应向上取整。",
            "rounded_down",
        ),
        Hint(
            lambda mu, fraction: math.floor(math.log(1 - fraction) / math.log(mu)) + 1,
            "正好达到也算达到：不等式取等号的时候多算了一步。",
            "one_past_equality",
        ),
        Hint(
            lambda mu, fraction: np.ceil(np.log(1 - fraction) / np.log(mu)),
            "数值对了，类型不对：步数是整数，用 int(…) 包起来。",
            "float_result",
        ),
        Hint(
            lambda mu, fraction: math.log(1 - fraction) / math.log(mu),
            "方程解对了，但步数是整数：向上取整。",
            "not_rounded",
        ),
        Hint(
            lambda mu, fraction: math.ceil(math.log(fraction) / math.log(mu)),
            "你解的是 μᵗ = fraction，那是速度还剩多少。要解的是 1 − μᵗ ≥ fraction。",
            "remaining_speed",
        ),
        Hint(
            lambda mu, fraction: round(1 / (1 - mu)),
            "1/(1 − μ) 步时速度大约只到终端速度的 63%。把 1 − μᵗ ≥ fraction 解出来。",
            "time_constant",
        ),
    ],
)
