"""出题：在练习包里写一道题的样子。"""

from __future__ import annotations

from pathlib import Path

import click

from dlbasics.teaching.commands.chinese import Chinese
from dlbasics.teaching.commands.shared import FOLDER
from dlbasics.teaching.new_exercise import write


@click.command("new-exercise", cls=Chinese)
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
