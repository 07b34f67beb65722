"""平移、等变与不变：把图像挪一挪，看函数的输出跟不跟着挪。

T 是平移，f 是一个函数：f(Tx) = T f(x) 叫平移等变，f(Tx) = f(x) 叫平移不变。
平移都在最后两维（高与宽）上做，所以 (H, W)、(C, H, W)、(N, C, H, W) 都可以。

>>> rng = np.random.default_rng(0)
>>> image, kernel = rng.normal(size=(1, 1, 8, 8)), rng.normal(size=(1, 1, 3, 3))
>>> shifts = [(1, 0), (0, 1), (2, 3)]
>>> bool(equivariance_error(lambda x: conv2d_circular(x, kernel), image, shifts) < 1e-12)
True
>>> invariance_error(lambda x: x.max(), image, shifts)
0.0
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import array, integer, number
from dlbasics.convolution import conv2d
from dlbasics.convolution.shapes import array_shape

Function = Callable[[NDArray], NDArray]


def shift(
    x: NDArray, dy: int, dx: int, *, border: Literal["circular", "zero"] = "circular"
) -> NDArray:
    """把图像向下移 dy 行、向右移 dx 列；负数是向上、向左。

    Parameters
    ----------
    x : ndarray, shape (..., H, W)
    dy, dx : int
    border : {"circular", "zero"}
        移出边界的像素从对边回来（``"circular"``），或者丢掉、空出的地方补 0（``"zero"``）。

    Returns
    -------
    ndarray, shape (..., H, W)
        新的数组，dtype 同 x。

    Examples
    --------
    >>> shift(np.array([[1, 2, 3]]), 0, 1)
    array([[3, 1, 2]])
    >>> shift(np.array([[1, 2, 3]]), 0, 1, border="zero")
    array([[0, 1, 2]])
    """
    _check_image("x", x)
    dy, dx = integer("dy", dy), integer("dx", dx)
    if border not in ("circular", "zero"):
        raise ValueError(f'border 应是 "circular" 或 "zero"，得到 {border!r}')
    moved = np.roll(x, (dy, dx), axis=(-2, -1))
    if border == "zero":
        for axis, step in ((-2, dy), (-1, dx)):
            _empty_edge(np.moveaxis(moved, axis, 0), step)
    return moved


def fractional_shift(x: NDArray, dy: float, dx: float) -> NDArray[np.float64]:
    """把图像平移 (dy, dx)，可以不是整数格：在傅里叶变换里转动相位，也就是 sinc 插值，循环边界。

    Parameters
    ----------
    x : ndarray, shape (..., H, W)
        实数数组。
    dy, dx : float
        向下、向右移几格；整数时与 :func:`shift` 相同。

    Returns
    -------
    ndarray of float64, shape (..., H, W)

    Examples
    --------
    余弦移半格，还是余弦：

    >>> columns = np.arange(8)
    >>> wave = np.cos(2 * np.pi * columns / 8)[None]
    >>> half = fractional_shift(wave, 0, 0.5)
    >>> np.allclose(half, np.cos(2 * np.pi * (columns - 0.5) / 8))
    True
    """
    _check_image("x", x)
    dy = number("dy", dy, "是有限的数", np.isfinite)
    dx = number("dx", dx, "是有限的数", np.isfinite)
    rows, columns = (np.fft.fftfreq(side) for side in x.shape[-2:])
    turn = np.exp(-2j * np.pi * (dy * rows[:, None] + dx * columns))
    return np.fft.ifft2(np.fft.fft2(x) * turn).real


def conv2d_circular(
    x: NDArray, weight: NDArray, bias: NDArray | None = None, *, stride: int = 1
) -> NDArray:
    """循环边界的卷积（互相关）：图像的上下、左右首尾相接，步幅为 1 时输出与输入一样大。

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        float32 或 float64。
    weight : ndarray, shape (F, C, kh, kw)
        dtype 同 x；窗口的中心对准输出的位置，边长是偶数时偏上、偏左。
    bias : ndarray, shape (F,), optional
    stride : int

    Returns
    -------
    ndarray, shape (N, F, ⌈H / stride⌉, ⌈W / stride⌉)

    Examples
    --------
    >>> image = np.array([[[[0.0, 0.0, 1.0]]]])
    >>> conv2d_circular(image, np.array([[[[1.0, 2.0, 3.0]]]]))
    array([[[[1., 3., 2.]]]])
    """
    array_shape("x", np.shape(x), "N,C,H,W"), array_shape("weight", np.shape(weight), "F,C,kh,kw")
    before_and_after = [((k - 1) // 2, k // 2) for k in weight.shape[2:]]
    padded = np.pad(x, [(0, 0), (0, 0), *before_and_after], mode="wrap")
    return conv2d(padded, weight, bias, stride=stride)


def equivariance_error(
    f: Function, x: NDArray, shifts: Iterable[tuple[int, int]], *, stride: int = 1
) -> float:
    """离平移等变差多远：max|f(Tx) − T f(x)|，T 取遍给出的循环平移。

    Parameters
    ----------
    f : callable
        ``x -> y``，x 与 y 的最后两维都是高与宽。
    x : ndarray, shape (..., H, W)
    shifts : iterable of (int, int)
        各个平移 (dy, dx)，至少一个。
    stride : int
        f 把高与宽缩小到几分之一；输入移 (dy, dx)，输出应移 (dy / stride, dx / stride)，
        所以 dy 与 dx 都要能被它整除。

    Returns
    -------
    float
        0 表示对这些平移严格等变。

    Examples
    --------
    取下一个像素是等变的；按行号加权不是：

    >>> x = np.arange(12.0).reshape(3, 4)
    >>> equivariance_error(lambda x: np.roll(x, -1, axis=0), x, [(1, 2)])
    0.0
    >>> equivariance_error(lambda x: x * [[0.0], [1.0], [2.0]], x, [(1, 2)])
    22.0
    """
    stride = integer("stride", stride, 1)
    shifts = _check_shifts(x, shifts)
    if any(dy % stride or dx % stride for dy, dx in shifts):
        raise ValueError(f"shifts 里的数应都能被 stride = {stride} 整除，得到 {shifts}")
    y = f(x)
    return max(
        _difference(f(shift(x, dy, dx)), shift(y, dy // stride, dx // stride)) for dy, dx in shifts
    )


def invariance_error(f: Function, x: NDArray, shifts: Iterable[tuple[int, int]]) -> float:
    """离平移不变差多远：max|f(Tx) − f(x)|，T 取遍给出的循环平移。

    Parameters
    ----------
    f : callable
        ``x -> y``，y 可以是任意形状的数组，也可以是一个数。
    x, shifts
        同 :func:`equivariance_error`。

    Returns
    -------
    float
        0 表示对这些平移严格不变。

    Examples
    --------
    >>> x = np.arange(12.0).reshape(3, 4)
    >>> invariance_error(np.max, x, [(1, 2)]), invariance_error(lambda x: x[0, 0], x, [(1, 2)])
    (0.0, 10.0)
    """
    shifts = _check_shifts(x, shifts)
    y = f(x)
    return max(_difference(f(shift(x, dy, dx)), y) for dy, dx in shifts)


def _difference(a: NDArray, b: NDArray) -> float:
    if np.shape(a) != np.shape(b):
        raise ValueError(f"f 的输出形状应不随平移改变，得到 {np.shape(b)} 与 {np.shape(a)}")
    return float(np.max(np.abs(np.subtract(a, b))))


def _empty_edge(rows: NDArray, step: int) -> None:
    """把第 0 维上循环回来的 ``|step|`` 行清零。"""
    rows[slice(step) if step >= 0 else slice(max(len(rows) + step, 0), None)] = 0


def _check_image(name: str, x: NDArray) -> None:
    if array(name, x).ndim < 2 or x.size == 0:
        raise ValueError(f"{name} 应是非空的数组 (..., H, W)，得到形状 {x.shape}")


def _check_shifts(x: NDArray, shifts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    _check_image("x", x)
    checked = [(integer("shifts 里的 dy", dy), integer("shifts 里的 dx", dx)) for dy, dx in shifts]
    if not checked:
        raise ValueError("shifts 应至少有一个平移 (dy, dx)，得到空的")
    return checked
