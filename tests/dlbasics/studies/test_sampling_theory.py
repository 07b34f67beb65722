"""抽样的理论：公式与枚举、与模拟一致。"""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dlbasics.optimizers import Momentum
from dlbasics.studies.convergence import iteration_matrix
from dlbasics.studies.sampling_theory import (
    all_batches,
    batch_mean_variance,
    between_class_share,
    noise_floor,
)


@st.composite
def sizes(draw):
    n = draw(st.integers(1, 9))
    return n, draw(st.integers(1, n))


@given(sizes())
def test_every_batch_appears_once(size):
    n, batch_size = size
    batches = all_batches(n, batch_size)
    assert batches.shape == (math.comb(n, batch_size), batch_size)
    assert batches.dtype == np.int64
    assert len(np.unique(batches, axis=0)) == len(batches)
    assert np.all(np.diff(batches, axis=1) > 0)
    assert 0 <= batches.min() <= batches.max() < n
    assert_array_equal(batches, np.unique(batches, axis=0))


@given(sizes(), st.integers(0, 1000))
def test_variance_without_replacement_is_the_one_by_enumeration(size, seed):
    n, batch_size = size
    values = np.random.default_rng(seed).standard_cauchy((n, 3))
    means = values[all_batches(n, batch_size)].mean(axis=1)
    scale = np.abs(values).max()
    assert_allclose(means.mean(axis=0), values.mean(axis=0), atol=1e-12 * scale)
    expected = batch_mean_variance(values, batch_size)
    assert expected.shape == (3,)
    assert_allclose(means.var(axis=0), expected, atol=1e-12 * scale**2)


@pytest.mark.parametrize(("n", "batch_size"), [(1, 3), (2, 5), (5, 3), (3, 4)])
def test_variance_with_replacement_is_the_one_by_enumeration(n, batch_size):
    values = np.random.default_rng(0).normal(size=n)
    draws = np.array(list(product(range(n), repeat=batch_size)))
    expected = values[draws].mean(axis=1).var()
    assert_allclose(batch_mean_variance(values, batch_size, replace=True), expected, atol=1e-15)


def test_the_full_batch_does_not_vary():
    assert batch_mean_variance(np.arange(7), 7) == 0
    assert batch_mean_variance([3.0], 1) == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_variance_keeps_the_dtype(dtype):
    for replace in (False, True):
        assert batch_mean_variance(np.ones((3, 2), dtype), 2, replace=replace).dtype == dtype


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.5, 1.0, 1.9])
def test_noise_floor_is_the_fixed_point_of_the_variance(lr):
    """方差一步变成 (1 − α)²V + α²；地板是它的不动点。"""
    variance = noise_floor(lr)
    assert (1 - lr) ** 2 * variance + lr**2 == pytest.approx(variance, rel=1e-12)


@pytest.mark.parametrize("mu", [0.0, 0.3, 0.9, 0.99])
@pytest.mark.parametrize("fraction_of_limit", [0.001, 0.1, 0.5, 0.95])
def test_noise_floor_of_momentum_is_the_fixed_point_of_the_covariance(mu, fraction_of_limit):
    """(v, x) 的协方差矩阵一步变成 RCRᵀ + α²·11ᵀ；解这个线性方程组，不用推导的结果。"""
    lr = fraction_of_limit * 2 * (1 + mu)
    step, pushed = iteration_matrix(lr, mu), np.full(4, lr**2)
    covariance = np.linalg.solve(np.eye(4) - np.kron(step, step), pushed).reshape(2, 2)
    assert noise_floor(lr, mu) == pytest.approx(covariance[1, 1], rel=1e-6)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("lr", "mu"), [(0.02, 0.9), (0.15, 0.9), (2.5, 0.5)])
def test_noise_floor_of_momentum_by_simulation(lr, mu, seed):
    rng, x, optimizer = np.random.default_rng(seed), np.zeros(4000), Momentum(lr, mu)
    for _ in range(300):
        optimizer.step([x], [x + rng.normal(size=x.size)])
    assert x.var() == pytest.approx(noise_floor(lr, mu), rel=0.15)


def test_noise_floor_by_simulation():
    """4000 条链，各走到平稳；相对误差的标准差约 2%。"""
    rng, lr = np.random.default_rng(0), 0.4
    x = np.zeros(4000)
    for _ in range(60):
        x -= lr * (x + rng.normal(size=x.size))
    assert x.var() == pytest.approx(noise_floor(lr), rel=0.15)


def test_between_and_within_make_up_the_variance():
    rng = np.random.default_rng(0)
    values, labels = rng.normal(size=(60, 3)), rng.integers(4, size=60)
    within = sum(
        np.mean(labels == k) * values[labels == k].var(axis=0).sum() for k in np.unique(labels)
    )
    share = between_class_share(values, labels)
    assert_allclose(share + within / values.var(axis=0).sum(), 1)
    assert between_class_share(values, np.arange(60)) == pytest.approx(1)
    assert between_class_share(values, np.zeros(60)) == pytest.approx(0)


@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    [
        (all_batches, {"n": 0, "batch_size": 1}, "n"),
        (all_batches, {"n": 3.0, "batch_size": 1}, "n"),
        (all_batches, {"n": 3, "batch_size": 0}, "batch_size"),
        (all_batches, {"n": 3, "batch_size": 4}, "batch_size"),
        (all_batches, {"n": 60, "batch_size": 30}, "n"),
        (batch_mean_variance, {"values": 1.0, "batch_size": 1}, "values"),
        (batch_mean_variance, {"values": [], "batch_size": 1}, "values"),
        (batch_mean_variance, {"values": ["a"], "batch_size": 1}, "values"),
        (batch_mean_variance, {"values": [1.0, 2.0], "batch_size": 3}, "batch_size"),
        (batch_mean_variance, {"values": [1.0], "batch_size": 0, "replace": True}, "batch_size"),
        (between_class_share, {"values": [1.0, 2.0], "labels": [0, 1]}, "values"),
        (between_class_share, {"values": [[1.0], [2.0]], "labels": [0]}, "labels"),
        (between_class_share, {"values": [[1.0], [1.0]], "labels": [0, 1]}, "values"),
        *[(noise_floor, {"lr": lr}, "lr") for lr in (0, 2, -0.1, math.nan, math.inf)],
        (noise_floor, {"lr": 3.0, "mu": 0.5}, "lr"),
        *[(noise_floor, {"lr": 1.0, "mu": mu}, "mu") for mu in (-0.1, 1.0, math.nan)],
    ],
)
def test_bad_input_names_the_argument_in_chinese(function, arguments, name):
    with pytest.raises(ValueError, match=rf"^{name} .*(应|得到)"):
        function(**arguments)
