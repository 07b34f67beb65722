"""收取：从任何文件夹或 zip（一层套一层也行）里，按内容找出这次作业的笔记本。

文件叫什么都可以：单元里的 grade id 说明是哪一章。学号从路径里认，认不准的交给人。
压缩包不解到磁盘上：每个成员只在内存里读，先看大小再读，读到上限为止。
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from dlbasics.exercises.exercise import grade_id
from dlbasics.teaching.roster import Roster
from dlbasics.teaching.spreadsheets import plain

CHECK = re.compile(r"""\bcheck\(\s*["']([a-z0-9_]+/[a-z0-9_]+)["']""")
IGNORED = re.compile(r"(^|/)(__MACOSX|\.ipynb_checkpoints|\.git|__pycache__)(/|$)|(^|/)\.[^/]+$")
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
OFFICE = (".docx", ".xlsx", ".pptx", ".whl", ".odt", ".epub")


@dataclass(frozen=True)
class Limits:
    """收取时的上限。

    Attributes
    ----------
    file, archive, total : int
        一个文件、一个套在里面的压缩包、全部内容最多几个字节。
    count : int
        最多看几个文件。
    depth : int
        压缩包最多套几层。
    """

    file: int = 20 * 10**6
    archive: int = 500 * 10**6
    total: int = 4 * 10**9
    count: int = 100_000
    depth: int = 5


@dataclass(frozen=True)
class File:
    """找到的一个文件：在哪里，内容，时间（没有时区，就是电脑或平台的钟）。"""

    trail: str
    data: bytes
    time: datetime


@dataclass(frozen=True)
class Problem:
    """没有收下的一个文件，和原因。

    ``kind`` 是“拒收”（危险）、“坏了”（读不出来）、“认不出”（不知道是谁的）或“别的”
    （不是这次作业）；认得出是谁的，写在 ``student`` 里。
    """

    trail: str
    kind: str
    reason: str
    student: str = ""
    time: datetime = datetime(1980, 1, 1)


@dataclass(frozen=True)
class Submission:
    """一个学生交的一章。"""

    student: str
    chapter: str
    attempt: str
    submitted: datetime
    trail: str
    data: bytes = field(repr=False, default=b"")


@dataclass
class _Budget:
    """还剩多少可以看。"""

    bytes: int
    files: int


class TooMuch(ValueError):
    """超过了总的上限。"""


def files(source: Path, limits: Limits = Limits()) -> Iterator[File | Problem]:
    """依次给出文件夹或 zip 里的每个文件，压缩包打开来看。

    Raises
    ------
    ValueError
        ``source`` 不存在。
    TooMuch
        全部内容或文件的个数超过上限。
    """
    budget = _Budget(limits.total, limits.count)
    if source.is_dir():
        found = _folder(source, limits, budget)
    elif source.is_file():
        found = _disk_file(source, source.name, limits, budget)
    else:
        raise ValueError(f"要收取的文件夹或 zip 不存在：{source}")
    for each in found:
        yield replace(each, trail=printable(each.trail))


def printable(text: str) -> str:
    """控制字符、写不出来的字换成问号：文件名也是别人写的，要打印，要写进表格。

    Examples
    --------
    >>> printable("作业\\x1b[2J.ipynb")
    '作业?[2J.ipynb'
    """
    return "".join(c if c.isprintable() else "?" for c in text)


def _folder(folder: Path, limits: Limits, budget: _Budget) -> Iterator[File | Problem]:
    for root, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in [*folders, *sorted(names)]:
            path = Path(root) / name
            trail = path.relative_to(folder).as_posix()
            if path.is_symlink():
                yield Problem(trail, "拒收", "是一个链接，指向别处")
            elif name in names:
                yield from _disk_file(path, trail, limits, budget)


def _disk_file(path: Path, trail: str, limits: Limits, budget: _Budget) -> Iterator[File | Problem]:
    if IGNORED.search(trail):
        return
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            yield Problem(trail, "拒收", "不是普通文件")
            return
        _spend(budget, trail)
        with path.open("rb") as stream:
            packed = _looks_like_zip(trail, stream.read(4))
        if packed:
            yield from _zip(path, trail, limits, budget, 1)
        elif info.st_size > limits.file:
            yield _too_large(trail, info.st_size)
        else:
            _spend(budget, trail, info.st_size)
            yield File(trail, path.read_bytes(), datetime.fromtimestamp(info.st_mtime))
    except OSError as error:
        yield Problem(trail, "坏了", f"读不出来：{error.strerror}")


def _zip(
    source: Path | io.BytesIO, trail: str, limits: Limits, budget: _Budget, depth: int
) -> Iterator[File | Problem]:
    if depth > limits.depth:
        yield Problem(trail, "拒收", f"压缩包套了 {limits.depth} 层以上")
        return
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeError) as error:
        yield Problem(trail, "坏了", f"压缩包打不开：{error}")
        return
    with archive:
        for info in archive.infolist():
            yield from _member(archive, info, trail, limits, budget, depth)


def _member(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    outer: str,
    limits: Limits,
    budget: _Budget,
    depth: int,
) -> Iterator[File | Problem]:
    name = member_name(info)
    trail = f"{outer}/{name}"
    if info.is_dir():
        return
    _spend(budget, trail)
    if reason := _dangerous(name, info):
        yield Problem(trail, "拒收", reason)
        return
    if IGNORED.search(name):
        return
    nested = name.lower().endswith(".zip")
    most = limits.archive if nested else limits.file
    if info.file_size > most:
        yield _too_large(trail, info.file_size)
        return
    try:
        with archive.open(info) as stream:
            data = stream.read(most + 1)
    except (
        zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, NotImplementedError,
        EOFError, OSError, ValueError,
    ) as error:  # fmt: skip
        locked = "有密码" if info.flag_bits & 1 else str(error)
        yield Problem(trail, "坏了", f"读不出来：{locked}")
        return
    if len(data) > most:
        yield _too_large(trail, len(data))
        return
    _spend(budget, trail, len(data))
    if _looks_like_zip(name, data[:4]):
        yield from _zip(io.BytesIO(data), trail, limits, budget, depth + 1)
    else:
        yield File(trail, data, _zip_time(info))


def member_name(info: zipfile.ZipInfo) -> str:
    """压缩包里一个成员的名字：标明 UTF-8 的照用；没有标明的先试 UTF-8，再试 GB 18030。"""
    if not info.flag_bits & 0x800:
        try:
            raw = info.filename.encode("cp437")
        except UnicodeEncodeError:
            return info.filename
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    return info.filename


def _dangerous(name: str, info: zipfile.ZipInfo) -> str:
    parts = re.split(r"[/\\]", name)
    if ".." in parts or name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return "名字要写到文件夹外面去"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "是一个链接，指向别处"
    return ""


def _zip_time(info: zipfile.ZipInfo) -> datetime:
    try:
        return datetime(*info.date_time)
    except ValueError:
        return datetime(1980, 1, 1)


def _looks_like_zip(name: str, head: bytes) -> bool:
    return head == b"PK\x03\x04" and not name.lower().endswith(OFFICE)


def _too_large(trail: str, size: int) -> Problem:
    return Problem(trail, "拒收", f"太大：{size / 1e6:.0f} MB")


def _spend(budget: _Budget, trail: str, size: int | None = None) -> None:
    if size is None:
        budget.files -= 1
    else:
        budget.bytes -= size
    if budget.files < 0 or budget.bytes < 0:
        what = "文件太多" if budget.files < 0 else "内容太大"
        raise TooMuch(f"{what}，看到 {trail} 就停了：分几次收，或者去掉不是作业的部分")


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
    limits: Limits = Limits(),
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
