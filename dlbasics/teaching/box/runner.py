"""沙箱里面：运行学生的单元，记下每道题的函数，再一组一组地回答输入。

这里的一切都不可信：学生的代码在同一个进程里，什么都改得了。所以这里不评判，
没有参考解答，也不知道输入是怎样造出来的；外面（:mod:`~dlbasics.teaching.grading`）
只收答案，而且一帧一帧地查（:mod:`~dlbasics.teaching.box.frames`）。

每道题在一个子进程里回答，一道题的函数毁掉进程，别的题不受影响。
"""

from __future__ import annotations

import json
import linecache
import os
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # 直接运行这个文件时，让它找得到 dlbasics
    sys.path.append(str(Path(__file__).parents[2]))

import dlbasics.exercises
from dlbasics.exercises import judging, time_limit
from dlbasics.exercises.judging import Outcome, Verdict, attempt
from dlbasics.exercises.time_limit import call_within
from dlbasics.teaching.box import frames

BODY_MAGICS = {"time", "timeit", "capture", "prun"}
"""这些单元魔法下面的代码照样运行。"""


class Line:
    """与外面说话的一对管道。学生打印的东西不走这里。"""

    def __init__(self, reading: int, writing: int) -> None:
        self.reading = reading
        self.writing = writing

    def receive(self) -> Any:
        tree, body = frames.lengths(self._read(frames.PREFIX.size))
        return frames.unpack(self._read(tree), self._read(body))

    def send(self, *value: Any) -> None:
        left = memoryview(frames.pack(value))
        while left:
            left = left[os.write(self.writing, left) :]

    def _read(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            part = os.read(self.reading, min(1 << 20, count - len(parts)))
            if not part:  # 外面不在了
                os._exit(0)
            parts += part
        return bytes(parts)


class Recorder:
    """代替 ``check``：只记下函数，什么也不评判，什么也不打印。"""

    def __init__(self) -> None:
        self.functions: dict[str, Any] = {}

    def __call__(self, id: str, func: Any) -> Verdict:
        self.functions[str(id)] = func
        return Verdict(False, "批改的时候，检查在别处进行。", status="unanswered")


def main() -> None:
    """听外面的吩咐，直到外面关上管道。"""
    line = Line(os.dup(0), os.dup(1))
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    settings = json.loads(line.receive().tobytes())
    hold(settings["limits"])
    judging.SECONDS = settings["call_seconds"]
    time_limit.PATIENCE = settings["patience"]
    recorder, namespace = Recorder(), fresh_namespace()
    line.send("hello")
    notes = run(line, settings, recorder, namespace)
    line.send("ready", notes)
    while True:
        _, id = line.receive()
        answer_in_a_child(line, recorder.functions, id)


def hold(limits: dict[str, int]) -> None:
    """给自己和以后的子进程加上限制；没有特权，加了就去不掉。"""
    import resource

    for name, most in limits.items():
        kind = getattr(resource, name, None)
        if kind is not None:
            resource.setrlimit(kind, (most, most))


def fresh_namespace() -> dict[str, Any]:
    """学生的单元所在的模块，像笔记本里一样叫 ``__main__``。"""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    module.__dict__["get_ipython"] = lambda: Shell(module.__dict__)
    module.__dict__["display"] = lambda *values, **options: None
    return module.__dict__


class Shell:
    """笔记本里的 ``get_ipython()``：魔法和系统命令什么也不做。"""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.user_ns = namespace

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        if name in BODY_MAGICS:
            exec(compile_cell(body, "<魔法>"), self.user_ns)

    def run_line_magic(self, *_: Any) -> None: ...

    magic = system = getoutput = run_line_magic


def run(
    line: Line, settings: dict[str, Any], recorder: Recorder, namespace: dict[str, Any]
) -> list[tuple]:
    """依次运行单元，每运行一个先说一声；返回出错的单元和错误。"""
    notes, names, answered, checked = [], settings["names"], {}, {}
    dlbasics.exercises.check = recorder
    for number, (source, check, answer) in enumerate(settings["cells"]):
        line.send("cell", number)
        if check:
            recorder.functions.pop(check, None)
            namespace["check"] = recorder
        try:
            call_within(settings["cell_seconds"], run_cell, source, number, namespace)
        except BaseException as error:
            notes.append((number, type(error).__name__[:60], _message(error)))
        name = names.get(check or answer, "")
        if answer and name in namespace:
            answered[answer] = namespace[name]
        if check and name in namespace:
            checked[check] = namespace[name]
        if check in recorder.functions:
            checked[check] = recorder.functions[check]
    alone = {id: namespace[name] for id, name in settings["alone"].items() if name in namespace}
    recorder.functions = alone | answered | recorder.functions | checked
    return notes[:100]


def run_cell(source: str, number: int, namespace: dict[str, Any]) -> None:
    """运行一个单元。"""
    exec(compile_cell(source, f"<单元 {number}>"), namespace)


def compile_cell(source: str, filename: str) -> types.CodeType:
    """编译一个单元；有 ``%``、``!`` 的，先请 IPython 换成 Python。"""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            code = compile(source, filename, "exec", dont_inherit=True)
        except SyntaxError:
            source = _without_magics(source)
            code = compile(source, filename, "exec", dont_inherit=True)
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    return code


def _without_magics(source: str) -> str:
    try:
        from IPython.core.inputtransformer2 import TransformerManager
    except ImportError:
        return source
    return TransformerManager().transform_cell(source)


def _message(error: BaseException) -> str:
    try:
        return str(error)[:200]
    except Exception:
        return ""


def answer_in_a_child(line: Line, functions: dict[str, Any], id: str) -> None:
    """为一道题开一个子进程，由它回答；它结束以后，说一声它是怎样结束的。"""
    if id not in functions:
        line.send("missing")
        return
    if not callable(functions[id]):
        line.send("uncallable", type(functions[id]).__name__[:60])
        return
    child = os.fork()
    if child == 0:
        try:
            line.send("open")
            answer_all(line, functions[id])
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    line.send("closed", os.waitstatus_to_exitcode(status))


def answer_all(line: Line, func: Callable) -> None:
    """回答一组组输入，直到外面说问完了。"""
    while True:
        word, *rest = line.receive()
        if word == "done":
            os._exit(0)
        try:
            outcome = attempt(func, rest[0])
        except BaseException as error:
            outcome = Outcome("error", text=type(error).__name__)
        try:
            line.send("outcome", outcome.kind, outcome.got, outcome.text)
        except frames.BadFrame as error:
            line.send("outcome", "error", None, f"答案收不下：{error}")


if __name__ == "__main__":
    main()
