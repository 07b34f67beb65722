"""学生笔记本：一章一本，每道题三个单元：题面、空壳、检查。

单元带 nbgrader 的元数据：收取时凭它认出是哪一章，换了文件名也认得。书里的 ``book/exercises/``
由 ``make exercises`` 写出，输出由 ``make notebooks`` 运行后写回；
题目没有改动的一本原样保留，连同输出。
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from dlbasics.exercises.exercise import IMPORTS, Exercise, grade_id
from dlbasics.exercises.registry import Chapter, chapters

INTRODUCTION = """\
# 练习：{title}

先读[《{title}》](../{page})。这里有 {count} 道题，共 {points} 分，★ 越多越难。

1. 运行下面的单元，导入 NumPy 和 `check`。
2. 每道题给你一个空壳。删掉 `raise` 那一行，写出函数体，运行它。
3. 运行紧跟着的检查单元。没有通过时，它给出最小的反例和提示。

检查用的输入是固定的，可以反复试。函数里可以用 `np`；不要修改传进来的数组，把新的数组返回。

网页上不能运行代码：用页面右上角的按钮下载这本笔记本，在装好的[环境](../appendix/setup.md)里打开它。
"""
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}
"""全书的笔记本都用的元数据。"""


def build(chapter: Chapter) -> NotebookNode:
    """造出一章的学生笔记本，没有输出。单元的 id 由题目的编号决定，每次都一样。"""
    introduction = INTRODUCTION.format(
        title=chapter.title,
        page=f"{chapter.page}.ipynb",
        count=len(chapter.names),
        points=sum(exercise.points for exercise in chapter.exercises),
    )
    cells = [
        new_markdown_cell(introduction.rstrip(), id="introduction"),
        new_code_cell(IMPORTS, id="imports"),
    ]
    for exercise in chapter.exercises:
        cells += exercise_cells(exercise)
    return new_notebook(cells=cells, metadata=METADATA)


def exercise_cells(exercise: Exercise) -> list[NotebookNode]:
    """一道题的三个单元：题面（锁定）、空壳（学生作答）、检查（锁定，计分）。"""
    key = grade_id(exercise.id)
    heading = f"## {exercise.title} {exercise.difficulty}"
    statement = f"{heading}\n\n{exercise.statement.strip()}\n\n（{exercise.points} 分）"
    return [
        new_markdown_cell(
            statement, id=f"{key}-statement", metadata=_metadata(f"{key}-statement", locked=True)
        ),
        new_code_cell(
            exercise.stub, id=f"{key}-answer", metadata=_metadata(f"{key}-answer", solution=True)
        ),
        new_code_cell(
            f'check("{exercise.id}", {exercise.name})',
            id=key,
            metadata=_metadata(key, locked=True, grade=True, points=exercise.points),
        ),
    ]


def _metadata(
    key: str, *, locked: bool = False, solution: bool = False, grade: bool = False, **points: int
) -> dict:
    nbgrader = {
        "schema_version": 3,
        "grade_id": key,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
        **points,
    }
    editable = {"editable": False} if locked else {}
    return {"nbgrader": nbgrader, "deletable": False, **editable}


def form(notebook: NotebookNode) -> list[tuple]:
    """笔记本里除了输出和执行次数之外的一切。

    Examples
    --------
    >>> form(new_notebook(cells=[new_markdown_cell("题面", id="statement")]))
    [('statement', 'markdown', '题面', {})]
    """
    return [(cell.id, cell.cell_type, cell.source, dict(cell.metadata)) for cell in notebook.cells]


def write(chapter: Chapter, path: Path) -> bool:
    """写出一章的学生笔记本；内容没有变就不动它，返回是否写了。"""
    notebook = build(chapter)
    if path.exists() and form(nbformat.read(path, as_version=4)) == form(notebook):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    return True


def main(folder: Path) -> None:
    """把全部章的学生笔记本写进 ``folder``。"""
    for chapter in chapters():
        path = folder / f"{chapter.name}.ipynb"
        done = "写好" if write(chapter, path) else "没有变"
        print(f"{done} {path}：{len(chapter.names)} 道题")
    print(f"接着运行 make notebooks ONLY={folder}，写回输出")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
