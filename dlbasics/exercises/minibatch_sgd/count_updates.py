"""★ 一轮不是一次迭代。"""

import math

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def count_updates(n, batch_size, epochs, drop_last):
    """训练若干轮，参数一共更新几次。

    Parameters
    ----------
    n : int
        样本总数。
    batch_size : int
        批量大小，1 到 n。
    epochs : int
        轮数。
    drop_last : bool
        是否丢掉每一轮最后不足的一批。

    Returns
    -------
    int
        更新（迭代）的次数。
    """
    per_epoch = n // batch_size if drop_last else int(np.ceil(n / batch_size))
    return epochs * per_epoch


def inputs(rng):
    yield 10, 4, 5, False
    yield 10, 4, 5, True
    yield 12, 4, 2, False
    yield 1348, 32, 10, False
    for _ in range(3):
        n = int(rng.integers(50, 500))
        yield n, int(rng.integers(1, 40)), int(rng.integers(2, 20)), bool(rng.integers(2))


EXERCISE = Exercise(
    id="minibatch_sgd/count_updates",
    title="更新了几次",
    stars=1,
    points=1,
    statement=r"""
$n$ 个样本，批量大小是 `batch_size`，随机重排，训练 `epochs` 轮。
`drop_last` 是真，就丢掉每一轮最后不足的一批；是假，就也用它更新一次。
参数一共更新几次？返回整数。""",
    inputs=inputs,
    reference=count_updates,
    compare=equals(),
    hints=[
        Hint(
            lambda n, batch_size, epochs, drop_last: epochs * (n // batch_size),
            "每一轮最后不足的一批，没有要求丢掉的时候也要更新一次。",
            "rest_dropped",
        ),
        Hint(
            lambda n, batch_size, epochs, drop_last: math.ceil(epochs * n / batch_size),
            "各轮的样本连起来切了。每一轮单独切，每一轮都可能有不足的一批。",
            "epochs_joined",
        ),
        Hint(
            lambda n, batch_size, epochs, drop_last: epochs,
            "一轮不是一次更新：每用完一批就更新一次。",
            "one_per_epoch",
        ),
        Hint(
            lambda n, batch_size, epochs, drop_last: math.ceil(n / batch_size),
            "这是一轮里的次数。",
            "one_epoch",
        ),
        Hint(
            lambda n, batch_size, epochs, drop_last: epochs * n,
            "这是看过的样本数。几个样本才更新一次？",
            "samples_seen",
        ),
        Hint(
            lambda n, batch_size, epochs, drop_last: epochs * n / batch_size,
            "更新的次数是整数：最后不足的一批，要么算一次，要么不算。",
            "fractional",
        ),
        Hint(
            lambda n, batch_size, epochs, drop_last: epochs * math.ceil(n / batch_size),
            "drop_last 没有用上：它是真的时候，不足的一批不更新。",
            "drop_ignored",
        ),
        Hint(
            lambda n, batch_size, epochs, drop_last: epochs * (n // batch_size + (not drop_last)),
            "除得尽的时候没有不足的一批，不必多算一次。",
            "always_rest",
        ),
    ],
)
