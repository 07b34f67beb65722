"""★ 从 NCHW 换到 NHWC。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def channels_last(x):
    """把通道从第二维搬到最后一维。

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        N 张图，每张 C 个通道，高 H，宽 W。

    Returns
    -------
    ndarray, shape (N, H, W, C)
    """
    return x.transpose(0, 2, 3, 1)


def inputs(rng):
    yield (np.arange(12.0).reshape(1, 2, 2, 3),)
    yield (np.arange(12.0).reshape(1, 3, 2, 2),)
    for shape in [(2, 3, 4, 5), (3, 2, 3, 2), (2, 2, 2, 2)]:
        yield (rng.normal(size=shape).round(2),)


EXERCISE = Exercise(
    id="neuron_volumes/channels_last",
    title="通道放在哪一维",
    stars=1,
    points=1,
    statement=r"""
同样的数有两种常见的摆法。本书和 PyTorch 用 $[N,C,H,W]$（先通道）；
图像文件和有的框架用 $[N,H,W,C]$（后通道），一个像素的各个通道挨在一起。
$N$ 是图的张数，$C$ 是通道数，$H$ 是高，$W$ 是宽。

把第一种换成第二种：结果的 `[n, h, w, c]` 就是 `x[n, c, h, w]`。""",
    inputs=inputs,
    reference=channels_last,
    compare=equals(),
    hints=[
        Hint(
            lambda x: x.reshape(len(x), *x.shape[2:], x.shape[1]),
            "形状对了，数却串了位置：reshape 不搬动数，只重新分行。要换的是维的次序。",
            "reshaped",
        ),
        Hint(
            lambda x: x.transpose(0, 3, 2, 1),
            "高和宽对调了，图被转置了：通道搬走以后，高和宽的先后不变。",
            "transposed_image",
        ),
        Hint(
            lambda x: x.transpose(0, 3, 1, 2),
            "方向反了：这是从 NHWC 换到 NCHW。",
            "wrong_way",
        ),
        Hint(
            lambda x: x.T,
            "四维都倒过来了。样本仍在第一维，高仍在宽的前面。",
            "reversed_axes",
        ),
        Hint(
            lambda x: x.transpose(0, 2, 1, 3),
            "通道只搬到了第三维，还要再往后搬一位。",
            "half_way",
        ),
    ],
)
