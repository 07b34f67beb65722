"""凸的试验场：斜坡和碗，没有假的谷底。"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import number
from dlbasics.landscapes.base import Landscape


def slope(gradient: Sequence[float]) -> Landscape:
    """均匀的斜坡 f(x) = g·x：处处梯度相同，没有谷底。

    Parameters
    ----------
    gradient : sequence of float, length d
        梯度 g。

    Examples
    --------
    >>> slope([2.0]).loss(np.array([3.0]))
    np.float64(6.0)
    """
    g = _vector("gradient", gradient)
    return Landscape(
        "均匀斜坡",
        lambda x: x @ g,
        lambda x: np.broadcast_to(g, x.shape).copy(),
        np.empty((0, g.size)),
    )


def quadratic(eigenvalues: Sequence[float]) -> Landscape:
    """碗 f(x) = ½ Σ λᵢ xᵢ²，各个方向的曲率是 λᵢ。

    条件数 κ = max λ / min λ。``quadratic([1, 100])`` 是一只 κ = 100 的狭长的碗；
    任何二次函数换到海森矩阵的特征坐标里都是这个样子。

    Parameters
    ----------
    eigenvalues : sequence of float, length d
        曲率，都应为正。

    Examples
    --------
    >>> quadratic([1.0, 100.0]).grad(np.array([1.0, 1.0]))
    array([  1., 100.])
    """
    lam = _vector("eigenvalues", eigenvalues)
    if not np.all(lam > 0):
        raise ValueError(f"eigenvalues 应都是正数，得到 {eigenvalues!r}")
    return Landscape(
        "二次碗", lambda x: 0.5 * (x * x) @ lam, lambda x: lam * x, np.zeros((1, lam.size))
    )


def power(exponent: float) -> Landscape:
    """一维的 f(x) = |x|ᵖ / p，梯度是 sign(x)·|x|ᵖ⁻¹。

    p = 2 是普通的碗；p < 2 时谷底的曲率无穷大，p > 2 时远处的曲率无穷大，
    “学习率足够小就必定下降”在这里失效。

    Parameters
    ----------
    exponent : float
        指数 p ≥ 1。p = 1 时在 0 点取次梯度 0。

    Examples
    --------
    >>> power(4)(np.array([-2.0]))     # 2⁴/4 与 −2³
    (np.float64(4.0), array([-8.]))
    """
    number("exponent", exponent, "是不小于 1 的有限的数", lambda p: 1 <= p < np.inf)
    return Landscape(
        f"|x| 的 {exponent:g} 次方",
        lambda x: np.sum(np.abs(x) ** exponent, axis=-1) / exponent,
        lambda x: np.sign(x) * np.abs(x) ** (exponent - 1),
        np.zeros((1, 1)),
    )


def kinked_bowl() -> Landscape:
    """强凸、光滑，却能让“最优”的动量法永远绕圈的一维碗。

    斜率分三段：x < 1 时 25x，1 ≤ x < 2 时 x + 24，x ≥ 2 时 25x − 24。
    曲率在 1 与 25 之间；取 lr = 1/9、μ = 4/9，从 x₀ = 3.3 出发的动量法落进长度为 3 的循环。

    Examples
    --------
    >>> kinked_bowl().grad(np.array([1.0, 2.0]))     # 两个折角处
    array([25., 26.])

    References
    ----------
    Lessard, Recht, Packard (2016), Analysis and design of optimization algorithms via integral
    quadratic constraints, §4.6.
    """

    def loss(x: NDArray) -> NDArray:
        pieces = [12.5 * x**2, 0.5 * x**2 + 24 * x - 12, 12.5 * x**2 - 24 * x + 36]
        return np.sum(np.select([x < 1, x < 2], pieces[:2], pieces[2]), axis=-1)

    def grad(x: NDArray) -> NDArray:
        return np.select([x < 1, x < 2], [25 * x, x + 24], 25 * x - 24)

    return Landscape("折角碗", loss, grad, np.zeros((1, 1)))


def _vector(name: str, values: Sequence[float]) -> NDArray:
    vector = np.asarray(values, dtype=float)
    if vector.ndim != 1 or vector.size == 0 or not np.all(np.isfinite(vector)):
        raise ValueError(f"{name} 应是一维的非空序列，都是有限的数，得到 {values!r}")
    return vector
