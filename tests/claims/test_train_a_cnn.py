"""从零训练一个卷积网络一章：正文里说了、单元格没有算的话。"""

import numpy as np

from dlbasics.convolution import receptive_field
from dlbasics.layers import Conv2d, GlobalMaxPool2d, Linear, MaxPool2d, ReLU, Sequential
from dlbasics.losses import softmax_cross_entropy
from dlbasics.optimizers import SGD, AdaGrad, Adam, Momentum, RMSProp
from dlbasics.training import fit


def network(seed, *, pool=True, dtype=float):
    """本章的网络；``pool=False`` 拆掉中间的汇聚。"""
    options = {"rng": np.random.default_rng(seed), "padding": 1, "dtype": dtype}
    middle = [MaxPool2d(2)] if pool else []
    return Sequential(
        Conv2d(1, 16, 3, **options), ReLU(), *middle,
        Conv2d(16, 32, 3, **options), ReLU(), GlobalMaxPool2d(),
        Linear(32, 10, options["rng"], dtype=dtype),
    )  # fmt: skip


def train(model, x, y, rng, epochs):
    return fit(
        model, x, y, loss=softmax_cross_entropy, optimizer=Momentum(lr=0.02), epochs=epochs,
        batch_size=32, rng=rng, progress=False,
    )  # fmt: skip


def test_receptive_field_with_and_without_the_pool():
    assert receptive_field([(3, 1), (2, 2), (3, 1)]) == 8
    assert receptive_field([(3, 1), (3, 1)]) == 5


def first_step(optimizer, grad):
    x = np.zeros(len(grad))
    optimizer.step([x], [np.array(grad)])
    return np.abs(x)


def test_first_step_of_the_adaptive_methods_ignores_the_size_of_the_gradient():
    grad = [5.0, -0.01, 300.0]
    for optimizer, length in (
        (AdaGrad(0.1), 0.1),
        (Adam(0.1), 0.1),
        (RMSProp(0.1, rho=0.99), 0.1 / np.sqrt(1 - 0.99)),
    ):
        np.testing.assert_allclose(first_step(optimizer, grad), length, rtol=1e-4)
    assert first_step(SGD(0.1), grad)[2] / first_step(SGD(0.1), grad)[1] > 1e4


def test_changing_the_unit_of_a_feature():
    """米换成毫米：SGD 与动量的步子放大 1000 倍，AdaGrad 的不变。"""
    for make, factor in ((SGD, 1000), (Momentum, 1000), (AdaGrad, 1)):
        before, after = first_step(make(0.1), [0.3]), first_step(make(0.1), [300.0])
        np.testing.assert_allclose(after / before, factor, rtol=1e-6)
