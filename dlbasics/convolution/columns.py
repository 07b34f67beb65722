"""把卷积变成矩阵乘法：im2col 把每个窗口拉直成一列，卷积核拉直成一行。

卷积核是 F 行、C·kh·kw 列的矩阵，窗口是 C·kh·kw 行、H′·W′ 列的矩阵，一次矩阵乘法算出全部输出。
反向传播也只是两次矩阵乘法，加上 im2col 的转置 :func:`col2im`。
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import Pair
from dlbasics.convolution.shapes import array_shape
from dlbasics.convolution.windows import (
    check_array,
    check_conv,
    check_like,
    crop2d,
    pad2d,
    sliding,
    taps,
)


def im2col(x: NDArray, kernel: Pair, *, stride: Pair = 1, padding: Pair = 0) -> NDArray:
    """把每个窗口拉直成一列。

    Parameters
    ----------
    x : ndarray, shape [N, C, H, W]
        一批图像，float32 或 float64。
    kernel, stride, padding : int or (int, int)
        窗口的大小、步幅、填充。

    Returns
    -------
    ndarray, shape [N, C·kh·kw, H′·W′]
        第 n 张图的第 p 列是它的第 p 个窗口；等于 ``torch.nn.functional.unfold``。

    Examples
    --------
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> im2col(x, 2)[0]         # 四个 2×2 的窗口，每个一列
    array([[0., 1., 3., 4.],
           [1., 2., 4., 5.],
           [3., 4., 6., 7.],
           [4., 5., 7., 8.]])
    """
    check_array("x", x, "N,C,H,W")
    slide = sliding(x.shape[2:], kernel, stride, padding)
    windows = np.stack(list(taps(pad2d(x, slide.padding), slide)), axis=2)
    n, c, positions, height, width = windows.shape
    return windows.reshape(n, c * positions, height * width)


def col2im(
    cols: NDArray,
    x_shape: tuple[int, int, int, int],
    kernel: Pair,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
) -> NDArray:
    """把每一列放回它的窗口，重叠处相加：im2col 的转置。

    它不是 im2col 的逆：一个像素落在几个窗口里，就被加几次。梯度正该如此相加。

    Parameters
    ----------
    cols : ndarray, shape [N, C·kh·kw, H′·W′]
        im2col 的结果，或对它的梯度。
    x_shape : (N, C, H, W)
        原来的图像的形状。
    kernel, stride, padding : int or (int, int)
        与 im2col 时相同。

    Returns
    -------
    ndarray, shape [N, C, H, W]
        等于 ``torch.nn.functional.fold``。

    Examples
    --------
    >>> x = np.ones((1, 1, 3, 3))
    >>> col2im(im2col(x, 2), x.shape, 2)[0, 0]      # 每个像素落在几个 2×2 的窗口里
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    check_array("cols", cols, "N,C·kh·kw,H'·W'")
    n, c, h, w = array_shape("x_shape", x_shape, "N,C,H,W")
    slide = sliding((h, w), kernel, stride, padding)
    (kh, kw), (ph, pw), (height, width) = slide.kernel, slide.padding, slide.output
    check_like("cols", cols, (n, c * kh * kw, height * width), cols.dtype)
    windows = cols.reshape(n, c, kh * kw, height, width)
    padded = np.zeros((n, c, h + 2 * ph, w + 2 * pw), cols.dtype)
    for position, tap in enumerate(taps(padded, slide)):
        tap += windows[:, :, position]
    return crop2d(padded, slide.padding)


def conv2d_im2col(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
) -> NDArray:
    """二维卷积，黑板版：im2col 加一次矩阵乘法。参数与结果同 :func:`conv2d`。

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x, weight = rng.normal(size=(2, 3, 8, 8)), rng.normal(size=(4, 3, 3, 3))
    >>> conv2d_im2col(x, weight, padding=1).shape
    (2, 4, 8, 8)
    """
    slide = check_conv(x, weight, bias, stride, padding)
    cols = im2col(x, slide.kernel, stride=stride, padding=padding)
    y = weight.reshape(len(weight), -1) @ cols
    if bias is not None:
        y += bias[:, None]
    return y.reshape(len(x), len(weight), *slide.output)


def conv2d_im2col_backward(
    grad_output: NDArray,
    x: NDArray,
    weight: NDArray,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
) -> tuple[NDArray, NDArray, NDArray]:
    """二维卷积的反向传播，黑板版。参数与结果同 :func:`conv2d_backward`。

    前向是 y = W @ cols，所以对 W 的梯度是 g @ colsᵀ，对 cols 的梯度是 Wᵀ @ g，
    再用 col2im 放回图像。

    Examples
    --------
    >>> x, weight = np.arange(9.0).reshape(1, 1, 3, 3), np.ones((1, 1, 2, 2))
    >>> grad_x, grad_weight, _ = conv2d_im2col_backward(np.ones((1, 1, 2, 2)), x, weight)
    >>> grad_x[0, 0]                # 每个像素落在几个窗口里
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    slide = check_conv(x, weight, None, stride, padding)
    check_like("grad_output", grad_output, (len(x), len(weight), *slide.output), x.dtype)
    cols = im2col(x, slide.kernel, stride=stride, padding=padding)
    grad = grad_output.reshape(len(x), len(weight), cols.shape[2])
    grad_weight = np.einsum("nfp,nkp->fk", grad, cols, optimize=True).reshape(weight.shape)
    grad_cols = weight.reshape(len(weight), -1).T @ grad
    grad_x = col2im(grad_cols, x.shape, slide.kernel, stride=stride, padding=padding)
    return grad_x, grad_weight, grad.sum(axis=(0, 2))
