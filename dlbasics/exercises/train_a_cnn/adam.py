"""★★★ 写出 Adam。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def adam(grads, lr):
    """从 x = 0 出发，按给定的梯度走若干步 Adam。

    Parameters
    ----------
    grads : ndarray, shape (T, d)
        第 t 行是第 t + 1 步的梯度。不要修改它。
    lr : float
        学习率 α。

    Returns
    -------
    ndarray, shape (d,)
        走完以后的参数。
    """
    x = m = s = np.zeros(grads.shape[1])
    for t, grad in enumerate(grads, start=1):
        m = 0.9 * m + 0.1 * grad
        s = 0.999 * s + 0.001 * grad**2
        x = x - lr * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
    return x


def inputs(rng):
    yield np.array([[4.0, -0.5]]), 0.1
    yield np.array([[4.0], [1.0]]), 0.1
    yield np.array([[1e-8], [2e-8]]), 0.1
    for steps, d in [(3, 2), (10, 4)]:
        yield rng.normal(size=(steps, d)).round(2), rng.uniform(0.01, 1)


def variant(grads, lr, *, square=np.square, root=np.sqrt, first=True, second=True, eps="outside"):
    """改动一处的 Adam。"""
    x = m = s = np.zeros(grads.shape[1])
    for t, grad in enumerate(grads, start=1):
        m = 0.9 * m + 0.1 * grad
        s = 0.999 * s + 0.001 * square(grad)
        s_hat = s / (1 - 0.999**t) if second else s
        scale = np.sqrt(s_hat + 1e-8) if eps == "inside" else root(s_hat) + 1e-8
        x = x - lr * (m / (1 - 0.9**t) if first else m) / scale
    return x


EXERCISE = Exercise(
    id="train_a_cnn/adam",
    title="写出 Adam",
    stars=3,
    points=3,
    statement=r"""
参数 $x\in\mathbb{R}^d$ 从 0 出发。第 $t$ 步（$t=1,\dots,T$）的梯度是 $g_t\in\mathbb{R}^d$，
由参数 `grads` 的各行给出。$m$ 与 $s$ 从 0 起步，形状同 $x$，运算都是逐元素的：

$$
\begin{aligned}
m&\leftarrow\beta_1m+(1-\beta_1)g_t,\\
s&\leftarrow\beta_2s+(1-\beta_2)g_t^2,\\
\hat m&=\frac m{1-\beta_1^t},\quad\hat s=\frac s{1-\beta_2^t},\\
x&\leftarrow x-\frac{\alpha\,\hat m}{\sqrt{\hat s}+\varepsilon}
\end{aligned}
$$

$\beta_1=0.9$，$\beta_2=0.999$，$\varepsilon=10^{-8}$，$\alpha$ 是学习率（参数 `lr`）。
返回走完 $T$ 步以后的 $x$。

写好以后看第一步：两个分量的梯度相差 8 倍，它们走的距离差多少？""",
    inputs=inputs,
    reference=adam,
    compare=equals(),
    hints=[
        Hint(
            lambda grads, lr: variant(grads, lr, first=False, second=False),
            "没有修正两个平均从 0 起步的偏差。",
            "uncorrected",
        ),
        Hint(
            lambda grads, lr: variant(grads, lr, first=False),
            "m 没有修正：它从 0 起步，头几步偏小。",
            "m_uncorrected",
        ),
        Hint(
            lambda grads, lr: variant(grads, lr, second=False),
            "s 没有修正：它从 0 起步，头几步偏小，步子就偏大。",
            "s_uncorrected",
        ),
        Hint(
            lambda grads, lr: -adam(grads, lr),
            "方向反了：参数应往梯度的反方向走。",
            "uphill",
        ),
        Hint(
            lambda grads, lr: variant(grads, lr, root=lambda s: s),
            "分母没有开方，步子就与梯度的大小有关了。",
            "no_root",
        ),
        Hint(
            lambda grads, lr: variant(grads, lr, square=np.abs),
            "s 攒的应是梯度的平方。",
            "unsquared",
        ),
        Hint(
            lambda grads, lr: sum(adam(grad[np.newaxis], lr) for grad in grads),
            "m 和 s 每一步都从 0 开始了。它们要从上一步接着攒。",
            "reset",
        ),
        Hint(
            lambda grads, lr: variant(grads, lr, eps="inside"),
            "ε 放进了根号里。梯度很小的时候，两种写法就不同了。",
            "epsilon_inside",
        ),
    ],
)
