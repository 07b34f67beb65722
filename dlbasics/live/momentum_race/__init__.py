"""动量竞走：同一个起点、同一个学习率，梯度下降与动量法各走各的。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlbasics.figures.style import GRADIENT_DESCENT, GREY, INK, MOMENTUM
from dlbasics.landscapes import Landscape, beale, quadratic, rosenbrock, tilted_double_well
from dlbasics.live.base import LiveFigure
from dlbasics.live.contours import COLOR, LEVELS, levels
from dlbasics.live.traits import Choice, Number, Point
from dlbasics.optimizers import SGD, Momentum, Trajectory, minimize


@dataclass(frozen=True)
class Terrain:
    """一片可以走的地形。

    Attributes
    ----------
    make : callable
        ``(kappa) -> Landscape``；κ 只有二次碗用。
    x, y : tuple of float
        横轴与纵轴的视野。
    top : float
        等高线最高的一层比最低处高多少。
    spread : float
        层的疏密：水平按 k 的 spread 次幂增长。
    """

    make: Callable[[float], Landscape]
    x: tuple[float, float]
    y: tuple[float, float]
    top: float
    spread: float

    def picture(self) -> dict[str, Any]:
        """画面的名字、视野与等高线，能写成 JSON。"""
        view = {"x": self.x, "y": self.y, "top": self.top, "spread": self.spread}
        return {"title": self.make(1.0).name, **view}


#: 名字 → 地形。
TERRAINS = {
    "quadratic": Terrain(
        lambda kappa: quadratic([1 / kappa, 1.0]), (-2.2, 2.2), (-1.65, 1.65), 2.4, 2
    ),
    "rosenbrock": Terrain(lambda kappa: rosenbrock(), (-2, 2), (-1, 3), 1200, 5),
    "beale": Terrain(lambda kappa: beale(), (-1, 4.5), (-2, 2), 2500, 7),
    "tilted_double_well": Terrain(
        lambda kappa: tilted_double_well(dimensions=2), (-2.8, 2.8), (-2.1, 2.1), 9, 2.4
    ),
}
#: 损失的纵轴至多从 10 的几次幂到几次幂。
DECADES = (-12, 6)
METHODS = (("梯度下降", GRADIENT_DESCENT), ("动量法", MOMENTUM))


class MomentumRace(LiveFigure):
    """梯度下降与动量法在同一片地形上的两条路。

    Parameters
    ----------
    landscape : {"quadratic", "rosenbrock", "beale", "tilted_double_well"}
        地形。二次碗的两个曲率是 1/κ 与 1。
    kappa : float
        二次碗的条件数 κ，1 到 100。
    lr, mu : float
        学习率 α（1e-4 到 4）与动量系数 μ（0 到 1）。
    steps : int
        走多少步，20 到 400。
    step : int
        看第几步；默认是第 7 步，惯性与梯度都还看得清。
    start : sequence of float, length 2
        起点。

    Examples
    --------
    >>> race = MomentumRace(kappa=50, lr=1.8, mu=0.8)
    >>> plain, momentum = race.paths()
    >>> bool(momentum.loss[-1] < plain.loss[-1])
    True
    """

    title = "动量竞走"
    module = "momentum_race"
    declared: ClassVar = {
        "levels": LEVELS,
        "decades": DECADES,
        "landscapes": {name: one.picture() for name, one in TERRAINS.items()},
    }

    landscape = Choice(tuple(TERRAINS)).tag(sync=True)
    kappa = Number(50.0, 1, 100).tag(sync=True)
    lr = Number(1.8, 1e-4, 4).tag(sync=True)
    mu = Number(0.8, 0, 1).tag(sync=True)
    steps = Number(100, 20, 400, integer=True).tag(sync=True)
    step = Number(7, 0, 400, integer=True).tag(sync=True)
    start = Point([-1.8, 1.1]).tag(sync=True)

    def terrain(self) -> Landscape:
        """当前的地形。"""
        return TERRAINS[self.landscape].make(self.kappa)

    def paths(self) -> tuple[Trajectory, Trajectory]:
        """梯度下降与动量法走过的路。"""
        land = self.terrain()
        optimizers = SGD(self.lr), Momentum(self.lr, self.mu)
        plain, momentum = (minimize(land, self.start, one, self.steps) for one in optimizers)
        return plain, momentum

    def describe(self) -> str:
        kappa = f"（κ = {self.kappa:g}）" if self.landscape == "quadratic" else ""
        where = f"从 ({self.start[0]:g}, {self.start[1]:g}) 出发走 {self.steps} 步"
        return f"{self.terrain().name}{kappa}，α = {self.lr:g}，μ = {self.mu:g}，{where}"

    def draw(self, figure: Figure) -> None:
        figure.set_size_inches(7.2, 5.0)
        axes = figure.subplot_mosaic([[0, 1], [2, 2]], height_ratios=[3, 2])
        land, paths = self.terrain(), self.paths()
        for k, (name, color) in enumerate(METHODS):
            self._draw_contours(axes[k], land)
            self._draw_path(axes[k], paths[k], color)
            self._draw_forces(axes[k], paths[k], (0.0, self.mu)[k], color)
            axes[k].set_title(name, loc="left")
            excess = paths[k].loss - land.loss(land.minima[0])
            visible = np.isfinite(excess) & (excess > 0)
            line = ("--", "-")[k]
            axes[2].semilogy(np.where(visible, excess, np.nan), line, color=color, zorder=3 - k)
        axes[2].axvline(self.step, color=GREY, linestyle=":")
        axes[2].set(xlabel="步数 $t$", ylabel="损失 − 最小值", ylim=_decades(axes[2]))
        axes[2].legend(axes[2].lines[:2], [name for name, _ in METHODS])

    def _draw_contours(self, axes: Axes, land: Landscape) -> None:
        view = TERRAINS[self.landscape]
        x, y = np.meshgrid(np.linspace(*view.x, 161), np.linspace(*view.y, 121))
        heights = levels(float(land.loss(land.minima[0])), view.top, view.spread)
        height = land.loss(np.stack([x, y], axis=-1))
        axes.contour(x, y, height, heights, colors=COLOR, linewidths=0.7)
        axes.plot(*land.minima.T, "+", color=INK, markersize=8)
        axes.set(xlim=view.x, ylim=view.y)

    def _draw_path(self, axes: Axes, path: Trajectory, color: str) -> None:
        whole = np.clip(np.nan_to_num(path.x, nan=1e3), -1e3, 1e3)
        walked = whole[: self.step + 1]
        axes.plot(*whole.T, color=color, linewidth=0.8, alpha=0.25)
        axes.plot(*walked.T, ".-", color=color, markersize=3.5, linewidth=1.1)
        axes.plot(*walked[-1], "o", color="white", markersize=5, markeredgecolor=color)
        axes.plot(*self.start, "o", color=color, markersize=9, markeredgecolor="white")
        axes.tick_params(colors=GREY)

    def _draw_forces(self, axes: Axes, path: Trajectory, mu: float, color: str) -> None:
        """惯性 μv 与梯度 −αg 首尾相接，就是下一步。"""
        step = min(self.step, self.steps)
        before, here = path.x[max(step - 1, 0)], path.x[step]
        if not np.all(np.abs([before, here]) < 1e3):
            return
        inertia = mu * (here - before)
        push = -self.lr * self.terrain().grad(here)
        corners = np.stack([here, here + inertia, here + inertia + push])
        axes.plot(*corners[:2].T, color=color, linewidth=2.5, alpha=0.7)
        axes.plot(*corners[1:].T, color=INK, linewidth=2)


def _decades(axes: Axes) -> tuple[float, float]:
    low, high = axes.get_ylim()
    least, most = (10.0**exponent for exponent in DECADES)
    return max(low, least), min(high, most)
