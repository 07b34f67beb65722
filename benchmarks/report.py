"""把测量写成一篇 Markdown 与一张图。没有达到的目标照实写出。"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, log
from pathlib import Path
from statistics import median

from benchmarks import machine
from benchmarks.measuring import (
    CONTENDERS,
    ONE_CORE,
    OURS,
    OURS_ONE_CORE,
    REFERENCE,
    Result,
    Trainings,
)

BOTH = ("forward", "backward")


def write(
    folder: Path, results: list[Result], trainings: Trainings, gemm: float, rounds: int
) -> None:
    """写出 ``README.md`` 与 ``convolutions.svg``。"""
    folder.mkdir(parents=True, exist_ok=True)
    sections = [
        "# 速度与内存\n",
        f"由 `python -m benchmarks` 写出，每项轮流测 {rounds} 轮，取中位数。"
        "比值是与 PyTorch（全部的核）的时间之比，在同一轮里前后脚测得，小于 1 就是比它快。\n",
        table(["机器", ""], machine.describe()),
        *warnings(results),
        "## 目标\n",
        table(["目标", "测得", "达到"], goals(results, trainings)),
        "## 前向 + 反向，与 PyTorch 的时间之比\n",
        "![各种写法与 PyTorch 的时间之比](convolutions.svg)\n",
        _ratios(results),
        "“本书”的输入是上一层给出的样子（批在内存的最后），“本书，C 次序”是普通的数组。"
        "一个核的两列互相比：本书一个核与 PyTorch 一个核。\n",
        "## 毫秒，与矩阵乘法峰值的百分比\n",
        f"矩阵乘法的峰值是每秒 {gemm / 1e9:.0f} × 10⁹ 次浮点运算。“首层”是不求 grad_x 的反向："
        "PyTorch 对单通道输入求 grad_x 特别慢，所以也要看这一列。\n",
        _milliseconds(results, gemm),
        "## 内存\n",
        "一个新进程做三遍前向与反向，内存峰值的增量（MiB，含输出与梯度）。\n",
        _memory(results),
        "## 训练\n",
        "训练一轮（全部图像过一遍）的秒数，由几十步的时间折算；前向、反向、动量法更新都算在内。\n",
        _training(trainings),
    ]
    (folder / "README.md").write_text("\n".join(sections), encoding="utf-8")
    draw(results, folder / "convolutions.svg")


def goals(results: list[Result], trainings: Trainings) -> list[tuple[str, str, str]]:
    """（目标，测得，达到与否）。"""
    ours = [r.ratio(OURS, *BOTH) for r in results]
    others = {
        name: max(_known(r.ratio(OURS, *BOTH, to=name) for r in results if _has(r, name)))
        for name in ("im2col", "einsum", "tensordot")
    }
    rows = [
        ("几何平均 ≤ 0.9", geometric_mean(ours), 0.9),
        ("最慢的一种 ≤ 1.6", max(ours), 1.6),
        *[(f"每一种都快过 {name}", ratio, 1.0) for name, ratio in others.items()],
        *[
            (f"训练 ≤ 0.8：{name}", _training_ratio(times, OURS, REFERENCE), 0.8)
            for name, times in trainings.items()
        ],
        *[
            (f"内存 ≤ 4 ×（输入 + 输出）：{r.case.name}", r.memory[OURS] / r.case.data_bytes, 4.0)
            for r in results
            if r.case.name.startswith("VGG")
        ],
    ]
    return [(goal, f"{value:.2f}", "是" if value <= limit else "否") for goal, value, limit in rows]


def warnings(results: list[Result]) -> list[str]:
    """机器忙时测得的比值不可信：PyTorch 用全部的核，反而比只用一个核慢。"""
    ratio = geometric_mean(r.ratio(ONE_CORE, *BOTH) for r in results)
    if ratio >= 1:
        return []
    return [
        f"**这次测量不可信**：PyTorch 一个核的时间是全部核的 {ratio:.2f} 倍，"
        "说明别的程序占着处理器。只有“一个核比一个核”还可参考；请在空闲的机器上重测。\n"
    ]


def geometric_mean(ratios: Iterable[float]) -> float:
    """比值的平均要用几何平均：快一倍与慢一倍恰好抵消。"""
    logs = [log(ratio) for ratio in ratios]
    return exp(sum(logs) / len(logs))


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _has(result: Result, contender: str) -> bool:
    return result.seconds(contender, *BOTH) is not None


def _ratios(results: list[Result]) -> str:
    names = [*CONTENDERS, ONE_CORE]
    rows = [
        (
            r.case.name,
            *[_number(r.ratio(name, *BOTH)) for name in names],
            _number(r.ratio(OURS_ONE_CORE, *BOTH, to=ONE_CORE)),
        )
        for r in results
    ]
    means = [
        _number(geometric_mean(_known(r.ratio(name, *BOTH) for r in results)))
        if all(_has(r, name) for r in results)
        else "–"
        for name in names
    ]
    one_core = geometric_mean(r.ratio(OURS_ONE_CORE, *BOTH, to=ONE_CORE) for r in results)
    rows.append(("**几何平均**", *means, _number(one_core)))
    return table(["", *names, "一个核比一个核"], rows)


def _milliseconds(results: list[Result], gemm: float) -> str:
    rows = []
    for r in results:
        operations = 2 * r.case.multiplications
        row = [r.case.name]
        for what in (*BOTH, "first_layer"):
            row += [_number(1e3 * r.seconds(name, what)) for name in (REFERENCE, OURS)]
        for name in (REFERENCE, OURS):
            row.append(f"{operations / r.seconds(name, 'forward') / gemm:.0%}")
        rows.append(row)
    heads = [f"{what} {who}" for what in ("前向", "反向", "首层") for who in (REFERENCE, OURS)]
    return table(["", *heads, f"前向占峰值 {REFERENCE}", "前向占峰值 本书"], rows)


def _memory(results: list[Result]) -> str:
    names = [REFERENCE, *CONTENDERS]
    rows = [
        (
            r.case.name,
            _number(r.case.data_bytes / 2**20),
            *[_number(None if r.memory[n] is None else r.memory[n] / 2**20) for n in names],
        )
        for r in results
    ]
    return table(["", "输入 + 输出", *names], rows)


def _training(trainings: Trainings) -> str:
    rows = [
        (
            name,
            *[_number(median(values)) for values in times.values()],
            _number(_training_ratio(times, OURS, REFERENCE)),
            _number(_training_ratio(times, OURS_ONE_CORE, ONE_CORE)),
        )
        for name, times in trainings.items()
    ]
    sides = [f"{side}（秒）" for side in next(iter(trainings.values()))]
    return table(["", *sides, "比值", "一个核比一个核"], rows)


def _training_ratio(times: dict[str, list[float]], ours: str, to: str) -> float:
    return median(a / b for a, b in zip(times[ours], times[to], strict=True))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def table(head: list[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def draw(results: list[Result], path: Path) -> None:
    """每个例子一组点：各种写法与 PyTorch 的时间之比，对数轴。"""
    from matplotlib.figure import Figure

    from dlbasics.figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, use_style

    use_style()
    figure = Figure(figsize=(8, 0.55 * len(results) + 1.6))
    axes = figure.subplots()
    colors = [ORANGE, ORANGE, BLUE, GREEN, PURPLE, GREY]
    for name, color, marker in zip(CONTENDERS, colors, "ooDs^v", strict=True):
        points = [(r.ratio(name, *BOTH), i) for i, r in enumerate(results) if _has(r, name)]
        face = "none" if name == "本书，C 次序" else color
        x, y = zip(*points, strict=True)
        axes.plot(x, y, marker, color=color, markerfacecolor=face, markersize=8, label=name)
    axes.axvline(1, color=INK, linewidth=1)
    axes.set_xscale("log")
    axes.set_xticks([0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10], ["0.05", "0.1", "0.2", "0.5", *"125", "10"])
    axes.minorticks_off()
    axes.set_yticks(range(len(results)), [r.case.name for r in results])
    axes.invert_yaxis()
    axes.grid(axis="both")
    axes.set_xlabel("与 PyTorch 的时间之比（前向 + 反向），越靠左越快")
    figure.legend(loc="outside lower center", ncols=len(CONTENDERS))
    figure.savefig(path)
