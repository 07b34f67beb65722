"""一份作业：叫什么，有哪些题，第几版输入，怎样算分。"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dlbasics.exercises.exercise import Exercise
from dlbasics.exercises.registry import Chapter, chapters, find, load_pack


@dataclass(frozen=True)
class Assignment:
    """一份作业。

    Parameters
    ----------
    name : str
        作业的名字，一门课里不重复：评分的输入由它和课程的密钥算出。
    exercises : tuple of str
        各题的编号，例如 ``("momentum/update", "momentum/half_life")``。
    seed_version : int
        输入的版本，从 1 开始；换一个数就换一批输入。
    partial : bool
        一题答对了一部分输入，是不是得一部分分；默认全对才得分。
    pack : Path, optional
        自编练习的文件夹；没有就是书里的练习。

    Examples
    --------
    >>> work = Assignment("homework1", ("momentum/update",), seed_version=1)
    >>> Assignment.from_json(work.to_json()) == work
    True
    """

    name: str
    exercises: tuple[str, ...]
    seed_version: int
    partial: bool = False
    pack: Path | None = None

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and self.name.strip() and self.name.isprintable()):
            raise ValueError(f"name 应是一个不空的名字，得到 {self.name!r}")
        if not (
            isinstance(self.exercises, tuple)
            and self.exercises
            and all(isinstance(id, str) for id in self.exercises)
        ):
            raise ValueError(f"exercises 应是练习编号的元组，得到 {self.exercises!r}")
        repeated = sorted({id for id in self.exercises if self.exercises.count(id) > 1})
        if repeated:
            raise ValueError(f"exercises 里有的练习写了两遍：{'、'.join(repeated)}")
        if type(self.seed_version) is not int or self.seed_version < 1:
            raise ValueError(f"seed_version 应是正整数，得到 {self.seed_version!r}")
        if not isinstance(self.partial, bool):
            raise ValueError(f"partial 应是 True 或 False，得到 {self.partial!r}")
        if self.pack is not None and not isinstance(self.pack, Path):
            raise ValueError(f"pack 应是一个文件夹的 Path，得到 {self.pack!r}")

    def as_dict(self) -> dict[str, Any]:
        """各项组成的字典，可以直接写成 JSON。"""
        pack = None if self.pack is None else str(self.pack)
        return asdict(self) | {"exercises": list(self.exercises), "pack": pack}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Assignment:
        """由 :meth:`as_dict` 的字典造出作业；不认识的项、缺少的项都会指出来。"""
        if not isinstance(data, dict):
            raise ValueError(f"一份作业应写成 JSON 的对象，得到 {type(data).__name__}")
        known = set(cls.__dataclass_fields__)
        if unknown := sorted(set(data) - known):
            raise ValueError(f"作业里有不认识的项：{'、'.join(unknown)}")
        if missing := sorted({"name", "exercises", "seed_version"} - set(data)):
            raise ValueError(f"作业里缺少：{'、'.join(missing)}")
        ids, pack = data["exercises"], data.get("pack")
        return cls(
            **data
            | {
                "exercises": tuple(ids) if isinstance(ids, list) else ids,
                "pack": Path(pack) if isinstance(pack, str) else pack,
            }
        )

    def to_json(self) -> str:
        """写成 JSON。"""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Assignment:
        """读 :meth:`to_json` 写的 JSON。

        Raises
        ------
        ValueError
            不是 JSON，或者哪一项不对。
        """
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"作业应写成 JSON，第 {error.lineno} 行读不懂") from None
        return cls.from_dict(data)


def chapters_of(assignment: Assignment) -> list[Chapter]:
    """作业里的各章，每章只有布置了的题；自编练习的文件夹也是一章。"""
    known = {chapter.name: chapter for chapter in chapters()}
    if assignment.pack:
        pack = load_pack(assignment.pack)
        known[pack.name] = pack
    names = dict.fromkeys(id.partition("/")[0] for id in assignment.exercises)
    return [known[name].only(assignment.exercises) for name in names if name in known]


def exercises_of(assignment: Assignment) -> list[Exercise]:
    """作业里的练习，按作业里的次序。

    Raises
    ------
    ValueError
        没有其中的一道。
    """
    found = {each.id: each for chapter in chapters_of(assignment) for each in chapter.exercises}
    return [found.get(id) or find(id) for id in assignment.exercises]
