"""★★ 多通道的卷积。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def volume_conv(x, weight, bias):
    """一个立体变成另一个立体：步幅是 1，不填充，不翻转。

    Parameters
    ----------
    x : ndarray, shape (C, H, W)
        输入。
    weight : ndarray, shape (F, C, kh, kw)
        F 个卷积核，每个有 C 个通道。
    bias : ndarray, shape (F,)
        每个输出通道的偏置。

    Returns
    -------
    ndarray, shape (F, H − kh + 1, W − kw + 1)
    """
    filters, _, kh, kw = weight.shape
    rows, columns = x.shape[1] - kh + 1, x.shape[2] - kw + 1
    y = np.zeros((filters, rows, columns))
    for r, c in np.ndindex(rows, columns):
        window = x[:, r : r + kh, c : c + kw]
        y[:, r, c] = np.sum(weight * window, axis=(1, 2, 3)) + bias
    return y


def inputs(rng):
    weight = np.array([[[[1.0, 3.0]], [[10.0, 0.0]]]])
    yield np.array([[[1.0, 2.0]], [[3.0, 4.0]]]), weight, np.array([0.5])
    weight = np.array([[1.0, 10.0], [100.0, 1000.0]]).reshape(2, 2, 1, 1)
    yield np.array([[[1.0, 2.0]], [[3.0, 4.0]]]), weight, np.array([0.0, 5.0])
    for (filters, channels, tall, wide), size in [
        ((1, 3, 2, 2), (3, 3)),
        ((2, 3, 1, 2), (2, 4)),
        ((4, 2, 3, 2), (5, 6)),
    ]:
        x = rng.normal(size=(channels, *size)).round(2)
        weight = rng.normal(size=(filters, channels, tall, wide)).round(2)
        yield x, weight, rng.normal(size=filters).round(2)


EXERCISE = Exercise(
    id="neuron_volumes/volume_conv",
    title="多通道的卷积",
    stars=2,
    points=3,
    statement=r"""
输入 $x$ 是 $C$ 个通道、高 $H$、宽 $W$ 的立体。有 $F$ 个卷积核，$w_{f,c,u,v}$ 是第 $f$ 个核
在第 $c$ 个通道、第 $u$ 行第 $v$ 列的权重，核高 $K_h$，宽 $K_w$；$b_f$ 是偏置。
输出第 $f$ 个通道、第 $i$ 行第 $j$ 列是

$$y_{f,i,j}=b_f+\sum_{c=0}^{C-1}\sum_{u=0}^{K_h-1}\sum_{v=0}^{K_w-1}w_{f,c,u,v}\,x_{c,\,i+u,\,j+v}$$

写出它。用几重循环都可以；循环越少，越要看清每个数组的每一维是什么。""",
    inputs=inputs,
    reference=volume_conv,
    compare=equals(),
    hints=[
        Hint(
            lambda x, weight, bias: volume_conv(x, weight, 0 * bias),
            "漏了偏置：每个输出通道有一个 b，加在这个通道的所有位置上。",
            "no_bias",
        ),
        Hint(
            lambda x, weight, bias: volume_conv(x[:1], weight[:, :1], bias),
            "只用了第 0 个通道。卷积在高和宽上是局部的，在通道方向上要用到全部。",
            "first_channel",
        ),
        Hint(
            lambda x, weight, bias: volume_conv(x, weight[:, :1], bias),
            "所有输入通道用了同一片权重。一个核有 C 片，每个输入通道各用一片。",
            "shared_slice",
        ),
        Hint(
            lambda x, weight, bias: volume_conv(x, weight / len(x), bias),
            "对通道取了平均。公式里是求和。",
            "averaged",
        ),
        Hint(
            lambda x, weight, bias: volume_conv(x, weight, bias * len(x)),
            "偏置在每个输入通道上都加了一次。它在三个求和号的外面，只加一次。",
            "bias_per_channel",
        ),
        Hint(
            lambda x, weight, bias: volume_conv(x, weight[..., ::-1, ::-1], bias),
            "核被翻转了。公式里 w 与窗口按同样的下标对齐。",
            "flipped",
        ),
        Hint(
            lambda x, weight, bias: volume_conv(x, weight.transpose(1, 0, 2, 3), bias),
            "输出通道与输入通道反了：weight 的第一维是 f，第二维才与 x 的通道对齐。",
            "swapped_channels",
        ),
        Hint(
            lambda x, weight, bias: volume_conv(x, weight, 0 * bias) + bias,
            "偏置沿着宽的方向加了：b_f 属于第 f 个输出通道，那是第一维。",
            "bias_along_width",
        ),
        Hint(
            lambda x, weight, bias: volume_conv(x, weight[:, ::-1, ::-1, ::-1], bias),
            "核在三个方向上都翻转了，通道也倒了过来。公式里 w 与窗口按同样的下标对齐。",
            "flipped_in_three",
        ),
    ],
)
