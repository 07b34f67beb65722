"""收取：从平台下载的文件夹或 zip 里找出作业。"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from dlbasics.teaching import collecting
from dlbasics.teaching.collecting import Collection
from dlbasics.teaching.commands.chinese import NEEDS_YOU, Chinese
from dlbasics.teaching.commands.shared import HOMEWORK, say_list
from dlbasics.teaching.homework import Homework


@click.command(cls=Chinese)
@HOMEWORK
@click.argument("source", metavar="下载的作业", type=click.Path(path_type=Path))
@click.option(
    "--roster",
    type=click.Path(path_type=Path),
    metavar="名单",
    help="CSV 或 xlsx，要有“学号”一列；第一次收取时必填。",
)
@click.pass_context
def collect(context: click.Context, folder: Path, source: Path, roster: Path | None) -> None:
    """收取：从平台下载的文件夹或 zip 里找出作业。

    按内容找，文件叫什么都行，套几层都行；学号从路径里认。认不出的写进 unclear.csv：
    打开它，填上学号，再收一次。可以分几次收，收过的不会重复。
    """
    homework = Homework.open(folder)
    if roster:
        homework.keep_roster(roster)
    ids = list(homework.assignment.exercises)
    found = collecting.collect(source, ids, homework.roster, owners=homework.owners)
    fresh = homework.store(found.submissions, found.problems)
    homework.ask(found.problems)
    _say_collected(homework, found, len(fresh))
    kinds = {problem.kind for problem in found.problems}
    if "认不出" in kinds:
        click.echo(f"打开 {(folder / 'unclear.csv').as_posix()}，在“学号”一列填上是谁，再收一次。")
    if homework.handed():
        click.echo(f"接着：dlbasics grade {folder.as_posix()}")
    context.exit(NEEDS_YOU if kinds - {"别的"} else 0)


def _say_collected(homework: Homework, found: Collection, fresh: int) -> None:
    terms, roster = homework.terms, homework.roster
    handed = [each for each in homework.handed() if not each.problem]
    by_student = Counter(each.student for each in handed)
    anything = {each.student for each in homework.handed()}
    missing = [s.label for id, s in roster.students.items() if id not in anything]
    click.echo(
        f"收到 {len(found.submissions)} 份，其中新的 {fresh} 份；"
        f"{len(by_student)} / {len(roster.students)} 人交了。"
    )
    label = {id: student.label for id, student in roster.students.items()}
    late = {
        each.student: days for each in handed if (days := terms.late(each.student, each.submitted))
    }
    say_list("迟交", [f"{label[id]}：{days} 天" for id, days in late.items() if id in label])
    say_list("未交", missing)
    twice = collecting.repeated(found.submissions)
    say_list(
        "交了几份不同的",
        [f"{label[id]} 的 {chapter}：{len(each)} 份" for (id, chapter), each in twice.items()],
    )
    same = collecting.identical(found.submissions, homework.blank)
    say_list("一模一样的", ["、".join(label[each.student] for each in group) for group in same])
    for kind in ("认不出", "坏了", "拒收", "别的"):
        say_list(kind, [f"{p.trail}：{p.reason}" for p in found.problems if p.kind == kind])
