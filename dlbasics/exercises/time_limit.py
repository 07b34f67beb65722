"""给一次函数调用限定时间。"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import Any


class TimeUp(BaseException):
    """时间用完了。它不是 ``Exception``，学生的 ``except Exception`` 拦不住它。"""


PATIENCE = 6
"""钟表时间最多是处理器时间的几倍。"""

SHORTEST = 0.01
"""至少隔几秒看一次表。"""


def call_within(seconds: float, func: Callable, *args: Any) -> Any:
    """返回 ``func(*args)``；用掉 ``seconds`` 秒处理器时间还没有算完，就打断它。

    算的是这个进程的处理器时间：机器忙，别的程序占着处理器，不怪它。只等待、不计算的，
    等到钟表走过 :data:`PATIENCE` 倍的时间也打断。

    一个看表的线程到时在这个线程里引发 :class:`TimeUp`，所以哪个操作系统、是不是主线程都一样。
    打断发生在两条字节码之间：一次很长的 NumPy 运算、``time.sleep`` 或 ``input`` 要等它自己返回。
    不能开线程、也没有 CPython 接口的环境里不限时间。

    Raises
    ------
    TimeUp
        时间用完了。

    Examples
    --------
    >>> call_within(5, max, 1, 2)
    2
    """
    me, lock, finished = threading.get_ident(), threading.Lock(), threading.Event()
    rang = False
    computed, elapsed = time.process_time(), time.monotonic()

    def left() -> float:
        waiting = PATIENCE * seconds + elapsed - time.monotonic()
        return min(seconds + computed - time.process_time(), waiting)

    def watch() -> None:
        nonlocal rang
        while (pause := left()) > 0:
            if finished.wait(max(pause, SHORTEST)):
                return
        with lock:
            if not finished.is_set():
                rang = True
                _raise_in(me, TimeUp)

    try:
        threading.Thread(target=watch, daemon=True).start()
    except RuntimeError:  # 浏览器里的 Python 不能开线程
        return func(*args)
    try:
        return func(*args)
    finally:
        with lock:
            finished.set()
        if rang:
            _raise_in(me, None)  # 表刚响过、还没有打断：撤回


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """在一个线程里引发异常；None 撤回还没有引发的。"""
    if interrupt := getattr(getattr(ctypes, "pythonapi", None), "PyThreadState_SetAsyncExc", None):
        interrupt(ctypes.c_ulong(thread), ctypes.py_object(error) if error else None)
