"""怎样测：轮流问，每轮都与 PyTorch 比，最后取比值的中位数。

机器忙闲不定，两次测得的时间不能直接比；同一轮里前后脚测的两个时间，比值才可靠。
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from benchmarks import cases
from benchmarks.processes import Process

REFERENCE = "PyTorch"
OURS = "本书"
ONE_CORE = "PyTorch，一个核"
OURS_ONE_CORE = "本书，一个核"
CONTENDERS = [OURS, "本书，C 次序", "im2col", "einsum", "tensordot", "scipy.signal"]
OPERATIONS = ("forward", "backward", "first_layer")

Trainings = dict[str, dict[str, list[float]]]


@dataclass
class Result:
    """一个例子的全部测量：``rounds[写法]`` 是每一轮的 {运算: 秒}。"""

    case: cases.Convolution
    rounds: dict[str, list[dict[str, float | None]]] = field(default_factory=dict)
    memory: dict[str, int | None] = field(default_factory=dict)

    def seconds(self, contender: str, *operations: str) -> float | None:
        """几种运算合起来的时间，各轮的中位数。"""
        totals = [_total(times, operations) for times in self.rounds[contender]]
        return None if None in totals else median(totals)

    def ratio(self, contender: str, *operations: str, to: str = REFERENCE) -> float | None:
        """与 ``to`` 的时间之比，各轮比值的中位数。"""
        pairs = zip(self.rounds[contender], self.rounds[to], strict=True)
        totals = [(_total(a, operations), _total(b, operations)) for a, b in pairs]
        if any(a is None for a, _ in totals):
            return None
        return median(a / b for a, b in totals)


def _total(times: dict[str, float | None], operations: tuple[str, ...]) -> float | None:
    chosen = [times[name] for name in operations]
    return None if None in chosen else sum(chosen)


@contextmanager
def four_processes(smoke: bool) -> Iterator[dict[str, Process]]:
    """两方各两个进程：用全部的核，与只用一个核。"""
    with (
        Process("pytorch", smoke=smoke) as torch_all,
        Process("numpy", smoke=smoke) as numpy_all,
        Process("pytorch", threads=1, smoke=smoke) as torch_one,
        Process("numpy", threads=1, smoke=smoke) as numpy_one,
    ):
        yield {
            REFERENCE: torch_all,
            OURS: numpy_all,
            ONE_CORE: torch_one,
            OURS_ONE_CORE: numpy_one,
        }


def measure_convolutions(sides: dict[str, Process], rounds: int, smoke: bool) -> list[Result]:
    """全部例子、全部写法的时间。"""
    results = [Result(case) for case in cases.convolutions(smoke)]
    asked = [
        (REFERENCE, REFERENCE, "PyTorch"),
        *[(name, OURS, name) for name in CONTENDERS],
        (ONE_CORE, ONE_CORE, "PyTorch"),
        (OURS_ONE_CORE, OURS_ONE_CORE, OURS),
    ]
    for index, result in enumerate(results):
        print(f"  {result.case.name}", flush=True)
        for _ in range(rounds):
            for name, side, contender in asked:
                times = {
                    what: sides[side].ask("convolution", contender, index, what)
                    for what in OPERATIONS
                }
                result.rounds.setdefault(name, []).append(times)
    return results


def measure_memory(results: list[Result], smoke: bool) -> None:
    """每个例子、每种写法各开一个新进程，记下内存峰值。"""
    for index, result in enumerate(results):
        for name in (REFERENCE, *CONTENDERS):
            side = "pytorch" if name == REFERENCE else "numpy"
            with Process(side, smoke=smoke) as process:
                result.memory[name] = process.ask("memory", name, index)


def measure_training(sides: dict[str, Process], rounds: int, smoke: bool) -> Trainings:
    """每个网络、每一方：每一轮测得的“训练一轮要多少秒”。"""
    found: Trainings = {}
    for index, case in enumerate(cases.trainings(smoke)):
        print(f"  {case.name}", flush=True)
        times = found[case.name] = {name: [] for name in sides}
        for _ in range(rounds):
            for name, process in sides.items():
                times[name].append(process.ask("training", index, 2 if smoke else 30))
    return found


def measure_gemm(sides: dict[str, Process], rounds: int) -> float:
    """全部的核一起，大矩阵乘法每秒多少次浮点运算：各次里最快的。"""
    return max(sides[OURS].ask("gemm") for _ in range(rounds))
