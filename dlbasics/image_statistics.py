"""图像的统计：近处的像素有多像，远处的像素有多像。

>>> ramp = np.add.outer(np.arange(8.0), np.arange(8.0))
>>> round(lag_correlation(ramp, 0, 1), 6)       # 处处一样的斜坡，邻居完全决定自己
1.0
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import array, number
from dlbasics.convolution.shapes import whole_number


def lag_correlation(image: NDArray, dy: int, dx: int) -> float:
    """相隔 (dy, dx) 的两个像素的相关系数，取遍图像里所有这样的像素对。

    Parameters
    ----------
    image : ndarray, shape (H, W)
        灰度图像。
    dy, dx : int
        相隔几行、几列，可以是负数；绝对值分别小于 H − 1 与 W − 1。

    Returns
    -------
    float
        皮尔逊相关系数，在 [−1, 1] 内。

    Examples
    --------
    黑白相间的条纹，隔一列相反，隔两列相同：

    >>> stripes = np.tile([0.0, 1.0], (4, 4))
    >>> round(lag_correlation(stripes, 0, 1), 6), round(lag_correlation(stripes, 0, 2), 6)
    (-1.0, 1.0)
    """
    _check_grey(image)
    steps = []
    for name, value, side in zip(("dy", "dx"), (dy, dx), image.shape, strict=True):
        expected = f"是绝对值小于 {side - 1} 的整数"
        steps.append(int(number(name, value, expected, lambda v, s=side: _whole_below(v, s - 1))))
    here, there = _overlap(image, *steps)
    here, there = here - here.mean(), there - there.mean()
    spread = np.sqrt(np.sum(here**2) * np.sum(there**2))
    if spread == 0:
        raise ValueError("image 里重叠的部分应有明暗变化，得到同一个数，相关系数没有定义")
    return float(np.sum(here * there) / spread)


def correlation_by_distance(image: NDArray, distances: Iterable[int]) -> NDArray[np.float64]:
    """相关系数随距离的变化：横向与竖向各算一次，取平均。

    Parameters
    ----------
    image : ndarray, shape (H, W)
        灰度图像。
    distances : iterable of int
        相隔几个像素，不小于 0，小于高与宽减 1。

    Returns
    -------
    ndarray of float64, shape (len(distances),)

    Examples
    --------
    独立的随机像素，只与自己相关：

    >>> noise = np.random.default_rng(0).random((200, 200))
    >>> correlation_by_distance(noise, [0, 1, 10]).round(1) + 0.0
    array([1., 0., 0.])
    """
    return np.array(
        [(lag_correlation(image, d, 0) + lag_correlation(image, 0, d)) / 2 for d in distances]
    )


def predictability(image: NDArray, distance: int) -> float:
    """用相隔 ``distance`` 的八个像素，能线性地猜出一个像素的多少：决定系数 R²。

    八个像素在上下左右和四个对角方向；权重由最小二乘法得出，全图共用一组。

    Parameters
    ----------
    image : ndarray, shape (H, W)
        灰度图像，高与宽都大于 2·distance。
    distance : int
        相隔几行几列，不小于 1。

    Returns
    -------
    float
        1 是完全猜中，0 是不比猜平均值好。

    Examples
    --------
    >>> ramp = np.add.outer(np.arange(8.0), np.arange(8.0))
    >>> round(predictability(ramp, 2), 6)
    1.0
    """
    _check_grey(image)
    distance = whole_number("distance", distance, 1)
    height, width = (side - 2 * distance for side in image.shape)
    if min(height, width) < 1:
        raise ValueError(
            f"image 的高与宽应大于 2·distance = {2 * distance}，得到形状 {image.shape}"
        )
    steps = (0, distance, 2 * distance)
    windows = {(i, j): image[i : i + height, j : j + width].ravel() for i in steps for j in steps}
    target = windows.pop((distance, distance))
    variation = np.sum((target - target.mean()) ** 2)
    if variation == 0:
        raise ValueError("image 应有明暗变化，得到同一个数，决定系数没有定义")
    inputs = np.stack([*windows.values(), np.ones_like(target)], axis=1)
    weights, *_ = np.linalg.lstsq(inputs, target)
    return float(1 - np.sum((target - inputs @ weights) ** 2) / variation)


def _overlap(image: NDArray, dy: int, dx: int) -> tuple[NDArray, NDArray]:
    """图像与它自己错开 (dy, dx) 之后重叠的两部分。"""
    height, width = image.shape
    here = image[max(-dy, 0) : height - max(dy, 0), max(-dx, 0) : width - max(dx, 0)]
    there = image[max(dy, 0) : height - max(-dy, 0), max(dx, 0) : width - max(-dx, 0)]
    return here, there


def _check_grey(image: NDArray) -> None:
    if array("image", image).ndim != 2 or not np.issubdtype(image.dtype, np.floating):
        raise ValueError(
            f"image 应是浮点数的灰度图像 (H, W)，得到 {image.dtype}，形状 {image.shape}"
        )


def _whole_below(value: int, limit: int) -> bool:
    return isinstance(value, (int, np.integer)) and abs(value) < limit
