"""帧：值过去再回来不变；不合规矩的一帧，在分配内存以前就被拒绝。"""

import json
import math
import pickle
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlbasics.exercises.comparison import difference, show
from dlbasics.teaching.box import frames

PLAIN = [
    None,
    True,
    -3,
    10**4000,
    0.1,
    -0.0,
    math.inf,
    1j,
    "字\n\0",
    (),
    (1, [2.0, ("三",)]),
    Fraction(10**9, 7),
    np.float32(0.1),
    np.bool_(False),
    np.arange(6).reshape(2, 3),
    np.zeros((0, 3), np.float32),
    np.array(5.0),
    np.array(["甲", "乙乙"]),
    np.array([None, "甲"]),
    np.arange(6.0).reshape(2, 3).T,
    np.arange(3, dtype=">i4"),
    np.longdouble(1) / 3,
]


def there_and_back(value):
    return frames.unpack(*frames.split(frames.pack(value)))


@pytest.mark.parametrize("value", PLAIN, ids=[str(i) for i in range(len(PLAIN))])
def test_plain_values_survive(value):
    back = there_and_back(value)
    assert type(back) is type(value)
    if isinstance(value, np.ndarray):
        assert back.dtype == value.dtype and back.shape == value.shape and back.flags.writeable
        assert np.array_equal(back, value)
    else:
        assert back == value and repr(back) == repr(value)


numbers = st.sampled_from([np.bool_, np.int8, np.uint64, np.float32, np.float64, np.complex64])
arrays = numbers.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0)))
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | arrays
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=4).map(tuple), max_leaves=8)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(values)
def test_any_tree_of_plain_values_survives_bit_for_bit(value):
    assert frames.pack(there_and_back(value)) == frames.pack(value)


def test_what_the_other_side_cannot_know_keeps_its_name_and_looks():
    for value in ({"lr": 0.1}, {1, 2}, np.datetime64("2000-01-01"), range(3)):
        back = there_and_back(value)
        assert type(back).__name__ == type(value).__name__
        assert difference(back, 1.0) == difference(value, 1.0)
        assert show(back) == show(value)


def tree(node, body=b""):
    return lambda: frames.unpack(json.dumps(node).encode(), body)


BAD = {
    "not json": lambda: frames.unpack(b"\x80\x04", b""),
    "not a node": tree(5),
    "empty": tree([]),
    "unknown": tree(["call", 0]),
    "dunder": tree(["__class__"]),
    "private": tree(["other"]),
    "too deep": tree(json.loads("[" + '["list", [' * 5 + "5" + "]]" * 5 + "]")),
    "very deep": lambda: frames.unpack(b"[" * 100_000, b""),
    "too many": tree(["list", [["none"]] * 20_000]),
    "long number": tree(["int", "0x" + "f" * 20_000]),
    "decimal": lambda: frames.unpack(b'["int", ' + b"9" * 10_000 + b"]", b""),
    "not a float": tree(["float", "inf" * 9]),
    "bool": tree(["bool", 1]),
    "zero fraction": tree(["fraction", "0x1", "0x0"]),
    "petabytes": tree(["array", "<f8", [2**20, 2**20, 2**10]]),
    "more than there is": tree(["array", "<f8", [2]], b"12345678"),
    "less than there is": tree(["array", "<f8", [1]], b"123456789"),
    "negative": tree(["array", "<f8", [-1]]),
    "bool shape": tree(["array", "<f8", [True]], b"12345678"),
    "float shape": tree(["array", "<f8", [1.0]], b"12345678"),
    "objects": tree(["array", "|O", [1]], b"12345678"),
    "records": tree(["array", "i4,i4", [1]], b"12345678"),
    "sub arrays": tree(["array", "(4)i2", [1]], b"12345678"),
    "huge text": tree(["array", "<U99999", [1]], b""),
    "wide texts": tree(["texts", [9000], [["str", "x" * 9000]] + [["str", ""]] * 8999]),
    "texts of numbers": tree(["texts", [1], [["int", "0x1"]]]),
    "wrong count": tree(["objects", [2], [["none"]]]),
    "scalar with a shape": tree(["scalar", "<f8", [1]], b"12345678"),
    "extra parts": tree(["none", 1]),
    "prefix": lambda: frames.lengths(frames.PREFIX.pack(2**32 - 1, 2**32 - 1)),
    "long tree": lambda: frames.lengths(frames.PREFIX.pack(frames.TREE + 1, 0)),
    "cut off": lambda: frames.split(frames.pack(1)[:-1]),
}


@pytest.mark.parametrize("read", BAD.values(), ids=BAD)
def test_bad_frames_are_refused_without_allocating(read):
    tracemalloc.start()
    try:
        with pytest.raises(frames.BadFrame):
            read()
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "value",
    [
        np.broadcast_to(0.0, 10**9),
        ["x"] * 20_000,
        "x" * 20_000,
        [[[[[[[[[[[]]]]]]]]]]],
        1 << 10**6,
        [np.zeros(2**20)] * 3,
    ],
    ids=["array", "list", "text", "deep", "number", "arrays"],
)
def test_what_is_too_large_is_not_packed(value):
    with pytest.raises(frames.BadFrame):
        frames.pack(value)


def test_a_pickle_is_never_read():
    class Evil:
        def __reduce__(self):
            return eval, ("1 / 0",)

    assert type(there_and_back(Evil())).__name__ == "Evil"
    with pytest.raises(frames.BadFrame):
        frames.unpack(pickle.dumps(5), b"")


def test_half_a_character_can_be_written_to_a_file():
    back = frames.unpack(b'["str", "\\ud83d"]', b"")
    assert back.encode("utf-8") == b"\\ud83d"
