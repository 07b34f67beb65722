"""断网可读：构建好的页面不向别的主机要任何东西。

普通的链接（``<a href>``）可以指向别处，读者点了才去。脚本、样式、图片、字体、框架和
音视频会自己去取，所以必须在本站；发现一处外部地址就是一条警告，``-W`` 的构建会失败。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx

EXTERNAL = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
CSS_REFERENCE = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""", re.IGNORECASE)
FETCHED = {"src", "srcset", "poster", "data", "background"}
LINK_FETCHES = {
    "stylesheet", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch",
    "icon", "apple-touch-icon", "mask-icon", "manifest",
}  # fmt: skip
SVG_FETCHES = {"use", "image", "feimage"}

logger = logging.getLogger(__name__)


def css_references(css: str) -> Iterator[str]:
    """样式表里 ``url()`` 与 ``@import`` 的地址。"""
    for match in CSS_REFERENCE.finditer(css):
        yield match[1] or match[2]


class References(HTMLParser):
    """收集一个页面自己会去取的地址。"""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.in_style = tag == "style"
        self.found += css_references(values.get("style", ""))
        for name in FETCHED & values.keys():
            split = re.split(r"\s+|,\s+", values[name]) if name == "srcset" else [values[name]]
            self.found += split
        fetches = LINK_FETCHES & set(values.get("rel", "").lower().split())
        if (tag == "link" and fetches) or tag in SVG_FETCHES:
            self.found += [values.get("href", ""), values.get("xlink:href", "")]

    def handle_endtag(self, tag: str) -> None:
        self.in_style = False

    def handle_data(self, data: str) -> None:
        if self.in_style:
            self.found += css_references(data)


def references(path: Path) -> list[str]:
    """``path``（HTML、SVG 或 CSS）打开时会去取的全部地址。"""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        return list(css_references(text))
    parser = References()
    parser.feed(text)
    return parser.found


def external_references(site: Path) -> Iterator[tuple[Path, str]]:
    """逐个给出 ``site`` 里的外部地址和它所在的文件。"""
    for path in sorted(site.rglob("*")):
        if path.suffix in {".html", ".css", ".svg"}:
            for address in sorted(set(references(path))):
                if EXTERNAL.match(address):
                    yield path.relative_to(site), address


def warn_external(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        for path, address in external_references(Path(app.outdir)):
            logger.warning("%s 引用了外部资源 %s", path, address, type="offline")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", warn_external, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
