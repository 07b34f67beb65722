"""批改要多久，占多少内存：``python -m benchmarks.grading``，由普通用户运行，写出一张表。

同一批合成的作业（动量法一章，对的、错的、没写的都有），先由 dlbasics 用两个进程在沙箱里批全部；
再拿其中的几份，原样的 nbgrader 一份接一份地批，dlbasics 紧接着再批一遍：比值用前后脚的这两次，
机器忙闲差不多。钟表时间在忙的机器上偏大，表里写着测完时的负载。
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import nbformat

from benchmarks import machine
from benchmarks.report import table
from dlbasics.exercises.exercise import Exercise
from dlbasics.exercises.registry import chapters
from dlbasics.teaching.assigning import marked
from dlbasics.teaching.assignment import Assignment
from dlbasics.teaching.grading import grade_many
from dlbasics.teaching.notebooks import build

CHAPTER = next(chapter for chapter in chapters() if chapter.name == "momentum")
WORK = Assignment("benchmark", tuple(CHAPTER.ids), seed_version=1)
RESULTS = Path(__file__).parent / "results" / "grading.md"
SECRET = b"benchmark-only-secret"
WORKERS = 2
GOAL_SECONDS, GOAL_RATIO = 0.5, 4.0
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "benchmark"
c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("尚未作答")'}
c.ClearSolutions.enforce_metadata = False
"""


class Cost(NamedTuple):
    """批改几份，用了几秒。"""

    count: int
    seconds: float

    @property
    def each(self) -> float:
        """每份几秒。"""
        return self.seconds / self.count


def main(arguments: list[str] | None = None) -> None:
    """测量，写出结果。"""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="dlbasics 批几份（默认 300）")
    parser.add_argument("--stock", type=int, default=12, help="其中几份也由 nbgrader 批（默认 12）")
    parser.add_argument("--output", type=Path, default=RESULTS, help="结果写到哪个文件")
    options = parser.parse_args(arguments)
    notebooks = [submission(number) for number in range(options.count)]
    memories: list[tuple[int, float, float]] = []
    ours = cost(options.count, lambda: grade(notebooks, memories))
    few = notebooks[: options.stock]
    with tempfile.TemporaryDirectory(prefix="nbgrader-benchmark-") as folder:
        prepare(Path(folder), few)
        stock = cost(len(few), lambda: run(Path(folder), "autograde", "momentum"))
    again = cost(len(few), lambda: grade(few, []))
    options.output.write_text(report(ours, stock, again, memories), encoding="utf-8")
    print(f"写在 {options.output}")


def cost(count: int, work: Callable[[], None]) -> Cost:
    """做一件事用的时间。"""
    start = time.perf_counter()
    work()
    return Cost(count, time.perf_counter() - start)


def grade(notebooks: Iterable[bytes], memories: list[tuple[int, float, float]]) -> None:
    """dlbasics 批改；每批完一成，记一次主进程与各个工作进程的内存。"""
    notebooks = list(notebooks)
    every = max(1, len(notebooks) // 10)
    done = grade_many(notebooks, WORK, secret=SECRET, workers=WORKERS)
    for count, _ in enumerate(done, start=1):
        if count % every == 0:
            workers = [memory(child.pid) for child in multiprocessing.active_children()]
            memories.append((count, memory(os.getpid()), max(workers, default=0)))


def memory(pid: int) -> float:
    """一个进程现在占的内存，单位 MiB。"""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def report(ours: Cost, stock: Cost, again: Cost, memories: list[tuple[int, float, float]]) -> str:
    """写成 Markdown；没有达到的目标照实写出。"""
    flat = memories[-1][1] / memories[0][1], memories[-1][2] / memories[0][2]
    ratio = stock.each / again.each
    goals = [
        (f"每份每章 ≤ {GOAL_SECONDS:g} 秒，{WORKERS} 个进程", ours.each, GOAL_SECONDS, " 秒"),
        (f"nbgrader 的时间 ≥ {GOAL_RATIO:g} 倍", -ratio, -GOAL_RATIO, " 倍"),
        ("主进程的内存不增：末 ÷ 初 ≤ 1.1", flat[0], 1.1, " 倍"),
        ("工作进程的内存不增：末 ÷ 初 ≤ 1.1", flat[1], 1.1, " 倍"),
    ]
    rows = [
        (goal, f"{abs(value):.2f}{unit}", "是" if value <= most else "否")
        for goal, value, most, unit in goals
    ]
    costs = [
        (name, str(each.count), f"{each.each:.2f}")
        for name, each in {
            f"dlbasics，{WORKERS} 个进程，沙箱": ours,
            "nbgrader，一份接一份，没有沙箱": stock,
            "dlbasics，紧接着批同样的几份": again,
        }.items()
    ]
    sections = [
        "# 批改的速度与内存\n",
        "由 `python -m benchmarks.grading` 写出。作业是合成的：动量法一章，"
        f"{len(CHAPTER.names)} 道题，六成做对，三成没写，一成写错。"
        "秒是钟表上的，机器忙就偏大；比值由前后脚的两次得出。\n",
        table(["机器", ""], [row for row in machine.describe() if row[0] != "PyTorch"]),
        "## 目标\n",
        table(["目标", "测得", "达到"], rows),
        "## 每份的秒数\n",
        table(["", "份数", "每份的秒数"], costs),
        "## 内存\n",
        "批完多少份时，各占多少 MiB。\n",
        table(
            ["批完", "主进程", "最大的工作进程"],
            [(str(n), f"{a:.0f}", f"{b:.0f}") for n, a, b in memories],
        ),
    ]
    return "\n".join(sections)


def submission(number: int) -> bytes:
    """第 ``number`` 个学生的笔记本：每道题六成做对，三成没写，一成写错。"""
    rng, notebook = random.Random(number), build(CHAPTER)
    answers = {f"{e.id.replace('/', '-')}-answer": e for e in CHAPTER.exercises}
    for cell in notebook.cells:
        if cell.id in answers:
            cell.source = written(answers[cell.id], rng.random())
    return nbformat.writes(notebook).encode()


def written(exercise: Exercise, luck: float) -> str:
    if luck < 0.6:
        return exercise.solution
    if luck < 0.9:
        return exercise.stub
    return exercise.stub.rpartition("\n")[0] + "\n    return 0.0"


def prepare(course: Path, notebooks: list[bytes]) -> None:
    """原样的 nbgrader 的课程，交上来的作业放好，等着批。"""
    (course / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    source = nbformat.writes(marked(CHAPTER)).encode()
    put(course / "source" / "momentum" / "momentum.ipynb", source)
    run(course, "generate_assignment", "momentum")
    for number, notebook in enumerate(notebooks):
        put(course / "submitted" / f"s{number}" / "momentum" / "momentum.ipynb", notebook)


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


def run(course: Path, *words: str) -> None:
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    home = {"HOME": str(course), "PATH": tools, "JUPYTER_ALLOW_INSECURE_WRITES": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course,
        env=os.environ | home,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr[-2000:])


if __name__ == "__main__":
    main()
