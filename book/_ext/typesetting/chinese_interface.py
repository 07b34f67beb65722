"""界面上的每个词都是中文。

Sphinx 与主题自带的译文缺了一些词，也有几处不合用；这里的 ``WORDS`` 优先于它们。
主题里没有留给译文的词，写在 ``book/_templates`` 的几个小模板里；
写死在正文里、又盖住了折叠框自己的字的，在 ``drop_label`` 里去掉。
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

WORDS = {
    "Back to top": "回到顶部",
    "Color mode": "配色",
    "Dark": "深色",
    "Light": "浅色",
    "Link to this equation": "这条公式的链接",
    "Link to this heading": "这一节的链接",
    "Link to this image": "这幅图的链接",
    "Link to this table": "这张表的链接",
    "Link to this code": "这段代码的链接",
    "Link to this term": "这个术语的链接",
    "Link to this definition": "这个名字的链接",
    "Examples": "例子",
    "References": "参考",
    "Yields": "依次给出",
    "Search": "搜索",
    "Skip to main content": "跳到正文",
    "System Settings": "跟随系统",
    "Version warning": "版本提示",
    "next": "下一页",
    "next page": "下一页",
    "previous": "上一页",
    "previous page": "上一页",
}

HARD_CODED = ' aria-label="Toggle hidden content"'


def prefer_words(gettext: Callable[[str], str]) -> Callable[[str], str]:
    """先查 ``WORDS``，没有的再交给原来的译文。"""
    return lambda message: WORDS.get(message) or gettext(message)


def install(app: Sphinx) -> None:
    if app.builder.format == "html":
        app.translator.gettext = prefer_words(app.translator.gettext)
        app.builder.templates.environment.install_gettext_translations(app.translator)


def drop_label(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """折叠框的名字就是上面写着的“展开代码”或“收起代码”。"""
    context["body"] = context.get("body", "").replace(HARD_CODED, "")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", install)
    app.connect("html-page-context", drop_label)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
