"""尺寸的算术：输出有多大，一个神经元看得到多大一块输入。

>>> conv_output_size(224, 7, stride=2, padding=3)
112
>>> receptive_field([(3, 1), (3, 1)])       # 两层 3×3 看到的和一层 5×5 一样大
5
"""

from __future__ import annotations

from collections.abc import Iterable

from dlbasics._checks import integer


def array_shape(name: str, value: tuple[int, ...], axes: str) -> tuple[int, ...]:
    """检查数组的形状；``axes`` 写成 ``"N,C,H,W"``，只有 N 可以是 0。"""
    names = axes.split(",")
    if not isinstance(value, tuple) or len(value) != len(names):
        raise ValueError(f"{name} 应是 ({axes}) {len(names)} 个整数，得到 {value!r}")
    return tuple(
        integer(f"{name} 的 {axis}", length, axis != "N")
        for axis, length in zip(names, value, strict=True)
    )


def span(kernel: int, dilation: int) -> int:
    """一个方向上，空洞为 dilation 的卷积核从头到尾跨过几个像素。"""
    return dilation * (kernel - 1) + 1


def conv_output_size(
    size: int, kernel: int, *, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """一个方向上的输出尺寸：⌊(size + 2·padding − span) / stride⌋ + 1。

    span = dilation·(kernel − 1) + 1 是卷积核跨过的宽度，没有空洞时就是 kernel。
    除不尽时向下取整：最后几行（列）像素凑不满一个步幅，没有窗口从那里开始。

    Parameters
    ----------
    size : int
        输入的高（或宽）。
    kernel : int
        卷积核的高（或宽）。
    stride : int
        步幅。
    padding : int
        两端各填充多少个 0。
    dilation : int
        卷积核里相邻的两个权重相距几个像素；1 是没有空洞。

    Returns
    -------
    int
        输出的高（或宽），至少是 1。

    Raises
    ------
    ValueError
        卷积核比填充后的输入还大，一个窗口也放不下。

    Examples
    --------
    >>> conv_output_size(32, 5)
    28
    >>> conv_output_size(227, 11, stride=4)
    55
    >>> conv_output_size(32, 3, dilation=2)         # 3 个权重跨过 5 个像素
    28
    """
    size = integer("size", size, 1)
    kernel = integer("kernel", kernel, 1)
    stride = integer("stride", stride, 1)
    padding = integer("padding", padding, 0)
    dilation = integer("dilation", dilation, 1)
    return places(size, kernel, stride, padding, dilation)


def places(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """:func:`conv_output_size`，参数都已经检查过。"""
    room = size + 2 * padding - span(kernel, dilation)
    if room < 0:
        spread = "" if dilation == 1 else f"，dilation={dilation} 时跨过 {span(kernel, dilation)}"
        raise ValueError(f"kernel 不应大于填充后的输入 {size + 2 * padding}，得到 {kernel}{spread}")
    return room // stride + 1


def receptive_field(layers: Iterable[tuple[int, ...]]) -> int:
    """最后一层的一个神经元，在一个方向上看得到多少个输入像素。

    从输入往后走：相邻两个神经元在输入上相距 jump 个像素，于是大小为 kernel 的窗口
    让感受野再宽 dilation·(kernel − 1)·jump，步幅则让 jump 翻 stride 倍。

    Parameters
    ----------
    layers : iterable of (kernel, stride) or (kernel, stride, dilation)
        从第一层到最后一层，卷积层与汇聚层都算；不写 dilation 就是 1。

    Returns
    -------
    int
        感受野的边长。没有层时是 1：输入看自己。

    Examples
    --------
    >>> receptive_field([(5, 1), (2, 2), (5, 1), (2, 2)])       # LeNet-5 的前四层
    16
    >>> receptive_field([(3, 1, 1), (3, 1, 2), (3, 1, 4)])      # 空洞逐层加倍
    15
    """
    field, jump = 1, 1
    if not isinstance(layers, Iterable):
        raise ValueError(f"layers 应是一串 (kernel, stride)，得到 {layers!r}")
    for number, layer in enumerate(layers):
        if not isinstance(layer, tuple | list) or len(layer) not in (2, 3):
            raise ValueError(
                f"layers[{number}] 应是 (kernel, stride) 或再加 dilation，得到 {layer!r}"
            )
        kernel = integer(f"layers[{number}] 的 kernel", layer[0], 1)
        stride = integer(f"layers[{number}] 的 stride", layer[1], 1)
        dilation = integer(f"layers[{number}] 的 dilation", [*layer, 1][2], 1)
        field += (span(kernel, dilation) - 1) * jump
        jump *= stride
    return field
