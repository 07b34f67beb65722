"""命令 ``dlbasics``：布置、收取、批改、反馈。每条命令做完，都说下一步做什么。"""

from __future__ import annotations

import sys

import click

from dlbasics.teaching.commands.assign import assign
from dlbasics.teaching.commands.chinese import ChineseGroup
from dlbasics.teaching.commands.collect import collect
from dlbasics.teaching.commands.doctor import doctor
from dlbasics.teaching.commands.grade import grade, regrade
from dlbasics.teaching.commands.new_exercise import new_exercise
from dlbasics.teaching.commands.report import override, report


@click.group(cls=ChineseGroup)
def cli() -> None:
    """布置、收取、批改、反馈：一次作业是一个文件夹。

    \b
    dlbasics assign momentum --due 2026-12-01T23:59
    dlbasics collect momentum 下载/作业.zip --roster 名单.xlsx
    dlbasics grade momentum
    dlbasics report momentum
    """


for command in (assign, collect, grade, regrade, report, override, doctor, new_exercise):
    cli.add_command(command)


def main() -> None:
    """命令的入口。"""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli.main(prog_name="dlbasics")
