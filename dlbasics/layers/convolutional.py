"""两种局部连接：共享参数的卷积层，与不共享的局部连接层。"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dlbasics._checks import Pair, integer, pair
from dlbasics.convolution import conv2d, conv2d_backward, local2d, local2d_backward
from dlbasics.convolution.windows import channels_per_group, sliding
from dlbasics.initializers import Initializer, he_normal
from dlbasics.layers.base import Shape, WeightedLayer, check_image_shape


class SlidingKernels(WeightedLayer):
    """两种层的共同部分：窗口怎样滑，前向与反向交给哪个函数。

    Parameters
    ----------
    in_channels, out_channels : int
        输入与输出的通道数 C、F。
    kernel : int or (int, int)
        卷积核的高与宽。
    stride, padding : int or (int, int)
        步幅与每边补零的宽度。
    places : tuple of int
        权重与偏置最前面的几维：共享时没有，不共享时是位置的行数与列数。
    groups : int
        通道分成几组，一个卷积核只有一组通道。
    rng, initializer, dtype
        同 :class:`Conv2d`。
    """

    operation: Callable
    operation_backward: Callable

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: Pair,
        stride: Pair,
        padding: Pair,
        places: Shape,
        groups: int,
        rng: np.random.Generator,
        initializer: Initializer,
        dtype: DTypeLike,
    ) -> None:
        self.in_channels = integer("in_channels", in_channels, 1)
        self.out_channels = integer("out_channels", out_channels, 1)
        self.kernel = pair("kernel", kernel, 1)
        self.stride = pair("stride", stride, 1)
        self.padding = pair("padding", padding, 0)
        self.how: dict[str, Any] = {"stride": self.stride, "padding": self.padding}
        per_group = channels_per_group(in_channels, out_channels, groups)
        shape = *places, out_channels, per_group, *self.kernel
        weight = initializer(shape, rng, dtype=dtype)
        super().__init__(weight, np.zeros(shape[:-3], dtype))

    def _forward(self, x: NDArray) -> tuple[NDArray, NDArray]:
        return self.operation(x, self.weight, self.bias, **self.how), x

    def _backward(self, grad_output: NDArray, x: NDArray, need_grad_x: bool) -> NDArray | None:
        grad_x, *self.gradients = self.operation_backward(
            grad_output, x, self.weight, **self.how, need_grad_x=need_grad_x
        )
        return grad_x


class Conv2d(SlidingKernels):
    """卷积层：同一个卷积核扫过所有位置，参数个数与图像大小无关。

    Parameters
    ----------
    in_channels, out_channels : int
        输入与输出的通道数 C、F；权重的形状是 (F, C/groups, kh, kw)，偏置是 (F,)，从 0 开始。
    kernel : int or (int, int)
        卷积核的高与宽。
    stride, padding : int or (int, int)
        步幅与每边补零的宽度。
    dilation : int or (int, int)
        空洞：核里相邻的两个权重相距几个像素。
    groups : int
        通道分成几组，组与组之间不相连；等于 in_channels 时是逐通道卷积。
    rng : numpy.random.Generator
    initializer : callable
        权重的初始化，:func:`dlbasics.initializers.he_normal` 或 ``glorot_uniform``。
    dtype : dtype
        float32 或 float64。

    Examples
    --------
    >>> layer = Conv2d(1, 6, 5, rng=np.random.default_rng(0))
    >>> layer.output_shape((1, 32, 32)), layer.parameter_count
    ((6, 28, 28), 156)
    >>> Conv2d(8, 8, 3, groups=8, rng=np.random.default_rng(0)).parameter_count     # 逐通道
    80
    """

    operation = staticmethod(conv2d)
    operation_backward = staticmethod(conv2d_backward)

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: Pair,
        *,
        stride: Pair = 1,
        padding: Pair = 0,
        dilation: Pair = 1,
        groups: int = 1,
        rng: np.random.Generator,
        initializer: Initializer = he_normal,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.dilation = pair("dilation", dilation, 1)
        super().__init__(
            in_channels, out_channels, kernel, stride, padding, (), groups, rng, initializer, dtype
        )
        self.groups = groups
        self.how |= {"dilation": self.dilation, "groups": groups}

    @staticmethod
    def count_parameters(
        in_channels: int, out_channels: int, kernel: Pair, *, groups: int = 1
    ) -> int:
        """参数个数 F·(C/groups·kh·kw + 1)，不必真的建立这一层。

        Examples
        --------
        AlexNet 的第一层：

        >>> Conv2d.count_parameters(3, 96, 11)
        34944
        """
        channels = integer("in_channels", in_channels, 1)
        filters = integer("out_channels", out_channels, 1)
        per_group = channels_per_group(channels, filters, groups)
        return filters * (per_group * prod(pair("kernel", kernel, 1)) + 1)

    def output_shape(self, input_shape: Shape) -> Shape:
        check_image_shape(self, input_shape, self.in_channels)
        _, height, width = input_shape
        slide = sliding((height, width), self.kernel, self.stride, self.padding, self.dilation)
        return self.out_channels, *slide.output

    def multiplications(self, input_shape: Shape) -> int:
        _, height, width = self.output_shape(input_shape)
        return height * width * self.weight.size


class LocallyConnected2d(SlidingKernels):
    """局部连接层：每个位置只看自己的一小块，并且有自己的一份参数。

    Parameters
    ----------
    in_channels, out_channels, kernel, stride, padding, rng, initializer, dtype
        同 :class:`Conv2d`。
    input_size : int or (int, int)
        图像的高与宽，它决定有多少个位置。权重的形状是 (H′, W′, F, C, kh, kw)，
        偏置是 (H′, W′, F)。

    Examples
    --------
    >>> layer = LocallyConnected2d(1, 6, 5, 32, rng=np.random.default_rng(0))
    >>> layer.output_shape((1, 32, 32)), layer.parameter_count
    ((6, 28, 28), 122304)
    """

    operation = staticmethod(local2d)
    operation_backward = staticmethod(local2d_backward)

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: Pair,
        input_size: Pair,
        *,
        stride: Pair = 1,
        padding: Pair = 0,
        rng: np.random.Generator,
        initializer: Initializer = he_normal,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.input_size = pair("input_size", input_size, 1)
        places = sliding(self.input_size, kernel, stride, padding).output
        super().__init__(
            in_channels, out_channels, kernel, stride, padding, places, 1, rng, initializer, dtype
        )

    @staticmethod
    def count_parameters(
        in_channels: int,
        out_channels: int,
        kernel: Pair,
        input_size: Pair,
        *,
        stride: Pair = 1,
        padding: Pair = 0,
    ) -> int:
        """参数个数 H′·W′·F·(C·kh·kw + 1)，不必真的建立这一层。

        Examples
        --------
        AlexNet 的第一层，如果 55×55 个位置都不共享：

        >>> LocallyConnected2d.count_parameters(3, 96, 11, 227, stride=4)
        105705600
        """
        size = pair("input_size", input_size, 1)
        places = sliding(size, kernel, stride, padding).output
        return prod(places) * Conv2d.count_parameters(in_channels, out_channels, kernel)

    def output_shape(self, input_shape: Shape) -> Shape:
        wanted = (self.in_channels, *self.input_size)
        if tuple(input_shape) != wanted:
            raise ValueError(
                f"LocallyConnected2d 的 x 中一个样本的形状应是 {wanted}，得到 {tuple(input_shape)}"
            )
        return self.out_channels, *self.weight.shape[:2]

    def multiplications(self, input_shape: Shape) -> int:
        self.output_shape(input_shape)
        return self.weight.size
