"""局部连接层（非共享卷积）：窗口与卷积相同，但每个位置有自己的卷积核。"""

from __future__ import annotations

from numpy.typing import NDArray

from dlbasics._checks import Pair
from dlbasics.convolution.columns import col2im, im2col
from dlbasics.convolution.windows import Sliding, check_array, check_like, sliding


def local2d(
    x: NDArray,
    weight: NDArray,
    bias: NDArray | None = None,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
) -> NDArray:
    """局部连接：每个输出位置用自己的卷积核，与自己的窗口做内积。

    乘法次数与卷积一样多，参数却多了 H′·W′ 倍：这就是参数共享省下的。

    Parameters
    ----------
    x : ndarray, shape [N, C, H, W]
        一批图像，float32 或 float64。
    weight : ndarray, shape [H′, W′, F, C, kh, kw]
        每个输出位置的 F 个卷积核。
    bias : ndarray, shape [H′, W′, F], optional
        每个输出神经元的偏置。
    stride, padding : int or (int, int)
        步幅、填充。

    Returns
    -------
    ndarray, shape [N, F, H′, W′]
        dtype 与 x 相同。

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones((1, 1, 2, 3))
    >>> weight = np.arange(1.0, 7.0).reshape(2, 3, 1, 1, 1, 1)      # 六个位置，六个 1×1 的核
    >>> local2d(x, weight)[0, 0]
    array([[1., 2., 3.],
           [4., 5., 6.]])
    """
    slide = _check_local(x, weight, bias, stride, padding)
    y = _kernels(weight) @ _windows(x, slide)  # [H′·W′, F, N]
    if bias is not None:
        y += bias.reshape(y.shape[0], y.shape[1], 1)
    return y.reshape(*slide.output, *y.shape[1:]).transpose(3, 2, 0, 1)


def local2d_backward(
    grad_output: NDArray,
    x: NDArray,
    weight: NDArray,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    need_grad_x: bool = True,
) -> tuple[NDArray | None, NDArray, NDArray]:
    """局部连接的反向传播。

    Parameters
    ----------
    grad_output : ndarray, shape [N, F, H′, W′]
        损失对输出的梯度。
    x, weight, stride, padding
        与前向时相同。
    need_grad_x : bool
        第一层不需要对输入的梯度；False 时返回的 grad_x 是 None。

    Returns
    -------
    grad_x : ndarray, shape [N, C, H, W], or None
    grad_weight : ndarray, shape [H′, W′, F, C, kh, kw]
    grad_bias : ndarray, shape [H′, W′, F]

    Examples
    --------
    每个位置的权重只收到自己那一块的梯度，这里就是窗口里的像素：

    >>> import numpy as np
    >>> x = np.arange(3.0).reshape(1, 1, 1, 3)
    >>> weight = np.ones((1, 2, 1, 1, 1, 2))            # 两个位置，各有两个权重
    >>> _, grad_weight, _ = local2d_backward(np.ones((1, 1, 1, 2)), x, weight)
    >>> grad_weight.reshape(2, 2)
    array([[0., 1.],
           [1., 2.]])
    """
    slide = _check_local(x, weight, None, stride, padding)
    f = weight.shape[2]
    check_like("grad_output", grad_output, (len(x), f, *slide.output), x.dtype)
    positions = slide.output[0] * slide.output[1]
    grad = grad_output.transpose(2, 3, 1, 0).reshape(positions, f, len(x))
    grad_weight = (grad @ _windows(x, slide).transpose(0, 2, 1)).reshape(weight.shape)
    grad_bias = grad.sum(axis=2).reshape(weight.shape[:3])
    if not need_grad_x:
        return None, grad_weight, grad_bias
    grad_cols = (_kernels(weight).transpose(0, 2, 1) @ grad).transpose(2, 1, 0)
    grad_x = col2im(grad_cols, x.shape, slide.kernel, stride=slide.stride, padding=slide.padding)
    return grad_x, grad_weight, grad_bias


def _check_local(
    x: NDArray, weight: NDArray, bias: NDArray | None, stride: Pair, padding: Pair
) -> Sliding:
    check_array("x", x, "N,C,H,W")
    check_array("weight", weight, "H',W',F,C,kh,kw")
    f, kernel = weight.shape[2], weight.shape[4:]
    slide = sliding(x.shape[2:], kernel, stride, padding)
    check_like("weight", weight, (*slide.output, f, x.shape[1], *kernel), x.dtype)
    if bias is not None:
        check_like("bias", bias, (*slide.output, f), x.dtype)
    return slide


def _windows(x: NDArray, slide: Sliding) -> NDArray:
    """[N, C, H, W] → [H′·W′, C·kh·kw, N]：每个位置一个矩阵，每张图一列。"""
    cols = im2col(x, slide.kernel, stride=slide.stride, padding=slide.padding)
    return cols.transpose(2, 1, 0)


def _kernels(weight: NDArray) -> NDArray:
    """[H′, W′, F, C, kh, kw] → [H′·W′, F, C·kh·kw]。"""
    height, width, f, c, kh, kw = weight.shape
    return weight.reshape(height * width, f, c * kh * kw)
