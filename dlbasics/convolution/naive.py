"""卷积的定义，逐个循环写出来。慢，但每个下标都看得见；其余的写法都要与它相等。"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import Pair, pair
from dlbasics.convolution.windows import check_conv, pad2d


def conv2d_naive(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> NDArray:
    """二维卷积，阅读版：每个输出都是一个窗口与一个卷积核的内积，再加偏置。

    y[n, f, r, c] = bias[f] + Σ_{ch, i, j} x[n, ch, r·s + i·d, c·s + j·d] · weight[f, ch, i, j]

    分组时，ch 只跑遍第 f 个卷积核那一组的输入通道。

    Parameters
    ----------
    x : ndarray, shape [N, C, H, W]
        一批图像，float32 或 float64。
    weight : ndarray, shape [F, C/groups, kh, kw]
        F 个卷积核，不分组时每个都有输入的全部 C 个通道；dtype 与 x 相同。
    bias : ndarray, shape [F], optional
        每个输出通道的偏置。
    stride : int or (int, int)
        步幅，或（纵向，横向）的步幅。
    padding : int or (int, int)
        四周填充多少圈 0，或（上下，左右）各多少。
    dilation : int or (int, int)
        空洞 d：核里相邻的两个权重相距几个像素，或（纵向，横向）各多少。
    groups : int
        输入与输出的通道各等分成几组，第 g 组输出只看第 g 组输入。

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
    slide = check_conv(x, weight, bias, stride, padding, dilation, groups)
    (kh, kw), (sh, sw), (height, width) = slide.kernel, slide.stride, slide.output
    dh, dw = pair("dilation", dilation, 1)
    channels, filters = weight.shape[1], len(weight) // groups
    padded = pad2d(x, slide.padding)
    y = np.zeros((len(x), len(weight), height, width), x.dtype)
    for n in range(len(x)):
        for f in range(len(weight)):
            group = padded[n, f // filters * channels :][:channels]
            for r in range(height):
                for c in range(width):
                    window = group[:, r * sh : r * sh + kh : dh, c * sw : c * sw + kw : dw]
                    y[n, f, r, c] = np.sum(window * weight[f])
            if bias is not None:
                y[n, f] += bias[f]
    return y
