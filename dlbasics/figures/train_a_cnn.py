"""从零训练一个卷积网络一章的图。每个函数画一幅，画完就显示；数据由正文的单元算好传进来。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import NDArray

from dlbasics.figures.picture import WHOLE
from dlbasics.figures.style import BLUE, GREEN, GREY, INK, MOMENTUM, PURPLE, SIGNED
from dlbasics.training import History

SHADES: dict[str, Any] = {"cmap": "gray", "vmin": 0, "vmax": 1}
OPTIMIZER_STYLES = {
    "SGD": (BLUE, "-o"),
    "动量": (MOMENTUM, "-o"),
    "Nesterov": (MOMENTUM, "--s"),
    "AdaGrad": (GREY, ":^"),
    "RMSProp": (GREEN, ":v"),
    "Adam": (PURPLE, ":D"),
    "Adam，β₁ = 0": (PURPLE, "--x"),
}


def _picture(ax: Axes, image: NDArray, title: str = "", **style: Any) -> None:
    ax.imshow(image, **(SHADES | style))
    ax.set(xticks=[], yticks=[])
    ax.set_title(title, fontsize=9.5, pad=4)
    ax.spines[:].set(visible=True, color=GREY)


def samples(images: NDArray, labels: NDArray) -> None:
    """几张训练图像：同一类数字，位置各不相同。"""
    _, axes = plt.subplots(2, 8, figsize=(7.4, 2.2))
    for ax, image, label in zip(axes.ravel(), images[:, 0], labels, strict=False):
        _picture(ax, image, f"{label}")


def learning(history: History) -> None:
    """训练损失、验证损失与验证正确率，一轮一个点。"""
    _, (left, right) = plt.subplots(1, 2, figsize=(7.4, 2.9))
    epochs = np.arange(1, history.epochs + 1)
    left.plot(epochs, history.loss, color=BLUE)
    left.plot(epochs, history.validation_loss, color=MOMENTUM)
    left.text(epochs[-1], history.loss[-1], " 训练", color=BLUE, va="center")
    left.text(epochs[-1], history.validation_loss[-1], " 验证", color=MOMENTUM, va="center")
    left.set(yscale="log", title="损失（对数刻度）", xlabel="轮", xlim=(0, 1.2 * epochs[-1]))
    left.yaxis.set_major_locator(FixedLocator([0.01, 0.03, 0.1, 0.3, 1, 3]))
    left.yaxis.set_minor_locator(NullLocator())
    left.yaxis.set_major_formatter("{x:g}")
    right.plot(epochs, history.validation_accuracy, color=MOMENTUM)
    right.axhline(0.1, color=GREY, lw=0.8, ls=":")
    right.text(epochs[-1], 0.12, "瞎猜", color=GREY, ha="right")
    right.set(title="验证正确率", xlabel="轮", ylim=(0, 1.03))


def confusion(matrix: NDArray) -> None:
    """混淆矩阵：对角线是判对的，其余的格子是判错的，错得越多颜色越深。"""
    _, ax = plt.subplots(figsize=(4.6, 4.3))
    wrong = matrix * (1 - np.eye(len(matrix), dtype=int))
    ax.imshow(wrong, cmap="Oranges", vmin=0, vmax=max(6, 2 * wrong.max()))
    for (row, column), count in np.ndenumerate(matrix):
        if count:
            color = INK if row != column else GREY
            ax.text(column, row, f"{count}", ha="center", va="center", color=color, fontsize=9.5)
    ax.set(xlabel="判成", ylabel="本来是", xticks=range(10), yticks=range(10))
    ax.spines[:].set(visible=True, color=GREY)
    ax.tick_params(length=0)


def mistakes(images: NDArray, labels: NDArray, guesses: NDArray, chances: NDArray) -> None:
    """错得最有把握的几张：本来是什么，判成什么，有几成把握。"""
    _, axes = plt.subplots(1, len(images), figsize=(7.4, 1.75))
    for ax, image, label, guess, chance in zip(
        axes, images[:, 0], labels, guesses, chances, strict=True
    ):
        _picture(ax, image, f"{label} → {guess}")
        ax.set_xlabel(f"把握 {chance:.0%}", fontsize=9.5)


def kernels_and_maps(kernels: NDArray, image: NDArray, maps: NDArray) -> None:
    """第一层学到的核，与它们在一张图像上的响应（ReLU 之后）。"""
    columns = len(kernels) // 2
    figure = plt.figure(figsize=(5.4, 4.4))
    figure.set_label(WHOLE)
    top, below = np.asarray(figure.subfigures(2, 1, height_ratios=(1.3, 3.1)))
    _picture(top.subplots(), image, "输入")
    axes = below.subplots(4, columns)
    bound = np.abs(kernels).max()
    signed = {"cmap": SIGNED, "vmin": -bound, "vmax": bound}
    for i, (kernel, response) in enumerate(zip(kernels, maps, strict=True)):
        row, column = 2 * (i // columns), i % columns
        _picture(axes[row, column], kernel, **signed)
        _picture(axes[row + 1, column], response, vmax=maps.max())
    for row, name in enumerate(("核", "响应", "核", "响应")):
        axes[row, 0].set_ylabel(name, fontsize=9.5)


def positions(scores: Mapping[str, NDArray]) -> None:
    """同一批测试图像放在每一个位置上的正确率，一个格子一个位置。"""
    figure, axes = plt.subplots(1, len(scores), figsize=(7.4, 3.0))
    for ax, (name, values) in zip(axes, scores.items(), strict=True):
        shown = ax.imshow(values, cmap="viridis", vmin=0, vmax=1)
        middle = (len(values) - 1) / 2
        ax.plot(middle, middle, "s", mfc="none", mec="white", ms=13, mew=1.2)
        ax.set(xticks=[0, middle, 2 * middle], yticks=[0, middle, 2 * middle], xlabel="左起第几格")
        ax.set_title(f"{name}\n最低 {values.min():.0%}，最高 {values.max():.0%}", fontsize=10)
    axes[0].set_ylabel("上起第几格")
    figure.colorbar(shown, ax=axes, label="测试正确率", shrink=0.85)


def ablation(rows: Mapping[str, Sequence[float]], whole: str) -> None:
    """每种改动一行：每个种子一个点，竖线是平均；不止一个种子时，横线是 ± 一个标准差。"""
    _, ax = plt.subplots(figsize=(5.4, 0.42 * len(rows) + 0.9))
    for i, (name, scores) in enumerate(rows.items()):
        color = BLUE if name == whole else MOMENTUM
        mean = np.mean(scores)
        if len(scores) > 1:
            spread = np.std(scores, ddof=1)
            ax.plot([mean - spread, mean + spread], [i, i], color=color, lw=5, alpha=0.25)
        ax.plot(mean, i, "|", color=color, ms=14, mew=2)
        ax.plot(scores, [i] * len(scores), "o", color=color, ms=4.5)
    ax.axvline(float(np.mean(rows[whole])), color=BLUE, lw=0.9, ls=":")
    ax.axvline(0.1, color=GREY, lw=0.9, ls=":")
    ax.text(0.11, len(rows) - 0.45, "瞎猜", color=GREY, va="bottom", fontsize=9.5)
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlim=(0, 1), ylim=(len(rows) - 0.4, -0.6), xlabel="验证正确率")
    ax.tick_params(axis="y", length=0)


def bowls(paths: Mapping[str, Mapping[str, NDArray]]) -> None:
    """两只同样狭长的碗，一只正放，一只转了 45 度：误差随步数。"""
    _, axes = plt.subplots(1, len(paths), figsize=(7.4, 3.0), sharey=True)
    for ax, (title, errors) in zip(axes, paths.items(), strict=True):
        for name, error in errors.items():
            color, line = OPTIMIZER_STYLES[name]
            lowest = np.minimum.accumulate(error)
            ax.semilogy(lowest, line[:-1], color=color, label=name)
        ax.set(title=title, xlabel="步数", ylim=(1e-6, 100))
    axes[0].set_ylabel("迄今最低的损失（对数）")
    axes[1].legend(loc="center left", bbox_to_anchor=(1, 0.5))


def tuning(grid: Sequence[float], losses: Mapping[str, NDArray]) -> None:
    """每个优化器在同一张网格上的验证损失；圆圈是各自最好的一格。"""
    _, ax = plt.subplots(figsize=(5.4, 3.6))
    for name, values in losses.items():
        color, line = OPTIMIZER_STYLES[name]
        ax.plot(grid, values, line, color=color, ms=4, label=name)
        best = int(np.argmin(values))
        ax.plot(grid[best], values[best], "o", mfc="none", mec=color, ms=11)
    ax.axhline(np.log(10), color=GREY, lw=0.8, ls=":")
    ax.text(grid[0], np.log(10) * 1.04, "ln 10：瞎猜", color=GREY, va="bottom", fontsize=9.5)
    ax.set(xscale="log", yscale="log", xlabel="网格：α/(1−μ)；后三种是 α", ylabel="验证损失")
    ax.set_xticks(grid, [f"{lr:g}" for lr in grid])
    ax.yaxis.set_major_locator(FixedLocator([0.1, 0.2, 0.3, 0.5, 1, 2, 4]))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def schedules(
    factors: Mapping[str, NDArray], losses: Mapping[str, Sequence[float]], peaks: Sequence[float]
) -> None:
    """左：学习率的倍数随步数变化；右：最大值取 ``peaks`` 的两个数时的测试损失。"""
    _, (left, right) = plt.subplots(1, 2, figsize=(7.4, 2.9), width_ratios=(1.2, 1))
    looks = ((GREY, "-"), (BLUE, "-"), (GREEN, "-"), (MOMENTUM, ":"), (PURPLE, "--"))
    styles = dict(zip(factors, looks, strict=True))
    for name, factor in factors.items():
        color, line = styles[name]
        left.plot(factor, line, color=color)
    left.set(xlabel="步数", title="学习率的倍数", ylim=(-0.03, 1.08))
    for i, (name, (low, high)) in enumerate(losses.items()):
        color = styles[name][0]
        right.plot([low, high], [i, i], color=color, lw=0.8)
        right.plot(low, i, "o", color=color, ms=6)
        right.plot(high, i, "o", color=color, mfc="white", ms=6)
    right.set_yticks(range(len(losses)), losses)
    right.set_title(f"测试损失：实心取 {peaks[0]:g}，空心取 {peaks[1]:g}")
    right.set(xlim=(0, None), ylim=(len(losses) - 0.5, -0.5))
    right.tick_params(axis="y", length=0)
