"""各层自己的性质：与定义、与彼此对照，参数个数。"""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlbasics.initializers import glorot_uniform
from dlbasics.layers import (
    Conv2d,
    Flatten,
    GlobalAvgPool2d,
    GlobalMaxPool2d,
    Layer,
    Linear,
    LocallyConnected2d,
    MaxPool2d,
    ReLU,
    Tanh,
)


def generator():
    return np.random.default_rng(0)


def test_a_layer_is_made_of_three_methods():
    assert Layer.__abstractmethods__ == {"output_shape", "_forward", "_backward"}
    with pytest.raises(TypeError, match="abstract"):
        Layer()


def test_linear_is_a_matrix_product():
    layer = Linear(3, 2, rng=generator(), dtype=np.float64)
    layer.weight[...] = [[1, 2, 3], [4, 5, 6]]
    layer.bias[...] = [10, 20]
    assert_array_equal(layer.forward(np.array([[1.0, 0, -1]])), [[8, 18]])
    assert layer.parameters[0] is layer.weight and layer.parameters[1] is layer.bias


def test_activations_at_known_points():
    x = np.array([[-2.0, 0.0, 3.0]])
    for layer, y, slope in [
        (ReLU(), [[0, 0, 3]], [[0, 0, 1]]),
        (Tanh(), np.tanh(x), 1 / np.cosh(x) ** 2),
    ]:
        assert_allclose(layer.forward(x), y, atol=0)
        assert_allclose(layer.backward(np.ones_like(x)), slope, rtol=1e-12)


def test_flatten_keeps_the_order():
    x = np.arange(24.0).reshape(2, 3, 2, 2)
    layer = Flatten()
    assert_array_equal(layer.forward(x), np.arange(24).reshape(2, 12))
    assert_array_equal(layer.backward(np.arange(24.0).reshape(2, 12)), x)


def test_sharing_is_a_local_layer_with_equal_kernels():
    conv = Conv2d(2, 3, 3, stride=2, padding=1, rng=generator(), dtype=np.float64)
    local = LocallyConnected2d(2, 3, 3, 7, stride=2, padding=1, rng=generator(), dtype=np.float64)
    local.weight[...] = conv.weight
    conv.bias[...] = local.bias[...] = [1, 2, 3]
    x = np.random.default_rng(1).standard_normal((4, 2, 7, 7))
    y = conv.forward(x)
    assert_allclose(local.forward(x), y, atol=1e-12)
    assert_allclose(local.backward(y), conv.backward(y), atol=1e-12)
    for shared, unshared in zip(conv.gradients, local.gradients, strict=True):
        assert_allclose(unshared.sum(axis=(0, 1)), shared, atol=1e-11)


@pytest.mark.parametrize("pool", [GlobalMaxPool2d(), GlobalAvgPool2d()])
def test_global_pooling_ignores_where_things_are(pool):
    x = np.random.default_rng(1).standard_normal((2, 3, 5, 5))
    moved = np.roll(x, (2, 3), axis=(2, 3))
    assert_allclose(pool.forward(moved), pool.forward(x), atol=1e-15)


@pytest.mark.parametrize(
    ("layer_type", "arguments", "options"),
    [
        (Linear, (7, 3), {}),
        (Conv2d, (2, 5, (3, 4)), {}),
        (LocallyConnected2d, (2, 5, (3, 4), (9, 8)), {}),
        (LocallyConnected2d, (2, 5, (3, 4), (9, 8)), {"stride": 2, "padding": (0, 1)}),
        (Linear, (1, 1), {}),
        (Conv2d, (1, 1, 1), {}),
        (LocallyConnected2d, (1, 1, 1, 1), {}),
    ],
)
def test_counting_equals_building(layer_type, arguments, options):
    layer = layer_type(*arguments, rng=generator(), **options)
    for count in (layer_type.count_parameters, layer.count_parameters):
        assert count(*arguments, **options) == layer.parameter_count


@pytest.mark.parametrize(
    ("layer_type", "names"),
    [
        (Linear, ["in_features", "out_features"]),
        (Conv2d, ["in_channels", "out_channels", "kernel"]),
        (LocallyConnected2d, ["in_channels", "out_channels", "kernel", "input_size", "stride"]),
    ],
)
def test_counting_refuses_a_size_of_zero(layer_type, names):
    for name in names:
        with pytest.raises(ValueError, match=f"^{name} 应是不小于 1 的整数，得到 0"):
            layer_type.count_parameters(**(dict.fromkeys(names, 1) | {name: 0}))


def test_counts_too_large_to_build():
    places = Conv2d(3, 96, 11, stride=4, rng=generator()).output_shape((3, 227, 227))
    assert places == (96, 55, 55)
    assert Conv2d.count_parameters(3, 96, 11) == 34_944
    assert LocallyConnected2d.count_parameters(3, 96, 11, 227, stride=4) == 105_705_600
    assert Linear.count_parameters(3 * 227 * 227, 96 * 55 * 55) == 44_892_355_200
    assert Linear.count_parameters(3 * 427 * 640, 1000) == 819_841_000
    assert Conv2d.count_parameters(3, 64, 3) == 1_792


@pytest.mark.parametrize("shape", [(2, 7, 6), (2, 7, 8), (1, 7, 7), (7, 7)])
def test_a_locally_connected_layer_takes_images_of_one_size_only(shape):
    layer = LocallyConnected2d(2, 3, 3, 7, rng=generator())
    with pytest.raises(ValueError, match=re.escape(f"应是 (2, 7, 7)，得到 {shape}")):
        layer.output_shape(shape)


def test_a_window_of_one_pixel_keeps_the_picture():
    x = generator().normal(size=(2, 3, 4, 5))
    assert_array_equal(MaxPool2d(1).forward(x), x)
    assert_array_equal(MaxPool2d(1, stride=2).forward(x), x[:, :, ::2, ::2])


def test_the_initializer_can_be_chosen():
    layer = Conv2d(2, 3, 5, rng=generator(), initializer=glorot_uniform)
    assert_array_equal(layer.weight, glorot_uniform((3, 2, 5, 5), generator()))
    assert not layer.bias.any()
