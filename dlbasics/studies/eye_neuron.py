"""找眼睛的神经元：只看一个小窗口，滑过整张脸，看它在哪里响应最强。

数据是 :func:`dlbasics.datasets.faces` 的 100 张 25×25 的脸。它们已经对齐：平均脸上两只眼睛的位置
:data:`EYES`，就当作每张脸上的位置，不另做标注。神经元不知道自己在哪里，只看得到窗口里的像素。
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import Pair, pair, positive
from dlbasics._checks import labels as check_labels
from dlbasics.convolution import im2col
from dlbasics.convolution.windows import check_array

EYES = np.array([[8, 6], [8, 15]])
"""平均脸上两只眼睛的（行，列）。"""

NEAR = 2
"""窗口中心离某只眼睛的行差、列差都不超过它，就算找到了。"""

ROUNDING = 1e-9
"""响应相差不到它，就算一样强：加法的次序一变，最后几位会不同。"""


def window_centres(size: Pair, kernel: Pair) -> NDArray[np.int64]:
    """窗口滑过一张图时，中心依次在哪里。

    Parameters
    ----------
    size : int or (int, int)
        图的高与宽。
    kernel : int or (int, int)
        窗口的高与宽，都是奇数，中心才是一个像素。

    Returns
    -------
    ndarray of int, shape [H′, W′, 2]
        每个输出位置的窗口中心的（行，列）。

    Examples
    --------
    >>> window_centres(25, (5, 7)).shape
    (21, 19, 2)
    >>> window_centres(25, (5, 7))[0, 0]
    array([2, 3])
    """
    size, kernel = pair("size", size, 1), pair("kernel", kernel, 1)
    if not all(k % 2 for k in kernel) or any(k > s for k, s in zip(kernel, size, strict=True)):
        raise ValueError(f"kernel 应是不大于图 {size} 的两个奇数，得到 {kernel}")
    rows, columns = (np.arange(k // 2, s - k // 2) for s, k in zip(size, kernel, strict=True))
    return np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1)


def near_an_eye(centres: NDArray) -> NDArray[np.bool_]:
    """这些位置离某只眼睛不超过 :data:`NEAR` 个像素吗。

    Parameters
    ----------
    centres : ndarray, shape [..., 2]
        （行，列）。

    Returns
    -------
    ndarray of bool, shape [...]

    Examples
    --------
    >>> near_an_eye(np.array([[8, 6], [10, 17], [20, 12]]))
    array([ True,  True, False])

    随便指一个 5×7 的窗口，猜中的机会：

    >>> round(float(near_an_eye(window_centres(25, (5, 7))).mean()), 3)
    0.125
    """
    return _distance(centres) <= NEAR


def training_windows(
    images: NDArray, kernel: Pair, *, within: Pair = 1
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """从人脸里切出窗口，中心恰在眼睛上的是正例，不在眼睛附近的是反例。

    离眼睛 1、2 个像素的窗口既不算正例也不算反例，丢掉不用。

    Parameters
    ----------
    images : ndarray, shape [N, 1, 25, 25]
    kernel : int or (int, int)
        窗口的高与宽，都是奇数。
    within : int or (int, int)
        只取这么大的窗口也放得下的中心，都是奇数；1 是不加限制。比较几种窗口，就都给最大的那种，
        它们的反例才来自同样的地方。

    Returns
    -------
    windows : ndarray, shape [n, 1, kh, kw]
    labels : ndarray of int, shape [n]
        1 是眼睛，0 不是。

    Examples
    --------
    >>> windows, labels = training_windows(np.zeros((3, 1, 25, 25)), (5, 7))
    >>> windows.shape, labels.sum()
    ((1053, 1, 5, 7), np.int64(6))
    >>> training_windows(np.zeros((3, 1, 25, 25)), (5, 7), within=13)[0].shape
    (393, 1, 5, 7)
    """
    check_array("images", images, "N,1,H,W")
    centres = window_centres(images.shape[2:], kernel)
    distance = _distance(centres)
    used = ((distance == 0) | (distance > NEAR)) & _fits(centres, images.shape[2:], within)
    columns = im2col(images, kernel)[:, :, used.ravel()]
    labels = (distance[used] == 0).astype(np.int64)
    windows = columns.transpose(0, 2, 1).reshape(-1, 1, *pair("kernel", kernel, 1))
    return windows, np.tile(labels, len(images))


def least_squares_neuron(
    windows: NDArray, labels: NDArray, *, penalty: float = 0.01
) -> tuple[NDArray, NDArray]:
    """一个线性神经元：用最小二乘让它在眼睛上输出 1，别处输出 0。

    正例很少，所以正例、反例各占一半的分量。

    Parameters
    ----------
    windows : ndarray, shape [n, 1, kh, kw]
    labels : ndarray of int, shape [n]
        1 或 0，两种都要有。
    penalty : float
        岭回归的正则化系数，正数。

    Returns
    -------
    weight : ndarray, shape [1, 1, kh, kw]
    bias : ndarray, shape [1]
        可以直接交给 :func:`dlbasics.convolution.conv2d`，让它滑过整张图。

    Examples
    --------
    亮的是眼睛，暗的不是：

    >>> windows = np.array([1.0, 0.9, 0.1, 0.0]).reshape(4, 1, 1, 1)
    >>> weight, bias = least_squares_neuron(windows, np.array([1, 1, 0, 0]), penalty=1e-6)
    >>> weight.ravel().round(2), bias.round(2)
    (array([1.1]), array([-0.05]))
    """
    check_array("windows", windows, "N,1,kh,kw")
    check_labels("labels", labels, len(windows))
    if set(labels.tolist()) != {0, 1}:
        raise ValueError(f"labels 应既有 1 也有 0，得到 {sorted(set(labels.tolist()))}")
    share = np.where(labels == 1, 0.5 / labels.sum(), 0.5 / (1 - labels).sum())
    x = windows.reshape(len(windows), -1)
    centre = share @ x
    deviation = x - centre
    weighted = deviation.T * share
    ridge = positive("penalty", penalty) * np.eye(x.shape[1])
    weight = np.linalg.solve(weighted @ deviation + ridge, weighted @ (labels - 0.5))
    bias = 0.5 - centre @ weight
    return weight.reshape(1, *windows.shape[1:]), np.array([bias])


def strongest(response: NDArray, kernel: Pair, *, within: Pair = 1) -> NDArray[np.int64]:
    """每张响应图最强的一点，是哪个窗口的中心；几处一样强时，取行号、列号最小的一处。

    Parameters
    ----------
    response : ndarray, shape [N, 1, H′, W′]
        神经元滑过 25×25 的脸得到的响应。
    kernel : int or (int, int)
        它的窗口。
    within : int or (int, int)
        只在这么大的窗口也放得下的地方挑；1 是不加限制。

    Returns
    -------
    ndarray of int, shape [N, 2]
        （行，列）。

    Examples
    --------
    >>> response = np.zeros((1, 1, 21, 19))
    >>> response[0, 0, 6, 3] = 1
    >>> strongest(response, (5, 7))
    array([[8, 6]])
    """
    check_array("response", response, "N,1,H',W'")
    kernel = pair("kernel", kernel, 1)
    height, width = (n + k - 1 for n, k in zip(response.shape[2:], kernel, strict=True))
    size = height, width
    centres = window_centres(size, kernel)
    allowed = _fits(centres, size, within)
    flat = response[:, 0, allowed]
    best = (flat >= flat.max(axis=1, keepdims=True) - ROUNDING).argmax(axis=1)
    return centres[allowed][best]


def _fits(centres: NDArray, size: Sequence[int], within: Pair) -> NDArray[np.bool_]:
    """以这些位置为中心，``within`` 那么大的窗口放得进图里吗。"""
    height, width = size
    allowed = window_centres((height, width), within).reshape(-1, 2)
    return np.all((centres >= allowed[0]) & (centres <= allowed[-1]), axis=-1)


def _distance(centres: NDArray) -> NDArray[np.int64]:
    """到最近一只眼睛的距离：行差与列差取大的。"""
    return np.abs(np.asarray(centres)[..., None, :] - EYES).max(axis=-1).min(axis=-1)
