"""卷积是线性的，所以它就是一个矩阵。把这个矩阵写出来看：局部连接是零，参数共享是重复。"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import Pair, pair
from dlbasics.convolution.shapes import array_shape
from dlbasics.convolution.sparse import spread, ungrouped
from dlbasics.convolution.windows import (
    channels_per_group,
    check_array,
    check_like,
    sliding,
)


def conv_matrix(
    weight: NDArray,
    input_shape: tuple[int, int, int],
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> NDArray:
    """卷积对应的稠密矩阵 M：``M @ x.ravel()`` 就是 ``conv2d(x[None], weight)[0].ravel()``。

    每一行是一个输出神经元的全部连接：窗口以外是 0（局部连接），同一个输出通道的各行
    是同样的权重，只是移了位置（参数共享）。

    Parameters
    ----------
    weight : ndarray, shape [F, C/groups, kh, kw]
        卷积核，float32 或 float64。
    input_shape : (C, H, W)
        一张输入图像的形状。
    stride, padding, dilation : int or (int, int)
        步幅、填充、空洞。
    groups : int
        通道分成几组，见 :func:`conv2d`。

    Returns
    -------
    ndarray, shape [F·H′·W′, C·H·W]
        矩阵很大：一张 3×32×32 的图，只要 6 个 5×5 的卷积核，就有 4704 × 3072 个元素。

    Examples
    --------
    >>> conv_matrix(np.array([[[[1.0, -1.0]]]]), (1, 1, 4))
    array([[ 1., -1.,  0.,  0.],
           [ 0.,  1., -1.,  0.],
           [ 0.,  0.,  1., -1.]])
    """
    check_array("weight", weight, "F,C,kh,kw")
    c, h, w = array_shape("input_shape", input_shape, "C,H,W")
    f, _, *kernel = weight.shape
    per_group = channels_per_group(c, f, groups)
    check_like("weight", weight, (f, per_group, *kernel), weight.dtype)
    slide = sliding((h, w), tuple(kernel), stride, padding, dilation)
    weight = ungrouped(spread(weight, pair("dilation", dilation, 1)), groups)
    kh, kw = slide.kernel
    (sh, sw), (ph, pw), (height, width) = slide.stride, slide.padding, slide.output
    matrix = np.zeros((f, height, width, c, h + 2 * ph, w + 2 * pw), weight.dtype)
    for row in range(height):
        for col in range(width):
            top, left = row * sh, col * sw
            matrix[:, row, col, :, top : top + kh, left : left + kw] = weight
    matrix = matrix[..., ph : ph + h, pw : pw + w]
    return matrix.reshape(f * height * width, c * h * w)
