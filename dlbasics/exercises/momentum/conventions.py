"""★★ 动量法的四种写法之间的换算。"""

from functools import partial

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def convert(lr, mu, v, form):
    """把本书写法的学习率与速度换成另一种写法的，使以后的路完全相同。

    Parameters
    ----------
    lr, mu : float
        本书写法的学习率与动量系数。
    v : ndarray
        本书写法此刻的速度，也就是刚走过的那一步的位移。
    form : {"source", "pytorch", "ema", "polyak"}
        目标写法的名字。

    Returns
    -------
    lr : float
        目标写法的学习率。
    memory : ndarray
        目标写法此刻记住的量：速度 v；"polyak" 记住的是 x 减去上一个 x。
    """
    if form == "pytorch":
        return lr, -v / lr
    if form == "ema":
        return lr / (1 - mu), -(1 - mu) * v / lr
    return lr, v


def inputs(rng):
    for form in ("source", "pytorch", "ema", "polyak"):
        yield 0.2, 0.75, np.array([3.0]), form
    for form in ("pytorch", "ema", "polyak"):
        lr, mu = float(rng.uniform(0.01, 1)), float(rng.uniform(0.1, 0.99))
        yield lr, mu, rng.normal(size=3), form


def mistake(**answers):
    """只在 answers 列出的写法上答错，其余照参考解答。"""

    def wrong(lr, mu, v, form):
        return answers.get(form, partial(convert, form=form))(lr, mu, v)

    return wrong


EXERCISE = Exercise(
    id="momentum/conventions",
    title="四种写法的换算",
    stars=2,
    points=3,
    statement=r"""
“动量法”在书和软件里有四种写法：

| 名字 | 更新 |
|---|---|
| `source`（本书） | $v\leftarrow\mu v-\alpha g,\quad x\leftarrow x+v$ |
| `pytorch` | $v\leftarrow\mu v+g,\quad x\leftarrow x-\alpha v$ |
| `ema` | $v\leftarrow\mu v+(1-\mu)g,\quad x\leftarrow x-\alpha v$ |
| `polyak` | $x_{t+1}=x_t-\alpha g+\mu\,(x_t-x_{t-1})$ |

训练到一半，要从本书的写法换到另一种，以后的路必须一步不差。求新的学习率，和新写法此刻应当记住的量。""",
    inputs=inputs,
    reference=convert,
    compare=equals(),
    hints=[
        Hint(
            lambda lr, mu, v, form: (lr, v),
            "速度的含义变了：本书的 v 是位移，这种写法的 v 是梯度的和（或平均），单位不同。",
            "same_velocity",
        ),
        Hint(
            mistake(pytorch=lambda lr, mu, v: (lr, v / lr)),
            "符号反了：这种写法在移动 x 时才减去 v，所以它的 v 与位移方向相反。",
            "reversed_sign",
        ),
        Hint(
            mistake(ema=lambda lr, mu, v: (lr, -v / lr)),
            "ema 的梯度打了 (1 − μ) 折，学习率也得跟着变，才能走出同样长的一步。",
            "ema_undiscounted",
        ),
        Hint(
            mistake(ema=lambda lr, mu, v: (lr * (1 - mu), -v / (lr * (1 - mu)))),
            "方向反了：梯度被乘了 (1 − μ)，学习率就要除以 (1 − μ)。",
            "ema_inverted",
        ),
        Hint(
            mistake(ema=lambda lr, mu, v: (lr / (1 - mu), -v / lr)),
            "学习率对了。再看速度：它乘以新的学习率应等于 −v，而新的学习率不是 lr。",
            "ema_old_lr",
        ),
        Hint(
            mistake(polyak=lambda lr, mu, v: (lr, mu * v)),
            "polyak 自己会乘 μ：它记住的是刚走过的那一步，也就是 v 本身。",
            "polyak_scaled",
        ),
    ],
)
