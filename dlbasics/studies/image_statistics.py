"""图像的统计：近处的像素有多像，远处的像素有多像；内容在相位里，相关在幅度里。

>>> ramp = np.add.outer(np.arange(8.0), np.arange(8.0))
>>> round(lag_correlation(ramp, 0, 1), 6)       # 处处一样的斜坡，邻居完全决定自己
1.0
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import array, generator, integer


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
    dy, dx = (
        integer(name, value, 2 - side, side - 2)
        for name, value, side in zip(("dy", "dx"), (dy, dx), image.shape, strict=True)
    )
    here, there = _overlap(image, dy, dx)
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
    distance = integer("distance", distance, 1)
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


def phase_only(image: NDArray) -> NDArray[np.float64]:
    """只留傅里叶变换的相位，把各个频率的幅度都换成 1；均值为 0。

    （循环边界的）相关系数只由幅度决定，所以这样的图像邻居之间几乎不相关；轮廓却还在原处。

    Parameters
    ----------
    image : ndarray, shape (H, W)
        灰度图像；幅度为 0 的频率保持为 0。

    Returns
    -------
    ndarray of float64, shape (H, W)

    Examples
    --------
    相位记着位置，一个被抹宽的点又收成一点（均值已经减去）：

    >>> phase_only(np.array([[0.25, 0.5, 0.25, 0.0, 0.0]])).round(1)
    array([[-0.2,  0.8, -0.2, -0.2, -0.2]])

    References
    ----------
    Oppenheim 与 Lim，The Importance of Phase in Signals，1981。
    """
    _check_grey(image)
    spectrum = np.fft.fft2(image - image.mean())
    amplitude = np.abs(spectrum)
    present = amplitude > 1e-9 * amplitude.max()
    return np.fft.ifft2(np.divide(spectrum, amplitude, where=present, out=0 * spectrum)).real


def amplitude_only(image: NDArray, rng: np.random.Generator) -> NDArray[np.float64]:
    """只留傅里叶变换的幅度，相位换成一张随机噪声的；均值与方差不变。

    Parameters
    ----------
    image : ndarray, shape (H, W)
        灰度图像。
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float64, shape (H, W)

    Examples
    --------
    >>> ramp = np.add.outer(np.arange(8.0), np.arange(8.0))
    >>> other = amplitude_only(ramp, np.random.default_rng(0))
    >>> np.allclose(np.abs(np.fft.fft2(other)), np.abs(np.fft.fft2(ramp)))
    True
    """
    _check_grey(image)
    noise = np.fft.fft2(generator("rng", rng).normal(size=image.shape))
    phase = noise / np.abs(noise)
    phase[0, 0] = 1  # 均值的正负不变
    return np.fft.ifft2(np.fft.fft2(image) * phase).real


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
