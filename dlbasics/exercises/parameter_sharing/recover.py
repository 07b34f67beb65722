"""★★ 一张图就够认出共享的卷积核。"""

import numpy as np

from dlbasics.convolution import conv2d
from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def recover(x, y):
    """由一张图和它的卷积结果，求出卷积核与偏置。

    Parameters
    ----------
    x : ndarray, shape (H, W)
        图像。
    y : ndarray, shape (H', W')
        y = x 与未知的核做卷积（不翻转，步幅 1，不填充），再加偏置。

    Returns
    -------
    weight : ndarray, shape (H − H' + 1, W − W' + 1)
        卷积核。
    bias : float
        偏置。
    """
    kernel = tuple(np.subtract(x.shape, y.shape) + 1)
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel)
    rows = windows.reshape(y.size, -1)
    equations = np.column_stack([rows, np.ones(y.size)])
    solution = np.linalg.lstsq(equations, y.ravel(), rcond=None)[0]
    return solution[:-1].reshape(kernel), solution[-1]


def inputs(rng):
    yield pair(np.array([[0.0, 1.0, 3.0], [2.0, 0.0, 1.0]]), np.array([[2.0, -1.0]]), 0.5)
    picture = np.array([[0.0, 1, 0, 2], [3, 0, 1, 0], [0, 2, 0, 0], [1, 0, 0, 5]])
    yield pair(picture, np.array([[1.0, 2.0], [3.0, 4.0]]), 0.0)
    for height, width, tall, wide in [(5, 6, 2, 2), (6, 5, 3, 1), (8, 8, 3, 3)]:
        weight = rng.normal(size=(tall, wide)).round(2)
        yield pair(rng.normal(size=(height, width)).round(2), weight, float(rng.uniform(1, 2)))


def pair(x, weight, bias):
    """一张图和它的卷积结果。"""
    return x, conv2d(x[None, None], weight[None, None], np.array([bias]))[0, 0]


def without_bias(x, y):
    kernel = tuple(np.subtract(x.shape, y.shape) + 1)
    rows = np.lib.stride_tricks.sliding_window_view(x, kernel).reshape(y.size, -1)
    return np.linalg.lstsq(rows, y.ravel(), rcond=None)[0].reshape(kernel)


def shifted(x, y):
    """偏置是第一个未知数，却当作最后一个取出来。"""
    weight, bias = recover(x, y)
    values = np.append(bias, weight)
    return values[:-1].reshape(weight.shape), values[-1]


EXERCISE = Exercise(
    id="parameter_sharing/recover",
    title="一张图就够认出卷积核",
    stars=2,
    points=3,
    statement=r"""
$y$ 是用一个未知的核 $w$ 和未知的偏置 $b$ 从单通道的图 $x$ 算出来的：
$y_{i,j}=b+\sum_{u,v}w_{u,v}\,x_{i+u,\,j+v}$，没有误差。
$w$ 有 $K_h$ 行 $K_w$ 列，它的形状由 $x$ 与 $y$ 的形状定出。求出 $w$ 和 $b$。

$y$ 有 $H'$ 行 $W'$ 列，每个元素是关于 $w$ 和 $b$ 的一个方程，一共 $H'W'$ 个。
因为参数共享，未知数只有 $K_hK_w+1$ 个，一张图的方程就够了。
如果不共享，每个位置都有自己的未知数，却仍只有一个方程，一张图远远不够。

线索：把每个窗口拉直成一行，就是线性方程组；`np.linalg.lstsq(A, t, rcond=None)[0]` 解 $Au=t$。""",
    inputs=inputs,
    reference=recover,
    compare=equals(rtol=1e-6, atol=1e-9),
    hints=[
        Hint(
            lambda x, y: (without_bias(x, y), 0.0),
            "没有把偏置当作未知数，卷积核就被它带偏了。偏置在每个方程里的系数是多少？",
            "bias_ignored",
        ),
        Hint(
            lambda x, y: (without_bias(x, y - y.mean()), y.mean()),
            "偏置不是 y 的平均：窗口的内积平均起来不一定是 0。让它和权重一起解出来。",
            "bias_as_mean",
        ),
        Hint(
            lambda x, y: (recover(x, y)[0][::-1, ::-1], recover(x, y)[1]),
            "核翻转了：窗口和核要按同样的次序拉直。",
            "flipped",
        ),
        Hint(
            lambda x, y: (recover(x, y)[0].T, recover(x, y)[1]),
            "核的行和列反了：拉直时先走完一行再走下一行，还原时也要这样。",
            "transposed",
        ),
        Hint(
            lambda x, y: (recover(x, y)[0].ravel(), recover(x, y)[1]),
            "数值对了，还是一长条：把权重还原成卷积核的形状。",
            "flat",
        ),
        Hint(shifted, "解对了，取错了：第一个未知数是偏置，你把最后一个当作偏置。", "shifted"),
    ],
)
