"""一个测量进程：每读一行请求，测一次，写回一行结果（都是 JSON）。

本书与 PyTorch 各在自己的进程、自己的环境里，由主进程轮流提问，所以同一时刻只有一方在算。
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import cases

LEAST_SECONDS = 0.01  # 太短的运算重复到这么久，取中位数


def seconds(step: Callable[[], object]) -> float:
    """先做一次热身，再重复几次，取中位数。"""
    step()
    times: list[float] = []
    while not times or (sum(times) < LEAST_SECONDS and len(times) < 50):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def peak_bytes(steps: dict[str, Callable[[], object]]) -> int:
    """前向、反向各做三遍，进程的内存峰值比之前高了多少（含输出）。只适用于 Linux。"""
    Path("/proc/self/clear_refs").write_text("5")  # 峰值从现在算起
    before = _resident_peak()
    for _ in range(3):
        steps["forward"]()
        steps["backward"]()
    return _resident_peak() - before


def _resident_peak() -> int:
    status = Path("/proc/self/status").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in status if line.startswith("VmHWM"))
    return 1024 * int(kilobytes)


class Worker:
    """把请求变成结果；造好的例子留着，下次再问时直接测。"""

    def __init__(self, side: str, smoke: bool) -> None:
        self.side = importlib.import_module(f"benchmarks.{side}_contenders")
        self.convolutions = cases.convolutions(smoke)
        self.trainings = cases.trainings(smoke)
        self.ready: dict[tuple, object] = {}

    def steps(self, contender: str, case: int) -> dict[str, Callable[[], object]]:
        """某种写法在某个例子上的几种运算。"""
        key = contender, case
        if key not in self.ready:
            self.ready[key] = self.side.CONTENDERS[contender](self.convolutions[case])
        return self.ready[key]

    def convolution(self, contender: str, case: int, what: str) -> float | None:
        """秒；这种写法不适用时是 None。"""
        step = self.steps(contender, case).get(what)
        return step and seconds(step)

    def memory(self, contender: str, case: int) -> int | None:
        """字节；要在新的进程里问。"""
        self.side.gemm_peak(64)[0]()  # 库第一次使用时自己要的内存不算
        steps = self.steps(contender, case)
        return peak_bytes(steps) if steps else None

    def training(self, case: int, count: int) -> float:
        """训练一轮要多少秒：做 count 步，按步数折算。"""
        if case not in self.ready:
            self.ready[case] = self.side.training_step(self.trainings[case])
        step, plan = self.ready[case], self.trainings[case]
        step()
        start = time.perf_counter()
        for _ in range(count):
            step()
        return (time.perf_counter() - start) / count * plan.images / plan.batch

    def gemm(self) -> float:
        """大矩阵乘法每秒多少次浮点运算。"""
        step, operations = self.side.gemm_peak()
        return operations / seconds(step)


def main() -> None:
    """``python -m benchmarks.worker numpy|pytorch [smoke]``。"""
    worker = Worker(sys.argv[1], "smoke" in sys.argv[2:])
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        print(json.dumps(getattr(worker, what)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
