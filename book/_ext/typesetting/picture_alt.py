"""正文里的每幅图都要有替代文字。

看不见图的读者靠它知道图上有什么。没有写，或者只是文件名，都是一条警告，``-W`` 的构建会失败。
笔记本里的图在单元的元数据里写：``{"mystnb": {"image": {"alt": "……"}}}``。
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)


class Pictures(HTMLParser):
    """收集一段 HTML 里的图片：（地址，替代文字）。"""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            values = dict(attrs)
            self.found.append((values.get("src") or "", (values.get("alt") or "").strip()))


def without_alt(html: str) -> Iterator[str]:
    """逐个给出 ``html`` 里没有替代文字的图片地址。

    Examples
    --------
    >>> list(without_alt('<img src="a/1f.png" alt="a/1f.png"><img src="b.png" alt="一条曲线">'))
    ['a/1f.png']
    """
    pictures = Pictures()
    pictures.feed(html)
    for source, alt in pictures.found:
        if not alt or PurePosixPath(alt).stem == PurePosixPath(source).stem:
            yield source


def warn_without_alt(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    for source in without_alt(context.get("body", "")):
        logger.warning("图片 %s 没有替代文字", source, location=pagename, type="picture_alt")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", warn_without_alt)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
