"""交上来的笔记本里有什么：代码单元，哪些是检查，哪些是作答。

按内容认，不按文件名：先看单元的 ``grade_id``，再看单元的 id，再看源代码里的
``check("章/题", …)``。元数据丢了、单元多了少了、文件改了名，都不要紧。
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from dlbasics.exercises.exercise import IMPORTS, grade_id

LARGEST = 30_000_000
"""一本笔记本最多多少字节。"""
LONGEST = 1_000_000
"""一个单元最多多少个字。"""
MOST = 2000
"""一本笔记本最多多少个单元。"""
CHECK = re.compile(r"\bcheck\s*\(\s*[\"']([a-z0-9_]+/[a-z0-9_]+)[\"']")


class Unreadable(ValueError):
    """笔记本读不了；消息是原因。"""


@dataclass(frozen=True)
class Cell:
    """一个代码单元；``check``、``answer`` 是它检查、作答的那道题的编号，不是就是空的。"""

    source: str
    check: str = ""
    answer: str = ""


def read_cells(notebook: bytes, ids: Collection[str]) -> list[Cell]:
    """读出代码单元，头一个是发下去的导入单元。

    Parameters
    ----------
    notebook : bytes
        ``.ipynb`` 文件的内容。
    ids : collection of str
        作业里各题的编号；别的题的检查单元当作普通的单元。

    Raises
    ------
    Unreadable
        太大，不是 JSON，或者不是一本笔记本。
    """
    if len(notebook) > LARGEST:
        raise Unreadable(f"文件太大：{len(notebook) / 1e6:.0f} MB")
    try:
        content = json.loads(notebook.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("不是一本笔记本：编码不是 UTF-8") from None
    except (ValueError, RecursionError):
        raise Unreadable("不是一本笔记本，或者文件坏了：不是 JSON") from None
    keys = {grade_id(id): id for id in ids}
    return [Cell(IMPORTS), *(_cell(cell, keys) for cell in _code_cells(content))]


def _code_cells(content: Any) -> list[dict[str, Any]]:
    cells = content.get("cells") if isinstance(content, dict) else None
    if cells is None and isinstance(content, dict):  # 第 3 版的笔记本
        sheets = content.get("worksheets")
        first = sheets[0] if isinstance(sheets, list) and sheets else None
        cells = first.get("cells") if isinstance(first, dict) else None
    if not isinstance(cells, list):
        raise Unreadable("不是一本笔记本：没有单元")
    if len(cells) > MOST:
        raise Unreadable(f"单元太多：{len(cells)} 个")
    return [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]


def _cell(cell: dict[str, Any], keys: dict[str, str]) -> Cell:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        source = ""
    if len(source) > LONGEST:
        raise Unreadable(f"有一个单元太长：{len(source)} 个字")
    source = source.encode("utf-8", "backslashreplace").decode()
    for key in _grade_ids(cell):
        if id := keys.get(key):
            return Cell(source, check=id)
        if id := keys.get(key.removesuffix("-answer")):
            return Cell(source, answer=id)
    called = [id for id in CHECK.findall(source) if id in keys.values()]
    return Cell(source, check=called[0] if len(set(called)) == 1 and _is_call(source) else "")


def _grade_ids(cell: dict[str, Any]) -> list[str]:
    metadata = cell.get("metadata")
    data = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    keys = [data.get("grade_id") if isinstance(data, dict) else None, cell.get("id")]
    return [key for key in keys if isinstance(key, str)]


def _is_call(source: str) -> bool:
    """单元里只有一句 ``check(…)``：别处提到它的，不是检查单元。"""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return len(body) == 1 and isinstance(body[0], ast.Expr | ast.Assign)
