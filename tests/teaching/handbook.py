"""教师手册里的输出：``python -m tests.teaching.handbook`` 从头走一遍，把打印的存下来。

存在 ``book/appendix/teaching/``；测试再走一遍，要逐字相同。
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
from click.testing import CliRunner

from dlbasics.teaching.commands.chinese import columns
from dlbasics.teaching.commands.cli import cli
from tests.teaching.classroom import CHAPTER, ROSTER, class_files, grade_here, packed

FOLDER = Path(__file__).parents[2] / "book" / "appendix" / "teaching"
REASON = "偏置的个数口头说对了"


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def told(command: str) -> str:
    """运行一条命令，写成终端里的样子。"""
    arguments = [word.strip('"') for word in command.split()[1:]]
    result = CliRunner().invoke(cli, arguments, obj=grade_here)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return f"$ {command}\n{result.output}"


def sessions(folder: Path) -> dict[str, str]:
    """一次作业从头到尾，每一步打印了什么。"""
    with inside(folder):
        Path("名单.csv").write_bytes(ROSTER.encode("gb18030"))
        Path("下载.zip").write_bytes(packed(class_files(), "gb18030"))
        shown = {
            "assign": told(f"dlbasics assign {CHAPTER} --due 2026-12-01T23:59"),
            "collect": told(f"dlbasics collect {CHAPTER} 下载.zip --roster 名单.csv"),
        }
        unclear = Path(CHAPTER, "unclear.csv")
        rows = unclear.read_text(encoding="utf-8-sig")
        unclear.write_text(rows.replace(".ipynb,,", ".ipynb,20230007,"), encoding="utf-8-sig")
        shown["collect_again"] = told(f"dlbasics collect {CHAPTER} 下载.zip")
        shown["grade"] = told(f"dlbasics grade {CHAPTER}")
        shown["override"] = told(
            f"dlbasics override {CHAPTER} 20230003 {CHAPTER}/count_weights "
            f'--points 1 --reason "{REASON}" --by "陈老师"'
        )
        shown["report"] = told(f"dlbasics report {CHAPTER}")
        shown["misconceptions"] = sheet(Path(CHAPTER, "reports", "class.xlsx"), "误解地图")
        shown["new_exercise"] = told("dlbasics new-exercise mine unit --title 单位向量 --stars 1")
    return shown


def sheet(path: Path, name: str) -> str:
    """xlsx 里的一张表，写成对齐的几列。"""
    values = openpyxl.load_workbook(path)[name].values
    rows = [[str(value) for value in row] for row in values]
    widths = [max(columns(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    lines = [
        "  ".join(
            [v + " " * (w - columns(v)) for v, w in zip(row, widths, strict=False)] + row[-1:]
        )
        for row in rows
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in sessions(Path(folder)).items():
            (FOLDER / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
            print(f"写好 book/appendix/teaching/{name}.txt")
