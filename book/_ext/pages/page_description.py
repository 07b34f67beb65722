"""每一页的简介：搜索引擎与分享时显示的那两三句，取自页首的正文。"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from docutils import nodes

from pages.section_search import section_text

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LONGEST = 120
"""简介最多这么多字；搜索引擎显示的也差不多这么长。"""

BOOK = "一门中文的深度学习基础课：卷积与梯度下降，公式、代码与实验都能自己验证。"


def description(text: str) -> str:
    r"""``text`` 开头的整句，合起来不超过 ``LONGEST`` 字；第一句就太长时，截断它。

    Examples
    --------
    >>> description("小球松手就滚。它为什么快？\n" + "很长" * 60 + "。")
    '小球松手就滚。它为什么快？'
    >>> len(description("长" * 200 + "。"))
    120
    """
    sentences = re.findall(r"[^。？\n]+[。？]?", text)
    whole = ""
    for sentence in sentences:
        if len(whole + sentence) > LONGEST:
            break
        whole += sentence
    return whole or text[: LONGEST - 1] + "…"


def describe(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict,
    doctree: nodes.document | None,
) -> None:
    top = next(doctree.findall(nodes.section), None) if doctree else None
    text = section_text(top, {}) if top else ""
    content = escape(description(text) if text else BOOK)
    tag = f'<meta name="description" content="{content}">\n'
    context["metatags"] = context.get("metatags", "") + tag


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
