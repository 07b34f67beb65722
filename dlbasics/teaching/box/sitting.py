"""一份作业在沙箱里的一次批改：起沙箱，运行单元，一题一题地问，不正常了就换一个新的沙箱。"""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np

from dlbasics.exercises.exercise import Exercise
from dlbasics.exercises.judging import Outcome, Verdict, too_late
from dlbasics.teaching.box.limits import Limits
from dlbasics.teaching.box.sandbox import Box, Lost
from dlbasics.teaching.submission import Cell

GRACE = 3
"""里面自己没有按时停下，再等它几秒。"""
SOON = 30
"""等一句马上能回的话，最多几秒。"""
STARTING = 60
"""等一个沙箱起来，最多几秒。"""
MOST_BOXES = 40
"""一份作业最多起几个沙箱。"""
WORDS = {"answer", "signature", "stub", "error", "timeout", "changed"}


class NotReached(BaseException):
    """没有轮到这道题，或者沙箱起不来：这不是学生的答案。"""


class Remote:
    """沙箱里的一个函数，站在外面的替身。"""

    def __init__(self, sitting: Sitting, exercise: Exercise) -> None:
        self.sitting = sitting
        self.exercise = exercise
        self.note = ""
        self.absence: Verdict | None = None
        self.lost: Outcome | None = None

    def __call__(self, *args: Any) -> Any:
        raise NotImplementedError("沙箱里的函数只能用 ask 来问")

    def __enter__(self) -> Remote:
        word = self.sitting.open(self.exercise.id)
        self.note = "；".join(self.sitting.notes)
        if word == "missing":
            self._absent("unanswered", "尚未作答", f"笔记本里没有函数 {self.exercise.name}")
        elif word != "open":
            self._absent("error", "未通过", f"{self.exercise.name} 不是一个函数")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.lost is None and self.absence is None and kind is None:
            self.sitting.done()
        elif self.absence is None:
            self.sitting.leave()

    def _absent(self, status: str, word: str, reason: str) -> None:
        headline = f"{word}　{self.exercise.title}（0/{self.exercise.points} 分）"
        shown = "" if status == "unanswered" else reason
        self.absence = Verdict(False, headline, reason=shown, status=status)
        self.note = "；".join([*self.sitting.notes, reason])

    def ask(self, args: tuple) -> Outcome:
        """用一组输入去问。里面断了、迟了、说胡话，都是这道题的结果，不是批改出了错。"""
        if self.absence is not None:
            return Outcome("stub" if self.absence.status == "unanswered" else "error")
        if self.lost is None:
            try:
                return self.sitting.ask(args)
            except Lost as error:
                self.sitting.leave()
                late = error.why in ("late", "spent")
                seconds = self.sitting.limits.call_seconds
                text = too_late(seconds) if late else str(error)
                self.lost = Outcome("timeout" if late else "error", text=text)
        return self.lost


class Sitting:
    """一份作业的批改：起沙箱，运行单元，一题一题地问；沙箱不正常了就换一个新的。"""

    def __init__(
        self, cells: list[Cell], exercises: list[Exercise], limits: Limits, *, unsafe: bool
    ) -> None:
        self.cells = cells
        self.exercises = exercises
        self.limits = limits
        self.unsafe = unsafe
        self.notes: list[str] = []
        self.dropped: list[str] = []
        self.boxes = 0
        self.broken = ""
        self.running: int | None = None
        self.box: Box | None = None
        self.end = time.monotonic() + limits.total_seconds
        self._stack = ExitStack()

    def __enter__(self) -> Sitting:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """关掉这个沙箱。"""
        self.box = None
        self._stack.close()

    def open(self, id: str) -> str:
        """请里面准备好一道题，返回它的回话；里面坏了就换一个沙箱再试一次。"""
        for _ in range(2):
            box = self.box or self._fresh_box()
            try:
                box.send(("open", id))
                word = self._hear(box, SOON)[0]
            except Lost:
                self.leave()
                continue
            if word in ("open", "missing", "uncallable"):
                return word
            self.leave()
        raise NotReached("沙箱里的程序总是不正常，没有轮到这道题")

    def ask(self, args: tuple) -> Outcome:
        """问一组输入。整份作业的时间不够它算完，就当作没有轮到。"""
        box = self._opened()
        box.send(("ask", args))
        reply = self._hear_within(box, self.limits.call_seconds)
        if reply[0] == "closed":
            code = reply[1] if len(reply) == 2 and type(reply[1]) is int else 0
            ended = f"信号 {-code}" if code < 0 else f"退出码 {code}"
            raise Lost("dead", f"函数结束了整个程序（{ended}）")
        if len(reply) != 4 or reply[0] != "outcome" or reply[1] not in WORDS:
            raise Lost("bad", "沙箱说了不合规矩的话")
        _, kind, got, text = reply
        if type(text) is not str:
            raise Lost("bad", "沙箱说了不合规矩的话")
        if kind == "timeout":
            text = too_late(self.limits.call_seconds)
        return Outcome(kind, got, text[:1000])

    def done(self) -> None:
        """这道题问完了。"""
        box = self._opened()
        try:
            box.send(("done",))
            if self._hear(box, SOON) != ("closed", 0):
                self.leave()
        except Lost:
            self.leave()

    def _opened(self) -> Box:
        if self.box is None:
            raise RuntimeError("没有准备好的题：先 open 一道，再去问")
        return self.box

    def _hear_within(self, box: Box, seconds: float) -> tuple:
        """听一句，里面最多算 ``seconds`` 秒；里面自己没有按时停下，再给它一点时间。"""
        return self._hear(box, self.limits.patience * seconds + GRACE, seconds + GRACE)

    def _hear(self, box: Box, seconds: float, computing: float = math.inf) -> tuple:
        """听一句，最多等 ``seconds`` 秒；整份作业的时间不够等这么久，等完就不是里面的错。"""
        left = min(seconds, self.end - time.monotonic())
        if left <= 0:
            raise self._out_of_time()
        try:
            return box.receive(left, computing)
        except Lost as error:
            if error.why == "late" and left < seconds:
                raise self._out_of_time() from None
            raise

    def _out_of_time(self) -> NotReached:
        return NotReached(f"整份作业用完了 {self.limits.total_seconds:g} 秒，没有轮到这道题")

    def _fresh_box(self) -> Box:
        """起一个沙箱，运行全部单元；哪个单元毁掉沙箱，就去掉它再来。"""
        while not self.broken and self.boxes < MOST_BOXES:
            self.boxes += 1
            self.running = None
            try:
                box = self._stack.enter_context(Box(self.limits, unsafe=self.unsafe))
                errors = self._run_cells(box)
            except Lost as error:
                self.leave()
                if self.running is None:
                    self.broken = f"沙箱没有起来，或者一开始就断了：{error}"
                else:
                    self._drop(self.running, error)
                continue
            self.notes = [*self.dropped, *errors]
            self.box = box
            return box
        raise NotReached(self.broken or "沙箱里的程序总是不正常，没有轮到这道题")

    def _run_cells(self, box: Box) -> list[str]:
        """让里面运行全部单元，记住它正运行到哪一个；返回出错的单元。"""
        box.send(self._settings())
        if self._hear(box, STARTING)[0] != "hello":
            raise Lost("start", "沙箱没有起来")
        while True:
            reply = self._hear_within(box, self.limits.cell_seconds)
            if reply[0] == "ready":
                return _cell_errors(reply)
            if reply[0] != "cell":
                raise Lost("bad", "沙箱说了不合规矩的话")
            self.running = self._number(reply)

    def _number(self, reply: tuple) -> int:
        if len(reply) != 2 or type(reply[1]) is not int or not 0 <= reply[1] < len(self.cells):
            raise Lost("bad", "沙箱说了不合规矩的话")
        return reply[1]

    def _drop(self, number: int, error: Lost) -> None:
        said = "运行太久" if error.why in ("late", "spent") else str(error)
        self.dropped.append(f"去掉了第 {number} 个代码单元：{said}")
        self.cells = [
            replace(cell, source="") if i == number else cell for i, cell in enumerate(self.cells)
        ]

    def _settings(self) -> np.ndarray:
        names = {exercise.id: exercise.name for exercise in self.exercises}
        times = Counter(names.values())
        settings = {
            "cells": [(cell.source, cell.check, cell.answer) for cell in self.cells],
            "names": names,
            "alone": {id: name for id, name in names.items() if times[name] == 1},
            "limits": self.limits.for_each_process(counted=not self.unsafe),
            "call_seconds": self.limits.call_seconds,
            "cell_seconds": self.limits.cell_seconds,
            "patience": self.limits.patience,
        }
        return np.frombuffer(json.dumps(settings).encode(), np.uint8)


def _cell_errors(reply: tuple) -> list[str]:
    """里面说的、出错的单元；只信得过形状对的。"""
    notes = reply[1] if len(reply) == 2 and type(reply[1]) is list else []
    rows = [note for note in notes if type(note) is tuple and len(note) == 3]
    told = [(n, name, text) for n, name, text in rows if type(n) is int and type(name) is str]
    return [f"第 {n} 个代码单元出错：{name}：{text}"[:200] for n, name, text in told[:5]]
