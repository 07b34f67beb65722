"""局部连接：与逐个位置的循环相同；各处权重相同时就是卷积。"""

import numpy as np
import pytest
from hypothesis import given

from dlbasics.convolution import conv2d, conv2d_backward, local2d, local2d_backward
from tests.dlbasics.convolution.cases import TOLERANCE, convolutions, numerical_gradient, rearranged


@given(case=convolutions())
def test_every_position_has_its_own_kernels(case):
    x, weight, _, grad, how = case
    (sh, sw), (ph, pw), (kh, kw) = how["stride"], how["padding"], weight.shape[2:]
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(*grad.shape[2:], *weight.shape)).astype(x.dtype)
    bias = rng.normal(size=(*grad.shape[2:], len(weight))).astype(x.dtype)
    y = local2d(rearranged(x, "负步长"), weights, bias, **how)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    assert (y.shape, y.dtype) == (grad.shape, x.dtype)
    for r, c in np.ndindex(*grad.shape[2:]):
        window = padded[:, :, r * sh : r * sh + kh, c * sw : c * sw + kw]
        expected = np.einsum("ncij,fcij->nf", window, weights[r, c]) + bias[r, c]
        np.testing.assert_allclose(y[:, :, r, c], expected, atol=TOLERANCE[x.dtype.name])


@given(case=convolutions())
def test_with_equal_weights_it_is_a_convolution(case):
    """共享权重的梯度，是每个位置各自的梯度之和。"""
    x, weight, bias, grad, how = case
    tolerance = {"rtol": 0, "atol": TOLERANCE[x.dtype.name]}
    weights = np.broadcast_to(weight, (*grad.shape[2:], *weight.shape))
    biases = np.broadcast_to(bias, (*grad.shape[2:], *bias.shape))
    y = local2d(x, weights, biases, **how)
    np.testing.assert_allclose(y, conv2d(x, weight, bias, **how), **tolerance)
    grad_x, grad_weight, grad_bias = local2d_backward(grad, x, weights, **how)
    shared = conv2d_backward(grad, x, weight, **how)
    summed = (grad_x, grad_weight.sum(axis=(0, 1)), grad_bias.sum(axis=(0, 1)))
    for a, b in zip(summed, shared, strict=True):
        np.testing.assert_allclose(a, b, **tolerance)


def test_backward_agrees_with_finite_differences():
    rng = np.random.default_rng(1)
    how = {"stride": (1, 2), "padding": (0, 1)}
    x, weight = rng.normal(size=(2, 2, 4, 5)), rng.normal(size=(3, 3, 2, 2, 2, 3))
    bias, grad = rng.normal(size=(3, 3, 2)), rng.normal(size=(2, 2, 3, 3))
    expected = (
        numerical_gradient(lambda v: local2d(v, weight, bias, **how), x, grad),
        numerical_gradient(lambda v: local2d(x, v, bias, **how), weight, grad),
        numerical_gradient(lambda v: local2d(x, weight, v, **how), bias, grad),
    )
    for a, b in zip(local2d_backward(grad, x, weight, **how), expected, strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)


def test_grad_x_can_be_left_out():
    x, weight = np.ones((1, 1, 3, 3)), np.ones((3, 3, 1, 1, 1, 1))
    assert local2d_backward(np.ones((1, 1, 3, 3)), x, weight, need_grad_x=False)[0] is None


@pytest.mark.parametrize("batch", [1, 2])
def test_results_share_no_memory_with_the_inputs(batch):
    x, weight = np.ones((batch, 1, 1, 1)), np.ones((1, 1, 1, 1, 1, 1))
    results = [local2d(x, weight), *local2d_backward(x, x, weight)]
    assert not any(np.shares_memory(a, b) for a in results for b in (x, weight))
