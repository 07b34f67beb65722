"""中文排版的四件小事：换行不变成空格，粗体的句子之后没有缝，标点不落到公式的下一行，短名字不拆开。

Markdown 把一段话里的换行当作空格。这在西文里是对的，在汉字之间会留下一道缝。
规则：换行的一侧是全角标点，或者两侧都是汉字，就去掉它；汉字与西文之间仍是一个空格。

``**粗体。** 下文`` 里的空格是 Markdown 要的：不写，后一对星号就不作数。全角标点自己带着空，再空一格
就成了一道缝，所以不显示。

浏览器允许在行内公式之后断行，句号就可能独自落到下一行的开头。公式与紧跟它的标点因此包在一起，
不许断开；长公式仍可以在自己的几段之间断行（``mathml.py``）。

浏览器允许在 ``-lr`` 的负号之后断行，窄表格会把“去掉中间的汇聚”断成“去掉中间的汇”与“聚”。
不太长的代码只在空格处断行；表格第一列里的短名字、别的格子里三四个字的话不断行。
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms import SphinxTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: 汉字，写在正则表达式的方括号里；Python 与 JavaScript 都认。
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
PUNCTUATION = r"\u3001-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’…—"
SEAM = re.compile(
    rf"(?<=[{PUNCTUATION}])\n|\n(?=[{PUNCTUATION}])|(?<=[{HAN}])\n(?=[{HAN}])",
)
OPENING = re.compile(r"[（《“‘]+$")
ENDING = re.compile(r"[，。、；：？！）》”’]$")
LONGEST_WORD = 32
"""一段代码里最长的一个词不超过这么多个字符，词中间不断行。"""

LONGEST_NAME, LONGEST_CELL = 8, 4
"""表格第一列的名字、别的格子里的话，不超过这么多个字，不断行。"""

CLOSING = re.compile(r"[，。、；：？！）》”’]+")


def join_lines(text: str, before: str = "", after: str = "") -> str:
    r"""去掉 ``text`` 里中文之间的换行。

    Parameters
    ----------
    text : str
        一段文字。
    before, after : str
        紧挨在它前后的文字，只用来判断开头和结尾的换行。

    Returns
    -------
    str
        去掉换行以后的 ``text``，不含 ``before`` 与 ``after``。

    Examples
    --------
    >>> join_lines("小球滚下\n山坡，\nSGD\n也是")
    '小球滚下山坡，SGD\n也是'
    """
    before, after = before[-1:], after[:1]
    joined = SEAM.sub("", before + text + after)
    return joined[len(before) : len(joined) - len(after)]


def place(text: nodes.Text) -> int:
    """``text`` 是父节点的第几个孩子；按身份找，因为内容相同的文字可以有好几处。"""
    return next(i for i, node in enumerate(text.parent.children) if node is text)


def text_beside(text: nodes.Text, step: int) -> str:
    """``text`` 前面（``step=-1``）或后面（``step=1``）第一个不空的兄弟节点的文字。"""
    siblings, here = text.parent.children, place(text)
    beside = siblings[here + 1 :] if step > 0 else siblings[:here][::-1]
    return next(filter(None, (node.astext() for node in beside)), "")


def next_sibling(node: nodes.Element) -> nodes.Node | None:
    return node.next_node(descend=False, siblings=True)


class JoinChineseLines(SphinxTransform):
    default_priority = 500

    def apply(self, **kwargs: object) -> None:
        verbatim = (nodes.FixedTextElement, nodes.literal, nodes.math, nodes.raw)
        for text in list(self.document.findall(nodes.Text)):
            if "\n" not in text or isinstance(text.parent, verbatim):
                continue
            joined = join_lines(str(text), text_beside(text, -1), text_beside(text, 1))
            if joined != text:
                text.parent[place(text)] = nodes.Text(joined)


class CloseGaps(SphinxTransform):
    default_priority = JoinChineseLines.default_priority

    def apply(self, **kwargs: object) -> None:
        for strong in self.document.findall(nodes.strong):
            after = next_sibling(strong)
            if isinstance(after, nodes.Text) and ENDING.search(strong.astext()):
                strong.parent[place(after)] = nodes.Text(after.removeprefix(" "))


class KeepPunctuation(SphinxTransform):
    default_priority = JoinChineseLines.default_priority + 1

    def apply(self, **kwargs: object) -> None:
        for formula in list(self.document.findall(nodes.math)):
            self.keep(formula)

    def keep(self, formula: nodes.math) -> None:
        before, after = formula.previous_sibling(), next_sibling(formula)
        opening = OPENING.search(before) if isinstance(before, nodes.Text) else None
        closing = CLOSING.match(after) if isinstance(after, nodes.Text) else None
        if not (opening or closing):
            return
        kept = nodes.inline(classes=["keep-together"])
        formula.replace_self(kept)
        if opening:
            kept.parent[place(before)] = nodes.Text(before[: opening.start()])
            kept += nodes.Text(opening[0])
        kept += formula
        if closing:
            kept.parent[place(after)] = nodes.Text(after[closing.end() :])
            kept += nodes.Text(closing[0])


class KeepShortNames(SphinxTransform):
    default_priority = JoinChineseLines.default_priority

    def apply(self, **kwargs: object) -> None:
        for code in self.document.findall(nodes.literal):
            if all(len(word) <= LONGEST_WORD for word in code.astext().split()):
                code["classes"].append("short")
        for row in self.document.findall(nodes.row):
            for column, cell in enumerate(row):
                if len(cell.astext()) <= (LONGEST_CELL if column else LONGEST_NAME):
                    cell["classes"].append("short")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_transform(JoinChineseLines)
    app.add_transform(CloseGaps)
    app.add_transform(KeepPunctuation)
    app.add_transform(KeepShortNames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
