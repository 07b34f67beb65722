"""★ 有放回地抽，会错过多少样本。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def missed(n, draws):
    """有放回地均匀抽取若干次，平均有几成的样本一次也没有抽到。

    Parameters
    ----------
    n : int
        样本总数。
    draws : int
        一共抽几次，每次一个。

    Returns
    -------
    float
        没抽到的样本所占比例的期望。
    """
    return (1 - 1 / n) ** draws


def inputs(rng):
    yield 3, 5
    yield 4, 4
    yield 100, 100
    yield 100, 300
    for _ in range(2):
        n = int(rng.integers(20, 200))
        yield n, int(rng.integers(1, 4 * n))


EXERCISE = Exercise(
    id="minibatch_sgd/missed",
    title="错过的样本",
    stars=1,
    points=1,
    statement=r"""
从 $n$ 个样本里有放回地均匀抽取，一共抽 $m$ 次（参数 `draws`），每次一个。
一次也没有抽到的样本，平均占几成？

写好以后取 $m=n$，让 $n$ 越来越大，看它趋于多少；再看要抽几轮（$m=2n,3n,\dots$），
错过的才不到 1%。""",
    inputs=inputs,
    reference=missed,
    compare=equals(),
    hints=[
        Hint(
            lambda n, draws: 1 - (1 - 1 / n) ** draws,
            "这是至少抽到一次的比例。",
            "drawn_share",
        ),
        Hint(
            lambda n, draws: 1 - draws / n,
            "抽得比 n 多，它就成了负数。这是无放回的算法；有放回时，抽过的还会再抽到。",
            "linear_without_replacement",
        ),
        Hint(
            lambda n, draws: max(0.0, 1 - draws / n),
            "这是无放回的情形。有放回时，抽过的还会再抽到，总有一些轮不上。",
            "one_epoch_without_replacement",
        ),
        Hint(
            lambda n, draws: np.exp(-draws / n),
            "这是 n 很大时的近似。n 不大时，直接用一次没抽到的概率去乘。",
            "large_n_limit",
        ),
        Hint(
            lambda n, draws: (1 / n) ** draws,
            "这是每一次都抽到同一个指定样本的概率。",
            "always_the_same",
        ),
        Hint(
            lambda n, draws: 1 - 1 / n,
            "这是抽一次的情形。抽了 draws 次，每次都没有抽到它。",
            "one_draw",
        ),
        Hint(
            lambda n, draws: (1 - 1 / n) ** n,
            "抽的次数不一定等于 n：draws 没有用上。",
            "n_draws",
        ),
        Hint(
            lambda n, draws: n * (1 - 1 / n) ** draws,
            "这是没抽到的个数。题目问的是占几成。",
            "count_not_share",
        ),
    ],
)
