"""空洞与分组：都是某些权重恒为 0 的普通卷积。

空洞卷积把卷积核张开，权重之间插 0；分组卷积让一个卷积核只看自己那一组通道，别的通道上是 0。
所以尺寸的公式、前向与反向都不必另写：插上 0 再算；对权重的梯度，只留下原来的位置。插进去的 0 也乘了
像素，所以核跨过的地方有 inf 或 NaN，结果就是 NaN。
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics.convolution.shapes import span


def spread(weight: NDArray, dilation: tuple[int, int]) -> NDArray:
    """卷积核张开：[F, C, kh, kw] → [F, C, dh·(kh−1)+1, dw·(kw−1)+1]，空出来的位置是 0。

    Examples
    --------
    >>> spread(np.ones((1, 1, 2, 2)), (1, 2))[0, 0]
    array([[1., 0., 1.],
           [1., 0., 1.]])
    """
    if dilation == (1, 1):
        return weight
    (f, c, kh, kw), (dh, dw) = weight.shape, dilation
    wide = np.zeros((f, c, span(kh, dh), span(kw, dw)), weight.dtype)
    wide[:, :, ::dh, ::dw] = weight
    return wide


def ungrouped(weight: NDArray, groups: int) -> NDArray:
    """分组的卷积核 [F, C/groups, kh, kw] → 普通的 [F, C, kh, kw]，别组的通道上是 0。

    Examples
    --------
    >>> ungrouped(np.ones((2, 1, 1, 1)), 2)[:, :, 0, 0]     # 逐通道卷积：对角阵
    array([[1., 0.],
           [0., 1.]])
    """
    f, c, kh, kw = weight.shape
    blocks = np.zeros((groups, f // groups, groups, c, kh, kw), weight.dtype)
    group = np.arange(groups)
    blocks[group, :, group] = weight.reshape(groups, f // groups, c, kh, kw)
    return blocks.reshape(f, groups * c, kh, kw)
