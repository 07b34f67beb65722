"""汇聚：与逐个窗口的循环相同，并列时第一个最大者得到全部梯度。"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlbasics.convolution import (
    avg_pool2d,
    avg_pool2d_backward,
    conv2d,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    global_max_pool2d,
    global_max_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from tests.dlbasics.convolution.cases import MEMORY_ORDERS, rearranged


@st.composite
def poolings(draw):
    """x（只取几个整数，所以并列很多）、kernel、{stride, padding}。"""
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = draw(st.none() | st.tuples(st.integers(1, 4), st.integers(1, 4)))
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    size = [k + draw(st.integers(0, 6)) for k in kernel]
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    shape = (draw(st.integers(0, 2)), draw(st.integers(1, 3)), *size)
    dtype = draw(st.sampled_from(["float32", "float64"]))
    x = rearranged(
        rng.integers(-2, 3, shape).astype(dtype), draw(st.sampled_from([*MEMORY_ORDERS]))
    )
    return x, kernel, {"stride": stride, "padding": padding}


def windows(x, kernel, how, fill):
    """(输出下标, 窗口) 逐个给出；窗口是填充后的视图。"""
    (kh, kw), (ph, pw) = kernel, how["padding"]
    sh, sw = how["stride"] or kernel
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=fill)
    rows = range(0, padded.shape[2] - kh + 1, sh)
    cols = range(0, padded.shape[3] - kw + 1, sw)
    found = [
        ((n, c, i, j), (n, c, top, left))
        for n, c in np.ndindex(*x.shape[:2])
        for i, top in enumerate(rows)
        for j, left in enumerate(cols)
    ]
    return padded, (*x.shape[:2], len(rows), len(cols)), found


@given(case=poolings())
def test_max_pool_by_brute_force(case):
    x, kernel, how = case
    (kh, kw), (ph, pw) = kernel, how["padding"]
    padded, shape, found = windows(x, kernel, how, -np.inf)
    y = max_pool2d(x, kernel, **how)
    grad = np.random.default_rng(0).normal(size=shape).astype(x.dtype)
    grad_padded = np.zeros_like(padded)
    assert (y.shape, y.dtype) == (shape, x.dtype)
    for index, (n, c, top, left) in found:
        window = padded[n, c, top : top + kh, left : left + kw]
        assert y[index] == window.max()
        i, j = np.unravel_index(window.argmax(), kernel)  # argmax 给出第一个
        grad_padded[n, c, top + i, left + j] += grad[index]
    expected = grad_padded[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]]
    found_grad = max_pool2d_backward(grad, x, kernel, **how)
    assert found_grad.dtype == x.dtype
    np.testing.assert_allclose(found_grad, expected, atol=1e-5)
    assert not any(np.shares_memory(a, x) for a in (y, found_grad))


@pytest.mark.parametrize("how", [{}, {"stride": 1}, {"stride": 1, "padding": 1}], ids=str)
def test_max_pool_gives_the_gradient_of_a_window_with_nan_to_the_first_nan(how):
    x = np.array([[9.0, np.nan], [np.nan, 1.0]]).reshape(1, 1, 2, 2)
    y = max_pool2d(x, 2, **how)
    grad_x = max_pool2d_backward(np.ones_like(y), x, 2, **how)
    assert grad_x.sum() == y.size
    assert grad_x[0, 0, 0, 1] > 0
    assert max_pool2d_backward(np.ones((1, 1, 1, 1)), x, 2).tolist() == (
        global_max_pool2d_backward(np.ones((1, 1)), x).tolist()
    )


@given(case=poolings())
def test_avg_pool_by_brute_force(case):
    x, kernel, how = case
    (kh, kw), (ph, pw) = kernel, how["padding"]
    padded, shape, found = windows(x, kernel, how, 0)
    y = avg_pool2d(x, kernel, **how)
    grad = np.random.default_rng(0).normal(size=shape).astype(x.dtype)
    grad_padded = np.zeros_like(padded)
    assert (y.shape, y.dtype) == (shape, x.dtype)
    for index, (n, c, top, left) in found:
        window = padded[n, c, top : top + kh, left : left + kw]
        assert y[index] == pytest.approx(window.mean(), abs=1e-6)
        grad_padded[n, c, top : top + kh, left : left + kw] += grad[index] / (kh * kw)
    expected = grad_padded[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]]
    found_grad = avg_pool2d_backward(grad, x, kernel, **how)
    assert found_grad.dtype == x.dtype
    np.testing.assert_allclose(found_grad, expected, atol=1e-5)
    assert not any(np.shares_memory(a, x) for a in (y, found_grad))


def test_avg_pool_is_a_convolution_with_equal_weights():
    x = np.random.default_rng(1).normal(size=(2, 1, 6, 7))
    kernel = np.full((1, 1, 3, 2), 1 / 6)
    expected = conv2d(x, kernel, stride=2, padding=(1, 1))
    np.testing.assert_allclose(avg_pool2d(x, (3, 2), stride=2, padding=1), expected, atol=1e-12)


def test_channels_do_not_mix():
    x = np.random.default_rng(2).normal(size=(1, 3, 4, 4))
    for pool in (max_pool2d, avg_pool2d):
        together = pool(x, 2)
        for c in range(3):
            assert np.array_equal(together[:, c : c + 1], pool(x[:, c : c + 1], 2))


@pytest.mark.parametrize("order", MEMORY_ORDERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_global_pooling(order, dtype):
    rng = np.random.default_rng(3)
    x = rearranged(rng.integers(-1, 2, (2, 3, 3, 4)).astype(dtype), order)
    grad = rng.normal(size=(2, 3)).astype(dtype)
    largest, average = global_max_pool2d(x), global_avg_pool2d(x)
    grad_max, grad_avg = global_max_pool2d_backward(grad, x), global_avg_pool2d_backward(grad, x)
    assert {a.dtype.name for a in (largest, average, grad_max, grad_avg)} == {dtype}
    for n, c in np.ndindex(2, 3):
        assert largest[n, c] == max(x[n, c].ravel())
        assert average[n, c] == pytest.approx(sum(x[n, c].ravel()) / 12, abs=1e-6)
        expected = np.zeros(12)
        expected[list(x[n, c].ravel()).index(largest[n, c])] = grad[n, c]
        np.testing.assert_allclose(grad_max[n, c].ravel(), expected)
        np.testing.assert_allclose(grad_avg[n, c], np.full((3, 4), grad[n, c] / 12), rtol=1e-6)


def test_global_pooling_of_an_empty_batch():
    x = np.zeros((0, 3, 2, 2))
    assert global_max_pool2d(x).shape == global_avg_pool2d(x).shape == (0, 3)
    assert global_max_pool2d_backward(np.zeros((0, 3)), x).shape == x.shape
    assert global_avg_pool2d_backward(np.zeros((0, 3)), x).shape == x.shape
