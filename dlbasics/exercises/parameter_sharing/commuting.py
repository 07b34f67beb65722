"""★★★ 离一个矩阵最近的、与平移可交换的矩阵。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def nearest_shared(matrix):
    """离 matrix 最近的、与循环平移可交换的矩阵。

    Parameters
    ----------
    matrix : ndarray, shape (W, W)
        任意的权重矩阵。

    Returns
    -------
    ndarray, shape (W, W)
        各元素之差的平方和最小的那一个。
    """
    shifts = range(len(matrix))
    moved = [np.roll(matrix, (s, s), axis=(0, 1)) for s in shifts]
    return np.mean(moved, axis=0)


def inputs(rng):
    yield (np.array([[1.0, 2.0], [3.0, 8.0]]),)
    yield (np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 0.0]]),)
    yield (np.array([[1.0, 2.0, 3.0], [3.0, 1.0, 2.0], [2.0, 3.0, 1.0]]),)
    for n in (3, 4, 5):
        yield (rng.normal(size=(n, n)).round(2),)


def mean_along(label, matrix):
    """把 label 相同的元素换成它们的平均。"""
    result = np.empty_like(matrix)
    for value in np.unique(label):
        result[label == value] = matrix[label == value].mean()
    return result


def differences(matrix):
    """每个元素的列号减去行号。"""
    places = np.arange(len(matrix))
    return places - places[:, None]


EXERCISE = Exercise(
    id="parameter_sharing/commuting",
    title="与平移可交换的矩阵",
    stars=3,
    points=4,
    statement=r"""
$W$ 个像素排成一圈，$T$ 把每个像素往右移一格，最后一个绕回开头：$(Tx)_i=x_{i-1}$，下标按 $W$ 取余。
一个线性层 $y=Mx$ 对平移等变，就是先移后算等于先算后移：$MTx=TMx$ 对所有 $x$ 成立，
也就是 $MT=TM$（可交换）。

先想清楚这样的 $M$ 长什么样，再写一个函数：给定任意的 $W$ 行 $W$ 列矩阵 $A$，
求与 $T$ 可交换、而且离 $A$ 最近（各元素之差的平方和最小）的 $M$。
看看结果：等变逼着各行共享同一组权重，每一行都是同一个核，只是移了位置。

线索：$MT=TM$ 逐个元素写出来，是 $M_{i,\,j+1}=M_{i-1,\,j}$。""",
    inputs=inputs,
    reference=nearest_shared,
    compare=equals(),
    hints=[
        Hint(
            lambda matrix: mean_along(differences(matrix), matrix),
            "对角线在边上断了。像素排成一圈，滑出右边的要从左边接上。",
            "not_wrapped",
        ),
        Hint(
            lambda matrix: mean_along(
                np.add.outer(range(len(matrix)), range(len(matrix))) % len(matrix), matrix
            ),
            "方向反了：行号加一时，列号也要加一。你沿着另一条对角线取了平均。",
            "anti_diagonals",
        ),
        Hint(
            lambda matrix: matrix[0][differences(matrix) % len(matrix)],
            "与平移可交换，但不是最近的：只用了第一行，别的行也有话说。",
            "first_row",
        ),
        Hint(
            lambda matrix: np.stack(
                [np.roll(matrix.mean(axis=0), shift) for shift in range(len(matrix))]
            ),
            "先把各行对齐再平均：第 i 行的核比第 0 行的往右移了 i 格。",
            "rows_unaligned",
        ),
        Hint(
            lambda matrix: np.tile(matrix.mean(axis=0), (len(matrix), 1)),
            "各行变得完全一样了，核没有跟着位置移动。",
            "identical_rows",
        ),
        Hint(
            lambda matrix: np.full_like(matrix, matrix.mean()),
            "所有元素都相等，确实可交换，但不是最近的。",
            "all_equal",
        ),
        Hint(
            lambda matrix: (matrix + matrix.T) / 2,
            "这是最近的对称矩阵。对称说的是转置，不是平移。",
            "symmetric",
        ),
        Hint(
            lambda matrix: matrix[-differences(matrix) % len(matrix), 0],
            "与平移可交换，但不是最近的：只用了第一列，别的列也有话说。",
            "first_column",
        ),
        Hint(
            lambda matrix: (matrix + np.roll(matrix, (1, 1), axis=(0, 1))) / 2,
            "只与移了一格的自己平均，还不可交换：再移一格，又不一样了。",
            "one_shift",
        ),
    ],
)
