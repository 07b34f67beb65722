"""运行本章：章首有一个按钮，按了以后代码单元就能改、能依次运行。

按钮写在页面里，``run_chapter.js`` 等读者按它才叫来 ``practice/chapter.js``、下载 Python。哪一格
不能运行、哪一格要算得久，写在 ``book/_practice/chapters.yml`` 里，读者按之前就看到。
没有写在那里的章没有核对过，也就没有按钮；取不到画图的库时都没有。
"""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx

from delivery.page_assets import serve_assets
from in_browser import chapter_files, practice_page

NOTES = Path(__file__).parents[2] / "_practice" / "chapters.yml"
LIVE = "from dlbasics.live import"
BAR = """\
<div class="run-chapter">
<button type="button" class="run-chapter-button">运行本章</button>
<span class="run-chapter-note">把代码变成能改、能运行的。首次约 {size} MB，以后不再下载。</span>
</div>
<noscript><style>.run-chapter {{ display: none; }}</style></noscript>
"""


@cache
def available() -> bool:
    """浏览器里的 Python 与画图的库都取到了。"""
    return practice_page.vendored() is not None and bool(chapter_files.served())


@cache
def notes() -> dict[str, dict[str, dict[str, str]]]:
    """章 → 单元的 id → 它在网页里怎么不一样。"""
    return yaml.safe_load(NOTES.read_text(encoding="utf-8"))


def runs(page: str, doctree: nodes.document | None = None) -> bool:
    """这一页是能运行的章。"""
    return available() and page.removeprefix("book/") in notes()


def cells(notebook: str, chapter: str) -> list[dict[str, str]]:
    """一章的代码单元，依次是读者在那一格要知道的：``live``、``cannot``、``slow``、``differs``。"""
    known = notes()[chapter]
    code = [cell for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]
    return [
        {"live": "1"} if LIVE in "".join(cell["source"]) else known.get(cell["id"], {})
        for cell in code
    ]


def add_button(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """章名之下放按钮，页尾写进浏览器要知道的。"""
    if not runs(page):
        return
    to = context["pathto"]
    contents = {
        **{name: len(content) for name, content in practice_page.served().items()},
        **{f"../chapters/{k}": len(content) for k, content in chapter_files.served().items()},
    }
    notebook = Path(app.env.doc2path(page)).read_text(encoding="utf-8")
    settings = {
        "base": to("_static/python/", 1),
        "version": practice_page.version(),
        "files": [{"name": name, "bytes": size} for name, size in contents.items()],
        "packages": ["numpy", *chapter_files.PACKAGES],
        "editor": practice_page.vendored()[1] is not None,
        "style": to("_static/practice.css", 1),
        "licenses": to("book/appendix/licenses"),
        "cells": cells(notebook, page.removeprefix("book/")),
    }
    bar = BAR.format(size=-(-sum(contents.values()) // 10**6))
    head, title, rest = context["body"].partition("</h1>")
    text = json.dumps(settings, ensure_ascii=False).replace("</", "<\\/")
    script = f'<script type="application/json" id="chapter-settings">{text}</script>\n'
    context["body"] = f"{head}{title}\n{bar}{rest}{script}"


def write_files(app: Sphinx, error: Exception | None) -> None:
    folder = Path(app.outdir, "_static", "chapters")
    if error is not None or app.builder.format != "html":
        return
    shutil.rmtree(folder, ignore_errors=True)
    if available():
        folder.mkdir()
        for name, content in chapter_files.served().items():
            (folder / name).write_bytes(content)


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("in_browser.practice_page")
    serve_assets(app, "run_chapter.js", "run_chapter.css", needed=runs)
    app.connect("html-page-context", add_button)
    app.connect("build-finished", write_files, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
