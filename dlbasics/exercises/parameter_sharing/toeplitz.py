"""★ 把一维卷积写成一个矩阵。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def toeplitz(kernel, size):
    """一维卷积的矩阵：矩阵乘以 x，就是 kernel 在 x 上滑一遍。

    Parameters
    ----------
    kernel : ndarray, shape (K,)
        卷积核，不翻转。
    size : int
        x 的长度 W，W ≥ K；步幅是 1，不填充。

    Returns
    -------
    ndarray, shape (W − K + 1, W)
    """
    matrix = np.zeros((size - len(kernel) + 1, size))
    for row in range(len(matrix)):
        matrix[row, row : row + len(kernel)] = kernel
    return matrix


def inputs(rng):
    yield np.array([1.0, 2.0]), 4
    yield np.array([1.0, -2.0, 3.0]), 4
    yield np.array([5.0]), 3
    yield np.array([1.0, 2.0, 3.0]), 3
    for length in (2, 3, 4):
        yield rng.normal(size=length).round(2), length + int(rng.integers(1, 4))


def circulant(kernel, size):
    row = np.append(kernel, np.zeros(size - len(kernel)))
    return np.stack([np.roll(row, shift) for shift in range(size)])


EXERCISE = Exercise(
    id="parameter_sharing/toeplitz",
    title="把一维卷积写成矩阵",
    stars=1,
    points=2,
    statement=r"""
$x$ 是 $W$ 个数，$w$ 是 $K$ 个数的卷积核，下标都从 0 起。
步幅是 1，不填充，一维卷积（不翻转，即互相关）是

$$y_i=\sum_{u=0}^{K-1}w_u\,x_{i+u},\qquad i=0,1,\dots,W-K$$

写出矩阵 $M$，使 $y=Mx$。写好以后看看它：哪里的 0 是局部连接，哪里的重复是参数共享？""",
    inputs=inputs,
    reference=toeplitz,
    compare=equals(),
    hints=[
        Hint(
            lambda kernel, size: toeplitz(kernel[::-1], size),
            "核被翻转了。公式里 w_u 与 x_{i+u} 对齐，下标一起增大。",
            "flipped",
        ),
        Hint(
            lambda kernel, size: toeplitz(kernel, size).T,
            "行和列反了：一行是一个输出，一列是一个输入。",
            "transposed",
        ),
        Hint(
            circulant,
            "核滑出了边界又绕回开头。这里不填充，核放不下的地方没有输出。",
            "circulant",
        ),
        Hint(
            lambda kernel, size: circulant(kernel, size)[: size - len(kernel)],
            "少了最后一行：i 可以取到 W − K。",
            "last_row_missing",
        ),
        Hint(
            lambda kernel, size: np.repeat(circulant(kernel, size)[:1], size - len(kernel) + 1, 0),
            "每一行都一样：核没有滑动。下一行的核要往右移一格。",
            "not_sliding",
        ),
        Hint(
            lambda kernel, size: np.triu(circulant(kernel, size)),
            "多了几行：核伸出了右边，等于在右边填充了 0。i 只取到 W − K。",
            "padded",
        ),
        Hint(
            lambda kernel, size: toeplitz(kernel, size)[::-1],
            "行的次序倒了：第 0 个输出看的是 x 最前面的 K 个数。",
            "upside_down",
        ),
    ],
)
