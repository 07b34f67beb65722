"""图要轻：读到附近再取，位置先留好，颜色减到够用；深色主题与窄屏各有自己的一份。

一章有十几幅图。浏览器先取文字，图等读者快读到时再取；宽和高写在标签里，
图到之前版面就不会跳。PNG 都换成 WebP：曲线图先减少颜色（``dlbasics.figures.palette``），再无损
压缩；照片按质量压缩，看不出差别，大小只有几分之一。

``dlbasics.figures.picture`` 画的图写明了版面，另外做出深色的（``dark_pictures``）与窄的
（``narrow_pictures``）。一页里两种颜色都有标签，不显示的不取。
"""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import imagesize
from docutils import nodes
from PIL import Image
from sphinx.writers.html5 import HTML5Translator

from delivery.dark_pictures import dark
from delivery.narrow_pictures import narrow, written
from dlbasics.figures.palette import with_fewer_colors
from dlbasics.figures.picture import KEYWORD, PIXELS_PER_UNIT

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PHONE = "(max-width: 600px)"


def attributes(path: Path) -> str:
    """``path`` 这幅图的 ``loading``、``width``、``height``；量不出大小就只有第一个。"""
    width, height = imagesize.get(path) if path.is_file() else (-1, -1)
    scale = PIXELS_PER_UNIT if layout(path) else 1
    size = size_of(width / scale, height / scale) if min(width, height) > 0 else ""
    return f'loading="lazy"{size}'


def size_of(width: float, height: float) -> str:
    return f' width="{width:.0f}" height="{height:.0f}"'


def layout(path: Path) -> dict[str, Any] | None:
    """画图时写进 PNG 的版面；别处来的图没有。"""
    if path.suffix != ".png" or not path.is_file():
        return None
    with Image.open(path) as picture:
        text = picture.info.get(KEYWORD)
    return json.loads(text) if text else None


def visit_image(translator: HTML5Translator, node: nodes.image) -> None:
    """一幅图的标签；写明了版面的，深浅各一个，窄屏上换成断开的一份。"""
    source = Path(translator.builder.srcdir, node["candidates"].get("*", node["uri"]))
    page = layout(source)
    if page is not None:  # 笔记本里写死的宽与高，窄屏上会把图压扁
        node.attributes = {k: v for k, v in node.attributes.items() if k not in ("width", "height")}
    HTML5Translator.visit_image(translator, node)
    tag = translator.body.pop().replace("<img ", f"<img {attributes(source)} ", 1)
    if page is None or translator.builder.name != "html" or is_stand_in(node):
        translator.body.append(tag)
        return
    with Image.open(source) as picture:
        cut = narrow(picture.convert("RGB"), written(picture), page["panels"])
    for theme in ("light", "dark"):
        one = tag.replace("<img ", f'<img class="only-{theme}" ', 1)
        if theme == "dark":
            one = re.sub(r'(src="[^"]+)\.png"', r'\1-dark.webp"', one)
        narrower = ""
        if cut is not None:
            address = re.search(r'src="([^"]+)\.\w+"', one)[1]
            size = size_of(cut.width / PIXELS_PER_UNIT, cut.height / PIXELS_PER_UNIT)
            narrower = f'<source media="{PHONE}" srcset="{address}-narrow.webp"{size}>'
        translator.body.append(f"<picture>{narrower}{one}</picture>")


def is_stand_in(node: nodes.Node) -> bool:
    """可操作的图醒来之前的替身，很少看得见。"""
    while (node := node.parent) is not None:
        if "live-picture" in node.get("classes", []):
            return True
    return False


def write_webp(source: Path) -> None:
    """把 PNG 换成 WebP；写明了版面的，连同深色的与窄的。"""
    page = layout(source)
    with Image.open(source) as opened:
        reduced = opened if opened.mode == "P" else with_fewer_colors(opened)
        picture, drawing = reduced.convert("RGB"), reduced.mode == "P"
        pictures = {"": picture}
        if page is not None:
            ink = written(opened)
            pictures["-dark"] = dark(picture, page["images"])
            for name, one in list(pictures.items()):
                cut = narrow(one, ink, page["panels"])
                if cut is not None:
                    pictures[f"{name}-narrow"] = cut
    for name, one in pictures.items():
        path = source.with_name(f"{source.stem}{name}.webp")
        path.write_bytes(webp(one, lossless=True) if drawing else webp(one, quality=60, method=6))


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
        write_webp(path)
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
