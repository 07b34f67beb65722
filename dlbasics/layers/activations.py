"""激活函数：逐个元素的非线性。"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics.layers.base import Layer, Shape


class Activation(Layer):
    """逐元素的层，形状不变。"""

    def output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)


class ReLU(Activation):
    """ReLU：y = max(x, 0)；在 0 处梯度取 0。

    Examples
    --------
    >>> ReLU().forward(np.array([[-1.0, 0.0, 2.0]]))
    array([[0., 0., 2.]])

    References
    ----------
    Nair, Hinton (2010), Rectified linear units improve restricted Boltzmann machines, ICML.
    """

    def _forward(self, x: NDArray) -> tuple[NDArray, NDArray]:
        return np.maximum(x, 0), x > 0

    def _backward(self, grad_output: NDArray, positive: NDArray, need_grad_x: bool) -> NDArray:
        return grad_output * positive


class Tanh(Activation):
    """双曲正切：y = tanh(x)，导数是 1 − y²。

    Examples
    --------
    >>> Tanh().forward(np.array([[0.0, 1.0]])).round(4)
    array([[0.    , 0.7616]])
    """

    def _forward(self, x: NDArray) -> tuple[NDArray, NDArray]:
        y = np.tanh(x)
        return y, y

    def _backward(self, grad_output: NDArray, y: NDArray, need_grad_x: bool) -> NDArray:
        return grad_output * (1 - y * y)
