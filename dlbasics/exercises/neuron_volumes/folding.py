"""★★ col2im：把列放回去，重叠处相加。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def fold(columns, shape, kernel, stride):
    """col2im：把每一列放回它的窗口，重叠处相加。

    Parameters
    ----------
    columns : ndarray, shape (C·K·K, H'·W')
        每个窗口一列，次序与 im2col 相同。
    shape : tuple of int
        图像的形状 (C, H, W)。
    kernel, stride : int
        窗口的边长 K 与步幅，不填充。

    Returns
    -------
    ndarray, shape (C, H, W)
    """
    channels, height, width = shape
    tops = range(0, height - kernel + 1, stride)
    lefts = range(0, width - kernel + 1, stride)
    starts = [(top, left) for top in tops for left in lefts]
    x = np.zeros(shape)
    for column, (top, left) in zip(columns.T, starts, strict=True):
        window = column.reshape(channels, kernel, kernel)
        x[:, top : top + kernel, left : left + kernel] += window
    return x


def inputs(rng):
    yield np.outer([1.0, 2.0, 3.0, 4.0], [1.0, 100.0, 10.0]), (1, 2, 4), 2, 1
    yield np.arange(8.0).reshape(8, 1), (2, 2, 2), 2, 1
    yield np.arange(16.0).reshape(4, 4), (1, 3, 3), 2, 1
    yield np.arange(16.0).reshape(4, 4), (1, 5, 5), 2, 2
    for shape, kernel, stride in [((2, 3, 4), 2, 1), ((2, 5, 6), 3, 2), ((1, 5, 4), 3, 1)]:
        channels, *sides = shape
        rows, columns = ((side - kernel) // stride + 1 for side in sides)
        size = (channels * kernel**2, rows * columns)
        yield rng.normal(size=size).round(2), shape, kernel, stride


def starts(shape, kernel, stride):
    _, height, width = shape
    for top in range(0, height - kernel + 1, stride):
        for left in range(0, width - kernel + 1, stride):
            yield np.s_[:, top : top + kernel, left : left + kernel]


def overwritten(columns, shape, kernel, stride):
    x = np.zeros(shape)
    for column, place in zip(columns.T, starts(shape, kernel, stride), strict=True):
        x[place] = column.reshape(shape[0], kernel, kernel)
    return x


def averaged(columns, shape, kernel, stride):
    counts = fold(np.ones_like(columns), shape, kernel, stride)
    return fold(columns, shape, kernel, stride) / np.maximum(counts, 1)


def reordered(columns, shape, kernel, stride, axes):
    """每一列先按 axes 的次序理解，再放回去。"""
    sides = np.array([shape[0], kernel, kernel])[list(axes)]
    windows = columns.reshape(*sides, -1).transpose(*np.argsort(axes), 3)
    return fold(windows.reshape(columns.shape), shape, kernel, stride)


def downwards(columns, shape, kernel, stride):
    """窗口先从上到下、再从左到右。"""
    rows, across = ((side - kernel) // stride + 1 for side in shape[1:])
    swapped = columns.reshape(-1, across, rows).transpose(0, 2, 1)
    return fold(swapped.reshape(columns.shape), shape, kernel, stride)


EXERCISE = Exercise(
    id="neuron_volumes/folding",
    title="把列放回去",
    stars=2,
    points=3,
    statement=r"""
反向传播时，每个窗口都收到一份梯度，要把它们送回原来的像素。这就是 im2col 的转置，叫 col2im：
每一列排回 $C\times K\times K$ 的窗口，放到它的位置上，几个窗口重叠的像素把各份**相加**；
没有窗口碰到的像素是 0。$C$ 是通道数，$K$ 是窗口的边长。

窗口从左到右、再从上到下排列，一列之内先通道，再行，再列，不填充，与上一题相同。

它是转置，不是逆：窗口有重叠时，先 im2col 再 col2im，得不到原来的图。
但对任意的 $x$ 和 $Y$，
$\mathrm{im2col}(x)$ 与 $Y$ 的内积，等于 $x$ 与 $\mathrm{col2im}(Y)$ 的内积。""",
    inputs=inputs,
    reference=fold,
    compare=equals(),
    hints=[
        Hint(
            overwritten,
            "重叠处后来的窗口盖掉了先来的。一个像素影响几个窗口，就要收到几份梯度。",
            "overwritten",
        ),
        Hint(
            averaged,
            "重叠处取了平均。那是把图还原，不是转置：梯度是相加的。",
            "averaged",
        ),
        Hint(
            lambda columns, shape, kernel, stride: reordered(
                columns, shape, kernel, stride, (1, 2, 0)
            ),
            "一列之内的次序不对：通道变得最慢，它是 reshape 的第一维。",
            "channel_fastest",
        ),
        Hint(
            lambda columns, shape, kernel, stride: reordered(
                columns, shape, kernel, stride, (0, 2, 1)
            ),
            "窗口被转置了：一列之内先走完窗口的一行，再走下一行。",
            "window_transposed",
        ),
        Hint(
            lambda columns, shape, kernel, stride: fold(
                columns.reshape(columns.shape[::-1]).T, shape, kernel, stride
            ),
            "取错了列：一列是一个窗口，不是连续的一段。",
            "wrong_columns",
        ),
        Hint(downwards, "窗口的次序不对：先从左到右走完一行，再往下走。", "downwards"),
    ],
)
