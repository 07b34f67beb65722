"""指令 ``{chapter-plan}``：各章的目标、幻灯片、时间与分值，取自章首和练习。

时间是章首的“预计时间”，目标是“学完这一章，你能够”里的各条，题数与分值由练习算出。
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from dlbasics.exercises.registry import Chapter
from pages.solutions import in_book_order

MINUTES = re.compile(r"\*\*预计时间\*\*：阅读 (\d+) 分钟，练习 (\d+) 分钟")
GOALS = re.compile(r"学完这一章，你能够\n:class: note\n((?:\d+\. .+\n)+)")


def opening(notebook: Path) -> tuple[int, int, list[str]]:
    """一章的阅读与练习各几分钟，和学习目标。"""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells[:4])
    minutes, goals = MINUTES.search(text), GOALS.search(text)
    if not minutes or not goals:
        raise ValueError(f"{notebook.name} 的章首应有预计时间与学习目标")
    return int(minutes[1]), int(minutes[2]), goals[1].splitlines()


def plan(book: Path, course: list[Chapter]) -> list[str]:
    """表格与各章的目标，MyST 的各行。"""
    table = ["| 章 | 上课 | 阅读（分钟） | 练习（分钟） | 题 | 分 |", "|---|---|---|---|---|---|"]
    goals = []
    totals = [0, 0, 0, 0]
    for chapter in course:
        reading, practice, lines = opening(book / f"{chapter.page}.ipynb")
        points = sum(exercise.points for exercise in chapter.exercises)
        row = [reading, practice, len(chapter.names), points]
        totals = [total + value for total, value in zip(totals, row, strict=True)]
        link = f"{{doc}}`{chapter.title} </book/{chapter.page}>`"
        slides = f"{{slides}}`{chapter.name}`"
        table.append(f"| {link} | {slides} | {row[0]} | {row[1]} | {row[2]} | {row[3]} |")
        goals += ["", f"**{chapter.title}**（`{chapter.name}`）。学完能够：", "", *lines]
    table.append(f"| 合计 | | {totals[0]} | {totals[1]} | {totals[2]} | {totals[3]} |")
    return [*table, *goals]


class ChapterPlan(SphinxDirective):
    """``{chapter-plan}``：章的次序照目录。"""

    def run(self) -> list[nodes.Node]:
        book = Path(self.env.srcdir) / "book"
        course = list(in_book_order().values())
        for chapter in course:
            self.env.note_dependency(str(book / f"{chapter.page}.ipynb"))
        parent = nodes.Element()
        lines = StringList(plan(book, course), source=self.get_source_info()[0])
        self.state.nested_parse(lines, 0, parent)
        return parent.children


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("pages.slides")
    app.add_directive("chapter-plan", ChapterPlan)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
