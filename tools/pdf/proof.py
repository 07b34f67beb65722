"""校对印好的 PDF：目录的页码是真的，一个字不缺，代码一行不缺。"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from pypdfium2 import PdfDocument
from pypdfium2.raw import FPDFText_GetUnicode

MISSING = {0, 0xFFFD}
"""字体里没有的字，画的是第 0 个字形，没有编码。"""


def problems(pdf: PdfDocument, html: str) -> Iterator[str]:
    """逐条说出 ``html`` 印成的 ``pdf`` 里不对的地方。"""
    texts = []
    for number, page in enumerate(pdf, start=1):
        text = page.get_textpage()
        texts.append(text.get_text_range())
        if not texts[-1].strip():
            yield f"第 {number} 页是空的"
        codes = (FPDFText_GetUnicode(text, place) for place in range(text.count_chars()))
        if missing := sum(code in MISSING for code in codes):
            yield f"第 {number} 页缺 {missing} 个字"
    yield from wrong_contents(pdf, texts)
    whole = squeezed("".join(texts))
    for code in BeautifulSoup(html, "html.parser").select("pre"):
        for line in code.get_text().splitlines():
            if squeezed(line) not in whole:  # 伸出纸边的字，Chromium 不写进 PDF
                yield f"这一行没有印全：{line}"


def wrong_contents(pdf: PdfDocument, texts: list[str]) -> Iterator[str]:
    """书签里的每一章、每一节，目录里都有，页码也对。"""
    marks = [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in pdf.get_toc()]
    start = min((page for _, _, page in marks), default=0)
    contents = squeezed("".join(texts[:start]))
    place = 0
    for level, title, page in marks:
        if level not in (1, 2):
            continue
        row = re.compile(rf"{re.escape(squeezed(title))}{page + 1}(?!\d)")
        if found := row.search(contents, place):
            place = found.end()
        else:
            yield f"目录里没有“{title}……{page + 1}”"


def squeezed(text: str) -> str:
    """去掉空白：放不下的一行会折成几行。"""
    return re.sub(r"\s+", "", text)
