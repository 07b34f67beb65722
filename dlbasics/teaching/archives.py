"""从文件夹或 zip 里（一层套一层也行）依次拿出每个文件；危险的、坏的、太大的一个个列出来。

压缩包不解到磁盘上：每个成员只在内存里读，先看大小再读，读到上限为止。
"""

from __future__ import annotations

import io
import lzma
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

IGNORED = re.compile(r"(^|/)(__MACOSX|\.ipynb_checkpoints|\.git|__pycache__)(/|$)|(^|/)\.[^/]+$")
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


USUAL = Limits()


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


@dataclass
class _Budget:
    """还剩多少可以看。"""

    bytes: int
    files: int


class TooMuch(ValueError):
    """超过了总的上限。"""


def files(source: Path, limits: Limits = USUAL) -> Iterator[File | Problem]:
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
