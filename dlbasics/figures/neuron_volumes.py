"""三维组织一章的图。每个函数画一幅，画完就显示；数据由正文的单元算好传进来。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Polygon, Rectangle
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from dlbasics.figures.style import BLUE, GREEN, GREY, INK, ORANGE, SIGNED

FEW, GREYS = SIGNED.resampled(27), mpl.colormaps["gray"].resampled(32)  # 颜色少，图就轻
PALE_BLUE, PALE_ORANGE, PALE_GREEN = "#D6E6F2", "#FBE3D3", "#D3EDE4"
CHANNEL_NAMES = ("红", "绿", "蓝")
CHANNEL_COLORS = ("#D62728", "#2CA02C", "#1F77B4")
_SHEET = np.array([[0.62, 0.24], [0.0, -1.0]])  # 一片的横边与竖边，画成斜放的平行四边形


def _bare(ax: Axes) -> None:
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def _signed(ax: Axes, values: NDArray) -> None:
    """正橙负蓝，自己的标度：绝对值最大的 0.5% 画满。"""
    limit = np.quantile(np.abs(values), 0.995) or 1.0
    ax.imshow(values, cmap=FEW, vmin=-limit, vmax=limit, interpolation="nearest")


def _on_sheet(corner: NDArray, col: float, row: float) -> NDArray:
    return corner + col * _SHEET[0] + row * _SHEET[1]


def _border(corner: NDArray) -> list[NDArray]:
    return [_on_sheet(corner, *p) for p in ((0, 0), (1, 0), (1, 1), (0, 1))]


def _sheets(ax: Axes, slices: Sequence[tuple[NDArray, dict]], left: float, gap: float) -> NDArray:
    """把各通道画成一摞斜放的片，后画的盖住先画的；返回每片左上角的位置。"""
    corners = np.array([(left + gap * c, 0.0) for c in range(len(slices))])
    (a, b), (c, d) = _SHEET
    for order, (corner, (values, style)) in enumerate(zip(corners, slices, strict=True)):
        lean = Affine2D.from_values(a, b, c, d, *corner) + ax.transData
        ax.imshow(
            values, extent=(0, 1, 1, 0), transform=lean, interpolation="bilinear",
            interpolation_stage="data", zorder=order,
            **style,
        )  # fmt: skip
        ax.add_patch(Polygon(_border(corner), fill=False, ec=GREY, lw=0.7, zorder=order))
    return corners


def volume(photo: NDArray, maps: NDArray, *, place: tuple[float, float], marked: int) -> None:
    """输入与输出的数据体：每个通道一片，一条深度列穿过各片，一片描了边。

    ``photo`` 是 [3, H, W]，``maps`` 是 [F, H, W]；``place`` 是深度列的（行，列），
    以高、宽为 1；``marked`` 是描边的输出通道。
    """
    _, ax = plt.subplots(figsize=(5.4, 2.5))
    tints = [LinearSegmentedColormap.from_list(c, ["black", c, "white"]) for c in CHANNEL_COLORS]
    inputs = [(x, {"cmap": t, "vmin": 0, "vmax": 1}) for x, t in zip(photo, tints, strict=True)]
    limits = [np.quantile(np.abs(y), 0.995) for y in maps]
    outputs = [
        (y, {"cmap": SIGNED, "vmin": -v, "vmax": v}) for y, v in zip(maps, limits, strict=True)
    ]
    stacks = (_sheets(ax, inputs, 0.0, 0.46), _sheets(ax, outputs, 2.05, 0.46))
    for corners in stacks:
        dots = np.array([_on_sheet(corner, place[1], place[0]) for corner in corners])
        ax.plot(*dots.T, "-o", color=INK, lw=1.6, ms=5.5, mec="white", mew=1.1, zorder=9)
    corner = stacks[1][marked]
    ax.add_patch(Polygon(_border(corner), fill=False, ec=ORANGE, lw=2.4, zorder=marked))
    ax.annotate("", (1.99, -0.5), (1.63, -0.5), arrowprops={"arrowstyle": "->", "color": INK})
    ax.text(1.81, -0.45, "卷积", ha="center", va="bottom")
    for x, shape in ((0.7, photo.shape), (3.44, maps.shape)):
        size = " × ".join(map(str, shape))
        ax.text(x, -1.08, f"{size}（通道 × 高 × 宽）", ha="center", va="top", color=GREY)
    ax.text(0, 0.3, "深度列：黑线穿过的一列")
    ax.text(corner[0] + 0.31, 0.3, "深度切片：橙框的一片", ha="center", color=ORANGE)
    ax.set(xlim=(-0.03, 5.02), ylim=(-1.25, 0.42), aspect="equal")
    _bare(ax)


def one_channel(photo: NDArray, kernel: NDArray, parts: NDArray) -> None:
    """一个输出通道：每个输入通道配一片核，三个部分相加。"""
    figure = plt.figure(figsize=(6.6, 3.5))
    grid = figure.add_gridspec(3, 4, width_ratios=(1, 1, 1, 2.2))
    limit = np.abs(kernel).max()
    for c, name in enumerate(CHANNEL_NAMES):
        axes = [figure.add_subplot(grid[c, k]) for k in range(3)]
        axes[0].imshow(photo[c], cmap=GREYS, vmin=0, vmax=1, interpolation_stage="data")
        axes[1].imshow(kernel[c], cmap=FEW, vmin=-limit, vmax=limit)
        axes[2].imshow(parts[c], cmap=FEW, vmin=-1, vmax=1, interpolation_stage="data")
        axes[0].set_ylabel(name, color=CHANNEL_COLORS[c], rotation=0, ha="right", va="center")
        for ax in axes:
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set(visible=True, color=GREY, lw=0.6)
        axes[2].text(1.13, 0.5, "+" if c < 2 else "=", transform=axes[2].transAxes,
                     ha="center", va="center", fontsize=15)  # fmt: skip
        if c == 0:
            for ax, title in zip(axes, ("输入通道", "核的一片", "部分响应"), strict=True):
                ax.set_title(title)
    ax = figure.add_subplot(grid[:, 3])
    _signed(ax, parts.sum(axis=0))
    ax.set_title("输出通道：三份之和")
    _bare(ax)


def kernel_bank(names: Sequence[str], weight: NDArray, maps: NDArray) -> None:
    """六个核与六张特征图；每张图左边是这个核的三片。"""
    figure = plt.figure(figsize=(6.6, 3.8))
    cells = figure.add_gridspec(2, 3)
    for f, name in enumerate(names):
        inner = cells[f // 3, f % 3].subgridspec(3, 2, width_ratios=(0.33, 1))
        limit = np.abs(weight[f]).max()
        for c, channel in enumerate(CHANNEL_NAMES):
            ax = figure.add_subplot(inner[c, 0])
            ax.imshow(weight[f, c], cmap=FEW, vmin=-limit, vmax=limit)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set(visible=True, color=GREY, lw=0.6)
            ax.set_ylabel(
                channel, color=CHANNEL_COLORS[c], rotation=0, ha="right", va="center", fontsize=9
            )
        ax = figure.add_subplot(inner[:, 1])
        _signed(ax, maps[f])
        ax.set_title(name)
        _bare(ax)


def coverage(counts: Mapping[str, NDArray]) -> None:
    """每个像素落在几个窗口里；一次也没有的标成红叉。"""
    _, axes = plt.subplots(1, len(counts), figsize=(7.4, 2.15))
    for ax, (title, count) in zip(axes, counts.items(), strict=True):
        ax.imshow(count, cmap="Blues", vmin=-2, vmax=20)
        for (row, col), times in np.ndenumerate(count):
            unseen = times == 0
            ax.text(col, row, "×" if unseen else f"{times:.0f}", ha="center", va="center",
                    fontsize=8, color="#B91C1C" if unseen else INK,
                    weight="bold" if unseen else "normal")  # fmt: skip
            if unseen:
                corner = (col - 0.5, row - 0.5)
                ax.add_patch(Rectangle(corner, 1, 1, fc="#FBE4E4", ec="none"))
        ax.set_title(title, fontsize=10)
        _bare(ax)


def _table(ax: Axes, values: NDArray, left: float, top: float, fill: NDArray) -> None:
    """一格一个数的表；``fill`` 是每格的底色。左上角在（left, top），每格宽高都是 1。"""
    for (row, col), value in np.ndenumerate(values):
        corner = (left + col, top - row - 1)
        ax.add_patch(Rectangle(corner, 1, 1, fc=fill[row, col], ec="white", lw=1.2))
        number = f"{value:g}".replace("-", "−")
        ax.text(corner[0] + 0.5, corner[1] + 0.48, number, ha="center", va="center", fontsize=8.5)


def columns(x: NDArray, kernel: NDArray, cols: NDArray, *, window: int) -> None:
    """im2col：第 ``window`` 个窗口（橙色）拉直成一列，卷积核拉直成一行。

    ``x`` 是 [2, 3, 3]，``kernel`` 是 [1, 2, 2, 2]，``cols`` 是 [8, 4]。
    """
    _, ax = plt.subplots(figsize=(5.4, 2.95))
    pale = (PALE_BLUE, PALE_GREEN)
    top_left = divmod(window, 2)
    for c, top in enumerate((8.0, 4.0)):
        fill = np.full((3, 3), pale[c], dtype=object)
        fill[top_left[0] : top_left[0] + 2, top_left[1] : top_left[1] + 2] = "#F4A76B"
        _table(ax, x[c], 0, top, fill)
        ax.text(-0.3, top - 1.5, f"通道 {c}", ha="right", va="center", color=(BLUE, GREEN)[c])
    rows = np.repeat(np.array(pale, dtype=object), 4)
    fill = np.tile(rows[:, None], (1, cols.shape[1]))
    fill[:, window] = "#F4A76B"
    _table(ax, cols, 14.6, 8, fill)
    _table(ax, kernel.reshape(1, -1), 5.2, 4.5, rows[None])
    product = kernel.reshape(1, -1) @ cols
    fill = np.full(product.shape, "#ECEFF3", dtype=object)
    fill[:, window] = "#F4A76B"
    _table(ax, product, 20.4, 4.5, fill)
    for left, sign in ((13.9, "@"), (19.5, "=")):
        ax.text(left, 4, sign, ha="center", va="center", fontsize=14)
    labels = [(1.5, 8.3, "x：[2, 3, 3]"), (9.2, 4.8, "核拉直成一行：[1, 8]")]
    labels += [(16.6, 8.3, "cols：[8, 4]"), (22.4, 4.8, "y：[1, 4]")]
    for left, bottom, text in labels:
        ax.text(left, bottom, text, ha="center", va="bottom")
    ax.set(xlim=(-2.6, 24.6), ylim=(-0.1, 9.3), aspect="equal")
    _bare(ax)


def shares(names: Sequence[str], parameters: NDArray, multiplications: NDArray) -> None:
    """各层占总数的百分之几：参数一条，乘法一条。"""
    _, ax = plt.subplots(figsize=(5.4, 3.1))
    y = np.arange(len(names))
    series = (("参数", parameters, BLUE, -0.19), ("乘法", multiplications, ORANGE, 0.19))
    for label, numbers, color, offset in series:
        percent = 100 * numbers / numbers.sum()
        ax.barh(y + offset, percent, height=0.36, color=color, label=label)
        for row, value in zip(y, percent, strict=True):
            ax.text(value + 0.8, row + offset, f"{value:.1f}%", va="center", color=color)
    ax.set(yticks=y, yticklabels=names, xlabel="占全网络的百分之几", xlim=(0, 92))
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="lower right")


def melody(sound: NDArray, roll: NDArray, names: Sequence[str], *, rate: int) -> None:
    """上：声音的波形；下：一维卷积的输出，一行一个通道。"""
    _, axes = plt.subplots(2, 1, figsize=(5.4, 3.4), height_ratios=(1, 2), sharex=True)
    seconds = len(sound) / rate
    axes[0].plot(np.arange(len(sound)) / rate, sound, color=GREY, lw=0.4)
    axes[0].set(ylabel="声音", yticks=[])
    axes[1].imshow(
        roll,
        aspect="auto",
        origin="lower",
        cmap="Blues",
        extent=(0, seconds, -0.5, len(roll) - 0.5),
    )
    axes[1].set(yticks=range(len(roll)), yticklabels=names, ylabel="通道", xlabel="时间（秒）")
    axes[1].tick_params(axis="y", length=0)


def photographs(pictures: Mapping[str, NDArray]) -> None:
    """并排的几张方图：[3, H, W] 画成彩色，[H, W] 正橙负蓝。"""
    side, gap, top = 192, 12, 28  # 屏幕像素
    size = np.array([len(pictures) * (side + gap) - gap, side + top])
    figure = plt.figure(figsize=tuple(size / mpl.rcParams["figure.dpi"]), layout="none")
    for k, (title, picture) in enumerate(pictures.items()):
        box = np.array([k * (side + gap), 0, side, side])
        ax = figure.add_axes(tuple(box / np.tile(size, 2)))
        if picture.ndim == 3:
            ax.imshow(picture.transpose(1, 2, 0), interpolation="bilinear")
        else:
            _signed(ax, picture)
        ax.set_title(title)
        _bare(ax)
