"""局部连接一章的图。每个函数画一幅，画完就显示；数据由正文的单元算好传进来。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from dlbasics.figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, SIGNED
from dlbasics.studies.eye_neuron import near_an_eye

FLOOR = 1e-10
"""误差小于它就画成它：再小只是舍入误差。"""


def _bare(ax: Axes) -> None:
    """不要刻度和边框。"""
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def _frame(ax: Axes, centre: Sequence[float], kernel: Sequence[float], color: str) -> None:
    """以（行，列）``centre`` 为中心的窗口。"""
    (row, column), (height, width) = centre, kernel
    corner = column - width / 2, row - height / 2
    ax.add_patch(Rectangle(corner, width, height, fill=False, ec=color, lw=2))


def _smaller(photo: NDArray, factor: int) -> NDArray:
    """[C, H, W] 的照片每 ``factor``×``factor`` 个像素取平均，变成 [H, W, C]。"""
    c, h, w = photo.shape
    h, w = h // factor, w // factor
    cut = photo[:, : h * factor, : w * factor]
    return cut.reshape(c, h, factor, w, factor).mean(axis=(2, 4)).transpose(1, 2, 0)


def whole_or_window(photo: NDArray) -> None:
    """同一张照片：左边的神经元看全部像素，右边的只看一小块。"""
    _, axes = plt.subplots(1, 2, figsize=(7.4, 3.6))
    picture = _smaller(photo, 5)
    height, width, _ = picture.shape
    everywhere = np.random.default_rng(0).uniform(0, 1, (90, 2)) * (width, height)
    window = np.stack(np.meshgrid((0.6, 0.68), (0.48, 0.6)), axis=-1).reshape(-1, 2)
    titles = "看整张图：819 840 个权重", "看一小块：27 个权重"
    panels = zip(axes, (everywhere, window * (width, height)), titles, strict=True)
    for ax, points, title in panels:
        ax.imshow(picture, interpolation="nearest")
        _bare(ax)
        ax.set_title(title)
        ax.set_ylim(height, -0.5 * height)
        neuron = width / 2, -0.38 * height
        for point in points:
            ax.plot(*zip(point, neuron, strict=True), color=ORANGE, lw=0.7, alpha=0.6)
        ax.plot(*neuron, "o", ms=17, color=ORANGE, mec="white", mew=1.5)
    middle = np.mean(points, axis=0)[::-1]
    _frame(axes[1], middle, np.ptp(points, axis=0)[::-1], ORANGE)
    note = "3×3 像素，3 个通道\n（方框画大了）"
    axes[1].text(0.98 * width, -0.28 * height, note, ha="right", va="center", fontsize=9.5)


def matrices(rows: Mapping[str, Sequence[NDArray]]) -> None:
    """权重矩阵：每行一个输出神经元，每列一个输入像素；一行图是一种输入。"""
    _, axes = plt.subplots(len(rows), 3, figsize=(7.4, 5.2))
    names = "全连接", "局部连接", "卷积"
    for line, (label, triple) in zip(axes, rows.items(), strict=True):
        for ax, matrix in zip(line, triple, strict=True):
            largest = np.abs(matrix).max()
            shown = np.ma.masked_equal(matrix, 0)
            ax.imshow(shown, cmap=SIGNED, vmin=-largest, vmax=largest, aspect="auto")
            ax.set(xticks=[], yticks=[], facecolor="#F1F3F5")
            ax.spines[:].set_visible(True)
            ax.set_xlabel(f"{len(np.unique(shown.compressed()))} 个不同的权重")
        line[0].set_ylabel(label)
    for ax, name in zip(axes[0], names, strict=True):
        ax.set_title(name)


def channels(corner: NDArray) -> None:
    """[3, n, n] 的一小块照片的三个通道，以及正中的 3×3 神经元在每个通道里看到的窗口。"""
    size = corner.shape[1]
    _, axes = plt.subplots(1, 4, figsize=(7.4, 2.3))
    axes[0].imshow(corner.transpose(1, 2, 0))
    axes[0].set_title("照片的一角", fontsize=10.5)
    inside = np.zeros((size, size), bool)
    inside[size // 2 - 1 : size // 2 + 2, size // 2 - 1 : size // 2 + 2] = True
    for ax, channel, name in zip(axes[1:], corner, ("红", "绿", "蓝"), strict=True):
        ax.imshow(channel, cmap="gray", vmin=0, vmax=1, alpha=np.where(inside, 1, 0.35))
        ax.set_title(f"{name}通道：9 个权重", fontsize=10.5)
    for ax in axes:
        _bare(ax)
        _frame(ax, (size // 2, size // 2), (3, 3), ORANGE)


def growing_field(face: NDArray, fields: Sequence[int], eye: Sequence[int], paths: NDArray) -> None:
    """左：平均脸上，一摞 3×3 的层看得到多大一块；右：每个像素有几条路通向输出。"""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.4))
    left.imshow(face, cmap="gray", alpha=0.8)
    colors = ORANGE, PURPLE, GREEN, BLUE
    for field, color in zip(fields, colors, strict=True):
        _frame(left, eye, (field, field), color)
        depth = (field - 1) // 2
        left.plot([], [], "s", color=color, label=f"{depth} 层：{field}×{field}")
    left.set(xlim=(-0.5, 24.5), ylim=(24.5, -0.5), title="平均脸：图上左边的眼睛")
    left.legend(loc="center left", bbox_to_anchor=(1, 0.5), handlelength=1)
    _bare(left)
    image = right.imshow(paths / paths.sum(), cmap="Blues")
    right.set_title(f"{(len(paths) - 1) // 2} 层：每个像素的路所占的比例")
    _bare(right)
    bar = figure.colorbar(image, ax=right, shrink=0.75, format="{x:.0%}")
    bar.outline.set_visible(False)


def eye_neuron(
    weight: NDArray,
    response: NDArray,
    face: NDArray,
    landings: Mapping[tuple[int, int], NDArray],
) -> None:
    """神经元的权重、平均响应，以及几种窗口在每张脸上选中的（行，列），画在平均脸上。"""
    _, axes = plt.subplots(1, 4, figsize=(7.4, 2.45), width_ratios=(0.8, 1, 1, 1))
    largest = np.abs(weight).max()
    axes[0].imshow(weight, cmap=SIGNED, vmin=-largest, vmax=largest)
    axes[0].set_title("5×7 的权重\n橙正，蓝负", fontsize=10)
    axes[1].imshow(response, cmap="Blues")
    axes[1].set_title("它的响应：\n100 张脸平均", fontsize=10)
    rng = np.random.default_rng(0)  # 同一点上的几个记号错开一点
    for ax, ((height, width), places) in zip(axes[2:], landings.items(), strict=True):
        found = near_an_eye(places)
        rows, columns = (places + rng.uniform(-0.3, 0.3, places.shape)).T
        ax.imshow(face, cmap="gray", alpha=0.55)
        ax.plot(columns[found], rows[found], "o", color=GREEN, ms=3.6, mec="white", mew=0.3)
        ax.plot(columns[~found], rows[~found], "x", color=ORANGE, ms=4.2, mew=1.3)
        ax.set_title(f"{height}×{width} 选中的地方\n圆点：找到 {found.sum()} 张", fontsize=10)
    for ax in axes:
        _bare(ax)
        ax.set_anchor("N")


def hits_by_window(kernels: Sequence, hits: Sequence[NDArray], chance: Sequence[float]) -> None:
    """窗口越大，找到眼睛的脸越多，然后不再增加。

    ``hits`` 每个窗口两个数：放得下的地方都挑，只挑最大的窗口也放得下的地方。``chance`` 是前一种挑法
    瞎猜的机会，最后一个也是后一种的。
    """
    _, ax = plt.subplots(figsize=(5.4, 3.3))
    names = [f"{height}×{width}" for height, width in kernels]
    guesses = np.stack([chance, np.full(len(names), chance[-1])])
    labels = "放得下的地方都挑", "只挑同样的 169 处"
    rows = zip(np.transpose(hits), guesses, (BLUE, ORANGE), labels, ((14, -9), (0, 8)), strict=True)
    for found, guess, color, label, shift in rows:
        ax.plot(names, found, "-o", color=color, label=label)
        ax.plot(names, 100 * guess, "--", color=color, lw=1.3)
        for name, count in zip(names, found, strict=True):
            offset: dict[str, Any] = {"xytext": shift, "textcoords": "offset points"}
            ax.annotate(f"{count}", (name, count), ha="center", color=color, **offset)
    ax.text(len(names) - 1, 100 * chance[-1] - 11, "虚线：随便指一处", color=GREY, ha="right")
    ax.legend(loc="upper left")
    ax.set(ylim=(-12, 105), yticks=range(0, 101, 20), xlabel="窗口（高×宽）")
    ax.set_ylabel("100 张脸里找到几张")


def ladder(counts: NDArray, panels: Mapping[str, Mapping[str, NDArray]]) -> None:
    """最小二乘的误差对图像张数：左边没有噪声，右边有噪声。"""
    _, axes = plt.subplots(1, 2, figsize=(7.4, 3.3))
    colors = {"全连接": GREY, "局部连接": BLUE, "卷积": ORANGE}
    for ax, (title, errors) in zip(axes, panels.items(), strict=True):
        for name, error in errors.items():
            ax.plot(counts, np.maximum(error, FLOOR), color=colors[name])
        ax.set(xscale="log", yscale="log", title=title, xlabel="图像的张数 $N$")
        ax.set_xticks([1, 9, 64, 200], ["1", "9", "64", "200"])
        ax.set_xticks([], minor=True)
    axes[0].text(1.1, 1e-9, "卷积：1 张", color=ORANGE)
    axes[0].text(7.6, 1e-7, "局部连接：9 张", color=BLUE, ha="right")
    axes[0].text(56, 1e-3, "全连接：64 张", color=GREY, ha="right")
    axes[0].set(ylabel="新图像上的相对误差", ylim=(FLOOR / 5, 10))


def widths(parameters: Sequence[int], scores: Mapping[str, NDArray]) -> None:
    """参数越来越多时的测试正确率；``scores`` 的值是各个宽度的正确率。"""
    _, ax = plt.subplots(figsize=(5.4, 3.1))
    styles = (BLUE, 0.01), (ORANGE, 0), (GREEN, -0.014)  # 颜色，名字上下错开多少
    for (name, score), (color, shift) in zip(scores.items(), styles, strict=True):
        ax.plot(parameters, score, "-o", color=color, ms=4)
        ax.text(parameters[-1] * 1.2, score[-1] + shift, name, color=color, va="center")
    ax.set(xscale="log", xlim=(500, parameters[-1] * 1.1), ylim=(0.7, 1))
    ax.set_xticks(parameters, [f"{n:,}" for n in parameters])
    ax.set_xticks([], minor=True)
    ax.set(xlabel="参数的个数（对数刻度）", ylabel="测试正确率")
