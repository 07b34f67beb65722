"""★ 深度切片与深度列。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def slice_and_column(y, channel, row, column):
    """从神经元的立体里取出一片和一列。

    Parameters
    ----------
    y : ndarray, shape (F, H, W)
        一层的输出：F 个通道，高 H，宽 W。
    channel, row, column : int
        通道、行、列的编号，从 0 数起。

    Returns
    -------
    depth_slice : ndarray
        channel 这个通道的深度切片。
    depth_column : ndarray
        位置 (row, column) 上的深度列。
    """
    return y[channel], y[:, row, column]


def inputs(rng):
    yield np.arange(18.0).reshape(2, 3, 3), 1, 0, 2
    yield np.arange(12.0).reshape(3, 2, 2), 0, 1, 0
    for shape in [(4, 3, 2), (2, 3, 5), (3, 3, 3)]:
        yield rng.normal(size=shape).round(2), *(int(rng.integers(side)) for side in shape)


EXERCISE = Exercise(
    id="neuron_volumes/slice_and_column",
    title="一片与一列",
    stars=1,
    points=1,
    statement=r"""
一层的神经元排成一个立体，本书按（通道，高，宽）存放，形状是 $[F,H,W]$。

- **深度切片**（depth slice）：同一个通道、所有位置的神经元。它们用同一个卷积核，就是一张特征图。
- **深度列**（depth column）：同一个位置、所有通道的神经元。它们看输入的同一块区域，各用各的核。

取出指定通道的深度切片，和指定位置的深度列。先想好：它们各是几维的数组，形状是什么？""",
    inputs=inputs,
    reference=slice_and_column,
    compare=equals(),
    hints=[
        Hint(
            lambda y, channel, row, column: (y[:, row, column], y[channel]),
            "两个返回值的次序反了：先切片，后列。",
            "swapped",
        ),
        Hint(
            lambda y, channel, row, column: (y[:, :, channel], y[row, column]),
            "通道排在第一维，不是最后一维。",
            "channels_last",
        ),
        Hint(
            lambda y, channel, row, column: (y[channel], y[:, column, row]),
            "切片对了，列的位置反了：先行后列。",
            "column_transposed",
        ),
        Hint(
            lambda y, channel, row, column: (y[channel], y[channel, row]),
            "切片对了，第二个是特征图里的一行。深度列穿过所有的通道。",
            "row_of_map",
        ),
        Hint(
            lambda y, channel, row, column: (y[channel], y[channel, :, column]),
            "切片对了，第二个是特征图里的一列。深度列不在一张特征图里，它穿过所有的通道。",
            "column_of_map",
        ),
        Hint(
            lambda y, channel, row, column: (y[channel], y[:, :, column]),
            "切片对了，第二个多了一维：深度列只在一个位置上，行和列都要指定。",
            "one_more_axis",
        ),
        Hint(
            lambda y, channel, row, column: (y[channel - 1], y[:, row - 1, column - 1]),
            "编号从 0 数起，不用减 1。",
            "from_one",
        ),
    ],
)
