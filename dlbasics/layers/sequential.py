"""把层一层接一层串成网络。"""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

from numpy.typing import NDArray

from dlbasics.layers.base import Layer, Shape


class Sequential(Layer):
    """顺序网络：前一层的输出是后一层的输入；它自己也是一层。

    Parameters
    ----------
    *layers : Layer
        至少一层，各不相同。

    Attributes
    ----------
    layers : tuple of Layer

    Examples
    --------
    >>> import numpy as np
    >>> from dlbasics.layers import Flatten, Linear, ReLU
    >>> rng = np.random.default_rng(0)
    >>> model = Sequential(Flatten(), Linear(64, 32, rng=rng), ReLU(), Linear(32, 10, rng=rng))
    >>> model.forward(np.ones((5, 1, 8, 8))).shape
    (5, 10)
    >>> print(model.summary((1, 8, 8)))
    层       输出形状  参数个数  乘法次数
    Flatten     (64,)         0         0
    Linear      (32,)     2,080     2,048
    ReLU        (32,)         0         0
    Linear      (10,)       330       320
    合计                  2,410     2,368
    """

    def __init__(self, *layers: Layer) -> None:
        for i, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                raise ValueError(f"layers[{i}] 应是一层（Layer），得到 {type(layer).__name__}")
        if not layers or len({id(layer) for layer in layers}) < len(layers):
            raise ValueError("layers 应至少有一层，并且各不相同：同一层不能出现两次")
        super().__init__(*(p for layer in layers for p in layer.parameters))
        self.layers = layers

    def output_shape(self, input_shape: Shape) -> Shape:
        return self._shapes(input_shape)[-1]

    def multiplications(self, input_shape: Shape) -> int:
        return sum(self._multiplications(input_shape))

    def summary(self, input_shape: Shape) -> str:
        """每层的输出形状、参数个数与乘法次数，排成一张表。

        Parameters
        ----------
        input_shape : tuple of int
            一个样本的形状，例如 (1, 32, 32)。

        Returns
        -------
        str
            用 ``print`` 显示；乘法次数是一个样本前向一次的。
        """
        columns = zip(
            self.layers, self._shapes(input_shape), self._multiplications(input_shape), strict=True
        )
        rows = [("层", "输出形状", "参数个数", "乘法次数")]
        for layer, shape, products in columns:
            name = type(layer).__name__
            rows.append((name, str(shape), f"{layer.parameter_count:,}", f"{products:,}"))
        total = self.multiplications(input_shape)
        rows.append(("合计", "", f"{self.parameter_count:,}", f"{total:,}"))
        return _table(rows)

    def _forward(self, x: NDArray) -> tuple[NDArray, None]:
        for layer in self.layers:
            x = layer.forward(x)
        return x, None

    def _backward(self, grad_output: NDArray, saved: None, need_grad_x: bool) -> NDArray | None:
        lowest = 0 if need_grad_x else self._lowest_with_parameters()
        grad: NDArray | None = grad_output
        for layer in reversed(self.layers[lowest:]):
            assert grad is not None
            grad = layer.backward(grad, need_grad_x=need_grad_x or layer is not self.layers[lowest])
        self.gradients = [g for layer in self.layers for g in layer.gradients]
        return grad if need_grad_x else None

    def _lowest_with_parameters(self) -> int:
        return next((i for i, layer in enumerate(self.layers) if layer.parameters), 0)

    def _multiplications(self, input_shape: Shape) -> list[int]:
        inputs = [input_shape, *self._shapes(input_shape)[:-1]]
        return [
            layer.multiplications(shape) for layer, shape in zip(self.layers, inputs, strict=True)
        ]

    def _shapes(self, input_shape: Shape) -> list[Shape]:
        shapes = []
        for i, layer in enumerate(self.layers):
            try:
                input_shape = layer.output_shape(input_shape)
            except ValueError as error:
                raise ValueError(f"第 {i + 1} 层：{error}") from error
            shapes.append(input_shape)
        return shapes


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    """第一列靠左，其余靠右；一个汉字占两格。"""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *rest in rows:
        cells = [first + " " * (widths[0] - _width(first))]
        cells += [
            " " * (width - _width(cell)) + cell
            for cell, width in zip(rest, widths[1:], strict=True)
        ]
        lines.append("  ".join(cells))
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
