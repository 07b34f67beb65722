"""一轮怎么抽：有放回、无放回、不打乱，谁被抽到，谁被漏掉。"""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from dlbasics.figures.style import BLUE, GREEN, GREY, INK
from dlbasics.live.base import LiveFigure
from dlbasics.live.draws import choose, choose_with_replacement, mulberry32
from dlbasics.live.traits import Choice, Number

CLASSES = 10
NAMES = [str(name) for name in range(CLASSES)]
MODES = {"replace": "有放回", "reshuffle": "无放回", "sorted": "不打乱"}
#: 抽签的种子。
SEED = 8


def epoch_order(mode: str, n: int, epoch: int) -> list[int]:
    """第 epoch 轮依次用到的样本。

    Parameters
    ----------
    mode : {"replace", "reshuffle", "sorted"}
    n : int
        样本总数。
    epoch : int
        第几轮，从 1 数起。

    Returns
    -------
    list of int, length n

    Examples
    --------
    >>> epoch_order("sorted", 4, 1)
    [0, 1, 2, 3]
    """
    random = mulberry32(SEED)
    draw = {"replace": choose_with_replacement, "reshuffle": choose}.get(mode)
    if draw is None:
        return list(range(n))
    return [draw(n, n, random) for _ in range(epoch)][-1]


class SamplingEpoch(LiveFigure):
    """一轮的抽样：每个格子是一个样本，一行是一类，格子里是这一轮用到它几次。

    Parameters
    ----------
    mode : {"replace", "reshuffle", "sorted"}
        有放回；无放回（每轮打乱）；不打乱，按类别排好。
    each : int
        十类，每类几个样本，4 到 12。
    batch : int
        批量大小，1 到 40。
    epoch : int
        第几轮，1 到 50。
    step : int
        这一轮走了几批，0 到 120；超出时是走完。

    Examples
    --------
    >>> figure = SamplingEpoch(mode="reshuffle", step=120)
    >>> figure.visits().tolist() == [1] * figure.n
    True
    """

    title = "一轮怎么抽"
    module = "sampling_epoch"
    declared: ClassVar = {"classes": CLASSES, "modes": MODES, "seed": SEED}

    mode = Choice(tuple(MODES)).tag(sync=True)
    each = Number(10, 4, 12, integer=True).tag(sync=True)
    batch = Number(16, 1, 40, integer=True).tag(sync=True)
    epoch = Number(1, 1, 50, integer=True).tag(sync=True)
    step = Number(4, 0, 120, integer=True).tag(sync=True)

    @property
    def n(self) -> int:
        """样本总数。"""
        return CLASSES * self.each

    def batches(self) -> list[list[int]]:
        """这一轮的每一批。"""
        order = epoch_order(self.mode, self.n, self.epoch)
        return [order[k : k + self.batch] for k in range(0, self.n, self.batch)]

    def visits(self) -> NDArray[np.int64]:
        """走到现在，这一轮用到每个样本几次，形状 (n,)。"""
        used = [sample for one in self.batches()[: self.step] for sample in one]
        return np.bincount(np.array(used, dtype=np.int64), minlength=self.n)

    def current(self) -> list[int]:
        """刚走过的一批；还没有走是空的。"""
        return self.batches()[: self.step][-1] if self.step else []

    def composition(self) -> NDArray[np.int64]:
        """刚走过的一批里，每一类有几个，形状 (10,)。"""
        count = Counter(sample // self.each for sample in self.current())
        return np.array([count[label] for label in range(CLASSES)])

    def describe(self) -> str:
        done, total = min(self.step, len(self.batches())), len(self.batches())
        seen = np.count_nonzero(self.visits())
        return (
            f"{MODES[self.mode]}，n = {self.n}，b = {self.batch}：第 {self.epoch} 轮走了 "
            f"{done}/{total} 批，用到 {seen} 个样本，还有 {self.n - seen} 个没有用到"
        )

    def draw(self, figure: Figure) -> None:
        figure.set_size_inches(7.0, 3.6)
        left, right = figure.subplots(1, 2)
        self._draw_grid(left)
        self._draw_composition(right)
        left.set_title(f"{MODES[self.mode]}：这一轮用到几次", loc="left", fontsize=10.5)

    def _draw_grid(self, axes: Axes) -> None:
        current = set(self.current())
        for sample, count in enumerate(self.visits()):
            row, column = divmod(sample, self.each)
            corner, side = (column + 0.08, row + 0.08), 0.84
            if count:
                alpha = 0.25 * min(count, 3)
                axes.add_patch(Rectangle(corner, side, side, color=BLUE, alpha=alpha, linewidth=0))
            color, width = (GREEN, 2.5) if sample in current else (GREY, 0.5)
            frame: dict[str, Any] = {"fill": False, "edgecolor": color, "linewidth": width}
            axes.add_patch(Rectangle(corner, side, side, **frame))
            if count > 1:
                axes.text(column + 0.5, row + 0.5, count, ha="center", va="center", color=INK)
        axes.set(xlim=(-0.1, self.each + 0.1), ylim=(CLASSES + 0.1, -0.1), xticks=[])
        axes.set_yticks(np.arange(CLASSES) + 0.5, NAMES)
        axes.set(aspect="equal", ylabel="类别")
        axes.spines[:].set_visible(False)

    def _draw_composition(self, axes: Axes) -> None:
        axes.barh(range(CLASSES), self.composition(), color=GREEN)
        axes.axvline(len(self.current()) / CLASSES, color=GREY, linestyle="--", linewidth=1)
        axes.set_yticks(range(CLASSES), NAMES)
        axes.invert_yaxis()
        axes.set(xlabel="这一批里有几个", xlim=(0, max(self.batch, 2)))
        locator = axes.xaxis.get_major_locator()
        assert isinstance(locator, MaxNLocator)
        locator.set_params(integer=True)
