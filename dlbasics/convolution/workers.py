"""分工与草稿纸：把输出的行切成带，分给几个线程；每个线程有自己反复使用的草稿纸。

NumPy 在复制和矩阵乘法时放开解释器的锁，所以普通的 Python 线程就能用上全部的核。每个线程做完自己的
复制接着做自己的乘法，比让一次矩阵乘法自己去开线程快：后者只加速乘法，复制时其余的核都闲着。
因此卷积期间让 OpenBLAS 每次乘法只用一个线程，做完恢复原状；不分工的小卷积也是如此，因为小乘法
开线程得不偿失，机器忙时尤其慢。
"""

from __future__ import annotations

import ctypes
import math
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

Result = TypeVar("Result")

BAND_BYTES = 3 << 20  # 一条带的草稿大约这么大：留得在缓存里，又不至于切得太碎
WORTH_SHARING = 1 << 24  # 乘法次数比它少时，分工的开销比省下的时间多


def by_bands(
    work: Callable[[int, int], Result], rows: int, *, row_bytes: int, multiplications: int
) -> list[Result]:
    """把 ``rows`` 行切成带，对每条带调用 ``work(top, bottom)``，按从上到下的顺序收集结果。

    Parameters
    ----------
    work : callable
        处理 [top, bottom) 这些行；不同的带互不相干，可以同时进行。
    rows : int
        总行数。
    row_bytes : int
        处理一行要用多少字节的草稿，决定一条带有几行。
    multiplications : int
        总共多少次乘法，决定要不要分工。
    """
    workers = _cores() if multiplications > WORTH_SHARING else 1
    bands = max(1, math.ceil(rows * row_bytes / BAND_BYTES))
    bands = min(rows, math.ceil(bands / workers) * workers)
    edges = [rows * i // bands for i in range(bands + 1)]
    results: list = [None] * bands
    turns = iter(range(bands))

    def take_turns() -> None:
        for i in turns:  # 各线程轮流领取下一条带，谁先做完谁先领
            results[i] = work(edges[i], edges[i + 1])

    with _one_blas_thread:
        if workers == 1:
            take_turns()
        else:
            _team.run(take_turns, workers - 1)
    return results


def scratch(name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray:
    """本线程名为 ``name`` 的草稿纸，内容不定；下一次用同一个名字时会被覆盖。

    新申请的内存第一次写入时，操作系统要逐页分配，往往比计算还慢；草稿纸反复使用，只慢第一次。
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    buffer = _scratch.buffers.get(name)
    if buffer is None or buffer.size < size:
        buffer = _scratch.buffers[name] = np.empty(size, np.uint8)
    return buffer[:size].view(dtype).reshape(shape)


class _Scratch(threading.local):
    def __init__(self) -> None:
        self.buffers: dict[str, NDArray] = {}


class _Team:
    """全部的核组成一个班：同一时刻只做一次卷积，别的线程来了要排队。"""

    def __init__(self) -> None:
        self.busy = threading.Lock()
        self.helpers: ThreadPoolExecutor | None = None

    def run(self, task: Callable[[], None], others: int) -> None:
        """每个核上各做一遍 ``task``：调用者自己算一个，其余的是助手。"""
        with self.busy:
            if self.helpers is None:
                self.helpers = ThreadPoolExecutor(others, "convolution")
            # 上下文里有 np.errstate，助手也要照办
            futures = [self.helpers.submit(copy_context().run, task) for _ in range(others)]
            try:
                task()
            finally:
                wait(futures)
            for future in futures:
                future.result()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _blas_function(name: str) -> Callable[..., int] | None:
    """NumPy 自带的 OpenBLAS 里的函数；NumPy 用的是别的库时为 None。"""
    library = ctypes.CDLL(sys.modules["numpy._core._multiarray_umath"].__file__)
    return getattr(library, f"scipy_openblas_{name}64_", None)


_get_blas_threads = _blas_function("get_num_threads")
_set_blas_threads = _blas_function("set_num_threads")


class _OneBlasThread:
    """``with`` 期间 BLAS 每次乘法只用一个线程；几个线程同时进入时，最后离开的负责还原。"""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.inside = 0
        self.before = 1

    def __enter__(self) -> None:
        with self.lock:
            if self.inside == 0 and _get_blas_threads is not None:
                self.before = _get_blas_threads()
                _set_blas_threads(1)
            self.inside += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.inside -= 1
            if self.inside == 0 and _get_blas_threads is not None:
                _set_blas_threads(self.before)


_scratch = _Scratch()
_team = _Team()
_one_blas_thread = _OneBlasThread()


def _start_again() -> None:
    _team.__init__()
    _one_blas_thread.__init__()


if hasattr(os, "register_at_fork"):  # 子进程里没有父进程的线程，要重新组班
    os.register_at_fork(after_in_child=_start_again)
