"""收敛的理论：梯度下降、动量法与 Nesterov 动量在二次碗上的收敛率。

全部公式针对本书的写法 v ← μv − αg，x ← x + v，其中 α 是学习率；小球在斜坡与平地上的速度见
:mod:`dlbasics.studies.rolling`。在曲率为 λ 的一维二次碗上，一切只取决于两个无量纲的数：αλ 与 μ。
“收敛率”是每一步误差渐近缩小的倍数：小于 1 收敛，越小越快，大于 1 发散。

References
----------
Polyak (1964); Goh (2017), Why momentum really works, Distill.
"""

from __future__ import annotations

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlbasics._checks import fraction, integer, positive

TOLERANCE = 1e-6  # 误差缩小到这么多，就算走到了
MAX_STEPS = 200_000  # 走到这么多步还没有走到，就不再走


def iteration_matrix(alpha_lambda: float, mu: float) -> NDArray:
    """一步更新的矩阵 R：(v′, x′) = R (v, x)，形状 (2, 2)。

    由 v ← μv − αλx，x ← x + v 得 R = [[μ, −αλ], [μ, 1 − αλ]]；
    行列式是 μ，迹是 1 + μ − αλ。

    Parameters
    ----------
    alpha_lambda, mu : float
        αλ 与 μ。

    Examples
    --------
    >>> iteration_matrix(1.0, mu=0.5)
    array([[ 0.5, -1. ],
           [ 0.5,  0. ]])
    """
    return np.array([[mu, -alpha_lambda], [mu, 1 - alpha_lambda]])


def gradient_descent_rate(alpha_lambda: ArrayLike) -> NDArray:
    """梯度下降在二次碗上的收敛率 |1 − αλ|。

    Parameters
    ----------
    alpha_lambda : array_like
        αλ。

    Examples
    --------
    >>> gradient_descent_rate([0.5, 1.0, 2.5])
    array([0.5, 0. , 1.5])
    """
    return np.abs(1 - np.asarray(alpha_lambda))


def momentum_rate(alpha_lambda: ArrayLike, mu: ArrayLike) -> NDArray:
    """动量法在二次碗上的收敛率：R 的特征值的最大模。

    特征方程是 z² − (1 + μ − αλ)z + μ = 0。两根是共轭复数时（欠阻尼）模都等于 √μ，
    与 αλ 无关。

    Parameters
    ----------
    alpha_lambda, mu : array_like
        αλ 与 μ ≥ 0，可以广播。

    Examples
    --------
    >>> momentum_rate([0.001, 0.5, 4.0], 0.9).round(4)
    array([0.9889, 0.9487, 1.5   ])
    """
    alpha_lambda, mu = _curvature_and_mu(alpha_lambda, mu)
    return _largest_root(1 + mu - alpha_lambda, mu)


def nesterov_rate(alpha_lambda: ArrayLike, mu: ArrayLike) -> NDArray:
    """Nesterov 动量在二次碗上的收敛率。

    特征方程是 z² − (1 + μ)(1 − αλ)z + μ(1 − αλ) = 0：两根之积多了一个因子 1 − αλ，
    所以欠阻尼时陡的方向衰减得更快，是 √(μ(1 − αλ))；收敛的条件变成 αλ < 2(1 + μ)/(1 + 2μ)。
    参数同 :func:`momentum_rate`。

    Examples
    --------
    >>> nesterov_rate([0.001, 0.5, 1.0], 0.9).round(4)
    array([0.989 , 0.6708, 0.    ])
    """
    alpha_lambda, mu = _curvature_and_mu(alpha_lambda, mu)
    left = 1 - alpha_lambda
    return _largest_root((1 + mu) * left, mu * left)


def _curvature_and_mu(alpha_lambda: ArrayLike, mu: ArrayLike) -> tuple[NDArray, NDArray]:
    alpha_lambda, mu = np.asarray(alpha_lambda), np.asarray(mu)
    if not np.all(mu >= 0):
        raise ValueError(f"mu 应不小于 0，得到 {mu}")
    return alpha_lambda, mu


def _largest_root(total: NDArray, product: NDArray) -> NDArray:
    """z² − total·z + product = 0 的两根里最大的模；共轭复根的模是 √product。"""
    discriminant = total**2 - 4 * product
    real = (np.abs(total) + np.sqrt(np.maximum(discriminant, 0))) / 2
    return np.where(discriminant < 0, np.sqrt(np.maximum(product, 0)), real)


def critical_mu(alpha_lambda: ArrayLike) -> NDArray:
    """临界阻尼的动量系数 (1 − √(αλ))²：给定 αλ 时收敛最快的 μ，收敛率是 |1 − √(αλ)|。

    Parameters
    ----------
    alpha_lambda : array_like
        αλ，在 [0, 4] 之内；两端的 μ 是 1，不再收敛。

    Examples
    --------
    >>> critical_mu([0.25, 1.0, 2.25])
    array([0.25, 0.  , 0.25])
    """
    alpha_lambda = np.asarray(alpha_lambda)
    if not np.all((alpha_lambda >= 0) & (alpha_lambda <= 4)):
        raise ValueError(f"alpha_lambda 应在 [0, 4] 之内，得到 {alpha_lambda}")
    return (1 - np.sqrt(alpha_lambda)) ** 2


def is_stable(alpha_lambda: ArrayLike, mu: ArrayLike) -> NDArray:
    """动量法在二次碗上收敛的充要条件：0 < αλ < 2(1 + μ)，并且 |μ| < 1。

    Parameters
    ----------
    alpha_lambda, mu : array_like
        αλ 与 μ，可以广播。

    Examples
    --------
    >>> is_stable(2.5, [0.0, 0.5])
    array([False,  True])
    """
    alpha_lambda, mu = np.asarray(alpha_lambda), np.asarray(mu)
    return (alpha_lambda > 0) & (alpha_lambda < 2 * (1 + mu)) & (np.abs(mu) < 1)


def optimal_gradient_descent(smallest: float, largest: float) -> tuple[float, float]:
    """曲率在 [smallest, largest] 之内时，梯度下降的最佳学习率与它的收敛率。

    Parameters
    ----------
    smallest, largest : float
        最小与最大的曲率 λmin、λmax，都是正数。

    Returns
    -------
    lr, rate : float
        2/(λmin + λmax) 与 (κ − 1)/(κ + 1)，κ = λmax/λmin。

    Examples
    --------
    >>> optimal_gradient_descent(1.0, 3.0)
    (0.5, 0.5)
    """
    _check_curvatures(smallest, largest)
    return 2 / (smallest + largest), (largest - smallest) / (largest + smallest)


def optimal_momentum(smallest: float, largest: float) -> tuple[float, float, float]:
    """曲率在 [smallest, largest] 之内时，动量法的最佳学习率、动量系数与收敛率。

    参数同 :func:`optimal_gradient_descent`。

    Returns
    -------
    lr, mu, rate : float
        4/(√λmin + √λmax)²，((√κ − 1)/(√κ + 1))²，(√κ − 1)/(√κ + 1)。

    Examples
    --------
    >>> optimal_momentum(1.0, 100.0)[2].round(4)
    np.float64(0.8182)
    """
    _check_curvatures(smallest, largest)
    low, high = np.sqrt(smallest), np.sqrt(largest)
    rate = (high - low) / (high + low)
    return 4 / (low + high) ** 2, rate**2, rate


def settling_steps(
    alpha_lambda: ArrayLike,
    mu: float,
    *,
    tolerance: float = TOLERANCE,
    max_steps: int = MAX_STEPS,
) -> NDArray:
    """真的去走：从 x = 1、v = 0 出发，最后一次误差大于 tolerance 之后是第几步。

    要求“此后一直”而不是“第一次”，因为动量法会来回穿过谷底。

    Parameters
    ----------
    alpha_lambda : array_like
        αλ，可以一次给许多个。
    mu : float
        动量系数；0 就是梯度下降。
    tolerance : float
        误差缩小到的倍数。
    max_steps : int
        最多走多少步。

    Returns
    -------
    ndarray of float
        步数；``max_steps`` 步内不能断定已经安定下来的是 ``inf``。

    Examples
    --------
    梯度下降（μ = 0）每步剩下 |1 − αλ|：一半时两步剩 ¼，αλ = 3 时发散：

    >>> settling_steps([0.5, 1.0, 3.0], mu=0, tolerance=0.25)
    array([ 2.,  1., inf])
    """
    fraction("mu", mu)
    positive("tolerance", tolerance)
    integer("max_steps", max_steps, 0)
    alpha_lambda = np.asarray(alpha_lambda, dtype=float)
    steps = np.full(alpha_lambda.shape, np.inf)
    converging = is_stable(alpha_lambda, mu)
    curvature = alpha_lambda[converging]
    x, v, last = np.ones_like(curvature), np.zeros_like(curvature), np.zeros_like(curvature)

    def settled() -> NDArray[np.bool_]:
        # 从 (x, v) 出发，以后的 |x| 至多放大约 1/(1 − μ) 倍；小到这个地步就不会再越界
        return np.abs(x) + np.abs(v) < 0.1 * (1 - mu) * tolerance

    for step in range(1, max_steps + 1):
        v = mu * v - curvature * x
        x = x + v
        last[np.abs(x) > tolerance] = step
        if step % 32 == 0 and np.all(settled()):
            break
    steps[converging] = np.where(settled(), last + 1, np.inf)
    return steps


def _check_curvatures(smallest: float, largest: float) -> None:
    real = isinstance(smallest, Real) and isinstance(largest, Real)
    if not (real and 0 < smallest <= largest < np.inf):
        raise ValueError(f"应有 0 < smallest ≤ largest，得到 {smallest!r} 与 {largest!r}")
