"""图要轻：读到附近再取，位置先留好，颜色减到够用。

一章有十几幅图。浏览器先取文字，图等读者快读到时再取；宽和高写在标签里，
图到之前版面就不会跳。PNG 都换成 WebP：曲线图先减少颜色（``dlbasics.figures.palette``），再无损
压缩；照片按质量 90 压缩，看不出差别，大小只有几分之一。
"""

from __future__ import annotations

import re
from io import BytesIO
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


def write_webp(picture: Image.Image, path: Path) -> None:
    """存成 WebP：减了颜色的无损图，与质量 72 的原图，哪个小用哪个。"""
    reduced = picture if picture.mode == "P" else with_fewer_colors(picture)
    candidates = [webp(picture, quality=72)]
    if reduced.mode == "P":
        candidates.append(webp(reduced, lossless=True))
    path.write_bytes(min(candidates, key=len))


def webp(picture: Image.Image, **options: object) -> bytes:
    """``picture`` 的 WebP 文件内容。"""
    file = BytesIO()
    picture.convert("RGB").save(file, "WEBP", **options)
    return file.getvalue()


def lighten(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    lightened = {}
    for path in Path(app.outdir, app.builder.imagedir).glob("*.png"):
        with Image.open(path) as picture:
            write_webp(picture, path.with_suffix(".webp"))
        path.unlink()
        lightened[path.name] = path.with_suffix(".webp").name
    if lightened:
        names = re.compile("|".join(map(re.escape, lightened)))
        for page in Path(app.outdir).rglob("*.html"):
            html = page.read_text(encoding="utf-8")
            page.write_text(names.sub(lambda name: lightened[name[0]], html), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(nodes.image, override=True, html=(visit_image, HTML5Translator.depart_image))
    app.connect("build-finished", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
