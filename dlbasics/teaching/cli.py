"""命令 ``dlbasics``：布置、收取、批改、反馈。每条命令做完，都说下一步做什么。"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from dlbasics.exercises.registry import Chapter, chapters, find, load_pack
from dlbasics.teaching import collecting, grading
from dlbasics.teaching.assignment import Assignment, exercises_of
from dlbasics.teaching.chinese_cli import NEEDS_YOU, UNFIT, ChineseGroup
from dlbasics.teaching.collecting import Collection
from dlbasics.teaching.doctor import advice, examine
from dlbasics.teaching.gradebook import Terms, rows
from dlbasics.teaching.homework import Homework, new, replace
from dlbasics.teaching.marking import Task, mark, pending
from dlbasics.teaching.new_exercise import write
from dlbasics.teaching.reporting.class_page import class_page
from dlbasics.teaching.reporting.course import Course
from dlbasics.teaching.reporting.student_page import student_page
from dlbasics.teaching.reporting.tables import tables
from dlbasics.teaching.results import Override, now
from dlbasics.teaching.similarity import alike_in_class
from dlbasics.teaching.spreadsheets import csv_bytes, xlsx_bytes


class Unfit(click.ClickException):
    """这台电脑批改不了。"""

    exit_code = UNFIT


HOMEWORK = click.argument("folder", metavar="作业", type=click.Path(path_type=Path))
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(cls=ChineseGroup)
def cli() -> None:
    """布置、收取、批改、反馈：一次作业是一个文件夹。

    \b
    dlbasics assign momentum --due 2026-12-01T23:59
    dlbasics collect momentum 下载/作业.zip --roster 名单.xlsx
    dlbasics grade momentum
    dlbasics report momentum
    """


@cli.command()
@click.argument("names", metavar="[章或题]...", nargs=-1)
@click.option("--pack", type=FOLDER, metavar="文件夹", help="布置自己的题：一个练习包。")
@click.option("--name", metavar="名字", help="作业的名字，小写 ASCII；不写就由章名与题名接成。")
@click.option("--to", type=FOLDER, metavar="文件夹", help="写到哪里；不写就用作业的名字。")
@click.option("--due", default="", metavar="时刻", help="截止，例如 2026-12-01T23:59。")
@click.option("--per-day", default=0.1, show_default=True, metavar="几成", help="迟交一天扣几成。")
@click.option("--days", default=7, show_default=True, metavar="天", help="最多迟几天，再迟不计分。")
@click.option("--last", is_flag=True, help="交了几次，取最后一次；不写就每题取最高的。")
@click.option("--by-team", is_flag=True, help="同一小组的人共用一份作业；名单里要有“小组”一列。")
@click.option("--partial", is_flag=True, help="按答对的输入给部分分；不写就要全对。")
@click.option("--data", type=FOLDER, metavar="文件夹", help="一起发给学生的数据。")
@click.option("--nbgrader", is_flag=True, help="另写一个原样的 nbgrader 就能用的课程。")
def assign(
    names: tuple[str, ...],
    pack: Path | None,
    name: str | None,
    to: Path | None,
    due: str,
    per_day: float,
    days: int,
    last: bool,
    by_team: bool,
    partial: bool,
    data: Path | None,
    nbgrader: bool,
) -> None:
    """布置：写出发给学生的文件夹与 zip。

    写章名就布置整章，写“章/题”就只布置那道题，都可以写几个；写错了，会列出可以写的。
    发给学生的是 release.zip，其余的留在你这里。

    \b
    dlbasics assign momentum
    dlbasics assign momentum/update momentum/half_life gradient_descent
    """
    # nbformat 光导入就要一秒，别的命令用不着
    from dlbasics.teaching.assigning import check_name, default_name, nbgrader_course, release

    chosen = _chosen(names, pack)
    if nbgrader and pack:
        raise ValueError("--nbgrader 只导出书里的章：nbgrader 批改时找不到 --pack 的参考解答")
    name = name or default_name(chosen)
    check_name(name)
    terms = Terms(due, per_day, days, "last" if last else "best", by_team)
    exercises = tuple(id for chapter in chosen for id in chapter.ids)
    folder = to or Path(name)
    assignment = Assignment(
        name=name,
        exercises=exercises,
        seed_version=1,
        partial=partial,
        pack=pack.resolve() if pack else None,
    )
    new(folder, assignment, terms)
    paths = release(folder, name, chosen, terms, data=data, checked=pack is None)
    points = sum(exercise.points for chapter in chosen for exercise in chapter.exercises)
    click.echo(f"{name}：{len(exercises)} 道题，{points} 分。")
    for path in paths:
        click.echo(f"  {path.relative_to(folder).as_posix()}")
    click.echo(f"发给学生的是 {(folder / 'release.zip').as_posix()}。")
    if nbgrader:
        course = nbgrader_course(folder, name, chosen)
        click.echo(f"给 nbgrader 的课程在 {course.as_posix()}；先读里面的 README.md。")
    click.echo(
        f"收齐以后：dlbasics collect {folder.as_posix()} 下载的文件夹或zip --roster 名单.csv"
    )


def _chosen(names: tuple[str, ...], pack: Path | None) -> list[Chapter]:
    """要布置的章，每章只有要布置的题；写错了章名，列出全部。"""
    if bool(names) == bool(pack):
        raise click.UsageError("写出章或题，或者用 --pack 写出自己的练习包，二者选一")
    if pack:
        return [load_pack(pack)]
    known = {chapter.name: chapter for chapter in chapters()}
    wanted: dict[str, set[str]] = {}
    for name in names:
        chapter = known.get(name.partition("/")[0])
        if chapter is None:
            raise ValueError(f"没有 {name!r} 这一章；有练习的章：{'、'.join(known)}")
        ids = [find(name).id] if "/" in name else chapter.ids
        wanted.setdefault(chapter.name, set()).update(ids)
    return [known[name].only(ids) for name, ids in wanted.items()]


@cli.command()
@HOMEWORK
@click.argument("source", metavar="文件夹或zip", type=click.Path(path_type=Path))
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
    _list("迟交", [f"{label[id]}：{days} 天" for id, days in late.items() if id in label])
    _list("未交", missing)
    twice = collecting.repeated(found.submissions)
    _list(
        "交了几份不同的",
        [f"{label[id]} 的 {chapter}：{len(each)} 份" for (id, chapter), each in twice.items()],
    )
    same = collecting.identical(found.submissions, homework.blank)
    _list("一模一样的", ["、".join(label[each.student] for each in group) for group in same])
    for kind in ("认不出", "坏了", "拒收", "别的"):
        _list(kind, [f"{p.trail}：{p.reason}" for p in found.problems if p.kind == kind])


def _list(title: str, items: list[str]) -> None:
    if items:
        click.echo(f"{title}（{len(items)}）")
        for item in items:
            click.echo(f"  {item}")


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


@cli.command()
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


@cli.command()
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
    _list("未批", waiting)
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


@cli.command()
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


@cli.command()
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


@cli.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """诊断：这台电脑能不能批改，不能就说怎样修。每一项都真的试一次。"""
    findings = []
    for finding in examine():
        findings.append(finding)
        sign = "✓" if finding.good else "✗" if finding.needed else "–"
        click.echo(f"{sign} {finding.name}：{finding.found}")
        if not finding.good and finding.mend:
            for line in finding.mend.splitlines():
                click.echo(f"    {line}")
    click.echo(advice(findings))
    bad = any(finding.needed and not finding.good for finding in findings)
    context.exit(UNFIT if bad else 0)


@cli.command("new-exercise")
@click.argument("pack", metavar="练习包", type=FOLDER)
@click.argument("name", metavar="题名")
@click.option("--title", default="一道新题", show_default=True, metavar="题目", help="中文的题目。")
@click.option(
    "--stars",
    type=click.IntRange(1, 3),
    default=1,
    show_default=True,
    metavar="几颗",
    help="难度，1 到 3。",
)
def new_exercise(pack: Path, name: str, title: str, stars: int) -> None:
    """出题：在练习包里写一道题的样子，连同它的测试；改成你的题。

    练习包是一个文件夹，一章的题；还没有就新建。题名只用小写字母、数字和下划线。
    """
    for path in write(pack, name, title, stars):
        click.echo(f"写好 {path.as_posix()}")
    click.echo(f"改成你的题，再运行 python -m pytest {pack.as_posix()}；")
    click.echo(f"布置：dlbasics assign --pack {pack.as_posix()} --due 2026-12-01T23:59")


def main() -> None:
    """命令的入口。"""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli.main(prog_name="dlbasics")
