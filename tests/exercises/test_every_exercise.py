"""每道练习都守的规矩：新的章、新的题自动包括在内。"""

import importlib
import inspect
import pkgutil
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from dlbasics.exercises.exercise import IMPORTS
from dlbasics.exercises.judging import judge
from dlbasics.exercises.registry import chapters, find
from tools.wrong_answers import survivors

SEEDS = (0, 1, 2)
CHAPTERS = {chapter.name: chapter for chapter in chapters()}
EXERCISES = {exercise.id: exercise for chapter in chapters() for exercise in chapter.exercises}
HINTS = {
    f"{exercise.id}-{number}": (exercise, hint)
    for exercise in EXERCISES.values()
    for number, hint in enumerate(exercise.hints, start=1)
}
STRANGE = {
    "none": None,
    "text": "ema?",
    "complex": 1j,
    "fraction": Fraction(10**9, 7),
    "huge": 10**400,
    "endless": 10**5000,
    "nan": float("nan"),
    "ragged": [[1.0], [1.0, 2.0]],
    "numbers": [1.5, -2.5, 1e300],
    "empty": (),
    "dict": {"lr": 0.1},
    "zero-d": np.array(12345.5),
    "zero-d-none": np.array(None),
    "texts": np.array(["a"]),
    "objects": np.array([None]),
    "bools": np.array([True, False]),
    "huge-array": np.array([1e308, -1e308]),
    "records": np.zeros(1, dtype=[("lr", float), ("mu", float)]),
    "date": np.datetime64("2000-01-01"),
}

every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)


@pytest.mark.parametrize("chapter", CHAPTERS.values(), ids=CHAPTERS)
def test_chapter_lists_all_its_exercises_from_easy_to_hard(chapter):
    package = importlib.import_module(f"dlbasics.exercises.{chapter.name}")
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    assert {name for name in modules if not name.startswith("_")} == set(chapter.names)
    stars = [exercise.stars for exercise in chapter.exercises]
    assert stars == sorted(stars)
    assert set(stars) == {1, 2, 3}
    functions = [exercise.name for exercise in chapter.exercises]
    assert len(set(functions)) == len(functions)


@pytest.mark.parametrize("id", EXERCISES)
def test_exercise_has_a_matching_id(id):
    assert find(id).id == id


@pytest.mark.parametrize("seed", SEEDS)
@every_exercise
def test_reference_passes_for_any_seed(exercise, seed):
    verdict = judge(exercise, exercise.reference, np.random.default_rng(seed))
    assert verdict.passed, verdict.text


def spelled(answer, number, sequence=tuple):
    """同一个答案换一种写法：整数换成 number，元组换成 sequence。"""
    if isinstance(answer, tuple):
        return sequence([spelled(part, number, sequence) for part in answer])
    if isinstance(answer, bool | np.bool_):
        return np.bool_(answer)
    if isinstance(answer, int | np.integer):
        return number(answer) if abs(answer) < 2**31 else np.int64(answer)
    if isinstance(answer, float):
        return np.array(answer)
    if isinstance(answer, np.ndarray) and answer.dtype.kind == "i":
        return answer.astype(np.int32)
    return answer


@pytest.mark.parametrize("sequence", [tuple, list])
@pytest.mark.parametrize("number", [int, np.int32, np.int64])
@every_exercise
def test_an_answer_may_be_spelled_with_numpy_scalars_and_lists(exercise, number, sequence):
    def answer(*args):
        return spelled(exercise.reference(*args), number, sequence)

    answer.__signature__ = inspect.signature(exercise.reference)
    verdict = judge(exercise, answer, np.random.default_rng(0))
    assert verdict.passed, verdict.text


@pytest.mark.parametrize(
    "id",
    [
        "image_priors/kind",
        "image_priors/split_pair",
        "image_priors/whole",
        "local_connectivity/count",
        "local_connectivity/two_layers",
        "parameter_sharing/savings",
        "parameter_sharing/detector",
        "neuron_volumes/output_shape",
        "neuron_volumes/network_cost",
        "neuron_volumes/fitting",
        "momentum/update",
        "momentum/closed_form",
        "momentum/optimal",
        "train_a_cnn/early_stop",
        "train_a_cnn/seeds",
    ],
)
def test_an_array_with_one_row_per_value_stands_for_a_tuple(id):
    verdict = judge(
        find(id), lambda *args: np.array(find(id).reference(*args)), np.random.default_rng(0)
    )
    assert verdict.passed, verdict.text


def test_best_lr_tells_the_slack_that_it_allows():
    best_lr = find("gradient_descent/best_lr")
    slack = importlib.import_module("dlbasics.exercises.gradient_descent.best_lr").SLACK
    assert f"{1 - slack:.1%}" in best_lr.statement


@every_exercise
def test_stub_is_not_yet_answered(exercise):
    namespace = {"np": np}
    exec(exercise.stub, namespace)
    verdict = judge(exercise, namespace[exercise.name], np.random.default_rng(0))
    assert verdict.text.startswith("尚未作答")


@every_exercise
def test_solution_runs_in_the_student_notebook(exercise):
    namespace = {}
    exec(f"{IMPORTS}\n{exercise.solution}", namespace)
    assert judge(exercise, namespace[exercise.name], np.random.default_rng(0)).passed


@pytest.mark.parametrize(("exercise", "hint"), HINTS.values(), ids=HINTS)
def test_each_hint_appears_for_its_wrong_answer(exercise, hint):
    verdict = judge(exercise, hint.wrong, np.random.default_rng(0))
    assert not verdict.passed
    assert hint.message in verdict.text
    assert (verdict.hint, verdict.hint_id) == (hint.message, exercise.hint_id(hint))


@every_exercise
def test_no_seed_lets_a_wrong_answer_pass(exercise):
    """这里只试两个；``python -m tools.wrong_answers`` 试得多。"""
    assert survivors(exercise, (1, 5)) == {}


@every_exercise
def test_hint_ids_are_unique_and_do_not_change_with_the_wording(exercise):
    ids = [exercise.hint_id(hint) for hint in exercise.hints]
    assert len(set(ids)) == len({hint.message for hint in exercise.hints})
    reworded = [hint._replace(message=f"换了说法：{hint.message}") for hint in exercise.hints]
    assert [exercise.hint_id(hint) for hint in reworded] == ids
    renumbered = replace(exercise, hints=reworded[::-1])
    assert [renumbered.hint_id(hint) for hint in renumbered.hints] == ids[::-1]


@every_exercise
def test_there_are_at_least_two_hints(exercise):
    assert len(exercise.hints) >= 2


@pytest.mark.parametrize("answer", STRANGE.values(), ids=STRANGE)
@every_exercise
def test_strange_answer_is_wrong_but_never_an_error(exercise, answer):
    verdict = judge(exercise, lambda *args: answer, np.random.default_rng(0))
    assert not verdict.passed
    assert verdict.text.startswith("未通过")
