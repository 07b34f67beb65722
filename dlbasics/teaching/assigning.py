"""布置：一次作业发给学生的文件夹与 zip，和给 nbgrader 的导出。

发给学生的名字全是 ASCII：教务平台与各种解压软件不会把它们变成乱码。
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Sequence
from importlib.metadata import requires, version
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dlbasics.exercises.exercise import UNANSWERED, Exercise, grade_id
from dlbasics.exercises.registry import Chapter, chapters
from dlbasics.teaching.gradebook import Terms, instant
from dlbasics.teaching.notebooks import build

README = """\
# {name}

{due}

| 笔记本 | 题目 | 满分 |
|---|---|---|
{rows}

共 {count} 道题，{points} 分。

## 怎样做

1. 装好环境：在这个文件夹里运行 `pip install -r requirements.txt`。
   课程的 `dlbasics` 照老师给的办法装。
2. 打开笔记本，从上往下做。每道题删掉 `raise` 那一行，写出函数体，运行它。
3. {check}
4. 保存，交 `.ipynb` 文件。文件名可以改；单元不要复制，也不要删。文件名或文件夹里写上学号。

## 怎样批

批改时换一套输入，在一个没有网络的沙箱里运行你的笔记本，从第一个单元到最后一个。
所以交之前重启内核、从头运行一遍：不靠以前留下的变量，也不靠自己电脑上的文件。
函数里可以用 NumPy；不要修改传进来的数组。屏幕上打印什么不影响得分。
"""
INTRODUCTION = """\
# 练习：{title}

先读书里的《{title}》一章。这里有 {count} 道题，共 {points} 分，★ 越多越难。

1. 运行下面的单元，导入 NumPy 和 `check`。
2. 每道题给你一个空壳。删掉 `raise` 那一行，写出函数体，运行它。
3. 运行紧跟着的检查单元。没有通过时，它给出最小的反例和提示。

检查用的输入是固定的，可以反复试。函数里可以用 `np`；不要修改传进来的数组，把新的数组返回。"""
INTRODUCTION_WITHOUT_CHECK = """\
# {title}

{count} 道题，共 {points} 分，★ 越多越难。

每道题删掉 `raise` 那一行，写出函数体。检查单元只说写没写，交上去以后才批。

函数里可以用 `np`；不要修改传进来的数组，把新的数组返回。"""
CHECK = "运行后面的检查单元。没有通过时，它给出最小的反例和提示；可以反复试。"
NO_CHECK = "这次作业没有自查：检查单元只说写没写，交上去以后才批。"

NBGRADER_README = """\
# {name}：给 nbgrader 的课程

`source/{name}/` 里是带参考解答的笔记本，`nbgrader_config.py` 里的 `code_stub` 是书里的那一句。
在这个文件夹里依次运行：

```bash
nbgrader generate_assignment {name}
nbgrader autograde {name}
nbgrader generate_feedback {name}
nbgrader export
```

第一条在 `release/{name}/` 写出发给学生的；收来的放进 `submitted/学号/{name}/`，再运行后面三条。
批改的环境里要装 `dlbasics`；虚拟环境的 `bin` 要在 `PATH` 上，nbgrader 自己会去找 `alembic`。

## 它挡不住什么

nbgrader 在同一个内核里运行学生的代码和检查：

- 学生一行 `check = lambda *a: None`，答错也是满分；
- 学生的代码读得到、改得了同一个用户的文件，包括 `gradebook.db` 和 `source/` 里的参考解答；
- 标准错误里有一行警告，检查单元就算没有通过；
- 没有批成的作业，`export` 写成 0 分；
- 有一个单元被复制过，整批停下。

课程自己的 `dlbasics grade` 没有这些毛病：学生的代码在沙箱里，评判在外面。
"""


def release(
    folder: Path,
    name: str,
    chapters: Sequence[Chapter],
    terms: Terms,
    *,
    data: Path | None = None,
    checked: bool = True,
) -> list[Path]:
    """写出 ``folder/release/`` 与 ``folder/release.zip``，返回里面的文件。

    Parameters
    ----------
    folder : Path
        作业的文件夹。
    name : str
        作业的名字，小写 ASCII 字母、数字、连字符与下划线。
    chapters : sequence of Chapter
        哪几章。
    terms : Terms
        截止的时刻写进说明。
    data : Path, optional
        一起发下去的数据文件夹。
    checked : bool
        学生可不可以自查；私有的题不可以，他没有参考解答。
    """
    check_name(name)
    target = folder / "release"
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    for chapter in chapters:
        notebook = handout(chapter, checked=checked)
        write_notebook(notebook, target / f"{chapter.name}.ipynb")
    (target / "README.md").write_text(readme(name, chapters, terms, checked), encoding="utf-8")
    (target / "requirements.txt").write_text(requirements(), encoding="utf-8")
    if data:
        shutil.copytree(data, target / "data")
    paths = sorted(path for path in target.rglob("*") if path.is_file())
    for path in paths:
        if not path.relative_to(target).as_posix().isascii():
            raise ValueError(f"发给学生的文件名应全是 ASCII，得到 {path.relative_to(target)}")
    pack(target, paths, folder / "release.zip", name)
    return paths


def requirements() -> str:
    """学生要装的：版本与 dlbasics 自己要的一样。"""
    needs = [each.partition(";")[0].strip() for each in requires("dlbasics") or []]
    wanted = [each for each in needs if re.split(r"[^\w-]", each)[0] in ("numpy", "jupyterlab")]
    return "\n".join([f"# 课程的 dlbasics {version('dlbasics')}：照老师给的办法装", *wanted, ""])


def readme(name: str, chapters: Sequence[Chapter], terms: Terms, checked: bool = True) -> str:
    """发给学生的说明。"""
    due = "没有截止时间。"
    if terms.due:
        due = f"**截止**：{when(terms.due)}。"
        due += f"迟交每天扣所得分的 {terms.per_day:.0%}，最多迟 {terms.days} 天。"
        due += "交了几次，每题取最高的一次。" if terms.keep == "best" else "交了几次，取最后一次。"
    rows = [
        f"| `{chapter.name}.ipynb` | {chapter.title}，{len(chapter.names)} 道 | "
        f"{sum(exercise.points for exercise in chapter.exercises)} |"
        for chapter in chapters
    ]
    exercises = [exercise for chapter in chapters for exercise in chapter.exercises]
    return README.format(
        name=name,
        due=due,
        rows="\n".join(rows),
        count=len(exercises),
        points=sum(exercise.points for exercise in exercises),
        check=CHECK if checked else NO_CHECK,
    )


def when(due: str) -> str:
    """截止的时刻，写成一句话里的样子。"""
    return f"{instant(due):%Y 年 %m 月 %d 日 %H:%M}" if due else "没有"


def default_name(chosen: Sequence[Chapter]) -> str:
    """没有写名字的作业叫什么：整章只写章名，一章里的几道题接着写题名。"""
    whole = {chapter.name: chapter.names for chapter in chapters()}
    words: list[str] = []
    for chapter in chosen:
        part = chapter.names != whole.get(chapter.name, chapter.names)
        words += [chapter.name, *(chapter.names if part else ())]
    return "-".join(words)


def check_name(name: str) -> None:
    """作业的名字要能做文件夹与网址。"""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise ValueError(f"作业的名字应是小写字母、数字、连字符与下划线，得到 {name!r}")


def pack(folder: Path, paths: Sequence[Path], target: Path, name: str) -> None:
    """把文件装进 zip，放在 ``name/`` 下面；同样的内容，装出的 zip 逐字节相同。"""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            inside = zipfile.ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}")
            inside.external_attr = 0o644 << 16
            archive.writestr(inside, path.read_bytes(), zipfile.ZIP_DEFLATED)


IMPORTS_WITHOUT_CHECK = f'''\
import numpy as np


def check(id, func):
    """这次作业不在这里检查，交上去以后才批。"""
    print("写好了就交" if "{UNANSWERED}" not in func.__code__.co_consts else "{UNANSWERED}")'''


def handout(chapter: Chapter, *, checked: bool) -> NotebookNode:
    """发下去的笔记本：书里的那一本，开头不指向书里的网页；``checked`` 为假，检查只说写没写。"""
    notebook = build(chapter)
    introduction = INTRODUCTION if checked else INTRODUCTION_WITHOUT_CHECK
    notebook.cells[0].source = introduction.format(
        title=chapter.title,
        count=len(chapter.names),
        points=sum(exercise.points for exercise in chapter.exercises),
    )
    if not checked:
        notebook.cells[1].source = IMPORTS_WITHOUT_CHECK
    return notebook


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """写一本笔记本，UTF-8，换行是 \\n。"""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


def nbgrader_course(folder: Path, name: str, chapters: Sequence[Chapter]) -> Path:
    """写一个原样的 nbgrader 就能用的课程，返回它的文件夹。"""
    check_name(name)
    target = folder / "nbgrader"
    for chapter in chapters:
        write_notebook(marked(chapter), target / "source" / name / f"{chapter.name}.ipynb")
    stub = json.dumps(f'raise NotImplementedError("{UNANSWERED}")', ensure_ascii=False)
    config = (
        "c = get_config()\n"
        f'c.CourseDirectory.course_id = "{name}"\n'
        f'c.ClearSolutions.code_stub = {{"python": {stub}}}\n'
        "c.ExecutePreprocessor.timeout = 60\n"
    )
    (target / "nbgrader_config.py").write_text(config, encoding="utf-8")
    (target / "README.md").write_text(NBGRADER_README.format(name=name), encoding="utf-8")
    return target


def marked(chapter: Chapter) -> NotebookNode:
    """带参考解答的笔记本：函数体夹在 ``### BEGIN SOLUTION`` 与 ``### END SOLUTION`` 之间。"""
    notebook = build(chapter)
    cells = {cell.id: cell for cell in notebook.cells}
    for exercise in chapter.exercises:
        cells[f"{grade_id(exercise.id)}-answer"].source = marked_solution(exercise)
    return notebook


def marked_solution(exercise: Exercise) -> str:
    """参考解答，函数体做上 nbgrader 的记号：去掉它、换上那一句，就是书里的空壳。"""
    head = exercise.stub.splitlines()[:-1]
    body = exercise.solution.splitlines()[len(head) :]
    return "\n".join([*head, "    ### BEGIN SOLUTION", *body, "    ### END SOLUTION"])
