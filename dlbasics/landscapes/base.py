"""一个可以下山的函数由什么组成。"""

from __future__ import annotations

from collections.abc import Callable
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

    Examples
    --------
    >>> square = Landscape(
    ...     "平方", lambda x: np.sum(x**2, axis=-1), lambda x: 2 * x, minima=np.zeros((1, 1))
    ... )
    >>> square(np.array([3.0]))
    (np.float64(9.0), array([6.]))
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
