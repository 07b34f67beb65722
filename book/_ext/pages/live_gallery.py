"""一页看到全部可操作的图：取笔记本里存下的静态图，缩小，连到原处；缩小的图是文件，读到那里才取。

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
from typing import TYPE_CHECKING, Any, NamedTuple

from docutils import nodes
from docutils.statemachine import StringList
from PIL import Image
from sphinx.util.docutils import SphinxDirective
from sphinx.util.fileutil import copy_asset

from delivery.light_pictures import webp

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

WIDTH, QUALITY = 480, 80
SMALL_WIDTH, SMALL_QUALITY = 256, 60
"""卡片上的，与一页有几十幅时的。"""

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
        card += small_picture(self.env, label, stored, alt)
        text = StringList([f"{{ref}}`{caption} <{label}>`"], self.get_source_info()[0])
        self.state.nested_parse(text, 0, card)
        return card


def small_picture(
    env: BuildEnvironment, label: str, stored: str, alt: str, *, smaller: bool = False
) -> nodes.raw:
    """笔记本里存下的图缩小以后的一幅；文件构建结束时抄进网站。"""
    small = thumbnail(stored, *(SMALL_WIDTH, SMALL_QUALITY) if smaller else (WIDTH, QUALITY))
    name = f"{label}-{sha256(small.data).hexdigest()[:8]}.webp"
    kept = Path(env.doctreedir, FOLDER, name)
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(small.data)
    address = relpath(f"{FOLDER}/{name}", dirname(env.docname))
    return nodes.raw("", small.tag(address, escape(alt)), format="html")


def find_cell(notebook: Path, cell_id: str) -> dict[str, Any]:
    """``notebook`` 里 id 为 ``cell_id`` 的单元。"""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    found = [cell for cell in cells if cell["id"] == cell_id]
    if not found:
        raise ValueError(f"{notebook.name} 里没有 id 为 {cell_id!r} 的单元")
    return found[0]


class Thumbnail(NamedTuple):
    """一幅缩小的图：WebP 文件的内容，宽与高。"""

    data: bytes
    width: int
    height: int

    def tag(self, address: str, alt: str) -> str:
        size = f'width="{self.width}" height="{self.height}"'
        return f'<img src="{address}" alt="{alt}" {size} loading="lazy">'


def thumbnail(stored: str, width: int, quality: int) -> Thumbnail:
    """笔记本里存下的静态图（base64 的 PNG），缩成 ``width`` 宽。"""
    with Image.open(BytesIO(b64decode(stored))) as picture:
        height = round(picture.height * width / picture.width)
        small = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    return Thumbnail(webp(small, quality=quality), width, height)


def copy_thumbnails(app: Sphinx, error: Exception | None) -> None:
    kept = Path(app.doctreedir, FOLDER)
    if error is None and app.builder.format == "html" and kept.is_dir():
        copy_asset(kept, Path(app.outdir, FOLDER))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("live-gallery", LiveGallery)
    app.connect("build-finished", copy_thumbnails)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
