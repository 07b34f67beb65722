"""反馈：每个学生一页，全班一页；人工改分。"""

from __future__ import annotations

from pathlib import Path

import click
from tqdm import tqdm

from dlbasics.teaching.assignment import exercises_of
from dlbasics.teaching.commands.chinese import Chinese
from dlbasics.teaching.commands.shared import HOMEWORK
from dlbasics.teaching.gradebook import rows
from dlbasics.teaching.homework import Homework, replace
from dlbasics.teaching.reporting.class_page import class_page
from dlbasics.teaching.reporting.course import Course
from dlbasics.teaching.reporting.student_page import student_page
from dlbasics.teaching.reporting.tables import tables
from dlbasics.teaching.results import Override, now
from dlbasics.teaching.similarity import alike_in_class
from dlbasics.teaching.spreadsheets import csv_bytes, xlsx_bytes


@click.command(cls=Chinese)
@HOMEWORK
@click.option(
    "--book",
    default="http://127.0.0.1:8000",
    show_default=True,
    metavar="网址",
    help="学生看书的网址，反馈里的链接从它算起；写空的就没有链接。",
)
def report(folder: Path, book: str) -> None:
    """反馈：每个学生一页，全班一页，CSV 与 xlsx。

    改了 terms.json、改了分、又批了几份，再运行一次就是新的。
    """
    homework = Homework.open(folder)
    course = Course.of(homework.assignment, book)
    records, handed, ids = homework.results.read(), homework.handed(), list(course.exercises)
    class_rows = rows(records, handed, homework.roster, ids, homework.terms)
    target = folder / "reports"
    for row in tqdm(class_rows, unit="人", desc="写反馈", disable=None):
        replace(target / "students" / f"{row.student.id}.html", student_page(row, course).encode())
    pairs = alike_in_class(homework, class_rows, course.exercises)
    replace(target / "class.html", class_page(class_rows, course, pairs).encode())
    sheets = tables(class_rows, course)
    replace(target / "class.csv", csv_bytes(sheets["成绩"]))
    replace(target / "class.xlsx", xlsx_bytes(sheets))
    click.echo(f"{len(class_rows)} 个学生的反馈在 {(target / 'students').as_posix()}/。")
    for name in ("class.html", "class.csv", "class.xlsx"):
        click.echo(f"  {(target / name).as_posix()}")
    click.echo("class.* 有全班的姓名与分数，不要发给学生。")


@click.command(cls=Chinese)
@HOMEWORK
@click.argument("student", metavar="学号")
@click.argument("exercise", metavar="题")
@click.option("--points", type=float, required=True, metavar="分", help="改成几分。")
@click.option("--reason", required=True, metavar="理由", help="学生在反馈里看得到。")
@click.option("--by", required=True, metavar="姓名", help="谁改的。")
def override(
    folder: Path, student: str, exercise: str, points: float, reason: str, by: str
) -> None:
    """改分：人的判断压过批改，带着理由与姓名。重批不会把它冲掉；想撤回，就再改一次。"""
    homework = Homework.open(folder)
    assignment = homework.assignment
    if student not in homework.roster.students:
        raise ValueError(f"名单上没有 {student!r}")
    if exercise not in assignment.exercises:
        raise ValueError(f"这次作业里没有 {exercise!r}；有：{'、'.join(assignment.exercises)}")
    possible = next(e.points for e in exercises_of(assignment) if e.id == exercise)
    if not 0 <= points <= possible:
        raise ValueError(f"--points 应在 0 与 {possible} 之间，得到 {points:g}")
    homework.results.append(
        [Override(student, exercise, assignment.name, points, reason, by, now())]
    )
    click.echo(
        f"{student} 的 {exercise} 改成 {points:g} 分。再运行 dlbasics report {folder.as_posix()}。"
    )
