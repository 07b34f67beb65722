"""一道题的状态怎么写；全班各种状态各有几人，哪些误解各有谁。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dlbasics.teaching.gradebook import NOT_GRADED, NOT_HANDED_IN, Row, Score

WORDS = {
    "passed": "通过",
    "wrong": "未通过",
    "error": "出错",
    "timeout": "算得太久",
    "unanswered": "尚未作答",
    "ungraded": NOT_GRADED,
    "missing": NOT_HANDED_IN,
    "changed": "老师给分",
}
"""一道题的状态怎么写。"""


def status(score: Score) -> str:
    """一道题的状态，:data:`WORDS` 里的一个。"""
    if score.state == NOT_HANDED_IN:
        return "missing"
    if score.state == NOT_GRADED:
        return "ungraded"
    if score.mark is None:
        return "changed"
    known = score.verdict.get("status", "")
    return known if known in WORDS else "passed" if score.verdict.get("passed") else "wrong"


def tally(book: Sequence[Row], id: str) -> dict[str, int]:
    """一道题各种状态各有几人。"""
    counts = dict.fromkeys(WORDS, 0)
    for row in book:
        for score in row.scores:
            if score.exercise == id:
                counts[status(score)] += 1
    return counts


@dataclass(frozen=True)
class Misconception:
    """一个误解：哪道题的哪条提示，谁有它。"""

    exercise: str
    hint: str
    students: tuple[str, ...]


def misconceptions(book: Sequence[Row], order: Sequence[str]) -> list[Misconception]:
    """误解地图：每条提示有谁碰到，按题的次序，人多的在前。"""
    held: dict[tuple[str, str], list[str]] = {}
    texts: dict[tuple[str, str], str] = {}
    for row in book:
        for score in row.scores:
            hint = score.verdict.get("hint")
            if hint and score.state == "" and not score.verdict.get("passed"):
                key = score.exercise, str(score.verdict.get("hint_id") or hint)
                held.setdefault(key, []).append(row.student.id)
                texts[key] = str(hint)
    found = [Misconception(key[0], texts[key], tuple(who)) for key, who in held.items()]
    return sorted(found, key=lambda m: (order.index(m.exercise), -len(m.students), m.hint))
