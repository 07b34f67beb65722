"""一道练习由什么组成。"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import numpy as np

Compare = Callable[[Any, Any, tuple], str]
UNANSWERED = "尚未作答"

IMPORTS = """\
import numpy as np

from dlbasics.exercises import check"""
"""学生笔记本的第一个代码单元。"""


class Hint(NamedTuple):
    """一个常见的错误答案，给得出这个答案的人的提示，和这种误解的名字。

    成绩里记的是名字，所以话怎样改，以前的成绩都还对得上。
    """

    wrong: Callable
    message: str
    name: str


def facts(reference: Callable, *told: tuple[Callable, str, str], answers: int = 1) -> list[Hint]:
    """真假题的提示：只说这一组输入的事实。

    答案只有真假两种，猜不出学生错在哪里；说出一个错误，多半冤枉了他。

    Parameters
    ----------
    reference : callable
        参考解答。
    *told : (applies, message, name)
        ``applies(*输入)`` 为真时说 ``message``；先列的先用。
    answers : int
        答案是几个真假。
    """

    def hint(applies: Callable, message: str, name: str, flips: tuple[bool, ...]) -> Hint:
        def wrong(*args: Any) -> Any:
            right = reference(*args)
            if not applies(*args):
                return right
            each = right if answers > 1 else (right,)
            flipped = tuple(bool(a) != b for a, b in zip(each, flips, strict=True))
            return flipped if answers > 1 else flipped[0]

        return Hint(wrong, message, name)

    ways = [flips for flips in product([False, True], repeat=answers) if any(flips)]
    return [hint(*each, flips) for each in told for flips in ways]


@dataclass(frozen=True)
class Exercise:
    """一道练习。

    Parameters
    ----------
    id : str
        ``"章/题"``，例如 ``"momentum/update"``；题名就是模块名。
    title : str
        中文题名。
    stars : {1, 2, 3}
        难度 ★ 到 ★★★。
    points : int
        分值。
    statement : str
        题面，Markdown；首尾的空行不算。
    inputs : callable
        ``inputs(rng)`` 依次给出各组输入（参数的元组），小的在前，
        这样第一组答错的输入就是最小的反例。
    reference : callable
        参考解答：一个带中文 docstring 的函数，读者会看到它的源代码。
    compare : callable
        ``compare(答案, 参考答案, 输入)``：对就返回空字符串，不对就返回说明，
        见 :mod:`dlbasics.exercises.comparison`。
    hints : sequence of Hint
        常见的错误答案，先列的先用。几个错误答案出于同一种误解，就用同一个名字、同一句话。
    """

    id: str
    title: str
    stars: int
    points: int
    statement: str
    inputs: Callable[[np.random.Generator], Iterable[tuple]]
    reference: Callable
    compare: Compare
    hints: Sequence[Hint]

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9_]+/[a-z0-9_]+", self.id):
            raise ValueError(f"id 应写成“章/题”，只用小写字母、数字和下划线，得到 {self.id!r}")
        if self.stars not in (1, 2, 3):
            raise ValueError(f"stars 应是 1、2 或 3，得到 {self.stars!r}")
        if not self.points > 0:
            raise ValueError(f"points 应是正数，得到 {self.points!r}")
        if not self.reference.__doc__ and sys.flags.optimize < 2:  # -OO 去掉了 docstring
            raise ValueError(f"reference 应有 docstring：学生从它知道参数的意思（{self.id}）")
        for hint in self.hints:
            if not re.fullmatch(r"[a-z0-9_]+", hint.name):
                raise ValueError(
                    f"{self.id} 的提示的名字应是小写字母、数字和下划线，得到 {hint.name!r}"
                )
        told = dict.fromkeys((hint.name, hint.message) for hint in self.hints)
        for used in zip(*told, strict=True):
            if len(set(used)) < len(told):
                twice = next(each for each in used if used.count(each) > 1)
                raise ValueError(f"{self.id} 的提示，一个名字应只有一句话，反过来也是：{twice!r}")

    @property
    def name(self) -> str:
        """要学生写的函数的名字。"""
        return self.reference.__name__

    def hint_id(self, hint: Hint) -> str:
        """一条提示的编号：题和误解的名字。提示换了次序、换了说法，编号都不变。"""
        return f"{self.id}#{hint.name}"

    @property
    def difficulty(self) -> str:
        """难度，写成星号。"""
        return "★" * self.stars

    @property
    def solution(self) -> str:
        """参考解答的源代码。"""
        return inspect.getsource(self.reference).rstrip()

    @property
    def stub(self) -> str:
        """留给学生的空壳：参考解答的函数头和 docstring，函数体换成“尚未作答”。"""
        function = ast.parse(self.solution).body[0]
        assert isinstance(function, ast.FunctionDef)
        docstring = function.body[0]
        head = self.solution.splitlines()[: docstring.end_lineno]
        return "\n".join([*head, f'    raise NotImplementedError("{UNANSWERED}")'])


def grade_id(id: str) -> str:
    """练习的编号在笔记本里的写法：nbgrader 不许用斜线。

    Examples
    --------
    >>> grade_id("momentum/half_life")
    'momentum-half_life'
    """
    return id.replace("/", "-")
