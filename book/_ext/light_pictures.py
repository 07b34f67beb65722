"""图要轻：读到附近再取，位置先留好，颜色减到够用。

一章有十几幅图。浏览器先取文字，图等读者快读到时再取；宽和高写在标签里，
图到之前版面就不会跳。曲线图减少颜色（``dlbasics.figures.palette``），照片原样不动。
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import imagesize
from docutils import nodes
from PIL import Image
from sphinx.writers.html5 import HTML5Translator

from dlbasics.figures.palette import with_fewer_colors

if TYPE_CHECKING:
    from sphinx.application import Sphinx


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
