"""★★ 排好序的数据，重新排成每一批都像全体。"""

import numpy as np

from dlbasics.exercises.comparison import satisfies_array
from dlbasics.exercises.exercise import Exercise, Hint


def stratified_order(labels, batch_size):
    """排出一个次序，按它切成小批量，每一批里各类一样多。

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        每个样本的类；各类的样本一样多。不要修改它。
    batch_size : int
        批量大小：n 的因数，类的个数的倍数。

    Returns
    -------
    ndarray of int, shape (n,)
        样本的下标，每个恰好出现一次。
    """
    by_class = np.argsort(labels, kind="stable")
    classes = len(np.unique(labels))
    return by_class.reshape(classes, -1).T.ravel()


def inputs(rng):
    yield np.array([1, 1, 0, 1, 0, 0]), 2
    yield np.array([1, 1, 0, 0]), 2
    yield np.array([0, 0, 0, 1, 1, 1, 2, 2, 2]), 3
    yield np.array([0, 1, 0, 1, 1, 0, 1, 0]), 4
    for classes, each, batch_size in [(3, 8, 6), (10, 6, 20)]:
        yield rng.permutation(np.repeat(np.arange(classes), each)), batch_size
    yield np.repeat(np.arange(4), 5), 4


def problem(order, labels, batch_size):
    if order.shape != labels.shape:
        return f"形状应是 {labels.shape}，得到 {order.shape}"
    if not np.array_equal(np.sort(order), np.arange(len(labels))):
        return f"应是 0 到 {len(labels) - 1} 的一个排列，每个下标恰好一次"
    classes = np.unique(labels)
    for number, batch in enumerate(order.astype(int).reshape(-1, batch_size)):
        counts = np.sum(labels[batch][:, None] == classes, axis=0)
        if np.any(counts != counts[0]):
            return f"第 {number} 批里，各类的个数是 {counts.tolist()}，应当一样多"
    return ""


EXERCISE = Exercise(
    id="minibatch_sgd/stratified",
    title="每一批都像全体",
    stars=2,
    points=3,
    statement=r"""
数据按类别排好序，一批一批按顺序取，每一批只有一两类，训练就会失败。随机打乱能修好它；
分层抽样更进一步：让每一批里各类都一样多；同类样本相似的话，方差会小得多。

$n$ 个样本的类是 `labels`，各类的样本一样多。排出一个次序，
按它依次切成大小是 `batch_size` 的小批量，使每一批里各类的个数相等。
`batch_size` 是 $n$ 的因数，也是类的个数的倍数，所以总能做到。任何满足要求的次序都算对。

想一想：每一轮要用不同的次序，这样的次序该怎样打乱？""",
    inputs=inputs,
    reference=stratified_order,
    compare=satisfies_array(problem),
    hints=[
        Hint(
            lambda labels, batch_size: np.arange(len(labels)),
            "次序没有动，相同的类还挨在一起。",
            "untouched",
        ),
        Hint(
            lambda labels, batch_size: np.argsort(labels, kind="stable"),
            "按类排好序正是出毛病的排法。排好以后，再从各类轮流取。",
            "sorted_by_class",
        ),
        Hint(
            lambda labels, batch_size: labels[stratified_order(labels, batch_size)],
            "这是排好的类。题目要的是样本的下标。",
            "labels_returned",
        ),
        Hint(
            lambda labels, batch_size: np.argsort(stratified_order(labels, batch_size)),
            "这是每个样本排在第几位。题目要的是每一位上放哪个样本。",
            "ranks",
        ),
        Hint(
            lambda labels, batch_size: (
                np.argsort(labels, kind="stable").reshape(-1, len(np.unique(labels))).T.ravel()
            ),
            "排成表的时候行列弄反了：一行应当正好是一类，再一列一列地取。",
            "rows_for_columns",
        ),
        Hint(
            lambda labels, batch_size: np.random.default_rng(0).permutation(len(labels)),
            "随机打乱只保证平均起来各类一样多，单独一批里总有多有少。",
            "shuffled",
        ),
    ],
)
