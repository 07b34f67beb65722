"""一个代码单元的两份输出有没有差别：文字逐字节，图按像素。"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbformat import NotebookNode

from tests.notebooks import pictures
from tests.notebooks.plugin import pngs, shape


def difference(stored: list[NotebookNode], fresh: list[NotebookNode]) -> str:
    """一个单元的两份输出的差别；相同就是空字符串。"""
    if told := difference_in_words(stored, fresh):
        return told
    pairs = zip(pngs(stored), pngs(fresh), strict=True)
    found = (pictures.difference(*map(pictures.decode, pair)) for pair in pairs)
    return "；".join(filter(None, found))


def difference_in_words(stored: list[NotebookNode], fresh: list[NotebookNode]) -> str:
    """不看图里画了什么的差别；相同就是空字符串。"""
    for seen in (shape, words):
        if seen(stored) != seen(fresh):
            return f"存的是 {seen(stored)}，重算的是 {seen(fresh)}"
    return ""


def changes(
    stored: NotebookNode,
    fresh: NotebookNode,
    compare: Callable[[list[NotebookNode], list[NotebookNode]], str] = difference,
) -> dict[int, str]:
    """两本写法标准、单元相同的笔记本：第几个代码单元，``compare`` 说出的差别是什么。"""
    both = zip(stored.cells, fresh.cells, strict=True)
    code = [(old, new) for old, new in both if old.cell_type == "code"]
    found = {
        number: compare(old.outputs, new.outputs) for number, (old, new) in enumerate(code, start=1)
    }
    return {number: problem for number, problem in found.items() if problem}


def words(outputs: list[NotebookNode]) -> list[Any]:
    """图以外的全部内容。"""
    return [
        output.get("text")
        or output.get("traceback")
        or {kind: what for kind, what in output.get("data", {}).items() if kind != "image/png"}
        for output in outputs
    ]
