"""图要轻：读到附近再取，位置先留好，颜色减到够用。

一章有十几幅图。浏览器先取文字，图等读者快读到时再取；宽和高写在标签里，
图到之前版面就不会跳。曲线图用不了多少种颜色，减到 128 种，文件小到三分之一，
肉眼看不出差别；减了会看出差别的图（照片）原样不动。
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import imagesize
import numpy as np
from docutils import nodes
from PIL import Image
from sphinx.writers.html5 import HTML5Translator

if TYPE_CHECKING:
    from sphinx.application import Sphinx

COLORS = 128
LARGEST_ERROR = 2.0


def attributes(path: Path) -> str:
    """``path`` 这幅图的 ``loading``、``width``、``height``；量不出大小就只有第一个。"""
    width, height = imagesize.get(path) if path.is_file() else (-1, -1)
    size = f' width="{width:.0f}" height="{height:.0f}"' if min(width, height) > 0 else ""
    return f'loading="lazy"{size}'


def visit_image(translator: HTML5Translator, node: nodes.image) -> None:
    HTML5Translator.visit_image(translator, node)
    source = Path(translator.builder.srcdir, node["candidates"].get("*", node["uri"]))
    tag = translator.body[-1]
    translator.body[-1] = tag.replace("<img ", f"<img {attributes(source)} ", 1)


def with_fewer_colors(picture: Image.Image) -> Image.Image:
    """减到 ``COLORS`` 种颜色；均方根误差（0–255）超过 ``LARGEST_ERROR`` 就原样返回。"""
    original = picture.convert("RGB")
    reduced = original.quantize(
        COLORS, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE
    )  # 先顾到每一种颜色，再求平均误差小：几个像素的星号也不变色
    difference = np.subtract(original, reduced.convert("RGB"), dtype=float)
    return reduced if np.sqrt(np.mean(difference**2)) <= LARGEST_ERROR else picture


def reduce_colors(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    for path in Path(app.outdir, app.builder.imagedir).glob("*.png"):
        with Image.open(path) as picture:
            if picture.mode == "P":
                continue
            reduced = with_fewer_colors(picture)
            if reduced is not picture:
                reduced.save(path, optimize=True)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(nodes.image, override=True, html=(visit_image, HTML5Translator.depart_image))
    app.connect("build-finished", reduce_colors)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
