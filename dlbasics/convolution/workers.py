"""分工与草稿纸：把输出的行切成带，分给几个线程；每个线程有自己反复使用的草稿纸。

NumPy 在复制和矩阵乘法时放开解释器的锁，所以普通的 Python 线程就能用上全部的核。每个线程做完自己的
复制接着做自己的乘法，比让一次矩阵乘法自己去开线程快：后者只加速乘法，复制时其余的核都闲着。
因此卷积期间让 BLAS 每次乘法只用一个线程，做完恢复原状；不分工的小卷积也是如此，因为小乘法
开线程得不偿失，机器忙时尤其慢。

线程至多有 BLAS 原来准许的那么多（``OPENBLAS_NUM_THREADS=1`` 就不分工）。怎样切成带与线程的多少
无关，所以结果也无关：每台机器逐位相同。
"""

from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

if TYPE_CHECKING:
    from threadpoolctl import LibController

Result = TypeVar("Result")

BAND_BYTES = 3 << 20  # 一条带的草稿大约这么大：留得在缓存里，又不至于切得太碎
WORTH_SHARING = 1 << 24  # 乘法次数比它少时，分工的开销比省下的时间多
SHARES = 4  # 分工时，带的条数是它的倍数：两个核、四个核都分得匀


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
    shared = multiplications > WORTH_SHARING
    bands = max(1, math.ceil(rows * row_bytes / BAND_BYTES))
    bands = min(rows, math.ceil(bands / SHARES) * SHARES if shared else bands)
    edges = [rows * i // bands for i in range(bands + 1)]
    results: list = [None] * bands
    turns = iter(range(bands))

    def take_turns() -> None:
        for i in turns:  # 各线程轮流领取下一条带，谁先做完谁先领
            _scratch.taken.clear()
            results[i] = work(edges[i], edges[i + 1])

    with _blas:
        workers = min(_cores(), _blas.allowed(), bands) if shared else 1
        if workers == 1:
            take_turns()
        else:
            _team.run(take_turns, workers - 1)
    return results


def scratch(name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray:
    """本线程名为 ``name`` 的草稿纸，内容不定；做下一条带时会被覆盖。

    新申请的内存第一次写入时，操作系统要逐页分配，往往比计算还慢；草稿纸反复使用，只慢第一次。
    一条带里同一个名字要两次，就是两处在写同一张纸：先 :func:`give_back`，或者另起一个名字。
    """
    taken, buffers = _scratch.taken, _scratch.buffers
    if name in taken:
        raise RuntimeError(f"草稿纸 {name!r} 还在用：先 give_back，或者另起一个名字")
    taken.add(name)
    size = math.prod(shape) * np.dtype(dtype).itemsize
    buffer = buffers.get(name)
    if buffer is None or buffer.size < size:
        buffer = buffers[name] = np.empty(size, np.uint8)
    return np.ndarray(shape, dtype, buffer)


def give_back(name: str) -> None:
    """名为 ``name`` 的草稿纸上的东西不再用了，这条带里还可以再要一次。"""
    _scratch.taken.remove(name)


class _Scratch(threading.local):
    def __init__(self) -> None:
        self.buffers: dict[str, NDArray] = {}
        self.taken: set[str] = set()


class _Team:
    """全部的核组成一个班：同一时刻只做一次卷积，别的线程来了要排队。"""

    def __init__(self) -> None:
        self.busy = threading.Lock()
        self.helpers: ThreadPoolExecutor | None = None

    def run(self, task: Callable[[], None], others: int) -> None:
        """每个核上各做一遍 ``task``：调用者自己算一个，其余的是助手。"""
        with self.busy:
            if self.helpers is None:
                self.helpers = ThreadPoolExecutor(max(others, _cores() - 1), "convolution")
            futures = []
            try:
                for _ in range(others):  # 上下文里有 np.errstate，助手也要照办
                    futures.append(self.helpers.submit(copy_context().run, task))
            except RuntimeError:  # 开不出新线程：有几个助手算几个，下一次重新组班
                self.helpers.shutdown(wait=False, cancel_futures=True)
                self.helpers = None
            try:
                task()
            finally:
                wait(futures)
            for future in futures:
                if not future.cancelled():
                    future.result()


def _cores() -> int:
    if sys.platform in ("emscripten", "wasi"):  # 浏览器里没有线程
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


Handle = tuple[Callable[[], int | None], Callable[[int], object]]
"""一个 BLAS 的线程数怎样读、怎样改。"""


class _Blas:
    """``with`` 期间 BLAS 每次乘法只用一个线程。

    几个线程同时进入时，最先进入的记下原状，最后离开的负责还原。
    """

    def __init__(self, handles: list[Handle] | None = None) -> None:
        self.handles = handles
        self.lock = threading.Lock()
        self.inside = 0
        self.before: list[int] = []

    def __enter__(self) -> None:
        with self.lock:
            if self.inside == 0:
                self._hold()
            self.inside += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.inside -= 1
            if self.inside == 0:
                self.restore()

    def allowed(self) -> int:
        """进来之前它准许用几个线程；没有认得的 BLAS，就是核数。"""
        return min(self.before, default=_cores())

    def restore(self) -> None:
        """还给每个库它原来的线程数。"""
        for (_, change), threads in zip(self.handles or [], self.before, strict=True):
            change(threads)

    def _hold(self) -> None:
        if self.handles is None:
            self.handles = _find_handles()
        self.before = [read() or 1 for read, _ in self.handles]
        for _, change in self.handles:
            change(1)


def _find_handles() -> list[Handle]:
    from threadpoolctl import ThreadpoolController  # 用到时才找：找一次要几毫秒

    found = ThreadpoolController().select(user_api="blas").lib_controllers
    return [_openblas(one) or (one.get_num_threads, one.set_num_threads) for one in found]


def _openblas(library: LibController) -> Handle | None:
    """OpenBLAS 自己的两个函数；别的库，或者每个线程各有一个线程数的，为 None。

    threadpoolctl 3.8 起，只有头一个线程改得动 OpenBLAS 的线程数，别的线程改了也不作数。卷积在哪个
    线程里都要按住它，谁先进谁后出已经有锁，所以直接调用；小卷积也因此不拖累。
    """
    if library.internal_api != "openblas" or library.threading_layer == "openmp":
        return None
    for name in library.check_symbols:
        if hasattr(library.dynlib, name):
            change = name.replace("_get_", "_set_")
            return getattr(library.dynlib, name), getattr(library.dynlib, change)
    return None


_scratch = _Scratch()
_team = _Team()
_blas = _Blas()


def _start_again() -> None:
    """子进程里没有父进程的线程：重新组班；父进程若正在卷积，把 BLAS 还原。"""
    global _scratch, _team, _blas
    if _blas.inside:
        _blas.restore()
    _scratch, _team, _blas = _Scratch(), _Team(), _Blas(_blas.handles)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_again)
