"""批改全部语料，写出 JSON：``python -m tests.teaching.batch``。由普通用户运行。

批完以后，再看看留下了什么：进程、文件、套接字。
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from dlbasics.teaching.box import sitting
from dlbasics.teaching.box.limits import Limits
from dlbasics.teaching.box.processes import family
from dlbasics.teaching.grading import grade_submission
from tests.teaching.corpus import CASES, SHORT, WORK, Case

SECRET = b"SECRET-of-the-course"
LIMITS = Limits(memory=400, cell_seconds=10)
BRIEF = replace(LIMITS, call_seconds=0.5, cell_seconds=1, patience=20)
LEAK = "dlbasics-leak"


def main() -> None:
    adopt_orphans()
    wanted = sys.argv[1:]
    cases = [case for case in CASES if not wanted or case.name in wanted]
    os.environ["COURSE_SECRET"] = SECRET.decode()
    with tempfile.NamedTemporaryFile(prefix="leak-target"):
        found = graded(cases)
    leaks = [*Path(tempfile.gettempdir()).glob("dlbasics-*"), *Path("/dev/shm").glob(LEAK)]
    left = {
        "files": [path.name for path in leaks if path.stat().st_uid == os.getuid()],
        "processes": processes(),
        "sockets": [
            line for line in Path("/proc/net/unix").read_text().splitlines() if LEAK in line
        ],
    }
    json.dump({"marks": found, "left": left}, sys.stdout)


def graded(cases: list[Case]) -> dict[str, list[dict]]:
    """三份三份地批改。"""
    sitting.GRACE = 0.5  # 停不下来的，少等一会儿

    def grade(case: Case) -> list[dict]:
        limits = BRIEF if case.name in SHORT else LIMITS
        marks = grade_submission(case.notebook, WORK, secret=SECRET, limits=limits)
        return [mark.as_dict() for mark in marks]

    with ThreadPoolExecutor(3) as threads:
        return dict(zip([case.name for case in cases], threads.map(grade, cases), strict=True))


def processes() -> list[str]:
    """留下的沙箱进程：没了父母的都归到这个进程名下（见 :func:`adopt_orphans`）。"""
    lines = []
    for pid in family(os.getpid()):
        try:
            lines.append(Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return [line[:200] for line in lines if "runner.py" in line]


def adopt_orphans() -> None:
    """后代的父母没了，就由这个进程收养。"""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


if __name__ == "__main__":
    main()
