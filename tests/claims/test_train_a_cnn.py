"""从零训练一个卷积网络一章：正文里说了、单元格没有算的话。"""

import numpy as np

from dlbasics.convolution import receptive_field
from dlbasics.optimizers import SGD, AdaGrad, Adam, Momentum, RMSProp


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
