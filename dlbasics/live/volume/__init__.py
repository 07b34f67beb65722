"""一层神经元排成的数据体：通道 × 高 × 宽，切开来看。"""

from __future__ import annotations

from math import cos, radians, sin
from typing import ClassVar

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from dlbasics.convolution import conv2d
from dlbasics.datasets import PHOTOGRAPHS, photograph
from dlbasics.figures.style import BLUE, GREEN, GREY, ORANGE
from dlbasics.live.base import LiveFigure
from dlbasics.live.traits import Choice, Number, Table

SIDE, COLORS, KERNEL = 8, 3, 3

#: 五个核：名字、三个颜色通道各乘几、3×3 的样子。
EVERYWHERE = ((1, 1, 1), (1, 1, 1), (1, 1, 1))
BANK = (
    ("左暗右亮", (1, 1, 1), ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1))),
    ("上暗下亮", (1, 1, 1), ((-1, -1, -1), (0, 0, 0), (1, 1, 1))),
    ("亮斑", (1, 1, 1), ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1))),
    ("偏红", (1, -1, 0), EVERYWHERE),
    ("偏黄", (1, 1, -2), EVERYWHERE),
)
NAMES = tuple(name for name, _, _ in BANK)
#: 相邻两个通道隔开几个格子。
GAP = 2
#: 转到哪里都放得下：画面的中心到边，这么多个格子。
RADIUS = 6.5
#: 没有选中的格子多淡。
FAINT = 0.16
#: 画红、绿、蓝三个通道的墨。
INKS = ("#C92A2A", "#2B8A3E", "#1C5FB8")


def small_flower() -> NDArray[np.int64]:
    """照片“花”里的一朵，缩成 8×8，像素是 0–255 的整数。

    Returns
    -------
    ndarray of int64, shape (3, 8, 8)

    Examples
    --------
    >>> small_flower().shape
    (3, 8, 8)
    """
    crop = photograph("flower")[:, 40:400, 130:490]
    blocks = crop.reshape(COLORS, SIDE, 45, SIDE, 45).mean(axis=(2, 4))
    return np.rint(255 * blocks).astype(np.int64)


def bank() -> NDArray[np.float64]:
    """五个核的权重。

    Returns
    -------
    ndarray of float64, shape (5, 3, 3, 3)

    Examples
    --------
    >>> bank()[3].sum(axis=(1, 2))      # 偏红：红减绿
    array([ 9., -9.,  0.])
    """
    return np.array([np.multiply.outer(color, shape) for _, color, shape in BANK], dtype=float)


def project(points: NDArray, yaw: float, pitch: float) -> NDArray[np.float64]:
    """轴测投影：先绕竖直的轴转 yaw 度，再俯视 pitch 度。

    Parameters
    ----------
    points : ndarray, shape (..., 3)
        （右，下，里）。
    yaw, pitch : float

    Returns
    -------
    ndarray, shape (..., 2)
        （右，下）。

    Examples
    --------
    >>> project(np.array([1.0, 2.0, 3.0]), 0, 0)
    array([1., 2.])
    """
    a, b = radians(yaw), radians(pitch)
    right = [cos(a), 0, sin(a)]
    down = [sin(a) * sin(b), cos(b), -cos(a) * sin(b)]
    return points @ np.array([right, down]).T


class Volume(LiveFigure):
    """一朵花（:func:`small_flower`，3×8×8）经过五个核，得到 5×6×6 的数据体；转动它，切开它。

    Parameters
    ----------
    mode : {"slice", "column", "neuron"}
        看一片（一个通道）、一列（一个位置）还是一个神经元。
    channel, row, column : int
        输出的第几个通道、第几行、第几列，从 0 数起。
    yaw, pitch : float
        转多少度、俯视多少度，各在 [−70, 70] 与 [−60, 60] 内。

    Examples
    --------
    >>> volume = Volume(mode="neuron", channel=3, row=2, column=2)
    >>> volume.output().shape
    (5, 6, 6)
    """

    title = "三维组织"
    module = "volume"
    declared: ClassVar = {
        "side": SIDE,
        "kernel": KERNEL,
        "bank": [
            {"name": name, "weight": weight}
            for name, weight in zip(NAMES, bank().astype(int).tolist(), strict=True)
        ],
        "gap": GAP,
        "radius": RADIUS,
        "faint": FAINT,
        "credit": PHOTOGRAPHS["flower"],
    }

    pixels = Table([], (COLORS, SIDE, SIDE), 0, 255, integer=True, read_only=True).tag(sync=True)
    mode = Choice(("slice", "column", "neuron")).tag(sync=True)
    channel = Number(0, 0, len(BANK) - 1, integer=True).tag(sync=True)
    row = Number(2, 0, SIDE - KERNEL, integer=True).tag(sync=True)
    column = Number(1, 0, SIDE - KERNEL, integer=True).tag(sync=True)
    yaw = Number(38.0, -70, 70).tag(sync=True)
    pitch = Number(22.0, -60, 60).tag(sync=True)

    @traitlets.default("pixels")
    def _small_flower(self) -> list[list[list[int]]]:
        return small_flower().tolist()

    def output(self) -> NDArray[np.float64]:
        """五幅特征图，形状 (5, 6, 6)。"""
        return conv2d(np.array(self.pixels, dtype=float)[None], bank())[0]

    def lit(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """选中的输入与输出，形状 (3, 8, 8) 与 (5, 6, 6)。"""
        output = np.ones((len(BANK), SIDE - KERNEL + 1, SIDE - KERNEL + 1), dtype=bool)
        inputs = np.ones((COLORS, SIDE, SIDE), dtype=bool)
        c, i, j = np.ogrid[tuple(map(slice, output.shape))]
        if self.mode != "slice":
            output &= (i == self.row) & (j == self.column)
            _, y, x = np.ogrid[tuple(map(slice, inputs.shape))]
            inputs &= (y >= self.row) & (y < self.row + KERNEL)
            inputs &= (x >= self.column) & (x < self.column + KERNEL)
        if self.mode != "column":
            output &= c == self.channel
        return inputs, output

    def describe(self) -> str:
        place = f"第 {self.row} 行第 {self.column} 列"
        if self.mode == "slice":
            return f"通道 {self.channel}（{NAMES[self.channel]}）：6×6 个神经元，共用一个核"
        if self.mode == "column":
            return f"{place}：5 个神经元，看同一块 3×3×3 的输入"
        value = self.output()[self.channel, self.row, self.column]
        where = f"[{self.channel}, {self.row}, {self.column}]"
        return f"神经元 {where} = {value:g}，看 3×3×3 的输入"

    def draw(self, figure: Figure) -> None:
        figure.set_size_inches(6.0, 3.1)
        left, right = figure.subplots(1, 2)
        inputs, output = self.lit()
        shade = np.array(self.pixels) / 255
        colors = 1 - shade[..., None] * (1 - np.array([to_rgb(one) for one in INKS])[:, None, None])
        self._draw_planes(left, colors, inputs, "输入 3×8×8（红、绿、蓝）")
        values = self.output()
        strength = values / np.abs(values).max(axis=(1, 2), keepdims=True)
        ends = np.where(strength[..., None] > 0, to_rgb(ORANGE), to_rgb(BLUE))
        colors = 1 - np.abs(strength)[..., None] * (1 - ends)
        self._draw_planes(right, colors, output, "输出 5×6×6（橙正，蓝负）")
        left.text(0, -0.02, PHOTOGRAPHS["flower"], transform=left.transAxes, color=GREY, size=7.5)

    def _draw_planes(self, axes: Axes, colors: NDArray, lit: NDArray, title: str) -> None:
        channels, height, width = lit.shape
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
        for c in reversed(range(channels)):
            y, x = np.mgrid[:height, :width].reshape(2, -1, 1)
            z = np.full((height * width, 4), (c - (channels - 1) / 2) * GAP)
            tile = [x + corners[:, 0] - width / 2, y + corners[:, 1] - height / 2, z]
            flat = project(np.stack(tile, axis=-1), self.yaw, self.pitch)
            alpha = np.where(lit[c].ravel(), 1, FAINT)[:, None]
            faces = np.hstack([colors[c].reshape(-1, 3), alpha])
            axes.add_collection(PolyCollection(list(flat), facecolors=faces, edgecolors="none"))
            rim = [flat[0, 0], flat[width - 1, 1], flat[-1, 2], flat[-width, 3]]
            for outline, color in ([rim], GREY), (flat[lit[c].ravel()], GREEN):
                axes.add_collection(
                    PolyCollection(outline, facecolors="none", edgecolors=color, lw=0.5)
                )
        axes.set(xlim=(-RADIUS, RADIUS), ylim=(RADIUS, -RADIUS), aspect="equal")
        axes.set_title(title, loc="left")
        axes.axis("off")
