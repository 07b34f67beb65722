"""改图的时候：``ANYWIDGET_HMR=1`` 时，存下 JS 或 CSS，打开着的图立刻换成新的，不必重启内核。

和 anywidget 自己的开发模式同一个开关；它只会看着一个文件，这里一幅图由许多文件接成。
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from typing import Protocol

from dlbasics.live.modules import HERE, bundle, every_style

#: 隔多少秒看一次。
PERIOD = 0.3


class Shown(Protocol):
    """一幅打开着的图：``module`` 是它的文件夹，``_esm`` 与 ``_css`` 是它的前端。"""

    module: str
    _esm: str
    _css: str


_open: weakref.WeakSet[Shown] = weakref.WeakSet()
_watching = threading.Lock()


def keep_fresh(figure: Shown) -> None:
    """开发模式里，从此 ``figure`` 的前端跟着文件走；平时什么也不做。

    Parameters
    ----------
    figure : LiveFigure
        不再有人用它时，就不再更新。
    """
    if os.environ.get("ANYWIDGET_HMR") != "1":
        return
    _open.add(figure)
    if _watching.acquire(blocking=False):
        threading.Thread(target=_watch, args=(_newest(),), daemon=True).start()


def refresh() -> None:
    """打开着的图都换成文件现在的样子；写了一半、接不起来的，等下一次存盘。"""
    for figure in list(_open):
        try:
            esm, css = bundle(figure.module), every_style()
        except (OSError, ImportError):
            continue
        figure._esm, figure._css = esm, css


def _newest() -> float:
    files = (path for path in HERE.rglob("*") if path.suffix in (".js", ".css"))
    return max(path.stat().st_mtime for path in files)


def _watch(seen: float) -> None:
    while True:
        time.sleep(PERIOD)
        try:
            newest = _newest()
        except OSError:  # 编辑器存盘时，旧文件有一会儿不在
            continue
        if newest != seen:
            seen = newest
            refresh()
