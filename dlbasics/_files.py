"""整个换掉一个文件：别人看到的要么是旧的，要么是写完的。"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """写进旁边的草稿，``with`` 结束时改名为 ``path``；中途出错，旧文件不动，草稿删掉。

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with replacing(Path(folder) / "a.txt") as file:
    ...         _ = file.write("甲".encode())
    ...     [(p.name, p.read_text("utf-8")) for p in Path(folder).iterdir()]
    [('a.txt', '甲')]
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            draft.chmod(path.stat().st_mode)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
