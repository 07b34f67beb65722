"""几条命令共用的：作业的参数，文件夹的参数，一列列地说。"""

from __future__ import annotations

from pathlib import Path

import click

HOMEWORK = click.argument("folder", metavar="作业", type=click.Path(path_type=Path))
FOLDER = click.Path(path_type=Path, file_okay=False)


def say_list(title: str, items: list[str]) -> None:
    """说一列，先说有几样；没有就不说。"""
    if items:
        click.echo(f"{title}（{len(items)}）")
        for item in items:
            click.echo(f"  {item}")
