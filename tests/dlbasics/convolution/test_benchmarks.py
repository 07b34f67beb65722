"""测量程序跑得通、各种写法算的是同一件事；不断言任何时间。"""

import numpy as np
import pytest

from benchmarks import cases, measuring, numpy_contenders, processes, report
from benchmarks.__main__ import main
from benchmarks.processes import Process

SMALL = [
    *cases.SMOKE_CONVOLUTIONS,
    cases.Convolution("填充", (2, 3, 8, 8), (4, 3, 3, 3), padding=1),
    cases.Convolution("步幅", (2, 3, 9, 8), (4, 3, 5, 4), stride=2),
]


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
@pytest.mark.parametrize("name", numpy_contenders.CONTENDERS)
def test_contenders_compute_the_same(case, name):
    expected = numpy_contenders.im2col(case)
    steps = numpy_contenders.CONTENDERS[name](case)
    if not steps:
        assert name == "scipy.signal"
        return
    y = expected["forward"]()
    np.testing.assert_allclose(steps["forward"]().reshape(y.shape), y, atol=1e-5)
    for a, b in zip(steps["backward"](), expected["backward"](), strict=True):
        np.testing.assert_allclose(a.reshape(b.shape), b, atol=1e-4)


def test_shapes_of_the_cases():
    lenet, *_, large = cases.CONVOLUTIONS
    assert (lenet.output, lenet.multiplications) == ((64, 6, 24, 24), 64 * 6 * 24 * 24 * 25)
    assert (large.output, large.data_bytes) == ((8, 64, 109, 109), 4 * (1_204_224 + 6_083_072))


def test_the_numpy_process_answers_every_question():
    with Process("numpy", threads=1, smoke=True) as process:
        assert process.ask("convolution", "本书", 0, "forward") > 0
        assert process.ask("convolution", "im2col", 0, "first_layer") is None
        assert process.ask("memory", "einsum", 0) >= 0
        assert process.ask("training", 0, 1) > 0
        assert process.ask("gemm") > 0


def fake_results(ours):
    """PyTorch 每种运算 1 秒，本书 ours 秒，其余 3 秒。"""
    names = [
        measuring.REFERENCE,
        *measuring.CONTENDERS,
        measuring.ONE_CORE,
        measuring.OURS_ONE_CORE,
    ]
    results = []
    for case in cases.CONVOLUTIONS:
        times = {name: 3.0 for name in names} | {measuring.REFERENCE: 1.0, "本书": ours}
        rounds = {name: [dict.fromkeys(measuring.OPERATIONS, t)] * 3 for name, t in times.items()}
        memory = {name: 10 * case.data_bytes for name in names}
        results.append(measuring.Result(case, rounds, memory))
    return results


def test_the_report_says_when_a_goal_is_missed(tmp_path):
    trainings = {"网": {name: [1.0] for name in (measuring.REFERENCE, "本书")}}
    goals = {goal: (value, met) for goal, value, met in report.goals(fake_results(0.5), trainings)}
    assert goals["几何平均 ≤ 0.9"] == ("0.50", "是")
    assert goals["训练 ≤ 0.8：网"] == ("1.00", "否")
    assert {met for goal, (_, met) in goals.items() if goal.startswith("内存")} == {"否"}
    goals = {goal: met for goal, _, met in report.goals(fake_results(4.0), trainings)}
    assert goals["最慢的一种 ≤ 1.6"] == goals["每一种都快过 einsum"] == "否"


def test_the_report_warns_when_the_machine_was_busy():
    results = fake_results(0.5)  # PyTorch 一个核 3 秒，全部的核 1 秒
    assert report.warnings(results) == []
    for result in results:
        result.rounds[measuring.ONE_CORE] = result.rounds["本书"]
    assert "不可信" in report.warnings(results)[0]


@pytest.mark.skipif(
    not (processes.TORCH / ".ready").is_file(), reason="没有 PyTorch 的环境；make bench 会建立它"
)
def test_the_whole_benchmark_in_smoke_mode(tmp_path):
    main(["--smoke", "--rounds", "1", "--output", str(tmp_path)])
    table = (tmp_path / "README.md").read_text(encoding="utf-8")
    for name in (measuring.REFERENCE, *measuring.CONTENDERS):
        assert name in table
    assert (tmp_path / "convolutions.svg").read_text().startswith("<?xml")
