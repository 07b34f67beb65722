"""要看几张图，才能认出一个线性映射？全连接、局部连接、卷积各用最小二乘从图像里解出权重。

三种结构能表示同一个卷积，未知数的个数却不同。像素是随机的（任何几张图都不凑巧相关）时，恰好认得出的
最少张数是

- 全连接：C·H·W。每个输出神经元有这么多个未知数，每张图只给它一个方程；
- 局部连接：C·kh·kw。方程照旧，未知数只剩窗口里的；
- 卷积：⌈C·kh·kw / H′·W′⌉。全部位置共用同样的未知数，一张图就给出 H′·W′ 个方程。

方程不够时解有无穷多个，这里都取范数最小的那一个。
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import Pair
from dlbasics.convolution import im2col
from dlbasics.convolution.windows import check_array, check_like, sliding


def recover_dense(x: NDArray, y: NDArray) -> NDArray:
    """认出一个全连接的映射 y = x Mᵀ。

    Parameters
    ----------
    x : ndarray, shape [N, C, H, W]
        N 张图，float32 或 float64。
    y : ndarray, shape [N, F, H′, W′]
        每张图的输出，dtype 与 x 相同。

    Returns
    -------
    ndarray, shape [F·H′·W′, C·H·W]
        矩阵 M；与 :func:`dlbasics.convolution.conv_matrix` 的排法相同。

    Examples
    --------
    两个像素的映射，两张图就认得出：

    >>> x = np.array([[1.0, 0.0], [1.0, 1.0]]).reshape(2, 1, 1, 2)
    >>> y = np.array([[3.0], [5.0]]).reshape(2, 1, 1, 1)
    >>> recover_dense(x, y).round(6)
    array([[3., 2.]])
    """
    _check(x, y)
    return _solve(x.reshape(len(x), -1), y.reshape(len(y), -1)).T


def recover_local(x: NDArray, y: NDArray, kernel: Pair) -> NDArray:
    """认出一个局部连接的映射：每个输出位置单独解一个小方程组。

    Parameters
    ----------
    x : ndarray, shape [N, C, H, W]
    y : ndarray, shape [N, F, H′, W′]
        步幅为 1、不填充时的输出，dtype 与 x 相同。
    kernel : int or (int, int)
        窗口的高与宽。

    Returns
    -------
    ndarray, shape [H′, W′, F, C, kh, kw]
        可以直接交给 :func:`dlbasics.convolution.local2d`。

    Examples
    --------
    三个位置，三个 1×1 的核，一张图就认得出：

    >>> x = np.array([1.0, 2.0, 4.0]).reshape(1, 1, 1, 3)
    >>> y = np.array([5.0, 6.0, 8.0]).reshape(1, 1, 1, 3)
    >>> recover_local(x, y, 1).ravel()
    array([5., 3., 2.])
    """
    windows, (kh, kw) = _windows(x, y, kernel)  # [N, C·kh·kw, H′·W′]
    f, height, width = y.shape[1:]
    outputs = y.reshape(len(y), f, -1)
    weights = [_solve(windows[..., p], outputs[..., p]).T for p in range(height * width)]
    return np.stack(weights).reshape(height, width, f, x.shape[1], kh, kw)


def recover_conv(x: NDArray, y: NDArray, kernel: Pair) -> NDArray:
    """认出一个卷积：全部位置的方程合在一起解。参数同 :func:`recover_local`。

    Returns
    -------
    ndarray, shape [F, C, kh, kw]
        可以直接交给 :func:`dlbasics.convolution.conv2d`。

    Examples
    --------
    一张图就认得出“右边减左边”：

    >>> x = np.array([0.0, 1.0, 4.0, 9.0]).reshape(1, 1, 1, 4)
    >>> y = np.array([1.0, 3.0, 5.0]).reshape(1, 1, 1, 3)
    >>> recover_conv(x, y, (1, 2)).round(6).ravel()
    array([-1.,  1.])
    """
    windows, (kh, kw) = _windows(x, y, kernel)
    f = y.shape[1]
    equations = windows.transpose(0, 2, 1).reshape(-1, windows.shape[1])
    outputs = y.transpose(0, 2, 3, 1).reshape(-1, f)
    return _solve(equations, outputs).T.reshape(f, x.shape[1], kh, kw)


def _solve(equations: NDArray, outputs: NDArray) -> NDArray:
    """范数最小的最小二乘解。"""
    return np.linalg.lstsq(equations, outputs, rcond=None)[0]


def _windows(x: NDArray, y: NDArray, kernel: Pair) -> tuple[NDArray, tuple[int, int]]:
    _check(x, y)
    slide = sliding(x.shape[2:], kernel, 1, 0)
    check_like("y", y, (len(x), y.shape[1], *slide.output), x.dtype)
    return im2col(x, slide.kernel), slide.kernel


def _check(x: NDArray, y: NDArray) -> None:
    check_array("x", x, "N,C,H,W")
    check_array("y", y, "N,F,H',W'")
    check_like("y", y, (len(x), *y.shape[1:]), x.dtype)
    if len(x) == 0:
        raise ValueError(f"x 应至少有一张图，得到形状 {x.shape}")
