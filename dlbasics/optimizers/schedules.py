"""学习率的日程：第几步，学习率乘上多少。

每个日程是一个纯函数 ``step -> 倍数``，倍数在 0 与 1 之间；``fit(..., schedule=...)`` 每走一步
就用“优化器的学习率 × 倍数”。

>>> from functools import partial
>>> schedule = partial(warmup_cosine, total=100, warmup=10)
>>> schedule(0), schedule(9), schedule(55)
(0.1, 1.0, 0.5)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlbasics._checks import fraction, integer

Factor = float | NDArray[np.float64]


def warmup_cosine(step: ArrayLike, *, total: int, warmup: int = 0, floor: float = 0.0) -> Factor:
    """先预热，再按余弦下降：1/w, 2/w, …, 1，然后 floor + (1 − floor)·(1 + cos πτ)/2。

    w 是预热的步数；τ 从预热结束时的 0 升到第 total 步的 1，此后不再变。

    Parameters
    ----------
    step : int or array_like of int
        第几步，从 0 数起。
    total : int
        总步数，大于 warmup。
    warmup : int
        预热的步数；0 表示不预热。
    floor : float
        最后降到几分之几，在 [0, 1) 内。

    Returns
    -------
    float or ndarray of float64
        学习率的倍数，形状同 step。

    Examples
    --------
    >>> warmup_cosine([0, 1, 2, 4, 6], total=6, warmup=2).round(3)
    array([0.5, 1. , 1. , 0.5, 0. ])

    References
    ----------
    Goyal et al. (2017), Accurate, large minibatch SGD（预热）；
    Loshchilov, Hutter (2017), SGDR: stochastic gradient descent with warm restarts（余弦）。
    """
    step = _steps(step)
    warmup = integer("warmup", warmup, 0)
    total = integer("total", total, warmup + 1)
    floor = fraction("floor", floor)
    progress = np.clip((step - warmup) / (total - warmup), 0, 1)
    falling = floor + (1 - floor) * (1 + np.cos(np.pi * progress)) / 2
    return _like(step, np.where(step < warmup, (step + 1) / max(warmup, 1), falling))


def step_decay(step: ArrayLike, *, milestones: Sequence[int], factor: float = 0.1) -> Factor:
    """阶梯下降：每到一个里程碑，乘一次 factor。

    Parameters
    ----------
    step : int or array_like of int
        第几步，从 0 数起。
    milestones : sequence of int
        在哪些步下降，严格递增的正数；从那一步起用新的学习率。
    factor : float
        每次乘上的数，在 (0, 1) 内。

    Returns
    -------
    float or ndarray of float64
        学习率的倍数，形状同 step。

    Examples
    --------
    >>> step_decay([0, 99, 100, 150], milestones=[100, 150], factor=0.5)
    array([1.  , 1.  , 0.5 , 0.25])
    """
    step = _steps(step)
    marks = [integer("milestones 里的步数", mark, 1) for mark in milestones]
    if not marks or any(a >= b for a, b in pairwise(marks)):
        raise ValueError(f"milestones 应是严格递增的正整数，至少一个，得到 {list(milestones)!r}")
    if fraction("factor", factor) == 0:
        raise ValueError(f"factor 应在 (0, 1) 之内，得到 {factor!r}")
    return _like(step, factor ** np.searchsorted(marks, step, side="right").astype(float))


def _steps(step: ArrayLike) -> NDArray[np.integer]:
    steps = np.asarray(step)
    if not np.issubdtype(steps.dtype, np.integer) or (steps.size and steps.min() < 0):
        raise ValueError(f"step 应是不小于 0 的整数，得到 {step!r}")
    return steps


def _like(step: NDArray, factor: NDArray) -> Factor:
    return factor if step.ndim else float(factor)
