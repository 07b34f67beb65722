"""图像的三个特性一章的图。每个函数画一幅，画完就显示；数据由正文的单元算好传进来。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import ConnectionPatch, Rectangle
from numpy.typing import NDArray

from dlbasics.figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, SIGNED

COLORS = (BLUE, ORANGE, GREEN, PURPLE)


def _picture(ax: Axes, image: NDArray, title: str = "", **style: Any) -> None:
    """一张图像，不带刻度；(C, H, W) 与 (H, W) 都可以。"""
    if image.ndim == 3:
        image = image.transpose(1, 2, 0)
    ax.imshow(image, **({"cmap": "gray", "interpolation": "nearest"} | style))
    ax.set(xticks=[], yticks=[], title=title)
    ax.spines[:].set_visible(False)


def shuffled(photo: NDArray, mixed: NDArray) -> None:
    """一张照片、打乱像素之后的同一张照片，以及两者共同的亮度直方图。"""
    _, axes = plt.subplots(1, 3, figsize=(7.4, 2.0), layout="compressed")
    _picture(axes[0], photo, "原来的照片")
    _picture(axes[1], mixed, "打乱像素之后")
    bins = np.linspace(0, 1, 33)
    axes[2].hist(photo.mean(axis=0).ravel(), bins, color=BLUE, alpha=0.45)
    axes[2].hist(mixed.mean(axis=0).ravel(), bins, histtype="step", color=INK, lw=1.2)
    axes[2].set(title="亮度直方图：相同", yticks=[], box_aspect=photo.shape[1] / photo.shape[2])
    axes[2].set_xticks([0, 1], ["暗", "亮"])


def correlation(distances: NDArray, curves: Mapping[str, NDArray], control: NDArray) -> None:
    """相关系数随距离的变化；打乱之后的对照是灰色。"""
    _, ax = plt.subplots(figsize=(5.4, 3.3))
    heights = np.array([curve[-1] for curve in curves.values()])
    heights = np.maximum(heights, 0.09 * heights.argsort().argsort())  # 名字不重叠
    for (name, curve), height, color in zip(curves.items(), heights, COLORS, strict=True):
        ax.plot(distances, curve, "-o", ms=3.5, color=color, clip_on=False)
        ax.text(distances[-1] * 1.06, height, name, color=color, va="center")
    ax.plot(distances, control, "--", color=GREY, lw=1.4)
    ax.text(distances[0], 0.04, "打乱之后的小猫", color=GREY)
    ax.axhline(0, color=GREY, lw=0.6)
    ax.set(xscale="log", xlim=(0.9, distances[-1]), ylim=(-0.06, 1.03))
    ax.set(xlabel="相隔的像素数（对数刻度）", ylabel="相关系数")
    powers = 2 ** np.arange(7)
    ax.set_xticks(powers, [f"{d}" for d in powers])
    ax.minorticks_off()


def commuting_square(x: NDArray, y: NDArray, moved_x: NDArray, moved_y: NDArray) -> None:
    """等变的方块：先卷积再平移，与先平移再卷积，到达同一张特征图。"""
    figure, axes = plt.subplots(2, 2, figsize=(5.1, 5.0), layout="none")
    figure.subplots_adjust(left=0.02, right=0.98, top=0.93, bottom=0.02, wspace=0.36, hspace=0.42)
    bound = np.abs(y).max()
    response = {"cmap": SIGNED, "vmin": -bound, "vmax": bound}
    _picture(axes[0, 0], x, "图像 $x$")
    _picture(axes[0, 1], y, "特征图 $f(x)$", **response)
    _picture(axes[1, 0], moved_x, "平移后的图像 $Tx$")
    _picture(axes[1, 1], moved_y, "$f(Tx)=Tf(x)$", **response)
    for start, end, text in (
        (axes[0, 0], axes[0, 1], "卷积 $f$"),
        (axes[1, 0], axes[1, 1], "卷积 $f$"),
    ):
        _arrow(figure, start, end, (1.04, 0.5), (-0.04, 0.5))
        start.text(1.18, 0.54, text, transform=start.transAxes, ha="center")
    for start, end in zip(axes[0], axes[1], strict=True):
        _arrow(figure, start, end, (0.5, -0.03), (0.5, 1.16))
        start.text(0.53, -0.12, "平移 $T$", transform=start.transAxes, va="center")


def _arrow(figure: plt.Figure, start: Axes, end: Axes, a: tuple, b: tuple) -> None:
    style: dict[str, Any] = {"arrowstyle": "-|>", "lw": 1.6, "color": INK, "mutation_scale": 14}
    figure.add_artist(
        ConnectionPatch(a, b, start.transAxes, end.transAxes, axesA=start, axesB=end, **style)
    )


def halves(pictures: Mapping[str, NDArray], captions: Sequence[str]) -> None:
    """几张灰度图像并排，各自从 0.5% 到 99.5% 分位定深浅；``captions`` 写在下面。"""
    _, axes = plt.subplots(1, len(pictures), figsize=(7.4, 2.2), layout="compressed")
    for ax, (name, image), caption in zip(axes, pictures.items(), captions, strict=True):
        low, high = np.quantile(image, [0.005, 0.995])
        _picture(ax, image, name, vmin=low, vmax=high)
        ax.set_xlabel(caption)


def differences(maps: Mapping[str, NDArray]) -> None:
    """先平移再卷积与先卷积再平移之差，以特征图的最大值为单位：在哪里不是零。"""
    shape = 2, -(-len(maps) // 2)
    figure, axes = plt.subplots(
        *shape, figsize=(7.4, 5.4), layout="compressed", gridspec_kw={"hspace": 0.06}
    )
    for ax in axes.flat[len(maps) :]:
        ax.set_axis_off()
    for ax, (name, difference) in zip(axes.flat, maps.items(), strict=False):
        # 不用 imshow：不是照片，深色的网页上零要与底同色
        mesh = ax.pcolormesh(difference, cmap="Greys", vmin=0, vmax=0.5)
        ax.set(xticks=[], yticks=[], title=name, aspect="equal")
        ax.invert_yaxis()
        ax.spines[:].set(visible=True, color=GREY)
        ax.set_xlabel(f"不为零的有 {np.mean(difference > 1e-9):.0%}")
    bar = figure.colorbar(mesh, ax=axes, extend="max", shrink=0.6, aspect=25)
    bar.set_label("误差 / 特征图的最大值")


def shift_test(accuracies: Mapping[str, Sequence[float]]) -> None:
    """训练时数字居中，测试时向右移：正确率随移动的像素数变化。"""
    _, ax = plt.subplots(figsize=(5.4, 3.1))
    styles = zip((GREY, PURPLE, GREEN, BLUE), ("--s", ":^", "-.D", "-o"), strict=True)
    for (name, scores), (color, line) in zip(accuracies.items(), styles, strict=True):
        ax.plot(scores, line, color=color, ms=6, label=name)
    ax.axhline(0.1, color=GREY, lw=0.8, ls=":")
    ax.text(0, 0.115, "瞎猜", color=GREY)
    ax.set(ylim=(0, 1.04), xlabel="测试时向右移动的像素数", ylabel="测试正确率")
    ax.set_xticks(range(len(scores)))
    ax.legend(loc="center right", bbox_to_anchor=(1, 0.66))


def ablation(rows: Mapping[str, tuple[str, Sequence[float]]]) -> None:
    """每种网络一行：有哪些先验，以及几个种子的测试正确率。"""
    _, ax = plt.subplots(figsize=(5.4, 0.45 + 0.4 * len(rows)))
    for i, (name, (priors, scores)) in enumerate(rows.items()):
        good = np.median(scores) > 0.9
        ax.plot(scores, [i] * len(scores), "o", color=BLUE if good else GREY, ms=7, alpha=0.7)
        ax.axhline(i, color=GREY, lw=0.4, zorder=0)
        for x, mark in zip((-0.36, -0.24, -0.12), priors, strict=True):
            color = GREY if mark == "–" else GREEN
            ax.text(x, i, mark, ha="center", va="center", color=color)
        ax.text(-0.44, i, name, ha="right", va="center")
    for x, head in zip((-0.36, -0.24, -0.12), ("局部", "共享", "汇聚"), strict=True):
        ax.text(x, -0.8, head, ha="center", va="center", color=GREY)
    ax.axvline(0.1, color=GREY, lw=0.8, ls=":")
    ax.text(0.11, -0.8, "瞎猜", color=GREY, va="center")
    ax.set(xlim=(0, 1), ylim=(len(rows) - 0.5, -1.1), yticks=[], xlabel="测试正确率")
    ax.spines["left"].set_visible(False)


def receptive_fields(photo: NDArray, centre: tuple[int, int], sizes: Mapping[str, dict]) -> None:
    """在照片上以一只眼睛为中心，画出各层神经元的感受野。"""
    _, axes = plt.subplots(1, len(sizes), figsize=(7.4, 3.9))
    row, column = centre
    for ax, (title, fields) in zip(axes, sizes.items(), strict=True):
        _picture(ax, photo, title)
        for (layers, size), color in zip(fields.items(), _shades(len(fields)), strict=True):
            corner = (column - size / 2, row - size / 2)
            ax.add_patch(Rectangle(corner, size, size, fill=False, ec=color, lw=1.6))
            label = f"{layers}：{size}"
            ax.plot([], [], "s", color=color, mew=0, ms=7, label=label)
        largest = max(fields.values())
        half = 0.75 * largest
        ax.set(xlim=(column - half, column + half), ylim=(row + half, row - half))
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=3, columnspacing=0.9)


def _shades(n: int) -> list:
    return [plt.get_cmap("plasma")(x) for x in np.linspace(0.92, 0.35, n)]


def edge_eye_pair(
    image: NDArray, edges: NDArray, eyes: NDArray, peaks: NDArray, pair: NDArray
) -> None:
    """三级特征：边缘、像眼睛的地方、成对的眼睛。"""
    _, axes = plt.subplots(1, 4, figsize=(7.4, 2.3))
    _picture(axes[0], image, "图像")
    _picture(axes[1], edges, "第一层：边缘", cmap="Greys")
    _picture(axes[2], eyes, f"第二层：像眼睛，{peaks.sum()} 处", cmap="Greys", vmin=0)
    rows, columns = np.nonzero(peaks)
    axes[2].plot(columns, rows, "o", mfc="none", mec=ORANGE, mew=1.5, ms=9)
    _picture(axes[3], image, "第三层：一对眼睛", alpha=0.35)
    centres = np.argwhere(pair) + np.subtract(image.shape, pair.shape) / 2  # 输出比图像小一圈
    row, column = centres.mean(axis=0)
    axes[3].plot(column, row, "o", mfc="none", mec=BLUE, mew=2.2, ms=15)


def kernels(weight: NDArray) -> None:
    """学到的卷积核，排成两行；橙正，蓝负。"""
    columns = len(weight) // 2
    _, axes = plt.subplots(2, columns, figsize=(7.4, 7.4 * 2 / columns))
    for ax, kernel in zip(axes.flat, weight[:, 0], strict=True):
        bound = np.abs(kernel).max()
        _picture(ax, kernel, cmap=SIGNED, vmin=-bound, vmax=bound)
