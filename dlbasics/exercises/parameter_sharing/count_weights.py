"""★ 卷积层有多少个参数。"""

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def count_weights(channels, filters, kernel):
    """一个卷积层的参数个数，权重和偏置都算。

    Parameters
    ----------
    channels, filters : int
        输入通道数 C 与卷积核的个数 F（也就是输出通道数）。
    kernel : tuple of int
        卷积核的（高，宽）。

    Returns
    -------
    int
    """
    height, width = kernel
    return filters * (channels * height * width + 1)


def inputs(rng):
    yield 2, 3, (4, 5)
    yield 3, 64, (5, 5)
    yield 3, 96, (11, 11)
    yield 6, 16, (1, 5)
    for channels, filters, height, width in rng.integers(2, 12, size=(3, 4)).tolist():
        yield channels, filters, (height, width)


EXERCISE = Exercise(
    id="parameter_sharing/count_weights",
    title="卷积层有多少个参数",
    stars=1,
    points=1,
    statement=r"""
输入是一张 $C$ 个通道、高 $H$ 宽 $W$ 的图。卷积层有 $F$ 个高 $K_h$ 宽 $K_w$ 的卷积核，
每个核产生一张特征图，同一张特征图的所有位置共享这个核和一个偏置。
这一层一共有多少个参数？偏置也算。

想一想：函数的参数里为什么没有 $H$ 和 $W$？""",
    inputs=inputs,
    reference=count_weights,
    compare=equals(),
    hints=[
        Hint(
            lambda channels, filters, kernel: filters * channels * kernel[0] * kernel[1],
            "权重数对了，漏了偏置：每张特征图共享一组权重，也共享一个偏置。",
            "no_bias",
        ),
        Hint(
            lambda channels, filters, kernel: filters * (kernel[0] * kernel[1] + 1),
            "漏了输入通道：卷积核在高和宽上是局部的，在通道方向上连着全部 C 个通道。",
            "no_channels",
        ),
        Hint(
            lambda channels, filters, kernel: filters * kernel[0] * kernel[1],
            "少了两样：卷积核连着输入的全部 C 个通道，每张特征图还有偏置。",
            "no_channels_no_bias",
        ),
        Hint(
            lambda channels, filters, kernel: channels * kernel[0] * kernel[1] + 1,
            "这只是一张特征图的参数。共享只在一张特征图之内，F 张各有各的。",
            "one_map",
        ),
        Hint(
            lambda channels, filters, kernel: filters * channels * kernel[0] * kernel[1] + 1,
            "整层只算了一个偏置。偏置在一张特征图之内共享，不在特征图之间共享。",
            "one_bias",
        ),
        Hint(
            lambda channels, filters, kernel: filters * channels * (kernel[0] * kernel[1] + 1),
            "偏置多了：一个神经元把所有通道的乘积加在一起，最后只加一次偏置。",
            "bias_per_channel",
        ),
        Hint(
            lambda channels, filters, kernel: filters * (channels * kernel[0] ** 2 + 1),
            "卷积核不一定是正方形：高和宽要分开用。",
            "square_kernel",
        ),
        Hint(
            lambda channels, filters, kernel: channels * (filters * kernel[0] * kernel[1] + 1),
            "偏置的个数不对：它等于特征图的张数 F，不是输入的通道数 C。",
            "bias_per_input",
        ),
    ],
)
