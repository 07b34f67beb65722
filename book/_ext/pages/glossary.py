"""术语第一次在一章里出现，连到术语表；说明写在链接上，``previews.js`` 把它显示成浮窗。

标题、代码、公式、链接、小测与图题里的不算。术语表的每一行因此有一个由英文来的锚点：
“感受野” → ``#term-receptive-field``。
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docutils import nodes

from delivery.page_assets import serve_assets
from pages.section_search import GLOSSARY, kind, term_names
from typesetting.chinese_text import place
from typesetting.html_tag import Tag

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

LEFT_ALONE = (
    nodes.title, nodes.rubric, nodes.caption, nodes.reference, nodes.literal, nodes.literal_block,
    nodes.math, nodes.math_block, nodes.raw, nodes.footnote, nodes.footnote_reference, Tag,
)  # fmt: skip
"""这些节点里的字不动；``Tag`` 是小测。"""

OTHER_WORDS = ("收敛速度", "的速度", "影响速度", "轮流", "轮廓", "轮不到", "车轮", "两轮")
"""里面有术语的字，说的却不是那个术语。"""


@dataclass(frozen=True)
class Entry:
    """术语表里的一行。"""

    anchor: str
    names: tuple[str, ...]
    chinese: str
    english: str
    meaning: str

    def link(self, text: str, glossary: str) -> TermLink:
        """正文里连到这一行的 ``text``；``glossary`` 是术语表的地址。"""
        shown = {"term": self.chinese, "english": self.english, "meaning": self.meaning}
        data = {f"data-{name}": value for name, value in shown.items()}
        return TermLink("", text, html={"href": f"{glossary}#{self.anchor}", **data})


class TermLink(nodes.Inline, nodes.TextElement):
    """连到术语表的一个词。"""


def visit_term_link(translator: HTML5Translator, node: TermLink) -> None:
    translator.body.append(translator.starttag(node, "a", "", CLASS="term", **node["html"]))


def depart_term_link(translator: HTML5Translator, node: TermLink) -> None:
    translator.body.append("</a>")


def entries(doctree: nodes.document) -> Iterator[tuple[nodes.row, Entry]]:
    """术语表的各行；符号表的行不算。"""
    for row in doctree.findall(nodes.row):
        if names := term_names(row):
            chinese, english, meaning = (cell.astext() for cell in row.findall(nodes.entry))
            anchor = "term-" + nodes.make_id(english.split(",")[0])
            known = tuple(name for name in names if not name.isascii())
            yield row, Entry(anchor, known, chinese, english, meaning)


def pieces(
    text: str, known: Iterable[Entry], met: set[Entry]
) -> Iterator[tuple[str, Entry | None]]:
    """把 ``text`` 切成几段：不在 ``met`` 里的术语各一段，随即记进 ``met``；别的字没有术语。

    Examples
    --------
    >>> epoch = Entry("term-epoch", ("轮",), "轮", "epoch", "把全部样本用过一遍")
    >>> [(part, entry is epoch) for part, entry in pieces("轮流走，每轮十步", [epoch], set())]
    [('轮流走，每', False), ('轮', True), ('十步', False)]
    """
    by_name: dict[str, Entry | None] = dict.fromkeys(OTHER_WORDS)
    by_name |= {name: entry for entry in known for name in entry.names}
    longest_first = sorted(by_name, key=len, reverse=True)
    end = 0
    for match in re.finditer("|".join(map(re.escape, longest_first)), text):
        entry = by_name[match[0]]
        if entry is not None and entry not in met:
            met.add(entry)
            yield text[end : match.start()], None
            yield match[0], entry
            end = match.end()
    yield text[end:], None


def name_rows(app: Sphinx, doctree: nodes.document) -> None:
    """术语表的每一行有锚点；各章随它重建。"""
    if app.env.docname == GLOSSARY:
        for row, entry in entries(doctree):
            row["ids"].append(entry.anchor)
    elif kind(app.env.docname) == "chapter" and GLOSSARY in app.env.found_docs:
        app.env.note_dependency(app.env.doc2path(GLOSSARY))


def ancestors(node: nodes.Node) -> Iterator[nodes.Node]:
    """``node`` 的父节点、祖父节点……直到文档。"""
    while node.parent is not None:
        node = node.parent
        yield node


def mark(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """一章里，每个术语第一次出现的地方换成链接。"""
    if app.builder.format != "html" or kind(page) != "chapter":
        return
    if GLOSSARY not in app.env.found_docs:
        return
    known = [entry for _, entry in entries(app.env.get_doctree(GLOSSARY))]
    address = app.builder.get_relative_uri(page, GLOSSARY)
    met: set[Entry] = set()
    for text in list(doctree.findall(nodes.Text)):
        if any(isinstance(node, LEFT_ALONE) for node in ancestors(text)):
            continue
        parts = [(part, entry) for part, entry in pieces(str(text), known, met) if part]
        if any(entry for _, entry in parts):
            here = place(text)
            text.parent[here : here + 1] = [
                entry.link(part, address) if entry else nodes.Text(part) for part, entry in parts
            ]


def previewed(page: str, doctree: nodes.document | None) -> bool:
    """页上有术语、公式与图的引用，或文献的引用。"""
    return kind(page) == "chapter" or (
        doctree is not None and any(doctree.findall(nodes.footnote_reference))
    )


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(TermLink, html=(visit_term_link, depart_term_link))
    app.connect("doctree-read", name_rows)
    app.connect("doctree-resolved", mark)
    serve_assets(app, "pages/previews.js", "pages/previews.css", needed=previewed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
