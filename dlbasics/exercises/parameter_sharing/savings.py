"""★ 参数共享省下了什么，没有省下什么。"""

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def savings(size, kernel):
    """不共享的局部连接层，参数和乘法各是卷积层的几倍。

    Parameters
    ----------
    size : tuple of int
        输入图像的（高，宽）。
    kernel : tuple of int
        卷积核的（高，宽）；步幅是 1，不填充。

    Returns
    -------
    parameters : int
        局部连接层的参数个数 ÷ 卷积层的参数个数。
    multiplications : int
        局部连接层的乘法次数 ÷ 卷积层的乘法次数。
    """
    rows = size[0] - kernel[0] + 1
    columns = size[1] - kernel[1] + 1
    return rows * columns, 1


def inputs(rng):
    yield (6, 9), (2, 3)
    yield (4, 6), (3, 2)
    yield (32, 32), (5, 5)
    for height, width, tall, wide in rng.integers([10, 10, 1, 1], [60, 60, 9, 9], (3, 4)).tolist():
        yield (height, width), (tall, wide)


def positions(size, kernel):
    return savings(size, kernel)[0]


EXERCISE = Exercise(
    id="parameter_sharing/savings",
    title="共享省下了什么",
    stars=1,
    points=1,
    statement=r"""
局部连接层（locally connected layer）与卷积层看一样的窗口，只是不共享：
每个位置有自己的卷积核和自己的偏置。
两层的输入、卷积核的大小、输出通道数都相同，步幅是 1，不填充。
一次前向计算里，前者的**参数个数**是后者的几倍？**乘法次数**呢？两个答案都是整数。""",
    inputs=inputs,
    reference=savings,
    compare=equals(),
    hints=[
        Hint(
            lambda size, kernel: (positions(size, kernel),) * 2,
            "参数对了。再数乘法：共享以后，每个位置的窗口还要不要与核做一次内积？",
            "fewer_products",
        ),
        Hint(
            lambda size, kernel: (size[0] * size[1], 1),
            "数位置用了输入的大小。不填充时，核到了边上就放不下了，位置比像素少。",
            "input_positions",
        ),
        Hint(
            lambda size, kernel: (size[0] * size[1],) * 2,
            "两处要改：位置的个数不是像素的个数；共享也并不让每个位置少做乘法。",
            "two_slips",
        ),
        Hint(
            lambda size, kernel: ((size[0] - kernel[0]) * (size[1] - kernel[1]), 1),
            "位置少数了：核与图一样大时还放得下一次，不是零次。",
            "one_short",
        ),
        Hint(
            lambda size, kernel: (positions(size, kernel) * kernel[0] * kernel[1], 1),
            "核的大小在两层里都要乘，相除时约掉了。",
            "kernel_counted",
        ),
        Hint(
            lambda size, kernel: (1 / positions(size, kernel), 1),
            "比值倒过来了：题目问不共享的是共享的几倍。",
            "inverted",
        ),
        Hint(
            lambda size, kernel: (1, positions(size, kernel)),
            "两个返回值的次序反了：先参数，后乘法。",
            "swapped",
        ),
        Hint(
            lambda size, kernel: (size[0] // kernel[0] * (size[1] // kernel[1]), 1),
            "窗口是一格一格滑的，可以重叠，不是把图切成互不相交的块。",
            "blocks",
        ),
    ],
)
