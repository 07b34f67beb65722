"""源文件里的换行不在中文里变成空格。

Markdown 把一段话里的换行当作空格。这在西文里是对的，在汉字之间会留下一道缝。
规则：换行的一侧是全角标点，或者两侧都是汉字，就去掉它；汉字与西文之间仍是一个空格。
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms import SphinxTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
PUNCTUATION = r"\u3001-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’…—"
SEAM = re.compile(
    rf"(?<=[{PUNCTUATION}])\n|\n(?=[{PUNCTUATION}])|(?<=[{HAN}])\n(?=[{HAN}])",
)


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


def text_beside(text: nodes.Text, step: int) -> str:
    """``text`` 前面（``step=-1``）或后面（``step=1``）第一个不空的兄弟节点的文字。"""
    siblings = text.parent.children
    here = next(i for i, node in enumerate(siblings) if node is text)
    beside = siblings[here + 1 :] if step > 0 else siblings[:here][::-1]
    return next(filter(None, (node.astext() for node in beside)), "")


class JoinChineseLines(SphinxTransform):
    default_priority = 500

    def apply(self, **kwargs: object) -> None:
        verbatim = (nodes.FixedTextElement, nodes.literal, nodes.math, nodes.raw)
        for text in list(self.document.findall(nodes.Text)):
            if "\n" not in text or isinstance(text.parent, verbatim):
                continue
            joined = join_lines(str(text), text_beside(text, -1), text_beside(text, 1))
            if joined != text:
                text.parent.replace(text, nodes.Text(joined))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_transform(JoinChineseLines)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
