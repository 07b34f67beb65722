"""试验场：带梯度、已知极小点的损失函数。

每个函数都造出一个 :class:`Landscape`。位置 ``x`` 的最后一个轴是坐标，前面的轴随意，
所以同一个函数既能算一个点，也能一次算完画等高线用的整张网格。

>>> bowl = quadratic([1.0, 100.0])
>>> loss, grad = bowl(np.array([1.0, 1.0]))
>>> loss
np.float64(50.5)
>>> grad
array([  1., 100.])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Landscape:
    """一个可以在上面下山的函数。

    Parameters
    ----------
    name : str
        中文名。
    loss : callable
        ``(..., d) -> (...)``，高度。
    grad : callable
        ``(..., d) -> (..., d)``，梯度。
    minima : ndarray, shape (k, d)
        已知的局部极小点，最低的排第一；没有极小点时 k = 0。
    """

    name: str
    loss: Callable[[NDArray], NDArray]
    grad: Callable[[NDArray], NDArray]
    minima: NDArray

    @property
    def dimensions(self) -> int:
        """坐标的个数 d。"""
        return self.minima.shape[1]

    def __call__(self, x: NDArray) -> tuple[NDArray, NDArray]:
        """返回 ``(loss, grad)``，正好是 :func:`dlbasics.optimizers.minimize` 要的形式。"""
        x = np.asarray(x)
        if x.ndim == 0 or x.shape[-1] != self.dimensions:
            raise ValueError(
                f"x 的最后一个轴应有 {self.dimensions} 个坐标（{self.name}），得到形状 {x.shape}"
            )
        return self.loss(x), self.grad(x)


def _positive(name: str, value: float) -> float:
    if not value > 0:
        raise ValueError(f"{name} 应是正数，得到 {value!r}")
    return float(value)


def slope(gradient: Sequence[float]) -> Landscape:
    """均匀的斜坡 f(x) = g·x：处处梯度相同，没有谷底。

    Parameters
    ----------
    gradient : sequence of float, length d
        梯度 g。
    """
    g = np.asarray(gradient, dtype=float)
    if g.ndim != 1 or g.size == 0:
        raise ValueError(f"gradient 应是一维的非空序列，得到形状 {g.shape}")
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
    """
    lam = np.asarray(eigenvalues, dtype=float)
    if lam.ndim != 1 or lam.size == 0 or not np.all(lam > 0):
        raise ValueError(f"eigenvalues 应是一维的非空正数序列，得到 {eigenvalues!r}")
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
    """
    if not exponent >= 1:
        raise ValueError(f"exponent 应不小于 1，得到 {exponent!r}")
    return Landscape(
        f"|x| 的 {exponent:g} 次方",
        lambda x: np.sum(np.abs(x) ** exponent, axis=-1) / exponent,
        lambda x: np.sign(x) * np.abs(x) ** (exponent - 1),
        np.zeros((1, 1)),
    )


def plateau(width: float, *, incline: float = 1.0) -> Landscape:
    """一维的斜坡、平台、山谷：往右滚下来的球要滑过平台才能掉进山谷。

    x < 0 是斜率 −incline 的坡；0 ≤ x ≤ width 是高度为 0 的平台；再往右是一个抛物线形的谷，
    谷底在 x = width + 1，高度 −incline / 2。

    Parameters
    ----------
    width : float
        平台的宽度。
    incline : float
        坡的陡度。
    """
    width, incline = _positive("width", width), _positive("incline", incline)

    def loss(x: NDArray) -> NDArray:
        past = x[..., 0] - width
        valley = 0.5 * incline * ((past - 1) ** 2 - 1)
        return np.where(past > 0, valley, np.maximum(-incline * x[..., 0], 0.0))

    def grad(x: NDArray) -> NDArray:
        past = x - width
        return np.where(past > 0, incline * (past - 1), np.where(x < 0, -incline, 0.0))

    return Landscape("平台", loss, grad, np.array([[width + 1.0]]))


def tilted_double_well(tilt: float = 0.1, *, dimensions: int = 1) -> Landscape:
    """倾斜双井 f(x) = x⁴/4 − x²/2 + tilt·x（二维时再加 y²/2）：两个谷，一深一浅。

    tilt = 0 时两谷一样深，中间的 x = 0 是驻点：一维是山脊，二维是鞍点。

    Parameters
    ----------
    tilt : float
        倾斜；|tilt| < 2/√27 ≈ 0.385 时才有两个谷。
    dimensions : {1, 2}
        坐标的个数。
    """
    if not abs(tilt) < 2 / np.sqrt(27):
        raise ValueError(f"tilt 的绝对值应小于 2/√27 ≈ 0.385，否则只剩一个谷，得到 {tilt!r}")
    if dimensions not in (1, 2):
        raise ValueError(f"dimensions 应是 1 或 2，得到 {dimensions!r}")

    def loss(x: NDArray) -> NDArray:
        u = x[..., 0]
        return u**4 / 4 - u**2 / 2 + tilt * u + 0.5 * np.sum(x[..., 1:] ** 2, axis=-1)

    def grad(x: NDArray) -> NDArray:
        u = x[..., :1]
        return np.concatenate([u**3 - u + tilt, x[..., 1:]], axis=-1)

    minima = np.zeros((2, dimensions))
    minima[:, 0] = np.sort(np.roots([1.0, 0.0, -1.0, tilt]).real)[[0, 2]]
    return Landscape("倾斜双井", loss, grad, minima[np.argsort(loss(minima), kind="stable")])


def rosenbrock() -> Landscape:
    """Rosenbrock 的香蕉谷 f(x, y) = (1 − x)² + 100 (y − x²)²，极小点 (1, 1)。

    References
    ----------
    Rosenbrock (1960), An automatic method for finding the greatest or least value of a function.
    """

    def loss(p: NDArray) -> NDArray:
        x, y = p[..., 0], p[..., 1]
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    def grad(p: NDArray) -> NDArray:
        x, y = p[..., 0], p[..., 1]
        return np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], axis=-1)

    return Landscape("香蕉谷", loss, grad, np.array([[1.0, 1.0]]))


def beale() -> Landscape:
    """Beale 函数：四周高墙，中间一条几乎平坦的峡谷，极小点 (3, 0.5)。

    f(x, y) = (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²

    References
    ----------
    Beale (1958), On an iterative method for finding a local minimum of a function of more than
    one variable.
    """
    constants = np.array([1.5, 2.25, 2.625])
    powers = np.arange(1, 4)

    def residuals(p: NDArray) -> NDArray:
        x, y = p[..., :1], p[..., 1:]
        return constants - x + x * y**powers

    def loss(p: NDArray) -> NDArray:
        return np.sum(residuals(p) ** 2, axis=-1)

    def grad(p: NDArray) -> NDArray:
        x, y = p[..., :1], p[..., 1:]
        r = 2 * residuals(p)
        return np.stack(
            [
                np.sum(r * (y**powers - 1), axis=-1),
                np.sum(r * x * powers * y ** (powers - 1), axis=-1),
            ],
            axis=-1,
        )

    return Landscape("Beale 峡谷", loss, grad, np.array([[3.0, 0.5]]))


def washboard() -> Landscape:
    """搓衣板 f(x) = 0.02 x² + 0.3 sin 3x：一只浅碗里刻满小谷。"""
    candidates = np.linspace(-30, 30, 600_001)
    slopes = 0.04 * candidates + 0.9 * np.cos(3 * candidates)
    left = np.flatnonzero((slopes[:-1] < 0) & (slopes[1:] >= 0))
    minima = (candidates[left] + candidates[left + 1])[:, None] / 2
    for _ in range(3):  # 牛顿法：从网格精度到机器精度
        minima -= (0.04 * minima + 0.9 * np.cos(3 * minima)) / (0.04 - 2.7 * np.sin(3 * minima))

    def loss(x: NDArray) -> NDArray:
        return np.sum(0.02 * x**2 + 0.3 * np.sin(3 * x), axis=-1)

    order = np.argsort(loss(minima), kind="stable")
    return Landscape("搓衣板", loss, lambda x: 0.04 * x + 0.9 * np.cos(3 * x), minima[order])


def kinked_bowl() -> Landscape:
    """强凸、光滑，却能让“最优”的动量法永远绕圈的一维碗。

    斜率分三段：x < 1 时 25x，1 ≤ x < 2 时 x + 24，x ≥ 2 时 25x − 24。
    曲率在 1 与 25 之间；取 lr = 1/9、μ = 4/9，从 x₀ = 3.3 出发的动量法落进长度为 3 的循环。

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
