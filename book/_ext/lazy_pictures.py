"""图读到附近再取，位置先留好。

一章有十几幅图。浏览器先取文字，图等读者快读到时再取；宽和高写在标签里，
图到之前版面就不会跳。
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import imagesize
from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

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


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(nodes.image, override=True, html=(visit_image, HTML5Translator.depart_image))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
