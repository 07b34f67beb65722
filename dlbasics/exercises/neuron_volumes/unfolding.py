"""★★ im2col：把每个窗口拉直成一列。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def unfold(x, kernel, stride):
    """im2col：把每个窗口拉直成一列，不填充。

    Parameters
    ----------
    x : ndarray, shape (C, H, W)
        输入。
    kernel, stride : int
        窗口的边长 K 与步幅。

    Returns
    -------
    ndarray, shape (C·K·K, H'·W')
        H'、W' 是窗口在高和宽方向上的个数。
    """
    windows = []
    for top in range(0, x.shape[1] - kernel + 1, stride):
        for left in range(0, x.shape[2] - kernel + 1, stride):
            window = x[:, top : top + kernel, left : left + kernel]
            windows.append(window.ravel())
    return np.stack(windows, axis=1)


def inputs(rng):
    yield np.arange(12.0).reshape(1, 3, 4), 2, 1
    yield np.arange(8.0).reshape(2, 2, 2), 2, 1
    yield np.arange(16.0).reshape(1, 4, 4), 2, 2
    yield np.arange(5.0 * 6).reshape(1, 5, 6), 2, 2
    for shape, kernel, stride in [((2, 4, 5), 3, 1), ((3, 5, 6), 2, 3), ((2, 7, 6), 3, 2)]:
        yield rng.normal(size=shape).round(2), kernel, stride


def layout(x, kernel, stride, axes):
    """同样的窗口，按 axes 的次序拉直；轴是（行，列，通道，i，j）。"""
    windows = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(1, 2))
    windows = windows[:, ::stride, ::stride].transpose(1, 2, 0, 3, 4)
    positions = windows.shape[0] * windows.shape[1]
    return windows.transpose(axes).reshape(-1, positions)


EXERCISE = Exercise(
    id="neuron_volumes/unfolding",
    title="把窗口拉直成列",
    stars=2,
    points=3,
    statement=r"""
卷积的快速实现先把每个窗口拉直成一列，再做一次矩阵乘法：
$F$ 个核拉直成 $F$ 行、$C\,K^2$ 列的矩阵，乘以窗口的矩阵，就得到全部输出。
这个重排叫 im2col。

输入有 $C$ 个通道，高 $H$，宽 $W$；窗口边长 $K$，步幅 $S$，不填充。
窗口从左到右、再从上到下排列，依次是结果的各列；
一列之内先通道，再行，再列，与权重 $[F,C,K,K]$ 拉直的次序一致。
一列就是一个深度列的全部神经元共同看到的东西。""",
    inputs=inputs,
    reference=unfold,
    compare=equals(),
    hints=[
        Hint(
            lambda x, kernel, stride: unfold(x, kernel, stride).T,
            "行和列反了：一个窗口是一列。",
            "transposed",
        ),
        Hint(
            lambda x, kernel, stride: unfold(x, kernel, 1),
            "没有用步幅：相邻两个窗口相距 stride 个像素。",
            "stride_ignored",
        ),
        Hint(
            lambda x, kernel, stride: layout(x, kernel, stride, (2, 3, 4, 1, 0)),
            "窗口的次序不对：先从左到右走完一行，再往下走。",
            "down_first",
        ),
        Hint(
            lambda x, kernel, stride: layout(x, kernel, stride, (3, 4, 2, 0, 1)),
            "一列之内的次序不对：通道变得最快了，它应当变得最慢。",
            "channel_fastest",
        ),
        Hint(
            lambda x, kernel, stride: layout(x, kernel, stride, (2, 4, 3, 0, 1)),
            "窗口被转置了：一列之内先走完窗口的一行，再走下一行。",
            "window_transposed",
        ),
        Hint(
            lambda x, kernel, stride: unfold(x, kernel, stride).T.reshape(len(x) * kernel**2, -1),
            "形状对了，数却串了位置：转置和 reshape 不是一回事。",
            "reshaped",
        ),
        Hint(
            lambda x, kernel, stride: unfold(x[:, :-1, :-1], kernel, stride),
            "漏了贴着下边和右边的窗口：起点可以取到 H − K 和 W − K。",
            "last_windows_missing",
        ),
        Hint(
            lambda x, kernel, stride: unfold(x[:, :-1], kernel, stride),
            "漏了贴着下边的窗口：起点的行号可以取到 H − K。",
            "last_row_missing",
        ),
        Hint(
            lambda x, kernel, stride: unfold(x[:, :, :-1], kernel, stride),
            "漏了贴着右边的窗口：起点的列号可以取到 W − K。",
            "last_column_missing",
        ),
        Hint(
            lambda x, kernel, stride: unfold(x, kernel, stride)[: kernel**2],
            "只拉直了第 0 个通道。一列里要有全部通道。",
            "first_channel",
        ),
    ],
)
