"""梯度检查：对的放行，错的抓住。"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import approx_fprime, rosen, rosen_der

from dlbasics.gradcheck import gradcheck, numerical_gradient
from dlbasics.landscapes import quadratic
from dlbasics.layers import Layer, Linear
from dlbasics.losses import mean_squared_error, softmax_cross_entropy


def random(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


@given(st.integers(0, 2**32))
def test_numerical_gradient_of_rosenbrock(seed):
    x = random(4, seed=seed)
    gradient = numerical_gradient(rosen, x)
    assert_allclose(gradient, rosen_der(x), rtol=1e-6, atol=1e-5)
    assert_allclose(gradient, approx_fprime(x, rosen, 1e-8), rtol=1e-3, atol=1e-2)


def test_numerical_gradient_is_exact_on_a_parabola_for_any_h():
    x = random(2, 3)
    for h in (1e-2, 1.0, 10.0):
        assert_allclose(numerical_gradient(lambda x: np.sum(x**2), x, h), 2 * x, atol=1e-10)


def test_error_has_a_u_shape():
    x = np.array([1.0])
    errors = {
        h: abs(numerical_gradient(lambda x: np.exp(x[0]), x, h)[0] - np.e)
        for h in (1e-1, 1e-5, 1e-12)
    }
    assert errors[1e-5] < errors[1e-1] / 1e4
    assert errors[1e-5] < errors[1e-12] / 1e4


def test_input_is_not_modified():
    x = random(3)
    before = x.copy()
    numerical_gradient(np.sum, x)
    gradcheck(lambda x: (np.sum(x**2), 2 * x), x)
    assert_array_equal(x, before)


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (lambda x: softmax_cross_entropy(x, np.array([0, 2])), (2, 3)),
        (lambda x: mean_squared_error(x, random(2, 3, seed=1)), (2, 3)),
        (quadratic([1.0, 10.0, 100.0]), (3,)),
    ],
)
def test_right_functions_pass(function, shape):
    assert gradcheck(function, random(*shape)) < 1e-7


@pytest.mark.parametrize(
    ("wrong", "at_least"),
    [
        (lambda x: (np.sum(x**2), x), 0.4),
        (lambda x: (np.sum(x**2), -2 * x), 1.0),
        (lambda x: (np.sum(x**2), np.zeros_like(x)), 0.99),
        (lambda x: (np.sum(x**2), 2 * x + np.eye(1, x.size)[0] * 1e-3), 1e-4),
    ],
)
def test_wrong_functions_fail(wrong, at_least):
    assert gradcheck(wrong, np.array([1.0, -2.0, 0.5])) > at_least


def test_nan_does_not_slip_through():
    def broken(x):
        gradient = 2 * x
        gradient[0] = np.nan
        return np.sum(x**2), gradient

    assert not gradcheck(broken, random(3)) < 1e-7
    rng = np.random.default_rng(0)
    layer = NanBias(4, 3, rng=rng, dtype=np.float64)
    assert not gradcheck(layer, random(2, 4), rng=rng) < 1e-7


class NanBias(Linear):
    def _backward(self, grad_output, x, need_grad_x):
        grad_x = super()._backward(grad_output, x, need_grad_x)
        self.gradients[1][0] = np.nan
        return grad_x


class WrongLinear(Linear):
    """偏置的梯度取了平均，而不是求和。"""

    def _backward(self, grad_output, x, need_grad_x):
        grad_x = super()._backward(grad_output, x, need_grad_x)
        self.gradients[1] = grad_output.mean(axis=0)
        return grad_x


def test_one_wrong_parameter_gradient_is_enough():
    rng = np.random.default_rng(0)
    options = {"rng": rng, "dtype": np.float64}
    assert gradcheck(Linear(4, 3, **options), random(2, 4), rng=rng) < 1e-7
    assert gradcheck(WrongLinear(4, 3, **options), random(2, 4), rng=rng) > 0.3


class WrongOnlyForUnequalUpstream(Layer):
    """上游梯度全是 1 时碰巧正确：所以上游梯度要随机。"""

    def output_shape(self, input_shape):
        return input_shape

    def _forward(self, x):
        return x, None

    def _backward(self, grad_output, saved, need_grad_x):
        return grad_output[::-1].copy()


def test_upstream_gradient_is_random():
    layer = WrongOnlyForUnequalUpstream()
    layer.forward(random(3, 2))
    assert_array_equal(layer.backward(np.ones((3, 2))), np.ones((3, 2)))
    assert gradcheck(layer, random(3, 2), rng=np.random.default_rng(0)) > 0.1


def test_parameters_are_put_back():
    layer = Linear(4, 3, rng=np.random.default_rng(0), dtype=np.float64)
    before = [p.copy() for p in layer.parameters]
    gradcheck(layer, random(2, 4), rng=np.random.default_rng(0))
    for p, wanted in zip(layer.parameters, before, strict=True):
        assert_array_equal(p, wanted)


def test_zero_gradient_has_no_error():
    assert gradcheck(lambda x: (1.0, np.zeros_like(x)), random(3)) == 0
