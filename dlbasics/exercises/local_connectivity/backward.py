"""★★ 局部连接层的反向传播。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def backward(x, weight, grad):
    """一维局部连接层 y_j = Σ_u weight[j, u] · x[j + u] 的梯度。

    Parameters
    ----------
    x : ndarray, shape (W,)
        输入。不要修改它。
    weight : ndarray, shape (W', K)
        第 j 行是第 j 个神经元的权重，W' = W − K + 1。
    grad : ndarray, shape (W',)
        损失对输出 y 的梯度。

    Returns
    -------
    grad_x : ndarray, shape (W,)
        损失对输入的梯度，dtype 与 x 相同。
    grad_weight : ndarray, shape (W', K)
        损失对权重的梯度，dtype 与 weight 相同。
    """
    grad_x, grad_weight = np.zeros_like(x), np.zeros_like(weight)
    k = weight.shape[1]
    for p in range(len(weight)):
        grad_x[p : p + k] += grad[p] * weight[p]
        grad_weight[p] = grad[p] * x[p : p + k]
    return grad_x, grad_weight


def inputs(rng):
    yield np.array([3.0]), np.array([[5.0]]), np.array([2.0])
    yield np.array([1.0, 3.0, 5.0]), np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([3.0, 10.0])
    yield tuple(np.ones(shape, np.float32) for shape in [2, (1, 2), 1])
    for n, k in [(4, 1), (5, 3), (7, 4)]:
        m = n - k + 1
        yield rng.normal(size=n), rng.normal(size=(m, k)), rng.normal(size=m)


def overwritten(x, weight, grad):
    """每个窗口覆盖而不是累加。"""
    grad_x, k = np.zeros_like(x), weight.shape[1]
    for p in range(len(weight)):
        grad_x[p : p + k] = grad[p] * weight[p]
    return grad_x


EXERCISE = Exercise(
    id="local_connectivity/backward",
    title="只改自己的权重",
    stars=2,
    points=3,
    statement=r"""
一维局部连接层有 $W'=W-K+1$ 个神经元，第 $j$ 个只看窗口 $x_j,\dots,x_{j+K-1}$：

$$y_j=\sum_{u=0}^{K-1}w_{j,u}\;x_{j+u}$$

已知损失 $\ell$ 对每个输出的梯度 $g_j=\partial\ell/\partial y_j$，
求 $\partial\ell/\partial x_i$（形状 $(W,)$）和 $\partial\ell/\partial w_{j,u}$（形状 $(W',K)$）。

想一想：一个像素被几个神经元看着？一个权重被几个输出用到？""",
    inputs=inputs,
    reference=backward,
    compare=equals(),
    hints=[
        Hint(
            lambda x, weight, grad: backward(x, weight, np.ones_like(grad)),
            "没有乘上游的梯度 g。链式法则：损失对 y 的梯度，乘以 y 对它的导数。",
            "no_upstream",
        ),
        Hint(
            lambda x, weight, grad: (
                backward(x, weight, np.ones_like(grad))[0],
                backward(x, weight, grad)[1],
            ),
            "对 x 的梯度没有乘上游的梯度 g。",
            "x_without_upstream",
        ),
        Hint(
            lambda x, weight, grad: (
                backward(x, weight, grad)[0],
                backward(x, weight, np.ones_like(grad))[1],
            ),
            "对 weight 的梯度没有乘上游的梯度 g。",
            "weight_without_upstream",
        ),
        Hint(
            lambda x, weight, grad: (
                backward(x, weight[:, ::-1], grad)[0],
                backward(x, weight, grad)[1],
            ),
            "窗口里的次序反了：x[j + u] 在前向时乘的是 weight[j, u]，反向时也是它。",
            "reversed_window",
        ),
        Hint(
            lambda x, weight, grad: backward(x, weight, grad)[::-1],
            "两个返回值的次序反了：先对输入，后对权重。",
            "swapped",
        ),
        Hint(
            lambda x, weight, grad: (overwritten(x, weight, grad), backward(x, weight, grad)[1]),
            "后一个窗口盖掉了前一个。一个像素被几个神经元看着，它的梯度就是几份之和。",
            "overwritten",
        ),
        Hint(
            lambda x, weight, grad: (
                backward(x, weight, grad)[0],
                np.broadcast_to(backward(x, weight, grad)[1].sum(axis=0), weight.shape),
            ),
            "各个位置的权重梯度加在了一起，那是参数共享。这里每个权重只影响自己的那个输出。",
            "shared",
        ),
        Hint(
            lambda x, weight, grad: tuple(part.astype(float) for part in backward(x, weight, grad)),
            "数值都对了，dtype 不对：梯度的 dtype 应与 x、weight 相同。",
            "wrong_dtype",
        ),
    ],
)
