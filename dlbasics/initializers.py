"""初始化：随机的权重该有多大，才不会让信号逐层消失或爆炸。

方差由 fan_in（一个输出由多少个输入算出）与 fan_out（一个输入影响多少个输出）决定，
两者都由权重的形状得出：

- 全连接层 (F, D)：fan_in = D，fan_out = F；
- 卷积层 (F, C, kh, kw)：fan_in = C·kh·kw，fan_out = F·kh·kw；
- 局部连接层 (H′, W′, F, C, kh, kw)：每个位置与卷积层相同。
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dlbasics._checks import FLOATS, generator

Initializer = Callable[..., NDArray]


def glorot_uniform(
    shape: tuple[int, ...], rng: np.random.Generator, *, dtype: DTypeLike = np.float64
) -> NDArray:
    """Glorot 均匀分布：方差 2/(fan_in + fan_out)，适合 tanh。

    Parameters
    ----------
    shape : tuple of int
        权重的形状，2、4 或 6 维（见模块说明）。
    rng : numpy.random.Generator
    dtype : dtype
        float32 或 float64；同一个种子给出同样的权重，只是精度不同。

    Returns
    -------
    ndarray
        在 ±√(6/(fan_in + fan_out)) 之间均匀分布。

    Examples
    --------
    >>> weight = glorot_uniform((6, 1, 5, 5), np.random.default_rng(0))
    >>> weight.shape, weight.dtype
    ((6, 1, 5, 5), dtype('float64'))

    References
    ----------
    Glorot, Bengio (2010), Understanding the difficulty of training deep feedforward neural
    networks, AISTATS.
    """
    fan_in, fan_out = _fans(shape)
    limit = np.sqrt(6 / (fan_in + fan_out))
    return generator("rng", rng).uniform(-limit, limit, shape).astype(_float_type(dtype))


def he_normal(
    shape: tuple[int, ...], rng: np.random.Generator, *, dtype: DTypeLike = np.float64
) -> NDArray:
    """He 正态分布：方差 2/fan_in，适合 ReLU（它丢掉一半的信号，所以分子是 2）。

    参数同 :func:`glorot_uniform`。

    Examples
    --------
    >>> he_normal((10, 64), np.random.default_rng(0)).shape
    (10, 64)

    References
    ----------
    He, Zhang, Ren, Sun (2015), Delving deep into rectifiers, ICCV.
    """
    fan_in, _ = _fans(shape)
    return generator("rng", rng).normal(0, np.sqrt(2 / fan_in), shape).astype(_float_type(dtype))


def _fans(shape: tuple[int, ...]) -> tuple[int, int]:
    if len(shape) not in (2, 4, 6) or min(shape) < 1:
        raise ValueError(
            "shape 应是全连接层 (F, D)、卷积层 (F, C, kh, kw) 或局部连接层 "
            f"(H′, W′, F, C, kh, kw) 的权重形状，各维都是正数，得到 {shape}"
        )
    if len(shape) == 2:
        return shape[1], shape[0]
    f, c, *kernel = shape[-4:]
    return c * prod(kernel), f * prod(kernel)


def _float_type(dtype: DTypeLike) -> np.dtype:
    if np.dtype(dtype) not in FLOATS:
        raise ValueError(f"dtype 应是 float32 或 float64，得到 {np.dtype(dtype)}")
    return np.dtype(dtype)
