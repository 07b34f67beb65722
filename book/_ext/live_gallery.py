"""一页看到全部可操作的图：取笔记本里存下的静态图，缩小，连到原处。

每行是笔记本（从本页所在的文件夹算起）、图前的标签、图注；标签也是那个单元的 id::

    ```{live-gallery}
    descent/momentum.ipynb live-damping-map 动量法的相图
    ```
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.statemachine import StringList
from light_pictures import webp
from PIL import Image
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

WIDTH = 480


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
        card += nodes.raw("", thumbnail(find_cell(Path(path), label)), format="html")
        text = StringList([f"{{ref}}`{caption} <{label}>`"], self.get_source_info()[0])
        self.state.nested_parse(text, 0, card)
        return card


def find_cell(notebook: Path, cell_id: str) -> dict[str, Any]:
    """``notebook`` 里 id 为 ``cell_id`` 的单元。"""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    found = [cell for cell in cells if cell["id"] == cell_id]
    if not found:
        raise ValueError(f"{notebook.name} 里没有 id 为 {cell_id!r} 的单元")
    return found[0]


def thumbnail(cell: dict[str, Any]) -> str:
    """单元存下的静态图，缩成 ``WIDTH`` 宽，写成 ``<img>``。"""
    stored = "".join(cell["outputs"][0]["data"]["image/png"])
    with Image.open(BytesIO(b64decode(stored))) as picture:
        height = round(picture.height * WIDTH / picture.width)
        small = picture.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
    data = b64encode(webp(small, quality=80)).decode()
    alt = escape(cell["metadata"]["mystnb"]["image"]["alt"])
    return (
        f'<img src="data:image/webp;base64,{data}" alt="{alt}"'
        f' width="{WIDTH}" height="{height}" loading="lazy">'
    )


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("live-gallery", LiveGallery)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
