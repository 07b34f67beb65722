"""一组手工的彩色卷积核：边缘、斑点、对立色。训练之前，先看看一个核能提取什么。

空间图样（高斯、边缘、斑点）是二维的 [k, k]；:func:`across_channels` 给每个输入通道配一个系数，
把它变成卷积核的三维 [C, k, k]；:func:`color_bank` 是配好的一组，可以直接交给 ``conv2d``。

>>> color_bank().weight.shape
(6, 3, 7, 7)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlbasics._checks import array, as_floats, integer, number, positive

Pattern = NDArray[np.float64]


@dataclass(frozen=True)
class KernelBank:
    """一组卷积核，由 :func:`color_bank` 造出。

    Attributes
    ----------
    names : tuple of str, length F
        每个核提取什么，也就是每个输出通道的名字。
    weight : ndarray of float64, shape [F, C, k, k]

    Examples
    --------
    >>> KernelBank(("左右之差",), np.array([[[[-1.0, 1.0]]]])).weight.shape
    (1, 1, 1, 2)
    """

    names: tuple[str, ...]
    weight: NDArray[np.float64]


def gaussian(size: int, sigma: float) -> Pattern:
    """高斯：中间重、四周轻的平均，和为 1。

    Parameters
    ----------
    size : int
        边长，奇数，这样正中有一个像素。
    sigma : float
        标准差，单位是像素。

    Returns
    -------
    ndarray of float64, shape [size, size]

    Examples
    --------
    >>> gaussian(3, 1.0).round(3)
    array([[0.075, 0.124, 0.075],
           [0.124, 0.204, 0.124],
           [0.075, 0.124, 0.075]])
    """
    rows, cols = _grid(size)
    bump = np.exp(-(rows**2 + cols**2) / (2 * positive("sigma", sigma) ** 2))
    return bump / bump.sum()


def edge(size: int, sigma: float, angle: float) -> Pattern:
    """边缘：高斯沿一个方向的导数，和为 0，正的部分和为 1。

    Parameters
    ----------
    size, sigma
        同 :func:`gaussian`。
    angle : float
        变亮的方向，单位是度：0 是从左到右，90 是从上到下。

    Returns
    -------
    ndarray of float64, shape [size, size]

    Examples
    --------
    >>> edge(3, 1.0, 0).round(3)
    array([[-0.274,  0.   ,  0.274],
           [-0.452,  0.   ,  0.452],
           [-0.274,  0.   ,  0.274]])
    """
    rows, cols = _grid(size)
    direction = np.deg2rad(number("angle", angle, "是有限的度数", np.isfinite))
    along = np.cos(direction) * cols + np.sin(direction) * rows
    return balanced(along * gaussian(size, sigma))


def blob(size: int, sigma: float) -> Pattern:
    """亮斑：窄高斯减宽 1.6 倍的高斯，和为 0，正的部分和为 1。中间比四周亮，响应为正。

    Parameters
    ----------
    size, sigma
        同 :func:`gaussian`；sigma 是窄的那个。

    Returns
    -------
    ndarray of float64, shape [size, size]

    Examples
    --------
    >>> pattern = blob(7, 1.0)
    >>> bool(pattern[3, 3] > 0 > pattern[0, 3]), bool(abs(pattern.sum()) < 1e-12)
    (True, True)
    """
    return balanced(gaussian(size, sigma) - gaussian(size, 1.6 * sigma))


def across_channels(pattern: Pattern, mixture: ArrayLike) -> NDArray[np.float64]:
    """把二维图样分给各个输入通道：第 c 片是 ``mixture[c] * pattern``。

    Parameters
    ----------
    pattern : ndarray, shape [kh, kw]
        空间图样。
    mixture : array_like, shape (C,)
        每个输入通道的系数。

    Returns
    -------
    ndarray of float64, shape [C, kh, kw]

    Examples
    --------
    >>> across_channels(np.array([[-1.0, 1.0]]), [1, -1])     # 只看两个通道之差的边
    array([[[-1.,  1.]],
    <BLANKLINE>
           [[ 1., -1.]]])
    """
    mixture = as_floats("mixture", mixture)
    if array("pattern", pattern).ndim != 2 or mixture.ndim != 1:
        raise ValueError(
            f"pattern 应是 [kh, kw]，mixture 应是 (C,)，得到 {pattern.shape} 与 {mixture.shape}"
        )
    return mixture[:, None, None] * pattern


def balanced(kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """调成正的部分和为 1、负的部分和为 −1：像素在 [0, 1] 内时，响应在 [−1, 1] 内。

    Parameters
    ----------
    kernel : ndarray
        既有正数也有负数，形状任意。

    Returns
    -------
    ndarray of float64
        形状同 kernel；对一片均匀的灰，响应是 0。

    Examples
    --------
    >>> balanced(np.array([2.0, 2.0, -1.0]))
    array([ 0.5,  0.5, -1. ])
    """
    up, down = np.clip(array("kernel", kernel), 0, None), np.clip(kernel, None, 0)
    if not (up.any() and down.any()):
        raise ValueError("kernel 应既有正数也有负数，才能调到和为 0")
    return up / up.sum() - down / down.sum()


def color_bank(size: int = 7, sigma: float = 1.2) -> KernelBank:
    """六个彩色卷积核：三个看明暗，三个看颜色。

    每个核的权重之和都是 0，所以对均匀的灰一律没有反应。

    Parameters
    ----------
    size, sigma
        同 :func:`gaussian`。

    Returns
    -------
    KernelBank
        weight 的形状是 [6, 3, size, size]，输入通道依次是红、绿、蓝。

    Examples
    --------
    >>> color_bank().names
    ('左暗右亮', '上暗下亮', '亮斑', '偏红', '偏黄', '左绿右红')
    """
    grey, red_green, yellow_blue = (1, 1, 1), (1, -1, 0), (1, 1, -2)
    recipes = {
        "左暗右亮": (edge(size, sigma, 0), grey),
        "上暗下亮": (edge(size, sigma, 90), grey),
        "亮斑": (blob(size, sigma), grey),
        "偏红": (gaussian(size, sigma), red_green),
        "偏黄": (gaussian(size, sigma), yellow_blue),
        "左绿右红": (edge(size, sigma, 0), red_green),
    }
    kernels = [balanced(across_channels(*recipe)) for recipe in recipes.values()]
    return KernelBank(tuple(recipes), np.stack(kernels))


def _grid(size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """以正中为原点的行、列坐标，形状是 [size, 1] 与 [1, size]。"""
    if integer("size", size, 3) % 2 == 0:
        raise ValueError(f"size 应是奇数，得到 {size}")
    axis = np.arange(size, dtype=np.float64) - size // 2
    return axis[:, None], axis[None, :]
