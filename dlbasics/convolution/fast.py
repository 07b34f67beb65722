"""快速卷积：训练网络时用的 :func:`conv2d` 与 :func:`conv2d_backward`。

与 :mod:`.columns` 的黑板版算的是同一个卷积，快在三处：

一、内存的摆法（:mod:`.rows`）：批放在最后，窗口滑动时复制的是连成一片的内存。

二、一次只算几行（一条带），草稿留在缓存里；几条带由几个线程同时做（:mod:`.workers`）。

三、每条带怎样算，有两种做法：一般用 :mod:`.unfolding`，只横向展开，复制的份数从 kh·kw 减到 kw；
通道很多的 3×3 卷积用 :mod:`.winograd`，乘法次数减半。

空洞卷积把卷积核张开再照常算（:mod:`.sparse`），插进去的 0 也参与乘法；分组卷积一组一组地算。
"""

from __future__ import annotations

from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import Pair, pair
from dlbasics.convolution import unfolding, winograd
from dlbasics.convolution.sparse import spread
from dlbasics.convolution.windows import Sliding, check_conv, check_like

MANY_CHANNELS = 1024  # C·F 不小于它时，Winograd 省下的乘法才抵得过它多做的加法与复制


def conv2d(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> NDArray:
    """二维卷积（互相关），快速版。

    Parameters
    ----------
    x : ndarray, shape [N, C, H, W]
        一批图像，float32 或 float64；N 可以是 0。
    weight : ndarray, shape [F, C/groups, kh, kw]
        F 个卷积核，不分组时每个都有输入的全部 C 个通道；dtype 与 x 相同。
    bias : ndarray, shape [F], optional
        每个输出通道的偏置。
    stride, padding : int or (int, int)
        步幅与四周填充 0 的圈数，或（纵向，横向）各多少。
    dilation : int or (int, int)
        空洞：核里相邻的两个权重相距几个像素；1 是普通的卷积。
    groups : int
        输入与输出的通道各等分成几组，第 g 组输出只看第 g 组输入；等于 C 时就是逐通道卷积。

    Returns
    -------
    ndarray, shape [N, F, H′, W′]
        dtype 与 x 相同；在内存里批放在最后，下一层卷积用起来最快。

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> difference = np.array([[[[-1.0, 1.0]]]])        # 右边的像素减左边的
    >>> conv2d(x, difference)[0, 0]
    array([[1., 1.],
           [1., 1.],
           [1., 1.]])
    >>> conv2d(x, difference, dilation=2)[0, 0]         # 相距两格的像素相减
    array([[2.],
           [2.],
           [2.]])
    """
    slide = check_conv(x, weight, bias, stride, padding, dilation, groups)
    kernels = spread(weight, pair("dilation", dilation, 1))
    method = _method(kernels, slide, groups)
    if groups == 1:
        return method.forward(x, kernels, bias, slide)
    parts = zip(np.split(x, groups, axis=1), np.split(kernels, groups), strict=True)
    y = np.concatenate([method.forward(*part, None, slide) for part in parts], axis=1)
    if bias is not None:
        y += bias[:, None, None]
    return y


def conv2d_backward(
    grad_output: NDArray,
    x: NDArray,
    weight: NDArray,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
    need_grad_x: bool = True,
) -> tuple[NDArray | None, NDArray, NDArray]:
    """二维卷积的反向传播：损失对输入、权重、偏置的梯度。

    Parameters
    ----------
    grad_output : ndarray, shape [N, F, H′, W′]
        损失对输出的梯度，dtype 与 x 相同。
    x, weight, stride, padding, dilation, groups
        与前向时相同。
    need_grad_x : bool
        第一层不需要对输入的梯度；False 时返回的 grad_x 是 None，省一半时间。

    Returns
    -------
    grad_x : ndarray, shape [N, C, H, W], or None
    grad_weight : ndarray, shape [F, C/groups, kh, kw]
    grad_bias : ndarray, shape [F]

    Examples
    --------
    >>> import numpy as np
    >>> x, weight = np.arange(9.0).reshape(1, 1, 3, 3), np.ones((1, 1, 2, 2))
    >>> grad_x, grad_weight, grad_bias = conv2d_backward(np.ones((1, 1, 2, 2)), x, weight)
    >>> grad_x[0, 0]                # 每个像素落在几个窗口里
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    >>> grad_weight[0, 0], grad_bias
    (array([[ 8., 12.],
           [20., 24.]]), array([4.]))
    """
    slide = check_conv(x, weight, None, stride, padding, dilation, groups)
    check_like("grad_output", grad_output, (len(x), len(weight), *slide.output), x.dtype)
    dh, dw = pair("dilation", dilation, 1)
    kernels = spread(weight, (dh, dw))
    method = _method(kernels, slide, groups)
    if groups == 1:
        grad_x, grad_weight = method.backward(grad_output, x, kernels, slide, need_grad_x)
    else:
        parts = zip(
            np.split(grad_output, groups, axis=1),
            np.split(x, groups, axis=1),
            np.split(kernels, groups),
            strict=True,
        )
        grads = [method.backward(*part, slide, need_grad_x) for part in parts]
        grad_x = np.concatenate([g for g, _ in grads], axis=1) if need_grad_x else None
        grad_weight = np.concatenate([g for _, g in grads])
    if (dh, dw) != (1, 1):  # 插进去的 0 不是参数，它们的梯度不要
        grad_weight = grad_weight[:, :, ::dh, ::dw].copy()
    return grad_x, grad_weight, grad_output.sum(axis=(0, 2, 3))


def _method(weight: NDArray, slide: Sliding, groups: int = 1) -> ModuleType:
    f, c, _, kw = weight.shape
    suits_winograd = kw == 3 and slide.stride == (1, 1) and c * f // groups >= MANY_CHANNELS
    return winograd if suits_winograd else unfolding
