"""光滑度：梯度变化得多快，决定学习率能取多大。

若对任何 x、y 都有 ‖∇f(x) − ∇f(y)‖ ≤ L‖x − y‖，就说 f 是 L-光滑的。二阶可导时，它等于说海森矩阵
特征值的绝对值处处不超过 L。由它得到下降引理：

    f(x − lr·g) ≤ f(x) − lr(1 − lr·L/2)‖g‖²，g = ∇f(x)，

所以 0 < lr < 2/L 时，只要梯度不为零，走一步损失必定下降。

References
----------
Nesterov (2018), Lectures on convex optimization, §1.2.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlbasics._checks import array, generator, integer, positive, table


def descent_bound(lr: ArrayLike, smoothness: float, gradient_norm: ArrayLike) -> NDArray:
    """下降引理的上界 −lr(1 − lr·L/2)‖g‖²：走一步以后，损失的变化不会高于它。

    它是 lr 的抛物线：在 lr = 1/L 处最低，是 −‖g‖²/2L；在 lr = 2/L 处回到零。

    Parameters
    ----------
    lr : array_like
        学习率，可以一次给许多个。
    smoothness : float
        L，正数。
    gradient_norm : array_like
        梯度的长度 ‖g‖，可以与 lr 广播。

    Returns
    -------
    ndarray
        形状由 lr 与 gradient_norm 广播得到。

    Examples
    --------
    >>> descent_bound([0.125, 0.25, 0.5], smoothness=4.0, gradient_norm=2.0)
    array([-0.375, -0.5  ,  0.   ])
    """
    lr, norm = np.asarray(lr, dtype=float), np.asarray(gradient_norm, dtype=float)
    return lr * (lr * positive("smoothness", smoothness) / 2 - 1) * norm**2


def largest_curvature(
    grad: Callable[[NDArray], NDArray],
    x: NDArray,
    rng: np.random.Generator,
    *,
    iterations: int = 50,
    h: float = 1e-5,
) -> float:
    """x 处最大的曲率：海森矩阵绝对值最大的特征值，用幂法求，不必写出海森矩阵。

    海森矩阵乘向量 Hv 由梯度的中心差分 (∇f(x + hv) − ∇f(x − hv))/2h 得到；反复乘，v 就转向
    绝对值最大的特征值的方向。前两个特征值越接近，转得越慢。

    Parameters
    ----------
    grad : callable
        ``x -> 梯度``，形状同 x。
    x : ndarray of float64
        任意形状。
    rng : numpy.random.Generator
        选起始的方向。
    iterations : int
        乘多少次，不小于 1。
    h : float
        差分的间隔。

    Returns
    -------
    float

    Examples
    --------
    >>> from dlbasics.landscapes import quadratic
    >>> rng = np.random.default_rng(0)
    >>> round(largest_curvature(quadratic([1.0, 7.0]).grad, np.ones(2), rng), 6)
    7.0
    """
    if array("x", x).dtype != np.float64 or x.size == 0:
        raise ValueError(f"x 应是非空的 float64 数组，得到形状 {x.shape} 的 {x.dtype}")
    h = positive("h", h)
    v = generator("rng", rng).standard_normal(x.shape)
    curvature = 0.0
    for _ in range(integer("iterations", iterations, 1)):
        v /= np.linalg.norm(v)
        product = (grad(x + h * v) - grad(x - h * v)) / (2 * h)
        curvature = float(np.sum(v * product))
        if not np.any(product):
            break
        v = product
    return curvature


def softmax_smoothness(x: NDArray) -> float:
    """softmax 回归的平均损失对权重是 L-光滑的，L = ½·λmax(XᵀX/n)。

    一个样本的概率是 p 时，损失对打分的海森矩阵是 diag(p) − ppᵀ，特征值不超过 ½；
    乘上输入的二阶矩就得到 L，与标签、与类的个数都无关。

    Parameters
    ----------
    x : ndarray, shape (n, d)
        每行一个样本。有偏置时，x 应带一列 1。

    Returns
    -------
    float

    Examples
    --------
    >>> softmax_smoothness(np.array([[3.0, 0.0], [0.0, 1.0]]))     # XᵀX/n 的特征值是 4.5 与 0.5
    2.25

    References
    ----------
    Böhning (1992), Multinomial logistic regression algorithm.
    """
    return float(np.linalg.norm(table("x", x), ord=2) ** 2 / (2 * len(x)))
