"""布置：写出发给学生的文件夹与 zip。"""

from __future__ import annotations

from pathlib import Path

import click

from dlbasics.exercises.registry import Chapter, chapters, find, load_pack
from dlbasics.teaching.assignment import Assignment
from dlbasics.teaching.commands.chinese import Chinese
from dlbasics.teaching.commands.shared import FOLDER
from dlbasics.teaching.gradebook import Terms
from dlbasics.teaching.homework import new


@click.command(cls=Chinese)
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
    from dlbasics.teaching.assigning import check_name, default_name, nbgrader_course, release, when

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
    click.echo(f"{name}：{len(exercises)} 道题，{points} 分；截止：{when(terms.due)}。")
    for path in paths:
        click.echo(f"  {path.relative_to(folder).as_posix()}")
    click.echo(f"发给学生的是 {(folder / 'release.zip').as_posix()}。")
    if nbgrader:
        course = nbgrader_course(folder, name, chosen)
        click.echo(f"给 nbgrader 的课程在 {course.as_posix()}；先读里面的 README.md。")
    click.echo(f"收齐以后：dlbasics collect {folder.as_posix()} 下载的作业 --roster 名单.csv")


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
