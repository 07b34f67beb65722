"""滑动窗口：检查输入、四周填充、取出每个窗口里同一个位置的元素。

窗口运算都由三样东西描述：窗口多大（kernel，有空洞时是它跨过的宽度）、每次滑多远（stride）、
四周补几圈（padding）。
:class:`Sliding` 把它们连同输出尺寸收在一起，每一项都是（高，宽）。
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import Pair, floats, integer, pair
from dlbasics.convolution.shapes import places, span


@dataclass(frozen=True)
class Sliding:
    """窗口怎样滑过一张图，每一项都是（高，宽）。"""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    output: tuple[int, int]


def sliding(
    size: tuple[int, int], kernel: Pair, stride: Pair, padding: Pair, dilation: Pair = 1
) -> Sliding:
    """检查窗口的描述，算出输出尺寸；``size`` 是输入的（高，宽）。"""
    kernel = pair("kernel", kernel, 1)
    stride = pair("stride", stride, 1)
    padding = pair("padding", padding, 0)
    dilation = pair("dilation", dilation, 1)
    height, width = (
        places(integer("size", length, 1), *rest)
        for length, *rest in zip(size, kernel, stride, padding, dilation, strict=True)
    )
    window = span(kernel[0], dilation[0]), span(kernel[1], dilation[1])
    return Sliding(window, stride, padding, (height, width))


def check_array(name: str, value: NDArray, axes: str) -> None:
    """检查浮点数组的维数与大小；``axes`` 写成 ``"N,C,H,W"``，只有 N 可以是 0。"""
    names = axes.split(",")
    if floats(name, value).ndim != len(names):
        raise ValueError(f"{name} 的形状应是 [{axes}]，得到 {value.shape}")
    for axis, length in zip(names, value.shape, strict=True):
        if length == 0 and axis != "N":
            raise ValueError(f"{name} 的 {axis} 应至少是 1，得到形状 {value.shape}")


def check_like(name: str, value: NDArray, shape: tuple[int, ...], dtype: np.dtype) -> None:
    """检查数组的形状与 dtype 恰好是所要的。"""
    if floats(name, value, [dtype], why="（与 x 相同）").shape != shape:
        raise ValueError(f"{name} 的形状应是 {shape}，得到 {value.shape}")


def channels_per_group(channels: int, filters: int, groups: int) -> int:
    """每组有几个输入通道；``groups`` 要同时整除输入与输出的通道数。"""
    groups = integer("groups", groups, 1)
    if channels % groups or filters % groups:
        raise ValueError(
            f"groups 应整除输入的通道数 {channels} 与输出的通道数 {filters}，得到 {groups}"
        )
    return channels // groups


def check_conv(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None,
    stride: Pair,
    padding: Pair,
    dilation: Pair = 1,
    groups: int = 1,
) -> Sliding:
    """检查一次卷积的全部输入。"""
    check_array("x", x, "N,C,H,W")
    check_array("weight", weight, "F,C,kh,kw")
    channels, kernel = channels_per_group(x.shape[1], len(weight), groups), weight.shape[2:]
    check_like("weight", weight, (len(weight), channels, *kernel), x.dtype)
    if bias is not None:
        check_like("bias", bias, (len(weight),), x.dtype)
    return sliding(x.shape[2:], kernel, stride, padding, dilation)


def pad2d(x: NDArray, padding: tuple[int, int], value: float = 0) -> NDArray:
    """[N, C, H, W] → [N, C, H + 2·ph, W + 2·pw]；不填充时就是 ``x`` 自己。"""
    ph, pw = padding
    if ph == pw == 0:
        return x
    n, c, h, w = x.shape
    padded = np.full_like(x, value, shape=(n, c, h + 2 * ph, w + 2 * pw))
    padded[:, :, ph : ph + h, pw : pw + w] = x
    return padded


def crop2d(padded: NDArray, padding: tuple[int, int]) -> NDArray:
    """裁掉填充的几圈，给出中间的视图：:func:`pad2d` 的反过程。"""
    (ph, pw), (height, width) = padding, padded.shape[2:]
    return padded[:, :, ph : height - ph, pw : width - pw]


def taps(padded: NDArray, slide: Sliding) -> Iterator[NDArray]:
    """依次取出窗口里的每个位置：第 (i, j) 个 [N, C, H′, W′] 是所有窗口的第 i 行第 j 列。

    给出的都是视图，顺序是先行后列，所以既能读（卷积、汇聚），也能往里加（反向传播）。
    """
    (kh, kw), (sh, sw), (height, width) = slide.kernel, slide.stride, slide.output
    for i in range(kh):
        for j in range(kw):
            yield padded[:, :, i : i + sh * height : sh, j : j + sw * width : sw]
