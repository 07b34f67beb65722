"""梯度下降一章的图。每个函数画一幅，画完就显示；数据由正文的单元算好传进来。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullFormatter
from numpy.typing import NDArray

from dlbasics.figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE
from dlbasics.landscapes import Landscape
from dlbasics.optimizers import Trajectory

#: 由小到大的学习率、步长：同一套颜色。
SMALL_TO_LARGE = (GREEN, BLUE, ORANGE, PURPLE)


def three_rates(bowl: Landscape, runs: Mapping[float, Trajectory]) -> None:
    """同一只碗，三个学习率：慢慢挪、来回跳着收敛、越跳越远。"""
    _, axes = plt.subplots(1, 3, figsize=(7.4, 2.6), sharex=True, sharey=True)
    xs = np.linspace(-2.1, 2.1, 200)
    verdicts = ("一点点挪", "来回跳，收敛", "来回跳，发散")
    for ax, (lr, path), verdict in zip(axes, runs.items(), verdicts, strict=True):
        ax.plot(xs, bowl.loss(xs[:, None]), color=GREY, lw=1.6)
        ax.plot(path.x[:, 0], path.loss, "-o", color=BLUE, lw=0.9, ms=4)
        ax.plot(path.x[0, 0], path.loss[0], "o", color=INK, ms=6)
        ax.set(title=f"α = {lr:g}：{verdict}", xlabel="$x$", xlim=(-2.1, 2.1), ylim=(-0.6, 11.5))
    axes[0].set_ylabel("损失 $f(x)$")


def directions(angles: NDArray, changes: Mapping[float, NDArray]) -> None:
    """朝各个方向走一步，损失平均每走一个单位长度变化多少；圆点是降得最快的方向。"""
    _, ax = plt.subplots(figsize=(5.4, 3.4))
    for row, ((length, change), color) in enumerate(
        zip(changes.items(), SMALL_TO_LARGE, strict=True)
    ):
        best = change.argmin()
        ax.plot(angles, change, color=color)
        ax.plot(angles[best], change[best], "o", color=color, ms=7)
        label = f"步长 {length:.2f}：最好偏 {angles[best]:.0f}°".replace("-", "−")
        ax.text(115, -9.5 + 2 * row, label, color=color, va="center")
    ax.axvline(0, color=GREY, lw=0.9, ls=":")
    ax.axhline(0, color=GREY, lw=0.9)
    ax.text(3, 7.4, "负梯度方向", color=GREY)
    ax.set(xlim=(-110, 110), ylim=(-11.5, 9), xlabel="与负梯度的夹角（度）")
    ax.set_ylabel("损失的变化 ÷ 步长")


def two_rulers(bowls: Sequence[Landscape], starts: Sequence[NDArray]) -> None:
    """同一个函数，同一个点，两把尺子：负梯度指着不同的方向。"""
    windows = (((-13.0, 13.0), (-5.5, 4.5)), ((-15.0, 15.0), (-15.0, 15.0)))
    names = ("原来的坐标 $(x_1,x_2)$", "换尺之后 $(x_1,10x_2)$")
    _, axes = plt.subplots(1, 2, figsize=(7.4, 2.9), width_ratios=(1.75, 1))
    levels = np.array([0.1, 0.4, 1, 1.8]) * 50
    for ax, bowl, start, window, name in zip(axes, bowls, starts, windows, names, strict=True):
        grid = np.stack(np.meshgrid(*(np.linspace(*span, 200) for span in window)), axis=-1)
        ax.contour(*np.moveaxis(grid, -1, 0), bowl.loss(grid), levels, colors=GREY, linewidths=0.8)
        downhill = -bowl.grad(start)
        _arrow(ax, start, 4.5 * downhill / np.linalg.norm(downhill), BLUE)
        ax.plot(*np.stack([start, np.zeros(2)]).T, color=GREEN, lw=1.2, ls="--")
        ax.plot(*start, "o", color=INK, ms=6)
        ax.plot(0, 0, "*", color=GREEN, ms=13, mec="white")
        ax.set(xlim=window[0], ylim=window[1], aspect="equal", title=name)
    axes[0].text(9.2, -4.6, "负梯度", color=BLUE, ha="right")
    axes[0].text(2, 1.9, "指向极小点", color=GREEN)
    axes[1].text(2.2, 10.5, "重合", color=BLUE, ha="center")


def _arrow(ax: Axes, start: NDArray, vector: NDArray, color: str) -> None:
    style = {"arrowstyle": "-|>", "color": color, "lw": 2.2, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (start + vector).tolist(), start.tolist(), arrowprops=style)


def difference_errors(h: NDArray, errors: Mapping[str, NDArray]) -> None:
    """数值梯度的误差对差分的间隔 h：右边是截断误差，左边是舍入误差。"""
    _, ax = plt.subplots(figsize=(5.4, 3.3))
    for (name, error), color in zip(errors.items(), (ORANGE, BLUE), strict=True):
        best = error.argmin()
        ax.loglog(h, error, color=color)
        ax.plot(h[best], error[best], "o", color=color, ms=7)
        ax.text(h[-1] * 1.6, error[-1], name, color=color, va="center")
    ax.text(2e-14, 3e-6, "舍入误差\n$\\propto 1/h$", color=GREY, ha="center")
    ax.text(3e-8, 1e-5, "截断误差\n$\\propto h$", color=GREY, ha="center")
    ax.text(2e-2, 1e-8, "截断误差\n$\\propto h^2$", color=GREY, ha="center")
    ax.set(xlabel="间隔 $h$", ylabel="相对误差", xlim=(h[0], h[-1]), ylim=(1e-12, 3))


def descent_bounds(products: NDArray, changes: Mapping[str, tuple[NDArray, NDArray]]) -> None:
    """走一步，损失变化多少，横轴是 αL：真实的变化（实线）不高于下降引理的抛物线（绿虚线）。"""
    _, axes = plt.subplots(1, len(changes), figsize=(7.4, 3.0))
    for ax, (name, (actual, bound)) in zip(axes, changes.items(), strict=True):
        depth = -bound.min()
        ax.plot(products, actual, color=INK, lw=3, alpha=0.6)
        ax.plot(products, bound, color=GREEN, ls="--")
        ax.axhline(0, color=INK, lw=0.9)
        ax.axvline(2, color=GREY, ls=":", lw=1)
        ax.text(2.04, -1.6 * depth, "$\\alpha=2/L$", color=GREY)
        ax.set(title=name, xlim=(0, 2.6), ylim=(-1.8 * depth, 1.8 * depth))
        ax.set_xlabel("学习率 × $L$")
    axes[0].set_ylabel("一步之后损失的变化")
    axes[-1].text(1.5, 0.45 * depth, "上界：抛物线", color=GREEN, ha="right")
    axes[-1].text(0.38, -1.4 * depth, "真实的变化", color=INK, ha="center")


def quantifiers(
    quartic: Mapping[float, NDArray], root: Mapping[float, NDArray], kink: NDArray
) -> None:
    """三个不 L-光滑的函数：四次方有门槛，1.5 次方总落进循环，绝对值永远来回跳。"""
    _, (far, near, bounce) = plt.subplots(1, 3, figsize=(7.6, 3.1))
    for (start, x), color in zip(quartic.items(), (BLUE, ORANGE), strict=True):
        far.semilogy(np.abs(x), "-o", color=color, ms=4, lw=1.2)
        far.text(0.1, {BLUE: 4.0, ORANGE: 22}[color], f"从 {start:g} 出发", color=color)
    far.axhline(10, color=GREY, lw=0.9, ls=":")
    far.set(ylim=(1, 300), title="$x^4/4$，α = 0.02", xlabel="步数", ylabel="$|x|$")
    for (lr, x), color in zip(root.items(), (ORANGE, BLUE, GREEN), strict=True):
        n = np.arange(1, len(x) + 1)
        near.loglog(n, np.abs(x), color=color)
        near.text(n[-1], 0.25 * (lr / 2) ** 2, f"α = {lr:g}", color=color, ha="right")
    near.set(ylim=(1e-6, 3), title="$\\frac{2}{3}|x|^{1.5}$", xlabel="步数 + 1", ylabel="$|x|$")
    bounce.plot(kink, "-o", color=BLUE, ms=4, lw=1.2)
    bounce.axhline(0, color=GREY, lw=0.9)
    bounce.set(title="$|x|$，α = 0.3", xlabel="步数", ylabel="$x$")


def conditioning(bowl: Landscape, path: Trajectory, lr: NDArray, factors: NDArray) -> None:
    """上：狭长的碗里走之字；下：两个方向每步剩下的倍数，大的那个说了算。"""
    _, (valley, rate) = plt.subplots(2, 1, figsize=(5.4, 4.6), height_ratios=(1, 1.15))
    xs, ys = np.linspace(-1, 11, 240), np.linspace(-1.5, 1.5, 120)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1)
    levels = np.linspace(0.5, 8, 9) ** 2
    valley.contour(xs, ys, bowl.loss(grid), levels, colors=GREY, linewidths=0.7)
    valley.plot(*path.x.T, "-o", color=BLUE, lw=1.3, ms=3.2)
    valley.plot(*path.x[0], "o", color=INK, ms=6)
    valley.plot(0, 0, "*", color=GREEN, ms=13, mec="white")
    valley.set(aspect="equal", xlabel="$x_1$（平缓）", ylabel="$x_2$（陡峭）")
    valley.set_title(f"最佳学习率，走 {len(path.x) - 1} 步")
    worst = factors.max(axis=1)
    best = worst.argmin()
    rate.plot(lr, worst, color=GREY, lw=6, alpha=0.35, solid_capstyle="butt")
    rate.plot(lr, factors[:, 0], color=BLUE)
    rate.plot(lr, factors[:, 1], color=ORANGE)
    rate.plot(lr[best], worst[best], "o", color=INK, ms=6)
    rate.text(lr[best] + 0.001, worst[best] - 0.16, "最佳")
    rate.axhline(1, color=INK, lw=0.9)
    rate.text(0.001, 1.07, "平缓方向 $|1-\\alpha\\lambda_1|$", color=BLUE)
    rate.text(0.05, 0.62, "陡峭方向 $|1-\\alpha\\lambda_2|$", color=ORANGE, ha="center")
    rate.set(ylim=(0, 1.25), xlim=(0, lr[-1]), xlabel="学习率 α", title="每步误差剩下的倍数")


def full_batch(
    losses: Mapping[float, NDArray], curvature: Mapping[float, NDArray], where: NDArray
) -> None:
    """真实数字上的全批量训练：左边损失，右边学习率 × 当前最大的曲率，虚线是 2。"""
    _, (loss, sharp) = plt.subplots(1, 2, figsize=(7.6, 3.3))
    for (lr, history), color in zip(losses.items(), SMALL_TO_LARGE, strict=True):
        loss.loglog(np.arange(1, len(history) + 1), history, color=color)
        loss.text(len(history) * 1.12, history[-1], f"α = {lr:g}", color=color, va="center")
    for lr, color in zip(losses, SMALL_TO_LARGE, strict=True):
        if lr in curvature:
            sharp.semilogx(where + 1, lr * curvature[lr], "-o", ms=3.5, lw=1.4, color=color)
            below = "top" if 1 < lr * curvature[lr][0] < 2 else "bottom"
            sharp.text(0.9, lr * curvature[lr][0], f"{lr:g}", color=color, ha="right", va=below)
    sharp.axhline(2, color=INK, lw=0.9, ls="--")
    loss.set(title="训练损失", xlabel="步数 + 1", xlim=(1, 1300))
    loss.yaxis.set_major_locator(FixedLocator([0.1, 0.2, 0.5, 1, 2]))
    loss.yaxis.set_major_formatter("{x:g}")
    loss.yaxis.set_minor_formatter(NullFormatter())
    sharp.set(title="α × 此处最大的曲率", xlabel="步数 + 1", xlim=(0.15, 400), ylim=(0, 8.5))


def edge_of_stability(losses: Mapping[float, NDArray], sharpness: Mapping[float, NDArray]) -> None:
    """有隐藏层的网络：左边损失，右边最大的曲率与虚线 2/α；横轴是走过的路程 α × 步数。"""
    _, (loss, sharp) = plt.subplots(1, 2, figsize=(7.6, 3.0))
    for (lr, history), color in zip(losses.items(), (BLUE, ORANGE), strict=True):
        distance = lr * np.arange(len(history))
        loss.semilogy(distance[1:], history[1:], color=color, lw=0.9, label=f"α = {lr:g}")
        at = np.linspace(0, distance[-1], len(sharpness[lr]))
        sharp.plot(at, sharpness[lr], "-o", color=color, ms=3, lw=1.2)
        sharp.axhline(2 / lr, color=color, lw=1, ls="--")
        sharp.text(0, 2 / lr + 0.06, f"2/{lr:g}", color=color, va="bottom")
    loss.set(title="训练损失", xlabel="α × 步数")
    loss.yaxis.set_major_locator(FixedLocator([0.05, 0.1, 0.2, 0.5, 1]))
    loss.yaxis.set_major_formatter("{x:g}")
    loss.yaxis.set_minor_formatter(NullFormatter())
    loss.legend()
    sharp.set(title="最大的曲率", xlabel="α × 步数", ylim=(0, 5.7))


def many_valleys(landscape: Landscape, starts: NDArray, ends: NDArray) -> None:
    """从许多起点出发的梯度下降，各自停在哪个谷。"""
    _, ax = plt.subplots(figsize=(5.4, 2.8))
    xs = np.linspace(starts.min() - 1, starts.max() + 1, 800)
    ax.plot(xs, landscape.loss(xs[:, None]), color=GREY, lw=1.8)
    valleys, counts = np.unique(ends.round(3), return_counts=True)
    height = landscape.loss(valleys[:, None])
    lowest = height.argmin()
    for i, (valley, count) in enumerate(zip(valleys, counts, strict=True)):
        color = GREEN if i == lowest else BLUE
        ax.plot(valley, height[i], "o", color=color, ms=8)
        ax.text(valley, height[i] - 0.2, f"{count}", color=color, ha="center", va="top")
    ax.set(xlabel="$x$", ylabel="损失", ylim=(-0.75, 2.4))
    ax.set_title(f"{len(starts)} 个起点里，{counts[lowest]} 个到了最低的谷（绿）")
