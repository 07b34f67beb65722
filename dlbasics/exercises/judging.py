"""评判：拿一组组输入去问学生的函数，第一处不对就停下来讲清楚。

学生的代码怎样失败都只是一个结论：停不下来的打断，退出程序的拦住，写不出来的异常只报类型。
"""

from __future__ import annotations

import copy
import inspect
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from types import FunctionType
from typing import Any, TypeVar

import numpy as np

from dlbasics.exercises.comparison import difference, shortened, show
from dlbasics.exercises.exercise import UNANSWERED, Exercise, Hint
from dlbasics.exercises.time_limit import TimeUp, call_within

Func = TypeVar("Func", bound=Callable)

SECONDS = 10
"""回答一组输入最多用几秒处理器时间。"""

LONGEST_LINE = 300
"""反例与出错的消息最多写多少个字。"""


LABELS = {"input": "输入", "expected": "期望", "got": "得到", "reason": "原因", "hint": "提示"}
"""说明里一行一行写什么，行首怎样称呼它。"""


@dataclass(frozen=True)
class Verdict:
    """一次评判的结论。一项一项分开存，写成文字是最后一步。

    Attributes
    ----------
    passed : bool
        全部输入都答对了。
    headline : str
        第一行：通过没有，哪一道题，得几分。
    input, expected, got : str
        第一组答错的输入、它的答案、学生的答案；没有就是空的。
    reason : str
        错在哪里，或者出了什么错。
    hint : str
        给这种错法的提示。
    hint_id : str
        说话的那条提示的编号，见 :meth:`Exercise.hint_id`；提示换了次序、换了说法，它都不变。
    status : {"passed", "wrong", "error", "unanswered", "timeout"}
        通过、答错、出错、没有作答、算得太久。

    Examples
    --------
    >>> print(Verdict(False, "未通过　例题（0/1 分）", input="x = 1", reason="是 None"))
    未通过　例题（0/1 分）
      输入　x = 1
      原因　是 None
    """

    passed: bool
    headline: str
    input: str = ""
    expected: str = ""
    got: str = ""
    reason: str = ""
    hint: str = ""
    hint_id: str = ""
    status: str = "wrong"

    @property
    def text(self) -> str:
        """给学生看的中文说明，可能有几行。"""
        labels = LABELS | ({"reason": "出错"} if self.status in ("error", "timeout") else {})
        rows = [f"{labels[name]}　{text}" for name in labels if (text := getattr(self, name))]
        return "\n".join([self.headline, *rows]).replace("\n", "\n  ")

    def __str__(self) -> str:
        return self.text

    def as_dict(self) -> dict[str, bool | str]:
        """各项组成的字典，可以直接写成 JSON。"""
        return asdict(self)

    def _ipython_display_(self) -> None:
        """笔记本里不再显示一遍：``check`` 已经打印过说明。"""


@dataclass(frozen=True)
class Outcome:
    """拿一组输入问函数，得到了什么。

    Attributes
    ----------
    kind : {"answer", "signature", "stub", "error", "timeout", "changed"}
        答案、参数的个数不对、走到了空壳、出错、算得太久、改动了参数。
    got : object
        答案；别的情形是 None。
    text : str
        出了什么错，或者参数改动了哪里。
    """

    kind: str
    got: Any = None
    text: str = ""


def attempt(func: Callable, args: tuple) -> Outcome:
    """用一组输入调用函数。它怎样失败都只是一种结果。"""
    given = copy.deepcopy(args)
    try:
        inspect.signature(func).bind(*args)
    except TypeError:
        return Outcome("signature")
    except ValueError:
        pass  # math.log 这样的内置函数没有签名，直接去问
    try:
        with _exit_kept_out(func):
            got = call_within(SECONDS, func, *given)
    except TimeUp:
        return Outcome("timeout", text=too_late(SECONDS))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if _is_stub(error, func):
            return Outcome("stub")
        return Outcome("error", text=_describe(error, func))
    if changed := difference(given, args, rtol=0, atol=0):
        return Outcome("changed", text=changed)
    return Outcome("answer", got)


def too_late(seconds: float) -> str:
    """算得太久时说的话。"""
    return f"算了 {seconds:g} 秒还没有算完，已经打断：循环是不是停不下来？"


def judge(
    exercise: Exercise,
    func: Func,
    rng: np.random.Generator,
    *,
    ask: Callable[[Func, tuple], Outcome] = attempt,
) -> Verdict:
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
    ask : callable, optional
        怎样问：默认就在这里调用（:func:`attempt`）；批改时函数在沙箱里，由它去问。

    Returns
    -------
    Verdict
        遇到第一组答错的输入就停，所以说明里的反例是最小的。
    """
    if not callable(func):
        raise ValueError(f"func 应是一个函数，得到 {type(func).__name__}：{func!r}")
    return conclude(exercise, examine(exercise, func, rng, ask=ask))


def examine(
    exercise: Exercise,
    func: Func,
    rng: np.random.Generator,
    *,
    ask: Callable[[Func, tuple], Outcome] = attempt,
) -> Iterator[tuple[tuple, dict[str, str]]]:
    """一组一组地问，依次给出输入和 :class:`Verdict` 里要填的几项；答对的一项也没有。"""
    for count, args in enumerate(exercise.inputs(rng)):
        problem = _problem(exercise, ask(func, args), args)
        if count and problem.get("status") == "unanswered":
            reason = f"这组输入走到了 NotImplementedError(“{UNANSWERED}”)：还有没写完的分支"
            problem = {"status": "error", "reason": reason}
        yield args, problem


def conclude(exercise: Exercise, examined: Iterable[tuple[tuple, dict[str, str]]]) -> Verdict:
    """由一组组输入的结果下结论：第一组答错的就是反例。"""
    count = 0
    for args, problem in examined:
        count += 1
        if problem.get("status") == "unanswered":
            return Verdict(False, _headline(UNANSWERED, exercise, 0), **problem)
        if problem:
            headline = _headline("未通过", exercise, 0)
            return Verdict(False, headline, input=_show_arguments(exercise, args), **problem)
    headline = _headline("通过", exercise, exercise.points)
    return Verdict(True, f"{headline}：{count} 组输入全部正确。", status="passed")


def _problem(exercise: Exercise, outcome: Outcome, args: tuple) -> dict[str, str]:
    """一组输入的结果哪里不对，写成 :class:`Verdict` 里的几项；答对就是空字典。"""
    if outcome.kind == "answer":
        return _compared(exercise, outcome.got, args)
    if outcome.kind == "stub":
        return {"status": "unanswered"}
    if outcome.kind == "signature":
        wanted = f"{len(args)} 个参数（{_parameters(exercise)}）"
        return {"reason": f"函数应接受 {wanted}，你的不是这样"}
    if outcome.kind == "changed":
        return {
            "reason": f"函数改动了传进来的参数（{outcome.text}）",
            "hint": "先算出新的数组再返回，不要就地修改。",
        }
    return {"status": outcome.kind, "reason": outcome.text}


def _compared(exercise: Exercise, got: Any, args: tuple) -> dict[str, str]:
    """与参考答案比较；不对就找一条提示。"""
    expected = exercise.reference(*copy.deepcopy(args))
    problem = _fields(exercise.compare(got, expected, args))
    if not problem or "hint" in problem or not (hint := find_hint(exercise, got, args)):
        return problem
    return problem | {"hint": hint.message, "hint_id": exercise.hint_id(hint)}


def find_hint(exercise: Exercise, got: Any, args: tuple) -> Hint | None:
    """返回第一个“错误答案与 ``got`` 相同”的提示；都不同就返回 None。

    错误答案在有的输入上本来就算不出来（除以零、定义域之外），那样的提示跳过。
    """
    for hint in exercise.hints:
        try:
            with np.errstate(all="ignore"):
                wrong = hint.wrong(*copy.deepcopy(args))
        except Exception:
            continue
        if not difference(got, wrong):
            return hint
    return None


def _fields(problem: str) -> dict[str, str]:
    """把比较的说明拆成一项一项；行首没有称呼的接在上一项后面，开头的算原因。"""
    names = {label: name for name, label in LABELS.items()}
    fields: dict[str, list[str]] = {}
    current = "reason"
    for line in problem.splitlines():
        label, _, rest = line.partition("　")
        if label in names:
            current, line = names[label], rest
        fields.setdefault(current, []).append(line)
    return {name: "\n".join(lines) for name, lines in fields.items()}


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
