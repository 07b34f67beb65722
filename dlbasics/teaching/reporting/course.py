"""写反馈要知道的：题目、章，和书的网址。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

from dlbasics.exercises.exercise import Exercise, grade_id
from dlbasics.exercises.registry import Chapter
from dlbasics.teaching import sections
from dlbasics.teaching.assignment import Assignment, chapters_of


@dataclass(frozen=True)
class Course:
    """写反馈要知道的：题目、章，和书的网址。

    Parameters
    ----------
    name : str
        作业的名字。
    chapters : sequence of Chapter
        哪几章，每章只有布置了的题。
    book : str
        书的网址，反馈里的链接从它算起；空的就不写链接。
    """

    name: str
    chapters: Sequence[Chapter]
    book: str = ""

    @classmethod
    def of(cls, assignment: Assignment, book: str = "") -> Course:
        """一次作业的题目与章。"""
        return cls(assignment.name, chapters_of(assignment), book)

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        """练习的编号与练习，一章一章地排。"""
        return {each.id: each for chapter in self.chapters for each in chapter.exercises}

    @property
    def possible(self) -> int:
        """满分。"""
        return sum(exercise.points for exercise in self.exercises.values())

    def chapter(self, id: str) -> Chapter:
        """一道题在哪一章。"""
        name = id.partition("/")[0]
        return next(chapter for chapter in self.chapters if chapter.name == name)

    def section(self, id: str) -> str:
        """讲一道题的那一节：章名与标题。"""
        title = sections.SECTIONS.get(id)
        return f"{self.chapter(id).title} › {title}" if title else self.chapter(id).title

    def section_link(self, id: str) -> str:
        """那一节的链接；没有网址、不是书里的题，就只写名字。"""
        return self._link(sections.link(id, self.chapter(id)), self.section(id), id)

    def exercise_link(self, id: str, words: str) -> str:
        """练习页上那道题的链接。"""
        page = f"book/exercises/{self.chapter(id).name}.html#{grade_id(id)}"
        return self._link(page, words, id)

    def _link(self, page: str, words: str, id: str) -> str:
        if not self.book or id not in sections.SECTIONS:
            return escape(words)
        return f'<a href="{escape(self.book.rstrip("/"))}/{page}">{escape(words)}</a>'
