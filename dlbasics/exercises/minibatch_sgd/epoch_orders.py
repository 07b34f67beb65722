"""★ 每一轮重新打乱，而且能够重复。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def epoch_orders(n, epochs, seed):
    """每一轮各打乱一次，给出各轮的次序。

    Parameters
    ----------
    n : int
        样本总数。
    epochs : int
        轮数。
    seed : int
        随机种子。

    Returns
    -------
    ndarray of int, shape (epochs, n)
        第 r 行是第 r 轮的次序。
    """
    rng = np.random.default_rng(seed)
    return np.array([rng.permutation(n) for _ in range(epochs)])


def inputs(rng):
    yield 6, 2, 3
    yield 6, 2, 4
    yield 5, 1, 0
    for n in (8, 20):
        yield n, 4, int(rng.integers(1, 1000))


def shuffled_again(n, epochs, seed):
    """接着上一轮的次序打乱。"""
    rng, order = np.random.default_rng(seed), np.arange(n)
    return np.array([order := rng.permutation(order) for _ in range(epochs)])


def legacy(n, epochs, seed):
    rng = np.random.RandomState(seed)  # 与 np.random.seed 同一串随机数
    return np.array([rng.permutation(n) for _ in range(epochs)])


EXERCISE = Exercise(
    id="minibatch_sgd/epoch_orders",
    title="每轮打乱，还能重复",
    stars=1,
    points=1,
    statement=r"""
训练要打乱，又要能够重复：同一个种子，两次运行的次序完全相同；同一次运行里，各轮的次序不同。
做法是：开头用 `np.random.default_rng(seed)` 建**一个**随机数发生器，
然后每一轮用它的 `permutation(n)` 打乱一次。把各轮的次序一行一行排好，返回。""",
    inputs=inputs,
    reference=epoch_orders,
    compare=equals(),
    hints=[
        Hint(
            lambda n, epochs, seed: np.tile(
                np.random.default_rng(seed).permutation(n), (epochs, 1)
            ),
            "各轮的次序都一样：只打乱了一次，或者每一轮都用同一个种子重新建了发生器。",
            "same_every_epoch",
        ),
        Hint(
            lambda n, epochs, seed: np.tile(np.arange(n), (epochs, 1)),
            "没有打乱。",
            "unshuffled",
        ),
        Hint(
            lambda n, epochs, seed: np.random.default_rng(seed).integers(n, size=(epochs, n)),
            "这是有放回的抽样：一轮里有的样本重复，有的缺席。",
            "with_replacement",
        ),
        Hint(
            shuffled_again,
            "第二轮接着第一轮的次序打乱：也很均匀，可是题目要每一轮都从 0 到 n − 1 重新打乱。",
            "shuffled_again",
        ),
        Hint(
            legacy,
            "用了 np.random.seed，那是旧的全局发生器，别处的代码也会动它。建一个自己的发生器。",
            "legacy",
        ),
        Hint(
            lambda n, epochs, seed: np.array(
                [np.random.default_rng(epoch).permutation(n) for epoch in range(epochs)]
            ),
            "seed 没有用上：换一个种子，次序应当跟着换。",
            "fixed_seed",
        ),
        Hint(
            lambda n, epochs, seed: np.array(
                [np.random.default_rng(seed + epoch).permutation(n) for epoch in range(epochs)]
            ),
            "每一轮换一个种子，种子 3 的第二轮就与种子 4 的第一轮相同。一个发生器从头用到尾。",
            "seed_per_epoch",
        ),
    ],
)
