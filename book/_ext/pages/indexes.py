"""索引一页的几张单子：静态图、误解，都从笔记本、总账与练习读出，不另外登记。

- ``{figure-index}``：各章的每一幅静态图，缩小的图、编号、图题、替代文字；
- ``{misconception-index}``：原文说错的话，各章“常见误解”里的话，练习认得出的错法。
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from delivery.page_assets import has_class, serve_assets
from dlbasics.exercises.exercise import Exercise, grade_id
from pages import chapters
from pages.claims import title as claim_title
from pages.live_gallery import small_picture
from pages.solutions import in_book_order
from typesetting.html_tag import Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

LEDGER = chapters.ROOT / "book" / "appendix" / "claims.yml"
MISCONCEPTIONS = "常见误解"
MISCONCEPTION = re.compile(r"^- \*\*“(.+?)”\*\*", re.MULTILINE)


class Index(SphinxDirective):
    """几节：每节一个标题，下面是一张单子。"""

    def section(self, title: str, *inside: nodes.Node) -> nodes.section:
        section = nodes.section("", nodes.title("", title), *inside)
        self.state.document.note_implicit_target(section, section)
        return section

    def parse(self, text: str) -> list[nodes.Node]:
        parent = nodes.Element()
        self.state.nested_parse(StringList(text.splitlines(), self.get_source_info()[0]), 0, parent)
        return parent.children


class FigureIndex(Index):
    """``{figure-index}``：一章一节，一幅图一张卡片。"""

    def run(self) -> list[nodes.Node]:
        found = []
        for page in chapters.chapter_pages():
            self.env.note_dependency(str(chapters.notebook(page)))
            cells = [cell for cell in chapters.cells(page) if cell.picture and not cell.live]
            cards = nodes.bullet_list("", *map(self.card, cells), classes=["figure-index"])
            found.append(self.section(cells[0].place.chapter, cards))
        return found

    def card(self, cell: chapters.Cell) -> nodes.list_item:
        alt = f"“{cell.caption}”，说明在旁边"
        picture = small_picture(self.env, cell.id, cell.picture, alt)
        number, _ = self.parse_inline(f"{{numref}}`{cell.label}`")
        caption, _ = self.parse_inline(f"　{cell.caption}")
        text = [nodes.paragraph("", "", *number, *caption), nodes.paragraph("", cell.alt)]
        return nodes.list_item("", picture, Tag("div", *text))


def said_wrong() -> Iterator[tuple[str, str]]:
    """总账里判为错误的断言：（编号，原文）。"""
    for claim in yaml.safe_load(LEDGER.read_text(encoding="utf-8"))["claims"]:
        if "错误" in claim["verdict"] and claim["quote"]:
            yield claim["id"], "……".join(claim["quote"])


def listed(page: str) -> list[str]:
    """一章“常见误解”里的话。"""
    source = chapters.markdown(page)
    found = re.search(rf"^## {MISCONCEPTIONS}\n(.*?)(?=^## |\Z)", source, re.MULTILINE | re.DOTALL)
    if not found or not (sentences := MISCONCEPTION.findall(found[1])):
        raise ValueError(f"{page} 应有“{MISCONCEPTIONS}”一节，一条写成 - **“……”**")
    return sentences


def recognized(exercise: Exercise) -> list[str]:
    """一道题认得出的错法，各一句提示；同一种误解只列一次。"""
    return list({hint.name: hint.message for hint in exercise.hints}.values())


class MisconceptionIndex(Index):
    """``{misconception-index}``：三节，见模块说明。"""

    def run(self) -> list[nodes.Node]:
        return [
            self.section("原文说错的", *self.parse(self.claims())),
            self.section("各章的常见误解", *self.from_chapters()),
            self.section("练习认得出的错法", *self.from_exercises()),
        ]

    def claims(self) -> str:
        self.env.note_dependency(str(LEDGER))
        return "\n".join(
            f"- “{quote}”（[{claim_title(id)}](provenance.md#claim-{id})）"
            for id, quote in said_wrong()
        )

    def from_chapters(self) -> Iterator[nodes.Node]:
        for page in chapters.chapter_pages():
            self.env.note_dependency(str(chapters.notebook(page)))
            place = next(p for p in chapters.places(page) if p.title == MISCONCEPTIONS)
            yield nodes.paragraph("", "", chapters.link(self.env.docname, place, place.chapter))
            yield from self.parse("\n".join(f"- “{sentence}”" for sentence in listed(page)))

    def from_exercises(self) -> Iterator[nodes.Node]:
        for chapter in in_book_order().values():
            told = [(exercise, recognized(exercise)) for exercise in chapter.exercises]
            listing = nodes.bullet_list()
            for exercise, messages in told:
                self.env.note_dependency(inspect.getsourcefile(exercise.reference))
                link = self.parse(f"{{ref}}`{exercise.title} <exercise-{grade_id(exercise.id)}>`")
                items = [nodes.list_item("", nodes.paragraph("", one)) for one in messages]
                listing += nodes.list_item("", *link, nodes.bullet_list("", *items))
            count = sum(len(messages) for _, messages in told)
            summary = Tag("summary", nodes.Text(f"{chapter.title}：{count} 种"))
            yield Tag("details", summary, listing, classes=["folded-index"])


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("figure-index", FigureIndex)
    app.add_directive("misconception-index", MisconceptionIndex)
    serve_assets(app, "pages/indexes.css", needed=has_class("figure-index"))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
