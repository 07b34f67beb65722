"""★★ 局部连接层的前向计算。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def forward(x, weight, bias):
    """局部连接层：每个位置用自己的核和偏置，看自己的窗口。

    Parameters
    ----------
    x : ndarray, shape (C, H, W)
        输入图像。不要修改它。
    weight : ndarray, shape (H', W', C, K, K)
        每个位置的核，H' = H − K + 1，W' = W − K + 1。
    bias : ndarray, shape (H', W')
        每个位置的偏置。

    Returns
    -------
    ndarray, shape (H', W')
        输出，dtype 与 x 相同。
    """
    y = bias.copy()
    k = weight.shape[-1]
    for r, c in np.ndindex(y.shape):
        y[r, c] += np.sum(weight[r, c] * x[:, r : r + k, c : c + k])
    return y


def inputs(rng):
    corner = np.array([[1.0, 0.0], [2.0, 5.0]])
    yield np.array([[[1.0, 2.0], [3.0, 4.0]]]), corner.reshape(1, 1, 1, 2, 2), np.array([[3.0]])
    pixels = np.array([1.0, 2.0, 3.0])
    yield pixels.reshape(1, 1, 3), pixels.reshape(1, 3, 1, 1, 1), np.zeros((1, 3))
    yield pixels.reshape(3, 1, 1), pixels.reshape(1, 1, 3, 1, 1), np.zeros((1, 1))
    yield tuple(np.ones(shape, np.float32) for shape in [(1, 1, 1), (1, 1, 1, 1, 1), (1, 1)])
    for channels, height, width, k in [(1, 3, 4, 2), (2, 5, 4, 3)]:
        yield layer(rng, channels, height, width, k)


def layer(rng, channels, height, width, k):
    shape = (height - k + 1, width - k + 1)
    sizes = (channels, height, width), (*shape, channels, k, k), shape
    return tuple(rng.normal(size=size) for size in sizes)


EXERCISE = Exercise(
    id="local_connectivity/forward",
    title="局部连接层的前向计算",
    stars=2,
    points=3,
    statement=r"""
输入 $x$ 的形状是 $(C,H,W)$：通道、高、宽。局部连接层在每个位置 $(i,j)$ 有一个神经元，
它有自己的核 $w_{i,j}$（形状 $(C,K,K)$）和自己的偏置 $b_{i,j}$：

$$y_{i,j}=b_{i,j}+\sum_{c,u,v}w_{i,j,c,u,v}\;x_{c,\,i+u,\,j+v}$$

求和取遍通道 $c=0,\dots,C-1$ 与窗口里的 $u,v=0,\dots,K-1$。
窗口不超出边界，所以输出高 $H'=H-K+1$、宽 $W'=W-K+1$。写出它，先求对，不必求快。""",
    inputs=inputs,
    reference=forward,
    compare=equals(),
    hints=[
        Hint(
            lambda x, weight, bias: forward(x, weight, 0 * bias),
            "忘了偏置：每个神经元还要加上自己的 b。",
            "no_bias",
        ),
        Hint(
            lambda x, weight, bias: forward(x, weight, bias * weight[0, 0].size),
            "偏置加了好几次：一个神经元只加一次，不是每个权重加一次。",
            "bias_per_weight",
        ),
        Hint(
            lambda x, weight, bias: forward(x, weight[..., ::-1, ::-1], bias),
            "核被翻转了。这里核与窗口对齐相乘，左上角对左上角。",
            "flipped",
        ),
        Hint(
            lambda x, weight, bias: forward(x, np.broadcast_to(weight[:1, :1], weight.shape), bias),
            "所有位置都用了左上角的核，那是参数共享。局部连接的每个位置有自己的核。",
            "shared",
        ),
        Hint(
            lambda x, weight, bias: forward(x[:1], weight[:, :, :1], bias),
            "只看了第一个通道。局部只是在高和宽上，窗口里的通道要全部相加。",
            "first_channel",
        ),
        Hint(
            lambda x, weight, bias: forward(x, weight / weight[0, 0].size, bias),
            "取了平均。神经元做的是内积：相乘以后相加。",
            "averaged",
        ),
        Hint(
            lambda x, weight, bias: forward(x, weight, bias).astype(float),
            "数值都对了，dtype 不对：输出的 dtype 应与 x 相同。",
            "wrong_dtype",
        ),
    ],
)
