"""连接与权重：全连接、局部连接、参数共享，连着谁，用哪个权重。"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from dlbasics.convolution import conv_output_size
from dlbasics.figures.style import BLUE, GREY, ORANGE, PURPLE
from dlbasics.live.base import LiveFigure
from dlbasics.live.traits import Choice, Number

INPUTS = 8
MODES = {"dense": "全连接", "local": "局部连接", "shared": "参数共享"}
RAMP = LinearSegmentedColormap.from_list("ramp", [BLUE, PURPLE, ORANGE])


def weight_numbers(mode: str, kernel: int) -> NDArray[np.int64]:
    """每条连接用第几个权重；没有连接是 0。

    Parameters
    ----------
    mode : {"dense", "local", "shared"}
    kernel : int
        窗口里有几个输入；输出的个数由它决定，三种接法都一样。

    Returns
    -------
    ndarray of int, shape (输出数, 8)

    Examples
    --------
    >>> weight_numbers("shared", 6)
    array([[1, 2, 3, 4, 5, 6, 0, 0],
           [0, 1, 2, 3, 4, 5, 6, 0],
           [0, 0, 1, 2, 3, 4, 5, 6]])
    """
    outputs = conv_output_size(INPUTS, kernel)
    offset = np.arange(INPUTS) - np.arange(outputs)[:, None]
    if mode == "dense":
        return np.arange(1, outputs * INPUTS + 1).reshape(outputs, INPUTS)
    own = kernel * np.arange(outputs)[:, None] if mode == "local" else 0
    return np.where((offset >= 0) & (offset < kernel), offset + own + 1, 0)


@dataclass(frozen=True)
class Counts:
    """一层的四个数，由 :func:`counts` 数出来。"""

    connections: int
    weights: int
    biases: int
    multiplications: int


def counts(mode: str, kernel: int) -> Counts:
    """连接、权重、偏置与乘法各有多少。

    Parameters
    ----------
    mode, kernel
        同 :func:`weight_numbers`。

    Returns
    -------
    Counts

    Examples
    --------
    >>> counts("shared", 3)
    Counts(connections=18, weights=3, biases=1, multiplications=18)
    """
    numbers = weight_numbers(mode, kernel)
    connections = int(np.count_nonzero(numbers))
    biases = 1 if mode == "shared" else len(numbers)
    return Counts(connections, int(numbers.max()), biases, connections)


class Connections(LiveFigure):
    """八个输入的一层，三种接法：左边是连线，右边是权重矩阵，同色是同一个权重。

    Parameters
    ----------
    mode : {"dense", "local", "shared"}
        全连接、局部连接、参数共享。
    kernel : int
        窗口里有几个输入，1 到 5；输出有 9 − kernel 个，三种接法都一样。
    output : int
        看第几个输出，1 到 8；超出时看最后一个。

    Examples
    --------
    >>> Connections(mode="local").describe()
    '局部连接，核 3：18 条连接，18 个权重，6 个偏置，18 次乘法'
    """

    title = "连接与权重"
    module = "connections"
    declared: ClassVar = {"inputs": INPUTS, "modes": MODES}

    mode = Choice(tuple(MODES)).tag(sync=True)
    kernel = Number(3, 1, 5, integer=True).tag(sync=True)
    output = Number(3, 1, 8, integer=True).tag(sync=True)

    def describe(self) -> str:
        c = counts(self.mode, self.kernel)
        return (
            f"{MODES[self.mode]}，核 {self.kernel}：{c.connections} 条连接，"
            f"{c.weights} 个权重，{c.biases} 个偏置，{c.multiplications} 次乘法"
        )

    def draw(self, figure: Figure) -> None:
        figure.set_size_inches(6.8, 3.2)
        left, right = figure.subplots(1, 2)
        numbers = weight_numbers(self.mode, self.kernel)
        chosen = min(self.output, len(numbers)) - 1
        self._draw_lines(left, numbers, chosen)
        self._draw_matrix(right, numbers, chosen)
        left.set_title(self.describe(), loc="left", fontsize=10)

    def _draw_lines(self, axes: Axes, numbers: NDArray, chosen: int) -> None:
        start = (INPUTS - len(numbers)) / 2
        for row, column in np.argwhere(numbers):
            color = np.array(RAMP(_place(numbers[row, column], numbers.max()))[:3])
            strong = row == chosen
            axes.plot(
                [column, start + row],
                [0, 1],
                color=color if strong else 0.3 * color + 0.7,
                linewidth=2.6 if strong else 1,
                zorder=1.5 if strong else 1,
            )
        for count, left, height, name in ((INPUTS, 0, 0, "x"), (len(numbers), start, 1, "y")):
            for k in range(count):
                axes.plot(left + k, height, "o", color="white", markeredgecolor=GREY, markersize=17)
                axes.text(left + k, height, f"${name}_{k + 1}$", ha="center", va="center")
        axes.set(xlim=(-0.6, INPUTS - 0.4), ylim=(-0.2, 1.2))
        axes.set_axis_off()

    def _draw_matrix(self, axes: Axes, numbers: NDArray, chosen: int) -> None:
        shown = np.where(numbers, _place(numbers, numbers.max()), np.nan)
        axes.imshow(shown, cmap=RAMP, vmin=0, vmax=1, alpha=0.45)
        for row, column in np.argwhere(numbers):
            axes.text(column, row, numbers[row, column], ha="center", va="center")
        axes.axhspan(chosen - 0.5, chosen + 0.5, fill=False, edgecolor=GREY, linewidth=2)
        axes.set_xticks(range(INPUTS), [f"$x_{k + 1}$" for k in range(INPUTS)])
        axes.set_yticks(range(len(numbers)), [f"$y_{k + 1}$" for k in range(len(numbers))])
        axes.xaxis.tick_top()


def _place(number: NDArray | int, largest: int) -> NDArray | float:
    """权重在色带上的位置：第一个是 0，最后一个是 1。"""
    return (number - 1) / max(largest - 1, 1)
