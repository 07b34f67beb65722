"""一个文档节点对应一个 HTML 元素，供别的扩展拼出语义 HTML；只支持网页输出。"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

VOID = {"input"}


class Tag(nodes.General, nodes.Element):
    """一个 HTML 元素：``Tag("label", 子节点…, html={"for": "…"}, classes=[…])``。"""

    def __init__(
        self,
        tag: str = "",
        *children: nodes.Node,
        rawsource: str = "",  # 复制时 docutils 给的
        html: dict | None = None,
        **keywords,
    ):
        super().__init__(rawsource, *children, tag=tag, html=html or {}, **keywords)


def visit_tag(translator: HTML5Translator, node: Tag) -> None:
    translator.body.append(translator.starttag(node, node["tag"], "", **node["html"]))


def depart_tag(translator: HTML5Translator, node: Tag) -> None:
    if node["tag"] not in VOID:
        translator.body.append(f"</{node['tag']}>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(Tag, html=(visit_tag, depart_tag))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
