"""★★ 学习率的日程：预热，再按余弦下降。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def learning_rate(step, total, warmup, peak):
    """先线性预热，再按余弦下降，第 step 步用的学习率。

    Parameters
    ----------
    step : int
        第几步，从 0 数起，小于 total。
    total : int
        总步数 T。
    warmup : int
        预热的步数 w，0 ≤ w < T；0 就是不预热。
    peak : float
        最大的学习率。

    Returns
    -------
    float
    """
    if step < warmup:
        return peak * (step + 1) / warmup
    progress = (step - warmup) / (total - warmup)
    return peak * (1 + np.cos(np.pi * progress)) / 2


def inputs(rng):
    yield 0, 10, 4, 0.8
    yield 3, 10, 4, 0.8
    yield 4, 10, 4, 0.8
    yield 5, 10, 4, 0.8
    yield 9, 10, 4, 0.8
    yield 3, 6, 0, 0.1
    for _ in range(4):
        warmup = int(rng.integers(0, 20))
        total = warmup + int(rng.integers(5, 100))
        yield int(rng.integers(total)), total, warmup, rng.uniform(0.01, 1)


def after_warmup(falling):
    """预热正确，之后是 peak · falling(step, total, warmup)。"""

    def schedule(step, total, warmup, peak):
        if step < warmup:
            return learning_rate(step, total, warmup, peak)
        return peak * falling(step, total, warmup)

    return schedule


EXERCISE = Exercise(
    id="train_a_cnn/schedule",
    title="预热加余弦",
    stars=2,
    points=2,
    statement=r"""
总共 $T$ 步（参数 `total`），从第 0 步数起。前 $w$ 步预热（参数 `warmup`）：
学习率依次是最大值 $\alpha$（参数 `peak`）的 $\frac1w,\frac2w,\dots,\frac ww$。
从第 $w$ 步起按余弦下降：

$$\frac\alpha2\left(1+\cos\pi\tau\right)$$

$\tau$ 在第 $w$ 步是 0，均匀地增加，到第 $T$ 步（已经训练完了）正好是 1。求第 `step` 步的学习率。

想一想：预热若从 0 开始，第一步会怎样？""",
    inputs=inputs,
    reference=learning_rate,
    compare=equals(),
    hints=[
        Hint(
            lambda step, total, warmup, peak: (
                peak * step / warmup if step < warmup else learning_rate(step, total, warmup, peak)
            ),
            "预热从 0 开始了，第 0 步等于没有走。它应是最大值的 1/w。",
            "warmup_from_zero",
        ),
        Hint(
            after_warmup(lambda step, total, warmup: (1 + np.cos(np.pi * step / total)) / 2),
            "预热结束时学习率突然掉了一截：τ 应从预热结束时的 0 数起。",
            "time_not_reset",
        ),
        Hint(
            lambda step, total, warmup, peak: learning_rate(step, total, 0, peak),
            "没有预热。",
            "no_warmup",
        ),
        Hint(
            after_warmup(
                lambda step, total, warmup: 1 + np.cos(np.pi * (step - warmup) / (total - warmup))
            ),
            "漏了 ½：预热刚结束时应正好是最大值。",
            "no_half",
        ),
        Hint(
            after_warmup(
                lambda step, total, warmup: (1 + np.cos(np.pi * (step - warmup) / total)) / 2
            ),
            "到最后没有降到底：τ 在第 T 步应正好是 1，下降的步数是多少？",
            "not_to_the_end",
        ),
        Hint(
            after_warmup(lambda step, total, warmup: 1 - (step - warmup) / (total - warmup)),
            "这是直线下降，不是余弦。",
            "linear",
        ),
        Hint(
            after_warmup(
                lambda step, total, warmup: np.cos(np.pi / 2 * (step - warmup) / (total - warmup))
            ),
            "这是余弦的四分之一个周期。题目要的是半个周期：两头平，中间陡。",
            "quarter_cosine",
        ),
        Hint(
            lambda step, total, warmup, peak: learning_rate(step, total, warmup, 1.0),
            "这是倍数，还要乘最大的学习率。",
            "factor_only",
        ),
    ],
)
