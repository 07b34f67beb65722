"""说中文的命令行：用法、选项、说明、出错的话，和退出的状态。"""

from __future__ import annotations

import errno
import inspect
import re
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

import click

NEEDS_YOU, UNFIT, DISK_FULL, INTERRUPTED = 1, 3, 74, 130
"""退出的状态：有事等人处理；这台电脑批改不了；磁盘满了；中断了。用法不对是 2。"""

WIDTH = 92
"""说明一行占几列。"""


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
    for piece in re.findall(r"[（“]*(?:[\x21-\x7e]+|[^\x21-\x7e（“])[，。；：、）”]*", text):
        if line and columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()]


class ChineseGroup(Chinese, click.Group):
    """一组命令；出了什么错，用中文说清，再以相应的状态退出。"""

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
