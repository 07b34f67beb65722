"""★★ 有空洞的感受野：感受野的变化。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def dilated_field(kernels, strides, dilations):
    """几层有空洞的卷积摞起来，感受野的边长。

    Parameters
    ----------
    kernels, strides, dilations : ndarray
        各层的窗口边长、步幅、空洞，整数，形状都是 (L,)。

    Returns
    -------
    int
        感受野的边长。
    """
    size, jump = 1, 1
    for kernel, stride, dilation in zip(kernels, strides, dilations, strict=True):
        size += int(dilation * (kernel - 1)) * jump
        jump *= int(stride)
    return size


def inputs(rng):
    yield np.array([3]), np.array([1]), np.array([2])
    yield np.array([3, 3]), np.array([2, 1]), np.array([1, 1])
    yield np.array([3, 3, 3]), np.array([1, 1, 1]), np.array([1, 2, 4])
    for layers in (2, 4):
        yield tuple(rng.integers(low, high, size=layers) for low, high in ((2, 6), (1, 4), (1, 4)))


def field(kernels, strides, dilations):
    return int(dilated_field(kernels, strides, dilations))


EXERCISE = Exercise(
    id="pack/dilated_field",
    title="有空洞的感受野",
    stars=2,
    points=2,
    statement=r"""
空洞是 $d$ 的卷积，窗口里相邻的两格隔 $d$ 格：边长 $k$ 的窗口跨过 $d(k-1)+1$ 格。
第 $l$ 层的窗口边长是 $k_l$，步幅是 $s_l$，空洞是 $d_l$。求 $L$ 层摞起来的感受野的边长。""",
    inputs=inputs,
    reference=dilated_field,
    compare=equals(),
    hints=[
        Hint(
            lambda kernels, strides, dilations: field(kernels, strides, np.ones_like(dilations)),
            "漏了空洞：窗口跨过 d(k − 1) + 1 格，不是 k 格。",
            "no_dilation",
        ),
        Hint(
            lambda kernels, strides, dilations: field(kernels, np.ones_like(strides), dilations),
            "漏了步幅：前面各层的步幅相乘，就是这一层的一格在输入上隔几格。",
            "no_stride",
        ),
    ],
)
