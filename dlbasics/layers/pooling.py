"""汇聚层：窗口内或整张特征图取最大、取平均；没有参数，通道之间互不相干。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

from dlbasics import convolution
from dlbasics._checks import Pair, pair
from dlbasics.convolution.windows import sliding
from dlbasics.layers.base import Layer, Shape, check_image_shape


class Pooling(Layer):
    """汇聚层的共同部分：前向与反向交给哪个函数，另带哪些参数。"""

    operation: Callable
    operation_backward: Callable
    how: Mapping[str, Any] = {}

    def _forward(self, x: NDArray) -> tuple[NDArray, NDArray]:
        return self.operation(x, **self.how), x

    def _backward(self, grad_output: NDArray, x: NDArray, need_grad_x: bool) -> NDArray:
        return self.operation_backward(grad_output, x, **self.how)


class WindowPooling(Pooling):
    """窗口汇聚的共同部分。

    Parameters
    ----------
    kernel : int or (int, int)
        窗口的高与宽。
    stride : int or (int, int), optional
        步幅；不给则等于 kernel，窗口互不重叠。
    padding : int or (int, int)
        每边填充的宽度。
    """

    def __init__(self, kernel: Pair, *, stride: Pair | None = None, padding: Pair = 0) -> None:
        super().__init__()
        self.kernel = pair("kernel", kernel, 1)
        self.stride = self.kernel if stride is None else pair("stride", stride, 1)
        self.padding = pair("padding", padding, 0)
        self.how = {"kernel": self.kernel, "stride": self.stride, "padding": self.padding}

    def output_shape(self, input_shape: Shape) -> Shape:
        check_image_shape(self, input_shape)
        channels, height, width = input_shape
        slide = sliding((height, width), self.kernel, self.stride, self.padding)
        return channels, *slide.output


class MaxPool2d(WindowPooling):
    """最大汇聚：每个窗口取最大值；梯度全部交给取得最大值的那个像素。

    参数同 :func:`~dlbasics.convolution.max_pool2d`。

    Examples
    --------
    >>> MaxPool2d(2).output_shape((6, 28, 28))
    (6, 14, 14)
    """

    operation = staticmethod(convolution.max_pool2d)
    operation_backward = staticmethod(convolution.max_pool2d_backward)


class AvgPool2d(WindowPooling):
    """平均汇聚：每个窗口取平均值；梯度平分给窗口里的每个像素。

    参数同 :func:`~dlbasics.convolution.avg_pool2d`。

    Examples
    --------
    >>> AvgPool2d(3, stride=2).output_shape((96, 55, 55))
    (96, 27, 27)
    """

    operation = staticmethod(convolution.avg_pool2d)
    operation_backward = staticmethod(convolution.avg_pool2d_backward)


class GlobalPooling(Pooling):
    """全局汇聚的共同部分：(n, C, H, W) 变成 (n, C)，H 与 W 任意。"""

    def output_shape(self, input_shape: Shape) -> Shape:
        check_image_shape(self, input_shape)
        return tuple(input_shape[:1])


class GlobalMaxPool2d(GlobalPooling):
    """全局最大汇聚：每个通道只留整张特征图的最大值，(n, C, H, W) 变成 (n, C)。

    目标移到哪里，最大值都一样：平移不变性从这里来。

    Examples
    --------
    >>> GlobalMaxPool2d().output_shape((32, 10, 10))
    (32,)
    """

    operation = staticmethod(convolution.global_max_pool2d)
    operation_backward = staticmethod(convolution.global_max_pool2d_backward)


class GlobalAvgPool2d(GlobalPooling):
    """全局平均汇聚：每个通道只留整张特征图的平均值，(n, C, H, W) 变成 (n, C)。

    Examples
    --------
    >>> GlobalAvgPool2d().output_shape((32, 10, 10))
    (32,)
    """

    operation = staticmethod(convolution.global_avg_pool2d)
    operation_backward = staticmethod(convolution.global_avg_pool2d_backward)
