"""★ 走一步，走了多远。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def descend(x, grad, lr):
    """走一步梯度下降，并算出这一步的步长。

    Parameters
    ----------
    x : ndarray, shape (d,)
        现在的参数。不要修改它。
    grad : ndarray, shape (d,)
        损失在 x 处的梯度，dtype 与 x 相同。
    lr : float
        学习率 α。

    Returns
    -------
    x : ndarray, shape (d,)
        新的参数，dtype 不变。
    length : float
        步长：新旧两点之间的距离。
    """
    return x - lr * grad, lr * np.linalg.norm(grad)


def inputs(rng):
    yield np.array([1.0, 2.0]), np.array([3.0, 4.0]), 0.1
    yield np.array([1.0, 2.0]), np.array([0.0, 0.0]), 0.1
    yield np.array([5.0]), np.array([-0.5]), 2.0
    for size in (3, 6):
        yield *rng.normal(size=(2, size)), rng.uniform(0.01, 2)
    yield *rng.normal(size=(2, 4)).astype(np.float32), 0.3


EXERCISE = Exercise(
    id="gradient_descent/step",
    title="走一步",
    stars=1,
    points=2,
    statement=r"""
参数是 $x\in\mathbb{R}^d$，损失在 $x$ 处的梯度是 $g\in\mathbb{R}^d$（参数 `grad`），
学习率是 $\alpha$（参数 `lr`）。走一步梯度下降，返回两样东西：

- 新的参数；
- 这一步的步长，也就是新旧两点之间的欧氏距离。

想一想：学习率不变，坡度大了一倍，步长怎样变？""",
    inputs=inputs,
    reference=descend,
    compare=equals(),
    hints=[
        Hint(
            lambda x, grad, lr: (x + lr * grad, lr * np.linalg.norm(grad)),
            "方向反了：梯度指向上坡。",
            "uphill",
        ),
        Hint(
            lambda x, grad, lr: (x - lr * grad / np.linalg.norm(grad), lr),
            "梯度被换成了单位长度。学习率不是距离：陡的地方步子大，平的地方步子小。",
            "unit_gradient",
        ),
        Hint(
            lambda x, grad, lr: (x - lr * grad, lr),
            "新的参数对了。学习率不是步长：坡度不同，同样的学习率走得不一样远。",
            "lr_as_length",
        ),
        Hint(
            lambda x, grad, lr: (x - lr * grad, np.linalg.norm(grad)),
            "新的参数对了。这个长度是梯度的，还不是一步走过的距离。",
            "gradient_length",
        ),
        Hint(
            lambda x, grad, lr: (x - lr * grad, lr * np.sum(grad**2)),
            "新的参数对了。长度要开方：平方和不是距离。",
            "sum_of_squares",
        ),
        Hint(
            lambda x, grad, lr: (x - lr * grad, np.sum((lr * grad) ** 2)),
            "新的参数对了。这是距离的平方。",
            "squared_distance",
        ),
        Hint(
            lambda x, grad, lr: (x - lr * grad, lr * np.abs(grad).sum()),
            "新的参数对了。各个坐标的变化直接相加不是直线距离。",
            "city_distance",
        ),
        Hint(
            lambda x, grad, lr: (-lr * grad, lr * np.linalg.norm(grad)),
            "这是位移。题目要的是走完以后的位置。",
            "displacement",
        ),
    ],
)
