"""像得不像巧合的两份长答案：只是值得看一眼的地方，不是结论。

比较去掉注释、说明与变量名以后的代码。短的答案写得一样很平常，不比；与参考解答差不多的不比（书里看得到）；
很多人都写成一个样子的，也不算。
"""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from dlbasics.exercises.exercise import Exercise
from dlbasics.teaching.collecting import answers
from dlbasics.teaching.gradebook import Row
from dlbasics.teaching.homework import Homework

LONG = 60
"""去掉注释与说明以后，至少几个记号才算长。"""

ALIKE = 0.9
"""相同的片段占多少算像。"""

PIECE = 5
"""一个片段是几个相连的记号。"""


class Pair(NamedTuple):
    """两个学生的同一道题，相同的片段占多少。"""

    first: str
    second: str
    share: float


def alike(answers: Mapping[str, str], reference: str) -> list[Pair]:
    """找出像得不像巧合的两份答案，最像的在前。

    Parameters
    ----------
    answers : mapping
        学号与答案的源代码。
    reference : str
        参考解答的源代码。

    Examples
    --------
    >>> alike({"20230001": "x = 1", "20230002": "x = 1"}, "x = 2")
    []
    """
    known = pieces(reference)
    long = {}
    for student, source in answers.items():
        found = pieces(source)
        if found and _share(found, known) < ALIKE:
            long[student] = found
    pairs = [
        Pair(a, b, share)
        for a, b in combinations(sorted(long), 2)
        if (share := _share(long[a], long[b])) >= ALIKE
    ]
    partners = {s: sum(s in pair[:2] for pair in pairs) for s in long}
    common = max(3, len(long) // 10)
    rare = [pair for pair in pairs if max(partners[pair.first], partners[pair.second]) <= common]
    return sorted(rare, key=lambda pair: (-pair.share, pair))


def pieces(source: str) -> frozenset[tuple[str, ...]]:
    """一份答案的片段；太短的、不是 Python 的，没有片段。"""
    tokens = _tokens(source)
    if len(tokens) < LONG:
        return frozenset()
    return frozenset(tuple(tokens[i : i + PIECE]) for i in range(len(tokens) - PIECE + 1))


def _tokens(source: str) -> list[str]:
    """记号：变量名写成 v，说明与注释去掉，属性与函数调用的名字照旧。"""
    try:
        code = ast.unparse(_without_docstrings(ast.parse(source)))
        stream = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (SyntaxError, ValueError, RecursionError, tokenize.TokenError):
        return []
    tokens, before = [], ""
    for token in stream:
        if token.type in (tokenize.NAME, tokenize.NUMBER, tokenize.OP, tokenize.STRING):
            plain = token.type == tokenize.NAME and before != "."
            before = token.string
            tokens.append("v" if plain and not keyword.iskeyword(before) else before)
    return tokens


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _share(a: frozenset, b: frozenset) -> float:
    both = len(a & b)
    return both / (len(a) + len(b) - both) if a and b else 0.0


def alike_in_class(
    homework: Homework, book: Sequence[Row], exercises: Mapping[str, Exercise]
) -> dict[str, list[Pair]]:
    """每道题里很像的长答案，只看每人取的那一份；没有的题不写。"""
    handed = {(each.student, each.chapter, each.attempt): each for each in homework.handed()}
    read: dict[tuple[str, str, str], dict[str, str]] = {}
    written: dict[str, dict[str, str]] = {id: {} for id in exercises}
    for row in book:
        for score in row.scores:
            if score.mark is None or score.mark.student != row.student.id:
                continue
            key = row.student.id, score.exercise.partition("/")[0], score.mark.attempt
            if key not in handed:
                continue
            if key not in read:
                read[key] = answers(homework.notebook(handed[key]).read_bytes())
            if source := read[key].get(score.exercise):
                written[score.exercise][row.student.id] = source
    found = {id: alike(each, exercises[id].solution) for id, each in written.items()}
    return {id: pairs for id, pairs in found.items() if pairs}
