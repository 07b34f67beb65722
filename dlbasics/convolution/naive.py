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

    s 是步幅，d 是空洞；分组时，ch 只跑遍第 f 个卷积核那一组的输入通道。
    参数与结果同 :func:`conv2d`。

    Examples
    --------
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> conv2d_naive(x, np.ones((1, 1, 2, 2)))[0, 0]        # 左上角是 0 + 1 + 3 + 4
    array([[ 8., 12.],
           [20., 24.]])
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
