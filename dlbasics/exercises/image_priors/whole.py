"""★★ 部件够多才响应：深一层的神经元。"""

import numpy as np

from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint


def whole(parts, enough):
    """选权重与偏置，让神经元在至少 enough 个部件出现时才响应。

    Parameters
    ----------
    parts : int
        部件的个数 m，不小于 2。
    enough : int
        几个部件就够了，2 ≤ enough ≤ parts。

    Returns
    -------
    weight, bias : float
        每个部件的权重（都相同）与偏置。
    """
    return 1.0, 1.0 - enough


def inputs(rng):
    yield 6, 4
    yield 2, 2
    yield 3, 2
    yield 5, 3
    parts = int(rng.integers(6, 20))
    yield parts, int(rng.integers(3, parts))


def problem(weight, bias, parts, enough):
    for present in range(parts + 1):
        response = np.maximum(0, weight * present + bias)
        seen = f"{present} 个部件出现时响应是 {response:.10g}"
        if present < enough and not response < 1e-9:
            return f"{seen}，应是 0"
        if present >= enough and not response > 1 - 1e-9:
            return f"{seen}，应不小于 1"
    return ""


EXERCISE = Exercise(
    id="image_priors/whole",
    title="部件够多才响应",
    stars=2,
    points=2,
    statement=r"""
多层次结构：前一层认出眼睛、鼻子、嘴，后一层的神经元把它们合成脸。脸可能被遮住一部分，部件不必全在。

设有 $m$ 个部件，第 $i$ 个部件的响应 $a_i$ 是 1（出现）或 0（没有出现）。
后一层的神经元先做内积，再加偏置，最后只留下正的部分，这个激活函数叫 ReLU：

$$y=\max\bigl(0,\;w\,(a_1+a_2+\dots+a_m)+b\bigr)$$

选权重 $w$ 和偏置 $b$，使得至少 $q$ 个部件出现时 $y\ge1$，不到 $q$ 个时 $y=0$。
参数 `parts` 是 $m$，`enough` 是 $q$。答案不止一个，检查时会把每种情形都算一遍。""",
    inputs=inputs,
    reference=whole,
    compare=satisfies(problem, count=2),
    hints=[
        Hint(
            lambda parts, enough: (1.0, 0.0),
            "没有偏置，一个部件就能让它响应。偏置是门槛：响应之和不够高，就过不去。",
            "no_threshold",
        ),
        Hint(
            lambda parts, enough: (1 / enough, 0.0),
            "部件少，响应只是变弱，还不是 0。要有一道门槛，部件不够就过不去。",
            "any_part",
        ),
        Hint(
            lambda parts, enough: (1.0, 1.0 - parts),
            "这要求部件全部出现。遮住一个它就认不出了，门槛应由 enough 定。",
            "all_parts",
        ),
        Hint(
            lambda parts, enough: (1.0, -float(enough)),
            "门槛太高了：刚好够的时候，响应也是 0。",
            "too_high",
        ),
        Hint(
            lambda parts, enough: (1.0, -1.0),
            "门槛固定为 1，要求的部件多了就拦不住。它要随 enough 变。",
            "fixed_threshold",
        ),
    ],
)
