"""下山的路：反复走一步，把走过的位置与损失都记下来。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlbasics._checks import as_floats, integer
from dlbasics.optimizers.base import Optimizer


@dataclass(frozen=True)
class Trajectory:
    """下山的整条路。

    Attributes
    ----------
    x : ndarray, shape (steps + 1, ...)
        每一步的位置，``x[0]`` 是出发点。
    loss : ndarray, shape (steps + 1,)
        每一步的损失。

    Examples
    --------
    >>> path = Trajectory(x=np.array([[2.0], [1.0], [0.0]]), loss=np.array([4.0, 1.0, 0.0]))
    >>> path.steps_to(1.0)
    1
    """

    x: NDArray
    loss: NDArray

    def steps_to(self, loss: float) -> int | None:
        """损失第一次不大于 ``loss`` 是第几步；始终没有达到则返回 ``None``。"""
        reached = np.flatnonzero(self.loss <= loss)
        return int(reached[0]) if reached.size else None


def minimize(
    f_and_grad: Callable[[NDArray], tuple[ArrayLike, NDArray]],
    x0: ArrayLike,
    optimizer: Optimizer,
    steps: int,
) -> Trajectory:
    """从 ``x0`` 出发走 ``steps`` 步，记下整条路。

    Parameters
    ----------
    f_and_grad : callable
        ``x -> (loss, grad)``，例如一个 :class:`dlbasics.landscapes.Landscape`。
    x0 : array_like
        出发点；float32 与 float64 保持不变，整数转为 float64。不会被修改。
    optimizer : Optimizer
        一个新建的优化器；它的状态会留在里面。
    steps : int
        步数，不小于 0。

    Returns
    -------
    Trajectory
        发散时照样走完，路里出现 ``inf`` 或 ``nan``。

    Examples
    --------
    >>> from dlbasics.landscapes import quadratic
    >>> from dlbasics.optimizers import SGD
    >>> path = minimize(quadratic([1.0]), [1.0], SGD(lr=0.5), steps=3)
    >>> path.x[:, 0]
    array([1.   , 0.5  , 0.25 , 0.125])
    """
    steps = integer("steps", steps, 0)
    x = as_floats("x0", x0)
    xs = np.empty((steps + 1, *x.shape), dtype=x.dtype)
    losses = np.empty(steps + 1, dtype=x.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for n in range(steps + 1):
            losses[n], grad = f_and_grad(x)
            xs[n] = x
            if n < steps:
                optimizer.step([x], [np.asarray(grad, dtype=x.dtype)])
    return Trajectory(xs, losses)
