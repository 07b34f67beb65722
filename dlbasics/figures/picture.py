"""一幅图怎样成为 PNG：像素细一倍，文件里写明哪里是照片、哪里是一格。

屏幕多是一个单位两个像素，图照此画。网页还要一份深色的、一份窄的（``delivery.light_pictures``）：
照片与色标不能变色，窄屏上图从两格之间断开。这些只有画图的时候知道，所以写进 PNG 的一段文字里。
"""

from __future__ import annotations

import json
from base64 import b64encode
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

PIXELS_PER_UNIT = 2
"""一个长度单位画几个像素。"""

KEYWORD = "Layout"
"""PNG 里那段文字的名字。"""

PADDING = 0.1
"""裁掉空白以后四周留的英寸数，与笔记本里的一样。"""


WHOLE = "整幅"
"""标签是它的图，窄屏上不断开：上下左右对应着看的，断开就乱了。"""


def png(figure: Figure, *, trim: bool = True) -> bytes:
    """把 ``figure`` 画成 PNG。

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    trim : bool
        四周的空白裁不裁掉。

    Returns
    -------
    bytes
        PNG 文件的内容；名为 ``KEYWORD`` 的一段文字是 JSON：``images`` 是照片与色标，连同照片的
        图例里的记号，斜着画的写四个角；``panels``
        是各格，``box`` 连同刻度与标题，``axes`` 只是坐标轴，``labels`` 是替它写刻度的那一格的
        编号。坐标是像素，从左上角算起，依次是左、上、右、下。

    Examples
    --------
    >>> png(Figure(figsize=(2, 1)), trim=False)[:4]
    b'\\x89PNG'
    """
    usual, engine = figure.dpi, figure.get_layout_engine()
    drawn = BytesIO()
    try:
        figure.dpi = usual * PIXELS_PER_UNIT
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # 排好了：再排一次，各格又会挪动
        page = figure.get_tightbbox().padded(PADDING) if trim else figure.bbox_inches
        text = {KEYWORD: json.dumps(layout(figure, page))}
        figure.savefig(drawn, format="png", dpi=figure.dpi, bbox_inches=page, metadata=text)
    finally:
        figure.dpi = usual
        figure.set_layout_engine(engine or "none")
    return drawn.getvalue()


def layout(figure: Figure, page: Bbox) -> dict[str, Any]:
    """画好的 ``figure`` 里照片与各格的位置，``page`` 是画进 PNG 的那一块（英寸）。"""

    def point(x: float, y: float) -> list[int]:
        return [round(x - page.x0 * figure.dpi), round(page.y1 * figure.dpi - y)]

    def pixels(box: Bbox) -> list[int]:
        return [*point(box.x0, box.y1), *point(box.x1, box.y0)]

    axes = [ax for ax in figure.get_axes() if ax.get_visible()]
    mappables = [one for ax in axes for one in (*ax.images, *ax.collections)]
    bars = [one.colorbar.ax for one in mappables if one.colorbar]
    plots = [ax for ax in axes if ax not in bars]
    images = []
    for ax in plots:
        for image in ax.images:
            around = corners(image)
            shown = Bbox.intersection(Bbox(around[::2]), ax.bbox)
            if not np.isclose(around[0, 1], around[1, 1]):
                images += [[edge for corner in around for edge in point(*corner)]]
            elif shown:
                images += [pixels(shown)]
            images += [pixels(image.colorbar.ax.bbox)] if image.colorbar else []
        legend = ax.get_legend() if ax.images else None
        keys = legend.legend_handles if legend else []
        for box in (key.get_window_extent() for key in keys if key is not None):
            aside = max(0, box.width - box.height) / 2  # 记号在正中，两边的空白不算
            images.append(pixels(Bbox.from_extents(box.x0 + aside, box.y0, box.x1 - aside, box.y1)))
    panels: list[dict[str, Any]] = []
    for ax in plots if figure.get_label() != WHOLE else ():
        box = ax.get_tightbbox() or ax.bbox
        panels.append({"box": pixels(box), "axes": pixels(ax.bbox)})
        keeper = keeper_of_labels(ax, plots)
        if keeper is not None:
            panels[-1]["labels"] = plots.index(keeper)
    return {"images": images, "panels": panels}


def corners(image: AxesImage) -> NDArray:
    """``image`` 画在哪里：左上、右上、右下、左下四个角，形状 ``[4, 2]``。"""
    left, right, bottom, top = image.get_extent()
    around = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return image.get_transform().transform(around)


def keeper_of_labels(ax: Axes, plots: list[Axes]) -> Axes | None:
    """与 ``ax`` 共用纵轴、同在一行、替它写刻度的一格；自己写的就是 ``None``。"""
    if ax.yaxis.get_tick_params().get("labelleft", True):
        return None
    for one in plots:
        same_row = ax.get_shared_y_axes().joined(ax, one) and one.bbox.y0 == ax.bbox.y0
        if same_row and one.yaxis.get_tick_params().get("labelleft", True):
            return one
    return None


def show_in_notebooks() -> None:
    """在 IPython 里，之后画的图都照 :func:`png` 显示；别处什么也不做。"""
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return
    from matplotlib_inline import backend_inline  # noqa: F401  先登记它的画法，再换掉

    formatter = shell.display_formatter.formatters["image/png"]
    formatter.for_type(Figure, shown)


def shown(figure: Figure) -> tuple[str, dict[str, int]] | None:
    """笔记本里的一幅图：base64 的 PNG，与显示的宽和高；空的图不显示。"""
    if not figure.axes:
        return None
    data = png(figure)
    return b64encode(data).decode("ascii"), displayed_size(data)


def displayed_size(png: bytes) -> dict[str, int]:
    """一幅这样的 PNG 显示成多宽、多高。

    Examples
    --------
    >>> displayed_size(png(Figure(figsize=(2, 1), dpi=100), trim=False))
    {'width': 200, 'height': 100}
    """
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    return {"width": width // PIXELS_PER_UNIT, "height": height // PIXELS_PER_UNIT}
