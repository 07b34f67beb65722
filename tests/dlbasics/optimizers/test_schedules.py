"""学习率的日程：与公式相同，接缝处连续，只增只减的地方对，坏输入说得清。"""

from math import cos, pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from dlbasics.optimizers.schedules import step_decay, warmup_cosine


@given(
    warmup=st.integers(0, 50),
    falling=st.integers(1, 200),
    floor=st.floats(0, 0.9),
)
def test_warmup_cosine_against_the_formula(warmup, falling, floor):
    total = warmup + falling
    factor = warmup_cosine(np.arange(total + 20), total=total, warmup=warmup, floor=floor)
    wanted = [(n + 1) / warmup for n in range(warmup)]
    wanted += [floor + (1 - floor) * (1 + cos(pi * n / falling)) / 2 for n in range(falling)]
    assert_allclose(factor, wanted + [floor] * 20, atol=1e-12)
    assert factor[:total].max() == pytest.approx(1)
    assert np.all(np.diff(factor[:warmup]) > 0)
    assert np.all(np.diff(factor[warmup:]) <= 1e-15)
    assert np.all(factor[:total] > 0)


def test_cosine_is_half_way_at_half_time():
    assert warmup_cosine(60, total=100, warmup=20) == pytest.approx(0.5)
    assert warmup_cosine(60, total=100, warmup=20, floor=0.2) == pytest.approx(0.6)


@given(
    milestones=st.lists(st.integers(1, 100), min_size=1, max_size=5, unique=True).map(sorted),
    factor=st.floats(0.01, 0.99),
)
def test_step_decay_counts_the_milestones_passed(milestones, factor):
    got = step_decay(np.arange(120), milestones=milestones, factor=factor)
    wanted = [factor ** sum(mark <= n for mark in milestones) for n in range(120)]
    assert_allclose(got, wanted, rtol=1e-12)


@pytest.mark.parametrize(
    "schedule",
    [lambda n: warmup_cosine(n, total=30, warmup=5), lambda n: step_decay(n, milestones=[10, 20])],
)
def test_one_step_or_many(schedule):
    steps = np.arange(40)
    assert_allclose(schedule(steps), [schedule(int(n)) for n in steps], rtol=1e-12)
    assert isinstance(schedule(3), float) and isinstance(schedule(np.int64(3)), float)
    assert schedule(steps.reshape(5, 8)).shape == (5, 8)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"step": -1}, "step"),
        ({"step": 0.5}, "step"),
        ({"total": 0}, "total"),
        ({"total": 5, "warmup": 5}, "total"),
        ({"warmup": -1}, "warmup"),
        ({"floor": 1.0}, "floor"),
        ({"floor": float("nan")}, "floor"),
    ],
)
def test_bad_warmup_cosine(wrong, name):
    with pytest.raises(ValueError, match=name):
        warmup_cosine(**({"step": 0, "total": 10} | wrong))


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"step": [1, -1]}, "step"),
        ({"milestones": []}, "milestones"),
        ({"milestones": [3, 3]}, "milestones"),
        ({"milestones": [5, 3]}, "milestones"),
        ({"milestones": [0]}, "milestones"),
        ({"milestones": [1.5]}, "milestones"),
        ({"factor": 0}, "factor"),
        ({"factor": 1.0}, "factor"),
    ],
)
def test_bad_step_decay(wrong, name):
    with pytest.raises(ValueError, match=name):
        step_decay(**({"step": 0, "milestones": [3]} | wrong))
