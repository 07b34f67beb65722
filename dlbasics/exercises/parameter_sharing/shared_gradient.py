"""★★ 共享的权重，梯度是各个位置之和。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def shared_gradient(x, grad_output):
    """损失对共享的卷积核与偏置的梯度。

    Parameters
    ----------
    x : ndarray, shape (H, W)
        前向时的图像。
    grad_output : ndarray, shape (H', W')
        损失对每个输出 y[i, j] 的梯度。

    Returns
    -------
    grad_weight : ndarray, shape (H − H' + 1, W − W' + 1)
        损失对卷积核的梯度，形状与卷积核相同。
    grad_bias : float
        损失对偏置的梯度。
    """
    kernel = np.subtract(x.shape, grad_output.shape) + 1
    grad_weight = np.zeros(kernel)
    for r, c in np.ndindex(grad_output.shape):
        window = x[r : r + kernel[0], c : c + kernel[1]]
        grad_weight += grad_output[r, c] * window
    return grad_weight, grad_output.sum()


def inputs(rng):
    yield np.array([[1.0, 2.0, 5.0]]), np.array([[2.0, 5.0]])
    yield np.array([[1.0, 2.0], [4.0, 8.0]]), np.array([[1.0], [2.0]])
    yield np.arange(9.0).reshape(3, 3) ** 2, np.array([[1.0, -1.0], [0.0, 2.0]])
    for height, width, rows, columns in [(3, 4, 2, 3), (4, 4, 3, 2), (6, 5, 4, 3)]:
        yield rng.normal(size=(height, width)).round(2), rng.normal(size=(rows, columns)).round(2)


def scaled(x, grad_output, weight_factor=1.0, bias_factor=1.0):
    weight, bias = shared_gradient(x, grad_output)
    return weight * weight_factor, bias * bias_factor


EXERCISE = Exercise(
    id="parameter_sharing/shared_gradient",
    title="共享权重的梯度",
    stars=2,
    points=3,
    statement=r"""
单通道卷积 $y_{i,j}=b+\sum_{u,v}w_{u,v}\,x_{i+u,\,j+v}$，$x$ 有 $H$ 行 $W$ 列，
$y$ 有 $H'$ 行 $W'$ 列，步幅是 1，不填充。损失 $\ell$ 对输出的梯度
$g_{i,j}=\partial\ell/\partial y_{i,j}$ 已经算好，就是 `grad_output`。
求 $\partial\ell/\partial w_{u,v}$ 和 $\partial\ell/\partial b$。

线索：先假装每个位置有自己的 $w$，写出那一个位置的梯度；再想同一个 $w$ 用在所有位置上，会怎样。""",
    inputs=inputs,
    reference=shared_gradient,
    compare=equals(),
    hints=[
        Hint(
            lambda x, grad_output: scaled(x, grad_output, 1 / grad_output.size),
            "卷积核的梯度取了平均。w 变一点，所有位置的输出一起变，影响是相加的。",
            "weight_averaged",
        ),
        Hint(
            lambda x, grad_output: scaled(x, grad_output, 1, 1 / grad_output.size),
            "偏置的梯度取了平均。b 变一点，所有位置的输出一起变，影响是相加的。",
            "bias_averaged",
        ),
        Hint(
            lambda x, grad_output: shared_gradient(x, grad_output / grad_output.size),
            "取了平均。参数变一点，所有位置的输出一起变，影响是相加的。",
            "averaged",
        ),
        Hint(
            lambda x, grad_output: (
                shared_gradient(x, grad_output)[0][::-1, ::-1],
                grad_output.sum(),
            ),
            "卷积核的梯度翻转了。w[u, v] 在位置 (i, j) 乘的是 x[i + u, j + v]，用同样的下标求和。",
            "flipped",
        ),
        Hint(
            lambda x, grad_output: (
                shared_gradient(x, grad_output)[0] / grad_output.sum(),
                grad_output.sum(),
            ),
            "每个位置的窗口要用它自己的 g 加权，再相加，不要除以 g 的和。",
            "normalised",
        ),
        Hint(
            lambda x, grad_output: shared_gradient(x, np.ones_like(grad_output)),
            "把窗口直接加了起来，没有用 g：链式法则里，每个位置要乘上那里的 g。",
            "no_upstream",
        ),
        Hint(
            lambda x, grad_output: (
                shared_gradient(x, np.ones_like(grad_output))[0],
                grad_output.sum(),
            ),
            "偏置对了。求卷积核的梯度时，每个位置的窗口要先乘上那里的 g，再相加。",
            "weight_without_upstream",
        ),
        Hint(
            lambda x, grad_output: (shared_gradient(x, grad_output)[0], float(grad_output.size)),
            "卷积核对了。偏置的梯度却只数了位置的个数，每个位置的 g 没有用上。",
            "bias_counted",
        ),
        Hint(
            lambda x, grad_output: shared_gradient(x, grad_output[::-1, ::-1]),
            "grad_output 被翻转了。位置 (i, j) 的 g 乘的是左上角在 (i, j) 的窗口。",
            "upstream_flipped",
        ),
        Hint(
            lambda x, grad_output: scaled(
                x[: x.shape[0] - grad_output.shape[0] + 1, : x.shape[1] - grad_output.shape[1] + 1],
                grad_output[:1, :1],
            ),
            "只算了左上角一个位置。w 和 b 用在每个位置上。",
            "corner_only",
        ),
    ],
)
