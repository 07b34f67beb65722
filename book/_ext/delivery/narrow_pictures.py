"""窄屏上的一份图：从各格之间断开，一行放不下就换行，字不用缩到看不清。

各格在哪里，由 ``dlbasics.figures.picture`` 画图时写进 PNG；有墨连着的地方（共用的标题、箭头）不断。
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dlbasics.figures.picture import PIXELS_PER_UNIT
from dlbasics.figures.style import REGULAR

WIDEST = 580 * PIXELS_PER_UNIT
"""一行至多多宽：390 像素宽的手机上，正文大小的字有 10 像素。"""

SMALLEST = 130 * PIXELS_PER_UNIT
"""窄于这些的一块，与邻居不分开。"""

MARGIN = 6 * PIXELS_PER_UNIT
"""一块的左右留的空白。"""

SPINE = 1 * PIXELS_PER_UNIT
"""坐标轴那条线有一半在它的左边。"""

BELOW_AXIS = 8 * PIXELS_PER_UNIT
"""纵轴最下面的刻度有一半在横轴之下，横轴的刻度还要低一些。"""

PLACES = {2: "左右", 3: "左中右"}
"""正文说“左图”：断开以后，两块、三块的各写上原来在哪里。一样大的小图排成一排，断成的几段没有这样的名字。"""

ON_LIGHT, ON_DARK = "#57606c", "#a0a9b4"
NAME_HEIGHT = 18 * PIXELS_PER_UNIT

Span = tuple[int, int]
"""一段像素：从哪里到哪里，不含末尾。"""

Panel = dict[str, Any]
"""一格，写法见 :func:`dlbasics.figures.picture.png`。"""


def written(picture: Image.Image) -> NDArray:
    """白纸上哪些像素有墨。"""
    return np.asarray(picture.convert("L")) < 250


def narrow(picture: Image.Image, ink: NDArray, panels: Sequence[Panel]) -> Image.Image | None:
    """窄屏上的一份；断不开，或者本来就窄，就没有。

    Parameters
    ----------
    picture : PIL.Image.Image
        ``RGB`` 模式，左上角是底色。
    ink : numpy.ndarray
        哪些像素有墨，形状 ``[H, W]``；深色的一份也用白纸上的，断在同样的地方。
    panels : Sequence[Panel]
        各格，次序就是编号。
    """
    if picture.width <= WIDEST:
        return None
    rows = cut(ink.any(axis=1), [span_of(panel, 1) for panel in panels])
    lines = []
    for row in rows:
        here = ink[slice(*row)].any(axis=0)
        inside = [panel for panel in panels if row[0] <= span_of(panel, 1)[0] < row[1]]
        spans = join_small(cut(here, [span_of(panel, 0) for panel in inside]), here)
        cells = [piece(picture, row, trim(here, span), inside, panels) for span in spans]
        gallery = len(inside) > len(cells) and alike(inside)
        if len(cells) in PLACES and not gallery:
            cells = [named(*both) for both in zip(cells, PLACES[len(cells)], strict=True)]
        lines += [side_by_side(line) for line in wrap(cells)]
    return stack(lines) if len(lines) > len(rows) else None


def span_of(panel: Panel, axis: int) -> Span:
    """一格的左右两端（``axis`` 是 0），或上下两端（1）。"""
    return panel["box"][axis], panel["box"][axis + 2]


def alike(panels: Sequence[Panel]) -> bool:
    """各格一样宽，差不到一个单位。"""
    widths = [panel["axes"][2] - panel["axes"][0] for panel in panels]
    return max(widths) - min(widths) < PIXELS_PER_UNIT


def cut(ink: NDArray, spans: Sequence[Span]) -> list[Span]:
    """在 ``spans`` 之间没有墨的地方断开；第一段之前、最后一段之后的墨各自也算一段。"""
    if not spans:
        return [(0, len(ink))]
    first, last = min(start for start, _ in spans), max(stop for _, stop in spans)
    outside = [(int(k), int(k) + 1) for k in np.flatnonzero(ink) if not first <= k < last]
    merged: list[Span] = []
    for start, stop in sorted([*spans, *outside]):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], stop)
        else:
            merged.append((start, stop))
    places = [(one[1] + other[0]) // 2 for one, other in pairwise(merged)]
    return list(pairwise([0, *(place for place in places if not ink[place]), len(ink)]))


def join_small(spans: list[Span], ink: NDArray) -> list[Span]:
    """太窄的一段并进离它近的邻居。"""
    spans = list(spans)
    while len(spans) > 1:
        k = min(range(len(spans)), key=lambda k: width(trim(ink, spans[k])))
        if width(trim(ink, spans[k])) >= SMALLEST:
            break
        gaps = {j: gap(ink, spans[j][1]) for j in (k - 1, k) if 0 <= j < len(spans) - 1}
        j = min(gaps, key=gaps.__getitem__)
        spans[j : j + 2] = [(spans[j][0], spans[j + 1][1])]
    return spans


def width(span: Span) -> int:
    return span[1] - span[0]


def gap(ink: NDArray, place: int) -> int:
    """``place`` 两边连着多少没有墨。"""
    written = np.flatnonzero(ink)
    k = int(np.searchsorted(written, place))
    return int(written[k] - written[k - 1]) if 0 < k < len(written) else len(ink)


def trim(ink: NDArray, span: Span) -> Span:
    """裁到有墨的地方，两边留一点。"""
    written = np.flatnonzero(ink[slice(*span)]) + span[0]
    if not len(written):
        return span
    return max(span[0], int(written[0]) - MARGIN), min(span[1], int(written[-1]) + 1 + MARGIN)


def piece(
    picture: Image.Image, row: Span, span: Span, inside: list[Panel], panels: Sequence[Panel]
) -> Image.Image:
    """图上的一块；纵轴的刻度写在另一块里的，抄过来放在左边。"""
    mine = picture.crop((span[0], row[0], span[1], row[1]))
    first, *_ = [p for p in inside if span[0] <= p["axes"][0] < span[1]] or [{}]
    if "labels" not in first:
        return mine
    keeper = panels[first["labels"]]
    edge, _, _, bottom = keeper["axes"]
    if span[0] <= edge < span[1]:
        return mine
    start = span_of(keeper, 0)[0] - MARGIN
    labels = picture.crop((start, row[0], edge - SPINE, min(bottom + BELOW_AXIS, row[1])))
    shift = edge - start - (first["axes"][0] - span[0])
    size = mine.width + max(shift, 0), mine.height
    page = Image.new("RGB", size, picture.getpixel((0, 0)))
    page.paste(mine, (max(shift, 0), 0))
    page.paste(labels, (max(-shift, 0), 0))
    return page


def named(cell: Image.Image, name: str) -> Image.Image:
    """上面添一行，写着这一块原来在哪里。"""
    paper = cell.getpixel((0, 0))
    page = Image.new("RGB", (cell.width, cell.height + NAME_HEIGHT), paper)
    page.paste(cell, (0, NAME_HEIGHT))
    ink = ON_LIGHT if sum(paper) > 3 * 128 else ON_DARK
    font = ImageFont.truetype(REGULAR, 13 * PIXELS_PER_UNIT)
    ImageDraw.Draw(page).text((MARGIN, MARGIN // 2), name, fill=ink, font=font)
    return page


def wrap(cells: list[Image.Image]) -> list[list[Image.Image]]:
    """几块排成几行：行数尽量少，各行的块数尽量相同。"""
    lines: list[list[Image.Image]] = [[]]
    for cell in cells:
        if lines[-1] and sum(one.width for one in [*lines[-1], cell]) > WIDEST:
            lines.append([])
        lines[-1].append(cell)
    count = -(-len(cells) // len(lines))
    even = [cells[k : k + count] for k in range(0, len(cells), count)]
    return even if all(sum(one.width for one in line) <= WIDEST for line in even) else lines


def side_by_side(pieces: Sequence[Image.Image]) -> Image.Image:
    """左右接在一起，比一行宽就缩小。"""
    size = sum(one.width for one in pieces), pieces[0].height
    line = Image.new("RGB", size, pieces[0].getpixel((0, 0)))
    start = 0
    for one in pieces:
        line.paste(one, (start, 0))
        start += one.width
    if line.width > WIDEST:
        height = round(line.height * WIDEST / line.width)
        line = line.resize((WIDEST, height), Image.Resampling.LANCZOS)
    return line


def stack(lines: Sequence[Image.Image]) -> Image.Image:
    """上下接在一起。"""
    size = max(one.width for one in lines), sum(one.height for one in lines)
    page = Image.new("RGB", size, lines[0].getpixel((0, 0)))
    top = 0
    for one in lines:
        page.paste(one, (0, top))
        top += one.height
    return page
