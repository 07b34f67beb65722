"""下载一个文件：断了接着下，核对之后才换上正式的名字。

下载中的部分在 ``名字.part`` 里；正式的名字一出现，内容就是完整、核对过的。
两个进程同时要同一个文件，后到的等先到的下完；``名字.lock`` 就是它们之间的那把锁。
"""

from __future__ import annotations

import hashlib
import os
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ATTEMPTS = 3
TIMEOUT = 30.0
CHUNK = 1 << 16


def download(url: str, path: str | os.PathLike, sha256: str) -> None:
    """把 ``url`` 下载成 ``path``；已经下了一部分就接着下，已经有了就不下。

    Parameters
    ----------
    url : str
        http 或 https 的地址；服务器不支持断点续传时，从头再下。
    path : str or path-like
        存到哪里；文件夹没有就新建。
    sha256 : str
        文件应有的 SHA-256，64 个十六进制数字。

    Raises
    ------
    ValueError
        下载完整，内容却与 sha256 不符。它不会留下来。
    OSError
        连不上，或连断了 3 次。已下载的部分留在 ``名字.part`` 里，再调用一次就接着下。

    Examples
    --------
    ::

        download("https://example.org/data.gz", "data/data.gz", sha256="…")

    >>> download("https://example.org/a", "a", sha256="abc")
    Traceback (most recent call last):
    ValueError: sha256 应是 64 个十六进制数字，得到 'abc'
    """
    if len(sha256) != 64 or not set(sha256.lower()) <= set("0123456789abcdef"):
        raise ValueError(f"sha256 应是 64 个十六进制数字，得到 {sha256!r}")
    from filelock import FileLock

    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with FileLock(path.with_name(path.name + ".lock")):
        if path.is_file() and _sha256(path) == sha256.lower():
            return
        _transfer(url, part)
        if _sha256(part) != sha256.lower():
            part.unlink()
            raise ValueError(
                f"{url} 下载完整，却与公布的 SHA-256 不符，已丢弃；请再试，或换一个来源"
            )
        os.replace(part, path)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _transfer(url: str, part: Path) -> None:
    """下载到 ``part``；断了接着下，最多 ``ATTEMPTS`` 次。"""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _receive(url, part)
        except (OSError, HTTPException) as error:
            if attempt == ATTEMPTS or isinstance(error, HTTPError):
                raise OSError(f"下载 {url} 失败：{error}；再运行一次会接着下载") from error


def _receive(url: str, part: Path) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        response = urlopen(request, timeout=TIMEOUT)
    except HTTPError as error:
        error.close()
        if error.code == 416 and have:  # 没有剩下的了：是不是完好，由 SHA-256 说了算
            return
        raise
    with response:
        have = have if _continues(response, have) else 0
        length = response.headers["Content-Length"]
        _append(response, part, have, have + int(length) if length else None)


def _continues(response: HTTPResponse, have: int) -> bool:
    """服务器是不是真的从第 ``have`` 个字节接着给。"""
    given = response.headers["Content-Range"] or ""
    return response.status == 206 and given.startswith(f"bytes {have}-")


def _append(response: HTTPResponse, part: Path, have: int, total: int | None) -> None:
    from tqdm import tqdm

    with (
        part.open("ab" if have else "wb") as file,
        tqdm(desc=part.stem, initial=have, total=total, unit="B", unit_scale=True) as bar,
    ):
        while chunk := response.read(CHUNK):
            file.write(chunk)
            bar.update(len(chunk))
    if total is not None and part.stat().st_size < total:
        raise ConnectionError(f"{total} 字节只收到 {part.stat().st_size} 字节，连接断了")
