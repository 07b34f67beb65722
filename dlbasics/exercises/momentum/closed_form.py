"""★★ 恒定梯度下速度与位移的封闭公式。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def closed_form(n, grad, lr, mu):
    """恒定梯度下从静止出发走 n 步：不用循环，写出速度与位移。

    Parameters
    ----------
    n : int
        步数，n ≥ 0。
    grad : ndarray
        恒定的梯度。
    lr, mu : float
        学习率与动量系数，0 ≤ mu < 1。

    Returns
    -------
    v, distance : ndarray
        第 n 步的速度 v_n 与总位移 x_n − x_0，形状同 grad。
    """
    growth = (1 - mu**n) / (1 - mu)
    terminal = -lr * grad / (1 - mu)
    return -lr * grad * growth, terminal * (n - mu * growth)


def inputs(rng):
    yield 0, np.array([3.0]), 0.1, 0.8
    yield 1, np.array([3.0]), 0.1, 0.8
    yield 2, np.array([3.0]), 0.1, 0.8
    yield 10, np.array([1.0, -2.0]), 0.1, 0.9
    yield 7, np.array([3.0]), 0.1, 0.0
    for n in (3, 29, 200):
        yield n, rng.normal(size=3), float(rng.uniform(0.01, 1)), float(rng.uniform(0.1, 0.99))


def velocity(n, grad, lr, mu):
    return -lr * grad * (1 - mu**n) / (1 - mu)


EXERCISE = Exercise(
    id="momentum/closed_form",
    title="速度与位移的公式",
    stars=2,
    points=3,
    statement=r"""
梯度恒为 $g$，$v_0=0$。把 $v_{t+1}=\mu v_t-\alpha g$ 展开成等比数列求出 $v_t$，
取 $t=n$（参数 `n`，走的步数）；再把 $v_1,\dots,v_n$ 加起来求出位移 $x_n-x_0=v_1+\dots+v_n$。
写成公式，不用循环。""",
    inputs=inputs,
    reference=closed_form,
    compare=equals(rtol=1e-8),
    hints=[
        Hint(
            lambda n, grad, lr, mu: (
                -lr * grad / (1 - mu) * np.ones_like(grad),
                -lr * grad / (1 - mu) * n,
            ),
            "你一上来就用了终端速度。它是 n → ∞ 的极限，有限的 n 要乘以 1 − μⁿ。",
            "terminal_at_once",
        ),
        Hint(
            lambda n, grad, lr, mu: (
                velocity(n, grad, lr, mu),
                -lr * grad / (1 - mu) * (n - (1 - mu**n) / (1 - mu)),
            ),
            "位移从 v₀ 加到了 vₙ₋₁。x ← x + v 用的是新速度，应从 v₁ 加到 vₙ。",
            "old_velocity_sum",
        ),
        Hint(
            lambda n, grad, lr, mu: (velocity(n, grad, lr, mu), n * velocity(n, grad, lr, mu)),
            "位移不是 n·vₙ：前几步的速度还没有这么大。把 v₁ 到 vₙ 逐项相加。",
            "constant_speed",
        ),
        Hint(
            lambda n, grad, lr, mu: tuple(-part for part in closed_form(n, grad, lr, mu)),
            "符号反了：小球往梯度的反方向走。",
            "uphill",
        ),
    ],
)
