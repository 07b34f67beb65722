"""认出线性映射：解得出的恰好解对，张数少一张就解不出。"""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from dlbasics.convolution import conv2d, conv_matrix, local2d
from dlbasics.studies.identifiability import recover_conv, recover_dense, recover_local

SEEDS = st.integers(0, 2**32 - 1)


def problem(seed, n, shape=(1, 5, 5), kernel=(3, 3), outputs=1):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, *shape))
    weight = rng.normal(size=(outputs, shape[0], *kernel))
    return x, weight, conv2d(x, weight)


@given(SEEDS, st.integers(1, 2), st.integers(1, 3))
def test_every_structure_recovers_the_same_convolution(seed, channels, outputs):
    shape = channels, 4, 5
    x, weight, y = problem(seed, 60, shape, (2, 3), outputs)
    assert_allclose(recover_conv(x, y, (2, 3)), weight, atol=1e-6)
    local = recover_local(x, y, (2, 3))
    assert local.shape == (3, 3, *weight.shape)
    assert_allclose(local, np.broadcast_to(weight, local.shape), atol=1e-6)
    assert_allclose(recover_dense(x, y), conv_matrix(weight, shape), atol=1e-6)


def test_unshared_weights_are_recovered_position_by_position():
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(20, 2, 4, 5)), rng.normal(size=(3, 3, 4, 2, 2, 3))
    assert_allclose(recover_local(x, local2d(x, weight), (2, 3)), weight, atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_one_image_fewer_is_not_enough(seed):
    x, weight, y = problem(seed, 25)
    dense, local = conv_matrix(weight, (1, 5, 5)), np.broadcast_to(weight, (3, 3, 1, 1, 3, 3))
    assert_allclose(recover_dense(x, y), dense, atol=1e-7)
    assert np.abs(recover_dense(x[:24], y[:24]) - dense).max() > 1e-3
    assert_allclose(recover_local(x[:9], y[:9], 3), local, atol=1e-7)
    assert np.abs(recover_local(x[:8], y[:8], 3) - local).max() > 1e-3
    assert_allclose(recover_conv(x[:1], y[:1], 3), weight, atol=1e-7)


def test_too_few_equations_give_the_smallest_solution():
    x, _, y = problem(0, 10)
    found = recover_dense(x, y)
    flat = x.reshape(10, -1)
    assert_allclose(flat @ found.T, y.reshape(10, -1), atol=1e-9)
    assert_allclose(found @ (np.eye(25) - np.linalg.pinv(flat) @ flat), 0, atol=1e-9)


def test_a_map_that_is_not_local_is_never_recovered():
    rng = np.random.default_rng(0)
    x, matrix = rng.normal(size=(500, 1, 5, 5)), rng.normal(size=(9, 25))
    y = (x.reshape(500, 25) @ matrix.T).reshape(500, 1, 3, 3)
    assert_allclose(recover_dense(x, y), matrix, atol=1e-9)
    for guess in (local2d(x, recover_local(x, y, 3)), conv2d(x, recover_conv(x, y, 3))):
        assert np.mean((guess - y) ** 2) > 0.3 * np.mean(y**2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(dtype):
    x, _, y = problem(0, 30)
    x, y = x.astype(dtype), y.astype(dtype)
    found = [recover_dense(x, y), recover_local(x, y, 3), recover_conv(x, y, 3)]
    assert [f.dtype for f in found] == [dtype] * 3


X, _, Y = problem(0, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: recover_dense(X[0], Y), "x 的形状应是 [N,C,H,W]"),
        (lambda: recover_dense(X, Y.astype(int)), "y 应是 float32 或 float64 的数组"),
        (lambda: recover_dense(X, Y[:1]), "y 的形状应是 (2, 1, 3, 3)，得到 (1, 1, 3, 3)"),
        (lambda: recover_dense(X, Y.astype(np.float32)), "y 应是 float64 的数组"),
        (lambda: recover_dense(X[:0], Y[:0]), "x 应至少有一张图"),
        (lambda: recover_local(X, Y, 2), "y 的形状应是 (2, 1, 4, 4)"),
        (lambda: recover_conv(X, Y, 6), "kernel 不应大于填充后的输入 5"),
        (lambda: recover_conv(X, Y, 0), "kernel 应是不小于 1 的整数"),
    ],
)
def test_bad_input_is_explained_in_chinese(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
