"""练习包的样子：六道变化题，参考解答用另一条路核对，每条提示都会出现，从布置到反馈走得通。"""

from pathlib import Path

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner

from dlbasics.exercises.exercise import grade_id
from dlbasics.exercises.judging import judge
from dlbasics.exercises.registry import load_pack
from dlbasics.teaching.commands.cli import cli
from dlbasics.teaching.notebooks import build
from tests.teaching.classroom import ROSTER, grade_here

FOLDER = Path(__file__).parent / "pack"
PACK = load_pack(FOLDER)
HINTS = {
    f"{exercise.id}-{number}": (exercise, hint)
    for exercise in PACK.exercises
    for number, hint in enumerate(exercise.hints, start=1)
}
every_exercise = pytest.mark.parametrize("exercise", PACK.exercises, ids=lambda e: e.id)


def judged(exercise, answer, seed=0):
    return judge(exercise, answer, np.random.default_rng(seed))


def test_six_variations_from_easy_to_hard():
    stars = [exercise.stars for exercise in PACK.exercises]
    assert len(stars) == 6 and stars == sorted(stars) and set(stars) == {1, 2, 3}


@every_exercise
def test_reference_passes_for_any_seed(exercise):
    assert all(judged(exercise, exercise.reference, seed).passed for seed in range(8))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("exercise", "hint"), HINTS.values(), ids=HINTS)
def test_every_hint_appears(exercise, hint, seed):
    assert judged(exercise, hint.wrong, seed).hint == hint.message


@every_exercise
def test_a_stub_is_unanswered(exercise):
    variables = {}
    exec(exercise.stub, variables)
    assert judged(exercise, variables[exercise.name]).status == "unanswered"


def loop_fading(mu, share):
    np.testing.assert_allclose(mu ** (n := PACK.find("pack/fading").reference(mu, share)), share)
    return n


def loop_shape(channels, height, width, kernel, stride):
    def starts(size):
        return len(range(0, size - kernel + 1, stride))

    return channels, starts(height), starts(width)


def loop_coasting(speed, mu, n):
    total, v = 0.0, speed
    for _ in range(n):
        v = mu * v
        total += v
    return total


def loop_field(kernels, strides, dilations):
    low, high = 0, 0  # 最后一层的一格，往回看输入上的哪一段
    for kernel, stride, dilation in list(zip(kernels, strides, dilations, strict=True))[::-1]:
        low, high = int(low * stride), int(high * stride + dilation * (kernel - 1))
    return high - low + 1


def numeric_gradient(x, y, w, weight):
    def loss(w):
        return np.average((x @ w - y) ** 2, weights=weight)

    steps = np.eye(len(w)) * 1e-4  # 损失是二次的，中心差分没有截断误差
    gradient = [(loss(w + step) - loss(w - step)) / 2e-4 for step in steps]
    exact = PACK.find("pack/weighted_gradient").reference(x, y, w, weight)
    np.testing.assert_allclose(gradient, exact, rtol=1e-6, atol=1e-9)
    return exact


def another_rate(curvature, mu):
    lr = (2 + 1.5 * mu) / curvature
    gd, before, now = 1.0, 1.0, 1.0
    for _ in range(3000):
        gd = np.clip(gd * (1 - lr * curvature), -1e9, 1e9)
        before, now = now, (1 + mu - lr * curvature) * now - mu * before
    assert abs(gd) > 1e3 and abs(now) < 1e-3
    return lr


@pytest.mark.parametrize(
    ("name", "answer"),
    {
        "fading": loop_fading,
        "pooled_shape": loop_shape,
        "coasting": loop_coasting,
        "dilated_field": loop_field,
        "weighted_gradient": numeric_gradient,
        "rescued": another_rate,
    }.items(),
)
def test_another_way_to_the_answer_passes(name, answer):
    for seed in range(3):
        verdict = judged(PACK.find(f"pack/{name}"), answer, seed)
        assert verdict.passed, verdict.text


def test_a_pack_goes_the_whole_way(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        result = CliRunner().invoke(cli, list(arguments), obj=grade_here)
        assert result.exit_code == 0, result.output
        return result.output

    assert "midterm：6 道题，13 分" in run("assign", "--pack", str(FOLDER), "--name", "midterm")
    released = Path("midterm/release/pack.ipynb").read_text("utf-8")
    assert "from dlbasics" not in released and "np.log(share)" not in released
    book = build(PACK)
    for cell in book.cells:
        if cell.id == f"{grade_id('pack/fading')}-answer":
            cell.source = PACK.find("pack/fading").solution
    Path("交的").mkdir()
    nbformat.write(book, "交的/20230001.ipynb")
    Path("名单.csv").write_text(ROSTER, encoding="utf-8")
    run("collect", "midterm", "交的", "--roster", "名单.csv")
    run("grade", "midterm")
    id = "pack/coasting"
    run("override", "midterm", "20230001", id, "--points", "2", "--reason", "口试", "--by", "陈")
    run("report", "midterm")
    page = Path("midterm/reports/students/20230001.html").read_text("utf-8")
    assert "课堂练习" in page and "<a href" not in page
    lines = Path("midterm/reports/class.csv").read_text("utf-8-sig").splitlines()
    assert lines[2].endswith(",3,1 题改过分")
