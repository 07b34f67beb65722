"""★★ 全连接层怎样吸收打乱的像素。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint

ROWS = "打乱的是神经元。像素对应 weight 的列，行对应神经元。"


def absorb(weight, order):
    """打乱像素以后，全连接层应换成什么权重，输出才一点不变。

    Parameters
    ----------
    weight : ndarray, shape (m, n)
        原来的权重，输出是 weight @ x。不要修改它。
    order : ndarray of int, shape (n,)
        0 到 n − 1 的一个排列；打乱以后的图像是 x[order]。

    Returns
    -------
    ndarray, shape (m, n)
        新的权重，对任何 x，它乘以 x[order] 都等于 weight @ x；
        dtype 与 weight 相同。
    """
    return weight[:, order]


def inputs(rng):
    weight = np.array([[3, 9, 4, 7], [5, 1, 8, 2], [6, 0, 3, 9], [2, 7, 1, 5]], dtype=float)
    yield weight, np.array([2, 0, 3, 1])
    yield np.array([[3.0, 1.0, 4.0, 2.0]]), np.array([1, 3, 0, 2])
    for m, n in [(2, 5), (3, 6)]:
        yield rng.normal(size=(m, n)), rng.permutation(n)
    yield rng.normal(size=(4, 4)).astype(np.float32), rng.permutation(4)


EXERCISE = Exercise(
    id="image_priors/absorb",
    title="打乱像素，输出不变",
    stars=2,
    points=2,
    statement=r"""
一幅有 $n$ 个像素的图像拉直成向量 $x$。全连接层有 $m$ 个神经元，
权重 $M$ 的形状是 $(m,n)$，输出是 $Mx$。

现在把训练集和测试集的每一幅图像都按同一个次序打乱：新的第 $i$ 个像素是原来的第 `order[i]` 个，
写成 NumPy 就是 `x[order]`。人认不出这些图像了。
求新的权重 $M'$，使得对任何 $x$，$M'$ 乘以打乱的图像都等于 $Mx$。

想一想：卷积层能不能也这样换一换权重，就不怕打乱？""",
    inputs=inputs,
    reference=absorb,
    compare=equals(),
    hints=[
        Hint(
            lambda weight, order: weight,
            "权重没有变：打乱以后，第 i 个权重遇到的已经不是原来那个像素。",
            "unchanged",
        ),
        Hint(
            lambda weight, order: weight[:, np.argsort(order)],
            "用成了逆排列。新的第 i 个像素是原来的第 order[i] 个，它应当遇到哪一个权重？",
            "inverse_order",
        ),
        Hint(
            lambda weight, order: weight[order],
            ROWS,
            "neurons_reordered",
        ),
        Hint(
            lambda weight, order: weight[np.argsort(order)],
            ROWS,
            "neurons_reordered",
        ),
        Hint(
            lambda weight, order: weight[order][:, order],
            "行和列都打乱了。神经元的次序没有变，只动对应像素的那一维。",
            "both_reordered",
        ),
    ],
)
