"""从外面看一个进程和它的后代：有哪些，用了多少处理器时间和内存。"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def family(pid: int) -> list[int]:
    """一个进程和它的全部后代。"""
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for task in os.listdir(f"/proc/{parent}/task"):
                with suppress(OSError):
                    text = Path(f"/proc/{parent}/task/{task}/children").read_text()
                    found += [int(child) for child in text.split()]
    return found


def processor_time(pid: int) -> float:
    """一个进程和它的全部后代用过的处理器时间，单位秒；结束了的后代也算。"""
    return sum(map(_ticks, family(pid))) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))


def private_memory(pid: int) -> int:
    """一个进程自己占的内存，不算与别人共用的文件。"""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
