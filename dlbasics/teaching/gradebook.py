"""成绩册：由成绩文件、名单、收到的作业和规则算出每人每题几分。全是纯函数，改了规则重算即可。

没有批成的写“未批”，没有交的写“未交”，都不是 0 分。
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dlbasics.teaching.results import Mark, Override, Record
from dlbasics.teaching.roster import Roster, Student
from dlbasics.teaching.spreadsheets import plain

NOT_GRADED, NOT_HANDED_IN = "未批", "未交"


@dataclass(frozen=True)
class Terms:
    """一次作业的规则；写在 ``terms.json`` 里，随时可以改，改完重新 ``report``。

    Attributes
    ----------
    due : str
        截止的时刻，``2026-12-01T23:59``；空的就是没有截止。
    per_day : float
        迟交一天（不足一天算一天）扣掉所得分的几成。
    days : int
        迟交最多几天；再迟不计分。
    keep : {"best", "last"}
        交了几次，取得分最高的一次，还是最后的一次；逐题取。
    by_team : bool
        同一小组的人共用小组里任何一个人交的作业。
    extensions : dict
        延期：学号与他自己的截止时刻。
    """

    due: str = ""
    per_day: float = 0.1
    days: int = 7
    keep: str = "best"
    by_team: bool = False
    extensions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.per_day <= 1:
            raise ValueError(f"per_day 应在 0 与 1 之间，得到 {self.per_day!r}")
        if self.keep not in ("best", "last"):
            raise ValueError(f"keep 应是 best 或 last，得到 {self.keep!r}")
        for text in (self.due, *self.extensions.values()):
            if text:
                moment(text)

    def late(self, student: str, submitted: str) -> int:
        """迟交几天，不足一天算一天；没有迟交是 0。

        Examples
        --------
        >>> Terms(due="2026-12-01T23:59").late("20230001", "2026-12-02T00:10")
        1
        """
        due = self.extensions.get(student) or self.due
        if not due:
            return 0
        over = instant(submitted) - instant(due)
        return max(0, math.ceil(over / timedelta(days=1)))

    def share(self, days: int) -> float:
        """迟交 ``days`` 天，所得的分还算几成。

        Examples
        --------
        >>> Terms(per_day=0.2, days=3).share(2), Terms(per_day=0.2, days=3).share(4)
        (0.6, 0.0)
        """
        return 0.0 if days > self.days else round(max(0.0, 1 - self.per_day * days), 10)


def moment(text: str) -> datetime:
    """截止的时刻；只有日子的不收：看不出是那天的零点，还是那天结束。"""
    if re.fullmatch(r"[\d-]+", text):
        raise ValueError(f"截止要写到时和分，如 2026-12-01T23:59，得到 {text!r}")
    return instant(text)


def instant(text: str) -> datetime:
    """ISO 8601 的时刻；没有写时区的，是这台电脑的时区。"""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError as error:
        raise ValueError(f"时刻应写成 2026-12-01T23:59，得到 {text!r}") from error


@dataclass(frozen=True)
class Handed:
    """谁交了哪一章的哪一份；``problem`` 是这一份读不出来的原因，那时章与指纹是空的。"""

    student: str
    chapter: str
    attempt: str
    submitted: str
    problem: str = ""


@dataclass(frozen=True)
class Score:
    """一个学生一道题最后的样子。

    Attributes
    ----------
    points : float or None
        计入总分的分；未批、未交是 None。
    state : str
        ``""``、“未批”或“未交”。
    mark : Mark or None
        取的那一次批改。
    late : int
        那一次迟交几天。
    override : Override or None
        人工改分；有它就以它为准。
    reason : str
        未批的原因。
    """

    student: str
    exercise: str
    points: float | None
    state: str
    mark: Mark | None = None
    late: int = 0
    override: Override | None = None
    reason: str = ""

    @property
    def verdict(self) -> dict[str, Any]:
        """取的那一次的结论；没有就是空的。"""
        return dict(self.mark.verdict) if self.mark else {}

    @property
    def text(self) -> str:
        """表里写什么：分数、未批或未交。"""
        return self.state if self.points is None else number(self.points)


@dataclass(frozen=True)
class Row:
    """一个学生的一行。"""

    student: Student
    scores: Sequence[Score]

    @property
    def total(self) -> float | None:
        """已有的分之和；一道也没有是 None。"""
        points = [score.points for score in self.scores if score.points is not None]
        return round(sum(points), 2) if points else None

    @property
    def remark(self) -> str:
        """给教师看的话：几题未批、未交，迟交，改过分。"""
        states = [score.state for score in self.scores]
        counts = ((states.count(state), state) for state in (NOT_GRADED, NOT_HANDED_IN))
        notes = [f"{count} 题{state}" for count, state in counts if count]
        if days := max((score.late for score in self.scores), default=0):
            notes.append(f"迟交 {days} 天")
        if changed := sum(score.override is not None for score in self.scores):
            notes.append(f"{changed} 题改过分")
        return "，".join(notes)


def number(value: float) -> str:
    """分数：整数不写小数点。

    Examples
    --------
    >>> number(3.0), number(2.25)
    ('3', '2.25')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def rows(
    records: Iterable[Record],
    handed: Iterable[Handed],
    roster: Roster,
    exercises: Sequence[str],
    terms: Terms,
) -> list[Row]:
    """全班的成绩，按名单的次序；名单上的每个人都有一行。"""
    marks, overrides = _latest(records)
    by_student = _by_student(handed, roster, terms)
    return [
        Row(
            student,
            [
                _score(student.id, id, by_student.get(student.id, []), marks, overrides, terms)
                for id in exercises
            ],
        )
        for student in roster.students.values()
    ]


def _latest(records: Iterable[Record]) -> tuple[dict[tuple, Mark], dict[tuple, Override]]:
    """每份每题最后的一次批改，每人每题最后的一次改分：后写的为准。

    重批没有批成，不抹掉以前批成的。
    """
    marks: dict[tuple, Mark] = {}
    overrides: dict[tuple, Override] = {}
    for record in records:
        if isinstance(record, Override):
            overrides[record.student, record.exercise] = record
            continue
        key = record.student, record.exercise, record.attempt
        if record.points is not None or key not in marks or marks[key].points is None:
            marks[key] = record
    return marks, overrides


def _by_student(handed: Iterable[Handed], roster: Roster, terms: Terms) -> dict[str, list[Handed]]:
    """每人名下的作业：自己交的，按小组算时还有组员交的。"""
    own: dict[str, list[Handed]] = {}
    for each in handed:
        own.setdefault(each.student, []).append(each)
    if not terms.by_team:
        return own
    teams: dict[str, list[str]] = {}
    for student in roster.students.values():
        teams.setdefault(student.team or student.id, []).append(student.id)
    return {
        id: [each for member in members for each in own.get(member, [])]
        for members in teams.values()
        for id in members
    }


def _score(
    student: str,
    exercise: str,
    handed: list[Handed],
    marks: Mapping[tuple, Mark],
    overrides: Mapping[tuple, Override],
    terms: Terms,
) -> Score:
    chapter = exercise.partition("/")[0]
    mine = sorted((h for h in handed if h.chapter == chapter), key=lambda h: instant(h.submitted))
    tries = []
    for order, each in enumerate(mine):
        mark = marks.get((each.student, exercise, each.attempt))
        if mark and mark.points is not None:
            late = terms.late(student, each.submitted)
            points = round(mark.points * terms.share(late), 2)
            key = order if terms.keep == "last" else (points, -late, order)
            tries.append((key, order, Score(student, exercise, points, "", mark, late)))
    chosen = max(tries, default=None, key=lambda t: t[0])
    if chosen and (terms.keep == "best" or chosen[1] == len(mine) - 1):
        score = chosen[2]
    else:
        score = _waiting(student, exercise, mine, handed, marks)
    override = overrides.get((student, exercise))
    if override:
        return dataclasses.replace(score, points=override.points, state="", override=override)
    return score


def _waiting(
    student: str,
    exercise: str,
    mine: list[Handed],
    handed: list[Handed],
    marks: Mapping[tuple, Mark],
) -> Score:
    """还没有分：没有交，或者交了没有批成，连同原因。"""
    problems = [each.problem for each in handed if each.problem]
    if not mine and not problems:
        return Score(student, exercise, None, NOT_HANDED_IN)
    found = [marks.get((each.student, exercise, each.attempt)) for each in mine]
    mark = next((mark for mark in reversed(found) if mark and mark.points is None), None)
    reason = mark.note if mark else "" if mine else f"交的文件读不出来：{problems[-1]}"
    return Score(student, exercise, None, NOT_GRADED, mark, reason=reason)


def table(book: Sequence[Row], titles: Mapping[str, str]) -> list[list[Any]]:
    """成绩表：标题一行，每人一行；分数是数，未批、未交是文字。"""
    heading = ["学号", "姓名", "班级", *titles.values(), "总分", "备注"]
    lines: list[list[Any]] = [heading]
    for row in book:
        cells = [s.state if s.points is None else short(s.points) for s in row.scores]
        total = "" if row.total is None else short(row.total)
        who = [row.student.id, row.student.name, row.student.group]
        lines.append([*map(plain, who), *cells, total, row.remark])
    return lines


def short(value: float) -> float | int:
    """整数写成整数。"""
    return int(value) if value == int(value) else value


def groups(book: Sequence[Row]) -> dict[str, list[Row]]:
    """按班级分开。"""
    found: dict[str, list[Row]] = {}
    for row in book:
        found.setdefault(row.student.group, []).append(row)
    return found
