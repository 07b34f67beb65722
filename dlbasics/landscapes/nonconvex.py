"""非凸的试验场：平台、峡谷和许多个谷。"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import number, positive
from dlbasics.landscapes.base import Landscape


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

    Examples
    --------
    坡上、平台上、谷底：

    >>> plateau(2.0).loss(np.array([[-3.0], [1.0], [3.0]]))
    array([ 3. ,  0. , -0.5])
    """
    width, incline = positive("width", width), positive("incline", incline)

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

    Examples
    --------
    >>> tilted_double_well(0.0).minima
    array([[-1.],
           [ 1.]])
    """
    limit = 2 / np.sqrt(27)
    number("tilt", tilt, "在 ±2/√27 ≈ ±0.385 之间，否则只剩一个谷", lambda c: -limit < c < limit)
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

    Examples
    --------
    >>> rosenbrock().loss(np.array([[1.0, 1.0], [0.0, 1.0]]))
    array([  0., 101.])

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

    Examples
    --------
    >>> beale()(np.array([3.0, 0.5]))
    (np.float64(0.0), array([0., 0.]))

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
    """搓衣板 f(x) = 0.02 x² + 0.3 sin 3x：一只浅碗里刻满小谷。

    Examples
    --------
    >>> washboard()(np.array([0.0]))
    (np.float64(0.0), array([0.9]))
    """
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
