"""★★ 换一把尺子，走的就是另一步。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def rescaled_step(x, grad, scale, lr):
    """在换了单位的坐标里走一步梯度下降，再换回原来的坐标。

    Parameters
    ----------
    x, grad : ndarray, shape (d,)
        原坐标里的参数，和损失对它的梯度。不要修改它们。
    scale : ndarray, shape (d,)
        新坐标是 z = scale · x（逐个相乘），都是正数。
    lr : float
        在新坐标里走时的学习率。

    Returns
    -------
    ndarray, shape (d,)
        走完一步以后，原坐标里的参数。
    """
    z = scale * x
    grad_z = grad / scale
    return (z - lr * grad_z) / scale


def inputs(rng):
    yield np.array([1.0, 1.0]), np.array([2.0, 4.0]), np.array([2.0, 10.0]), 0.5
    yield np.array([10.0, 1.0]), np.array([10.0, 100.0]), np.array([1.0, 10.0]), 1.0
    yield np.array([3.0]), np.array([6.0]), np.array([0.01]), 1e-5
    for size in (3, 5):
        x, grad = rng.normal(size=(2, size)).round(2)
        yield x, grad, rng.uniform(0.2, 5, size).round(2), rng.uniform(0.1, 1)


EXERCISE = Exercise(
    id="gradient_descent/rescaled",
    title="换一把尺子",
    stars=2,
    points=2,
    statement=r"""
梯度下降依赖坐标的单位。参数 $x\in\mathbb{R}^d$ 的第 $i$ 个分量换一个单位，
数值变成 $z_i=s_ix_i$，$s_i>0$（参数 `scale`）。同一个损失写成 $z$ 的函数是
$\tilde f(z)=f(x)$。在 $z$ 的坐标里走一步梯度下降，学习率是 $\alpha$（参数 `lr`）：

$$z\leftarrow z-\alpha\,\nabla\tilde f(z)$$

再换回原来的单位。已知 $x$ 和 $\nabla f(x)$（参数 `grad`），求走完以后的 $x$。

写好以后试试本章的例子：$f=\tfrac12(x_1^2+100x_2^2)$，$s=(1,10)$，从 $(10,1)$ 出发，$\alpha=1$，
走到了哪里？""",
    inputs=inputs,
    reference=rescaled_step,
    compare=equals(),
    hints=[
        Hint(
            lambda x, grad, scale, lr: x - lr * grad,
            "这与原坐标里的一步相同。换了单位，梯度也要换：用链式法则写出对 z 的偏导数。",
            "unchanged",
        ),
        Hint(
            lambda x, grad, scale, lr: x - lr * grad / scale,
            "换单位的因子只算了一次。梯度要换成对 z 的，位移又要从 z 换回 x。",
            "scaled_once",
        ),
        Hint(
            lambda x, grad, scale, lr: x - lr * grad * scale,
            "z 变化 1，x 变化 1/s。用链式法则写出对 z 的偏导数，再把位移换回 x。",
            "inverse_once",
        ),
        Hint(
            lambda x, grad, scale, lr: x - lr * grad * scale**2,
            "两次都换反了：z 变化 1，x 只变化 1/s。",
            "inverse_twice",
        ),
        Hint(
            lambda x, grad, scale, lr: x + lr * grad / scale**2,
            "符号反了：梯度指向上坡。",
            "uphill",
        ),
        Hint(
            lambda x, grad, scale, lr: scale * x - lr * grad / scale,
            "这是新坐标里的 z，还要换回原来的坐标。",
            "still_in_z",
        ),
    ],
)
