"""评判：拿一组组输入去问学生的函数，第一处不对就停下来讲清楚。

学生的代码怎样失败都只是一个结论：停不下来的打断，退出程序的拦住，写不出来的异常只报类型。
"""

from __future__ import annotations

import copy
import inspect
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from dlbasics.exercises.comparison import difference, shortened, show
from dlbasics.exercises.exercise import UNANSWERED, Exercise
from dlbasics.exercises.time_limit import TimeUp, call_within

SECONDS = 10
"""回答一组输入最多用几秒。"""

LONGEST_LINE = 300
"""反例与出错的消息最多写多少个字。"""


@dataclass(frozen=True)
class Verdict:
    """一次评判的结论。

    Attributes
    ----------
    passed : bool
        全部输入都答对了。
    points : int
        得分：通过是满分，否则是 0。
    message : str
        给学生看的中文说明，可能有几行。
    """

    passed: bool
    points: int
    message: str

    def _ipython_display_(self) -> None:
        """笔记本里不再显示一遍：``check`` 已经打印过说明。"""


def judge(exercise: Exercise, func: Callable, rng: np.random.Generator) -> Verdict:
    """用 ``rng`` 生成的输入评判 ``func``。

    Parameters
    ----------
    exercise : Exercise
        练习。
    func : callable
        学生的函数；它抛出的异常写进结论，不会传出去（``KeyboardInterrupt`` 除外：
        中断的是评判，不是答案）。回答一组输入超过 :data:`SECONDS` 秒就打断它。
    rng : numpy.random.Generator
        生成输入的随机数发生器：自查用固定的种子，评分用自己的。

    Returns
    -------
    Verdict
        遇到第一组答错的输入就停，所以说明里的反例是最小的。
    """
    if not callable(func):
        raise ValueError(f"func 应是一个函数，得到 {type(func).__name__}：{func!r}")
    count = 0
    for args in exercise.inputs(rng):
        count += 1
        try:
            problem = ask(exercise, func, args)
        except Untouched:
            if count == 1:
                return Verdict(False, 0, _headline(UNANSWERED, exercise, 0))
            problem = f"出错　这组输入走到了 NotImplementedError(“{UNANSWERED}”)：还有没写完的分支"
        if problem:
            lines = [_headline("未通过", exercise, 0), f"输入　{_show_arguments(exercise, args)}"]
            return Verdict(False, 0, "\n  ".join([*lines, *problem.splitlines()]))
    headline = _headline("通过", exercise, exercise.points)
    return Verdict(True, exercise.points, f"{headline}：{count} 组输入全部正确。")


class Untouched(Exception):
    """走到了空壳里的那一句 ``raise``。"""


def ask(exercise: Exercise, func: Callable, args: tuple) -> str:
    """用一组输入问一次：答对返回空字符串，否则返回说明（含提示）。"""
    given = copy.deepcopy(args)
    try:
        inspect.signature(func).bind(*args)
    except TypeError:
        return f"原因　函数应接受 {len(args)} 个参数（{_parameters(exercise)}），你的不是这样"
    except ValueError:
        pass  # math.log 这样的内置函数没有签名，直接去问
    try:
        with _exit_kept_out(func):
            got = call_within(SECONDS, func, *given)
    except TimeUp:
        return f"出错　算了 {SECONDS:g} 秒还没有算完，已经打断：循环是不是停不下来？"
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if _is_stub(error, func):
            raise Untouched from None
        return f"出错　{_describe(error, func)}"
    if reason := difference(given, args, rtol=0, atol=0):
        return (
            f"原因　函数改动了传进来的参数（{reason}）\n提示　先算出新的数组再返回，不要就地修改。"
        )
    expected = exercise.reference(*copy.deepcopy(args))
    problem = exercise.compare(got, expected, args)
    if not problem:
        return ""
    hint = find_hint(exercise, got, args)
    return f"{problem}\n提示　{hint}" if hint else problem


def find_hint(exercise: Exercise, got: Any, args: tuple) -> str:
    """返回第一个“错误答案与 ``got`` 相同”的提示；都不同就返回空字符串。

    错误答案在有的输入上本来就算不出来（除以零、定义域之外），那样的提示跳过。
    """
    for hint in exercise.hints:
        try:
            with np.errstate(all="ignore"):
                wrong = hint.wrong(*copy.deepcopy(args))
        except Exception:
            continue
        if not difference(got, wrong):
            return hint.message
    return ""


def _headline(word: str, exercise: Exercise, points: int) -> str:
    return f"{word}　{exercise.title}（{points}/{exercise.points} 分）"


def _parameters(exercise: Exercise) -> str:
    return ", ".join(inspect.signature(exercise.reference).parameters)


def _show_arguments(exercise: Exercise, args: tuple) -> str:
    names = inspect.signature(exercise.reference).parameters

    def write(each: int) -> str:
        return "，".join(f"{k} = {show(v, each)}" for k, v in zip(names, args, strict=True))

    return shortened(write, LONGEST_LINE) or "（没有参数）"


@contextmanager
def _exit_kept_out(func: Callable) -> Iterator[None]:
    """调用期间把 exit 与 quit 换成只抛出 SystemExit 的：原来的会关掉标准输入或整个内核。"""
    variables = getattr(func, "__globals__", {})
    own = {name: variables[name] for name in ("exit", "quit") if name in variables}
    replaced = [n for n in ("exit", "quit") if not isinstance(own.get(n), FunctionType)]
    variables.update(dict.fromkeys(replaced, _leave))
    try:
        yield
    finally:
        for name in replaced:
            if name in own:
                variables[name] = own[name]
            else:
                variables.pop(name, None)


def _leave(*args: object, **keywords: object) -> None:
    raise SystemExit


def _is_stub(error: BaseException, func: Callable) -> bool:
    """异常是 func 自己的空壳抛出的，不是它调用的别的函数，也不是学生另写的。"""
    if not isinstance(error, NotImplementedError) or error.args != (UNANSWERED,):
        return False
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return frames[-1].f_code is getattr(func, "__code__", frames[-1].f_code)


def _describe(error: BaseException, func: Callable) -> str:
    """异常的类型、消息，以及学生代码里最后执行到的那一行。"""
    text = type(error).__name__
    if isinstance(error, SystemExit):
        text += "：exit()、quit() 会结束整个程序；用 return 交出答案"
    elif message := _message(error):
        text += f"：{message}"
    filename = getattr(getattr(func, "__code__", None), "co_filename", None)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == filename]
    if not frames:
        return text
    line = f"第 {frames[-1].lineno} 行" + (f"：{frames[-1].line}" if frames[-1].line else "")
    return f"{text}（{line}）"


def _message(error: BaseException) -> str:
    """异常的消息；写不出来就说写不出来，太长就截断，任何编码都写得出。"""
    try:
        text = str(error)
    except Exception:
        return "（消息写不出来）"
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}……"
