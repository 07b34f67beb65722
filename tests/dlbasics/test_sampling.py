"""小批量：一轮取遍每个样本，出错要当场说。"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dlbasics.sampling import minibatches


@st.composite
def sizes(draw):
    n = draw(st.integers(1, 200))
    return n, draw(st.integers(1, n))


def epoch(n, batch_size, seed=0, **options):
    return list(minibatches(n, batch_size, np.random.default_rng(seed), **options))


@given(sizes(), st.integers(0, 2**32))
def test_every_sample_appears_exactly_once(size, seed):
    n, batch_size = size
    batches = epoch(n, batch_size, seed)
    assert_array_equal(np.sort(np.concatenate(batches)), np.arange(n))
    assert len(batches) == math.ceil(n / batch_size)
    assert all(len(batch) == batch_size for batch in batches[:-1])
    assert all(batch.dtype == np.int64 for batch in batches)


@given(sizes(), st.booleans())
def test_drop_last_leaves_full_batches_only(size, replace):
    n, batch_size = size
    batches = epoch(n, batch_size, drop_last=True, replace=replace)
    everything = epoch(n, batch_size, replace=replace)
    assert len(batches) == n // batch_size
    for kept, full in zip(batches, everything, strict=False):
        assert len(kept) == batch_size
        assert_array_equal(kept, full)


@given(sizes())
def test_replace_keeps_the_sizes_and_the_range(size):
    n, batch_size = size
    batches = epoch(n, batch_size, replace=True)
    assert [len(b) for b in batches] == [len(b) for b in epoch(n, batch_size)]
    indices = np.concatenate(batches)
    assert indices.dtype == np.int64
    assert 0 <= indices.min() <= indices.max() < n


def test_replace_misses_about_one_in_e():
    """有放回地抽 n 次，一个样本缺席的概率是 (1 − 1/n)ⁿ ≈ 1/e；标准差约 0.003。"""
    seen = np.unique(np.concatenate(epoch(10_000, 100, replace=True)))
    assert abs(len(seen) / 10_000 - (1 - math.exp(-1))) < 0.03


def test_every_position_is_shuffled():
    """打乱之后，每个样本落进第一批的机会相同：400 轮里期望 100 次，标准差约 9。"""
    rng = np.random.default_rng(0)
    firsts = np.concatenate([next(minibatches(40, 10, rng)) for _ in range(400)])
    counts = np.bincount(firsts, minlength=40)
    assert 50 < counts.min() and counts.max() < 150


@pytest.mark.parametrize("replace", [False, True])
def test_same_seed_same_batches(replace):
    first, second = epoch(50, 8, seed=3, replace=replace), epoch(50, 8, seed=3, replace=replace)
    for a, b in zip(first, second, strict=True):
        assert_array_equal(a, b)
    assert not np.array_equal(first[0], epoch(50, 8, seed=4, replace=replace)[0])


@pytest.mark.parametrize("replace", [False, True])
def test_every_epoch_is_different(replace):
    rng = np.random.default_rng(0)
    one, two = (np.concatenate(list(minibatches(50, 8, rng, replace=replace))) for _ in range(2))
    assert not np.array_equal(one, two)
