"""★★ 要几层才看得见一张脸。"""

import math

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def layers_needed(size, kernel):
    """步幅是 1 的 kernel × kernel 层，至少摞几层才看得到 size 个像素。

    Parameters
    ----------
    size : int
        要看见的东西的边长，不小于 1。
    kernel : int
        每层窗口的边长，不小于 2。

    Returns
    -------
    int
        最少的层数；size 是 1 时不需要任何层。
    """
    return int(np.ceil((size - 1) / (kernel - 1)))


def inputs(rng):
    yield 5, 3
    yield 9, 3
    yield 4, 3
    yield 1, 3
    yield 25, 3
    for _ in range(4):
        yield int(rng.integers(10, 200)), int(rng.integers(3, 8))


EXERCISE = Exercise(
    id="local_connectivity/layers_needed",
    title="几层才看得见一张脸",
    stars=2,
    points=2,
    statement=r"""
第一层 $3\times3$ 的神经元看不见一只眼睛，更看不见一张脸。摞起来的层看得更大：
每一层的窗口都是 $K\times K$，步幅都是 1，那么每多一层，感受野的边长就增加 $K-1$。
一层也没有时，感受野是 1 个像素。

要让感受野的边长不小于 `size`，至少要几层？参数 `kernel` 是 $K$。
写好以后算一算：25×25 的脸，用 3×3 的窗口要几层，7×7 的呢？""",
    inputs=inputs,
    reference=layers_needed,
    compare=equals(),
    hints=[
        Hint(
            lambda size, kernel: math.ceil(size / (kernel - 1)),
            "多了一层。感受野从 1 开始，不是从 0 开始，要增加的是 size − 1；正好够了就不必再加。",
            "from_zero",
        ),
        Hint(
            lambda size, kernel: (size - 1) // (kernel - 1),
            "少了一层：这时感受野还差一点。除不尽时要再加一层。",
            "rounded_down",
        ),
        Hint(
            lambda size, kernel: math.ceil(size / kernel),
            "每一层带来的不是 kernel 个新的像素：窗口是重叠的，只多 kernel − 1 个。",
            "disjoint_windows",
        ),
        Hint(
            lambda size, kernel: next(n for n in range(size + 1) if kernel**n >= size),
            "窗口的边长不是相乘：每多一层，感受野是加上 kernel − 1。",
            "product",
        ),
        Hint(
            lambda size, kernel: np.ceil((size - 1) / (kernel - 1)),
            "数值对了，类型不对：层数是整数，用 int(…) 包起来。",
            "float_result",
        ),
    ],
)
