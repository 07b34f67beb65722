"""初始化：方差与范围符合公式，宽松的统计检验。"""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlbasics.initializers import glorot_uniform, he_normal

# 形状, fan_in, fan_out
SHAPES = [
    ((200, 300), 300, 200),
    ((64, 32, 5, 3), 32 * 15, 64 * 15),
    ((6, 5, 16, 8, 3, 3), 8 * 9, 16 * 9),
]
shapes = pytest.mark.parametrize(("shape", "fan_in", "fan_out"), SHAPES)


def rng():
    return np.random.default_rng(0)


@shapes
def test_glorot_uniform(shape, fan_in, fan_out):
    weight = glorot_uniform(shape, rng())
    limit = np.sqrt(6 / (fan_in + fan_out))
    assert weight.shape == shape
    assert 0.99 * limit < np.abs(weight).max() <= limit
    assert_allclose(weight.var(), 2 / (fan_in + fan_out), rtol=0.05)
    assert abs(weight.mean()) < 5 * weight.std() / np.sqrt(weight.size)
    share_of_outer_half = np.mean(np.abs(weight) > limit / 2)
    assert_allclose(share_of_outer_half, 0.5, atol=0.03)


@shapes
def test_he_normal(shape, fan_in, fan_out):
    weight = he_normal(shape, rng())
    assert weight.shape == shape
    assert_allclose(weight.var(), 2 / fan_in, rtol=0.05)
    assert abs(weight.mean()) < 5 * weight.std() / np.sqrt(weight.size)
    within_one_deviation = np.mean(np.abs(weight) < weight.std())
    assert_allclose(within_one_deviation, 0.683, atol=0.03)


def test_he_keeps_the_signal_through_twenty_relu_layers():
    x, generator = np.random.default_rng(1).standard_normal((500, 256)), rng()
    first = np.mean(x**2)
    for _ in range(20):
        x = np.maximum(x @ he_normal((256, 256), generator, dtype=np.float64).T, 0)
    assert 0.1 < np.mean(x**2) / first < 10


def test_glorot_lets_it_fade_through_relu():
    """同样的 20 层，方差只有 He 的一半：每层信号减半。"""
    x, generator = np.random.default_rng(1).standard_normal((500, 256)), rng()
    first = np.mean(x**2)
    for _ in range(20):
        x = np.maximum(x @ glorot_uniform((256, 256), generator, dtype=np.float64).T, 0)
    assert np.mean(x**2) / first < 1e-4


@pytest.mark.parametrize("initializer", [glorot_uniform, he_normal])
def test_seed_decides_dtype_only_rounds(initializer):
    double = initializer((3, 2, 5, 5), rng())
    single = initializer((3, 2, 5, 5), rng(), dtype=np.float32)
    assert (single.dtype, double.dtype) == (np.float32, np.float64)
    assert_array_equal(single, double.astype(np.float32))
    assert not np.array_equal(initializer((3, 2, 5, 5), np.random.default_rng(1)), single)
