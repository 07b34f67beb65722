"""★★★ 动量把小球带进更差的谷。"""

import numpy as np

from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint
from dlbasics.landscapes import tilted_double_well
from dlbasics.optimizers import SGD, Momentum, minimize

LR = 0.01
STEPS = 600
EDGE = 3.0


def worse_start(mu, tilt):
    """找一个起点：梯度下降从它走到深谷，动量法从它却停在浅谷。

    Parameters
    ----------
    mu : float
        动量系数。
    tilt : float
        倾斜 c，f(x) = x⁴/4 − x²/2 + cx；深谷在 x 与 c 异号的一侧。

    Returns
    -------
    float
        起点 x_0，在 −3 与 3 之间。
    """
    starts = np.linspace(-3, 3, 601)
    ends = []
    for kept in (0.0, mu):
        x, v = starts.copy(), np.zeros_like(starts)
        for _ in range(600):
            v = kept * v - 0.01 * (x**3 - x + tilt)
            x = x + v
        ends.append(x)
    descent, momentum = ends
    found = starts[(descent * tilt < 0) & (momentum * tilt > 0)]
    return float(found[len(found) // 2])


def inputs(rng):
    yield 0.9, 0.1
    yield 0.9, -0.1
    yield 0.85, 0.1
    yield 0.95, float(rng.choice([-1, 1]) * rng.uniform(0.05, 0.2))


def problem(x0, mu, tilt):
    if not abs(x0) <= EDGE:
        return f"起点应在 −{EDGE:g} 与 {EDGE:g} 之间"
    well = tilted_double_well(tilt)
    descent, momentum = (
        minimize(well, [x0], optimizer, STEPS).x[-1, 0] * np.sign(tilt) < 0
        for optimizer in (SGD(LR), Momentum(LR, mu))
    )
    if descent and not momentum:
        return ""
    names = {True: "深谷", False: "浅谷"}
    return f"从 {x0:g} 出发，梯度下降到了{names[descent]}，动量法到了{names[momentum]}"


EXERCISE = Exercise(
    id="momentum/worse_valley",
    title="冲进更差的谷",
    stars=3,
    points=4,
    statement=r"""
动量能冲出浅谷，也能冲出深谷。在倾斜双井 $f(x)=x^4/4-x^2/2+cx$ 上，
$\alpha=0.01$，都从静止出发，走 600 步。
写一个函数，对给定的 $\mu$ 和 $c$ 找一个起点（在 $-3$ 与 $3$ 之间）：
梯度下降从它走到**深谷**，动量法从它却停在**浅谷**。$f'(x)=x^3-x+c$。

检查时两种方法都会真的跑一遍，任何满足要求的起点都算对。不必推导，搜索就好。""",
    inputs=inputs,
    reference=worse_start,
    compare=satisfies(problem),
    hints=[
        Hint(
            lambda mu, tilt: -worse_start(mu, tilt),
            "方向反了：起点要在深谷那一侧，让小球带着速度越过中间的山脊。",
            "wrong_side",
        ),
        Hint(
            lambda mu, tilt: -2.5,
            "起点要随 mu 和 tilt 变：深谷在哪一侧由 tilt 的符号决定，冲多远由 mu 决定。",
            "fixed_start",
        ),
        Hint(
            lambda mu, tilt: -1.0 if tilt > 0 else 1.0,
            "这个起点就在深谷的谷底附近，速度攒不起来。从更高的坡上出发。",
            "too_low",
        ),
        Hint(
            lambda mu, tilt: 0.0,
            "从山脊附近出发，两种方法往同一侧滚。从外侧的高坡上出发。",
            "near_the_ridge",
        ),
    ],
)
