"""空洞与分组：对照来自逐个下标的循环、SciPy、有限差分与伴随恒等式。"""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate

from dlbasics.convolution import (
    conv2d,
    conv2d_backward,
    conv2d_naive,
    conv_matrix,
    conv_output_size,
    fast,
)
from dlbasics.gradcheck import gradcheck
from dlbasics.layers import Conv2d
from tests.dlbasics.convolution.cases import TOLERANCE, numerical_gradient

two = st.tuples(st.integers(1, 3), st.integers(1, 3))


@pytest.fixture(autouse=True, params=["一般", "Winograd"])
def way(request, monkeypatch):
    monkeypatch.setattr(fast, "MANY_CHANNELS", 0 if request.param == "Winograd" else 10**9)


@st.composite
def sparse_convolutions(draw):
    """一次空洞、分组的卷积：x, weight, bias, grad_output 与各个选项。"""
    groups = draw(st.integers(1, 3))
    c, f, n = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2)), draw(st.just(2))
    kernel, stride, dilation, padding = draw(two), draw(two), draw(two), draw(two)
    size = [
        max(1, d * (k - 1) + 1 - 2 * p) + draw(st.integers(0, 4))
        for k, d, p in zip(kernel, dilation, padding, strict=True)
    ]
    dtype = draw(st.sampled_from(["float32", "float64"]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    output = [
        conv_output_size(length, k, stride=s, padding=p, dilation=d)
        for length, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True)
    ]
    shapes = (n, c, *size), (f, c // groups, *kernel), (f,), (n, f, *output)
    how = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return [rng.normal(size=shape).astype(dtype) for shape in shapes], how


def close(actual, expected):
    assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE[expected.dtype.name])


def by_every_index(x, weight, bias, stride, padding, dilation, groups):
    """照定义把每一对（输入，权重）乘起来加到输出上，不切窗口，也不填充。"""
    (f, per_group, kh, kw), (_, _, h, w) = weight.shape, x.shape
    (sh, sw), (ph, pw), (dh, dw) = stride, padding, dilation
    output = [
        (size + 2 * p - d * (k - 1) - 1) // s + 1
        for size, k, s, p, d in zip((h, w), (kh, kw), stride, padding, dilation, strict=True)
    ]
    y = np.zeros((len(x), f, *output)) + bias[:, None, None]
    for k, c, i, j in np.ndindex(*weight.shape):
        channel = k // (f // groups) * per_group + c
        for r, q in product(*map(range, output)):
            row, col = r * sh + i * dh - ph, q * sw + j * dw - pw
            if 0 <= row < h and 0 <= col < w:
                y[:, k, r, q] += x[:, channel, row, col] * weight[k, c, i, j]
    return y.astype(x.dtype)


@pytest.mark.parametrize("forward", [conv2d_naive, conv2d])
@given(case=sparse_convolutions())
def test_forward_is_the_sum_over_every_index(forward, case):
    (x, weight, bias, _), how = case
    close(forward(x, weight, bias, **how), by_every_index(x, weight, bias, **how))


@pytest.mark.parametrize("dilation", [2, (1, 3), (3, 2)])
def test_dilation_is_scipy_correlate_with_zeros_in_the_kernel(dilation):
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(13, 14)), rng.normal(size=(3, 4))
    dh, dw = dilation if isinstance(dilation, tuple) else (dilation, dilation)
    wide = np.kron(kernel, np.eye(1, dh * dw).reshape(dh, dw))[: 2 * dh + 1, : 3 * dw + 1]
    y = conv2d(x[None, None], kernel[None, None], dilation=dilation)
    close(y[0, 0], correlate(x, wide, mode="valid", method="direct"))


@given(case=sparse_convolutions())
def test_groups_are_convolutions_side_by_side(case):
    (x, weight, bias, _), how = case
    groups = how.pop("groups")
    xs, weights, biases = (
        np.split(x, groups, axis=1),
        *(np.split(a, groups) for a in (weight, bias)),
    )
    parts = [conv2d_naive(*part, **how) for part in zip(xs, weights, biases, strict=True)]
    expected = np.concatenate(parts, axis=1)
    close(conv2d(x, weight, bias, **how, groups=groups), expected)


@given(case=sparse_convolutions())
def test_the_matrix_says_the_same(case):
    (x, weight, _, grad), how = case
    matrix = conv_matrix(weight, x.shape[1:], **how)
    close(conv2d(x, weight, **how).reshape(len(x), -1), x.reshape(len(x), -1) @ matrix.T)
    grad_x, _, _ = conv2d_backward(grad, x, weight, **how)
    close(grad_x.reshape(len(x), -1), grad.reshape(len(x), -1) @ matrix)


@settings(max_examples=30)
@given(case=sparse_convolutions())
def test_backward_agrees_with_finite_differences(case):
    arrays, how = case
    x, weight, bias, grad = (a.astype(np.float64) for a in arrays)
    found = conv2d_backward(grad, x, weight, **how)
    expected = (
        numerical_gradient(lambda v: conv2d_naive(v, weight, bias, **how), x, grad),
        numerical_gradient(lambda v: conv2d_naive(x, v, bias, **how), weight, grad),
        numerical_gradient(lambda v: conv2d_naive(x, weight, v, **how), bias, grad),
    )
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    nothing, *same = conv2d_backward(grad, x, weight, **how, need_grad_x=False)
    assert nothing is None
    assert all(np.array_equal(a, b) for a, b in zip(same, found[1:], strict=True))


@given(case=sparse_convolutions())
def test_inputs_stay_and_results_are_their_own(case):
    arrays, how = case
    x, weight, bias, grad = arrays
    before = [a.copy() for a in arrays]
    found = [conv2d(x, weight, bias, **how), *conv2d_backward(grad, x, weight, **how)]
    assert all(np.array_equal(a, b) for a, b in zip(arrays, before, strict=True))
    assert not any(np.shares_memory(a, b) for a, b in product(found, arrays))
    assert {a.dtype for a in found} == {x.dtype}


@given(case=sparse_convolutions())
def test_writing_the_defaults_changes_no_bit(case):
    (x, weight, _, _), how = case
    x = x[:, : weight.shape[1]]
    plain = {"stride": how["stride"], "padding": how["padding"]}
    y = conv2d(x, weight, **plain)
    assert np.array_equal(y, conv2d(x, weight, **plain, dilation=(1, 1), groups=1))
    found = conv2d_backward(y, x, weight, **plain, dilation=(1, 1), groups=1)
    for a, b in zip(conv2d_backward(y, x, weight, **plain), found, strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("options", [{"dilation": 2}, {"groups": 2}, {"groups": 4, "dilation": 3}])
def test_the_layer(options):
    layer = Conv2d(
        4, 8, (3, 2), stride=2, padding=3, rng=np.random.default_rng(0), dtype=float, **options
    )
    x = np.random.default_rng(1).normal(size=(2, 4, 7, 8))
    y = layer.forward(x)
    expected = conv2d_naive(x, layer.weight, layer.bias, stride=2, padding=3, **options)
    close(y, expected)
    assert layer.output_shape(x.shape[1:]) == y.shape[1:]
    assert gradcheck(layer, x, rng=np.random.default_rng(2)) < 1e-6
    groups = options.get("groups", 1)
    assert layer.weight.shape == (8, 4 // groups, 3, 2)
    assert layer.parameter_count == Conv2d.count_parameters(4, 8, (3, 2), groups=groups)
    assert layer.multiplications(x.shape[1:]) == layer.weight.size * y[0, 0].size
