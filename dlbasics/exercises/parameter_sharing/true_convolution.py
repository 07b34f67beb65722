"""★★ 数学里的卷积：核要翻转。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def true_convolution(x, kernel):
    """数学里的二维卷积，图像以外当作 0，输出比图像大一圈。

    Parameters
    ----------
    x : ndarray, shape (H, W)
        图像。
    kernel : ndarray, shape (kh, kw)
        卷积核。

    Returns
    -------
    ndarray, shape (H + kh − 1, W + kw − 1)
    """
    (h, w), (kh, kw) = x.shape, kernel.shape
    y = np.zeros((h + kh - 1, w + kw - 1))
    for i, j in np.ndindex(kh, kw):
        y[i : i + h, j : j + w] += kernel[i, j] * x
    return y


def inputs(rng):
    yield np.array([[1.0, 0.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])
    yield np.array([[0.0, 1.0], [0.0, 0.0]]), np.array([[1.0, 2.0, 4.0]])
    yield np.array([[1.0, 5.0, 2.0]]), np.array([[1.0, 3.0], [0.0, 2.0]])
    for height, width, tall, wide in [(3, 4, 2, 3), (4, 3, 1, 2), (2, 3, 4, 4)]:
        yield rng.normal(size=(height, width)).round(2), rng.normal(size=(tall, wide)).round(2)


def valid(x, kernel):
    (h, w), (kh, kw) = x.shape, kernel.shape
    return true_convolution(x, kernel)[kh - 1 : h, kw - 1 : w]


def centred(x, kernel):
    (h, w), (top, left) = x.shape, ((side - 1) // 2 for side in kernel.shape)
    return true_convolution(x, kernel)[top : top + h, left : left + w]


def wrapped(x, kernel):
    """负的下标没有当作越界，从末尾数起。"""
    (h, w), (kh, kw) = x.shape, kernel.shape
    y = np.zeros((h + kh - 1, w + kw - 1))
    for r, c, i, j in np.ndindex(*y.shape, kh, kw):
        if r - i < h and c - j < w:
            y[r, c] += kernel[i, j] * x[r - i, c - j]
    return y


EXERCISE = Exercise(
    id="parameter_sharing/true_convolution",
    title="数学里的卷积要翻转",
    stars=2,
    points=2,
    statement=r"""
深度学习里的“卷积”其实是互相关（cross-correlation）。数学里的卷积是

$$(x*w)_{i,j}=\sum_{u=0}^{K_h-1}\sum_{v=0}^{K_w-1}w_{u,v}\,x_{i-u,\,j-v}$$

$x$ 有 $H$ 行 $W$ 列，核 $w$ 有 $K_h$ 行 $K_w$ 列，下标从 0 起；$x$ 的下标越界时，那一项当作 0。
输出包括所有可能不为 0 的位置：$H+K_h-1$ 行，$W+K_w-1$ 列。写出它。

写好以后试两件事：$x$ 只有一个像素是 1 时，输出是什么？把 $x$ 与 $w$ 对调，输出变不变？
互相关有没有这两个性质？""",
    inputs=inputs,
    reference=true_convolution,
    compare=equals(),
    hints=[
        Hint(
            lambda x, kernel: true_convolution(x, kernel[::-1, ::-1]),
            "这是互相关。公式里是 i − u 和 j − v：u 增大时，x 的下标减小。",
            "correlation",
        ),
        Hint(
            lambda x, kernel: true_convolution(x, kernel[:, ::-1]),
            "有一个方向的下标反了：行和列都应是减号。",
            "one_way_only",
        ),
        Hint(
            lambda x, kernel: true_convolution(x, kernel[::-1]),
            "有一个方向的下标反了：行和列都应是减号。",
            "one_way_only",
        ),
        Hint(
            lambda x, kernel: true_convolution(x, kernel.T),
            "转置不是翻转：u 只管行，v 只管列。",
            "transposed",
        ),
        Hint(valid, "只算了核完全落在图里的位置。题目要的是所有可能不为 0 的位置。", "valid"),
        Hint(centred, "把输出裁成了与图一样大。题目要的是所有可能不为 0 的位置。", "centred"),
        Hint(
            wrapped, "负的下标也是越界，那一项要当作 0。NumPy 却不报错，它从末尾数起。", "wrapped"
        ),
    ],
)
