"""全连接层，以及进入它之前的拉平。"""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dlbasics._checks import integer
from dlbasics.initializers import Initializer, he_normal
from dlbasics.layers.base import Layer, Shape, WeightedLayer


class Linear(WeightedLayer):
    """全连接层：y = x Wᵀ + b，每个输出与每个输入相连。

    Parameters
    ----------
    in_features, out_features : int
        输入与输出的个数 D、F；权重的形状是 (F, D)，偏置是 (F,)，从 0 开始。
    rng : numpy.random.Generator
    initializer : callable
        权重的初始化，:func:`dlbasics.initializers.he_normal` 或 ``glorot_uniform``。
    dtype : dtype
        float32 或 float64。

    Examples
    --------
    >>> layer = Linear(64, 10, rng=np.random.default_rng(0))
    >>> layer.forward(np.ones((2, 64))).shape, layer.parameter_count
    ((2, 10), 650)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        rng: np.random.Generator,
        initializer: Initializer = he_normal,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.in_features = integer("in_features", in_features, 1)
        self.out_features = integer("out_features", out_features, 1)
        weight = initializer((self.out_features, self.in_features), rng, dtype=dtype)
        super().__init__(weight, np.zeros(self.out_features, dtype))

    @staticmethod
    def count_parameters(in_features: int, out_features: int) -> int:
        """参数个数 F·(D + 1)，不必真的建立这一层。

        Examples
        --------
        427×640 的彩色照片全连接到 1000 个神经元：

        >>> Linear.count_parameters(3 * 427 * 640, 1000)
        819841000
        """
        inputs = integer("in_features", in_features, 1)
        return integer("out_features", out_features, 1) * (inputs + 1)

    def output_shape(self, input_shape: Shape) -> Shape:
        if tuple(input_shape) != (self.in_features,):
            raise ValueError(
                f"Linear 的 x 中一个样本的形状应是 ({self.in_features},)，"
                f"得到 {tuple(input_shape)}；图像请先用 Flatten 拉平"
            )
        return (self.out_features,)

    def multiplications(self, input_shape: Shape) -> int:
        self.output_shape(input_shape)
        return self.weight.size

    def _forward(self, x: NDArray) -> tuple[NDArray, NDArray]:
        return x @ self.weight.T + self.bias, x

    def _backward(self, grad_output: NDArray, x: NDArray, need_grad_x: bool) -> NDArray | None:
        self.gradients = [grad_output.T @ x, grad_output.sum(axis=0)]
        return grad_output @ self.weight if need_grad_x else None


class Flatten(Layer):
    """拉平：(n, C, H, W) 变成 (n, C·H·W)，次序不变。

    Examples
    --------
    >>> Flatten().output_shape((16, 5, 5))
    (400,)
    """

    def output_shape(self, input_shape: Shape) -> Shape:
        return (prod(input_shape),)

    def _forward(self, x: NDArray) -> tuple[NDArray, Shape]:
        return x.reshape(len(x), prod(x.shape[1:])), x.shape

    def _backward(self, grad_output: NDArray, shape: Shape, need_grad_x: bool) -> NDArray:
        return grad_output.reshape(shape)
