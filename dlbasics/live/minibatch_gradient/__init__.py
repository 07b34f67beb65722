"""小批量的梯度：一团围着全梯度的点；常数学习率下，参数在谷底旁边徘徊。"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from numpy.typing import NDArray

from dlbasics.datasets import digits
from dlbasics.figures.style import BLUE, GREEN, GREY, INK
from dlbasics.live.base import LiveFigure
from dlbasics.live.contours import COLOR, LEVELS, levels
from dlbasics.live.draws import choose, mulberry32
from dlbasics.live.traits import Number, Point, Table

#: 两个数字，每个取前多少张；特征是左半边与右半边的墨，标准化以后乘 100 取整。
DIGITS, EACH, UNIT = (3, 8), 50, 100
N = 2 * EACH
#: 参数平面的视野（横、纵），路走多少步。
VIEW, SHOWN_STEPS = ((-2.5, 6.5), (-4.0, 2.75)), 300
#: 等高线最高的一层比谷底高多少，与层的疏密。
TOP, SPREAD = 3, 3


def features() -> NDArray[np.int64]:
    """每张图左半边与右半边的墨，标准化以后乘 100 取整。

    Returns
    -------
    ndarray of int, shape (100, 2)
        前 50 个是 3，后 50 个是 8。

    Examples
    --------
    >>> features().shape, bool(np.all(abs(features().mean(axis=0)) < 0.2))
    ((100, 2), True)
    """
    images, labels = digits()
    chosen = np.concatenate([np.flatnonzero(labels == one)[:EACH] for one in DIGITS])
    halves = images[chosen, 0].reshape(N, 8, 2, 4)
    ink = halves.sum(axis=(1, 3))
    return np.rint(UNIT * (ink - ink.mean(axis=0)) / ink.std(axis=0)).astype(np.int64)


class MinibatchGradient(LiveFigure):
    """两个参数的逻辑回归，区分手写的 3 与 8：批梯度的云，与小批量的路。

    Parameters
    ----------
    batch : int
        批量大小 b，1 到 64。
    draws : int
        在出发点抽了几批，0 到 400。
    lr : float
        学习率，0.05 到 10。
    start : sequence of float, length 2
        出发点 w；左图的梯度都在这里算。
    seed : int
        抽签的种子，0 到 9999。

    Examples
    --------
    >>> figure = MinibatchGradient(batch=8, draws=200)
    >>> figure.batch_gradients().shape
    (200, 2)
    >>> 0.5 < figure.measured_variance() / figure.predicted_variance() < 2
    True
    """

    title = "小批量的梯度"
    module = "minibatch_gradient"
    declared: ClassVar = {
        "digits": DIGITS,
        "unit": UNIT,
        "levels": LEVELS,
        "top": TOP,
        "spread": SPREAD,
        "view": dict(zip("xy", VIEW, strict=True)),
        "shown_steps": SHOWN_STEPS,
    }

    batch = Number(8, 1, 64, integer=True).tag(sync=True)
    draws = Number(40, 0, 400, integer=True).tag(sync=True)
    lr = Number(2.0, 0.05, 10).tag(sync=True)
    start = Point([-1.0, 1.5]).tag(sync=True)
    seed = Number(1, 0, 9999, integer=True).tag(sync=True)
    samples = Table([], (N, 2), -1000, 1000, integer=True, read_only=True).tag(sync=True)

    @traitlets.default("samples")
    def _samples(self) -> list[list[int]]:
        return features().tolist()

    def signed(self) -> NDArray[np.float64]:
        """y·x：特征乘以标签（3 是 −1，8 是 +1），形状 (100, 2)。"""
        label = np.repeat([-1.0, 1.0], EACH)
        return label[:, None] * np.array(self.samples) / UNIT

    def loss(self, w: NDArray) -> NDArray[np.float64]:
        """全部样本的平均损失 mean log(1 + exp(−y w·x))；w 的形状是 (..., 2)。"""
        return np.logaddexp(0, -np.asarray(w) @ self.signed().T).mean(axis=-1)

    def sample_gradients(self, w: NDArray) -> NDArray[np.float64]:
        """每个样本的梯度，形状 (100, 2)。"""
        signed = self.signed()
        return -signed / (1 + np.exp(signed @ np.asarray(w)))[:, None]

    def batches(self, count: int) -> list[list[int]]:
        """前 count 批的下标，每批无放回地抽。"""
        random = mulberry32(self.seed)
        return [choose(N, self.batch, random) for _ in range(count)]

    def batch_gradients(self) -> NDArray[np.float64]:
        """出发点的批梯度，形状 (draws, 2)。"""
        each = self.sample_gradients(self.start)
        return np.array([each[one].mean(axis=0) for one in self.batches(self.draws)]).reshape(-1, 2)

    def full_gradient(self) -> NDArray[np.float64]:
        """出发点的全梯度。"""
        return self.sample_gradients(self.start).mean(axis=0)

    def predicted_variance(self) -> float:
        """批梯度离全梯度的均方距离，应是 σ²/b·(n − b)/(n − 1)。"""
        each = self.sample_gradients(self.start)
        variance = np.sum((each - each.mean(axis=0)) ** 2, axis=1).mean()
        return float(variance / self.batch * (N - self.batch) / (N - 1))

    def measured_variance(self) -> float:
        """抽到的批梯度离全梯度的均方距离；一批也没有抽是 nan。"""
        away = self.batch_gradients() - self.full_gradient()
        return float(np.sum(away**2, axis=1).mean()) if len(away) else np.nan

    def minimum(self) -> NDArray[np.float64]:
        """谷底，用牛顿法从 0 走 20 步。"""
        signed, w = self.signed(), np.zeros(2)
        for _ in range(20):
            p = 1 / (1 + np.exp(signed @ w))
            hessian = (signed * (p * (1 - p))[:, None]).T @ signed
            w = w + np.linalg.solve(hessian, signed.T @ p)
        return w

    def path(self, *, full: bool = False) -> NDArray[np.float64]:
        """从出发点走 SHOWN_STEPS 步；full 为真时用全梯度。形状 (SHOWN_STEPS + 1, 2)。"""
        path = [np.array(self.start)]
        for one in self.batches(SHOWN_STEPS):
            each = self.sample_gradients(path[-1])
            path.append(path[-1] - self.lr * (each if full else each[one]).mean(axis=0))
        return np.array(path)

    def floor(self) -> float:
        """后一半的步里，损失平均比最小值高多少。"""
        late = self.path()[SHOWN_STEPS // 2 + 1 :]
        return float(self.loss(late).mean() - self.loss(self.minimum()))

    def describe(self) -> str:
        return (
            f"区分 3 与 8 的逻辑回归，b = {self.batch}，学习率 {self.lr:g}；"
            f"批梯度的方差 {self.predicted_variance():.3g}，"
            f"后一半的步平均比最小损失高 {self.floor():.2g}"
        )

    def draw(self, figure: Figure) -> None:
        figure.set_size_inches(7.2, 3.5)
        left, right = figure.subplots(1, 2)
        self._draw_cloud(left)
        self._draw_path(right)

    def _draw_cloud(self, axes: Axes) -> None:
        each, full = self.sample_gradients(self.start), self.full_gradient()
        axes.plot(*each.T, ".", color=GREY, markersize=3, alpha=0.5, label="一个样本")
        axes.plot(*self.batch_gradients().T, ".", color=GREEN, markersize=6, label="一批")
        tip = (full[0], full[1])
        axes.annotate("", tip, (0, 0), arrowprops={"arrowstyle": "->", "color": BLUE, "lw": 2})
        radius = np.sqrt(self.predicted_variance())
        axes.add_patch(Circle(tip, radius, fill=False, color=GREEN, linestyle="--"))
        axes.set_title("梯度（箭头：全梯度）")
        axes.set_aspect("equal", adjustable="datalim")
        axes.legend(loc="upper right")

    def _draw_path(self, axes: Axes) -> None:
        x, y = np.meshgrid(np.linspace(*VIEW[0], 121), np.linspace(*VIEW[1], 91))
        lowest = float(self.loss(self.minimum()))
        height = self.loss(np.stack([x, y], axis=-1))
        axes.contour(x, y, height, levels(lowest, TOP, SPREAD), colors=COLOR, linewidths=0.7)
        axes.plot(*self.path().T, color=GREEN, linewidth=0.9, label="小批量")
        axes.plot(*self.path(full=True).T, "--", color=BLUE, label="全部样本")
        axes.plot(*self.start, "o", color=BLUE, markersize=9, markeredgecolor="white")
        axes.plot(*self.minimum(), "+", color=INK, markersize=10)
        axes.set(xlim=VIEW[0], ylim=VIEW[1], title="参数走过的路")
        axes.legend(loc="upper right")
