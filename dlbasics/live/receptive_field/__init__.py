"""感受野：一层层往下看，顶上的一个神经元看得到哪些像素。"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import prod
from typing import Any, ClassVar

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from dlbasics.convolution import receptive_field
from dlbasics.datasets import photograph
from dlbasics.figures.style import GRID, ORANGE
from dlbasics.live.base import LiveFigure
from dlbasics.live.pixels import Picture, decode, encode, shrink
from dlbasics.live.traits import Number

#: 画得下多少个输入像素、顶层最多几个神经元、最多几层。
WIDEST, MOST_NEURONS, MOST_LAYERS = 48, 9, 6
#: 一层的核与步幅，从几到几。
KERNELS, STRIDES = (1, 7), (1, 3)
#: 宇航员左边那只眼睛（行，列），与缩小几倍。
EYE, FACTOR = (102, 201), 3


class Layers(traitlets.TraitType):
    """一串层 ``(kernel, stride)``；汇聚层没有权重，写成 ``(kernel, stride, "pool")``。"""

    def validate(self, obj: object, value: Any) -> list[list[int | str]]:
        good = isinstance(value, Sequence) and 1 <= len(value) <= MOST_LAYERS
        if not good or not all(_is_layer(one) for one in value):
            raise ValueError(
                f"{self.name} 应是 1 到 {MOST_LAYERS} 个 (kernel, stride) 或 "
                f'(kernel, stride, "pool")，kernel 在 {KERNELS[0]}–{KERNELS[1]} 内，'
                f"stride 在 {STRIDES[0]}–{STRIDES[1]} 内，得到 {value!r}"
            )
        size = receptive_field([tuple(one[:2]) for one in value])
        if size > WIDEST:
            raise ValueError(f"{self.name} 的感受野应不超过 {WIDEST}，得到 {size}")
        return [list(one) for one in value]


def _is_layer(value: Any) -> bool:
    if not isinstance(value, Sequence) or len(value) not in (2, 3):
        return False
    kernel, stride, *kind = value
    sizes, steps = (range(low, high + 1) for low, high in (KERNELS, STRIDES))
    return kernel in sizes and stride in steps and kind in ([], ["pool"])


def paths(layers: Sequence[Sequence[Any]]) -> list[NDArray[np.int64]]:
    """顶层的一个神经元，到下面每一层的各个神经元有几条路。

    Parameters
    ----------
    layers : sequence of (kernel, stride, ...)
        从第一层到最后一层。

    Returns
    -------
    list of ndarray
        从输入到顶层，``len(layers) + 1`` 个；输入那一个的长度就是感受野。0 表示够不着。

    Examples
    --------
    >>> paths([(3, 1), (3, 1)])[0]
    array([1, 2, 3, 2, 1])
    >>> paths([(1, 2), (2, 1)])[0]           # 核比步幅小，中间有空洞
    array([1, 0, 1])
    """
    found = [np.ones(1, dtype=np.int64)]
    for kernel, stride, *_ in reversed(layers):
        above = found[0]
        spread = np.zeros((len(above) - 1) * stride + 1, dtype=np.int64)
        spread[::stride] = above
        found.insert(0, np.convolve(spread, np.ones(kernel, dtype=np.int64)))
    return found


class ReceptiveField(LiveFigure):
    """一摞一维的层，从侧面看：顶上的一个神经元，与它看得到的像素。

    Parameters
    ----------
    layers : sequence of (kernel, stride) or (kernel, stride, "pool")
        从第一层到最后一层，1 到 6 层；kernel 在 1–7 内，stride 在 1–3 内，感受野不超过 48。
    layer : int
        滑块改的是第几层；超出时是最后一层。
    neuron : int
        看顶层的第几个神经元，1 到 9；超出时看最后一个。
    channels : int
        比较权重个数时，每一层进、出各有多少个通道。

    Examples
    --------
    >>> ReceptiveField(layers=[(5, 1), (2, 2, "pool"), (5, 1), (2, 2, "pool")]).size
    16
    """

    title = "感受野"
    module = "receptive_field"
    declared: ClassVar = {"widest": WIDEST, "kernels": KERNELS, "strides": STRIDES}

    layers = Layers([[3, 1], [3, 1]]).tag(sync=True)
    layer = Number(2, 1, MOST_LAYERS, integer=True).tag(sync=True)
    neuron = Number(5, 1, MOST_NEURONS, integer=True).tag(sync=True)
    channels = Number(64, 1, 512, integer=True).tag(sync=True)
    photo = Picture().tag(sync=True)

    @traitlets.default("photo")
    def _photo(self) -> str:
        half = WIDEST * FACTOR // 2
        rows, columns = (slice(place - half, place + half) for place in EYE)
        grey = photograph("astronaut").mean(axis=0)
        return encode(shrink(grey[rows, columns], FACTOR))

    @property
    def size(self) -> int:
        """感受野的边长。"""
        return receptive_field([tuple(one[:2]) for one in self.layers])

    @property
    def jump(self) -> int:
        """顶层相邻的两个神经元，在输入上相距几个像素：步幅之积。"""
        return prod(one[1] for one in self.layers)

    @property
    def neurons(self) -> int:
        """画出顶层的几个神经元。"""
        return min(MOST_NEURONS, (WIDEST - self.size) // self.jump + 1)

    def weights(self) -> int:
        """全部卷积层的权重个数，每层 C 个通道进、C 个通道出，不计偏置。"""
        kernels = [one[0] for one in self.layers if len(one) == 2]
        return self.channels**2 * sum(kernel**2 for kernel in kernels)

    def describe(self) -> str:
        names = "，".join(_name(one) for one in self.layers)
        return f"{names}：感受野 {self.size}×{self.size}，步幅之积 {self.jump}"

    def draw(self, figure: Figure) -> None:
        figure.set_size_inches(7.2, 3.4)
        stack, photo = figure.subplots(1, 2, width_ratios=[2.4, 1])
        first = (min(self.neuron, self.neurons) - 1) * self.jump
        self._draw_stack(stack)
        photo.imshow(decode(self.photo), cmap="gray", vmin=0, vmax=255)
        shown = self.size + (self.neurons - 1) * self.jump
        left = (WIDEST - shown) // 2 + first - 0.5
        top = (WIDEST - self.size) // 2 - 0.5
        square = Rectangle((left, top), self.size, self.size, fill=False, color=ORANGE, linewidth=2)
        photo.add_patch(square)
        photo.set(xticks=[], yticks=[])
        photo.set_title(f"{self.size}×{self.size} 像素")
        stack.set_title(self.describe(), loc="left", fontsize=10)

    def _draw_stack(self, axes: Axes) -> None:
        found = paths(self.layers)
        jumps = list(accumulate((one[1] for one in self.layers), initial=1, func=int.__mul__))
        offset, count = 0.0, self.size + (self.neurons - 1) * self.jump
        chosen = min(self.neuron, self.neurons) - 1
        below = None
        for level, reached in enumerate(found):
            if level:
                kernel, stride, *_ = self.layers[level - 1]
                offset += (kernel - 1) / 2 * jumps[level - 1]
                count = (count - kernel) // stride + 1
            first = chosen * self.jump // jumps[level]
            x = offset + jumps[level] * np.arange(count)
            cone = np.zeros(count, dtype=np.int64)
            cone[first : first + len(reached)] = reached
            if below is not None:
                self._draw_cone(axes, level, below, (x, cone))
            axes.scatter(x, np.full(count, level), 22, color=GRID, marker="s", zorder=2)
            seen = cone > 0
            axes.scatter(
                x[seen], np.full(seen.sum(), level), 22, color=ORANGE, marker="s", zorder=3
            )
            below = x
        names = ["输入", *(_name(one) for one in self.layers)]
        axes.set_yticks(range(len(names)), names)
        axes.set(xticks=[])
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)

    def _draw_cone(self, axes: Axes, level: int, below: NDArray, above: tuple) -> None:
        kernel, stride, *_ = self.layers[level - 1]
        x, cone = above
        for k in np.flatnonzero(cone):
            for j in range(k * stride, k * stride + kernel):
                axes.plot([x[k], below[j]], [level, level - 1], color=ORANGE, alpha=0.35, lw=0.8)


def _name(layer: Sequence[int | str]) -> str:
    kernel, stride, *pool = layer
    text = f"汇聚 {kernel}×{kernel}" if pool else f"{kernel}×{kernel}"
    return text if stride == 1 else f"{text} 步幅 {stride}"
