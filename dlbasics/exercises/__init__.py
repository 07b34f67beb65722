"""练习：每道题只写一次，检查、参考解答、学生笔记本、题目索引和评分都从它来。

>>> from dlbasics.exercises import check
>>> verdict = check("momentum/half_life", lambda mu: 1 / (1 - mu))
未通过　速度减半要几步（0/1 分）
  输入　mu = 0.9
  期望　6.578813479
  得到　10
  原因　相差 3.42
  提示　1/(1 − μ) 是终端速度的放大率，不是半衰期。半衰期 h 满足 μʰ = ½。
>>> verdict.passed
False
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import numpy as np

from dlbasics.exercises.judging import Verdict, judge
from dlbasics.exercises.registry import find

__all__ = ["Verdict", "check"]

STUDENT_SEED = 8_264_190_537
"""自查的种子。它不能是学生自己会用的数：题目里的随机数不该与他的碰巧相同。"""


def check(id: str, func: Callable) -> Verdict:
    """检查 ``func`` 是不是练习 ``id`` 的正确答案，并打印中文的结论。

    中途停下内核（中断），结论是没有通过。终端的编码写不出的字打印成问号。

    Parameters
    ----------
    id : str
        练习的编号，例如 ``"momentum/update"``。
    func : callable
        你的函数。

    Returns
    -------
    Verdict
        结论：``passed`` 是通过没有，``text`` 是打印出来的说明，其余各项见 :class:`Verdict`。

    Raises
    ------
    ValueError
        没有这个编号的练习，或 ``func`` 不是函数。
    AssertionError
        在 nbgrader 里运行（自动评分或提交前的验证）而没有通过：nbgrader 只认异常。
    """
    verdict = self_check(id, func)
    if not verdict.passed and "NBGRADER_EXECUTION" in os.environ:
        raise AssertionError(verdict.text)
    _print(verdict.text)
    return verdict


def self_check(id: str, func: Callable) -> Verdict:
    """:func:`check` 的结论，不打印：网页里的练习自己显示它。"""
    exercise = find(id)
    try:
        return judge(exercise, func, np.random.default_rng(STUDENT_SEED))
    except KeyboardInterrupt:
        headline = f"中断了　{exercise.title}：还没有检查完，你就停下了它。"
        return Verdict(False, headline, status="error")


def _print(text: str) -> None:
    """打印；终端的编码写不出的字换成问号。"""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))
