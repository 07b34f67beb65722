"""参数的检查：该收的收下，边界上的也对；不该收的在 ``test_bad_input.py``。"""

from fractions import Fraction

import numpy as np
import pytest

from dlbasics import _checks


def test_numbers_of_every_kind_become_plain_floats():
    for value in (0.5, np.float32(0.5), np.float64(0.5), Fraction(1, 2)):
        for check in (_checks.positive, _checks.fraction):
            assert type(check("lr", value)) is float
            assert check("lr", value) == 0.5
    assert _checks.positive("lr", 2) == 2.0


def test_ends_of_the_intervals():
    assert _checks.fraction("mu", 0) == 0
    assert _checks.fraction("mu", 1, one_allowed=True) == 1
    with pytest.raises(ValueError, match=r"mu 应在 \[0, 1\) 之内，得到 1"):
        _checks.fraction("mu", 1)
    assert [_checks.integer("n", n, 1, 3) for n in (1, 2, np.int64(3))] == [1, 2, 3]
    for n in (0, 4, 2.0):
        with pytest.raises(ValueError, match=f"n 应是 1 到 3 之间的整数，得到 {n}"):
            _checks.integer("n", n, 1, 3)
    with pytest.raises(ValueError, match="n 应是不小于 1 的整数，得到 0"):
        _checks.integer("n", 0, 1)


@pytest.mark.parametrize(
    ("value", "dtype"),
    [([1, 2], np.float64), (np.float32([1]), np.float32), (np.float16([1]), np.float64)],
    ids=["int", "float32", "float16"],
)
def test_as_floats_copies(value, dtype):
    copy = _checks.as_floats("x0", value)
    assert copy.dtype == dtype
    assert not np.shares_memory(copy, value)


@pytest.mark.parametrize("value", [3, np.int64(3), np.array(3), True + 2])
def test_whatever_can_be_an_index_is_an_integer(value):
    assert type(_checks.integer("n", value, 1)) is int
    assert _checks.pair("kernel", value, 1) == (3, 3)


def test_an_integer_may_have_no_bounds():
    assert _checks.integer("dy", -3) == -3
    with pytest.raises(ValueError, match=r"dy 应是整数，得到 0\.5"):
        _checks.integer("dy", 0.5)
