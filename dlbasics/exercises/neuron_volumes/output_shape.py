"""★ 卷积层的输出有多大。"""

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def output_shape(shape, filters, kernel, stride, padding):
    """卷积层的输出的形状。

    Parameters
    ----------
    shape : tuple of int
        输入的形状 (C, H, W)。
    filters : int
        卷积核的个数 F。
    kernel, stride, padding : int
        卷积核的边长、步幅、每一边填充的圈数，两个方向相同。

    Returns
    -------
    tuple of int
        三个整数：输出的通道数、高、宽。
    """
    _, height, width = shape
    rows = (height + 2 * padding - kernel) // stride + 1
    columns = (width + 2 * padding - kernel) // stride + 1
    return filters, rows, columns


def inputs(rng):
    yield (2, 6, 9), 8, 3, 1, 0
    yield (1, 6, 9), 3, 4, 2, 3
    yield (3, 227, 227), 96, 11, 4, 0
    for _ in range(4):
        kernel, stride = rng.integers([1, 1], [8, 5]).tolist()
        channels, height, width, filters = rng.integers([1, 8, 8, 1], [9, 40, 40, 9]).tolist()
        yield (channels, height, width), filters, kernel, stride, int(rng.integers(0, kernel))


def mistaken(side, channels=lambda c, f: f):
    """把一个方向的尺寸或通道数换成别的算法。"""

    def wrong(shape, filters, kernel, stride, padding):
        c, *sides = shape
        height, width = (side(n, kernel, stride, padding) for n in sides)
        return channels(c, filters), height, width

    return wrong


def right(n, k, s, p):
    return (n + 2 * p - k) // s + 1


EXERCISE = Exercise(
    id="neuron_volumes/output_shape",
    title="输出有多大",
    stars=1,
    points=1,
    statement=r"""
输入有 $C$ 个通道，高 $H$，宽 $W$。卷积层有 $F$ 个边长 $K$ 的卷积核，步幅 $S$，
四周各填充 $P$ 圈 0。求输出的通道数、高和宽。

步幅除不尽时，最后几行（列）凑不满一个步幅，没有窗口从那里开始。
输入保证至少放得下一个窗口。""",
    inputs=inputs,
    reference=output_shape,
    compare=equals(),
    hints=[
        Hint(
            mistaken(lambda n, k, s, p: (n + 2 * p - k) // s),
            "高和宽都少 1：第一个窗口放在最左上角，移动 0 次时已经有一个输出了。",
            "one_short",
        ),
        Hint(
            mistaken(lambda n, k, s, p: (n + 2 * p - k) / s + 1),
            "尺寸应是整数：用整除 // 代替 /，余下的像素不够一步。",
            "fractional",
        ),
        Hint(
            mistaken(lambda n, k, s, p: -(-(n + 2 * p - k) // s) + 1),
            "除不尽时多算了一个窗口：剩下的像素不够一步，要向下取整。",
            "rounded_up",
        ),
        Hint(
            mistaken(lambda n, k, s, p: (n + p - k) // s + 1),
            "填充只算了一边：上下各填一次，左右各填一次。",
            "one_sided_padding",
        ),
        Hint(
            mistaken(lambda n, k, s, p: (n - k) // s + 1),
            "填充没有用上：先把图变大，再滑窗口。",
            "no_padding",
        ),
        Hint(
            mistaken(lambda n, k, s, p: (n + 2 * s - k) // p + 1 if p else right(n, k, s, p)),
            "步幅和填充用反了：填充让图变大，步幅让窗口变少。",
            "stride_and_padding_swapped",
        ),
        Hint(
            mistaken(right, channels=lambda c, f: c),
            "输出的通道数不是输入的通道数：一个卷积核产生一张特征图。",
            "input_channels",
        ),
        Hint(
            mistaken(right, channels=lambda c, f: c * f),
            "通道数多了：一个卷积核把 C 个输入通道加在一起，只产生一张特征图。",
            "multiplied_channels",
        ),
        Hint(
            mistaken(lambda n, k, s, p: (n + 2 * p - k + 1) // s),
            "加 1 的地方不对：先数能移动几步，再加上没有移动时的那一个输出。",
            "one_added_early",
        ),
        Hint(
            lambda shape, filters, kernel, stride, padding: output_shape(
                (shape[0], *shape[:0:-1]), filters, kernel, stride, padding
            ),
            "高和宽反了：先高后宽。",
            "height_and_width_swapped",
        ),
    ],
)
