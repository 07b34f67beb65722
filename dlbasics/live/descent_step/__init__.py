"""走一步：从曲线上的一点走一步，损失降不降，由学习率与曲率决定。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from dlbasics.figures.style import BLUE, GREEN, GREY, INK, ORANGE
from dlbasics.landscapes import Landscape, power, quadratic, tilted_double_well
from dlbasics.live.base import LiveFigure
from dlbasics.live.traits import Choice, Number
from dlbasics.optimizers import SGD, minimize

#: 走到这么远就算发散，不再往下走。
FAR = 1e6
#: 右图的范围。横轴到 reach/L，至少到现在的学习率的 past 倍；纵轴往下到最深处的 below 倍，
#: 往上到现在的 above 倍，但不短于往下的一段，不长于最深处的 most 倍。
CHANGE_VIEW = {"reach": 3, "past": 1.25, "below": 1.2, "above": 1.1, "most": 5}


@dataclass(frozen=True)
class Curve:
    """一条可以走的曲线。

    Attributes
    ----------
    title : str
        写在按钮上的名字。
    land : Landscape
        一维的地形。
    half : float
        画面是 [−half, half]。
    low, high : float
        画面的下边与上边。
    curvature : callable
        ``(near, far) -> float``：离原点 near 到 far 的一段上最大的 f″；
        near = 0 表示这一段碰到原点。
    """

    title: str
    land: Landscape
    half: float
    low: float
    high: float
    curvature: Callable[[float, float], float]

    def picture(self) -> dict[str, Any]:
        """画面的名字与范围，能写成 JSON。"""
        return {"title": self.title, "half": self.half, "view": [self.low, self.high]}


#: 名字 → 曲线。
CURVES = {
    "quadratic": Curve("5x²/2", quadratic([5.0]), 3, -2, 24, lambda near, far: 5.0),
    "quartic": Curve("x⁴/4", power(4), 3.6, -3, 32, lambda near, far: 3 * far**2),
    "three_halves": Curve(
        "⅔|x|^1.5",
        power(1.5),
        1,
        -0.06,
        0.68,
        lambda near, far: 0.5 / near**0.5 if near else np.inf,
    ),
    "absolute": Curve("|x|", power(1), 2, -0.2, 2, lambda near, far: 0.0 if near else np.inf),
    "double_well": Curve(
        "双井", tilted_double_well(), 2, -0.6, 2.2, lambda near, far: 3 * far**2 - 1
    ),
}


class DescentStep(LiveFigure):
    """一维曲线上的一点，它的切线、下降引理的抛物线，与下一步。

    Parameters
    ----------
    curve : {"quadratic", "quartic", "three_halves", "absolute", "double_well"}
        曲线：5x²/2、x⁴/4、⅔|x|^1.5、|x|、倾斜双井。
    start : float
        出发点，−4 到 4。
    steps : int
        已经走了几步，0 到 200。
    lr : float
        学习率，0.001 到 2。
    bound : float
        抛物线的曲率 L，0.1 到 100。

    Examples
    --------
    >>> figure = DescentStep(curve="quadratic", start=2.0, lr=0.1, bound=5.0)
    >>> figure.here, figure.landing
    (2.0, 1.0)
    >>> figure.describe()
    '5x²/2，lr = 0.1，L = 5：从 x = 2 走一步到 1，损失从 10 变成 2.5'
    """

    title = "走一步"
    module = "descent_step"
    declared: ClassVar = {
        "far": FAR,
        "change_view": CHANGE_VIEW,
        "curves": {name: one.picture() for name, one in CURVES.items()},
    }

    curve = Choice(tuple(CURVES)).tag(sync=True)
    start = Number(2.4, -4, 4).tag(sync=True)
    steps = Number(0, 0, 200, integer=True).tag(sync=True)
    lr = Number(0.15, 1e-3, 2).tag(sync=True)
    bound = Number(8.0, 0.1, 100).tag(sync=True)

    def path(self) -> NDArray[np.float64]:
        """走过的位置，从出发点起；超出 ±10⁶ 就此打住。"""
        x = minimize(CURVES[self.curve].land, [self.start], SGD(self.lr), self.steps).x[:, 0]
        far = np.flatnonzero(~(np.abs(x) <= FAR))
        return x[: far[0] + 1] if far.size else x

    @property
    def here(self) -> float:
        """现在的位置 x。"""
        return float(self.path()[-1])

    @property
    def slope(self) -> float:
        """现在的斜率 f′(x)。"""
        return float(CURVES[self.curve].land.grad(np.array([self.here]))[0])

    @property
    def landing(self) -> float:
        """再走一步到哪里：x⁺ = x − lr·f′(x)。"""
        return self.here - self.lr * self.slope

    def loss(self, x: ArrayLike) -> NDArray:
        """曲线的高度 f(x)。"""
        return CURVES[self.curve].land.loss(np.asarray(x)[..., None])

    def parabola(self, z: float | NDArray) -> NDArray:
        """下降引理的抛物线 f(x) + f′(x)(z − x) + (L/2)(z − x)²。"""
        away = np.asarray(z) - self.here
        return self.loss(self.here) + self.slope * away + self.bound / 2 * away**2

    def curvature(self) -> float:
        """从 x 到 x⁺ 的一段上最大的曲率；不小于它的 L，许诺才作数。"""
        ends = self.here, self.landing
        near = 0.0 if ends[0] * ends[1] <= 0 else min(map(abs, ends))
        return CURVES[self.curve].curvature(near, max(map(abs, ends)))

    def describe(self) -> str:
        change = f"损失从 {self.loss(self.here):.3g} 变成 {self.loss(self.landing):.3g}"
        where = f"从 x = {self.here:.3g} 走一步到 {self.landing:.3g}"
        title = CURVES[self.curve].title
        return f"{title}，lr = {self.lr:g}，L = {self.bound:g}：{where}，{change}"

    def draw(self, figure: Figure) -> None:
        figure.set_size_inches(7.2, 3.5)
        left, right = figure.subplots(1, 2)
        self._draw_curve(left)
        self._draw_change(right)

    def _draw_curve(self, axes: Axes) -> None:
        one = CURVES[self.curve]
        z = np.linspace(-one.half, one.half, 401)
        here, landing = self.here, self.landing
        axes.plot(z, self.loss(z), color=INK, label="f(x)")
        axes.plot(z, self.parabola(z), "--", color=GREEN, label="抛物线（曲率 L）")
        axes.plot(z, self.loss(here) + self.slope * (z - here), ":", color=GREY, label="切线")
        path = self.path()
        axes.plot(path, self.loss(path), ".-", color=BLUE, alpha=0.5, linewidth=1)
        color = BLUE if self.loss(landing) <= self.loss(here) else ORANGE
        axes.plot([here, landing], self.loss([here, landing]), color=color)
        axes.plot(landing, self.loss(landing), "o", color="white", markeredgecolor=color)
        axes.plot(here, self.loss(here), "o", color=BLUE, markersize=9)
        axes.set(xlim=(-one.half, one.half), ylim=(one.low, one.high), xlabel="x")
        axes.legend(loc="upper center", frameon=True, edgecolor="none", fontsize=9)

    def _draw_change(self, axes: Axes) -> None:
        reach, past, below, above, most = CHANGE_VIEW.values()
        lr = np.linspace(0, max(reach / self.bound, past * self.lr), 301)
        change = self.loss(self.here - lr * self.slope) - self.loss(self.here)
        promised = -lr * (1 - lr * self.bound / 2) * self.slope**2
        axes.plot(lr, change, color=INK)
        axes.plot(lr, promised, "--", color=GREEN)
        axes.axhline(0, color=GREY, linewidth=0.8)
        for value, name in ((1 / self.bound, "1/L"), (2 / self.bound, "2/L")):
            axes.axvline(value, color=GREEN, linestyle=":", linewidth=1)
            axes.text(value, 1, name, ha="center", transform=axes.get_xaxis_transform())
        now = self.loss(self.landing) - self.loss(self.here)
        axes.plot(self.lr, now, "o", color=BLUE, markersize=7)
        deepest = max(-min(change.min(), promised.min(), now), 1e-9)
        highest = np.clip(above * now, below * deepest, most * deepest)
        axes.set(ylim=(-below * deepest, highest), xlabel="学习率", ylabel="f(x⁺) − f(x)")
