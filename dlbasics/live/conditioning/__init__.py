"""条件数：碗越狭长，梯度越不指向谷底，路就走成之字。"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlbasics.figures.style import BLUE, GREY, INK, ORANGE
from dlbasics.landscapes import Landscape, quadratic
from dlbasics.live.base import LiveFigure
from dlbasics.live.contours import COLOR, LEVELS, levels
from dlbasics.live.traits import Number, Point
from dlbasics.optimizers import SGD, Trajectory, minimize
from dlbasics.studies.convergence import (
    MAX_STEPS,
    TOLERANCE,
    gradient_descent_rate,
    optimal_gradient_descent,
    settling_steps,
)

#: 画面是 |x₁| ≤ WIDE、|x₂| ≤ TALL，路画到第 SHOWN_STEPS 步。
WIDE, TALL, SHOWN_STEPS = 2.4, 1.8, 200
#: 等高线低处密。
SPREAD = 2
#: 误差的纵轴，与不收敛时横轴画到第几步。
ERRORS, DIVERGING_STEPS = (1e-8, 1e3), 100


class Conditioning(LiveFigure):
    """碗 ½(x₁² + κx₂²) 上的梯度下降，与两个方向各自的误差。

    Parameters
    ----------
    kappa : float
        条件数 κ，1 到 100；两个方向的曲率是 1 与 κ。
    ratio : float
        学习率是 2/κ 的几倍，0.01 到 1.1；不到 1 倍才收敛。
    start : sequence of float, length 2
        出发点。

    Examples
    --------
    >>> figure = Conditioning(kappa=20, ratio=0.5)
    >>> figure.lr
    0.05
    >>> figure.describe()
    'κ = 20，学习率 0.05：每步误差乘 0.95，270 步缩小到 10⁻⁶'
    """

    title = "条件数"
    module = "conditioning"
    declared: ClassVar = {
        "wide": WIDE,
        "tall": TALL,
        "levels": LEVELS,
        "spread": SPREAD,
        "shown_steps": SHOWN_STEPS,
        "errors": ERRORS,
        "diverging_steps": DIVERGING_STEPS,
        "tolerance": TOLERANCE,
        "max_steps": MAX_STEPS,
    }

    kappa = Number(30.0, 1, 100).tag(sync=True)
    ratio = Number(0.97, 0.01, 1.1).tag(sync=True)
    start = Point([-2.0, 1.0]).tag(sync=True)

    @property
    def lr(self) -> float:
        """学习率。"""
        return self.ratio * 2 / self.kappa

    @property
    def rate(self) -> float:
        """每步误差乘的倍数：两个方向的 |1 − lr·λ| 里大的那个。"""
        return float(gradient_descent_rate([self.lr, self.lr * self.kappa]).max())

    @property
    def steps(self) -> float:
        """两个方向的误差都缩小到 10⁻⁶ 要几步；不收敛是 inf。"""
        both = [self.lr, self.lr * self.kappa]
        return float(settling_steps(both, 0.0, tolerance=TOLERANCE).max())

    @property
    def best(self) -> float:
        """最佳的学习率 2/(1 + κ)。"""
        return optimal_gradient_descent(1.0, self.kappa)[0]

    @property
    def angle(self) -> float:
        """出发点的负梯度与谷底的方向差多少度；在谷底没有方向，是 nan。"""
        x = np.array(self.start)
        grad = self.terrain().grad(x)
        turn = x[0] * grad[1] - x[1] * grad[0]
        return float(np.degrees(np.arctan2(abs(turn), x @ grad))) if np.any(x) else np.nan

    def terrain(self) -> Landscape:
        """当前的碗。"""
        return quadratic([1.0, self.kappa])

    def path(self) -> Trajectory:
        """从出发点走 SHOWN_STEPS 步。"""
        return minimize(self.terrain(), self.start, SGD(self.lr), SHOWN_STEPS)

    def describe(self) -> str:
        finite = np.isfinite(self.steps)
        end = f"{self.steps:.0f} 步缩小到 10⁻⁶" if finite else "不收敛"
        return f"κ = {self.kappa:g}，学习率 {self.lr:.3g}：每步误差乘 {self.rate:.3g}，{end}"

    def draw(self, figure: Figure) -> None:
        figure.set_size_inches(7.2, 3.3)
        left, right = figure.subplots(1, 2, width_ratios=[5, 4])
        self._draw_bowl(left)
        self._draw_modes(right)

    def _draw_bowl(self, axes: Axes) -> None:
        x, y = np.meshgrid(np.linspace(-WIDE, WIDE, 161), np.linspace(-TALL, TALL, 121))
        top = (WIDE**2 + self.kappa * TALL**2) / 2
        height = self.terrain().loss(np.stack([x, y], axis=-1))
        axes.contour(x, y, height, levels(0, top, SPREAD), colors=COLOR, linewidths=0.7)
        path = np.clip(np.nan_to_num(self.path().x, nan=1e3), -1e3, 1e3)
        axes.plot(*path.T, ".-", color=BLUE, markersize=4, linewidth=1.1)
        start = np.array(self.start)
        for direction, color in ((-start, GREY), (-self.terrain().grad(start), INK)):
            if np.any(direction):
                arrow = start + 0.8 * direction / np.linalg.norm(direction)
                look = {"arrowstyle": "->", "color": color}
                axes.annotate("", arrow.tolist(), start.tolist(), arrowprops=look)
        axes.plot(*start, "o", color=BLUE, markersize=9, markeredgecolor="white")
        axes.plot(0, 0, "+", color=INK, markersize=9)
        axes.set(xlim=(-WIDE, WIDE), ylim=(-TALL, TALL), xlabel="$x_1$", ylabel="$x_2$")
        axes.set_aspect("equal")
        axes.set_title("黑箭头：负梯度；灰箭头：谷底的方向", loc="left", fontsize=10)

    def _draw_modes(self, axes: Axes) -> None:
        n = np.arange(min(self.steps if np.isfinite(self.steps) else DIVERGING_STEPS, 2000) + 1)
        modes = ((1.0, "--", BLUE, "平缓 λ = 1"), (self.kappa, "-", ORANGE, "陡峭 λ = κ"))
        for curvature, line, color, name in modes:
            size = gradient_descent_rate(self.lr * curvature) ** n
            axes.semilogy(n, np.maximum(size, 1e-12), line, color=color, label=name)
        axes.axhline(TOLERANCE, color=GREY, linestyle=":", linewidth=1)
        axes.set(ylim=ERRORS, xlabel="步数 $t$", ylabel=r"$|1-\mathrm{lr}\cdot\lambda|^t$")
        axes.legend()
