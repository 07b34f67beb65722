"""练习：每道题只写一次，检查、参考解答、学生笔记本、题目索引和评分都从它来。

>>> from dlbasics.exercises import check
>>> verdict = check("momentum/half_life", lambda mu: 1 / (1 - mu))
未通过　速度减半要几步（0/1 分）
  输入　mu = 0.5
  期望　1
  得到　2
  原因　相差 1
  提示　1/(1 − μ) 是终端速度的放大率，不是半衰期。半衰期 h 满足 μʰ = ½。
>>> verdict.passed
False
"""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np

from dlbasics.exercises.judging import Verdict, judge
from dlbasics.exercises.registry import find

__all__ = ["Verdict", "check"]

STUDENT_SEED = 0


def check(id: str, func: Callable) -> Verdict:
    """检查 ``func`` 是不是练习 ``id`` 的正确答案，并打印中文的结论。

    Parameters
    ----------
    id : str
        练习的编号，例如 ``"momentum/update"``。
    func : callable
        你的函数。

    Returns
    -------
    Verdict
        结论：``passed``、``points``、``message``。

    Raises
    ------
    ValueError
        没有这个编号的练习，或 ``func`` 不是函数。
    AssertionError
        在 nbgrader 里运行（自动评分或提交前的验证）而没有通过：nbgrader 只认异常。
    """
    verdict = judge(find(id), func, np.random.default_rng(STUDENT_SEED))
    if not verdict.passed and "NBGRADER_EXECUTION" in os.environ:
        raise AssertionError(verdict.message)
    print(verdict.message)
    return verdict
