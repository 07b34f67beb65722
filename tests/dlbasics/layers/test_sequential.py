"""由层串成的网络：LeNet-5、反向到哪一层为止、出错的是第几层。"""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlbasics.layers import (
    AvgPool2d,
    Conv2d,
    Flatten,
    Layer,
    Linear,
    ReLU,
    Sequential,
    Tanh,
)
from dlbasics.losses import softmax_cross_entropy


def generator():
    return np.random.default_rng(0)


def make_lenet(**options):
    rng = generator()
    return Sequential(
        Conv2d(1, 6, 5, rng=rng, **options),
        Tanh(),
        AvgPool2d(2),
        Conv2d(6, 16, 5, rng=rng, **options),
        Tanh(),
        AvgPool2d(2),
        Flatten(),
        Linear(400, 120, rng=rng, **options),
        Tanh(),
        Linear(120, 84, rng=rng, **options),
        Tanh(),
        Linear(84, 10, rng=rng, **options),
    )


def test_lenet():
    lenet = make_lenet()
    assert lenet.parameter_count == 61_706
    assert lenet.multiplications((1, 32, 32)) == 416_520
    assert lenet.forward(np.zeros((2, 1, 32, 32))).shape == (2, 10)
    assert lenet.summary((1, 32, 32)) == "\n".join(
        [
            "层             输出形状  参数个数  乘法次数",
            "Conv2d      (6, 28, 28)       156   117,600",
            "Tanh        (6, 28, 28)         0         0",
            "AvgPool2d   (6, 14, 14)         0         0",
            "Conv2d     (16, 10, 10)     2,416   240,000",
            "Tanh       (16, 10, 10)         0         0",
            "AvgPool2d    (16, 5, 5)         0         0",
            "Flatten          (400,)         0         0",
            "Linear           (120,)    48,120    48,000",
            "Tanh             (120,)         0         0",
            "Linear            (84,)    10,164    10,080",
            "Tanh              (84,)         0         0",
            "Linear            (10,)       850       840",
            "合计                       61,706   416,520",
        ]
    )


def test_lenet_gradient_through_the_loss():
    """整个网络加上损失，抽几个参数核对。"""
    lenet, rng = make_lenet(dtype=np.float64), np.random.default_rng(3)
    x, labels = rng.standard_normal((2, 1, 32, 32)), np.array([3, 8])
    _, grad = softmax_cross_entropy(lenet.forward(x), labels)
    lenet.backward(grad, need_grad_x=False)
    h = 1e-5
    for parameter, gradient in zip(lenet.parameters, lenet.gradients, strict=True):
        index = tuple(rng.integers(parameter.shape))
        middle, losses = parameter[index], []
        for nudge in (h, -h):
            parameter[index] = middle + nudge
            losses.append(softmax_cross_entropy(lenet.forward(x), labels)[0])
        parameter[index] = middle
        assert_allclose(gradient[index], (losses[0] - losses[1]) / (2 * h), atol=1e-9)


def test_wrong_layer_is_named_with_its_place():
    lenet = make_lenet()
    with pytest.raises(ValueError, match=r"第 8 层：Linear.*\(400,\)，得到 \(576,\)"):
        lenet.forward(np.zeros((1, 1, 36, 36)))
    with pytest.raises(ValueError, match=r"第 1 层：Conv2d.*\(1, H, W\)，得到 \(3, 32, 32\)"):
        lenet.summary((3, 32, 32))


class Spy(Layer):
    """恒等层，记下自己被问过什么。"""

    def __init__(self, *parameters):
        super().__init__(*parameters)
        self.asked = []

    def output_shape(self, input_shape):
        return input_shape

    def _forward(self, x):
        return x, None

    def _backward(self, grad_output, saved, need_grad_x):
        self.asked.append(need_grad_x)
        return grad_output if need_grad_x else None


def test_gradient_below_the_first_parameters_is_not_computed():
    bottom, first, top = Spy(), Spy(np.zeros(1)), Spy(np.zeros(1))
    model = Sequential(bottom, first, top)
    y = model.forward(np.ones((2, 3)))
    assert model.backward(y, need_grad_x=False) is None
    assert (bottom.asked, first.asked, top.asked) == ([], [False], [True])
    assert_array_equal(model.backward(y), y)
    assert (bottom.asked, first.asked, top.asked) == ([True], [False, True], [True, True])


class Stubborn(Spy):
    """不理会 need_grad_x，总是返回梯度。"""

    def _backward(self, grad_output, saved, need_grad_x):
        return grad_output


def test_a_gradient_halfway_is_never_passed_off_as_that_of_the_input():
    model = Sequential(Flatten(), Stubborn(np.zeros(1)))
    y = model.forward(np.ones((2, 3, 4)))
    assert model.backward(y, need_grad_x=False) is None


def test_without_parameters_there_is_nothing_to_compute():
    model = Sequential(ReLU(), Flatten())
    y = model.forward(np.ones((2, 3, 4)))
    assert model.backward(y, need_grad_x=False) is None
    assert model.gradients == []


def test_the_same_layer_cannot_appear_twice():
    layer = ReLU()
    with pytest.raises(ValueError, match="同一层不能出现两次"):
        Sequential(layer, Linear(2, 2, rng=generator()), layer)


def test_only_layers_can_be_stacked():
    with pytest.raises(ValueError, match=r"layers\[1\] 应是一层（Layer），得到 function"):
        Sequential(ReLU(), lambda x: x)
