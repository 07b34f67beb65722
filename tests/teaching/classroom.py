"""一个小班：名单，各种样子的作业，照平台的样子打成的 zip，和不用沙箱的批改。"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import nbformat
import numpy as np

from dlbasics.exercises.exercise import grade_id
from dlbasics.exercises.judging import judge
from dlbasics.exercises.registry import Chapter, chapters, find
from dlbasics.teaching.assignment import exercises_of
from dlbasics.teaching.collecting import answers
from dlbasics.teaching.notebooks import build

CHAPTER = "parameter_sharing"
ROSTER = """\
学号,姓名,班级,小组
20230001,张三,一班,甲
20230002,李四,一班,甲
20230003,王小五,一班,乙
20230004,赵六,二班,乙
20230005,钱七,二班,丙
20230006,孙八,二班,丙
20230007,周九,二班,丁
20230008,吴十,二班,丁
"""
CONFUSED = {
    "count_weights": 0,
    "toeplitz": 0,
    "true_convolution": 0,
}
"""答错的几题，错在第几条提示。"""


def chapter(name: str = CHAPTER) -> Chapter:
    return next(each for each in chapters() if each.name == name)


def notebook(answered: Mapping[str, str], name: str = CHAPTER) -> bytes:
    """一本学生的笔记本：题名与答案的源代码；没有写的是空壳。"""
    book = build(chapter(name))
    cells = {cell.id: cell for cell in book.cells}
    for each, source in answered.items():
        cells[f"{grade_id(f'{name}/{each}')}-answer"].source = source
    return nbformat.writes(book).encode()


def right(*names: str, name: str = CHAPTER) -> dict[str, str]:
    """参考解答；不写题名就是全部。"""
    return {each: find(f"{name}/{each}").solution for each in names or chapter(name).names}


def wrong(each: str, hint: int = 0, name: str = CHAPTER) -> dict[str, str]:
    """答成第 ``hint`` 条提示说的样子。"""
    exercise = find(f"{name}/{each}")
    head = exercise.stub.splitlines()[0]
    parameters = head[head.index("(") :].removesuffix(":")
    body = f"    from dlbasics.exercises.registry import find\n    return find({exercise.id!r})"
    return {each: f"{head}\n{body}.hints[{hint}].wrong{parameters}\n"}


def class_files() -> dict[str, tuple[bytes, tuple]]:
    """全班交的文件：路径，内容与时刻。"""
    on_time, late = (2026, 12, 1, 20, 0, 0), (2026, 12, 3, 9, 0, 0)
    some_wrong = right() | wrong("count_weights") | wrong("toeplitz")
    return {
        "20230001_张三/parameter_sharing.ipynb": (notebook(right()), on_time),
        "20230002_李四/我的作业 (1).ipynb": (notebook(some_wrong), on_time),
        "20230003_王小五/练习三.ipynb": (notebook(right() | wrong("count_weights")), late),
        "20230004_赵六/parameter_sharing.ipynb": (
            notebook(right("count_weights", "savings", "toeplitz") | wrong("sliding")), on_time),
        "20230005_钱七/parameter_sharing.ipynb": (notebook({}), on_time),
        "20230006_孙八/parameter_sharing.ipynb": (b'{"cells": [', on_time),
        "作业/最终版.ipynb": (notebook(right("savings")), on_time),
        "20230008_吴十/说明.txt": ("我没有做完".encode(), on_time),
    }  # fmt: skip


def packed(files: Mapping[str, tuple[bytes, tuple]], encoding: str = "utf-8") -> bytes:
    """打成 zip；``encoding`` 是 gb18030 时不标 UTF-8，名字照中文 Windows 的样子写。"""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, (data, time) in files.items():
            name = path if encoding == "utf-8" else path.encode(encoding).decode("cp437")
            info = zipfile.ZipInfo(name, time)
            info.compress_type = zipfile.ZIP_DEFLATED
            if encoding != "utf-8":
                info = _unflagged(info, path.encode(encoding))
            archive.writestr(info, data)
    return stream.getvalue()


class _unflagged(zipfile.ZipInfo):
    """名字是一串字节、没有标明 UTF-8 的成员。"""

    def __init__(self, info: zipfile.ZipInfo, raw: bytes) -> None:
        super().__init__(info.filename, info.date_time)
        self.compress_type, self.raw = info.compress_type, raw

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.raw, self.flag_bits & ~0x800


def grade_here(
    notebooks: list[bytes], assignment: Any, *, secret: bytes, **options: Any
) -> Iterator[tuple[int, list[Any]]]:
    """不用沙箱的批改：测试自己写的作业，在这个进程里评判。"""
    for index, data in enumerate(notebooks):
        sources, marks = answers(data), []
        for exercise in exercises_of(assignment):
            id = exercise.id
            variables: dict[str, Any] = {"np": np}
            exec(sources.get(id, exercise.stub), variables)
            verdict = judge(exercise, variables[exercise.name], np.random.default_rng(7))
            marks.append(
                SimpleNamespace(
                    exercise=id,
                    points=exercise.points if verdict.passed else 0,
                    possible=exercise.points,
                    verdict=verdict.as_dict(),
                    shows_input=True,
                    note="",
                )
            )
        yield index, marks
