"""网页与 Python 抽到同样的签：一个 32 位的随机数发生器，与用它抽下标的两种办法。

只给可操作的图用。别处的随机数来自 ``np.random.Generator``。
"""

from __future__ import annotations

from collections.abc import Callable

MASK = 0xFFFFFFFF


def mulberry32(seed: int) -> Callable[[], float]:
    """种子相同，数列就相同的均匀随机数，在 [0, 1) 内。

    Parameters
    ----------
    seed : int
        0 到 2³² − 1。

    Returns
    -------
    callable
        ``() -> float``，每叫一次给一个。

    Examples
    --------
    >>> random = mulberry32(1)
    >>> round(random(), 4), round(random(), 4)
    (0.6271, 0.0027)

    References
    ----------
    Ettinger (2017), mulberry32，公有领域。
    """
    state = seed & MASK

    def random() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & MASK
        t = (state ^ (state >> 15)) * (state | 1) & MASK
        t ^= (t + ((t ^ (t >> 7)) * (t | 61) & MASK)) & MASK
        return ((t ^ (t >> 14)) & MASK) / 2**32

    return random


def choose(n: int, count: int, random: Callable[[], float]) -> list[int]:
    """从 0 到 n − 1 里无放回地抽 count 个；count = n 就是打乱。

    Parameters
    ----------
    n, count : int
    random : callable
        :func:`mulberry32` 给出的发生器。

    Returns
    -------
    list of int
        按抽到的先后。

    Examples
    --------
    >>> sorted(choose(5, 5, mulberry32(0)))
    [0, 1, 2, 3, 4]
    """
    order = list(range(n))
    for k in range(count):
        other = k + int(random() * (n - k))
        order[k], order[other] = order[other], order[k]
    return order[:count]


def choose_with_replacement(n: int, count: int, random: Callable[[], float]) -> list[int]:
    """从 0 到 n − 1 里有放回地抽 count 个。

    Examples
    --------
    >>> len(choose_with_replacement(5, 8, mulberry32(0)))
    8
    """
    return [int(random() * n) for _ in range(count)]
