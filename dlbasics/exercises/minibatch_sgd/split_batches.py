"""★ 把打乱的下标切成小批量。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def split_batches(order, batch_size):
    """把打乱的下标按顺序切成一批一批；最后一批可以不足。

    Parameters
    ----------
    order : ndarray of int, shape (n,)
        打乱以后的样本下标。不要修改它。
    batch_size : int
        批量大小，1 到 n。

    Returns
    -------
    tuple of ndarray of int
        依次是各批的下标。
    """
    starts = range(0, len(order), batch_size)
    return tuple(order[start : start + batch_size] for start in starts)


def inputs(rng):
    yield np.array([3, 0, 8, 5, 1, 7, 2, 6, 4]), 4
    yield np.array([2, 0, 5, 1, 4, 3]), 3
    yield np.array([1, 0]), 1
    for n, batch_size in [(13, 5), (10, 10), (16, 3)]:
        yield rng.permutation(n), batch_size


def batch_count(order, batch_size):
    return -(-len(order) // batch_size)


EXERCISE = Exercise(
    id="minibatch_sgd/split_batches",
    title="切成小批量",
    stars=1,
    points=2,
    statement=r"""
随机重排先把 $n$ 个样本的下标打乱，再按顺序切成一批一批，每批 $b$ 个。
参数 `order` 是打乱以后的下标，`batch_size` 是 $b$。
返回各批的下标：一共 $\lceil n/b\rceil$ 批，除了最后一批，每批正好 $b$ 个；
最后一批有几个就是几个，但不能是空的。每个下标恰好出现一次。""",
    inputs=inputs,
    reference=split_batches,
    compare=equals(),
    hints=[
        Hint(
            lambda order, batch_size: split_batches(order, batch_size)[: len(order) // batch_size],
            "丢掉了最后不足的一批，里面的样本这一轮没有用上。",
            "dropped_rest",
        ),
        Hint(
            lambda order, batch_size: tuple(np.array_split(order, batch_count(order, batch_size))),
            "这样切得一样多，每批不到 batch_size 个。应当先取满，把不足的留到最后一批。",
            "even_split",
        ),
        Hint(
            lambda order, batch_size: tuple(np.array_split(order, batch_size)),
            "batch_size 是每批的个数，不是批数。",
            "batch_size_as_count",
        ),
        Hint(
            lambda order, batch_size: tuple(
                order[i :: batch_count(order, batch_size)]
                for i in range(batch_count(order, batch_size))
            ),
            "隔几个取一个，也能不重不漏；题目要的是按顺序一段一段地切。",
            "strided",
        ),
        Hint(
            lambda order, batch_size: tuple(
                order[start:batch_size] for start in range(0, len(order), batch_size)
            ),
            "切片的终点是位置，不是个数：起点往后移，终点也要跟着移。",
            "end_as_length",
        ),
        Hint(
            lambda order, batch_size: tuple(
                order[start : start + batch_size + 1] for start in range(0, len(order), batch_size)
            ),
            "每批多取了一个，下一批又取了它。切片不含终点。",
            "overlapping",
        ),
        Hint(
            lambda order, batch_size: split_batches(np.sort(order), batch_size),
            "打乱的次序丢了：各批是 0、1、2……依次排下来的。",
            "order_lost",
        ),
        Hint(
            lambda order, batch_size: tuple(
                order[start : start + batch_size] for start in range(0, len(order) + 1, batch_size)
            ),
            "除得尽的时候，末尾多了一个空的批。",
            "empty_batch",
        ),
    ],
)
