"""批改要多久：``python -m benchmarks.grading [份数] [nbgrader 的份数]``，由普通用户运行。

同一批合成的作业（动量法一章，对的、错的、没写的都有），先由 dlbasics 用两个进程在沙箱里批，
再由原样的 nbgrader 一份接一份地批。打印每份的秒数，和主进程在批改前后的内存。
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from dlbasics.exercises.exercise import Exercise
from dlbasics.exercises.registry import chapters
from dlbasics.teaching.assignment import Assignment
from dlbasics.teaching.grading import grade_many
from dlbasics.teaching.notebooks import build

CHAPTER = next(chapter for chapter in chapters() if chapter.name == "momentum")
SECRET = b"benchmark-only-secret"
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "benchmark"
c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("尚未作答")'}
c.ClearSolutions.enforce_metadata = False
"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    stock = int(sys.argv[2]) if len(sys.argv) > 2 else min(count, 20)
    notebooks = [submission(number) for number in range(count)]
    work = Assignment("benchmark", tuple(CHAPTER.ids), seed_version=1)
    before, start = memory(), time.perf_counter()
    points = {
        number: sum(mark.points for mark in marks)
        for number, marks in grade_many(notebooks, work, secret=SECRET, workers=2)
    }
    ours = (time.perf_counter() - start) / count
    print(f"dlbasics，2 个进程：{count} 份，每份 {ours:.2f} 秒", flush=True)
    print(f"主进程的内存：批改前 {before:.0f} MiB，批改后最多 {memory():.0f} MiB")
    print(f"得分：最低 {min(points.values()):g}，最高 {max(points.values()):g}")
    if stock:
        theirs = nbgrader(notebooks[:stock]) / stock
        ratio = theirs / ours
        print(f"nbgrader，一份接一份：{stock} 份，每份 {theirs:.2f} 秒，是前者的 {ratio:.1f} 倍")


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


def memory() -> float:
    """这个进程到现在为止最多占了多少内存，单位 MiB。"""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def nbgrader(notebooks: list[bytes]) -> float:
    """原样的 nbgrader 批改全部笔记本用的秒数。"""
    with tempfile.TemporaryDirectory(prefix="nbgrader-benchmark-") as folder:
        course = Path(folder)
        (course / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
        put(course / "source" / "momentum" / "momentum.ipynb", nbformat.writes(source()).encode())
        run(course, "generate_assignment", "momentum")
        for number, notebook in enumerate(notebooks):
            put(course / "submitted" / f"s{number}" / "momentum" / "momentum.ipynb", notebook)
        start = time.perf_counter()
        run(course, "autograde", "momentum")
        return time.perf_counter() - start


def source() -> nbformat.NotebookNode:
    """教师的那一本：解答夹在 nbgrader 认得的记号中间。"""
    notebook = build(CHAPTER)
    answers = {f"{e.id.replace('/', '-')}-answer": e for e in CHAPTER.exercises}
    for cell in notebook.cells:
        if cell.id in answers:
            head, _, body = answers[cell.id].stub.rpartition("\n")
            marks = ["    ### BEGIN SOLUTION", body, "    ### END SOLUTION"]
            cell.source = "\n".join([head, *marks])
    return notebook


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
