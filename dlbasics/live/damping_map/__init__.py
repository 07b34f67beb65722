"""阻尼相图：二次碗上的动量法只由 αλ 与 μ 决定。"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from dlbasics.figures.style import GRADIENT_DESCENT, GREY, INK, MOMENTUM
from dlbasics.landscapes import quadratic
from dlbasics.live.base import LiveFigure
from dlbasics.live.contours import COLOR
from dlbasics.live.traits import Number
from dlbasics.optimizers import Momentum, minimize
from dlbasics.studies.convergence import (
    MAX_STEPS,
    TOLERANCE,
    critical_mu,
    gradient_descent_rate,
    momentum_rate,
    settling_steps,
)

#: αλ 从几到几；相图的两根轴画到哪里，横轴的刻度。
AL = (1e-4, 4)
VIEW, AL_TICKS = {"al": (0, 4.2), "mu": (0, 1)}, (0, 0.1, 0.5, 1, 2, 4)
#: 误差曲线的步数与纵轴。
SHOWN_STEPS, ERRORS = 120, (1e-8, 1e4)
#: 等高线的水平、各区的名字与位置（αλ, μ）。
RATES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1)
REGIONS = (
    (0.06, 0.2, "过阻尼"),
    (0.36, 0.62, "欠阻尼"),
    (2.8, 0.05, "← 变号"),
    (3.4, 0.3, "发散"),
)

#: 画加速比曲线用的 αλ：处处有点（从几到几，几个），最快处附近更密（它的几倍到几倍，几个），
#: αλ = 1 附近另加几个。
GAIN_GRID: dict[str, Any] = {
    "everywhere": (AL[0], 1.98, 97),
    "around_fastest": (0.9, 1.3, 91),
    "around_one": (0.97, 0.99, 0.999, 1, 1.001, 1.01, 1.03),
}

#: 相图的底色，从收敛最快到最慢。
SHADES = np.linspace(to_rgb("#AFC8DE"), to_rgb("#FAFCFE"), 11)


def gain_grid(mu: float) -> NDArray:
    """画加速比曲线用的 αλ：处处有点，αλ = 1 与最快处 (1 − √μ)² 附近更密。

    Parameters
    ----------
    mu : float
        动量系数 μ，0 到 0.99。

    Returns
    -------
    ndarray
        从小到大，都在 [1e-4, 2) 之内。

    Examples
    --------
    >>> bool(1.0 in gain_grid(0.9))
    True
    """
    everywhere, around_fastest, around_one = GAIN_GRID.values()
    fastest = (1 - np.sqrt(mu)) ** 2 * np.geomspace(*around_fastest)
    al = np.concatenate([np.geomspace(*everywhere), fastest, around_one])
    return np.sort(al[(al >= AL[0]) & (al < 2)])


class DampingMap(LiveFigure):
    """αλ 与 μ 的相图，以及图上一点的误差曲线与加速比。

    Parameters
    ----------
    al : float
        学习率乘以曲率 αλ，1e-4 到 4。
    mu : float
        动量系数 μ，0 到 0.99。

    Examples
    --------
    >>> DampingMap(al=0.1, mu=0.9).describe()
    'αλ = 0.1，μ = 0.9，每步误差乘 0.949；梯度下降乘 0.9'
    """

    title = "阻尼相图"
    module = "damping_map"
    declared: ClassVar = {
        "shown_steps": SHOWN_STEPS,
        "errors": ERRORS,
        "view": VIEW,
        "al_ticks": AL_TICKS,
        "rates": RATES,
        "regions": REGIONS,
        "gain_grid": GAIN_GRID,
        "tolerance": TOLERANCE,
        "max_steps": MAX_STEPS,
    }

    al = Number(0.1, *AL).tag(sync=True)
    mu = Number(0.9, 0, 0.99).tag(sync=True)

    def describe(self) -> str:
        momentum, plain = momentum_rate(self.al, [self.mu, 0.0])
        where = f"αλ = {self.al:g}，μ = {self.mu:g}"
        return f"{where}，每步误差乘 {momentum:.3g}；梯度下降乘 {plain:.3g}"

    def draw(self, figure: Figure) -> None:
        figure.set_size_inches(7.2, 5.6)
        axes = figure.subplot_mosaic([["map", "decay"], ["gain", "gain"]], height_ratios=[3, 2])
        self._draw_map(axes["map"])
        self._draw_decay(axes["decay"])
        self._draw_gain(axes["gain"])

    def _draw_map(self, axes: Axes) -> None:
        left, right = np.sqrt(VIEW["al"])
        root, mu = np.meshgrid(np.linspace(left, right, 211), np.linspace(*VIEW["mu"], 101))
        rate = momentum_rate(root**2, mu)
        axes.contourf(root, mu, rate, [0, *RATES], colors=SHADES)
        axes.contour(root, mu, rate, RATES[:-1], colors=COLOR, linewidths=0.7)
        line = np.linspace(0, 1, 101)
        edge = np.sqrt(2 * (1 + line))
        axes.plot(2 * line, critical_mu((2 * line) ** 2), color=INK, linewidth=1.2)
        axes.plot(edge, line, color=MOMENTUM)
        axes.fill_betweenx(line, edge, right, color=MOMENTUM, alpha=0.12, linewidth=0)
        axes.plot(np.sqrt(self.al), self.mu, "o", color=MOMENTUM, ms=9, markeredgecolor="white")
        for al, height, name in REGIONS:
            axes.text(np.sqrt(al), height, name, ha="center")
        axes.set_xticks(np.sqrt(AL_TICKS), [f"{tick:g}" for tick in AL_TICKS])
        axes.set(xlim=(left, right), xlabel="αλ（按平方根均匀）")
        axes.set(ylim=VIEW["mu"], ylabel="动量系数 μ")

    def _draw_decay(self, axes: Axes) -> None:
        n, unseen = np.arange(SHOWN_STEPS + 1), ERRORS[0] / 100
        for mu, color, line in ((self.mu, MOMENTUM, "-"), (0.0, GRADIENT_DESCENT, "--")):
            path = minimize(quadratic([1.0]), [1.0], Momentum(self.al, mu), SHOWN_STEPS)
            axes.semilogy(n, np.maximum(np.abs(path.x[:, 0]), unseen), line, color=color)
            axes.semilogy(n, np.maximum(momentum_rate(self.al, mu) ** n, unseen), ":", color=color)
        axes.set(xlim=(0, SHOWN_STEPS), xlabel="步数 $t$（点线：预测的斜率）")
        axes.set(ylim=ERRORS, ylabel="误差 |x|")
        axes.legend(axes.lines[::2], ["动量法", "梯度下降"])

    def _draw_gain(self, axes: Axes) -> None:
        al = gain_grid(self.mu)
        rate = np.maximum(gradient_descent_rate(al), TOLERANCE)
        plain_steps = np.ceil(np.log(TOLERANCE) / np.log(rate))
        axes.loglog(al, plain_steps / settling_steps(al, self.mu), color=MOMENTUM)
        axes.axhline(1, color=GREY, linestyle="--", linewidth=1)
        axes.axhline(1 / (1 - self.mu), color=MOMENTUM, linestyle="--", linewidth=1)
        axes.axvline(self.al, color=GREY, linestyle=":")
        axes.axvspan(2, AL[1], color=MOMENTUM, alpha=0.12, linewidth=0)
        axes.set(xlim=AL, xlabel="αλ", ylabel="动量法快几倍")
