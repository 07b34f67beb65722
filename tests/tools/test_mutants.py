"""变异测试：工具自己，和全部练习的一小部分变异体（全部在 ``make mutants`` 里）。"""

import sys
from dataclasses import replace

import numpy as np
import pytest

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise
from dlbasics.exercises.registry import chapters
from tools import mutants as tool

EXERCISES = {exercise.id: exercise for chapter in chapters() for exercise in chapter.exercises}
ONE_IN = 8


def total(x, start):
    """x 的每一项与 start 之差的绝对值之和。"""
    result = 0.0
    for value in x:
        result += abs(value - start)
    return result


def below(x, bound):
    """x 有多少个在 0 与 bound 之间。"""
    return int(np.sum((x > 0) & (x < bound), axis=0))


def countdown(n):
    """数到 0 要几步。"""
    steps = 0
    while n > 0:
        n -= 1
        steps += 1
    return steps


def make(reference, *cases):
    return Exercise(
        id="demo/exercise",
        title="例子",
        stars=1,
        points=1,
        statement="例子",
        inputs=lambda rng: iter(cases),
        reference=reference,
        compare=equals(),
        hints=(),
    )


def changes(exercise):
    return [mutant.change for mutant in tool.mutants(exercise.solution)]


@pytest.fixture(autouse=True)
def no_equivalents(monkeypatch, tmp_path, request):
    if "exercise" not in request.fixturenames:
        monkeypatch.setattr(tool, "EQUIVALENTS", tmp_path)
        monkeypatch.setattr(tool, "SECONDS", 0.2)


@pytest.mark.parametrize(
    "reference, change",
    [
        (total, "result = 0.0 → result = 1.0"),
        (total, "result += abs(value - start) → result -= abs(value - start)"),
        (total, "result += abs(value - start) → result = abs(value - start)"),
        (total, "result += abs(value - start) → result += value - start"),
        (total, "result += abs(value - start) → result += abs(value + start)"),
        (total, "result += abs(value - start) → result += abs(start - value)"),
        (total, "result += abs(value - start) → result += abs(value)"),
        (total, "result += abs(value - start) → 删去"),
        (
            below,
            "return int(np.sum((x > 0) & (x < bound), axis=0))"
            " → return int(np.mean((x > 0) & (x < bound), axis=0))",
        ),
        (
            below,
            "return int(np.sum((x > 0) & (x < bound), axis=0))"
            " → return int(np.sum((x >= 0) & (x < bound), axis=0))",
        ),
        (
            below,
            "return int(np.sum((x > 0) & (x < bound), axis=0))"
            " → return int(np.sum((x > 0) & (x < bound), axis=1))",
        ),
        (
            below,
            "return int(np.sum((x > 0) & (x < bound), axis=0))"
            " → return int(np.sum((x > 0) | (x < bound), axis=0))",
        ),
        (countdown, "while n > 0: → while False:"),
        (countdown, "n -= 1 → 删去"),
    ],
)
def test_the_usual_slips_are_among_the_mutants(reference, change):
    assert change in changes(make(reference, ()))


def test_mutants_are_different_programs_and_leave_the_docstring_alone():
    found = changes(make(total, ()))
    assert not any("绝对值之和" in change for change in found)
    sources = [tool.ast.dump(m.tree) for m in tool.mutants(make(total, ()).solution)]
    assert len(set(sources)) == len(sources)


def test_poor_inputs_leave_survivors_and_rich_inputs_kill_them():
    poor = tool.examine(make(total, (np.array([1.0, 2.0]), 0.0)))
    assert "result += abs(value - start) → result += value - start" in [
        mutant.change for mutant in poor.survivors
    ]
    rich = tool.examine(make(total, (np.array([1.0, -2.0, 0.7]), 0.3)))
    assert [mutant.change for mutant in rich.survivors] == [
        "result += abs(value - start) → result += abs(start - value)"
    ]


def test_a_mutant_must_be_seen_with_every_seed():
    def inputs(rng):
        yield np.array([1.0, -2.0]), float(tool.SEEDS[0] == rng.bit_generator.seed_seq.entropy)

    outcome = tool.examine(replace(make(total, ()), inputs=inputs))
    assert "result += abs(value - start) → result += abs(value + start)" in [
        mutant.change for mutant in outcome.survivors
    ]


def test_endless_mutants_are_cut_off():
    assert tool.examine(make(countdown, (3,), (0,))).total > 5


def test_explained_mutants_are_equivalent_and_stale_ones_are_told(tmp_path, monkeypatch, capsys):
    exercise = make(total, (np.array([1.0, -2.0, 0.7]), 0.3))
    monkeypatch.setattr(tool, "selected", lambda pattern: [exercise])
    monkeypatch.setattr(sys, "argv", ["mutants"])
    assert tool.main() == 1
    assert "demo/exercise 第 5 行　result += abs(value - start) → " in capsys.readouterr().out
    explained = '"result += abs(value - start) → result += abs(start - value)"'
    path = tmp_path / "demo.yml"
    path.write_text(f"exercise:\n  绝对值不分先后:\n    - {explained}\n", encoding="utf-8")
    assert tool.main() == 0
    with path.open("a", encoding="utf-8") as file:
        file.write('    - "result = 0.0 → result = 1.0"\n')
    assert tool.main() == 1
    assert "说明已经过时　result = 0.0 → result = 1.0" in capsys.readouterr().out


def test_unknown_chapter_is_refused():
    with pytest.raises(ValueError, match="没有 'momentun' 这一章"):
        tool.selected("momentun")
    assert [exercise.id for exercise in tool.selected("momentum/update")] == ["momentum/update"]


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_a_sample_of_each_exercise_dies_or_is_explained(exercise):
    outcome = tool.examine(exercise, one_in=ONE_IN)
    assert not tool.report(exercise, outcome)
