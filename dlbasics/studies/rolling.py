"""小球滚动的速度：恒定的斜坡上趋于终端速度，平地上越滑越慢。

全部公式针对本书的写法 v ← μv − αg，x ← x + v，从静止出发；α 是学习率，g 是梯度，μ 是动量系数。

References
----------
Goodfellow et al. (2016), §8.3.2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlbasics._checks import fraction


def velocity(t: ArrayLike, lr: float, mu: float, grad: float) -> NDArray:
    """恒定梯度下走了 t 步之后的速度 −α(1 − μᵗ)/(1 − μ)·g（v₀ = 0）。

    Parameters
    ----------
    t : array_like of int
        步数。
    lr, mu, grad : float
        学习率 α、动量系数 0 ≤ μ < 1、恒定的梯度 g。

    Examples
    --------
    >>> velocity([1, 10, 29], lr=0.1, mu=0.9, grad=-1.0).round(3)
    array([0.1  , 0.651, 0.953])
    """
    fraction("mu", mu)
    return -lr * grad * (1 - mu ** np.asarray(t)) / (1 - mu)


def displacement(t: ArrayLike, lr: float, mu: float, grad: float) -> NDArray:
    """恒定梯度下 t 步之内总共走出的位移。

    位移是 −αg/(1 − μ)·(t − μ(1 − μᵗ)/(1 − μ))。参数同 :func:`velocity`。

    Examples
    --------
    两步的速度是 1 与 1.5，加起来是 2.5：

    >>> displacement([1, 2], lr=1.0, mu=0.5, grad=-1.0)
    array([1. , 2.5])
    """
    fraction("mu", mu)
    t = np.asarray(t)
    return -lr * grad / (1 - mu) * (t - mu * (1 - mu**t) / (1 - mu))


def terminal_velocity(lr: float, mu: float, grad: float) -> float:
    """终端速度 −αg/(1 − μ)：恒定梯度下速度的极限。参数同 :func:`velocity`。

    Examples
    --------
    >>> terminal_velocity(lr=1.0, mu=0.75, grad=-1.0)     # 是 μ = 0 时的 4 倍
    4.0
    """
    fraction("mu", mu)
    return -lr * grad / (1 - mu)


def coasting_distance(speed: float, mu: float) -> float:
    """滑行距离 μ/(1 − μ)·|v₀|：以速度 v₀ 进入平地，此后梯度为 0，总共还能滑多远。

    永远只是趋近，不会达到；所以平台要窄于它才过得去。

    Parameters
    ----------
    speed : float
        进入平地时的速度 v₀。
    mu : float
        动量系数，0 ≤ μ < 1。

    Examples
    --------
    >>> coasting_distance(speed=2.0, mu=0.5)     # 1 + ½ + ¼ + ……
    2.0
    """
    fraction("mu", mu)
    return mu / (1 - mu) * abs(speed)
