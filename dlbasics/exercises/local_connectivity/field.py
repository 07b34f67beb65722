"""★★ 一摞层的感受野。"""

import math

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def field(layers):
    """最后一层的一个神经元，在一个方向上看得到多少个输入像素。

    Parameters
    ----------
    layers : tuple of (int, int)
        从第一层到最后一层，每层是（窗口的大小，步幅），步幅不大于窗口。

    Returns
    -------
    int
        感受野的边长。
    """
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump *= stride
    return size


def inputs(rng):
    yield (((3, 1),),)
    yield (((3, 2),),)
    yield (((3, 1), (3, 1)),)
    yield (((4, 3), (3, 2)),)
    yield (((5, 1), (2, 2), (5, 1), (2, 2)),)
    for depth in (3, 4):
        yield (tuple((int(k), int(s)) for k, s in rng.integers([3, 1], [6, 4], size=(depth, 2))),)


def jump_first(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        jump *= stride
        size += (kernel - 1) * jump
    return size


def from_the_first(layers):
    size = 1
    for kernel, stride in layers:
        size = (size - 1) * stride + kernel
    return size


def last_stride_only(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump = stride
    return size


EXERCISE = Exercise(
    id="local_connectivity/field",
    title="一个神经元看得多远",
    stars=2,
    points=3,
    statement=r"""
局部连接层一层一层摞起来，后面的神经元通过前面的神经元看到更大的一块输入。
能影响它的那块输入叫感受野（receptive field）。

第 $l$ 层的窗口大小是 $k_l$，步幅（stride）是 $s_l$：相邻两个神经元的窗口错开 $s_l$ 格，
$s_l\le k_l$，所以没有漏看的像素。
求最后一层的一个神经元在一个方向上看得到多少个输入像素（不考虑边界）。

线索：从第一层往后走，记住两个数：现在看得到多少个像素，以及相邻的两个神经元在输入上相距几个像素。""",
    inputs=inputs,
    reference=field,
    compare=equals(),
    hints=[
        Hint(
            jump_first,
            "这一层的步幅用早了：它只影响后面的层。先算这一层的感受野，再更新间距。",
            "jump_first",
        ),
        Hint(
            lambda layers: math.prod(kernel for kernel, _ in layers),
            "窗口的大小不是相乘：相邻的窗口是重叠的。画两层一维的窗口数一数。",
            "product",
        ),
        Hint(
            lambda layers: sum(kernel for kernel, _ in layers),
            "窗口的大小不是直接相加：后一层窗口里的每个神经元，看到的输入大半是重叠的。",
            "sum_of_sizes",
        ),
        Hint(
            lambda layers: 1 + sum(kernel - 1 for kernel, _ in layers),
            "没有用步幅：前面的层步幅大，后面的窗口里相邻的神经元在输入上就离得远。",
            "stride_ignored",
        ),
        Hint(
            from_the_first,
            "走的方向反了：一层的步幅影响的是它后面的层，不是前面的。你的递推应当从哪一头走起？",
            "from_the_first",
        ),
        Hint(
            last_stride_only,
            "只用了前一层的步幅。前面每一层的步幅都把间距拉大，要连乘起来。",
            "last_stride_only",
        ),
    ],
)
