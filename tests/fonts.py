"""图只许用书里的字体和 matplotlib 自带的字体；用了别的，或找不到字体，立刻出错。

测试进程由 ``conftest.py`` 装上这道检查，笔记本的内核由 ``notebooks/environment.py`` 装上。
少了它，一幅图可以悄悄用上某台机器的字体，换一台机器就变样。
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

import matplotlib
from matplotlib import font_manager

from dlbasics.figures.style import FONTS

ALLOWED = (FONTS.resolve(), Path(matplotlib.get_data_path()).resolve())


class ForeignFont(RuntimeError):
    """一幅图用了书外的字体，或没有找到它要的字体。"""


class Alarm(logging.Handler):
    """matplotlib 的 findfont 一发警告就抛异常；它默认只写一行到 stderr。"""

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if "findfont" in message:
            raise ForeignFont(message)


def forbid_other_fonts() -> None:
    """从此以后，画图时打开的字体文件必须在 ``ALLOWED`` 之下。重复调用没有别的效果。"""
    log = logging.getLogger(font_manager.__name__)
    if any(isinstance(handler, Alarm) for handler in log.handlers):
        return
    log.addHandler(Alarm(logging.WARNING))
    open_font = font_manager._get_font

    def checked(paths: tuple[tuple[str, int] | str, ...], *rest: object, **options: object):
        for one in paths:
            path = one if isinstance(one, str) else one[0]  # 3.11 以前的 Matplotlib 只给路径
            if not any(Path(path).is_relative_to(folder) for folder in ALLOWED):
                raise ForeignFont(f"图用了书外的字体 {os.fspath(path)}")
        return open_font(paths, *rest, **options)

    font_manager._get_font = checked
