"""读到哪里、答了哪些小测，都记在读者的浏览器里。

这里只告诉 ``progress.js`` 有哪些章，每章有哪些小测。
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from docutils import nodes

from delivery.page_assets import serve_assets
from pages.section_search import kind

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


def quizzes(doctree: nodes.document) -> list[str]:
    """一章里各道小测的编号。"""
    return [node["ids"][0] for node in doctree.findall(nodes.Element) if "quiz" in node["classes"]]


def list_chapters(app: Sphinx, env: BuildEnvironment) -> None:
    chapters = [page for page in sorted(env.found_docs) if kind(page) == "chapter"]
    app.book_chapters = {page: quizzes(env.get_doctree(page)) for page in chapters}  # type: ignore[attr-defined]


def tell(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    known = json.dumps(app.book_chapters, separators=(",", ":"))  # type: ignore[attr-defined]
    app.add_js_file(None, body=known, type="application/json", id="chapters")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("env-updated", list_chapters)
    app.connect("html-page-context", tell)
    serve_assets(app, "pages/progress.js", "pages/progress.css", needed=lambda page, doctree: True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
