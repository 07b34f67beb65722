"""动量法一章的图。每个函数画一幅，画完就显示；数据由正文的单元算好传进来。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, NullFormatter
from numpy.typing import NDArray

from dlbasics.figures.style import BLUE, GRADIENT_DESCENT, GREEN, GREY, INK, MOMENTUM, PURPLE
from dlbasics.landscapes import Landscape
from dlbasics.optimizers import Trajectory

Window = tuple[tuple[float, float], tuple[float, float]]


def _contours(ax: Axes, landscape: Landscape, window: Window, levels: int = 14) -> None:
    """在 ``window`` 里画等高线；层距随高度的平方根均匀，谷底附近才看得清。"""
    xs, ys = (np.linspace(*span, 240) for span in window)
    height = landscape.loss(np.stack(np.meshgrid(xs, ys), axis=-1))
    height -= height.min()
    steps = np.linspace(0, np.sqrt(height.max()), levels) ** 2
    ax.contourf(xs, ys, height, steps, cmap="Blues", alpha=0.55)
    ax.contour(xs, ys, height, steps, colors="white", linewidths=0.7)
    ax.set(xlim=window[0], ylim=window[1])


def _path(ax: Axes, path: Trajectory, color: str) -> None:
    ax.plot(*path.x.T, "-o", color=color, lw=1.5, ms=3.2, mec="white", mew=0.4)
    ax.plot(*path.x[0], "o", color=INK, ms=6)


def race(landscape: Landscape, descent: Trajectory, ball: Trajectory, window: Window) -> None:
    """同一座山谷里，盲人与小球各走同样多的步。"""
    _, axes = plt.subplots(1, 2, figsize=(7.4, 2.9), sharey=True)
    runs = (("梯度下降（盲人）", descent, GRADIENT_DESCENT), ("动量法（小球）", ball, MOMENTUM))
    for ax, (name, path, color) in zip(axes, runs, strict=True):
        _contours(ax, landscape, window)
        _path(ax, path, color)
        ax.plot(*landscape.minima[0], "*", color=GREEN, ms=13, mec="white")
        ax.set_title(f"{name}：{len(path.x) - 1} 步", color=color)
        ax.set_xlabel("$x_1$")
    axes[0].set_ylabel("$x_2$")


def warm_up(t: NDArray, fractions: Mapping[float, NDArray]) -> None:
    """恒定斜坡上，速度占终端速度的比例随步数变化。"""
    _, ax = plt.subplots(figsize=(5.4, 3.1))
    for (mu, fraction), color in zip(fractions.items(), (BLUE, MOMENTUM, PURPLE), strict=True):
        ax.plot(t, fraction, color=color)
        reached = np.argmax(fraction >= 0.95)
        ax.plot(t[reached], fraction[reached], "o", color=color, ms=6)
        label = f"μ = {mu:g}：{t[reached]} 步"
        ax.text(t[reached], 1.04, label, color=color, ha="center", va="bottom")
    ax.axhline(0.95, color=GREY, lw=0.8, ls=":")
    ax.set(xscale="log", ylim=(0, 1.2), xlabel="步数 $t$（对数刻度）", ylabel="占终端速度的比例")
    ax.set_title("圆点：第一次超过 95%")


def speed_up(alpha_lambda: NDArray, ratios: Mapping[float, NDArray]) -> None:
    """加速比对 αλ：横轴是学习率乘曲率，纵轴大于 1 表示动量法用的步数少。"""
    _, ax = plt.subplots(figsize=(5.4, 3.8))
    ax.axhspan(1e-4, 1, color=GREY, alpha=0.10, lw=0)
    ax.axhline(1, color=INK, lw=0.9)
    ax.text(1.2e-4, 2e-2, "灰色区域：\n动量法反而更慢", color=GREY)
    for (mu, ratio), color in zip(ratios.items(), (BLUE, MOMENTUM, PURPLE), strict=True):
        ax.plot(alpha_lambda, ratio, color=color, label=f"μ = {mu:g}")
        ax.axhline(1 / (1 - mu), color=color, lw=0.9, ls=":")
        ax.text(2.3, 1 / (1 - mu), f"1/(1−μ) = {1 / (1 - mu):.0f}", color=color, va="center")
    ax.set(xscale="log", yscale="log", xlim=(1e-4, 2), ylim=(2e-4, 300))
    tuned = np.where(alpha_lambda < 1, ratios[0.9], 0)
    best = np.argmax(tuned)
    ax.annotate(
        f"αλ ≈ {alpha_lambda[best]:.2g}：{tuned[best]:.0f} 倍",
        (alpha_lambda[best], tuned[best]),
        xytext=(0, 7),
        textcoords="offset points",
        color=MOMENTUM,
        ha="center",
    )
    ax.set(xlabel="αλ：学习率 × 曲率", ylabel="梯度下降的步数 ÷ 动量法的步数")
    ax.legend(loc="lower left", ncols=3)


def damping(t: NDArray, paths: Mapping[str, NDArray]) -> None:
    """碗里的三种走法：过阻尼、临界阻尼、欠阻尼。"""
    _, axes = plt.subplots(1, 2, figsize=(7.4, 3.0))
    for (name, x), color in zip(paths.items(), (BLUE, GREEN, MOMENTUM), strict=True):
        axes[0].plot(t, x, color=color, label=name)
        axes[1].semilogy(t, np.abs(x), color=color)
    axes[0].axhline(0, color=GREY, lw=0.8)
    axes[0].set(title="位置 $x_t$", xlabel="步数 $t$")
    axes[0].legend()
    axes[1].set(title="离谷底的距离 $|x_t|$（对数刻度）", xlabel="步数 $t$", ylim=(1e-5, 2))


def look_ahead(landscape: Landscape, path: Trajectory, t: int, lr: float, mu: float) -> None:
    """从同一处、带着同样的速度再走一步：重球法在脚下量坡度，Nesterov 在惯性的尽头量。"""
    _, axes = plt.subplots(1, 2, figsize=(7.4, 2.9), sharex=True, sharey=True)
    here = path.x[t]
    ahead = here + mu * (here - path.x[t - 1])
    measured = (("重球法：在脚下量", here), ("Nesterov：在前瞻点量", ahead))
    ends = [ahead - lr * landscape.grad(place) for _, place in measured]
    corners = np.array([here, ahead, *ends])
    margin = 0.3 * np.ptp(corners, axis=0)
    low, high = corners.min(axis=0) - margin, corners.max(axis=0) + margin
    (left, bottom), (right, top) = low.tolist(), high.tolist()
    window = (left, right), (bottom, top)
    for ax, (title, place), end in zip(axes, measured, ends, strict=True):
        _contours(ax, landscape, window, levels=24)
        ax.axhline(landscape.minima[0, 1], color=GREEN, lw=1, ls=":")
        parts = (
            (here, ahead, GREY, r"惯性 $\mu v$", (-8, -4), "right"),
            (ahead, end, BLUE, r"$-\alpha\nabla f$", (-37, 9), "left"),
            (here, end, MOMENTUM, "新的 $v$", (4, 6), "left"),
        )
        for start, stop, color, name, offset, side in parts:
            arrow = {"arrowstyle": "-|>", "color": color, "lw": 1.8, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", stop, start, arrowprops=arrow)
            label = {"xytext": offset, "textcoords": "offset points", "color": color, "ha": side}
            label["path_effects"] = [withStroke(linewidth=3, foreground="white")]
            ax.annotate(name, (start + stop) / 2, **label)
        ax.plot(*place, "o", mfc="none", mec=BLUE, mew=1.8, ms=12)
        ax.plot(*here, "o", color=INK, ms=6)
        ax.set(title=title, xlabel="$x_1$")
    axes[0].set_ylabel("$x_2$")


def plateau(landscapes: Sequence[Landscape], paths: Sequence[Trajectory]) -> None:
    """同一个球滑向两块宽窄不同的平台：一块滑得过，一块停在半路。"""
    _, axes = plt.subplots(1, len(paths), figsize=(7.4, 2.7), sharex=True, sharey=True)
    right = max(landscape.minima[0, 0] for landscape in landscapes) + 1.4
    for ax, landscape, path in zip(axes, landscapes, paths, strict=True):
        width = landscape.minima[0, 0] - 1
        xs = np.linspace(-3, right, 400)
        ax.plot(xs, landscape.loss(xs[:, None]), color=GREY, lw=2)
        ax.axvspan(0, width, color=GREY, alpha=0.10, lw=0)
        seen = path.x[:, 0] > -3
        ax.plot(path.x[seen, 0], path.loss[seen] + 0.09, "o", color=MOMENTUM, ms=3.5, alpha=0.75)
        crossed = path.x[-1, 0] > width
        ax.set_title(f"平台宽 {width:g}：" + ("滑过去了" if crossed else "停在平台上"))
        ax.set_xlabel("$x$")
    axes[0].set_ylabel("损失")


def double_well(landscape: Landscape, runs: Mapping[float, Mapping[str, Trajectory]]) -> None:
    """倾斜双井：从两个起点出发，谁到了更低的谷。"""
    _, axes = plt.subplots(1, 2, figsize=(7.4, 3.1), sharey=True)
    xs = np.linspace(-2.7, 2.3, 400)
    colors = {"梯度下降": GRADIENT_DESCENT, "动量法": MOMENTUM}
    for ax, (start, paths) in zip(axes, runs.items(), strict=True):
        ax.plot(xs, landscape.loss(xs[:, None]), color=GREY, lw=2)
        for offset, (name, path) in zip((0.12, 0.42), paths.items(), strict=True):
            ax.plot(path.x[:, 0], path.loss + offset, color=colors[name], lw=1.4, label=name)
            ax.plot(path.x[-1, 0], path.loss[-1] + offset, "v", color=colors[name], ms=8)
        ax.plot(path.x[0, 0], path.loss[0], "o", color=INK, ms=6)
        best = np.argmin([path.loss[-1] for path in paths.values()])
        label = f"{start:g}".replace("-", "−")
        ax.set_title(f"从 x = {label} 出发：{list(paths)[best]}到了更低的谷")
        ax.set(xlabel="$x$", ylim=(-0.6, 4))
    axes[0].set_ylabel("损失（两条路上移，以便看清）")
    axes[0].legend(loc="upper center")


def without_friction(paths: Mapping[float, Trajectory]) -> None:
    """同一只碗里，μ 越接近 1 越难停下来。"""
    _, axes = plt.subplots(1, len(paths), figsize=(7.4, 2.4), sharey=True)
    for ax, (mu, path) in zip(axes, paths.items(), strict=True):
        ax.plot(path.x[:, 0], color=MOMENTUM, lw=1.2)
        ax.axhline(0, color=GREY, lw=0.8)
        ax.set(title=f"μ = {mu:g}", xlabel="步数 $t$")
    axes[0].set_ylabel("位置 $x_t$")


def matched_learning_rates(histories: Mapping[tuple[float, float], NDArray]) -> None:
    """真实数字上的训练损失：有效学习率 lr/(1−μ) 相同的曲线同色。"""
    _, ax = plt.subplots(figsize=(5.4, 3.4))
    effective = sorted({round(lr / (1 - mu), 9) for lr, mu in histories})
    colors = dict(zip(effective, (GREY, BLUE, GREEN, PURPLE), strict=False))
    for (lr, mu), history in histories.items():
        color = colors[round(lr / (1 - mu), 9)]
        epochs = np.arange(1, len(history) + 1)
        style: dict[str, Any] = {"ls": "--", "lw": 1.8}
        if mu == 0:
            style = {"ls": "-", "lw": 4, "alpha": 0.35}
        ax.plot(epochs, history, color=color, label=f"lr = {lr:g}，μ = {mu:g}", **style)
    ax.set(yscale="log", xlabel="轮", ylabel="训练损失（对数刻度）")
    ax.yaxis.set_major_locator(FixedLocator([0.2, 0.5, 1, 2]))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def conventions(paths: Mapping[str, NDArray], drop: int) -> None:
    """四种写法：学习率在第 ``drop`` 步降低之后分成两派。"""
    _, ax = plt.subplots(figsize=(5.4, 3.0))
    styles = {"source": (MOMENTUM, "-", 4.5), "polyak": (INK, ":", 1.8)}
    styles |= {"pytorch": (BLUE, "-", 4.5), "ema": (INK, "--", 1.2)}
    for name, path in paths.items():
        color, ls, lw = styles[name]
        ax.plot(path[:, 0], color=color, ls=ls, lw=lw, alpha=0.85, label=name)
    ax.axvline(drop, color=GREY, lw=0.9)
    ax.text(drop + 1, 0.9, "学习率降到十分之一", color=GREY)
    ax.set(xlabel="步数 $t$", ylabel="位置 $x_t$")
    ax.legend(ncols=2)


def cycle(landscape: Landscape, descent: Trajectory, ball: Trajectory) -> None:
    """折角碗：梯度下降走到谷底，“最优”的动量法永远绕圈。"""
    _, (bowl, time) = plt.subplots(1, 2, figsize=(7.4, 2.9), width_ratios=(1, 1.3))
    xs = np.linspace(-2.4, 3.6, 400)
    bowl.plot(xs, landscape.loss(xs[:, None]), color=GREY, lw=2)
    orbit = ball.x[-4:, 0]
    bowl.plot(orbit, landscape.loss(orbit[:, None]), "-o", color=MOMENTUM, ms=7, lw=1)
    bowl.plot(*landscape.minima[0], landscape.loss(landscape.minima)[0], "*", color=GREEN, ms=13)
    bowl.set(xlabel="$x$", ylabel="损失", title="循环的三个点与真正的谷底")
    time.plot(descent.x[:40, 0], "-o", color=GRADIENT_DESCENT, ms=3, lw=1.2, label="梯度下降")
    time.plot(ball.x[:40, 0], "-o", color=MOMENTUM, ms=3, lw=1.2, label="动量法")
    time.set(xlabel="步数 $t$", title="位置 $x_t$", ylim=(-3.4, 5.4))
    time.legend(ncols=2, loc="upper right")
