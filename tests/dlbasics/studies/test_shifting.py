"""平移、等变与不变的误差。"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlbasics.convolution import conv2d, global_max_pool2d
from dlbasics.studies.shifting import (
    conv2d_circular,
    equivariance_error,
    fractional_shift,
    invariance_error,
    shift,
)

STEP = st.integers(-9, 9)
ALL_SHIFTS = [(dy, dx) for dy in range(6) for dx in range(7)]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@given(dy=STEP, dx=STEP, h=st.integers(1, 5), w=st.integers(1, 5))
def test_circular_shift_moves_every_pixel_to_its_place(dy, dx, h, w):
    x = np.arange(h * w).reshape(1, h, w)
    moved = shift(x, dy, dx)
    for row, column in np.ndindex(h, w):
        assert moved[0, (row + dy) % h, (column + dx) % w] == x[0, row, column]
    assert np.array_equal(shift(moved, -dy, -dx), x)
    assert moved.dtype == x.dtype


@given(dy=STEP, dx=STEP, h=st.integers(1, 5), w=st.integers(1, 5))
def test_zero_shift_forgets_what_leaves_the_image(dy, dx, h, w):
    x = np.arange(1, h * w + 1).reshape(h, w)
    expected = np.zeros_like(x)
    for row, column in np.ndindex(h, w):
        if 0 <= row + dy < h and 0 <= column + dx < w:
            expected[row + dy, column + dx] = x[row, column]
    assert np.array_equal(shift(x, dy, dx, border="zero"), expected)


def test_shift_leaves_its_input_alone():
    x = np.ones((3, 3))
    shift(x, 1, 1, border="zero")
    assert np.all(x == 1)
    assert not np.shares_memory(shift(x, 0, 0), x)


@pytest.mark.parametrize("kernel", [(1, 1), (3, 3), (2, 4), (5, 1), (6, 7)])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_circular_convolution_is_the_definition(rng, kernel, stride):
    x, weight = rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(4, 3, *kernel))
    bias = rng.normal(size=4)
    y = conv2d_circular(x, weight, bias, stride=stride)
    kh, kw = kernel
    for i, j in np.ndindex(y.shape[2:]):
        rows = (i * stride - (kh - 1) // 2 + np.arange(kh)) % 6
        columns = (j * stride - (kw - 1) // 2 + np.arange(kw)) % 7
        window = x[:, :, rows][:, :, :, columns]
        expected = np.einsum("nchw,fchw->nf", window, weight) + bias
        np.testing.assert_allclose(y[:, :, i, j], expected, atol=1e-12)
    assert y.shape == (2, 4, -(-6 // stride), -(-7 // stride))


def test_circular_convolution_is_equivariant_to_every_shift(rng):
    x, weight = rng.normal(size=(1, 2, 6, 7)), rng.normal(size=(3, 2, 3, 3))
    assert equivariance_error(lambda x: conv2d_circular(x, weight), x, ALL_SHIFTS) < 1e-12
    assert invariance_error(lambda x: conv2d_circular(x, weight), x, ALL_SHIFTS) > 0.1


def test_equivariance_error_is_the_largest_difference():
    x = np.arange(6.0).reshape(2, 3)
    row_number = np.array([[0.0], [10.0]])
    assert equivariance_error(lambda x: x + row_number, x, [(0, 1)]) == 0
    assert equivariance_error(lambda x: x + row_number, x, [(0, 1), (1, 0), (0, 2)]) == 10
    assert invariance_error(lambda x: x, x, [(0, 1)]) == 2
    assert invariance_error(lambda x: x, x, [(0, 1), (1, 0)]) == 3


def test_zero_padding_is_not_equivariant_at_the_border(rng):
    x, weight = rng.normal(size=(1, 1, 6, 7)), rng.normal(size=(1, 1, 3, 3))
    assert equivariance_error(lambda x: conv2d(x, weight, padding=1), x, [(1, 0)]) > 0.1


def test_strided_convolution_follows_multiples_of_the_stride(rng):
    x, weight = rng.normal(size=(1, 1, 6, 8)), rng.normal(size=(1, 1, 3, 3))
    shifts = [(2, 0), (0, -4), (4, 6)]
    strided = equivariance_error(
        lambda x: conv2d_circular(x, weight, stride=2), x, shifts, stride=2
    )
    assert strided < 1e-12


def test_global_maximum_of_circular_responses_is_invariant(rng):
    x, weight = rng.normal(size=(1, 1, 6, 7)), rng.normal(size=(4, 1, 3, 3))
    assert (
        invariance_error(lambda x: global_max_pool2d(conv2d_circular(x, weight)), x, ALL_SHIFTS)
        < 1e-12
    )


@given(dy=st.integers(-5, 5), dx=st.integers(-9, 9))
def test_a_whole_fractional_shift_is_a_shift(dy, dx):
    x = np.random.default_rng(3).normal(size=(2, 5, 7))
    np.testing.assert_allclose(fractional_shift(x, dy, dx), shift(x, dy, dx), atol=1e-12)


def test_half_a_shift_twice_is_a_shift(rng):
    x = rng.normal(size=(1, 5, 7))
    twice = fractional_shift(fractional_shift(x, 0.5, 1.5), 0.5, 1.5)
    np.testing.assert_allclose(twice, shift(x, 1, 3), atol=1e-12)


IMAGE = np.ones((2, 4))
WEIGHT = np.ones((1, 1, 3, 3))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: shift([1, 2], 0, 0), "x"),
        (lambda: shift(np.ones(3), 0, 0), "x"),
        (lambda: shift(np.ones((0, 3)), 0, 0), "x"),
        (lambda: shift(IMAGE, 0.5, 0), "dy"),
        (lambda: shift(IMAGE, 0, 1.0), "dx"),
        (lambda: shift(IMAGE, 0, 1, border="reflect"), "border"),
        (lambda: fractional_shift(np.ones(3), 0.5, 0), "x"),
        (lambda: fractional_shift(IMAGE, np.inf, 0), "dy"),
        (lambda: fractional_shift(IMAGE, 0, "1"), "dx"),
        (lambda: conv2d_circular(IMAGE, WEIGHT), "x"),
        (lambda: conv2d_circular(np.ones((1, 1, 3, 3)), IMAGE), "weight"),
        (lambda: equivariance_error(np.sin, IMAGE, []), "shifts"),
        (lambda: equivariance_error(np.sin, IMAGE, [(1, 0.5)]), "shifts"),
        (lambda: equivariance_error(np.sin, IMAGE, [(1, 2)], stride=2), "shifts"),
        (lambda: equivariance_error(np.sin, IMAGE, [(1, 2)], stride=0), "stride"),
        (lambda: equivariance_error(lambda x: x[:, :3], IMAGE.tolist(), [(1, 2)]), "x"),
        (lambda: invariance_error(lambda x: x[x > 0], shift(np.eye(4), 0, 1), []), "shifts"),
        (lambda: invariance_error(lambda x: x[: int(x[0, 0]) + 1], np.eye(3), [(0, 1)]), "f"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=rf"^{name} .*得到"):
        call()
