"""循环矩阵：与一切循环平移可交换的线性映射，也就是循环边界的卷积。

图像首尾相接排在一个环（或环面）上，n 个像素。线性映射 y = M x 与一切循环平移可交换，当且仅当
``M[i, j]`` 只取决于 j 相对 i 的位移：M 沿绕回的对角线处处相等。这样的矩阵由一个核决定。

>>> from dlbasics.studies.shifting import conv2d_circular
>>> rng = np.random.default_rng(0)
>>> dense, image = rng.normal(size=(12, 12)), rng.normal(size=(3, 4))
>>> shared = nearest_circulant(dense, (3, 4))
>>> kernel = circulant_kernel(dense, (3, 4))
>>> by_convolution = conv2d_circular(image[None, None], kernel[None, None])
>>> np.allclose(shared @ image.ravel(), by_convolution.ravel())
True
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import as_floats, integer

Shape = tuple[int, ...]


def nearest_circulant(matrix: NDArray, shape: Shape) -> NDArray[np.float64]:
    """与一切循环平移可交换的矩阵中，离 matrix 最近的一个。

    “最近”按各元素之差的平方和。做法是把每条绕回的对角线换成它的平均值，
    等于对全部平移 S 取 S⁻¹ M S 的平均；它是正交投影，再做一次不变。

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
    shape : tuple of int
        像素怎样排列：一行 n 个写 (n,)，H 行 W 列写 (H, W)，乘积应是 n。

    Returns
    -------
    ndarray of float64, shape (n, n)

    Examples
    --------
    >>> nearest_circulant(np.diag([3.0, 0.0, 0.0]), (3,))
    array([[1., 0., 0.],
           [0., 1., 0.],
           [0., 0., 1.]])

    References
    ----------
    Davis (1979), Circulant Matrices, Wiley.
    """
    offset = _offsets(shape)
    return _average(matrix, offset)[offset]


def circulant_kernel(matrix: NDArray, shape: Shape) -> NDArray[np.float64]:
    """:func:`nearest_circulant` 的卷积核，与图像一样大，中心的摆法同
    :func:`dlbasics.studies.shifting.conv2d_circular`。

    Parameters
    ----------
    matrix, shape
        同 :func:`nearest_circulant`。

    Returns
    -------
    ndarray of float64
        形状是 shape；核的中心在各维的第 ``(k - 1) // 2`` 个。

    Examples
    --------
    右边的像素减左边的，写成环上的矩阵，再读出核：

    >>> right = np.roll(np.eye(5), 1, axis=1)
    >>> circulant_kernel(right - right.T, (5,))
    array([ 0., -1.,  0.,  1.,  0.])
    """
    kernel = _average(matrix, _offsets(shape)).reshape(shape)
    centre = [(k - 1) // 2 for k in shape]
    return np.roll(kernel, centre, axis=tuple(range(kernel.ndim)))


def _offsets(shape: Shape) -> NDArray[np.intp]:
    """[n, n]：第 j 个像素相对第 i 个像素的循环位移，编成一个号。"""
    if not isinstance(shape, tuple) or not shape:
        raise ValueError(f"shape 应是非空的元组，例如 (H, W)，得到 {shape!r}")
    sizes = [integer("shape 的各维", size, 1) for size in shape]
    place = np.indices(sizes).reshape(len(sizes), -1)
    offset = place[:, None, :] - place[:, :, None]
    return np.ravel_multi_index(tuple(offset), sizes, mode="wrap")


def _average(matrix: NDArray, offset: NDArray[np.intp]) -> NDArray[np.float64]:
    values = as_floats("matrix", matrix)
    if values.shape != offset.shape:
        raise ValueError(f"matrix 应是形状 {offset.shape} 的方阵，得到 {values.shape}")
    return np.bincount(offset.ravel(), values.ravel()) / len(values)
