"""批改一次作业：算出还有哪些没有批，交给批改的一层，批完一份记一份。

中途停下什么也不丢：记下的不再批，没记下的下一次接着批。
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dlbasics.teaching.assignment import Assignment
from dlbasics.teaching.gradebook import Handed
from dlbasics.teaching.homework import Homework
from dlbasics.teaching.results import Mark, graded, now

GradeMany = Callable[..., Iterable[tuple[int, list[Any]]]]
""":func:`dlbasics.teaching.grading.grade_many`，或者测试用的替身。"""


@dataclass(frozen=True)
class Task:
    """一份要批的作业，和其中要批的题。"""

    handed: Handed
    exercises: tuple[str, ...]


def pending(
    homework: Homework,
    *,
    again: bool = False,
    exercises: Collection[str] = (),
    students: Collection[str] = (),
) -> list[Task]:
    """还要批的。

    Parameters
    ----------
    homework : Homework
        作业的文件夹。
    again : bool
        批过的也再批一次。
    exercises, students : collection of str
        只批这些题、这些人；空的就是全部。
    """
    assignment = homework.assignment
    done = set() if again else graded(homework.results.read())
    tasks = []
    for each in homework.handed():
        if each.problem or (students and each.student not in students):
            continue
        wanted = tuple(
            id
            for id in assignment.exercises
            if id.partition("/")[0] == each.chapter
            and (not exercises or id in exercises)
            and _key(each, id, assignment) not in done
        )
        if wanted:
            tasks.append(Task(each, wanted))
    return tasks


def _key(each: Handed, id: str, assignment: Assignment) -> tuple:
    return each.student, id, each.attempt, assignment.name, assignment.seed_version


def mark(
    homework: Homework, tasks: list[Task], grade_many: GradeMany, **options: Any
) -> Iterator[tuple[Task, list[Mark]]]:
    """批 ``tasks``，每批完一份就写进成绩文件，再给出它。

    同样几道题的作业放在一起批；内容相同的几份只批一次。
    """
    assignment, secret = homework.assignment, homework.secret
    by_exercises: dict[tuple[str, ...], dict[str, list[Task]]] = {}
    for task in tasks:
        same = by_exercises.setdefault(task.exercises, {})
        same.setdefault(task.handed.attempt, []).append(task)
    for exercises, attempts in by_exercises.items():
        part = dataclasses.replace(assignment, exercises=exercises)
        groups = list(attempts.values())
        notebooks = (homework.notebook(group[0].handed).read_bytes() for group in groups)
        for index, marks in grade_many(notebooks, part, secret=secret, **options):
            for task in groups[index]:
                records = [record(task.handed, assignment, each) for each in marks]
                homework.results.append(records)
                yield task, records


def record(handed: Handed, assignment: Assignment, given: Any) -> Mark:
    """把批改的结果写成成绩文件的一条；没有批成的，得分是 None。"""
    ungraded = given.verdict.get("status") == "ungraded"
    return Mark(
        student=handed.student,
        exercise=given.exercise,
        attempt=handed.attempt,
        assignment=assignment.name,
        seed_version=assignment.seed_version,
        submitted=handed.submitted,
        time=now(),
        points=None if ungraded else given.points,
        possible=given.possible,
        verdict=given.verdict,
        shows_input=given.shows_input,
        note=given.note or (given.verdict.get("reason", "") if ungraded else ""),
    )
