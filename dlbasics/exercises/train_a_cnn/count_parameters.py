"""★ 一个网络有多少参数。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def count_parameters(channels, kernel, classes):
    """几个卷积层、一个全局最大汇聚、一个全连接层，一共多少参数。

    Parameters
    ----------
    channels : ndarray of int, shape (k + 1,)
        第 i 个卷积层有 channels[i] 个输入通道、channels[i + 1] 个输出通道。
    kernel : int
        各个卷积核的边长。
    classes : int
        全连接层的输出个数。

    Returns
    -------
    int
    """
    convolutions = np.sum(channels[1:] * (channels[:-1] * kernel**2 + 1))
    return int(convolutions + classes * (channels[-1] + 1))


def inputs(rng):
    yield np.array([2, 5]), 3, 4
    yield np.array([3, 2, 5]), 3, 10
    yield np.array([1, 16, 32]), 3, 10
    for layers in (3, 4):
        yield rng.integers(1, 64, layers + 1), int(rng.integers(1, 8)), int(rng.integers(2, 50))


EXERCISE = Exercise(
    id="train_a_cnn/count_parameters",
    title="数一数参数",
    stars=1,
    points=1,
    statement=r"""
网络依次是 $k$ 个卷积层（每层之后有 ReLU，有的还有汇聚），一个全局最大汇聚，一个全连接层。
卷积核都是边长 $s$ 的正方形（参数 `kernel`），每个输出通道一个偏置；
第 $i$ 个卷积层的输入、输出通道数是 `channels[i]` 与 `channels[i + 1]`，$i=0,\dots,k-1$。
全局最大汇聚把每个通道变成一个数，全连接层由它们给 `classes` 个类打分，也有偏置。

一共多少参数？写好以后，用本章的网络 $(1,16,32)$、$s=3$、10 个类核对。""",
    inputs=inputs,
    reference=count_parameters,
    compare=equals(),
    hints=[
        Hint(
            lambda channels, kernel, classes: int(
                np.sum(channels[1:] * channels[:-1] * kernel**2) + classes * channels[-1]
            ),
            "漏了偏置：每个输出通道一个，全连接层每个输出一个。",
            "no_bias",
        ),
        Hint(
            lambda channels, kernel, classes: int(
                np.sum(channels[1:] * (channels[:-1] * kernel**2 + 1))
            ),
            "只数了卷积层，还有全连接层。",
            "convolutions_only",
        ),
        Hint(
            lambda channels, kernel, classes: int(
                np.sum(channels[1:] * (channels[:-1] * kernel**2 + 1)) + classes * channels[-1]
            ),
            "漏了全连接层的偏置。",
            "dense_bias_missing",
        ),
        Hint(
            lambda channels, kernel, classes: int(
                np.sum(channels[1:] * (channels[:-1] * kernel + 1)) + classes * (channels[-1] + 1)
            ),
            "卷积核是正方形，权重的个数是边长的平方。",
            "side_unsquared",
        ),
        Hint(
            lambda channels, kernel, classes: int(
                np.sum(channels[1:] * channels[:-1] * (kernel**2 + 1))
                + classes * (channels[-1] + 1)
            ),
            "偏置一个输出通道只有一个，不是每一对输入、输出通道一个。",
            "bias_per_pair",
        ),
        Hint(
            lambda channels, kernel, classes: int(
                np.sum(channels[1:] * (kernel**2 + 1)) + classes * (channels[-1] + 1)
            ),
            "每个卷积核要看全部的输入通道。",
            "no_input_channels",
        ),
    ],
)
