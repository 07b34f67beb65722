"""★★ 训练中途改学习率。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def rescale(v, lr_old, lr_new):
    """改学习率时怎样调整本书写法的速度，才能走出与 PyTorch 写法相同的路。

    Parameters
    ----------
    v : ndarray
        改学习率之前的速度（本书的写法）。不要修改它。
    lr_old, lr_new : float
        改之前与改之后的学习率。

    Returns
    -------
    ndarray
        调整后的速度。
    """
    return v * (lr_new / lr_old)


def inputs(rng):
    yield np.array([2.0]), 0.4, 0.1
    yield np.array([1.0, -2.0]), 0.1, 0.01
    yield np.array([1.0, -2.0]), 0.01, 0.1
    yield rng.normal(size=4), *map(float, rng.uniform(0.01, 1, size=2))


EXERCISE = Exercise(
    id="momentum/lr_change",
    title="中途改学习率",
    stars=2,
    points=2,
    statement=r"""
学习率恒定时，本书的写法与 PyTorch 的写法走同一条路。
训练中途把学习率改小，两条路就分开了：
本书的速度里装着旧的学习率，要慢慢消散；PyTorch 的速度里只有梯度，立刻按新的学习率走。

改学习率的那一刻把速度调整一次，可以让本书的写法走出 PyTorch 的路。写出调整后的速度。""",
    inputs=inputs,
    reference=rescale,
    compare=equals(),
    hints=[
        Hint(
            lambda v, lr_old, lr_new: v,
            "速度没有变，就还是本书原来的路。PyTorch 的速度是 −v/α，保持不变的是它。",
            "velocity_unchanged",
        ),
        Hint(
            lambda v, lr_old, lr_new: v * (lr_old / lr_new),
            "比例颠倒了：学习率变小，下一步也该变小。",
            "inverted_ratio",
        ),
        Hint(
            lambda v, lr_old, lr_new: v * lr_new,
            "还差一个旧学习率：−v/lr_old 才是 PyTorch 的速度，再乘以新的学习率。",
            "old_lr_missing",
        ),
    ],
)
