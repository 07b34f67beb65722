"""抽样的理论：一小批的平均值围着全体的平均值散开多少。

“无偏”可以不靠随机、不靠大数，靠枚举来核对：把每一个可能的小批量都算一遍。

>>> values = np.array([1.0, 2.0, 6.0])
>>> means = values[all_batches(3, 2)].mean(axis=1)
>>> means
array([1.5, 3.5, 4. ])
>>> float(means.mean()), float(means.var()) == float(batch_mean_variance(values, 2))
(3.0, True)

References
----------
Cochran (1977), Sampling Techniques, 3rd ed., ch. 2.
"""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlbasics._checks import as_floats, fraction, integer, number

MOST_BATCHES = 1_000_000


def all_batches(n: int, batch_size: int) -> NDArray[np.int64]:
    """从 n 个样本里无放回地取 batch_size 个，枚举全部 C(n, batch_size) 种取法。

    Parameters
    ----------
    n : int
        样本总数，不小于 1。
    batch_size : int
        批量大小，1 到 n。

    Returns
    -------
    ndarray of int64, shape (C(n, batch_size), batch_size)
        每行一批，下标由小到大；各行按字典序。

    Raises
    ------
    ValueError
        取法超过一百万种。

    Examples
    --------
    >>> all_batches(3, 2)
    array([[0, 1],
           [0, 2],
           [1, 2]])
    """
    n = integer("n", n, 1)
    batch_size = integer("batch_size", batch_size, 1, n)
    if comb(n, batch_size) > MOST_BATCHES:
        raise ValueError(
            f"n = {n} 与 batch_size = {batch_size} 应使取法不超过 {MOST_BATCHES} 种，"
            f"得到 {comb(n, batch_size)} 种"
        )
    return np.array(list(combinations(range(n), batch_size)), dtype=np.int64)


def batch_mean_variance(
    values: ArrayLike, batch_size: int, *, replace: bool = False
) -> NDArray[np.floating]:
    """均匀抽取的一批的平均值的方差。

    有放回时是 σ²/b；无放回时再乘有限总体修正 (n − b)/(n − 1)，b = n 时为 0。
    σ² 是全体 n 个值的方差（除以 n）。

    Parameters
    ----------
    values : array_like, shape (n, ...)
        每个样本的值，例如损失 (n,) 或梯度 (n, d)；各个分量分别计算。
    batch_size : int
        批量大小 b，不小于 1；无放回时不大于 n。
    replace : bool
        是否有放回。

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> float(batch_mean_variance([0.0, 2.0], 1)), float(batch_mean_variance([0.0, 2.0], 2))
    (1.0, 0.0)
    >>> float(batch_mean_variance([0.0, 2.0], 2, replace=True))
    0.5
    """
    values = as_floats("values", values)
    if values.ndim == 0 or len(values) == 0:
        raise ValueError(f"values 应是非空的数组 (n, ...)，得到形状 {values.shape}")
    n = len(values)
    batch_size = integer("batch_size", batch_size, 1, None if replace else n)
    correction = 1.0 if replace or n == 1 else (n - batch_size) / (n - 1)
    return values.var(axis=0) / batch_size * correction


def between_class_share(values: ArrayLike, labels: ArrayLike) -> float:
    """方差里类与类之间的差别占几成：各类平均值的方差（按人数加权）除以总方差。

    多个分量时，分子、分母各自对分量求和。全体都相同时没有方差，抛出 ``ValueError``。

    Parameters
    ----------
    values : array_like, shape (n, d)
        每行一个样本的值，例如梯度。
    labels : array_like of int, shape (n,)
        每个样本的类。

    Returns
    -------
    float
        0 到 1。

    Examples
    --------
    >>> between_class_share([[0.0], [2.0], [4.0], [6.0]], [0, 0, 1, 1])
    0.8
    """
    values, labels = as_floats("values", values), np.asarray(labels)
    if values.ndim != 2 or len(values) == 0:
        raise ValueError(f"values 应是非空的二维数组 (n, d)，得到形状 {values.shape}")
    if labels.shape != values.shape[:1]:
        raise ValueError(f"labels 应是形状 ({len(values)},) 的数组，得到形状 {labels.shape}")
    total = values.var(axis=0).sum()
    if total == 0:
        raise ValueError("values 应有差别，得到的各行都相同")
    center, between = values.mean(axis=0), 0.0
    for label in np.unique(labels):
        own = values[labels == label]
        between += len(own) / len(values) * np.sum((own.mean(axis=0) - center) ** 2)
    return float(between / total)


def noise_floor(lr: float, mu: float = 0.0) -> float:
    """噪声地板：梯度是 x + ξ，走了很久之后 x 的方差；ξ 的方差是 1，各步独立。

    梯度下降 x ← x − α(x + ξ) 的地板是 α/(2 − α)；动量法 v ← μv − α(x + ξ)，x ← x + v 的地板是
    α(1 + μ)/((1 − μ)(2(1 + μ) − α))。
    曲率为 λ、梯度噪声的方差为 s² 时，x 的方差是 ``noise_floor(lr * λ, mu) * s**2 / λ**2``。

    Parameters
    ----------
    lr : float
        学习率 α，在 (0, 2(1 + μ)) 内；到了上限就发散。
    mu : float
        动量系数，0 ≤ μ < 1；0 就是梯度下降。

    Returns
    -------
    float

    Examples
    --------
    >>> noise_floor(1.0), noise_floor(0.5)
    (1.0, 0.3333333333333333)
    >>> noise_floor(1.0, mu=0.5)
    1.5
    """
    mu = fraction("mu", mu)
    limit = 2 * (1 + mu)
    lr = number("lr", lr, f"在 (0, {limit:g}) 之内", lambda value: 0 < value < limit)
    return lr * (1 + mu) / ((1 - mu) * (limit - lr))
