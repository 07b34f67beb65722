"""★★ 抽得不均匀，也能无偏。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def reweighted(losses, probability, batch):
    """不均匀抽取的一批，给出全体平均损失的无偏估计。

    Parameters
    ----------
    losses : ndarray, shape (n,)
        每个样本的损失；只能用抽到的那些。
    probability : ndarray, shape (n,)
        抽一次时，抽到每个样本的概率，都是正数，和是 1。
    batch : ndarray of int, shape (b,)
        有放回地抽到的下标，可能重复。

    Returns
    -------
    float
    """
    n = len(losses)
    return np.mean(losses[batch] / (n * probability[batch]))


def inputs(rng):
    yield np.array([2.0, 6.0, 5.0]), np.array([0.5, 0.3, 0.2]), np.array([0, 2])
    yield np.array([2.0, 6.0, 5.0]), np.array([0.5, 0.3, 0.2]), np.array([1, 1])
    yield np.array([3.0, 9.0, 4.0]), np.array([0.5, 0.25, 0.25]), np.array([0, 0, 1])
    for n, b in [(5, 3), (8, 4)]:
        weight = rng.uniform(0.2, 1, n)
        yield rng.uniform(0, 9, n).round(1), weight / weight.sum(), rng.integers(n, size=b)


EXERCISE = Exercise(
    id="minibatch_sgd/reweighted",
    title="抽得不均匀，也能无偏",
    stars=2,
    points=3,
    statement=r"""
少见的类想多抽一些，可是还要估计**全体**的平均损失 $f=\frac1n\sum_i\ell_i$。
有放回地抽 $b$ 次，每次抽到第 $i$ 个样本的概率是 $p_i>0$（参数 `probability`），
抽到的下标是 `batch`。给每个抽到的样本的损失乘一个只与 $p_i$、$n$ 有关的权重，再对这一批取平均，
使估计的期望正好是 $f$，不论 $\ell_1,\dots,\ell_n$ 是多少。

`losses` 里有全体的损失，请只用抽到的那些：训练时别的都没有算。""",
    inputs=inputs,
    reference=reweighted,
    compare=equals(),
    hints=[
        Hint(
            lambda losses, probability, batch: losses[batch].mean(),
            "容易抽到的样本占了便宜：直接平均，只在均匀抽取时无偏。",
            "plain_mean",
        ),
        Hint(
            lambda losses, probability, batch: np.mean(
                len(losses) * probability[batch] * losses[batch]
            ),
            "权重的方向反了：容易抽到的样本已经多出现了，该轻一些还是重一些？",
            "inverted_weights",
        ),
        Hint(
            lambda losses, probability, batch: np.mean(losses[batch] / probability[batch]),
            "它的期望是全体损失的和，不是平均。",
            "total_not_mean",
        ),
        Hint(
            lambda losses, probability, batch: np.mean(
                losses[batch] / (len(batch) * probability[batch])
            ),
            "权重里用了批量大小。它只与 p 和全体的样本数有关；批量大小在取平均时已经用过。",
            "batch_size_in_weight",
        ),
        Hint(
            lambda losses, probability, batch: (
                np.sum(losses[batch] / probability[batch]) / np.sum(1 / probability[batch])
            ),
            "把权重归一化，分母就成了随机的，估计一般有偏。权重应只与 p 和 n 有关。",
            "normalised",
        ),
        Hint(
            lambda losses, probability, batch: (
                np.sum(losses[batch] / probability[batch]) / len(losses)
            ),
            "对这一批取了和，没有取平均：抽得越多，它就越大。",
            "summed",
        ),
        Hint(
            lambda losses, probability, batch: np.average(
                losses[batch], weights=probability[batch]
            ),
            "容易抽到的样本本来就出现得多，再按概率加权，偏得更厉害。",
            "by_probability",
        ),
        Hint(
            lambda losses, probability, batch: losses.mean(),
            "这用到了没有抽到的样本。训练时它们的损失没有算。",
            "unseen_samples",
        ),
    ],
)
