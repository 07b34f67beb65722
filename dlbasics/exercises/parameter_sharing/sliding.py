"""★★ 同一个核滑过整张图。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def slide(x, weight, bias):
    """单通道的二维卷积：步幅是 1，不填充，不翻转。

    Parameters
    ----------
    x : ndarray, shape (H, W)
        图像。
    weight : ndarray, shape (kh, kw)
        所有位置共享的卷积核。
    bias : float
        所有位置共享的偏置。

    Returns
    -------
    ndarray, shape (H − kh + 1, W − kw + 1)
    """
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape)
    return np.sum(windows * weight, axis=(2, 3)) + bias


def inputs(rng):
    yield np.array([[1.0, 7.0], [2.0, 5.0]]), np.array([[1.0, 2.0], [3.0, 4.0]]), -1.0
    yield np.array([[1.0, 2.0, 4.0]]), np.array([[1.0, 3.0]]), 0.5
    yield np.arange(9.0).reshape(3, 3) ** 2, np.array([[1.0, -1.0], [0.0, 2.0]]), 0.0
    for height, width, tall, wide in [(4, 5, 2, 3), (5, 4, 4, 1), (6, 7, 3, 3)]:
        x, weight = rng.normal(size=(height, width)), rng.normal(size=(tall, wide))
        yield x.round(2), weight.round(2), float(rng.normal())


EXERCISE = Exercise(
    id="parameter_sharing/sliding",
    title="同一个核，滑过整张图",
    stars=2,
    points=2,
    statement=r"""
$x$ 是一张单通道的图，$w$ 是 $K_h$ 行 $K_w$ 列的卷积核，$b$ 是偏置，下标都从 0 起。
输出的第 $i$ 行第 $j$ 列是

$$y_{i,j}=b+\sum_{u=0}^{K_h-1}\sum_{v=0}^{K_w-1}w_{u,v}\,x_{i+u,\,j+v}$$

$w$ 和 $b$ 没有下标 $i$、$j$：所有位置用同一组参数。写出这个函数。
四重循环可以；`np.lib.stride_tricks.sliding_window_view` 能一次给出全部窗口。""",
    inputs=inputs,
    reference=slide,
    compare=equals(),
    hints=[
        Hint(
            lambda x, weight, bias: slide(x, weight, 0.0),
            "漏了偏置：每个位置的内积之后，都要加上同一个 b。",
            "no_bias",
        ),
        Hint(
            lambda x, weight, bias: slide(x, weight[::-1, ::-1], bias),
            "核被翻转了：那是数学里的卷积。公式里 w 与窗口按同样的下标对齐。",
            "flipped",
        ),
        Hint(
            lambda x, weight, bias: slide(x, weight, bias * weight.size),
            "偏置加了不止一次：它在两个求和号的外面。",
            "bias_repeated",
        ),
        Hint(
            lambda x, weight, bias: slide(x, weight, bias)[: x.shape[0] - weight.shape[0]],
            "少了最后一行：核的下边与图的下边对齐时还算一个位置。",
            "last_row_missing",
        ),
        Hint(
            lambda x, weight, bias: slide(x, weight, bias)[:, : x.shape[1] - weight.shape[1]],
            "少了最后一列：核的右边与图的右边对齐时还算一个位置。",
            "last_column_missing",
        ),
        Hint(
            lambda x, weight, bias: slide(x, weight, bias)[:-1, :-1],
            "少了最后一行和最后一列：核与图的边对齐时还算一个位置。",
            "both_missing",
        ),
        Hint(
            lambda x, weight, bias: slide(x, weight.T, bias),
            "w 的行和列反了：第一个下标往下走，第二个下标往右走。",
            "transposed",
        ),
    ],
)
