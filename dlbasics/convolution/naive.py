"""卷积的定义，逐个循环写出来。慢，但每个下标都看得见；其余的写法都要与它相等。"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics.convolution.windows import Pair, check_conv, pad2d


def conv2d_naive(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
) -> NDArray:
    """二维卷积，阅读版：每个输出都是一个窗口与一个卷积核的内积，再加偏置。

    y[n, f, r, c] = bias[f] + Σ_{ch, i, j} x[n, ch, r·s + i, c·s + j] · weight[f, ch, i, j]

    Parameters
    ----------
    x : ndarray, shape [N, C, H, W]
        一批图像，float32 或 float64。
    weight : ndarray, shape [F, C, kh, kw]
        F 个卷积核，每个都有输入的全部 C 个通道；dtype 与 x 相同。
    bias : ndarray, shape [F], optional
        每个输出通道的偏置。
    stride : int or (int, int)
        步幅，或（纵向，横向）的步幅。
    padding : int or (int, int)
        四周填充多少圈 0，或（上下，左右）各多少。

    Returns
    -------
    ndarray, shape [N, F, H', W']
        dtype 与 x 相同。

    Examples
    --------
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> difference = np.array([[[[-1.0, 1.0]]]])        # 右边的像素减左边的
    >>> conv2d_naive(x, difference)[0, 0]
    array([[1., 1.],
           [1., 1.],
           [1., 1.]])
    """
    slide = check_conv(x, weight, bias, stride, padding)
    (kh, kw), (sh, sw), (height, width) = slide.kernel, slide.stride, slide.output
    padded = pad2d(x, slide.padding)
    y = np.zeros((len(x), len(weight), height, width), x.dtype)
    for n in range(len(x)):
        for f in range(len(weight)):
            for r in range(height):
                for c in range(width):
                    window = padded[n, :, r * sh : r * sh + kh, c * sw : c * sw + kw]
                    y[n, f, r, c] = np.sum(window * weight[f])
            if bias is not None:
                y[n, f] += bias[f]
    return y
