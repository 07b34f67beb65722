"""小批量：从 n 个样本里一批一批地取下标。"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import generator, integer


def minibatches(
    n: int,
    batch_size: int,
    rng: np.random.Generator,
    *,
    replace: bool = False,
    drop_last: bool = False,
) -> Iterator[NDArray[np.int64]]:
    """走一轮：依次给出每个小批量的样本下标。

    Parameters
    ----------
    n : int
        样本总数。
    batch_size : int
        批量大小，1 到 n。
    rng : numpy.random.Generator
        随机数发生器。
    replace : bool
        假：先整体打乱再按顺序取，每个样本恰好出现一次（随机重排）。
        真：每批独立地有放回抽样，一轮里有的样本会重复，有的会缺席。
    drop_last : bool
        n 不是 batch_size 的倍数时，是否丢掉最后不足的一批。

    Yields
    ------
    ndarray of int64, shape (b,)
        b 是 batch_size；最后一批可能更短。

    Examples
    --------
    >>> [len(batch) for batch in minibatches(10, 4, np.random.default_rng(0))]
    [4, 4, 2]
    """
    n = integer("n", n, 1)
    batch_size = integer("batch_size", batch_size, 1, n)
    generator("rng", rng)
    return _batches(n, batch_size, rng, replace, drop_last)


def _batches(
    n: int, batch_size: int, rng: np.random.Generator, replace: bool, drop_last: bool
) -> Iterator[NDArray[np.int64]]:
    order = rng.integers(n, size=n) if replace else rng.permutation(n)
    stop = n - n % batch_size if drop_last else n
    for start in range(0, stop, batch_size):
        yield order[start : start + batch_size]
