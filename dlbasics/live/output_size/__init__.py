"""输出有多大：一行像素上放得下几个窗口。"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from dlbasics.convolution import conv_output_size
from dlbasics.figures.style import BLUE, GREY, INK, ORANGE
from dlbasics.live.base import LiveFigure
from dlbasics.live.traits import Number

#: 窗口多于这么多个，就只画开头几个与最后一个。
SHOWN_WINDOWS = 12
#: 输入的宽，滑块走到这里。
SLIDER = 32


class OutputSize(LiveFigure):
    """⌊(W − K + 2P)/S⌋ + 1 画出来：填充好的一行像素，与上面的每一个窗口。

    Parameters
    ----------
    size : int
        输入的宽 W，1 到 256；滑块走到 32。
    kernel : int
        核的宽 K，1 到 11。
    stride : int
        步幅 S，1 到 5。
    padding : int
        两端各填充 P 个 0，0 到 5。

    Examples
    --------
    >>> OutputSize(size=10, kernel=3, stride=2).describe()
    'W = 10，K = 3，S = 2，P = 0：输出 4 个，1 个像素没有窗口看到'
    >>> OutputSize(size=3, kernel=5).describe()
    'W = 3，K = 5，S = 2，P = 0：核比填充后的输入还宽，一个窗口也放不下'
    """

    title = "输出有多大"
    module = "output_size"
    declared: ClassVar = {"shown_windows": SHOWN_WINDOWS, "slider": SLIDER}

    size = Number(10, 1, 256, integer=True).tag(sync=True)
    kernel = Number(3, 1, 11, integer=True).tag(sync=True)
    stride = Number(2, 1, 5, integer=True).tag(sync=True)
    padding = Number(0, 0, 5, integer=True).tag(sync=True)

    def windows(self) -> NDArray[np.int64]:
        """每个窗口的左端，以第一个真正的像素为 0；一个也放不下时为空。"""
        if self.kernel > self.size + 2 * self.padding:
            return np.arange(0)
        count = conv_output_size(self.size, self.kernel, stride=self.stride, padding=self.padding)
        return np.arange(count) * self.stride - self.padding

    def unseen(self) -> NDArray[np.int64]:
        """没有窗口看到的像素的编号。"""
        seen = self.windows()[:, None] + np.arange(self.kernel)
        return np.setdiff1d(np.arange(self.size), seen)

    def describe(self) -> str:
        settings = f"W = {self.size}，K = {self.kernel}，S = {self.stride}，P = {self.padding}"
        count, missed = len(self.windows()), len(self.unseen())
        if not count:
            return f"{settings}：核比填充后的输入还宽，一个窗口也放不下"
        blind = f"{missed} 个像素没有窗口看到" if missed else "每个像素都有窗口看到"
        return f"{settings}：输出 {count} 个，{blind}"

    def draw(self, figure: Figure) -> None:
        figure.set_size_inches(7.2, 3.4)
        axes = figure.subplots()
        starts = self.windows()
        unseen = self.unseen().tolist() if len(starts) else []
        edge = "white" if self.size <= 40 else "none"
        for cell in range(-self.padding, self.size + self.padding):
            inside = 0 <= cell < self.size
            color = ORANGE if cell in unseen else ("#B9C8D8" if inside else "#EEF1F4")
            axes.add_patch(Rectangle((cell, 0), 1, 1, facecolor=color, edgecolor=edge))
            if cell in unseen:
                axes.text(cell + 0.5, 0.45, "×", ha="center", va="center", color="white")
        rows = self.shown_windows()
        for level, k in enumerate(rows, start=1):
            if k is None:
                axes.text(-self.padding, -level - 0.2, "……", va="center", color=GREY)
                continue
            bar = Rectangle((starts[k], -level - 0.5), self.kernel, 0.6, color=BLUE, lw=0)
            axes.add_patch(bar)
            axes.text(starts[k] + self.kernel + 0.2, -level - 0.2, f"{k}", va="center", color=GREY)
        if not len(starts):
            wide = Rectangle((-self.padding, -1.5), self.kernel, 0.6, color="#B02A1C", lw=0)
            axes.add_patch(wide)
        right = max(self.size + self.padding, self.kernel - self.padding) + 1
        axes.set(xlim=(-self.padding - 0.2, right), ylim=(-max(len(rows), 4) - 1, 1.2))
        axes.set_title(self.describe(), loc="left", color=INK)
        axes.axis("off")

    def shown_windows(self) -> list[int | None]:
        """画哪些窗口；``None`` 表示略去的一段。"""
        count = len(self.windows())
        if count <= SHOWN_WINDOWS:
            return list(range(count))
        return [*range(SHOWN_WINDOWS - 2), None, count - 1]
