"""★★ 平移一格，汇聚以后一个亮点变成两个。"""

import numpy as np

from dlbasics.convolution import max_pool2d
from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint


def split_pair(size, length):
    """找两个亮点：信号右移一格，最大汇聚的输出就从一个亮点变成两个。

    Parameters
    ----------
    size : int
        汇聚窗口的大小，也是步幅，不小于 2。
    length : int
        信号的长度，是 size 的倍数，至少两倍。

    Returns
    -------
    first, second : int
        两个亮点的位置，0 ≤ first < second ≤ length − 2。
    """
    return size - 2, size - 1


def inputs(rng):
    yield 2, 4
    yield 3, 9
    yield 4, 8
    for _ in range(2):
        size = int(rng.integers(5, 9))
        yield size, size * int(rng.integers(2, 5))


def bright_spots(signal, size):
    """最大汇聚以后还有几个亮点。"""
    return int(np.sum(max_pool2d(signal[None, None, None], (1, size), stride=(1, size)) > 0))


def problem(first, second, size, length):
    if first != int(first) or second != int(second):
        return "位置应是整数"
    if not 0 <= first < second <= length - 2:
        return f"应有 0 ≤ first < second ≤ {length - 2}"
    signal = np.zeros(length)
    signal[[int(first), int(second)]] = 1
    before, after = (bright_spots(np.roll(signal, k), size) for k in (0, 1))
    if (before, after) == (1, 2):
        return ""
    return f"平移之前汇聚出 {before} 个亮点，平移以后 {after} 个，应是 1 个变成 2 个"


EXERCISE = Exercise(
    id="image_priors/split_pair",
    title="移一格，一个变两个",
    stars=2,
    points=3,
    statement=r"""
最大汇聚（max pooling）把长度为 $n$ 的信号切成一段一段，每段 $K$ 个数（$K$ 整除 $n$），
每段只留下最大的数，输出的长度是 $n/K$。常有人说它“对小的平移不变”。

找一个反例。信号有两个位置是 1，其余是 0。汇聚的输出里本来只有**一个** 1；
把信号向右移一格，汇聚的输出里却有**两个** 1。所以它在这里既不是不变，也不是等变：
输出不是原来的样子，也不是原来的样子移了几格。参数 `size` 是 $K$，`length` 是 $n$。

检查时会真的做两次汇聚，任何满足要求的位置都算对。""",
    inputs=inputs,
    reference=split_pair,
    compare=satisfies(problem, count=2),
    hints=[
        Hint(
            lambda size, length: (size - 1, size),
            "这两个亮点一开始就在不同的段里。先让它们在同一段，平移以后再分开。",
            "apart_at_first",
        ),
        Hint(
            lambda size, length: (0, size),
            "这两个亮点隔得太远，平移前后都在两段里。",
            "far_apart",
        ),
        Hint(
            lambda size, length: (0, 1),
            "段长大于 2 时，这两个亮点移一格还在第一段里。哪个位置移一格就会走进下一段？",
            "too_early",
        ),
        Hint(
            lambda size, length: (length - 2, length - 1),
            "最后一个位置移一格就出了信号。换到前面的一段去。",
            "off_the_end",
        ),
    ],
)
