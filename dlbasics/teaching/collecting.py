"""收取：从任何文件夹或 zip（一层套一层也行）里，按内容找出这次作业的笔记本。

文件叫什么都可以：单元里的 grade id 说明是哪一章。学号从路径里认，认不准的交给人。
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from dlbasics.exercises.exercise import grade_id
from dlbasics.teaching.archives import USUAL, File, Limits, Problem, files
from dlbasics.teaching.roster import Roster
from dlbasics.teaching.spreadsheets import plain

CHECK = re.compile(r"""\bcheck\(\s*["']([a-z0-9_]+/[a-z0-9_]+)["']""")
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")


@dataclass(frozen=True)
class Submission:
    """一个学生交的一章。"""

    student: str
    chapter: str
    attempt: str
    submitted: datetime
    trail: str
    data: bytes = field(repr=False, default=b"")


def recognise(data: bytes, known: Mapping[str, str]) -> tuple[set[str], str]:
    """一个文件里有哪几章的题：``(章, "")``；一章也没有就是 ``(空, 原因)``。

    Parameters
    ----------
    data : bytes
        文件的内容。
    known : mapping
        这次作业的题：grade id 与练习的编号。
    """
    try:
        notebook = json.loads(data)
        cells = notebook["cells"]
        seen = {id for cell in cells for id in _cell_ids(cell)}
    except (ValueError, RecursionError):
        return set(), "坏了：不是 JSON"
    except (KeyError, TypeError, AttributeError):
        return set(), "坏了：不是笔记本"
    wanted = {known[id] for id in seen if id in known}
    if wanted:
        return {id.partition("/")[0] for id in wanted}, ""
    return set(), "别的：里面没有这次作业的题"


def _cell_ids(cell: dict) -> Iterator[str]:
    """一个单元可能是哪道题：看 nbgrader 的元数据、单元的编号、检查的那一句。"""
    metadata = cell.get("metadata", {}).get("nbgrader", {})
    for key in (metadata.get("grade_id"), cell.get("id")):
        yield re.sub(r"-(statement|answer)$", "", str(key))
    yield from (grade_id(id) for id in CHECK.findall(source_of(cell)))


def source_of(cell: dict) -> str:
    """一个单元的源代码；笔记本文件里可以写成一列行。"""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source))


@dataclass
class Collection:
    """收到的作业，和没有收下的文件。"""

    submissions: list[Submission]
    problems: list[Problem]


def collect(
    source: Path,
    exercises: list[str],
    roster: Roster,
    *,
    owners: Mapping[str, str] | None = None,
    limits: Limits = USUAL,
) -> Collection:
    """从文件夹或 zip 里收取。

    Parameters
    ----------
    source : Path
        下载来的文件夹或 zip。
    exercises : list of str
        这次作业的练习编号。
    roster : Roster
        名单。
    owners : mapping, optional
        人认出来的：路径与学号。
    """
    known = {grade_id(id): id for id in exercises}
    collection = Collection([], [])
    for found in files(source, limits):
        if isinstance(found, Problem):
            collection.problems.append(found)
        else:
            _sort(found, known, roster, owners or {}, collection)
    return collection


def _sort(
    found: File, known: dict[str, str], roster: Roster, owners: Mapping[str, str], into: Collection
) -> None:
    chapters, reason = recognise(found.data, known)
    if not chapters:
        if problem := _not_a_submission(found, reason):
            who = roster.who(found.trail)[0]
            into.problems.append(replace(problem, student=who, time=found.time))
        return
    student, unclear = roster.who(found.trail)
    if owner := owners.get(plain(found.trail)):
        student, unclear = owner, ""
        if owner not in roster.students:
            unclear = f"填的学号 {owner} 不在名单上"
    if unclear:
        into.problems.append(Problem(found.trail, "认不出", unclear))
        return
    attempt = fingerprint(found.data)
    for chapter in sorted(chapters):
        into.submissions.append(
            Submission(student, chapter, attempt, found.time, found.trail, found.data)
        )


def fingerprint(data: bytes) -> str:
    """一份作业的指纹：内容的 SHA-256 的开头。"""
    return hashlib.sha256(data).hexdigest()[:16]


def _not_a_submission(found: File, reason: str) -> Problem | None:
    kind, _, words = reason.partition("：")
    suffix = Path(found.trail).suffix.lower()
    if suffix in OTHER_ARCHIVES:
        return Problem(found.trail, "坏了", f"{suffix} 压缩包：请先解开，或者换成 zip")
    if suffix == ".py":
        return Problem(found.trail, "别的", "是 .py 文件，不是笔记本")
    if suffix == ".ipynb" or kind == "别的":
        return Problem(found.trail, kind, words)
    return None


def repeated(submissions: list[Submission]) -> dict[tuple[str, str], list[Submission]]:
    """谁的哪一章交了几份内容不同的。"""
    groups: dict[tuple[str, str], dict[str, Submission]] = {}
    for submission in submissions:
        key = submission.student, submission.chapter
        groups.setdefault(key, {})[submission.attempt] = submission
    return {key: list(each.values()) for key, each in groups.items() if len(each) > 1}


def identical(submissions: list[Submission], blank: set[str]) -> list[list[Submission]]:
    """不同的人交的一模一样的文件；``blank`` 里的（原样没有动过的）不算。"""
    groups: dict[tuple[str, str], dict[str, Submission]] = {}
    for submission in submissions:
        if submission.attempt not in blank:
            key = submission.chapter, submission.attempt
            groups.setdefault(key, {})[submission.student] = submission
    return [list(each.values()) for each in groups.values() if len(each) > 1]


def answers(data: bytes) -> dict[str, str]:
    """一本笔记本里每道题的答案：检查之前最近的那个代码单元；读不出来就是空的。"""
    found: dict[str, str] = {}
    last = ""
    try:
        for cell in json.loads(data)["cells"]:
            source = source_of(cell)
            if cell.get("cell_type") != "code":
                continue
            for id in CHECK.findall(source):
                found.setdefault(id, last)
            last = source
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return found
