"""分享与收录：Open Graph 的标签、规范网址与 ``sitemap.xml``。

网站放在哪里，只由环境变量 ``BOOK_URL`` 说，发布的工作流会写上它。不由仓库去猜：猜出来的网址也许
没有网站，那样的规范网址会让搜索引擎丢掉这一份。没有说，就没有规范网址、分享的图与 sitemap。
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape as xml_escape

from docutils import nodes
from PIL import Image, ImageOps

from pages.page_footer import changed_on

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

FOLDER = "_images/share"
SIZE = 1200, 630
"""分享的图多大：各家都按这个比例裁。"""


def site_url(environment: Mapping[str, str]) -> str:
    """网站的网址，末尾有斜线；没有说就是空字符串。

    Parameters
    ----------
    environment : mapping
        环境变量，只看 ``BOOK_URL``。

    Raises
    ------
    ValueError
        ``BOOK_URL`` 不以 ``http://`` 或 ``https://`` 开头。

    Examples
    --------
    >>> site_url({"BOOK_URL": "https://example.org/book"})
    'https://example.org/book/'
    >>> site_url({})
    ''
    """
    given = environment.get("BOOK_URL", "")
    if not given:
        return ""
    if not given.startswith(("https://", "http://")):
        raise ValueError(f"BOOK_URL 应以 https:// 开头，现在是 {given!r}")
    return given.rstrip("/") + "/"


def find_out(app: Sphinx, config: Config) -> None:
    """Sphinx 由 ``html_baseurl`` 写规范网址。"""
    config.html_baseurl = config.html_baseurl or site_url(os.environ)


def write_picture(app: Sphinx, page: str, doctree: nodes.document | None) -> tuple[str, str] | None:
    """把一页的第一幅静态图存成分享的图；返回（从网站算起的地址，替代文字）。"""
    figure = next(doctree.findall(nodes.figure), None) if doctree else None
    image = next(figure.findall(nodes.image), None) if figure else None
    if image is None:
        return None
    address = f"{FOLDER}/{page.replace('/', '-')}.jpg"
    target = Path(app.outdir, address)
    target.parent.mkdir(parents=True, exist_ok=True)
    source = image["candidates"].get("*", image["uri"])
    with Image.open(Path(app.srcdir, source)) as picture:
        shown = ImageOps.pad(picture.convert("RGB"), SIZE, color="white")
    shown.save(target, quality=85)
    return address, image.get("alt", "")


def add_tags(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    tags = {
        "og:type": "article" if doctree else "website",
        "og:locale": "zh_CN",
        "og:site_name": app.config.html_title,
        "og:title": re.sub(r"<[^>]+>", "", context.get("title") or app.config.html_title),
    }
    described = re.search(r'name="description" content="([^"]*)"', context.get("metatags", ""))
    if described:
        tags["og:description"] = described[1]
    if base := app.config.html_baseurl:
        tags["og:url"] = context["pageurl"]
        if picture := write_picture(app, page, doctree):
            address, alt = picture
            tags |= {
                "og:image": base + address,
                "og:image:width": str(SIZE[0]),
                "og:image:height": str(SIZE[1]),
                "og:image:alt": escape(alt),
                "twitter:card": "summary_large_image",
            }
    context["metatags"] = context.get("metatags", "") + "".join(
        f'<meta property="{name}" content="{value}">\n' for name, value in tags.items()
    )


def write_sitemap(app: Sphinx, error: Exception | None) -> None:
    base = app.config.html_baseurl
    if error is not None or app.builder.format != "html" or not base:
        return
    entries = ""
    for page in sorted(app.env.found_docs):
        day = changed_on(Path(app.env.doc2path(page)))
        lastmod = f"<lastmod>{day}</lastmod>" if day else ""
        entries += f"<url><loc>{xml_escape(base + page)}.html</loc>{lastmod}</url>\n"
    Path(app.outdir, "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
        encoding="utf-8",
    )


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", find_out)
    app.connect("html-page-context", add_tags, priority=600)
    app.connect("build-finished", write_sitemap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
