"""参数共享一章的图。每个函数画一幅，画完就显示；数据由正文的单元算好传进来。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from dlbasics.figures.style import BLUE, GREEN, GREY, INK, ORANGE, SIGNED

#: 共享总是蓝色，不共享总是橙色。
SHARED, UNSHARED = BLUE, ORANGE


def _bare(ax: Axes) -> None:
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def _photo(ax: Axes, image: NDArray, title: str) -> None:
    _bare(ax)
    low, high = np.quantile(image, (0.01, 0.99))
    cmap = colormaps["gray"].resampled(32)
    ax.imshow(image, cmap=cmap, vmin=low, vmax=high, interpolation="nearest")
    ax.set_title(title)


def _signed(ax: Axes, values: NDArray, limit: float) -> None:
    _bare(ax)
    ax.imshow(values, cmap=SIGNED.resampled(21), vmin=-limit, vmax=limit, interpolation="nearest")


def _frame(ax: Axes) -> None:
    ax.add_patch(Rectangle((0, 0), 1, 1, transform=ax.transAxes, fill=False, ec=GREY))


def search(photo: NDArray, found: NDArray, side: float, scores: NDArray, *, outsized: int) -> None:
    """从第一个框里取的核，依次找到后面的框；最后 ``outsized`` 个装不进框，标出相似度。"""
    _, ax = plt.subplots(figsize=(5.4, 5.2))
    _photo(ax, photo, f"一个核找到的 {len(found)} 处")
    for rank, ((row, col), score) in enumerate(zip(found, scores, strict=True)):
        large = rank >= len(found) - outsized
        color, style, width = ("white", "--", 1.6) if large else (ORANGE, "-", 1.8)
        if rank == 0:
            color, width = GREEN, 3.0
        box = Rectangle(
            (col - 0.5, row - 0.5), side, side, fill=False, ec=color, ls=style, lw=width
        )
        ax.add_patch(box)
        text = "核从这里取" if rank == 0 else f"{score:.2f}" if large else ""
        ax.text(
            col + side / 2,
            row + side + 2,
            text,
            ha="center",
            va="top",
            color=GREEN if rank == 0 else INK,
            weight="bold",
            bbox={"fc": "white", "ec": "none", "alpha": 0.85, "pad": 1} if text else None,
        )


def moving(
    canvases: Mapping[int, NDArray],
    window: tuple[int, int, int, int],
    curves: Mapping[str, NDArray],
) -> None:
    """同一枚钱币移过画布；``window`` 是原地的神经元看的窗口：行、列、高、宽。"""
    row, col, height, width = window
    figure = plt.figure(figsize=(7.0, 3.7))
    grid = figure.add_gridspec(2, len(canvases), height_ratios=(1, 2.6))
    for column, (offset, canvas) in enumerate(canvases.items()):
        ax = figure.add_subplot(grid[0, column])
        _photo(ax, canvas, f"移动 {offset} 列")
        _frame(ax)
        box = Rectangle((col - 0.5, row - 0.5), width, height, fill=False, ec=ORANGE, lw=2)
        ax.add_patch(box)
    ax = figure.add_subplot(grid[1, :])
    styles = ((ORANGE, "-", 2.2), (BLUE, "-", 5.0), (INK, "--", 1.5))
    for (name, values), (color, ls, lw) in zip(curves.items(), styles, strict=True):
        ax.plot(values, color=color, ls=ls, lw=lw, label=name)
    ax.set(xlabel="钱币向右移动的列数", ylabel="响应", ylim=(-0.1, None))
    ax.legend(loc="center right")


def circulants(matrices: Mapping[str, NDArray]) -> None:
    """几个矩阵并排：白是 0，橙正紫负，同一种刻度。"""
    _, axes = plt.subplots(1, len(matrices), figsize=(7.4, 2.9))
    for ax, (title, matrix) in zip(axes, matrices.items(), strict=True):
        _signed(ax, matrix, 1.0)
        _frame(ax)
        ax.set(title=title, xlabel="输入的像素")
    axes[0].set_ylabel("输出的神经元")


def _numbers(ax: Axes, values: NDArray, title: str, form: str) -> None:
    bound = 1.6 * np.abs(values).max()
    _signed(ax, values, bound)
    for (row, col), value in np.ndenumerate(values):
        text = f"{value:{form}}".replace("-", "−")
        red, green, blue, _ = SIGNED(0.5 + 0.5 * value / bound)
        dark = 0.21 * red**2.2 + 0.72 * green**2.2 + 0.07 * blue**2.2 < 0.18
        color = "white" if dark else INK
        ax.text(col, row, text, ha="center", va="center", fontsize=12, color=color)
    ax.set_title(title)


def one_photo(photos: Mapping[str, NDArray], kernel: NDArray) -> None:
    """左上两幅是教材，右上是由它们解出的核；下面一行是换一张照片的考试。"""
    _, axes = plt.subplots(2, 3, figsize=(6.8, 3.7))
    order = (axes[0, 0], axes[0, 1], axes[1, 0], axes[1, 1], axes[1, 2])
    for ax, (title, image) in zip(order, photos.items(), strict=True):
        _photo(ax, image, title)
    _numbers(axes[0, 2], np.rint(kernel) + 0.0, "解出的核", ".0f")


def stereo(
    maps: Sequence[NDArray],
    points: Sequence[tuple[int, int]],
    offsets: NDArray,
    curves: Mapping[str, NDArray],
) -> None:
    """上：左右两图的特征图，圆圈是一对对应点；下：偏离对应点时，两图响应的相关系数。"""
    figure = plt.figure(figsize=(5.4, 4.2))
    grid = figure.add_gridspec(2, 2, height_ratios=(1, 1.35))
    limit = np.quantile(np.abs(maps[0]), 0.98)
    for column, (name, values) in enumerate(zip(("左图", "右图"), maps, strict=True)):
        ax = figure.add_subplot(grid[0, column])
        _signed(ax, values, limit)
        ax.axvline(points[0][1], color=INK, lw=0.9, ls=":")
        row, col = points[column]
        ax.plot(col, row, "o", ms=13, mfc="none", mec=GREEN, mew=2.4)
        ax.set_title(f"{name}的特征图")
    ax = figure.add_subplot(grid[1, :])
    for (name, values), color in zip(curves.items(), (SHARED, UNSHARED), strict=True):
        ax.plot(offsets, values, color=color, label=name)
        ax.plot(0, values[offsets == 0], "o", color=color)
    ax.axhline(0, color=GREY, lw=0.8)
    ax.set(xlabel="偏离真实对应点的列数", ylabel="左右响应的相关系数", ylim=(-0.2, 1))
    ax.legend()


def gradient_maps(places: NDArray, shared: NDArray) -> None:
    """左：核的 9 个权重各自在每个位置得到的梯度 [H′, W′, 3, 3]；右：它们的和。"""
    figure = plt.figure(figsize=(7.2, 2.6))
    left, right = np.asarray(figure.subfigures(1, 2, width_ratios=(2.1, 1)))
    limit = np.quantile(np.abs(places), 0.995)
    for index, ax in np.ndenumerate(left.subplots(3, 3)):
        _signed(ax, places[(..., *index)], limit)
        _frame(ax)
    left.suptitle("每个位置各自的梯度，九个权重各一张图", fontsize=11.5)
    _numbers(right.subplots(), shared, "把每张图加起来", ".3f")


def tasks(mean: NDArray, deviation: NDArray, errors: Mapping[str, Sequence[NDArray]]) -> None:
    """左：平均脸与各像素的标准差；右：各任务上，两种层在各个种子下的误差。"""
    figure = plt.figure(figsize=(7.4, 2.9))
    grid = figure.add_gridspec(1, 3, width_ratios=(1, 1, 2.3))
    _photo(figure.add_subplot(grid[0]), mean, "平均脸")
    _photo(figure.add_subplot(grid[1]), deviation, "标准差")
    ax = figure.add_subplot(grid[2])
    kinds = (("共享", SHARED, -0.12), ("不共享", UNSHARED, 0.12))
    for row, scores in enumerate(errors.values()):
        for values, (name, color, side) in zip(scores, kinds, strict=True):
            ax.plot(values, np.full(len(values), row + side), "o", color=color, ms=7, alpha=0.7)
            ax.text(values.max() + 0.012, row + side, name, color=color, va="center")
    ax.set(yticks=range(len(errors)), yticklabels=list(errors), ylim=(len(errors) - 0.4, -0.6))
    ax.set(xlim=(0, 0.4), xlabel="新脸上的误差（目标的方差约为 1）")
