"""卷积一步一步：同一个核，走到哪里都是这 9 个权重。"""

from __future__ import annotations

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from dlbasics.convolution import conv2d
from dlbasics.datasets import digits
from dlbasics.figures.style import GREEN, GREY, SIGNED
from dlbasics.live.base import LiveFigure
from dlbasics.live.traits import Number, Table

SIDE, KERNEL = 16, 3

#: 用第几张手写数字。
DIGIT = 32


def two_digits() -> NDArray[np.int64]:
    """同一张手写的 5 贴两份，一份在左上，一份在右下；0 是白纸，16 是最浓的墨。

    Returns
    -------
    ndarray of int64, shape (16, 16)

    Examples
    --------
    >>> image = two_digits()
    >>> np.array_equal(image[:8, :8], image[8:, 8:])
    True
    """
    digit = np.rint(16 * digits()[0][DIGIT, 0]).astype(np.int64)
    image = np.zeros((SIDE, SIDE), dtype=np.int64)
    image[:8, :8] = image[8:, 8:] = digit
    return image


class Convolution(LiveFigure):
    """一个 3×3 的核在一张小图上走，每到一处，9 个乘积相加，再加偏置。

    Parameters
    ----------
    pixels : array_like of int, shape (16, 16)
        输入，0（白）到 16（黑）；默认是 :func:`two_digits`。
    kernel : array_like of float, shape (3, 3)
        核的 9 个权重，各在 [−10, 10] 内；默认找竖直的边缘。
    bias : float
        偏置，−20 到 20。
    stride, padding : int
        步幅 1 到 3，四周填充 0 到 2 圈 0。
    row, column : int
        看输出的第几行第几列，从 0 数起；超出时看最后一行（列）。

    Examples
    --------
    >>> Convolution(kernel=[[0, 0, 0], [0, 1, 0], [0, 0, 0]]).output().shape
    (14, 14)
    >>> Convolution(row=2, column=4, stride=2).describe()
    '输入 16×16，核 3×3，步幅 2，填充 0；输出 7×7，输出[2, 4] = 0'
    """

    title = "卷积一步一步"
    module = "convolution_steps"

    pixels = Table([], (SIDE, SIDE), 0, 16, integer=True).tag(sync=True)
    kernel = Table(
        [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], (KERNEL, KERNEL), -10, 10, integer=False
    ).tag(sync=True)
    bias = Number(0.0, -20, 20).tag(sync=True)
    stride = Number(1, 1, 3, integer=True).tag(sync=True)
    padding = Number(0, 0, 2, integer=True).tag(sync=True)
    row = Number(1, 0, SIDE + 1, integer=True).tag(sync=True)
    column = Number(1, 0, SIDE + 1, integer=True).tag(sync=True)

    @traitlets.default("pixels")
    def _two_digits(self) -> list[list[int]]:
        return two_digits().tolist()

    def output(self) -> NDArray[np.float64]:
        """输出的特征图，形状 (H′, W′)。"""
        x = np.array(self.pixels, dtype=float)[None, None]
        weight = np.array(self.kernel)[None, None]
        bias = np.array([self.bias])
        return conv2d(x, weight, bias, stride=self.stride, padding=self.padding)[0, 0]

    def position(self) -> tuple[int, int]:
        """现在看的输出位置。"""
        height, width = self.output().shape
        return min(self.row, height - 1), min(self.column, width - 1)

    def describe(self) -> str:
        output, (i, j) = self.output(), self.position()
        height, width = output.shape
        settings = f"输入 16×16，核 3×3，步幅 {self.stride}，填充 {self.padding}"
        return f"{settings}；输出 {height}×{width}，输出[{i}, {j}] = {output[i, j]:.4g}"

    def draw(self, figure: Figure) -> None:
        figure.set_size_inches(7.2, 3.4)
        left, middle, right = figure.subplots(1, 3, width_ratios=[8, 3.4, 7])
        output, (i, j) = self.output(), self.position()
        padded = np.pad(np.array(self.pixels), self.padding)
        low = -self.padding - 0.5
        box = (low, SIDE - 1 - low, SIDE - 1 - low, low)
        left.imshow(padded, cmap="Greys", vmin=0, vmax=20, extent=box)
        left.add_patch(Rectangle((-0.5, -0.5), SIDE, SIDE, fill=False, color=GREY, lw=0.8))
        corner = (j * self.stride + low, i * self.stride + low)
        left.add_patch(Rectangle(corner, KERNEL, KERNEL, fill=False, color=GREEN, lw=2))
        left.set_title("输入", loc="left")
        self._draw_kernel(middle)
        limit = max(np.abs(output).max(), 1e-9)
        right.imshow(output, cmap=SIGNED, vmin=-limit, vmax=limit)
        right.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, color=GREEN, lw=2))
        right.set_title(f"输出[{i}, {j}] = {output[i, j]:.4g}", loc="left")
        for axes in (left, right):
            axes.tick_params(colors=GREY)

    def _draw_kernel(self, axes: Axes) -> None:
        kernel = np.array(self.kernel)
        limit = max(np.abs(kernel).max(), 1e-9)
        axes.imshow(kernel, cmap=SIGNED, vmin=-2 * limit, vmax=2 * limit)
        for (i, j), weight in np.ndenumerate(kernel):
            axes.text(j, i, f"{weight:.3g}".replace("-", "−"), ha="center", va="center")
        axes.set_title("核：处处是它", loc="left")
        axes.axis("off")
