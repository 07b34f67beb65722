"""诊断：这台电脑能不能批改。每一项都真的试一次，不行就说怎样修。

后面几项真的批改一份有敌意的作业：它在沙箱里连网、开进程、找参考解答，答案里写着它做成了多少。
布置、收取、写反馈在哪种系统上都行；只有批改要 Linux。
"""

from __future__ import annotations

import json
import os
import platform
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from dlbasics.exercises.registry import chapters, find
from dlbasics.teaching.assignment import Assignment
from dlbasics.teaching.box.probe import problem
from dlbasics.teaching.grading import Refused, grade_submission

ELSEWHERE = """\
Windows：在管理员的 PowerShell 里运行 wsl --install，重启，
在 WSL2 的 Ubuntu 里装这门课，在那里批改。
macOS，或者不想装 WSL2：找一台 Linux 机器批改。这里运行 dask scheduler，
那里运行 dask worker tcp://这台电脑:8786，再 dlbasics grade … --scheduler tcp://127.0.0.1:8786。
布置、收取、写反馈仍在这台电脑上。"""
NOT_ROOT = """\
用普通用户批改：对 root，系统不执行进程与内存的上限。
建一个：sudo useradd --create-home grader，再 sudo -iu grader，在那里运行 dlbasics grade。"""
ID = "momentum/half_life"

NETWORK = """\
    import socket
    try:
        socket.create_connection(("127.0.0.1", {port}), 2)
        return 1
    except OSError:
        return 0
"""
PROCESSES = """\
    import os, time
    for count in range(500):
        try:
            child = os.fork()
        except OSError:
            return count
        if child == 0:
            time.sleep(3)
            os._exit(0)
    return 500
"""
REFERENCES = """\
    try:
        from dlbasics.exercises.momentum import half_life
        return 1
    except ImportError:
        return 0
"""


@dataclass(frozen=True)
class Finding:
    """诊断的一项：看什么，行不行，看到了什么，怎样修。"""

    name: str
    good: bool
    found: str
    mend: str = ""
    needed: bool = True


def examine() -> Iterator[Finding]:
    """逐项诊断；沙箱打不开，靠它的几项就不试。"""
    yield python()
    yield course()
    yield extra("click", "openpyxl", "nbformat", needed=True, name="教师的工具")
    yield extra("distributed", needed=False, name="几台机器一起批（--scheduler）")
    linux = platform.system() == "Linux"
    yield Finding("操作系统", linux, platform.system(), ELSEWHERE)
    if not linux:
        return
    root = os.geteuid() == 0
    yield Finding("不是 root", not root, "root" if root else "普通用户", NOT_ROOT)
    if root:
        return
    reason = problem()
    yield Finding("沙箱", not reason, "打不开" if reason else "打得开", reason)
    if not reason:
        yield network()
        yield processes()
        yield references()


def python() -> Finding:
    """Python 的版本。"""
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("Python 3.11–3.13", good, platform.python_version(), "换一个 Python 建环境")


def course() -> Finding:
    """课程的题目都在。"""
    try:
        count = sum(len(chapter.exercises) for chapter in chapters())
    except Exception as error:
        return Finding("课程的题目", False, f"读不出来：{error}", "重新安装 dlbasics")
    return Finding("课程的题目", count > 0, f"{count} 道", "重新安装 dlbasics")


def extra(*modules: str, needed: bool, name: str) -> Finding:
    """要装的包在不在。"""
    missing = [module for module in modules if find_spec(module) is None]
    mend = f'pip install "dlbasics[{"teach" if needed else "parallel"}]"'
    found = f"缺 {'、'.join(missing)}" if missing else "都在"
    return Finding(name, not missing, found, mend, needed)


def answer(body: str, *, unsafe: bool = False) -> str:
    """批改一份函数体是 ``body`` 的作业，返回沙箱里的函数答了什么；没有答就是说明。"""
    head = find(ID).stub.splitlines()[0]
    sources = [f"{head}\n{body}", f"check({ID!r}, {find(ID).name})"]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    work = Assignment("doctor", (ID,), seed_version=1)
    data = json.dumps({"cells": cells}).encode()
    mark = grade_submission(data, work, secret=bytes(32), unsafe=unsafe)[0]
    return mark.verdict["got"] or mark.verdict["reason"] or mark.note


def network(*, unsafe: bool = False) -> Finding:
    """沙箱里连不上这台电脑自己开的一个端口。"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        body = NETWORK.format(port=server.getsockname()[1])
        got = _answer(body, unsafe)
    found = {"0": "连不出去", "1": "连得上外面"}.get(got, got)
    return Finding("沙箱里没有网络", got == "0", found, "换一个新一点的 bubblewrap（0.8 以上）")


def processes(*, unsafe: bool = False) -> Finding:
    """沙箱里开不了 500 个进程；到了上限就开不动，或者整个沙箱被关掉。"""
    got = _answer(PROCESSES, unsafe)
    held = got != "500"
    found = f"开到 {got} 个就停了" if got.isdigit() else got
    return Finding("进程的上限管用", held, found if held else "开了 500 个", NOT_ROOT)


def references(*, unsafe: bool = False) -> Finding:
    """沙箱里看不见参考解答。"""
    got = _answer(REFERENCES, unsafe)
    found = {"0": "不在里面", "1": "看得见"}.get(got, got)
    return Finding("参考解答看不见", got == "0", found, "重新安装 dlbasics")


def _answer(body: str, unsafe: bool) -> str:
    try:
        return answer(body, unsafe=unsafe)
    except Refused as error:
        return str(error)


def advice(findings: list[Finding]) -> str:
    """能不能批改，一句话。"""
    broken = [finding for finding in findings if finding.needed and not finding.good]
    if not broken:
        return "这台电脑可以批改。"
    names = "、".join(finding.name for finding in broken)
    return f"这台电脑还不能批改：{names}。布置、收取、写反馈不受影响。"
