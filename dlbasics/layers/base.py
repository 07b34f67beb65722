"""层的共同形式：前向算输出，反向算梯度。"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import FLOATS, floats

Shape = tuple[int, ...]


class Layer(ABC):
    """一层网络。

    自己写一层只需三个方法：``output_shape`` 检查并算出形状；``_forward`` 返回输出，
    以及反向时要用到的东西；``_backward`` 用它们算梯度。其余的检查都在这里。

    Parameters
    ----------
    *parameters : ndarray
        要学习的参数，同为 float32 或同为 float64；可以没有。

    Attributes
    ----------
    parameters : list of ndarray
        参数；优化器就地修改它们。
    gradients : list of ndarray
        参数的梯度，次序相同；每次 ``backward`` 都换成新的，从不累加。

    Examples
    --------
    >>> class Double(Layer):
    ...     def output_shape(self, input_shape):
    ...         return input_shape
    ...     def _forward(self, x):
    ...         return 2 * x, None
    ...     def _backward(self, grad_output, saved, need_grad_x):
    ...         return 2 * grad_output
    >>> layer = Double()
    >>> layer.forward(np.ones((1, 3)))
    array([[2., 2., 2.]])
    >>> layer.backward(np.ones((1, 3)))
    array([[2., 2., 2.]])
    """

    def __init__(self, *parameters: NDArray) -> None:
        self.parameters = list(parameters)
        self.gradients = [np.zeros_like(p) for p in parameters]
        self._saved: Any = None
        self._output_form: tuple[Shape, np.dtype] | None = None

    @property
    def parameter_count(self) -> int:
        """参数的个数。"""
        return sum(p.size for p in self.parameters)

    def forward(self, x: NDArray) -> NDArray:
        """前向：由输入算输出。

        Parameters
        ----------
        x : ndarray, shape (n, ...)
            一批样本，float32 或 float64；有参数的层要求与参数的 dtype 相同。

        Returns
        -------
        ndarray, shape (n, ...)
            dtype 同 x。

        Raises
        ------
        ValueError
            x 的形状或 dtype 不对。
        """
        self._check_dtype(x)
        self.output_shape(x.shape[1:])
        y, self._saved = self._forward(x)
        self._output_form = y.shape, y.dtype
        return y

    def backward(self, grad_output: NDArray, *, need_grad_x: bool = True) -> NDArray | None:
        """反向：由损失对输出的梯度，算对参数的梯度（存入 ``gradients``）与对输入的梯度。

        Parameters
        ----------
        grad_output : ndarray
            形状与 dtype 同最近一次 ``forward`` 的输出。
        need_grad_x : bool
            假：用不到对输入的梯度，可以不算。

        Returns
        -------
        ndarray or None
            损失对输入的梯度，形状同输入；没有算则是 ``None``。

        Raises
        ------
        ValueError
            还没有 ``forward``，或 grad_output 的形状、dtype 不对。
        """
        if self._output_form is None:
            raise ValueError(f"{type(self).__name__} 应先 forward 再 backward")
        form = getattr(grad_output, "shape", None), getattr(grad_output, "dtype", None)
        if form != self._output_form:
            raise ValueError(
                f"{type(self).__name__} 的 grad_output 应与输出的形状、dtype 相同："
                f"{self._output_form}，得到 {form}"
            )
        return self._backward(grad_output, self._saved, need_grad_x)

    @abstractmethod
    def output_shape(self, input_shape: Shape) -> Shape:
        """由一个样本的输入形状算出输出形状；两者都不含批量那一维。"""

    def multiplications(self, input_shape: Shape) -> int:
        """一个样本前向一次，权重参与的乘法次数。"""
        return 0

    @abstractmethod
    def _forward(self, x: NDArray) -> tuple[NDArray, Any]:
        """返回输出，以及 ``_backward`` 要用到的东西。"""

    @abstractmethod
    def _backward(self, grad_output: NDArray, saved: Any, need_grad_x: bool) -> NDArray | None:
        """更新 ``gradients``，返回对输入的梯度。"""

    def _check_dtype(self, x: NDArray) -> None:
        dtypes = [p.dtype for p in self.parameters[:1]] or FLOATS
        floats(f"{type(self).__name__} 的 x", x, dtypes, advice="；可以用 x.astype 转换")


class WeightedLayer(Layer):
    """有权重与偏置的层。要改它们，请就地改：``layer.weight[...] = …``。"""

    def __init__(self, weight: NDArray, bias: NDArray) -> None:
        super().__init__(weight, bias)

    @property
    def weight(self) -> NDArray:
        return self.parameters[0]

    @property
    def bias(self) -> NDArray:
        return self.parameters[1]


def check_image_shape(layer: Layer, shape: Shape, channels: int | None = None) -> None:
    """一个样本应是 (C, H, W)；``channels`` 给定时通道数也要对。"""
    if len(shape) != 3 or prod(shape) == 0 or channels not in (None, shape[0]):
        wanted = f"({'C' if channels is None else channels}, H, W)"
        raise ValueError(
            f"{type(layer).__name__} 的 x 中一个样本的形状应是 {wanted}，得到 {tuple(shape)}"
        )
