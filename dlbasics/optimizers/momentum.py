"""梯度下降与两种动量：所有坐标用同一个学习率。"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import fraction
from dlbasics.optimizers.base import Optimizer, State


class SGD(Optimizer):
    """（随机）梯度下降：x ← x − lr·g。

    传入全体样本的梯度就是梯度下降，传入小批量的梯度就是小批量 SGD；更新公式是同一个。

    Parameters
    ----------
    lr : float
        学习率。

    Examples
    --------
    >>> x = np.array([1.0, -2.0])
    >>> SGD(lr=0.1).step([x], [x.copy()])       # f(x) = ½‖x‖² 的梯度就是 x
    >>> x
    array([ 0.9, -1.8])

    References
    ----------
    Robbins, Monro (1951), A stochastic approximation method.
    """

    def _update(self, x: NDArray, g: NDArray, state: State, lr: float) -> None:
        x -= lr * g


class Momentum(Optimizer):
    """动量法（重球法）：v ← μv − lr·g，x ← x + v，速度从 0 开始。

    Parameters
    ----------
    lr : float
        学习率。
    mu : float
        动量系数，0 ≤ μ ≤ 1：每一步保留多少速度。μ = 0 就是 :class:`SGD`；
        μ = 1 速度从不衰减，只宜用来看它为什么停不下来。

    Notes
    -----
    其他三种常见写法与它的换算见 :mod:`dlbasics.studies.momentum_conventions`。

    Examples
    --------
    第二步的位移是 0.9 × (−0.1) − 0.1 × 1：

    >>> x, slope = np.zeros(1), np.ones(1)
    >>> optimizer = Momentum(lr=0.1, mu=0.9)
    >>> for _ in range(2):
    ...     optimizer.step([x], [slope])
    >>> x, optimizer.state[0]["v"]
    (array([-0.29]), array([-0.19]))

    References
    ----------
    Polyak (1964), Some methods of speeding up the convergence of iteration methods.
    """

    def __init__(self, lr: float, mu: float = 0.9) -> None:
        super().__init__(lr)
        self.mu = fraction("mu", mu, one_allowed=True)

    def _initial_state(self, x: NDArray) -> State:
        return {"v": np.zeros_like(x)}

    def _update(self, x: NDArray, g: NDArray, state: State, lr: float) -> None:
        v = state["v"]
        v *= self.mu
        v -= lr * g
        x += v


class Nesterov(Momentum):
    """Nesterov 动量：在“惯性将要带你去的地方”算梯度。

    参数里保存的就是那个前瞻点 x + μv，因此 ``step`` 的用法与 :class:`Momentum` 相同：
    在当前参数处算梯度，传进来即可。

    Parameters
    ----------
    lr : float
        学习率。
    mu : float
        动量系数，0 ≤ μ ≤ 1。

    Examples
    --------
    前瞻点比小球自己多走 μv，第一步就是 SGD 的 1.9 倍：

    >>> x = np.zeros(1)
    >>> Nesterov(lr=0.1, mu=0.9).step([x], [np.ones(1)])
    >>> x
    array([-0.19])

    References
    ----------
    Nesterov (1983), A method for solving the convex programming problem with convergence rate
    O(1/k²); 前瞻点写法见 Sutskever et al. (2013), §2.
    """

    def _update(self, x: NDArray, g: NDArray, state: State, lr: float) -> None:
        v = state["v"]
        previous = v.copy()
        v *= self.mu
        v -= lr * g
        x += (1 + self.mu) * v - self.mu * previous
