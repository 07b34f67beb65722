"""移动的图像：图像移了，特征图跟不跟着移。"""

from __future__ import annotations

from itertools import product
from typing import ClassVar

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from dlbasics.convolution import conv2d
from dlbasics.datasets import digits_on_canvas, photograph
from dlbasics.figures.style import INK, SIGNED
from dlbasics.live.base import LiveFigure
from dlbasics.live.pixels import Picture, decode, encode, shrink
from dlbasics.live.traits import Choice, Number
from dlbasics.studies.shifting import conv2d_circular, shift

#: 名字 → 中文名与 3×3 的权重。权重与像素都是整数，所以计算没有舍入。
KERNELS = {
    "vertical": ("左暗右亮", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "horizontal": ("上暗下亮", [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "spot": ("亮斑", [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    "smooth": ("平滑", [[1, 2, 1], [2, 4, 2], [1, 2, 1]]),
}
IMAGES = {"digit": "数字", "photo": "照片"}
BORDERS = {"circular": "循环", "zero": "补零"}
DIGIT, CANVAS = 7, 16
#: 照片里的一块：左上角的行、列，边长，缩小几倍。
CROP = (40, 126, 192, 6)


class ShiftedImage(LiveFigure):
    """可以移动的图像 Tx，与它的特征图 f(Tx)；与 T f(x) 不同的格子加框。

    Parameters
    ----------
    image : {"digit", "photo"}
        16×16 画布上的一个手写数字，或 32×32 的一块照片。
    kernel : {"vertical", "horizontal", "spot", "smooth"}
        3×3 的卷积核。
    border : {"circular", "zero"}
        移出去的像素从对边回来，卷积也首尾相接；或者丢掉，空出的地方与卷积的四周都补零。
    stride : int
        卷积的步幅，1 或 2。
    dy, dx : int
        向下、向右移多少格，−16 到 16。

    Examples
    --------
    补零时，出错的只有右边一列和照片移来的一列：

    >>> figure = ShiftedImage(border="zero", image="photo", dy=0, dx=5)
    >>> moved, expected = figure.feature_maps()
    >>> [int(column) for column in np.unique(np.nonzero(moved != expected)[1])]
    [4, 31]
    """

    title = "移动的图像"
    module = "shifted_image"
    declared: ClassVar = {
        "images": IMAGES,
        "borders": BORDERS,
        "kernels": {n: {"title": title, "weight": w} for n, (title, w) in KERNELS.items()},
    }

    image = Choice(tuple(IMAGES)).tag(sync=True)
    kernel = Choice(tuple(KERNELS)).tag(sync=True)
    border = Choice(tuple(BORDERS)).tag(sync=True)
    stride = Number(1, 1, 2, integer=True).tag(sync=True)
    dy = Number(-3, -16, 16, integer=True).tag(sync=True)
    dx = Number(6, -16, 16, integer=True).tag(sync=True)
    digit = Picture().tag(sync=True)
    photo = Picture().tag(sync=True)

    @traitlets.default("digit")
    def _digit(self) -> str:
        middle = (CANVAS - 8) // 2
        return encode(digits_on_canvas(CANVAS, positions=(middle, middle))[0][DIGIT, 0])

    @traitlets.default("photo")
    def _photo(self) -> str:
        top, left, side, factor = CROP
        grey = photograph("astronaut").mean(axis=0)
        return encode(shrink(grey[top : top + side, left : left + side], factor))

    def pixels(self) -> NDArray[np.float64]:
        """没有移动的图像 x，0 到 255 的整数。"""
        return decode(getattr(self, self.image))

    def feature_map(self, image: NDArray[np.float64]) -> NDArray[np.float64]:
        """特征图 f(image)：当前的核、边界与步幅。"""
        x, weight = image[None, None], np.array([[KERNELS[self.kernel][1]]], float)
        if self.border == "circular":
            return conv2d_circular(x, weight, stride=self.stride)[0, 0]
        return conv2d(x, weight, stride=self.stride, padding=1)[0, 0]

    def feature_maps(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """f(Tx) 与 T f(x)。步幅 2、移奇数格时，特征图该移半格；取最接近 f(Tx) 的整格平移。"""
        x = self.pixels()
        moved = self.feature_map(shift(x, self.dy, self.dx, border=self.border))
        still = self.feature_map(x)
        halves = [(d // self.stride, -(-d // self.stride)) for d in (self.dy, self.dx)]
        candidates = [shift(still, *one, border=self.border) for one in product(*halves)]
        return moved, min(candidates, key=lambda one: np.abs(moved - one).max())

    def describe(self) -> str:
        moved, expected = self.feature_maps()
        where = f"{_toward(self.dx, '右左')}，{_toward(self.dy, '下上')}"
        setting = f"{BORDERS[self.border]}，步幅 {self.stride}，核“{KERNELS[self.kernel][0]}”"
        error = np.abs(moved - expected).max()
        return f"{IMAGES[self.image]}{where}，{setting}；等变误差 {error:.0f}"

    def draw(self, figure: Figure) -> None:
        figure.set_size_inches(6.4, 3.4)
        left, right = figure.subplots(1, 2)
        moved = shift(self.pixels(), self.dy, self.dx, border=self.border)
        left.imshow(moved, cmap="gray", vmin=0, vmax=255)
        left.set_title(f"图像 Tx：{_toward(self.dx, '右左')}，{_toward(self.dy, '下上')}")
        self._draw_map(right, *self.feature_maps())
        for axes in (left, right):
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(True)

    def _draw_map(self, axes: Axes, moved: NDArray, expected: NDArray) -> None:
        size = np.abs(self.feature_map(self.pixels())).max()
        axes.imshow(moved, cmap=SIGNED, vmin=-size, vmax=size)
        for row, column in np.argwhere(moved != expected):
            corner = (column - 0.4, row - 0.4)
            axes.add_patch(Rectangle(corner, 0.8, 0.8, fill=False, color=INK, linewidth=0.8))
        row, column = np.unravel_index(np.argmax(moved), moved.shape)
        axes.plot(column, row, "o", color="none", markeredgecolor=INK, markersize=11)
        axes.set_title(f"特征图 f(Tx)：最大值 {moved.max():.0f}（圈）")


def _toward(distance: int, directions: str) -> str:
    return f"向{directions[distance < 0]} {abs(distance)} 格"
