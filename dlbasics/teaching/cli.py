"""命令 ``dlbasics``：布置、收取、批改、反馈。每条命令做完，都说下一步做什么。"""

from __future__ import annotations

import csv
import errno
import inspect
import io
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from dlbasics.exercises.registry import Chapter, chapters

NEEDS_YOU, UNFIT, DISK_FULL, INTERRUPTED = 1, 3, 74, 130
"""退出的状态：有事等人处理；这台电脑批改不了；磁盘满了；中断了。用法不对是 2。"""

WIDTH = 92
"""说明一行占几列。"""


class Unfit(click.ClickException):
    """这台电脑批改不了。"""

    exit_code = UNFIT


class Chinese(click.Command):
    """用法、选项、说明都写中文的命令。"""

    def format_usage(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = [p.replace("[OPTIONS]", "[选项]") for p in self.collect_usage_pieces(context)]
        pieces = [p.replace("COMMAND [ARGS]...", "命令 ……") for p in pieces]
        formatter.write(f"用法：{context.command_path} {' '.join(pieces)}\n")

    def format_help_text(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        for paragraph in inspect.cleandoc(self.help or "").split("\n\n"):
            formatter.write("\n")
            if paragraph.startswith("\b"):
                lines = paragraph.splitlines()[1:]
            else:
                lines = wrapped(joined(paragraph), WIDTH - 2)
            formatter.write("".join(f"  {line}\n" for line in lines))

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        options = [p for p in self.get_params(context) if isinstance(p, click.Option)]
        records = [r for option in options if (r := option.get_help_record(context))]
        listed(formatter, "选项", [(name, _chinese(words)) for name, words in records])

    def get_help_option(self, context: click.Context) -> click.Option | None:
        option = super().get_help_option(context)
        if option:
            option.help = "显示这段说明。"
        return option


def listed(formatter: click.HelpFormatter, heading: str, rows: list[tuple[str, str]]) -> None:
    """一节两列的说明，按汉字占两列对齐。"""
    left = max(columns(name) for name, _ in rows) + 2
    formatter.write(f"\n{heading}：\n")
    for name, words in rows:
        lines = wrapped(words, WIDTH - left - 2)
        formatter.write(f"  {name}{' ' * (left - columns(name))}{lines[0]}\n")
        formatter.write("".join(f"  {' ' * left}{line}\n" for line in lines[1:]))


def columns(text: str) -> int:
    """一行文字占几列：汉字与全角标点占两列。

    Examples
    --------
    >>> columns("截止 due")
    8
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def joined(paragraph: str) -> str:
    """把几行接成一行：中文之间不加空格。"""
    return re.sub(r"(?<=[^\x00-\x7f])\n(?=[^\x00-\x7f])", "", paragraph).replace("\n", " ")


def wrapped(text: str, width: int) -> list[str]:
    """按列数折行：汉字之间都可以折，标点不放在行首，西文的词不拆开。"""
    lines, line = [], ""
    for piece in re.findall(
        r"[\x21-\x7e]+[，。；：、）”]*|[（“]*[^\x21-\x7e（“][，。；：、）”]*", text
    ):
        if line and columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()]


class ChineseGroup(Chinese, click.Group):
    """一组命令；出了什么错，用中文说清，再以相应的状态退出。"""

    command_class = Chinese

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        Chinese.format_options(self, context, formatter)
        first = [
            (name, inspect.cleandoc(command.help or "").partition("\n")[0])
            for name, command in self.commands.items()
        ]
        listed(formatter, "命令", first)

    def list_commands(self, context: click.Context) -> list[str]:
        return list(self.commands)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        try:
            status = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.ClickException as error:
            context = getattr(error, "ctx", None)
            hint = f"\n看说明：{context.command_path} --help" if context else ""
            click.echo(translated(error) + hint, err=True)
            status = error.exit_code
        except (KeyboardInterrupt, click.Abort):
            click.echo("\n中断了。写下的都在，再运行一次就接着做。", err=True)
            status = INTERRUPTED
        except (ValueError, OSError) as error:
            full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
            words = (
                "磁盘满了。写下的都在；腾出地方，再运行一次就接着做。" if full else f"出错：{error}"
            )
            click.echo(words, err=True)
            status = DISK_FULL if full else 2
        if standalone_mode:
            sys.exit(status if isinstance(status, int) else 0)
        return status


def _chinese(words: str) -> str:
    return words.replace("[default: ", "[默认 ").replace("[required]", "[必填]")


def translated(error: click.ClickException) -> str:
    """一句出错的话，译成中文。"""
    if isinstance(error, click.MissingParameter):
        name = error.param.get_error_hint(error.ctx) if error.param else error.param_hint
        return f"出错：缺少 {name}"
    if isinstance(error, click.NoSuchOption):
        near = f"，是不是 {'、'.join(error.possibilities)}" if error.possibilities else ""
        return f"出错：没有 {error.option_name} 这个选项{near}"
    if isinstance(error, click.BadParameter):
        name = error.param.get_error_hint(error.ctx) if error.param else error.param_hint
        return f"出错：{name} 不对：{error.message}"
    text = error.format_message()
    if text.startswith("No such command"):
        return f"出错：没有 {text.split()[3].rstrip('.')} 这条命令"
    if text.startswith("Got unexpected extra argument"):
        return f"出错：多写了 {text[text.index('(') + 1 : -1]}"
    return f"出错：{text}"


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
@click.argument("names", metavar="[章]...", nargs=-1)
@click.option("--pack", type=FOLDER, metavar="文件夹", help="布置自己的题：一个练习包。")
@click.option("--name", metavar="名字", help="作业的名字，小写 ASCII；不写就由章名接成。")
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

    章是书里练习的章名，可以写几个；写错了，会列出全部章名。发给学生的是 release.zip，
    其余的留在你这里。
    """
    from dlbasics.teaching.assigning import check_name, nbgrader_course, release
    from dlbasics.teaching.assignment import Assignment
    from dlbasics.teaching.gradebook import Terms
    from dlbasics.teaching.homework import new

    chosen = _chapters(names, pack)
    if nbgrader and pack:
        raise ValueError("--nbgrader 只导出书里的章：nbgrader 批改时找不到 --pack 的参考解答")
    name = name or "-".join(chapter.name for chapter in chosen)
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


def _chapters(names: tuple[str, ...], pack: Path | None) -> list[Chapter]:
    """要布置的章；写错了章名，列出全部。"""
    if bool(names) == bool(pack):
        raise click.UsageError("写出章名，或者用 --pack 写出自己的练习包，二者选一")
    if pack:
        return [load(pack)]
    known = {chapter.name: chapter for chapter in chapters()}
    wrong = [name for name in names if name not in known]
    if wrong:
        raise ValueError(f"没有 {wrong[0]!r} 这一章；有练习的章：{'、'.join(known)}")
    return [known[name] for name in dict.fromkeys(names)]


def load(pack: Path) -> Chapter:
    """读一个练习包。"""
    from dlbasics.exercises.registry import load_pack

    return load_pack(pack)


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
    from dlbasics.teaching import collecting
    from dlbasics.teaching.homework import Homework, unclear_rows
    from dlbasics.teaching.reporting import csv_bytes
    from dlbasics.teaching.roster import read_roster

    homework = Homework.open(folder)
    assignment = homework.assignment
    if roster:
        students = read_roster(roster).students.values()
        rows = [
            ["学号", "姓名", "班级", "小组"],
            *([s.id, s.name, s.group, s.team] for s in students),
        ]
        homework.write("roster.csv", csv_bytes(rows).decode("utf-8"))
    people = homework.roster
    owners = read_owners(folder / "unclear.csv")
    found = collecting.collect(source, list(assignment.exercises), people, owners=owners)
    fresh = homework.store(found.submissions, found.problems)
    handed = homework.handed()
    kept = [[path, id, ""] for path, id in owners.items()]
    unclear = unclear_rows(found.problems)
    homework.write("unclear.csv", csv_bytes([["文件", "学号", "原因"], *kept, *unclear]).decode())
    _say_collected(homework, found, len(fresh), people)
    waiting = [p for p in found.problems if p.kind != "别的"]
    if unclear:
        click.echo(f"打开 {(folder / 'unclear.csv').as_posix()}，在“学号”一列填上是谁，再收一次。")
    if handed:
        click.echo(f"接着：dlbasics grade {folder.as_posix()}")
    context.exit(NEEDS_YOU if waiting else 0)


def read_owners(path: Path) -> dict[str, str]:
    """人填好的学号：文件与学号。"""
    from dlbasics.teaching.roster import read_text

    if not path.exists():
        return {}
    rows = csv.reader(io.StringIO(read_text(path.read_bytes())))
    return {row[0]: row[1].strip() for row in list(rows)[1:] if len(row) > 1 and row[1].strip()}


def _say_collected(homework: Any, found: Any, fresh: int, roster: Any) -> None:
    from dlbasics.teaching.collecting import identical, repeated

    terms = homework.terms
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
    twice = repeated(found.submissions)
    _list(
        "交了几份不同的",
        [f"{label[id]} 的 {chapter}：{len(each)} 份" for (id, chapter), each in twice.items()],
    )
    blank = blank_attempts(homework)
    same = identical(found.submissions, blank)
    _list("一模一样的", ["、".join(label[each.student] for each in group) for group in same])
    for kind in ("认不出", "坏了", "拒收", "别的"):
        _list(kind, [f"{p.trail}：{p.reason}" for p in found.problems if p.kind == kind])


def blank_attempts(homework: Any) -> set[str]:
    """原样没有动过的笔记本的指纹。"""
    import hashlib

    released = (homework.folder / "release").glob("*.ipynb")
    return {hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in released}


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
    from dlbasics.teaching.homework import Homework
    from dlbasics.teaching.marking import pending

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
    from dlbasics.teaching.homework import Homework
    from dlbasics.teaching.marking import pending

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
    homework: Any,
    tasks: list,
    workers: int,
    scheduler: str | None,
    unsafe: bool,
) -> None:
    from dlbasics.teaching.marking import mark

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


def _grade_many(notebooks: list[bytes], assignment: Any, **options: Any) -> Any:
    """真的批改的一层；这台电脑批不了就说清，以 3 退出。"""
    from dlbasics.teaching.grading import Refused, grade_many

    try:
        yield from grade_many(notebooks, assignment, **options)
    except Refused as error:
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
    from dlbasics.teaching.gradebook import rows
    from dlbasics.teaching.homework import Homework, replace
    from dlbasics.teaching.reporting import (
        class_page,
        csv_bytes,
        student_page,
        tables,
        xlsx_bytes,
    )

    homework = Homework.open(folder)
    course = course_of(homework, book)
    records, handed, ids = homework.results.read(), homework.handed(), list(course.exercises)
    class_rows = rows(records, handed, homework.roster, ids, homework.terms)
    target = folder / "reports"
    for row in tqdm(class_rows, unit="人", desc="写反馈", disable=None):
        replace(target / "students" / f"{row.student.id}.html", student_page(row, course).encode())
    pairs = alike_pairs(homework, class_rows, course)
    replace(target / "class.html", class_page(class_rows, course, pairs).encode())
    sheets = tables(class_rows, course)
    replace(target / "class.csv", csv_bytes(sheets["成绩"]))
    replace(target / "class.xlsx", xlsx_bytes(sheets))
    click.echo(f"{len(class_rows)} 个学生的反馈在 {(target / 'students').as_posix()}/。")
    for name in ("class.html", "class.csv", "class.xlsx"):
        click.echo(f"  {(target / name).as_posix()}")
    click.echo("class.* 有全班的姓名与分数，不要发给学生。")


def course_of(homework: Any, book: str) -> Any:
    """写反馈要知道的题目与章。"""
    from dlbasics.teaching.reporting import Course

    assignment = homework.assignment
    known = {chapter.name: chapter for chapter in chapters()}
    if assignment.pack:
        pack = load(assignment.pack)
        known[pack.name] = pack
    names = dict.fromkeys(id.partition("/")[0] for id in assignment.exercises)
    used = [known[name] for name in names]
    exercises = {exercise.id: exercise for chapter in used for exercise in chapter.exercises}
    wanted = {id: exercises[id] for id in assignment.exercises}
    return Course(assignment.name, used, wanted, book)


def alike_pairs(homework: Any, class_rows: Any, course: Any) -> dict[str, Any]:
    """每道题里很像的长答案，只看每人取的那一份。"""
    from dlbasics.teaching.collecting import answers
    from dlbasics.teaching.similarity import alike

    by_exercise: dict[str, dict[str, str]] = {id: {} for id in course.exercises}
    cache: dict[tuple[str, str, str], dict[str, str]] = {}
    handed = {(h.student, h.chapter, h.attempt): h for h in homework.handed()}
    for row in class_rows:
        for score in row.scores:
            mark = score.mark
            key = mark and (mark.student, score.exercise.partition("/")[0], mark.attempt)
            if not key or key not in handed or mark.student != row.student.id:
                continue
            if key not in cache:
                cache[key] = answers(homework.notebook(handed[key]).read_bytes())
            if source := cache[key].get(score.exercise):
                by_exercise[score.exercise][row.student.id] = source
    found = {id: alike(each, course.exercises[id].solution) for id, each in by_exercise.items()}
    return {id: pairs for id, pairs in found.items() if pairs}


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
    from dlbasics.teaching.homework import Homework
    from dlbasics.teaching.results import Override, now

    homework = Homework.open(folder)
    assignment = homework.assignment
    if student not in homework.roster.students:
        raise ValueError(f"名单上没有 {student!r}")
    if exercise not in assignment.exercises:
        raise ValueError(f"这次作业里没有 {exercise!r}；有：{'、'.join(assignment.exercises)}")
    possible = course_of(homework, "").exercises[exercise].points
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
    from dlbasics.teaching.doctor import advice, examine

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
    from dlbasics.teaching.new_exercise import write

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


if __name__ == "__main__":
    main()
