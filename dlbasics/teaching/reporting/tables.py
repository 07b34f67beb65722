"""成绩、各题、误解三张表。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dlbasics.teaching.gradebook import Row, table
from dlbasics.teaching.reporting.course import Course
from dlbasics.teaching.reporting.outcomes import WORDS, misconceptions, tally
from dlbasics.teaching.spreadsheets import plain


def tables(book: Sequence[Row], course: Course) -> dict[str, list[list[Any]]]:
    """成绩、各题、误解三张表。"""
    titles = {id: exercise.title for id, exercise in course.exercises.items()}
    marks = table(book, titles)
    points = [exercise.points for exercise in course.exercises.values()]
    marks.insert(1, ["", "满分", "", *points, course.possible, ""])
    counted: list[list[str | int]] = [["题目", *WORDS.values()]]
    counted += [[titles[id], *tally(book, id).values()] for id in titles]
    held: list[list[str | int]] = [["小节", "题目", "人数", "重讲这一句"]]
    for each in misconceptions(book, list(titles)):
        where = course.section(each.exercise)
        held.append([where, titles[each.exercise], len(each.students), plain(each.hint)])
    return {"成绩": marks, "各题": counted, "误解地图": held}
