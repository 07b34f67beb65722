"""每一层都要守的规矩：形状、dtype、差分核对的梯度、先前向后反向。"""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import approx_fprime

from dlbasics.gradcheck import gradcheck
from dlbasics.layers import (
    AvgPool2d,
    Conv2d,
    Flatten,
    GlobalAvgPool2d,
    GlobalMaxPool2d,
    Linear,
    LocallyConnected2d,
    MaxPool2d,
    ReLU,
    Sequential,
    Tanh,
)
from dlbasics.optimizers import SGD


def generator():
    return np.random.default_rng(0)


# 名字 -> (由 dtype 造一层, 一个样本的形状)
LAYERS = {
    "linear": (lambda t: Linear(5, 3, rng=generator(), dtype=t), (5,)),
    "conv": (lambda t: Conv2d(2, 3, 3, rng=generator(), dtype=t), (2, 5, 6)),
    "conv-stride-padding": (
        lambda t: Conv2d(2, 3, (3, 2), stride=(2, 1), padding=(1, 0), rng=generator(), dtype=t),
        (2, 5, 4),
    ),
    "conv-1x1": (lambda t: Conv2d(3, 2, 1, rng=generator(), dtype=t), (3, 3, 3)),
    "local": (lambda t: LocallyConnected2d(2, 3, 3, (5, 4), rng=generator(), dtype=t), (2, 5, 4)),
    "local-stride-padding": (
        lambda t: LocallyConnected2d(
            1, 2, 3, 5, stride=2, padding=(1, 0), rng=generator(), dtype=t
        ),
        (1, 5, 5),
    ),
    "relu": (lambda t: ReLU(), (2, 3, 4)),
    "tanh": (lambda t: Tanh(), (7,)),
    "max-pool": (lambda t: MaxPool2d(2), (2, 5, 4)),
    "max-pool-overlapping": (lambda t: MaxPool2d(3, stride=2, padding=1), (1, 5, 6)),
    "avg-pool": (lambda t: AvgPool2d(2), (2, 5, 4)),
    "avg-pool-overlapping": (lambda t: AvgPool2d((3, 2), stride=1, padding=1), (1, 4, 4)),
    "global-max-pool": (lambda t: GlobalMaxPool2d(), (3, 4, 4)),
    "global-avg-pool": (lambda t: GlobalAvgPool2d(), (3, 4, 4)),
    "flatten": (lambda t: Flatten(), (2, 3, 4)),
    "sequential": (
        lambda t: Sequential(
            Conv2d(1, 3, 3, padding=1, rng=generator(), dtype=t),
            ReLU(),
            MaxPool2d(2),
            LocallyConnected2d(3, 2, 2, 3, rng=generator(), dtype=t),
            Tanh(),
            Sequential(Flatten(), Linear(8, 4, rng=generator(), dtype=t)),
        ),
        (1, 6, 6),
    ),
}
every_layer = pytest.mark.parametrize("name", LAYERS)
weighted_layer = pytest.mark.parametrize(
    "name", [name for name, (make, _) in LAYERS.items() if make(np.float64).parameters]
)


def make_layer(name, dtype=np.float64, n=2):
    make, shape = LAYERS[name]
    return make(dtype), np.random.default_rng(1).standard_normal((n, *shape)).astype(dtype)


@every_layer
@pytest.mark.parametrize("seed", range(3))
def test_gradients_are_central_differences(name, seed):
    layer, _ = make_layer(name)
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((3, *LAYERS[name][1]))
    assert gradcheck(layer, x, rng=rng) < 1e-7


@weighted_layer
def test_weight_gradient_agrees_with_scipy(name):
    """不经过 gradcheck 的另一条路：SciPy 的前向差分。"""
    layer, x = make_layer(name)
    grad_output = np.random.default_rng(2).standard_normal(layer.forward(x).shape)
    layer.backward(grad_output)
    for parameter, gradient in zip(layer.parameters, layer.gradients, strict=True):
        original = parameter.copy()

        def projection(value, parameter=parameter):
            parameter[...] = value.reshape(parameter.shape)
            return np.vdot(grad_output, layer.forward(x))

        difference = approx_fprime(original.ravel(), projection, 1e-7)
        parameter[...] = original
        assert_allclose(gradient.ravel(), difference, atol=1e-5)


@every_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shapes_and_dtypes(name, dtype):
    layer, x = make_layer(name, dtype)
    before = x.copy()
    y = layer.forward(x)
    assert (y.shape[1:], y.dtype) == (layer.output_shape(x.shape[1:]), dtype)
    grad_x = layer.backward(np.ones_like(y))
    assert (grad_x.shape, grad_x.dtype) == (x.shape, dtype)
    forms = [(p.shape, p.dtype) for p in layer.parameters]
    assert forms == [(g.shape, g.dtype) for g in layer.gradients]
    assert all(p.dtype == dtype for p in layer.parameters)
    assert layer.parameter_count == sum(p.size for p in layer.parameters)
    assert_array_equal(x, before)


@every_layer
def test_empty_batch(name):
    layer, x = make_layer(name, n=0)
    y = layer.forward(x)
    assert y.shape == (0, *layer.output_shape(x.shape[1:]))
    assert layer.backward(y).shape == x.shape
    assert all(not g.any() for g in layer.gradients)


@every_layer
def test_backward_needs_forward(name):
    layer, x = make_layer(name)
    with pytest.raises(ValueError, match="先 forward"):
        layer.backward(x)


@every_layer
def test_backward_wants_the_form_of_the_output(name):
    layer, x = make_layer(name)
    y = layer.forward(x)
    for wrong in (y[:1], y[:, None], y.astype(np.float32), y.tolist(), None):
        with pytest.raises(ValueError, match=r"grad_output.*得到"):
            layer.backward(wrong)


@weighted_layer
def test_gradients_are_overwritten_not_accumulated(name):
    layer, x = make_layer(name)
    y = layer.forward(x)
    layer.backward(y)
    first = [g.copy() for g in layer.gradients]
    layer.backward(y)
    for again, g in zip(layer.gradients, first, strict=True):
        assert_array_equal(again, g)
    layer.forward(x)
    layer.backward(np.zeros_like(y))
    assert all(not g.any() for g in layer.gradients)


@weighted_layer
def test_the_optimizer_changes_the_layer_in_place(name):
    layer, x = make_layer(name)
    y = layer.forward(x)
    layer.backward(y)  # ½‖y‖² 的梯度
    arrays = list(layer.parameters)
    SGD(lr=1e-3).step(layer.parameters, layer.gradients)
    assert all(p is q for p, q in zip(layer.parameters, arrays, strict=True))
    assert np.linalg.norm(layer.forward(x)) < np.linalg.norm(y)


@weighted_layer
def test_wrong_dtype_is_refused(name):
    layer, x = make_layer(name)
    with pytest.raises(ValueError, match="x 应是 float64 的数组，得到 float32"):
        layer.forward(x.astype(np.float32))


@weighted_layer
def test_wrong_shape_is_refused(name):
    layer, x = make_layer(name)
    for wrong in (x[0], x[..., None], np.concatenate([x, x], axis=1)):
        with pytest.raises(ValueError, match="x"):
            layer.forward(wrong)


@weighted_layer
def test_parameter_gradients_do_not_depend_on_need_grad_x(name):
    layer, x = make_layer(name)
    y = layer.forward(x)
    layer.backward(y)
    full = [g.copy() for g in layer.gradients]
    assert layer.backward(y, need_grad_x=False) is None
    for g, wanted in zip(layer.gradients, full, strict=True):
        assert_array_equal(g, wanted)


@weighted_layer
def test_one_seed_gives_one_network_in_both_precisions(name):
    single, double = make_layer(name, np.float32)[0], make_layer(name, np.float64)[0]
    for p, q in zip(single.parameters, double.parameters, strict=True):
        assert_array_equal(p, q.astype(np.float32))
