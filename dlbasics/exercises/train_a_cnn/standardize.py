"""★★ 标准化，但不偷看测试集。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def standardize(train, test):
    """把每个特征变成平均是 0、标准差是 1，不用测试集的任何信息。

    Parameters
    ----------
    train : ndarray, shape (n, d)
        训练集，每行一个样本。不要修改它。
    test : ndarray, shape (m, d)
        测试集。不要修改它。

    Returns
    -------
    train, test : ndarray, shape (n, d) 与 (m, d)
        变换以后的两个集合。
    """
    mean, spread = train.mean(axis=0), train.std(axis=0)
    spread = np.where(spread == 0, 1, spread)
    return (train - mean) / spread, (test - mean) / spread


def inputs(rng):
    yield np.array([[1.0, 10.0], [3.0, 50.0]]), np.array([[5.0, 20.0], [6.0, 40.0]])
    yield np.array([[1.0, 7.0], [3.0, 7.0]]), np.array([[2.0, 9.0]])
    for n, m, d in [(5, 3, 2), (8, 1, 4)]:
        yield rng.normal(3, 2, (n, d)).round(2), rng.normal(4, 3, (m, d)).round(2)


def scaled(x, mean, spread):
    return (x - mean) / np.where(spread == 0, 1, spread)


def each_its_own(train, test):
    return tuple(scaled(x, x.mean(axis=0), x.std(axis=0)) for x in (train, test))


def together(train, test):
    every = np.vstack([train, test])
    return tuple(scaled(x, every.mean(axis=0), every.std(axis=0)) for x in (train, test))


EXERCISE = Exercise(
    id="train_a_cnn/standardize",
    title="不偷看的标准化",
    stars=2,
    points=2,
    statement=r"""
训练集是 $X\in\mathbb{R}^{n\times d}$（参数 `train`），测试集是 $m\times d$ 的（参数 `test`），
每行一个样本，每列一个特征。把每个特征减去平均，再除以标准差（方差除以个数，不减 1）。
同一个数在两个集合里必须变成同一个数，而且不能用到测试集的任何信息：
真正使用的时候，样本是一个一个来的，它们的平均你还不知道。

训练集里标准差是 0 的特征，只减平均，不除。""",
    inputs=inputs,
    reference=standardize,
    compare=equals(),
    hints=[
        Hint(
            each_its_own,
            "两个集合各用了自己的平均和标准差：同一个数变成了不同的数，还用到了测试集的统计量。",
            "each_its_own",
        ),
        Hint(together, "平均和标准差里混进了测试集，这是泄漏。", "leaked"),
        Hint(
            lambda train, test: (standardize(train, test)[0], test),
            "测试集没有变换：网络会看到一种没有见过的尺度。",
            "test_untouched",
        ),
        Hint(
            lambda train, test: (train - train.mean(axis=0), test - train.mean(axis=0)),
            "只减了平均，还没有除以标准差。",
            "mean_only",
        ),
        Hint(
            lambda train, test: tuple(scaled(x, train.mean(), train.std()) for x in (train, test)),
            "所有特征共用了一个平均和标准差。每一列各算各的。",
            "shared_statistics",
        ),
        Hint(
            lambda train, test: tuple(
                scaled(x, train.mean(axis=0), train.std(axis=0, ddof=1)) for x in (train, test)
            ),
            "标准差除以了 n − 1，题目要的是除以 n。",
            "unbiased",
        ),
    ],
)
