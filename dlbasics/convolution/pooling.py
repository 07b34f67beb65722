"""汇聚：每个窗口只留一个数，最大的或平均的。每个通道各自汇聚，通道之间不混合。

对应 PyTorch 的 ``MaxPool2d(kernel, stride, padding)`` 与 ``AvgPool2d(kernel, stride, padding)``，
其余选项取默认值：``dilation=1``、``ceil_mode=False``、``count_include_pad=True``。
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import Pair
from dlbasics.convolution.windows import (
    Sliding,
    check_array,
    check_like,
    crop2d,
    pad2d,
    sliding,
    taps,
)


def max_pool2d(
    x: NDArray, kernel: Pair, *, stride: Pair | None = None, padding: Pair = 0
) -> NDArray:
    """最大汇聚：每个窗口留下最大的数。

    Parameters
    ----------
    x : ndarray, shape [N, C, H, W]
        float32 或 float64。
    kernel : int or (int, int)
        窗口的大小。
    stride : int or (int, int), optional
        步幅；省略时等于 kernel，窗口互不重叠。
    padding : int or (int, int)
        四周填充多少圈 −∞（永远不会是最大的），不超过窗口的一半。

    Returns
    -------
    ndarray, shape [N, C, H′, W′]
        dtype 与 x 相同。

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 0.0, 0.0]]).reshape(1, 1, 2, 4)
    >>> max_pool2d(x, 2)[0, 0]
    array([[4., 5.]])
    """
    slide = _check_pool(x, kernel, stride, padding)
    return _maximum(pad2d(x, slide.padding, -np.inf), slide)


def max_pool2d_backward(
    grad_output: NDArray,
    x: NDArray,
    kernel: Pair,
    *,
    stride: Pair | None = None,
    padding: Pair = 0,
) -> NDArray:
    """最大汇聚的反向传播：梯度全部交给窗口里的最大者，并列时交给第一个（先行后列）。

    窗口里有 NaN 时输出是 NaN，梯度交给第一个 NaN。

    Parameters
    ----------
    grad_output : ndarray, shape [N, C, H′, W′]
        损失对输出的梯度。
    x, kernel, stride, padding
        与前向时相同。

    Returns
    -------
    ndarray, shape [N, C, H, W]
        损失对 x 的梯度。

    Examples
    --------
    >>> x = np.array([[7.0, 7.0], [0.0, 7.0]]).reshape(1, 1, 2, 2)
    >>> max_pool2d_backward(np.ones((1, 1, 1, 1)), x, 2)[0, 0]
    array([[1., 0.],
           [0., 0.]])
    """
    slide = _check_pool_backward(grad_output, x, kernel, stride, padding)
    padded = pad2d(x, slide.padding, -np.inf)
    largest = _maximum(padded, slide)
    grad = np.empty_like(largest)
    grad[...] = grad_output  # 全连接层传来的梯度在内存里次序不同：先抄成 x 的次序，乘起来快几倍
    grad_padded = np.zeros_like(padded)
    unclaimed = np.ones_like(largest, dtype=bool)
    poisoned = np.isnan(largest).any()
    disjoint = all(s >= k for s, k in zip(slide.stride, slide.kernel, strict=True))
    for tap, grad_tap in zip(taps(padded, slide), taps(grad_padded, slide), strict=True):
        first = tap == largest
        if poisoned:  # NaN 与自己也不相等
            first |= np.isnan(tap)
        first &= unclaimed
        unclaimed ^= first
        if disjoint:  # 每个像素至多在一个窗口里：不必相加
            np.multiply(grad, first, out=grad_tap)
        else:
            grad_tap += grad * first
    return crop2d(grad_padded, slide.padding)


def avg_pool2d(
    x: NDArray, kernel: Pair, *, stride: Pair | None = None, padding: Pair = 0
) -> NDArray:
    """平均汇聚：每个窗口留下平均数。参数同 :func:`max_pool2d`，但填充的是 0。

    填充的 0 也算进平均：分母总是 kh·kw。

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 0.0, 0.0]]).reshape(1, 1, 2, 4)
    >>> avg_pool2d(x, 2)[0, 0]
    array([[2.5 , 1.25]])
    """
    slide = _check_pool(x, kernel, stride, padding)
    positions = taps(pad2d(x, slide.padding), slide)
    total = next(positions).copy(order="K")
    for tap in positions:
        total += tap
    total /= slide.kernel[0] * slide.kernel[1]
    return total


def avg_pool2d_backward(
    grad_output: NDArray,
    x: NDArray,
    kernel: Pair,
    *,
    stride: Pair | None = None,
    padding: Pair = 0,
) -> NDArray:
    """平均汇聚的反向传播：梯度平分给窗口里的每个像素。参数同 :func:`max_pool2d_backward`。

    Examples
    --------
    >>> x = np.zeros((1, 1, 2, 2))
    >>> avg_pool2d_backward(np.ones((1, 1, 1, 1)), x, 2)[0, 0]
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    slide = _check_pool_backward(grad_output, x, kernel, stride, padding)
    share = grad_output / (slide.kernel[0] * slide.kernel[1])
    grad_padded = np.zeros_like(pad2d(x, slide.padding))
    for grad_tap in taps(grad_padded, slide):
        grad_tap += share
    return crop2d(grad_padded, slide.padding)


def global_max_pool2d(x: NDArray) -> NDArray:
    """全局最大汇聚：[N, C, H, W] → [N, C]，每张特征图留下最大的数。

    Examples
    --------
    >>> global_max_pool2d(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[3., 7.]])
    """
    check_array("x", x, "N,C,H,W")
    return x.max(axis=(2, 3))


def global_max_pool2d_backward(grad_output: NDArray, x: NDArray) -> NDArray:
    """全局最大汇聚的反向传播：[N, C] → [N, C, H, W]，并列时梯度交给第一个（先行后列）。

    有 NaN 的特征图，梯度交给第一个 NaN。

    Examples
    --------
    >>> x = np.array([[1.0, 5.0], [5.0, 2.0]]).reshape(1, 1, 2, 2)
    >>> global_max_pool2d_backward(np.array([[3.0]]), x)[0, 0]
    array([[0., 3.],
           [0., 0.]])
    """
    _check_global_backward(grad_output, x)
    grad_x = np.zeros(x.shape, x.dtype)
    maps = grad_x.reshape(*x.shape[:2], x.shape[2] * x.shape[3])
    first = x.reshape(maps.shape).argmax(axis=2)
    np.put_along_axis(maps, first[:, :, None], grad_output[:, :, None], axis=2)
    return grad_x


def global_avg_pool2d(x: NDArray) -> NDArray:
    """全局平均汇聚：[N, C, H, W] → [N, C]，每张特征图留下平均数。

    Examples
    --------
    >>> global_avg_pool2d(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[1.5, 5.5]])
    """
    check_array("x", x, "N,C,H,W")
    return x.mean(axis=(2, 3))


def global_avg_pool2d_backward(grad_output: NDArray, x: NDArray) -> NDArray:
    """全局平均汇聚的反向传播：[N, C] → [N, C, H, W]，梯度平分给每个像素。

    Examples
    --------
    >>> global_avg_pool2d_backward(np.array([[8.0]]), np.zeros((1, 1, 2, 2)))[0, 0]
    array([[2., 2.],
           [2., 2.]])
    """
    _check_global_backward(grad_output, x)
    share = grad_output / (x.shape[2] * x.shape[3])
    return np.broadcast_to(share[:, :, None, None], x.shape).copy()


def _check_pool(x: NDArray, kernel: Pair, stride: Pair | None, padding: Pair) -> Sliding:
    check_array("x", x, "N,C,H,W")
    slide = sliding(x.shape[2:], kernel, kernel if stride is None else stride, padding)
    for p, k in zip(slide.padding, slide.kernel, strict=True):
        if 2 * p > k:
            raise ValueError(f"padding 应不超过窗口的一半（{k} / 2），得到 {p}")
    return slide


def _check_pool_backward(
    grad_output: NDArray, x: NDArray, kernel: Pair, stride: Pair | None, padding: Pair
) -> Sliding:
    slide = _check_pool(x, kernel, stride, padding)
    check_like("grad_output", grad_output, (*x.shape[:2], *slide.output), x.dtype)
    return slide


def _check_global_backward(grad_output: NDArray, x: NDArray) -> None:
    check_array("x", x, "N,C,H,W")
    check_like("grad_output", grad_output, x.shape[:2], x.dtype)


def _maximum(padded: NDArray, slide: Sliding) -> NDArray:
    positions = taps(padded, slide)
    largest = next(positions).copy(order="K")
    for tap in positions:
        np.maximum(largest, tap, out=largest)
    return largest
