"""★★ 最后一批不足时，一轮的平均损失。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def epoch_mean(batch_means, n, batch_size):
    """由各批的平均损失，算出全部样本的平均损失。

    Parameters
    ----------
    batch_means : ndarray, shape (k,)
        依次是一轮里 k = ⌈n/b⌉ 批各自的平均损失。
    n : int
        样本总数。
    batch_size : int
        批量大小 b；最后一批可能不足 b 个。

    Returns
    -------
    float
    """
    sizes = np.full(len(batch_means), batch_size)
    sizes[-1] = n - batch_size * (len(batch_means) - 1)
    return np.sum(sizes * batch_means) / n


def inputs(rng):
    yield np.array([1.0, 3.0, 6.0]), 10, 4
    yield np.array([2.0, 3.0]), 8, 4
    yield np.array([5.0]), 3, 3
    for n, batch_size in [(50, 8), (64, 16), (33, 16)]:
        yield rng.uniform(0, 3, -(-n // batch_size)).round(2), n, batch_size


def weighted_by_remainder(batch_means, n, batch_size):
    sizes = np.full(len(batch_means), batch_size)
    sizes[-1] = n % batch_size
    return np.average(batch_means, weights=sizes)


EXERCISE = Exercise(
    id="minibatch_sgd/epoch_mean",
    title="一轮的平均损失",
    stars=2,
    points=2,
    statement=r"""
一轮里有 $k=\lceil n/b\rceil$ 批，随机重排，每个样本恰好用一次。
前面的各批都是 $b$ 个样本，最后一批是剩下的，可能不足 $b$ 个。
参数固定，第 $j$ 批的平均损失是 $\hat f_j$（参数 `batch_means`）。
求全部 $n$ 个样本的平均损失。""",
    inputs=inputs,
    reference=epoch_mean,
    compare=equals(),
    hints=[
        Hint(
            lambda batch_means, n, batch_size: batch_means.mean(),
            "最后一批的样本少，却与别的批一样重。每个样本应当一样重。",
            "mean_of_means",
        ),
        Hint(
            lambda batch_means, n, batch_size: batch_size * batch_means.sum() / n,
            "最后一批没有 batch_size 个样本。",
            "last_as_full",
        ),
        Hint(
            lambda batch_means, n, batch_size: (
                epoch_mean(batch_means, n, batch_size) * n / (batch_size * len(batch_means))
            ),
            "分母应是全部的样本数，不是批数乘以批量大小。",
            "wrong_denominator",
        ),
        Hint(
            lambda batch_means, n, batch_size: batch_means[: n // batch_size].mean(),
            "最后一批被丢掉了，全体里却有它。",
            "last_dropped",
        ),
        Hint(
            lambda batch_means, n, batch_size: batch_means.sum() / n,
            "各批给的是平均值，不是总和：先乘上各批的样本数。",
            "means_as_sums",
        ),
        Hint(
            lambda batch_means, n, batch_size: (
                (batch_size * batch_means[:-1].sum() + n % batch_size * batch_means[-1]) / n
            ),
            "除得尽的时候，余数是 0，最后一批却是满的，不是空的。",
            "empty_last",
        ),
        Hint(
            weighted_by_remainder,
            "最后一批的权重成了 0：除得尽的时候，余数是 0，最后一批却是满的。",
            "weighted_by_remainder",
        ),
    ],
)
