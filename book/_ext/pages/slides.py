"""每章一份幻灯片 ``book/slides/章名.html``：都从这一章里挑（``slide_cutting``），没有第二份文字。

放映用 reveal.js；公式、图与可操作的图就是网页上的那些，样式也是同一份，不连网。
讲的人按 S 看讲稿；``tools.slides`` 把它们印成 PDF。
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from jinja2 import Template
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole
from sphinx.util.osutil import relative_uri

from delivery.light_pictures import PHONE
from delivery.page_assets import ASSETS
from dlbasics.live.modules import style
from dlbasics.live.page import script
from pages.slide_cutting import deck
from typesetting.html_tag import Tag

FOLDER = "book/slides"
PAGE = ASSETS / "slides" / "page.html"
REVEAL = ASSETS / "vendor" / "reveal"
FILES = (
    ASSETS / "slides" / "slides.css",
    ASSETS / "slides" / "slides.js",
    REVEAL / "reveal.css",
    REVEAL / "reveal.js",
)
LIVE = re.compile(r'data-live="(\w+)"')
NARROW = re.compile(rf'<source media="{re.escape(PHONE)}"[^>]*>')
"""手机上断开的一份图；幻灯片在哪里都是横的，用不着。"""

SPEAKER = {
    "reveal.js - Speaker View": "讲稿",
    "Loading speaker view...": "正在打开讲稿……",
    ">Upcoming<": ">下一张<",
    '>Time <span class="reset-button">': '>时间 <span class="reset-button">',
    "Click to Reset": "点一下归零",
    "Pacing – Time to finish current slide": "这一张还有多久",
    ">Notes</h4>": ">讲稿</h4>",
    "'Default'": "'默认'",
    "'Wide'": "'宽'",
    "'Tall'": "'高'",
    "'Notes only'": "'只看讲稿'",
    "'Layout' + ( title ? ( ': '": "'版式' + ( title ? ( '：'",
    "'en-US', { hour12: true,": "'zh-CN', { hour12: false,",
    "0:00 AM": "0:00",
    "Error connecting to main window.<br>Please try closing and reopening the speaker view.": (
        "连不上放映的窗口。<br>请关上这个窗口，再按一次 S。"
    ),
    "Speaker view popup failed to open. Please make sure popups are allowed and reopen the "
    "speaker view.": "浏览器不许弹出讲稿的窗口。请允许，再按一次 S。",
}
"""讲稿窗口的英文与中文。"""


def in_chinese(notes: str) -> str:
    """讲稿窗口的脚本，界面换成中文。

    Raises
    ------
    ValueError
        有一句没有找到：reveal.js 换了版本。
    """
    for english, chinese in SPEAKER.items():
        if english not in notes:
            raise ValueError(
                f"notes.js 里应有“{english}”，没有找到；reveal.js 换了版本，要重新核对"
            )
        notes = notes.replace(english, chinese)
    return notes


def tags_of(path: Path) -> list[set[str]]:
    """笔记本各单元的标签。"""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [set(cell["metadata"].get("tags", ())) for cell in cells]


def write_deck(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """一章的网页写好的时候，也写好它的幻灯片。"""
    notebook = Path(app.srcdir, f"{page}.ipynb")
    if app.builder.name != "html" or doctree is None or not notebook.is_file():
        return
    slides = deck(doctree, tags_of(notebook), Path(app.srcdir))
    if not slides:
        return
    body = app.builder.render_partial(Tag("div", *slides, classes=["slides"]))["fragment"]
    body = NARROW.sub("", body)
    names = sorted(set(LIVE.findall(body)))
    values = {
        "title": doctree.next_node(nodes.title).astext(),
        "chapter": f"../{page.removeprefix('book/')}.html",
        "body": body,
        "style": style(*names) if names else "",
        "script": script(names) if names else "",
    }
    target = Path(app.outdir, FOLDER, f"{Path(page).name}.html")
    target.parent.mkdir(parents=True, exist_ok=True)
    template = Template(PAGE.read_text(encoding="utf-8"), keep_trailing_newline=True)
    target.write_text(template.render(values), encoding="utf-8")


def copy_files(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.name == "html":
        folder = Path(app.outdir, "_static", "slides")
        folder.mkdir(parents=True, exist_ok=True)
        for path in FILES:
            shutil.copy(path, folder)
        notes = (REVEAL / "notes.js").read_text(encoding="utf-8")
        (folder / "notes.js").write_text(in_chinese(notes), encoding="utf-8")


class Slides(SphinxRole):
    """``{slides}`章名```：到这一章的幻灯片。"""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        here, there = (f"{page}.html" for page in (self.env.docname, f"{FOLDER}/{self.text}"))
        link = nodes.reference("", "幻灯片", refuri=relative_uri(here, there), internal=True)
        return [link], []


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("typesetting.html_tag")
    app.add_role("slides", Slides())
    app.connect("html-page-context", write_deck)
    app.connect("build-finished", copy_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
