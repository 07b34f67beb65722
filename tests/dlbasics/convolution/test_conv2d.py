"""四种写法算的是同一个卷积；对照来自 SciPy、有限差分与伴随恒等式。"""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.signal import convolve2d, correlate

from dlbasics.convolution import (
    conv2d,
    conv2d_backward,
    conv2d_im2col,
    conv2d_im2col_backward,
    conv2d_naive,
    conv_matrix,
    fast,
    unfolding,
    winograd,
    workers,
)
from dlbasics.convolution.windows import sliding
from tests.dlbasics.convolution.cases import (
    MEMORY_ORDERS,
    TOLERANCE,
    convolutions,
    numerical_gradient,
    rearranged,
)

FORWARD = [conv2d_naive, conv2d_im2col, conv2d]
BACKWARD = [conv2d_im2col_backward, conv2d_backward]


@pytest.fixture(autouse=True, params=["一个线程", "分工", "Winograd", "Winograd，分工"])
def way(request, monkeypatch):
    """每个测试做四遍：两种做法，各在一个线程里、由几个线程分成很多条带做。"""
    if "Winograd" in request.param:
        monkeypatch.setattr(fast, "MANY_CHANNELS", 0)
    if "分工" in request.param:
        monkeypatch.setattr(workers, "WORTH_SHARING", -1)
        monkeypatch.setattr(workers, "BAND_BYTES", 1)
    else:
        monkeypatch.setattr(workers, "WORTH_SHARING", np.inf)


def close(actual, expected):
    assert actual.dtype == expected.dtype
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE[expected.dtype.name])


@pytest.mark.parametrize("forward", FORWARD)
@given(case=convolutions())
def test_forward_is_scipy_correlate(forward, case):
    x, weight, bias, _, how = case
    (sh, sw), (ph, pw) = how["stride"], how["padding"]
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = forward(x, weight, bias, **how)
    for n in range(len(x)):
        for f in range(len(weight)):
            valid = correlate(padded[n], weight[f], mode="valid", method="direct")[0]
            close(y[n, f], (valid[::sh, ::sw] + bias[f]).astype(x.dtype))


@pytest.mark.parametrize("forward", FORWARD)
def test_convolution_in_the_mathematical_sense_flips_the_kernel(forward):
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(6, 7)), rng.normal(size=(3, 2))
    y = forward(x[None, None], kernel[None, None, ::-1, ::-1])
    close(y[0, 0], convolve2d(x, kernel, mode="valid"))


@given(case=convolutions(smallest_batch=1))
def test_forward_is_multiplication_by_the_dense_matrix(case):
    x, weight, _, grad, how = case
    matrix = conv_matrix(weight, x.shape[1:], **how)
    close(conv2d(x, weight, **how).reshape(len(x), -1), x.reshape(len(x), -1) @ matrix.T)
    grad_x, _, _ = conv2d_backward(grad, x, weight, **how)
    close(grad_x.reshape(len(x), -1), grad.reshape(len(x), -1) @ matrix)


@pytest.mark.parametrize("backward", BACKWARD)
@given(case=convolutions())
def test_backward_is_the_adjoint(backward, case):
    x, weight, bias, grad, how = case
    rng = np.random.default_rng(1)
    grad_x, grad_weight, grad_bias = backward(grad, x, weight, **how)
    assert [a.shape for a in (grad_x, grad_weight, grad_bias)] == [
        x.shape,
        weight.shape,
        bias.shape,
    ]
    assert {a.dtype for a in (grad_x, grad_weight, grad_bias)} == {x.dtype}
    dx, dw, db = (rng.normal(size=a.shape).astype(x.dtype) for a in (x, weight, bias))

    def pair(a, b):
        return np.sum(a.astype(np.float64) * b)

    tolerance = 20 * TOLERANCE[x.dtype.name]
    assert pair(grad_x, dx) == pytest.approx(
        pair(grad, conv2d_naive(dx, weight, **how)), abs=tolerance
    )
    assert pair(grad_weight, dw) == pytest.approx(
        pair(grad, conv2d_naive(x, dw, **how)), abs=tolerance
    )
    assert pair(grad_bias, db) == pytest.approx(pair(grad, db[:, None, None]), abs=tolerance)


@pytest.mark.parametrize("backward", BACKWARD)
def test_backward_agrees_with_finite_differences(backward):
    rng = np.random.default_rng(2)
    x, weight, bias = (
        rng.normal(size=(2, 2, 5, 4)),
        rng.normal(size=(3, 2, 3, 2)),
        rng.normal(size=3),
    )
    how = {"stride": (2, 1), "padding": (1, 0)}
    grad = rng.normal(size=conv2d_naive(x, weight, **how).shape)
    found = backward(grad, x, weight, **how)
    expected = (
        numerical_gradient(lambda v: conv2d_naive(v, weight, bias, **how), x, grad),
        numerical_gradient(lambda v: conv2d_naive(x, v, bias, **how), weight, grad),
        numerical_gradient(lambda v: conv2d_naive(x, weight, v, **how), bias, grad),
    )
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("order", MEMORY_ORDERS)
@settings(max_examples=20)
@given(case=convolutions())
def test_memory_order_changes_nothing(order, case):
    x, weight, bias, grad, how = case
    plain = [conv2d(x, weight, bias, **how), *conv2d_backward(grad, x, weight, **how)]
    inputs = [rearranged(a, order) for a in (x, weight, grad)]
    before = [a.copy() for a in inputs]
    found = [conv2d(*inputs[:2], bias, **how), *conv2d_backward(inputs[2], *inputs[:2], **how)]
    for a, b in zip(found, plain, strict=True):
        close(a, b)
    for a, b in zip(inputs, before, strict=True):
        assert np.array_equal(a, b)
    for result in found:
        assert result.flags.writeable
        assert not any(np.shares_memory(result, a) for a in (*inputs, bias))


@given(case=convolutions())
def test_grad_x_can_be_left_out(case):
    x, weight, _, grad, how = case
    _, *expected = conv2d_backward(grad, x, weight, **how)
    grad_x, *found = conv2d_backward(grad, x, weight, **how, need_grad_x=False)
    assert grad_x is None
    for a, b in zip(found, expected, strict=True):
        assert np.array_equal(a, b)


def test_results_survive_the_next_call():
    """结果不在草稿纸上：再算一次别的，前一次的结果不变。"""
    rng = np.random.default_rng(3)
    x, weight = rng.normal(size=(4, 3, 9, 9)), rng.normal(size=(5, 3, 3, 3))
    y = conv2d(x, weight, padding=1)
    found = [y, *conv2d_backward(y, x, weight, padding=1)]
    before = [a.copy() for a in found]
    other = conv2d(-x, weight, padding=1)
    conv2d_backward(other, -x, weight, padding=1)
    for a, b in zip(found, before, strict=True):
        assert np.array_equal(a, b)


def test_the_same_bits_every_time():
    rng = np.random.default_rng(4)
    x, weight = (rng.normal(size=s).astype(np.float32) for s in [(8, 6, 20, 20), (7, 6, 3, 3)])
    first = None
    for _ in range(10):
        y = conv2d(x, weight)
        bits = [a.tobytes() for a in (y, *conv2d_backward(y, x, weight))]
        first = first or bits
        assert bits == first


def test_the_method_follows_the_kernel(monkeypatch):
    monkeypatch.setattr(fast, "MANY_CHANNELS", 8)

    def method(weight_shape, **how):
        weight = np.ones(weight_shape)
        return fast._method(weight, sliding((9, 9), weight_shape[2:], *how.values()))

    plain = {"stride": 1, "padding": 1}
    assert method((4, 2, 3, 3), **plain) is winograd
    assert method((4, 2, 5, 3), **plain) is winograd
    assert method((4, 1, 3, 3), **plain) is unfolding
    assert method((4, 2, 3, 2), **plain) is unfolding
    assert method((4, 2, 3, 3), stride=2, padding=1) is unfolding


def test_winograd_error_stays_small_with_many_channels():
    """float32，64 个通道：误差与数值的大小相比不到 1e-5。"""
    rng = np.random.default_rng(5)
    x, weight = (rng.normal(size=s).astype(np.float32) for s in [(2, 64, 12, 12), (64, 64, 3, 3)])
    exact = conv2d_im2col(x.astype(np.float64), weight.astype(np.float64), padding=1)
    found = conv2d(x, weight, padding=1)
    assert np.abs(found - exact).max() < 1e-5 * np.abs(exact).max()
