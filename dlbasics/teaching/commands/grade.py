"""批改与重批。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from dlbasics.teaching import grading
from dlbasics.teaching.assignment import Assignment
from dlbasics.teaching.commands.chinese import NEEDS_YOU, UNFIT, Chinese
from dlbasics.teaching.commands.shared import HOMEWORK, say_list
from dlbasics.teaching.homework import Homework
from dlbasics.teaching.marking import Task, mark, pending


class Unfit(click.ClickException):
    """这台电脑批改不了。"""

    exit_code = UNFIT


WORKERS = click.option(
    "--workers", default=0, metavar="几个", help="同时批几份；不写就看这台电脑有几个核。"
)
SCHEDULER = click.option(
    "--scheduler", metavar="地址", help="dask 调度器，例如 tcp://10.0.0.1:8786：分给几台机器批。"
)
UNSAFE = click.option(
    "--unsafe-no-sandbox",
    "unsafe",
    is_flag=True,
    help="不用沙箱：学生的代码能做你能做的一切。只批自己写的作业时用。",
)


@click.command(cls=Chinese)
@HOMEWORK
@WORKERS
@SCHEDULER
@UNSAFE
@click.pass_context
def grade(
    context: click.Context, folder: Path, workers: int, scheduler: str | None, unsafe: bool
) -> None:
    """批改：批还没有批的，批完一份记一份。

    停下来（Ctrl-C）、断电、磁盘满，写下的都在；再运行一次，接着批剩下的。批过的不再批。
    """
    homework = Homework.open(folder)
    _grade(context, homework, pending(homework), workers, scheduler, unsafe)


@click.command(cls=Chinese)
@HOMEWORK
@click.option(
    "--exercise",
    "exercises",
    multiple=True,
    metavar="题",
    help="只重批这道题，例如 momentum/update；可以写几次。",
)
@click.option(
    "--student", "students", multiple=True, metavar="学号", help="只重批这个人；可以写几次。"
)
@WORKERS
@SCHEDULER
@UNSAFE
@click.pass_context
def regrade(
    context: click.Context,
    folder: Path,
    exercises: tuple[str, ...],
    students: tuple[str, ...],
    workers: int,
    scheduler: str | None,
    unsafe: bool,
) -> None:
    """重批：题目改过以后，批过的再批一次。以前的结果还在文件里，人工改的分不变。"""
    homework = Homework.open(folder)
    known = homework.assignment.exercises
    if wrong := [id for id in exercises if id not in known]:
        raise ValueError(f"这次作业里没有 {wrong[0]!r}；有：{'、'.join(known)}")
    if wrong := [id for id in students if id not in homework.roster.students]:
        raise ValueError(f"名单上没有 {wrong[0]!r}")
    tasks = pending(homework, again=True, exercises=exercises, students=students)
    _grade(context, homework, tasks, workers, scheduler, unsafe)


def _grade(
    context: click.Context,
    homework: Homework,
    tasks: list[Task],
    workers: int,
    scheduler: str | None,
    unsafe: bool,
) -> None:
    if not tasks:
        click.echo("没有要批的。")
        click.echo(f"接着：dlbasics report {homework.folder.as_posix()}")
        return
    options = {"workers": workers or None, "scheduler": scheduler, "unsafe": unsafe}
    if unsafe:
        click.echo("没有沙箱：学生的代码能读写这台电脑上你的一切文件。", err=True)
    counts: Counter[str] = Counter()
    waiting: list[str] = []
    grade_many = context.obj or _grade_many
    with tqdm(total=len(tasks), unit="份", desc="批改", disable=None) as bar:
        for task, marks in mark(homework, tasks, grade_many, **options):
            bar.update()
            counts.update("批成" if m.points is not None else "未批" for m in marks)
            if notes := {m.note for m in marks if m.points is None}:
                who = f"{task.handed.student} 的 {task.handed.chapter}"
                waiting.append(f"{who}：{'；'.join(sorted(notes))}")
    click.echo(f"批了 {len(tasks)} 份，{counts['批成']} 题。")
    say_list("未批", waiting)
    click.echo(f"接着：dlbasics report {homework.folder.as_posix()}")
    context.exit(NEEDS_YOU if waiting else 0)


def _grade_many(
    notebooks: Iterable[bytes], assignment: Assignment, **options: Any
) -> Iterator[tuple[int, list[grading.Mark]]]:
    """真的批改的一层；这台电脑批不了就说清，以 3 退出。"""
    try:
        yield from grading.grade_many(notebooks, assignment, **options)
    except grading.Refused as error:
        raise Unfit(f"{error}\n逐项诊断：dlbasics doctor") from error
