"""正文少占元素：一章有几十格、几十处引用，docutils 给每一处都多套了一层。

- 表格里只有一段的一格，不再套一层 ``<p>``；
- 引文编号的两个方括号是文字，不各占一个元素。
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

if TYPE_CHECKING:
    from sphinx.application import Sphinx

Visit = Callable[[HTML5Translator, nodes.Element], None]
BRACKET = re.compile(r'<span class="fn-bracket">(.)</span>')


def fills_a_cell(node: nodes.paragraph) -> bool:
    """这一段是不是表格一格里的全部，自己又没有样式与锚点。"""
    alone = isinstance(node.parent, nodes.entry) and len(node.parent) == 1
    return alone and not node["ids"] and not node["classes"]


def visit_paragraph(translator: HTML5Translator, node: nodes.paragraph) -> None:
    if not fills_a_cell(node):
        HTML5Translator.visit_paragraph(translator, node)


def depart_paragraph(translator: HTML5Translator, node: nodes.paragraph) -> None:
    if not fills_a_cell(node):
        HTML5Translator.depart_paragraph(translator, node)


def with_plain_brackets(visit: Visit) -> Visit:
    """``visit`` 写出的方括号不各占一个元素。"""

    def visited(translator: HTML5Translator, node: nodes.Element) -> None:
        start = len(translator.body)
        visit(translator, node)
        translator.body[start:] = [BRACKET.sub(r"\1", part) for part in translator.body[start:]]

    return visited


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(nodes.paragraph, override=True, html=(visit_paragraph, depart_paragraph))
    for node in (nodes.footnote_reference, nodes.label):
        both = [getattr(HTML5Translator, f"{way}_{node.__name__}") for way in ("visit", "depart")]
        app.add_node(node, override=True, html=tuple(map(with_plain_brackets, both)))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
