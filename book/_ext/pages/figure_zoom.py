"""有图题的静态图可以放大看；按钮由 ``zoom.js`` 放进图题那一行，位置先留好。"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from delivery.page_assets import serve_assets

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def has_figures(pagename: str, doctree: nodes.document | None) -> bool:
    return doctree is not None and any(doctree.findall(nodes.figure))


def setup(app: Sphinx) -> dict[str, bool]:
    serve_assets(app, "pages/zoom.js", "pages/zoom.css", needed=has_figures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
