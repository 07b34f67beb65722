"""★ 写出动量法的一步。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def update(x, v, grad, lr, mu):
    """从位置 x、速度 v 走一步动量法。

    Parameters
    ----------
    x, v, grad : ndarray
        位置、速度、x 处的梯度，形状与 dtype 相同。不要修改它们。
    lr, mu : float
        学习率与动量系数。

    Returns
    -------
    x, v : ndarray
        新的位置与新的速度。
    """
    v = mu * v - lr * grad
    return x + v, v


def inputs(rng):
    yield np.array([1.0]), np.array([2.0]), np.array([3.0]), 0.1, 0.9
    yield np.array([1.0]), np.array([2.0]), np.array([4.0]), 0.5, 0.0
    for shape in [(2,), (3, 2), (2, 3, 4)]:
        x, v, grad = rng.normal(size=(3, *shape))
        yield x, v, grad, rng.uniform(0.01, 0.5), rng.uniform(0.5, 0.99)
    x, v, grad = rng.normal(size=(3, 5)).astype(np.float32)
    yield x, v, grad, 0.1, 0.9


EXERCISE = Exercise(
    id="momentum/update",
    title="动量法的一步",
    stars=1,
    points=2,
    statement=r"""
写出本书的动量法的一步：

$$v \leftarrow \mu v - \alpha g, \qquad x \leftarrow x + v$$

返回新的位置和新的速度，不要改动传进来的数组。$\mu=0$ 时它应当就是梯度下降。""",
    inputs=inputs,
    reference=update,
    compare=equals(),
    hints=[
        Hint(
            lambda x, v, grad, lr, mu: (x - lr * grad, -lr * grad),
            "这是梯度下降：旧速度 v 没有用上。新速度要保留旧速度的 μ 倍。",
            "no_memory",
        ),
        Hint(
            lambda x, v, grad, lr, mu: (x + v - lr * grad, v - lr * grad),
            "旧速度整个留了下来，μ 没有用上。",
            "undamped",
        ),
        Hint(
            lambda x, v, grad, lr, mu: (x + v, mu * v - lr * grad),
            "速度算对了，位置却用了旧速度。先更新 v，再用新的 v 移动 x。",
            "old_velocity_moves",
        ),
        Hint(
            lambda x, v, grad, lr, mu: (x + mu * v + lr * grad, mu * v + lr * grad),
            "符号反了：梯度指向上坡，下山要减去 αg。",
            "uphill",
        ),
        Hint(
            lambda x, v, grad, lr, mu: (x - mu * v - lr * grad, mu * v + lr * grad),
            "速度的符号反了：本书的 v 就是下一步的位移，x 要加上它。",
            "reversed_velocity",
        ),
        Hint(
            lambda x, v, grad, lr, mu: (mu * v - lr * grad, x + mu * v - lr * grad),
            "两个返回值的次序反了：先 x，后 v。",
            "swapped",
        ),
        Hint(
            lambda x, v, grad, lr, mu: (
                x + mu * v - (1 - mu) * lr * grad,
                mu * v - (1 - mu) * lr * grad,
            ),
            "梯度前面多了 (1 − μ)。那是滑动平均的写法，本书的写法里梯度不打折。",
            "averaged_gradient",
        ),
        Hint(
            lambda x, v, grad, lr, mu: (x - lr * (mu * v + grad), mu * v + grad),
            "这是 PyTorch 的写法：速度里不装学习率。本书的速度是下一步要走的位移。",
            "pytorch_form",
        ),
    ],
)
