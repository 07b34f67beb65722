"""校对印好的 PDF：写着的页码是真的，一个字不缺，代码一行不缺。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import unquote

from bs4 import BeautifulSoup
from pypdf import PdfReader
from pypdfium2 import PdfDocument, PdfTextPage
from pypdfium2.raw import FPDFText_GetUnicode

MISSING = {0, 0xFFFD}
"""字体里没有的字，画的是第 0 个字形，没有编码。"""


def problems(pdf: bytes, html: str) -> Iterator[str]:
    """逐条说出 ``html`` 印成的 ``pdf`` 里不对的地方。"""
    with PdfDocument(pdf) as document:
        pages = [page.get_textpage() for page in document]
        texts = [page.get_text_range() for page in pages]
        for number, (page, text) in enumerate(zip(pages, texts, strict=True), start=1):
            if not text.strip():
                yield f"第 {number} 页是空的"
            codes = (FPDFText_GetUnicode(page, place) for place in range(page.count_chars()))
            if missing := sum(code in MISSING for code in codes):
                yield f"第 {number} 页缺 {missing} 个字"
        marks = [
            mark.get_dest().get_index() + 1 for mark in document.get_toc() if mark.level in (1, 2)
        ]
        soup = BeautifulSoup(html, "html.parser")
        ids = {folio["href"].removeprefix("#") for folio in soup.select(".folio")}
        yield from wrong_numbers(list(folios(pdf, pages, ids)), marks)
    whole = squeezed("".join(texts))
    for code in soup.select("pre"):
        for line in code.get_text().splitlines():
            if squeezed(line) not in whole:  # 伸出纸边的字，Chromium 不写进 PDF
                yield f"这一行没有印全：{line}"


def folios(pdf: bytes, pages: list[PdfTextPage], ids: set[str]) -> Iterator[tuple[int, int, int]]:
    """通到 ``ids``、文字是数字的链接：在第几页，写着几，通到第几页。"""
    reader = PdfReader(BytesIO(pdf))
    places = reader.named_destinations
    for at, page in enumerate(reader.pages):
        for link in (note.get_object() for note in page.get("/Annots", [])):
            if unquote(link.get("/Dest", "").removeprefix("/")) in ids:
                written = pages[at].get_text_bounded(*link["/Rect"]).strip()
                to = reader.get_destination_page_number(places[link["/Dest"]]) + 1
                if written.isdecimal():
                    yield at + 1, int(written), to


def wrong_numbers(found: list[tuple[int, int, int]], marks: list[int]) -> Iterator[str]:
    """写错了的页码；以及目录与书签（``marks``，各章各节在第几页）不相符的地方。"""
    for at, written, to in found:
        if written != to:
            yield f"第 {at} 页上写着第 {written} 页，其实在第 {to} 页"
    listed = [to for at, _, to in found if at < min(marks, default=0)]
    if listed != marks:
        yield f"目录有 {len(listed)} 行，书签有 {len(marks)} 章节，页码应当相同"


def squeezed(text: str) -> str:
    """去掉空白：放不下的一行会折成几行。"""
    return re.sub(r"\s+", "", text)
