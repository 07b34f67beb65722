"""★★ 学习率定下来，总有一处走一步就上升。"""

import numpy as np

from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint
from dlbasics.landscapes import power
from dlbasics.optimizers import SGD, minimize


def rising_point(exponent, lr):
    """找一个点：在 f(x) = |x|ᵖ/p 上从它走一步，损失上升。

    Parameters
    ----------
    exponent : float
        p，不小于 1，不等于 2。
    lr : float
        学习率 α。

    Returns
    -------
    float
        起点 x，不是 0。
    """
    edge = (2 / lr) ** (1 / (exponent - 2))
    return 2 * edge if exponent > 2 else edge / 2


def inputs(rng):
    yield 4.0, 0.08
    yield 1.5, 0.5
    yield 1.0, 0.3
    yield 3.0, 1e-4
    yield 6.0, 0.7
    yield 4.0, 800.0
    yield 1.5, 8.0
    for exponent in (1.25, 5.0):
        yield exponent, rng.uniform(0.01, 1)


def problem(x, exponent, lr):
    if x == 0:
        return "在 0 处梯度是零，走一步不动"
    before, after = walk(x, exponent, lr)
    if not after > before * (1 + 1e-9):
        return f"走一步，|x| 从 {before:.6g} 变成 {after:.6g}，损失没有上升"
    nearer = x / 10 if exponent > 2 else 10 * x
    before, after = walk(nearer, exponent, lr)
    if not after < before:
        return f"离门槛太远：从 {nearer:.6g} 出发，损失也上升"
    return ""


def walk(x, exponent, lr):
    """走一步之前与之后的 |x|。"""
    return np.abs(minimize(power(exponent), [x], SGD(lr), 1).x[:, 0])


EXERCISE = Exercise(
    id="gradient_descent/rising",
    title="总有一处走不下去",
    stars=2,
    points=3,
    statement=r"""
在 $f(x)=|x|^p/p$ 上（梯度是 $\operatorname{sign}(x)|x|^{p-1}$），别人先定了学习率 $\alpha$，
轮到你选起点：找一个 $x\ne0$，从它走一步梯度下降，损失不降反升。
参数 `exponent` 是 $p$（$p\ge1$，$p\ne2$），`lr` 是 $\alpha$。

不论 $\alpha$ 多小，总能找到。这就是“没有一个处处够小的学习率”。
起点还要离门槛不太远：从 $x/10$（$p>2$）或者 $10x$（$p<2$）走一步，损失应当下降。
检查时真的从这两处各走一步，看 $|x|$ 变大还是变小；任何满足要求的起点都算对。

想一想：$p=2$ 时，为什么不让你找？""",
    inputs=inputs,
    reference=rising_point,
    compare=satisfies(problem),
    hints=[
        Hint(
            lambda exponent, lr: (2 / lr) ** (1 / (exponent - 2)),
            "这里正好是门槛：走一步跳到对面同样高的地方。该往哪一侧挪一点？",
            "threshold",
        ),
        Hint(
            lambda exponent, lr: (1 / lr) ** (1 / (exponent - 2)),
            "从这里走一步正好落在谷底，损失降得最多。要再过头一些，跳到对面更高的地方。",
            "valley_bottom",
        ),
        Hint(
            lambda exponent, lr: 2 * (2 / lr) ** (1 / (exponent - 2)),
            "远处走不下去，只在曲率越远越大的时候才对。p 小于 2 时，哪里的曲率大？",
            "always_far",
        ),
        Hint(
            lambda exponent, lr: (2 / lr) ** (1 / (exponent - 2)) / 2,
            "谷底附近走不下去，只在曲率越近越大的时候才对。p 大于 2 时，哪里的曲率大？",
            "always_near",
        ),
        Hint(lambda exponent, lr: 0.0, "0 是谷底，梯度是零，走多少步都不动。", "at_bottom"),
        Hint(
            lambda exponent, lr: 1e3,
            "起点要随 exponent 变：p 小于 2 时，越远的地方曲率越小。",
            "fixed_near",
        ),
        Hint(
            lambda exponent, lr: 1e-6,
            "起点要随 exponent 变：p 大于 2 时，谷底附近的曲率几乎是零。",
            "fixed_far",
        ),
    ],
)
