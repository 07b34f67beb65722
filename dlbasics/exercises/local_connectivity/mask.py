"""★ 谁与谁相连：局部连接的掩码。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint

NOT_BOOL = "位置都对了，类型不对：掩码应由 True 和 False 组成，而不是 1 和 0。"


def mask(size, kernel):
    """一维局部连接的掩码：哪个神经元与哪个输入相连。

    Parameters
    ----------
    size : int
        输入的长度 W。
    kernel : int
        窗口的大小 K，1 ≤ K ≤ W。

    Returns
    -------
    ndarray of bool, shape (W − K + 1, W)
        第 j 行第 i 列是 True，就是第 j 个神经元与第 i 个输入相连。
    """
    neuron = np.arange(size - kernel + 1)[:, None]
    pixel = np.arange(size)
    return (neuron <= pixel) & (pixel < neuron + kernel)


def inputs(rng):
    yield 5, 3
    yield 4, 4
    yield 4, 1
    yield 5, 2
    for size in rng.integers(6, 12, size=2):
        yield int(size), int(rng.integers(2, size))


def band(size, kernel, first, last):
    neuron, pixel = np.arange(size - kernel + 1)[:, None], np.arange(size)
    return (neuron + first <= pixel) & (pixel <= neuron + last)


EXERCISE = Exercise(
    id="local_connectivity/mask",
    title="谁与谁相连",
    stars=1,
    points=2,
    statement=r"""
输入是 $x_0,\dots,x_{W-1}$。一维局部连接层有 $W'=W-K+1$ 个神经元，
第 $j$ 个只与 $x_j,x_{j+1},\dots,x_{j+K-1}$ 这 $K$ 个输入相连。
全连接层的权重是一个 $W'\times W$ 的矩阵；局部连接层是它的特例，没有连接的地方权重是 0。

造出掩码（mask）：一个由 True 和 False 组成的矩阵，相连的地方是 True。
参数 `size` 是 $W$，`kernel` 是 $K$。把它打印出来，看看 True 排成什么样子。""",
    inputs=inputs,
    reference=mask,
    compare=equals(),
    hints=[
        Hint(
            lambda size, kernel: band(size, kernel, 0, kernel),
            "每一行多连了一个：窗口从 j 开始，共 kernel 个输入，最后一个是第 j + kernel − 1 个。",
            "one_more",
        ),
        Hint(
            lambda size, kernel: band(size, kernel, 0, kernel - 2),
            "每一行少连了一个：窗口从 j 到 j + kernel − 1，两端都算。",
            "one_less",
        ),
        Hint(
            lambda size, kernel: band(size, kernel, 1 - kernel, 0),
            "窗口朝左了：第 j 个神经元看的是从 x_j 往右的 kernel 个输入。",
            "leftward",
        ),
        Hint(
            lambda size, kernel: mask(size, kernel).T,
            "行和列反了：一行是一个神经元，一列是一个输入。",
            "transposed",
        ),
        Hint(
            lambda size, kernel: mask(size, kernel).astype(float),
            NOT_BOOL,
            "not_boolean",
        ),
        Hint(
            lambda size, kernel: mask(size, kernel).astype(int),
            NOT_BOOL,
            "not_boolean",
        ),
        Hint(
            lambda size, kernel: mask(size, kernel)[:-1],
            "少了最后一个神经元：它的窗口正好到输入的末尾。",
            "last_row_missing",
        ),
        Hint(
            lambda size, kernel: np.eye(size - kernel + 1, size, dtype=bool),
            "每个神经元只连了一个输入：窗口里有 kernel 个。",
            "one_input",
        ),
    ],
)
