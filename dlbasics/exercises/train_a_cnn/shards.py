"""★★ 几份梯度合成一份。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def combine(grads, counts):
    """把各台机器算出的平均梯度，合成整批的平均梯度。

    Parameters
    ----------
    grads : ndarray, shape (k, d)
        第 i 行是第 i 台机器那一份样本的平均梯度。不要修改它。
    counts : ndarray of int, shape (k,)
        每台机器分到的样本数，可能是 0；这时它的梯度没有意义，全是 0。

    Returns
    -------
    ndarray, shape (d,)
        全部样本的平均梯度。
    """
    return counts @ grads / counts.sum()


def inputs(rng):
    yield np.array([[1.0, 0.0], [5.0, 8.0]]), np.array([3, 1])
    yield np.array([[2.0], [0.0], [4.0]]), np.array([2, 0, 2])
    for k, d in [(3, 2), (5, 4)]:
        yield rng.normal(size=(k, d)).round(2), rng.integers(1, 9, k)


EXERCISE = Exercise(
    id="train_a_cnn/shards",
    title="几份梯度合成一份",
    stars=2,
    points=2,
    statement=r"""
一批样本分给 $k$ 台机器，第 $i$ 台分到 $n_i$ 个（参数 `counts`），
算出这一份的**平均**损失对 $d$ 个参数的梯度 $g_i\in\mathbb{R}^d$（参数 `grads` 的一行）。
合成整批的平均损失的梯度，使走的一步与在一台机器上算完全相同。

样本少的时候，有的机器会分不到：$n_i=0$，它交回来的梯度全是 0。""",
    inputs=inputs,
    reference=combine,
    compare=equals(),
    hints=[
        Hint(
            lambda grads, counts: grads.mean(axis=0),
            "各台机器一样重。样本少的那一台，每个样本就多占了分量。",
            "unweighted",
        ),
        Hint(
            lambda grads, counts: grads.sum(axis=0),
            "相加以后，机器越多步子越大。要的是整批的平均。",
            "summed",
        ),
        Hint(
            lambda grads, counts: counts @ grads,
            "这是整批的和，还要除以样本总数。",
            "total",
        ),
        Hint(
            lambda grads, counts: counts @ grads / len(counts),
            "除以了机器的台数。乘过样本数以后，应除以样本总数。",
            "divided_by_machines",
        ),
        Hint(
            lambda grads, counts: grads.sum(axis=0) / counts.sum(),
            "各台交回来的已经是平均，要先乘上各自的样本数，再除以总数。",
            "means_unweighted",
        ),
        Hint(
            lambda grads, counts: np.average(grads, axis=0, weights=1 / np.maximum(counts, 1e-9)),
            "权重反了：样本多的一份应当更重。",
            "inverted_weights",
        ),
    ],
)
