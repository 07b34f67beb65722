"""动量法的四种写法，与它们之间的换算。

文献与软件里的“动量法”至少有四种写法。学习率恒定时，换算之后它们走同一条路；
学习率中途改变时，它们分成两派：速度里装着学习率的（``source``、``polyak``）要等旧速度慢慢消散，
速度里不装学习率的（``pytorch``、``ema``）立刻按新学习率走。

============  ==================================  ====================  =======================
名字          更新                                出处                  与 ``source`` 同路的学习率
============  ==================================  ====================  =======================
``source``    v ← μv − lr·g，x ← x + v            CS231n、本书          lr
``pytorch``   v ← μv + g，x ← x − lr·v            PyTorch、D2L          lr
``ema``       v ← μv + (1 − μ)g，x ← x − lr·v     Adam 一类             lr / (1 − μ)
``polyak``    x′ ← x − lr·g + μ(x − 上一个 x)     Polyak (1964)         lr
============  ==================================  ====================  =======================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlbasics._checks import as_floats, fraction, positive

Gradient = Callable[[NDArray], NDArray]


def source(grad: Gradient, x0: ArrayLike, lrs: Sequence[float], mu: float) -> NDArray:
    """本书的写法：速度是“下一步要走的位移”。

    Parameters
    ----------
    grad : callable
        梯度，``(d,) -> (d,)``。
    x0 : array_like, shape (d,)
        出发点；float32 与 float64 保持不变，整数转为 float64。不会被修改。
    lrs : sequence of float, length n
        每一步的学习率，正数。
    mu : float
        动量系数，0 ≤ μ ≤ 1。

    Returns
    -------
    ndarray, shape (n + 1, d)
        走过的路，dtype 同出发点。

    Examples
    --------
    >>> source(lambda x: x, [1.0], [0.1, 0.1], mu=0.9)[:, 0]
    array([1.  , 0.9 , 0.72])
    """
    grad, path, lrs, mu = _prepare(grad, x0, lrs, mu)
    v = np.zeros_like(path[0])
    for lr in lrs:
        v = mu * v - lr * grad(path[-1])
        path.append(path[-1] + v)
    return np.array(path)


def pytorch(grad: Gradient, x0: ArrayLike, lrs: Sequence[float], mu: float) -> NDArray:
    """PyTorch 的写法：速度是梯度的加权和，学习率在最后才乘。参数同 :func:`source`。

    Examples
    --------
    梯度恒为 1，速度是 1、1.5；学习率中途减半，第二步立刻按它走：

    >>> pytorch(np.ones_like, [0.0], [0.1, 0.05], mu=0.5)[:, 0]
    array([ 0.   , -0.1  , -0.175])
    """
    grad, path, lrs, mu = _prepare(grad, x0, lrs, mu)
    v = np.zeros_like(path[0])
    for lr in lrs:
        v = mu * v + grad(path[-1])
        path.append(path[-1] - lr * v)
    return np.array(path)


def ema(grad: Gradient, x0: ArrayLike, lrs: Sequence[float], mu: float) -> NDArray:
    """指数加权移动平均的写法：速度是梯度的加权平均。参数同 :func:`source`。

    Examples
    --------
    梯度恒为 1，速度是 0.5、0.75：

    >>> ema(np.ones_like, [0.0], [0.2, 0.2], mu=0.5)[:, 0]
    array([ 0.  , -0.1 , -0.25])
    """
    grad, path, lrs, mu = _prepare(grad, x0, lrs, mu)
    v = np.zeros_like(path[0])
    for lr in lrs:
        v = mu * v + (1 - mu) * grad(path[-1])
        path.append(path[-1] - lr * v)
    return np.array(path)


def polyak(grad: Gradient, x0: ArrayLike, lrs: Sequence[float], mu: float) -> NDArray:
    """Polyak 1964 年的写法：没有速度，只有上一个位置。参数同 :func:`source`。

    Examples
    --------
    梯度恒为 1，学习率中途减半，上一步的一半照样保留：

    >>> polyak(np.ones_like, [0.0], [0.1, 0.05], mu=0.5)[:, 0]
    array([ 0. , -0.1, -0.2])
    """
    grad, path, lrs, mu = _prepare(grad, x0, lrs, mu)
    previous = path[0]
    for lr in lrs:
        x = path[-1]
        path.append(x - lr * grad(x) + mu * (x - previous))
        previous = x
    return np.array(path)


def ema_lr(lr: float, mu: float) -> float:
    """``ema`` 写法与 ``source`` 同路所需的学习率 lr / (1 − μ)。

    Parameters
    ----------
    lr : float
        ``source`` 写法的学习率，正数。
    mu : float
        动量系数，0 ≤ μ < 1。

    Examples
    --------
    >>> ema_lr(0.1, mu=0.5)
    0.2
    """
    return positive("lr", lr) / (1 - fraction("mu", mu))


def _prepare(
    grad: Gradient, x0: ArrayLike, lrs: Sequence[float], mu: float
) -> tuple[Gradient, list[NDArray], list[float], float]:
    """四种写法共同的开头：检查输入，让梯度与出发点同 dtype，路上先只有出发点。"""
    start = as_floats("x0", x0)
    if np.ndim(lrs) != 1:
        raise ValueError(f"lrs 应是一维的序列，每一步一个学习率，得到 {lrs!r}")
    rates = [positive(f"lrs[{n}]", lr) for n, lr in enumerate(lrs)]
    mu = fraction("mu", mu, one_allowed=True)
    return lambda x: np.asarray(grad(x), dtype=start.dtype), [start], rates, mu
