"""数据：形状、范围、标签与原始数据集一致，划分不多不少。"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits

from dlbasics.datasets import digits, split


def test_digits_are_the_published_ones():
    images, labels = digits()
    assert (images.shape, images.dtype) == ((1797, 1, 8, 8), np.float64)
    assert (labels.shape, labels.dtype) == ((1797,), np.int64)
    assert (images.min(), images.max()) == (0, 1)
    assert_array_equal(np.bincount(labels), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    original = load_digits()
    assert_array_equal(images.reshape(1797, 64) * 16, original.data)
    assert_array_equal(labels, original.target)


@given(st.integers(4, 100), st.floats(0.2, 0.8), st.integers(0, 2**32))
def test_split_is_a_partition(n, test_fraction, seed):
    x, y = np.stack([np.arange(n), -np.arange(n)], axis=1), 10 * np.arange(n)
    parts = split(x, y, np.random.default_rng(seed), test_fraction=test_fraction)
    assert len(parts.test_x) == round(test_fraction * n)
    everything = np.concatenate([parts.train_y, parts.test_y])
    assert_array_equal(np.sort(everything), y)
    for images, labels in [(parts.train_x, parts.train_y), (parts.test_x, parts.test_y)]:
        assert_array_equal(images, np.stack([labels, -labels], axis=1) // 10)


def test_split_takes_a_quarter_by_default():
    parts = split(np.arange(100), np.arange(100), np.random.default_rng(0))
    assert (len(parts.train_x), len(parts.test_x)) == (75, 25)


def test_split_shuffles_by_seed():
    x = np.arange(100)

    def test_part(seed):
        return split(x, x, np.random.default_rng(seed)).test_x

    assert_array_equal(test_part(1), test_part(1))
    assert not np.array_equal(test_part(1), test_part(2))
    assert not np.array_equal(np.sort(test_part(1)), x[:25])


def test_split_copies():
    x = np.arange(10.0)
    parts = split(x, x, np.random.default_rng(0))
    parts.train_x[:] = -1
    assert_array_equal(x, np.arange(10.0))


@pytest.mark.parametrize("test_fraction", [0.0, 1.0, -0.1, 25])
def test_split_wants_a_proper_fraction(test_fraction):
    with pytest.raises(ValueError, match="test_fraction"):
        split(np.arange(4), np.arange(4), np.random.default_rng(0), test_fraction=test_fraction)
