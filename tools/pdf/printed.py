"""请 Chromium 把书印成 PDF；页码印一遍才知道，所以印两遍。"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Browser
from pypdf import PdfReader, PdfWriter

from tools.pdf.joined import AUTHOR, Part, joined
from tools.pdf.typefaces import write_faces

PAPER = Path(__file__).with_name("paper.css")
TEXT_WIDTH = 635
"""版心的宽，像素：A4 的 210 毫米减去左右各 21 毫米。"""

FILL = """(numbers) => {
  for (const folio of document.querySelectorAll(".folio")) {
    folio.textContent = numbers[decodeURIComponent(folio.hash.slice(1))];
  }
}"""


def bound(site: Path, contents: list[Part], folder: Path) -> Path:
    """网站 ``site`` 里 ``contents`` 这些页接成的一页，写在 ``folder`` 里，字体也在。"""
    html = joined(site, contents, [folder / "faces.css", PAPER])
    write_faces(site, html, folder)
    path = folder / "book.html"
    path.write_text(html, encoding="utf-8")
    return path


def printed(browser: Browser, book: Path) -> bytes:
    """``book`` 这一页印成的 PDF。

    Raises
    ------
    ValueError
        有东西比版心宽：Chromium 为了放下它，会把整本书缩小。
    """
    page = browser.new_page(viewport={"width": TEXT_WIDTH, "height": 900})
    page.emulate_media(media="print")
    page.goto(book.as_uri())
    page.evaluate("document.fonts.ready")
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > TEXT_WIDTH:
        raise ValueError(f"版心宽 {TEXT_WIDTH} 像素，有东西宽到了 {width} 像素")
    options = {"prefer_css_page_size": True, "outline": True, "tagged": True}
    page.evaluate(FILL, page_numbers(page.pdf(**options)))
    pdf = page.pdf(**options)
    page.close()
    return with_author(pdf)


def page_numbers(pdf: bytes) -> dict[str, int]:
    """链接到的每个编号在第几页。"""
    reader = PdfReader(BytesIO(pdf))
    return {
        unquote(name.removeprefix("/")): reader.get_destination_page_number(destination) + 1
        for name, destination in reader.named_destinations.items()
    }


def with_author(pdf: bytes) -> bytes:
    """写上作者；Chromium 只写标题与语言。"""
    writer = PdfWriter(BytesIO(pdf), incremental=True)
    writer.add_metadata({"/Author": AUTHOR})
    written = BytesIO()
    writer.write(written)
    return written.getvalue()
