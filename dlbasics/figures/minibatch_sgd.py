"""小批量随机梯度下降一章的图。每个函数画一幅，画完就显示；数据由正文的单元算好传进来。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator
from numpy.typing import NDArray

from dlbasics.figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE

COLORS = (BLUE, ORANGE, GREEN, PURPLE)


def _plain_log_ticks(ax: Axes, axis: str, ticks: Sequence[float]) -> None:
    """对数刻度上只标给定的几个数，写成普通的数。"""
    chosen = getattr(ax, f"{axis}axis")
    chosen.set_major_locator(FixedLocator(ticks))
    chosen.set_major_formatter("{x:g}")
    chosen.set_minor_locator(NullLocator())
    chosen.set_minor_formatter(NullFormatter())


def one_pass(n: int, curves: Mapping[int, NDArray]) -> None:
    """都只看一遍数据：横轴是看过的图像数，纵轴是全体的平均损失。"""
    _, ax = plt.subplots(figsize=(5.4, 3.0))
    alignments = ("bottom", "center", "center")
    for (batch_size, losses), color, va in zip(
        curves.items(), (BLUE, ORANGE, GREEN), alignments, strict=True
    ):
        updates = len(losses) - 1
        shown = slice(None, None, max(1, updates // 300))
        seen = np.minimum(np.arange(updates + 1) * batch_size, n)
        dots: dict[str, Any] = {"marker": "o", "ms": 4} if updates < 100 else {}
        ax.plot(seen[shown], losses[shown], color=color, lw=1.3, **dots)
        note = f"批量 {batch_size}，更新 {updates} 次"
        ax.text(n * 1.02, losses[-1], note, color=color, va=va)
    ax.set(xlim=(0, n * 1.42), ylim=(0, None), xlabel="看过的图像数", ylabel="全体的平均损失")
    ax.set_xticks([0, 400, 800, 1200])


def all_means(values: NDArray, means: Mapping[int, NDArray]) -> None:
    """每一种小批量的平均值画一条短线；不管怎样散开，重心都在全体的平均值上。"""
    _, axes = plt.subplots(len(means), 1, figsize=(5.4, 3.6), sharex=True)
    center = values.mean()
    for ax, (batch_size, batch_means) in zip(axes, means.items(), strict=True):
        ax.vlines(batch_means, 0, 1, color=BLUE, lw=0.9, alpha=max(0.12, 6 / len(batch_means)))
        ax.axvline(center, color=ORANGE, lw=1.4)
        ax.plot(batch_means.mean(), -0.2, "^", color=ORANGE, ms=9, clip_on=False)
        label = f"b = {batch_size}\n{len(batch_means)} 批"
        ax.set_ylabel(label, rotation=0, ha="right", va="center")
        ax.set(ylim=(0, 1))
        ax.yaxis.set_major_locator(NullLocator())
        ax.spines["left"].set_visible(False)
    axes[0].set_title("橙线：全体的平均；三角：所有小批量平均值的平均", fontsize=10.5)
    axes[-1].tick_params(axis="x", pad=7)
    axes[-1].set_xlabel("小批量的平均损失")


def clouds(full: NDArray, samplers: Mapping[str, NDArray]) -> None:
    """三种抽法的梯度云，投影到同一个平面：重心相同，散开的程度不同。"""
    figure, axes = plt.subplots(1, len(samplers), figsize=(7.4, 2.9), sharex=True, sharey=True)
    for ax, (name, points), color in zip(axes, samplers.items(), COLORS, strict=False):
        ax.plot(*points.T, "o", color=color, ms=3, alpha=0.35, mec="none")
        ax.plot(*full, "o", color=INK, ms=16, mfc="none", mew=1.3)
        ax.plot(*points.mean(axis=0), "+", color=INK, ms=8, mew=1.3)
        ax.set_title(name)
        ax.set_xlabel("方向一")
    axes[0].set_ylabel("方向二")
    figure.suptitle("圆圈：全体的梯度；十字：云的重心", fontsize=10.5)


def sorted_training(curves: Mapping[str, NDArray], batches_per_epoch: int) -> None:
    """按类别排好序的数据：每一批只有一两类，损失大起大落；打乱之后一路下降。"""
    _, ax = plt.subplots(figsize=(5.4, 2.8))
    for (name, losses), color in zip(curves.items(), (ORANGE, BLUE), strict=True):
        ax.plot(losses, color=color, lw=1.5)
        ax.text(len(losses) + 1, losses[-1], name, color=color, va="center")
    last = max(map(len, curves.values())) - 1
    for start in range(batches_per_epoch, last, batches_per_epoch):
        ax.axvline(start, color=GREY, lw=0.8, ls=":")
    ax.set(xlim=(0, last * 1.2), ylim=(0, None), ylabel="全体的平均损失")
    ax.set_xlabel("更新次数（点线：一轮结束）")
    ax.set_xticks(range(0, last + 1, batches_per_epoch))


def error_against_batch_size(
    sizes: NDArray, measured: NDArray, without: NDArray, with_replacement: NDArray
) -> None:
    """梯度的误差随批量大小怎样变小：斜率 −1/2，无放回时取完全体就没有误差。"""
    _, ax = plt.subplots(figsize=(5.4, 3.3))
    grid = np.arange(1, len(without) + 1)
    ax.plot(grid, with_replacement, color=BLUE, lw=1.4, ls="--")
    ax.plot(grid, without, color=ORANGE)
    ax.plot(sizes, measured, "o", color=INK, ms=4.5)
    ax.text(90, with_replacement[89] * 1.35, "有放回（公式）", color=BLUE)
    ax.text(230, without[299] * 0.42, "无放回（公式）", color=ORANGE, ha="center")
    ax.text(2.6, measured[0] * 0.85, "圆点：各抽 200 批实测", color=INK)
    low = without[-2] / 1.6
    ax.set(xscale="log", yscale="log", ylim=(low, None))
    _plain_log_ticks(ax, "x", [1, 10, 100, 1000])
    _plain_log_ticks(ax, "y", [0.01, 0.1, 1])
    ax.set(xlabel="批量大小 $b$（对数刻度）", ylabel="梯度的均方根误差")


def mean_image(
    distances: Mapping[float, NDArray],
    floors: Mapping[float, float],
    portraits: Mapping[str, NDArray],
) -> None:
    """用 SGD 求平均图像：学习率越大，停得越远，最后的图像越像最近看过的几张。"""
    figure = plt.figure(figsize=(7.0, 3.0))
    left, right = np.asarray(figure.subfigures(1, 2, width_ratios=(1.6, 1)))
    ax = left.subplots()
    for (lr, distance), color in zip(distances.items(), COLORS, strict=False):
        n = np.unique(np.geomspace(1, len(distance), 110).astype(int))
        ax.plot(n, distance[n - 1], color=color, lw=1)
        ax.axhline(floors[lr], color=color, lw=1.3, ls="--")
        ax.text(
            1.25 * n[-1], floors[lr], f"α = {lr:g}", color=color, va="center", backgroundcolor="w"
        )
    ax.set(xscale="log", yscale="log", xlabel="更新次数（对数刻度）")
    _plain_log_ticks(ax, "x", [1, 10, 100, 1000, 10_000])
    _plain_log_ticks(ax, "y", [0.01, 0.1, 1, 10])
    ax.set_ylabel("离平均图像的距离的平方")
    ax.set_title("虚线：公式给出的噪声地板", fontsize=10.5)
    for ax, (name, image) in zip(right.subplots(2, 2).flat, portraits.items(), strict=True):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        ax.set_title(name, fontsize=10, pad=4)
        ax.set_axis_off()


def three_clocks(curves: Mapping[int, tuple[NDArray, NDArray]], target: float, lanes: int) -> None:
    """同样的训练，用三只钟计时：看过的样本、更新次数、``lanes`` 路并行机器的时间。"""
    figure, axes = plt.subplots(1, 3, figsize=(7.2, 2.7), sharey=True)
    clocks = ("看过的样本数", "更新次数", f"{lanes} 路机器的时间")
    for (batch_size, (updates, losses)), color in zip(
        curves.items(), (GREEN, ORANGE, BLUE), strict=True
    ):
        trips = -(-batch_size // lanes)
        for ax, time in zip(axes, (updates * batch_size, updates, updates * trips), strict=True):
            label = f"批量 {batch_size}" if ax is axes[0] else None
            ax.plot(time[1:], losses[1:], color=color, lw=1.4, label=label)
    for ax, name in zip(axes, clocks, strict=True):
        ax.axhline(target, color=GREY, lw=0.9, ls=":")
        ax.set(xscale="log", yscale="log", xlabel=name)
        _plain_log_ticks(ax, "y", [0.2, 0.5, 1, 2, 5, 10, 20])
    _plain_log_ticks(axes[0], "x", [100, 1000, 10_000])
    for ax in axes[1:]:
        _plain_log_ticks(ax, "x", [1, 10, 100, 1000])
    axes[0].set_ylabel("全体的平均损失")
    figure.legend(loc="outside upper center", ncols=3)


def learning_rate_grid(lrs: Sequence[float], sizes: Sequence[int], losses: NDArray) -> None:
    """固定轮数之后的损失：每行一个批量大小，每列一个学习率；橙框里 α/b 相同。"""
    _, ax = plt.subplots(figsize=(5.4, 3.0))
    ax.imshow(np.log(losses), cmap="Blues", aspect="auto", vmin=np.log(0.03), vmax=np.log(30))
    for (row, column), loss in np.ndenumerate(losses):
        ax.text(column, row, f"{loss:.2f}", ha="center", va="center", color=INK)
        if row == column:
            corner = (column - 0.46, row - 0.46)
            ax.add_patch(plt.Rectangle(corner, 0.92, 0.92, fill=False, ec=ORANGE, lw=2))
    ax.set_xticks(range(len(lrs)), [f"{lr:g}" for lr in lrs])
    ax.set_yticks(range(len(sizes)), [str(size) for size in sizes])
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.set(xlabel="学习率 α", ylabel="批量大小 b")
    ax.set_title("橙框里 α/b 相同，损失也几乎相同", fontsize=10.5)


def optimism(gaps: NDArray) -> None:
    """更新之前量到的小批量损失减去测试损失：第一轮在 0 上下，以后偏低。``gaps`` 每行一个种子。"""
    _, ax = plt.subplots(figsize=(5.4, 2.9))
    epochs = np.arange(1, gaps.shape[1] + 1)
    error = 2 * gaps.std(axis=0, ddof=1) / np.sqrt(len(gaps))
    ax.axhline(0, color=INK, lw=0.9)
    ax.errorbar(epochs, gaps.mean(axis=0), error, fmt="o", color=BLUE, capsize=4, lw=1.6)
    ax.set(xlabel="轮", ylabel="小批量损失 − 测试损失", xticks=epochs)
    ax.set_title("竖线：平均值 ± 2 个标准误", fontsize=10.5)
