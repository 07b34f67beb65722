"""练习的参考解答与题目索引：都从 ``dlbasics.exercises`` 取，学生的笔记本文件里没有。

- 每个检查单元之后加一个折叠的“参考解答”，内容是 ``reference`` 的源代码。
- 每道题所在的小节得到标签 ``exercise-章-题``，可以写 ``{ref}`exercise-momentum-update```。
- 正文里讲这道题的小节得到标签 ``for-章-题``：反馈页从那里链接过来。
- 指令 ``{exercise-index}`` 按书里各章的次序列出全部题目；给一个章名作参数就只列那一章::

    ```{exercise-index} momentum
    ```

- 角色 ``{exercise-count}`` 写出一章有几道题：``{exercise-count}`momentum``` 是“十一道”。
"""

from __future__ import annotations

import inspect
from pathlib import Path

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective, SphinxRole

from delivery.page_assets import has_class, serve_assets
from dlbasics.exercises.exercise import Exercise, grade_id
from dlbasics.exercises.registry import Chapter, chapters
from dlbasics.teaching.sections import SECTIONS, anchor
from typesetting.html_tag import Tag

TOC = Path(__file__).parents[3] / "_toc.yml"


def in_book_order() -> dict[str, Chapter]:
    """有练习的章，名字 → 章，次序同目录；目录里没有的章报错。"""
    parts = yaml.safe_load(TOC.read_text(encoding="utf-8"))["parts"]
    pages = [page["file"].removeprefix("book/") for part in parts for page in part["chapters"]]
    missing = [chapter.page for chapter in chapters() if chapter.page not in pages]
    if missing:
        raise ValueError(f"_toc.yml 里应有每一章，缺 {'、'.join(missing)}")
    return {c.name: c for c in sorted(chapters(), key=lambda chapter: pages.index(chapter.page))}


def chinese(number: int) -> str:
    """1 到 99，写成汉字。

    >>> [chinese(n) for n in (8, 10, 12, 20, 35)]
    ['八', '十', '十二', '二十', '三十五']
    """
    tens, ones = divmod(number, 10)
    digits = "〇一二三四五六七八九"
    return (digits[tens] if tens > 1 else "") + "十" * (tens > 0) + (digits[ones] if ones else "")


class ShowSolutions(SphinxTransform):
    """在检查单元之后插入参考解答，并给这道题的小节一个标签。"""

    default_priority = 400

    def apply(self) -> None:
        for cell, exercise in checks(self.document, self.env.docname):
            key = grade_id(exercise.id)
            self.env.note_dependency(inspect.getsourcefile(exercise.reference))
            index = cell.parent.index(cell)
            cell.parent.insert(index + 1, fold(exercise.solution))
            section = cell.parent
            section["ids"].append(key)
            self.env.get_domain("std").note_hyperlink_target(
                f"exercise-{key}", self.env.docname, key, exercise.title
            )


class MarkSections(SphinxTransform):
    """给正文里讲一道题的小节一个不随标题次序变的标签。"""

    default_priority = 400

    def apply(self) -> None:
        for chapter in chapters():
            if self.env.docname == f"book/{chapter.page}":
                titles = {s.next_node(nodes.title).astext(): s for s in self.sections()}
                for id in chapter.ids:
                    if section := titles.get(SECTIONS[id]):
                        section["ids"].append(anchor(id))

    def sections(self) -> list[nodes.section]:
        return list(self.document.findall(nodes.section))


def checks(document: nodes.document, page: str) -> list[tuple[nodes.container, Exercise]]:
    """一页的检查单元，和各自检查的练习。"""
    exercises = {grade_id(e.id): e for c in chapters() for e in c.exercises}
    found = []
    for cell in document.findall(is_check):
        key = cell["cell_metadata"]["nbgrader"]["grade_id"]
        if key not in exercises:
            raise ValueError(f"{page} 里的检查单元 {key!r} 没有对应的练习")
        found.append((cell, exercises[key]))
    return found


def is_check(node: nodes.Node) -> bool:
    """节点是不是 nbgrader 计分的代码单元。"""
    return (
        isinstance(node, nodes.container)
        and node.get("nb_element") == "cell_code"
        and node["cell_metadata"].get("nbgrader", {}).get("grade", False)
    )


def fold(code: str) -> Tag:
    """折叠起来的一段 Python 代码。"""
    return Tag(
        "details",
        Tag("summary", nodes.Text("参考解答")),
        nodes.literal_block(code, code, language="python"),
        classes=["solution"],
    )


class ExerciseIndex(SphinxDirective):
    """``{exercise-index} [章]``：题目、难度、分值、章的表格。"""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        known = in_book_order()
        wanted = self.arguments or list(known)
        if not set(wanted) <= set(known):
            raise self.error(f"没有 {wanted[0]!r} 这一章的练习；有练习的章：{'、'.join(known)}")
        lines = [":::{table}", ":class: stacked", ""]
        lines += ["| 题目 | 难度 | 分值 | 章 |", "|---|---|---|---|"]
        for chapter in map(known.get, wanted):
            for exercise in chapter.exercises:
                title = f"{{ref}}`{exercise.title} <exercise-{grade_id(exercise.id)}>`"
                page = f"{{doc}}`{chapter.title} </book/{chapter.page}>`"
                lines.append(f"| {title} | {exercise.difficulty} | {exercise.points} | {page} |")
                self.env.note_dependency(inspect.getsourcefile(exercise.reference))
        lines.append(":::")
        whole = {} if self.arguments else {"data-whole": "1"}
        index = Tag("div", html=whole, classes=["exercise-index"])
        self.state.nested_parse(StringList(lines, source=self.get_source_info()[0]), 0, index)
        return [index]


class ExerciseCount(SphinxRole):
    """``{exercise-count}`章```：这一章有几道题。"""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        known = in_book_order()
        if self.text not in known:
            raise ValueError(f"没有 {self.text!r} 这一章的练习；有练习的章：{'、'.join(known)}")
        return [nodes.Text(f"{chinese(len(known[self.text].names))}道")], []


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("typesetting.html_tag")
    app.add_transform(ShowSolutions)
    app.add_transform(MarkSections)
    app.add_directive("exercise-index", ExerciseIndex)
    app.add_role("exercise-count", ExerciseCount())
    serve_assets(app, "solutions.css", needed=has_class("solution"))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
