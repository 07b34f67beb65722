"""docutils 写出的几个标签，换成读屏软件与 axe 都认得的。

- 表头里空着的一格不是表头，是普通的一格；
- 参考文献列表里的一条是列表的一项：docutils 用的 ``doc-biblioentry`` 已经废止。
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def visit_entry(translator: HTML5Translator, node: nodes.entry) -> None:
    HTML5Translator.visit_entry(translator, node)
    blank = not any(isinstance(inside, (nodes.Text, nodes.image)) for inside in node.findall())
    if blank and translator.context[-1].startswith("</th>"):
        translator.body[-1] = translator.body[-1].replace("<th", "<td", 1)
        translator.context[-1] = translator.context[-1].replace("</th>", "</td>")


def visit_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    HTML5Translator.visit_citation(translator, node)
    translator.body[-1] = translator.body[-1].replace('"doc-biblioentry"', '"listitem"')


def setup(app: Sphinx) -> dict[str, bool]:
    for node, visit in ((nodes.entry, visit_entry), (nodes.citation, visit_citation)):
        depart = getattr(HTML5Translator, f"depart_{node.__name__}")
        app.add_node(node, override=True, html=(visit, depart))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
