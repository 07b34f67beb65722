"""一页看到全部可操作的图：取笔记本里存下的静态图，裁出一格，缩小，连到原处。

缩小的图是文件，读到那里才取；深色主题里另有一份。

每行是笔记本（从本页所在的文件夹算起）、图前的标签、图注；标签也是那个单元的 id::

    ```{live-gallery}
    descent/momentum.ipynb live-damping-map 动量法的相图
    ```
"""

from __future__ import annotations

import json
from base64 import b64decode
from hashlib import sha256
from html import escape
from io import BytesIO
from pathlib import Path
from posixpath import dirname, relpath
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.statemachine import StringList
from PIL import Image, ImageOps
from sphinx.util.docutils import SphinxDirective
from sphinx.util.fileutil import copy_asset

from delivery.dark_pictures import dark
from delivery.light_pictures import webp
from dlbasics.figures.picture import KEYWORD

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

WIDTH, HEIGHT = 480, 240
"""卡片上的一格。"""

SMALL_WIDTH, DENSITY = 256, 1.5
"""一页有几十幅时的整幅：多少个单位宽，一个单位几个像素。"""

#: 缩小的图放在这里：先在存文档树的文件夹里，构建结束时抄进网站。
FOLDER = "_images"


class LiveGallery(SphinxDirective):
    has_content = True

    def run(self) -> list[nodes.Node]:
        gallery = nodes.bullet_list(classes=["live-gallery"])
        gallery += [self.card(*line.split(maxsplit=2)) for line in self.content]
        return [gallery]

    def card(self, notebook: str, label: str, caption: str) -> nodes.list_item:
        """一张卡片：缩小的图，下面是连到原处的图注。"""
        _, path = self.env.relfn2path(notebook)
        self.env.note_dependency(path)
        card = nodes.list_item()
        cell = find_cell(Path(path), label)
        stored = "".join(cell["outputs"][0]["data"]["image/png"])
        alt = cell["metadata"]["mystnb"]["image"]["alt"]
        card += pictures(self.env, label, thumbnails(stored), 80, alt)
        text = StringList([f"{{ref}}`{caption} <{label}>`"], self.get_source_info()[0])
        self.state.nested_parse(text, 0, card)
        return card


def small_picture(env: BuildEnvironment, label: str, stored: str, alt: str) -> nodes.raw:
    """笔记本里存下的图，整幅缩小。"""
    whole, _ = themes(stored)
    width = round(SMALL_WIDTH * DENSITY)
    size = width, round(whole["light"].height * width / whole["light"].width)
    small = {name: one.resize(size, Image.Resampling.LANCZOS) for name, one in whole.items()}
    return pictures(env, label, small, 60, alt, DENSITY)


def pictures(
    env: BuildEnvironment,
    label: str,
    found: dict[str, Image.Image],
    quality: int,
    alt: str,
    density: float = 1,
) -> nodes.raw:
    """浅色与深色的两份，只有一份看得见；文件构建结束时抄进网站。"""
    kept = Path(env.doctreedir, FOLDER)
    kept.mkdir(exist_ok=True)
    tags = []
    for theme, picture in found.items():
        data = webp(picture, quality=quality)
        name = f"{label}-{sha256(data).hexdigest()[:8]}.webp"
        (kept / name).write_bytes(data)
        address = relpath(f"{FOLDER}/{name}", dirname(env.docname))
        width, height = (round(pixels / density) for pixels in picture.size)
        size = f'width="{width}" height="{height}"'
        tags.append(
            f'<img class="only-{theme}" src="{address}" alt="{escape(alt)}" {size} loading="lazy">'
        )
    return nodes.raw("", "".join(tags), format="html")


def find_cell(notebook: Path, cell_id: str) -> dict[str, Any]:
    """``notebook`` 里 id 为 ``cell_id`` 的单元。"""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    found = [cell for cell in cells if cell["id"] == cell_id]
    if not found:
        raise ValueError(f"{notebook.name} 里没有 id 为 {cell_id!r} 的单元")
    return found[0]


def themes(stored: str) -> tuple[dict[str, Image.Image], list[dict[str, Any]]]:
    """笔记本里存下的静态图（base64 的 PNG），浅色与深色；和它的各格在哪里。"""
    with Image.open(BytesIO(b64decode(stored))) as opened:
        layout = json.loads(opened.info[KEYWORD])
        picture = opened.convert("RGB")
    return {"light": picture, "dark": dark(picture, layout["images"])}, layout["panels"]


def thumbnails(stored: str) -> dict[str, Image.Image]:
    """静态图最方正的一格，不带刻度，浅色与深色。"""
    whole, panels = themes(stored)
    boxes = [panel["axes"] for panel in panels]
    box = max(boxes, key=lambda box: min(box[2] - box[0], box[3] - box[1]))
    return {
        name: ImageOps.pad(one.crop(box), (WIDTH, HEIGHT), color=one.getpixel((0, 0)))
        for name, one in whole.items()
    }


def copy_thumbnails(app: Sphinx, error: Exception | None) -> None:
    kept = Path(app.doctreedir, FOLDER)
    if error is None and app.builder.format == "html" and kept.is_dir():
        copy_asset(kept, Path(app.outdir, FOLDER))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("live-gallery", LiveGallery)
    app.connect("build-finished", copy_thumbnails)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
