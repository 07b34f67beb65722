"""★★ LeNet 有多少个参数，做多少次乘法。"""

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def network_cost(shape, layers):
    """一个网络的参数个数，和算一张图要做的乘法次数。

    Parameters
    ----------
    shape : tuple of int
        一张输入图像的形状 (C, H, W)。
    layers : tuple of tuple
        从前到后的各层：("conv", 核数, 核的边长)、("pool", 边长)
        或 ("linear", 输出个数)。

    Returns
    -------
    parameters, multiplications : int
    """
    c, h, w = shape
    parameters = multiplications = 0
    for kind, *size in layers:
        if kind == "pool":
            h, w = h // size[0], w // size[0]
            continue
        if kind == "conv":
            outputs, k = size
            inputs, h, w = c * k * k, h - k + 1, w - k + 1
        else:
            outputs, inputs, h, w = size[0], c * h * w, 1, 1
        parameters += outputs * (inputs + 1)
        multiplications += outputs * inputs * h * w
        c = outputs
    return parameters, multiplications


LENET = (
    ("conv", 6, 5),
    ("pool", 2),
    ("conv", 16, 5),
    ("pool", 2),
    ("linear", 120),
    ("linear", 84),
    ("linear", 10),
)


def examples(rng):
    yield (3, 4, 5), (("conv", 5, 2),)
    yield (3, 2, 4), (("linear", 2),)
    yield (2, 1, 3), (("linear", 4), ("linear", 5))
    yield (2, 3, 4), (("conv", 3, 2), ("linear", 5))
    yield (2, 5, 6), (("pool", 2), ("conv", 5, 2))
    yield (1, 8, 7), (("pool", 3), ("linear", 2))
    yield (1, 32, 32), LENET
    for channels, side, first, second, kernel, pool in rng.integers(
        [1, 18, 2, 2, 2, 2], [4, 30, 9, 9, 6, 5], size=(3, 6)
    ).tolist():
        layers = ("conv", first, kernel), ("pool", pool), ("conv", second, 2), ("linear", 10)
        yield (channels, side, side + 1), layers


def steps(shape, layers, mistake=""):
    """每个有参数的层：输出通道数、输入通道数、每个通道看几个数、位置的个数。

    mistake 是走到下一层时忘了的事。
    """
    c, h, w = shape
    for kind, *size in layers:
        if kind == "pool":
            k = 2 if mistake == "halved" else size[0]
            h, w = (-(-side // k) if mistake == "floor" else side // k for side in (h, w))
        elif kind == "conv":
            if mistake != "shrink":
                h, w = h - size[1] + 1, w - size[1] + 1
            yield size[0], c, size[1] ** 2, h * w
            if mistake != "channels":
                c = size[0]
        else:
            yield size[0], c, h * w, 1
            c = size[0]
            if mistake != "flatten":
                h, w = 1, 1


def mistaken(parameters=None, multiplications=None, mistake=""):
    """把一层的参数个数或乘法次数换成别的算法，再逐层相加。"""
    parameters = parameters or (lambda f, c, area, places: f * (c * area + 1))
    multiplications = multiplications or (lambda f, c, area, places: f * c * area * places)

    def wrong(shape, layers):
        each = list(steps(shape, layers, mistake))
        return sum(parameters(*step) for step in each), sum(multiplications(*step) for step in each)

    return wrong


EXERCISE = Exercise(
    id="neuron_volumes/network_cost",
    title="数一数 LeNet",
    stars=2,
    points=3,
    statement=r"""
一个网络依次有三种层：

| 写法 | 含义 |
|---|---|
| `("conv", F, K)` | $F$ 个边长 $K$ 的卷积核，步幅 1，不填充，有偏置 |
| `("pool", K)` | 边长 $K$、步幅 $K$ 的汇聚，除不尽时向下取整；没有参数，也不算乘法 |
| `("linear", F)` | 先把输入拉直，再接 $F$ 个输出的全连接层，有偏置 |

求整个网络的参数个数（权重和偏置），和算一张图要做的乘法次数（只数权重参加的乘法）。
一层一层走，随时记住此刻的通道数、高和宽。检查的输入里有 LeNet-5 的一个常见版本：
参数集中在哪一层，乘法又集中在哪一层？""",
    inputs=examples,
    reference=network_cost,
    compare=equals(),
    hints=[
        Hint(
            lambda shape, layers: network_cost(shape, layers)[::-1],
            "两个返回值的次序反了：先参数，后乘法。",
            "swapped",
        ),
        Hint(
            mistaken(parameters=lambda f, c, area, places: f * c * area),
            "参数漏了偏置：每个卷积核、每个全连接的输出各有一个。",
            "no_bias",
        ),
        Hint(
            mistaken(multiplications=lambda f, c, area, places: f * c * area),
            "乘法少了：参数是共享的，内积却在每个位置都要做一次。",
            "once_per_image",
        ),
        Hint(
            mistaken(parameters=lambda f, c, area, places: f * (c * area + 1) * places),
            "参数多了：同一张特征图的所有位置共享一个核和一个偏置。",
            "unshared",
        ),
        Hint(
            mistaken(
                parameters=lambda f, c, area, places: f * (area + 1),
                multiplications=lambda f, c, area, places: f * area * places,
            ),
            "漏了输入通道：每个核、每个全连接的输出都连着全部输入通道。",
            "no_input_channels",
        ),
        Hint(
            mistaken(
                parameters=lambda f, c, area, places: f * (c * (area if places > 1 else 1) + 1),
                multiplications=lambda f, c, area, places: (
                    f * c * (area if places > 1 else 1) * places
                ),
            ),
            "全连接层的输入只算了通道：拉直以后有 C·H·W 个数。",
            "channels_only",
        ),
        Hint(
            mistaken(mistake="halved"),
            "汇聚总是减半了：边长 K 的汇聚，步幅也是 K。",
            "always_halved",
        ),
        Hint(
            mistaken(mistake="floor"),
            "汇聚除不尽时多算了一行一列：凑不满的窗口不要，向下取整。",
            "rounded_up",
        ),
        Hint(
            lambda shape, layers: mistaken()(
                shape, tuple(layer for layer in layers if layer[0] != "pool")
            ),
            "跳过了汇聚层：它没有参数，却把高和宽变小了。",
            "pool_skipped",
        ),
        Hint(
            mistaken(multiplications=lambda f, c, area, places: f * (c * area + 1) * places),
            "乘法多了：偏置是加上去的，不算乘法。",
            "bias_multiplied",
        ),
        Hint(
            mistaken(mistake="shrink"),
            "卷积不填充，输出比输入小：乘法要按输出的位置个数来数。",
            "input_positions",
        ),
        Hint(
            mistaken(mistake="channels"),
            "卷积以后通道数变了：下一层的输入通道数，是这一层的核数。",
            "channels_unchanged",
        ),
        Hint(
            mistaken(mistake="flatten"),
            "全连接层以后没有高和宽了：下一个全连接层的输入，就是上一个的输出个数。",
            "dense_keeps_shape",
        ),
    ],
)
