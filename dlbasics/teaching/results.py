"""成绩文件：一行一条 JSON，只往后添，从不改写。

一条是一次批改（``mark``）或一次人工改分（``override``）。一份作业的几条一次写完、落到磁盘上才算数；
写到一半断了电，留下的半行读的时候略过，下次写之前去掉。成绩、迟交、取哪一次、反馈都由这些条算出来，
见 :mod:`dlbasics.teaching.gradebook`。
"""

from __future__ import annotations

import dataclasses
import errno
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any

from filelock import FileLock


@dataclass(frozen=True)
class Mark:
    """一份作业里一道题的批改。

    Attributes
    ----------
    student, exercise, attempt : str
        学号、练习的编号、这一份的指纹（内容的 SHA-256 的开头）。
    assignment : str
        作业的名字。
    seed_version : int
        输入的版本：换了就要重批。
    submitted, time : str
        交的时刻与批改的时刻，ISO 8601。
    points : float or None
        得分；没有批成是 None，不是 0。
    possible : float
        满分。
    verdict : dict
        结论的各项，见 :class:`dlbasics.exercises.judging.Verdict`。
    shows_input : bool
        反馈里可不可以写出答错的那组输入。
    note : str
        给教师看的话，例如没有批成的原因。
    """

    student: str
    exercise: str
    attempt: str
    assignment: str
    seed_version: int
    submitted: str
    time: str
    points: float | None
    possible: float
    verdict: dict[str, Any] = field(default_factory=dict)
    shows_input: bool = False
    note: str = ""

    @property
    def key(self) -> tuple:
        """同一份作业的同一道题、同样的输入：批过就不必再批。"""
        return self.student, self.exercise, self.attempt, self.assignment, self.seed_version


@dataclass(frozen=True)
class Override:
    """人工改分：给谁的哪道题几分，为什么，谁改的。"""

    student: str
    exercise: str
    assignment: str
    points: float
    reason: str
    by: str
    time: str


Record = Mark | Override
KINDS = {"mark": Mark, "override": Override}


class Results:
    """成绩文件。

    Parameters
    ----------
    path : Path
        文件；还没有就当作空的。
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = FileLock(f"{path}.lock")

    def read(self) -> list[Record]:
        """全部记录，按写的次序；末尾写坏的半行略过。

        Raises
        ------
        ValueError
            中间有一行读不出来：消息里有行号。
        """
        if not self.path.exists():
            return []
        lines = self.path.read_bytes().split(b"\n")
        records = []
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                records.append(parse(line))
            except (ValueError, TypeError, KeyError) as error:
                if number == len(lines):  # 没有换行：写到一半断了
                    break
                raise ValueError(f"{self.path} 第 {number} 行读不出来：{error}") from error
        return records

    def append(self, records: Iterable[Record]) -> None:
        """一次写下几条，落到磁盘上才返回；写不下（磁盘满了）就一条也不留。"""
        text = "".join(write(record) + "\n" for record in records).encode()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.lock, open(self.path, "ab+", buffering=0, opener=_private) as stream:
            end = _repair(stream)
            try:
                if stream.write(text) != len(text):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
                os.fsync(stream.fileno())
            except BaseException:
                stream.truncate(end)
                raise


def _private(path: str, flags: int) -> int:
    """新建的文件只有自己读得到：里面有学号与分数。"""
    return os.open(path, flags, 0o600)


def _repair(stream: FileIO) -> int:
    """去掉末尾写坏的半行，返回文件的长度；完整、只差换行的一行补上换行。"""
    length = stream.seek(0, os.SEEK_END)
    if not length:
        return 0
    stream.seek(length - 1)
    if stream.read(1) == b"\n":
        return length
    stream.seek(0)
    text = stream.read()
    whole = text.rfind(b"\n") + 1
    try:
        parse(text[whole:])
    except (ValueError, TypeError, KeyError):
        stream.truncate(whole)
        return whole
    return length + stream.write(b"\n")


def write(record: Record) -> str:
    """一条记录写成一行 JSON。"""
    kind = "mark" if isinstance(record, Mark) else "override"
    return json.dumps({"kind": kind, **dataclasses.asdict(record)}, ensure_ascii=False)


def parse(line: bytes | str) -> Record:
    """由一行 JSON 读出一条记录；多出来的项略过，以后的版本可以添。"""
    values = json.loads(line)
    made = KINDS[values.pop("kind")]
    names = {each.name for each in dataclasses.fields(made)}
    return made(**{name: value for name, value in values.items() if name in names})


def graded(records: Iterable[Record]) -> set[tuple]:
    """已经批成的 :attr:`Mark.key`：再运行一次不必再批。没有批成的要再试。"""
    return {r.key for r in records if isinstance(r, Mark) and r.points is not None}


def now() -> str:
    """此刻，ISO 8601，到秒，带时区。"""
    return datetime.now().astimezone().isoformat(timespec="seconds")
