"""★★ 1×1 卷积就是逐像素的全连接层。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def pointwise(x, weight, bias):
    """1×1 卷积：每个位置的深度列都经过同一个全连接层。

    Parameters
    ----------
    x : ndarray, shape (C, H, W)
        输入。
    weight : ndarray, shape (F, C)
        F 个 1×1 的卷积核，去掉了两个长度是 1 的维。
    bias : ndarray, shape (F,)
        偏置。

    Returns
    -------
    ndarray, shape (F, H, W)
    """
    channels, height, width = x.shape
    pixels = x.reshape(channels, height * width)
    y = weight @ pixels + bias[:, np.newaxis]
    return y.reshape(len(weight), height, width)


def inputs(rng):
    x = np.array([[[1.0, 2.0], [4.0, 7.0], [0.0, 9.0]], [[3.0, 5.0], [6.0, 8.0], [2.0, 1.0]]])
    yield x, np.array([[1.0, 10.0], [100.0, 1000.0]]), np.array([0.5, 0.25])
    yield np.arange(8.0).reshape(2, 2, 2), np.array([[1.0, -1.0]]), np.array([0.0])
    for filters, shape in [(2, (3, 2, 2)), (4, (2, 3, 2)), (3, (3, 3, 3))]:
        x, weight = rng.normal(size=shape), rng.normal(size=(filters, shape[0]))
        yield x.round(2), weight.round(2), rng.normal(size=filters).round(2)


EXERCISE = Exercise(
    id="neuron_volumes/pointwise",
    title="1×1 卷积是逐像素的全连接",
    stars=2,
    points=2,
    statement=r"""
边长是 1 的核不看邻居，只看通道。输入 $x$ 有 $C$ 个通道，输出 $y$ 有 $F$ 个通道，高和宽不变：

$$y_{f,i,j}=b_f+\sum_{c=0}^{C-1}w_{f,c}\,x_{c,i,j}$$

每个位置的深度列都是 $C$ 个数，经过**同一个**全连接层，变成 $F$ 个数。
全部位置可以一起算：把输入重排成一个矩阵，做一次矩阵乘法，再排回去。""",
    inputs=inputs,
    reference=pointwise,
    compare=equals(),
    hints=[
        Hint(
            lambda x, weight, bias: pointwise(x, weight, 0 * bias),
            "漏了偏置。",
            "no_bias",
        ),
        Hint(
            lambda x, weight, bias: pointwise(x, weight.T, bias),
            "权重转置了：weight 的行是输出通道，列是输入通道。",
            "transposed",
        ),
        Hint(
            lambda x, weight, bias: pointwise(x, weight, 0 * bias) + bias,
            "偏置沿着宽的方向加了：它属于通道，是第一维，要先变成能广播的形状。",
            "bias_along_width",
        ),
        Hint(
            lambda x, weight, bias: (x.reshape(-1, len(x)) @ weight.T + bias).T.reshape(
                -1, *x.shape[1:]
            ),
            "reshape 把不同像素的数混在了一起：它不搬动数，而 x 的第一维是通道。",
            "reshaped",
        ),
        Hint(
            lambda x, weight, bias: weight @ x.reshape(len(x), -1) + bias[:, None],
            "数都对了，还没有排回 (F, H, W)。",
            "not_folded",
        ),
        Hint(
            lambda x, weight, bias: (
                pointwise(x, weight, bias).reshape(len(weight), -1).T.reshape(-1, *x.shape[1:])
            ),
            "乘法对了，排回去时串了位置：你的矩阵一行是一个像素，而 y 的第一维是通道。",
            "folded_wrong",
        ),
        Hint(
            lambda x, weight, bias: pointwise(x, weight, bias).transpose(1, 2, 0),
            "数都对了，通道却排在最后一维：结果的形状应是 (F, H, W)。",
            "channels_last",
        ),
    ],
)
