"""★ 速度剩下几成要几步：半衰期的变化。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def fading_steps(mu, share):
    """平地上（梯度为 0）速度减到原来的 share 倍要走的步数。

    Parameters
    ----------
    mu : float
        动量系数，0 < mu < 1。
    share : float
        剩下几成，0 < share < 1。

    Returns
    -------
    float
        满足 mu**n = share 的 n，不必是整数。
    """
    return np.log(share) / np.log(mu)


def inputs(rng):
    yield 0.9, 0.1
    yield 0.5, 0.25
    for mu, share in rng.uniform(0.05, 0.95, size=(4, 2)):
        yield float(mu), float(share)


EXERCISE = Exercise(
    id="pack/fading",
    title="速度剩下几成",
    stars=1,
    points=1,
    statement=r"""
小球滚到平地上，梯度是 0，每一步 $v\leftarrow\mu v$。
求速度减到原来的 $s$ 倍（参数 `share`）要走的步数 $n$，它是一个实数，不必取整。""",
    inputs=inputs,
    reference=fading_steps,
    compare=equals(),
    hints=[
        Hint(
            lambda mu, share: np.log(mu) / np.log(share),
            "分子分母颠倒了：n·ln μ = ln s。",
            "inverted",
        ),
        Hint(
            lambda mu, share: (1 - share) / (1 - mu),
            "速度不是每步减去同样多，而是每步乘以 μ：这是指数衰减。",
            "linear_decay",
        ),
    ],
)
