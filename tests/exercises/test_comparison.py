from fractions import Fraction

import numpy as np
import pytest

from dlbasics.exercises.comparison import difference, equals, satisfies, satisfies_array, show


@pytest.mark.parametrize(
    "got, expected",
    [
        (2, 2.0),
        (np.float32(0.5), 0.5),
        (np.array(0.5), 0.5),
        (Fraction(1, 2), 0.5),
        (np.int64(3), 3),
        (np.array(3), 3),
        (np.array(True), True),
        (0.5, np.array(0.5)),
        (np.True_, True),
        ([1, 2.0], (1, 2.0)),
        (np.ones(3) + 1e-13, np.ones(3)),
        (np.array([True, False]), np.array([True, False])),
        (np.ones(3, np.float32) * np.float32(1 + 1e-6), np.ones(3, np.float32)),
        ("ema", "ema"),
        (np.int32(3), 3),
        (np.arange(3, dtype=np.int32), np.arange(3)),
        (np.array([0.5, 2.0]), (0.5, 2.0)),
        (np.ones((2, 3)), (np.ones(3), np.ones(3))),
        (np.ma.array(np.ones((1, 3))), np.ones((1, 3))),
    ],
)
def test_equal_answers_are_accepted(got, expected):
    assert difference(got, expected) == ""


@pytest.mark.parametrize(
    "got, expected, reason",
    [
        (None, 1.0, "忘了 return"),
        (True, 1.0, "应是一个数"),
        (1, True, "应是 True 或 False"),
        (2.0, 2, "应是整数"),
        (False, True, "真假相反"),
        ("1", 1.0, "应是一个数"),
        (np.nan, 1.0, "有 nan"),
        (10**400, 1.0, "相差 inf"),
        (np.ones(2), 1.0, "应是一个数"),
        ([1.0, 1.0], np.ones(2), "应是数组"),
        (np.ones((2, 1)), np.ones(2), "形状应是 (2,)，得到 (2, 1)"),
        (np.ones(2, np.float32), np.ones(2), "dtype 应是 float64，得到 float32"),
        (np.ones(2) + 1e-6, np.ones(2), "最大相差 1e-06"),
        (np.array([True, False]), np.array([True, True]), "有 1 处真假相反"),
        (np.array([1, 0]), np.array([True, False]), "dtype 应是 bool"),
        (np.ones(2), (np.ones(2), np.ones(2)), "应返回 2 个值"),
        (np.array(["a"]), np.ones(1), "dtype 应是 float64"),
        (np.array([None]), np.ones(1), "dtype 应是 float64"),
        (np.array(["a", "b"]), "a", "应是 'a'"),
        ([[1.0], [1.0, 2.0]], np.ones(2), "应是数组，得到 2 个值"),
        (np.array(1.0), (1.0, 2.0), "应返回 2 个值，得到 float64"),
        (np.array([1e308]), np.array([-1e308]), "最大相差 inf"),
        ((1.0, 3.0), (1.0, 2.0), "第 2 个值：相差 1"),
        ("pytorch", "ema", "应是 'ema'"),
        ([1.0], 1.0, "应是一个数，得到 1 个值的列表"),
        ((0.5, None), (0.5, 1.0), "第 2 个值：是 None"),
        (np.array([True]), (1.0, 2.0), "得到形状 (1,) 的数组，dtype 是 bool"),
        (np.array([1j]), 1.0, "得到形状 (1,) 的数组，dtype 是 complex128"),
        (np.array([1j]), np.ones(1), "dtype 应是 float64，得到 complex128"),
        (np.arange(3, dtype=np.int32), np.arange(1, 4), "最大相差 1"),
        (np.ones(3), np.arange(3), "dtype 应是 int64，得到 float64"),
        (np.array([1.0, 2.0]), (1, 2), "第 1 个值：应是整数"),
    ],
)
def test_every_difference_is_named(got, expected, reason):
    assert reason in difference(got, expected)


def test_zero_tolerance_sees_the_last_bit():
    x = np.ones(2, np.float32)
    assert difference(np.nextafter(x, np.float32(2)), x, rtol=0, atol=0)


def test_equals_shows_both_values():
    assert equals()(1.0, 2.0, ()) == "期望　2\n得到　1\n原因　相差 1"
    assert equals(rtol=0.5)(1.5, 2.0, ()) == ""


def test_satisfies_asks_only_about_finite_numbers():
    compare = satisfies(lambda x, low: "" if x > low else "太小")
    assert compare(2.0, None, (1.0,)) == ""
    assert compare(0, None, (1.0,)).endswith("太小")
    for bad in (None, np.inf, np.nan, "3", (2.0,), np.ones(1)):
        assert "应返回 1 个有限的数" in compare(bad, None, (1.0,))
    pair = satisfies(lambda a, b: "" if a < b else "反了", count=2)
    assert pair((1, 2), None, ()) == ""
    for bad in (1.0, np.array(1.0), np.ones((2, 1)), (1, 2, 3), [[1.0], [1.0, 2.0]], (1, 10**400)):
        assert "应返回 2 个有限的数" in pair(bad, None, ())
    assert pair(np.array([1.0, 2.0]), None, ()) == ""
    assert "得到 1 个值的列表" in compare([1.0], None, (1.0,))
    assert "忘了 return" in pair(None, None, ())
    assert compare(Fraction(3, 2), None, (1.0,)) == compare(np.array(1.5), None, (1.0,)) == ""


def test_satisfies_array_asks_only_about_finite_arrays_of_numbers():
    compare = satisfies_array(lambda x, total: "" if x.sum() == total else "和不对")
    for right in (np.array([1.0, 2.0]), np.array([[1], [2]]), np.ones(3, np.float32)):
        assert compare(right, None, (3.0,)) == ""
    assert compare(np.full(2, 200, np.uint8), None, (400.0,)) == ""
    assert compare(np.zeros(2), None, (3.0,)) == "得到　[0., 0.]\n原因　和不对"
    for bad in (None, 3.0, [3.0], np.array(3.0), np.array(["3"]), np.array([True]), np.array([3j])):
        assert "应是由数组成的数组" in compare(bad, None, (3.0,))
    assert "dtype 是 bool" in compare(np.array([True]), None, (3.0,))
    assert "dtype 是 complex128" in compare(np.array([3j]), None, (3.0,))
    assert "数组太大" in compare(np.broadcast_to(1.0, (10**6, 10**6)), None, (3.0,))
    for bad in (np.nan, np.inf):
        assert "不是有限的数" in compare(np.array([bad, 3.0]), None, (3.0,))


@pytest.mark.parametrize(
    "value, text",
    [
        (np.float64(0.1) * 3, "0.3"),
        (-0.0, "0"),
        (np.array([-0.0, 2.5]), "[0., 2.5]"),
        (np.ones(1, np.float32), "[1.]（float32）"),
        ((1, np.True_), "（1，True）"),
        (np.array(2.5), "2.5"),
        (np.int64(3), "3"),
        ("ema", "'ema'"),
        (np.array([True, False]), "[True, False]（bool）"),
        (np.array([[0.5, -12.0], [3.25, 0.0]]), "[[0.5, -12.], [3.25, 0.]]"),
        (np.array(["a", "b"]), "['a', 'b']（<U1）"),
        (np.array([None]), "[None]（object）"),
        pytest.param(10**5000, "一个 int", id="endless"),
        pytest.param("长" * 300, "'" + "长" * 199 + "……", id="long"),
        (np.eye(2), "[[1., 0.], [0., 1.]]"),
        pytest.param(
            np.broadcast_to(0.5, (10**6, 10**6)),
            "形状 (1000000, 1000000) 的数组，开头是 [0.5, 0.5, 0.5]",
            id="lazy",
        ),
        pytest.param(
            np.zeros((2,) * 9), f"形状 {(2,) * 9} 的数组，开头是 [0., 0., 0.]", id="many-axes"
        ),
        pytest.param(np.array(["长" * 900]), "形状 (1,) 的数组（<U900）", id="long-texts"),
    ],
)
def test_values_are_shown_on_one_line(value, text):
    assert show(value) == text


@pytest.mark.parametrize("shape", [(3, 3), (9,), (4, 4), (2, 3, 4), (30, 30), (5, 5, 5, 5)])
def test_no_array_needs_more_than_200_characters(shape):
    rng = np.random.default_rng(0)
    assert len(show(rng.normal(size=shape))) <= 200
    assert len(show(1e30 * rng.normal(size=shape), 50)) <= 50
