"""自适应的方法：每个坐标按自己梯度的大小调整学习率。"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import fraction, not_negative, positive
from dlbasics.optimizers.base import Optimizer, State


class AdaGrad(Optimizer):
    """AdaGrad：每个坐标除以自己历来梯度平方和的平方根。

    Parameters
    ----------
    lr : float
        学习率。
    eps : float
        防止除以零。

    Examples
    --------
    第一步每个坐标都走 lr，与梯度的大小无关：

    >>> x = np.zeros(2)
    >>> AdaGrad(lr=0.1).step([x], [np.array([5.0, -0.01])])
    >>> x.round(6)
    array([-0.1,  0.1])

    References
    ----------
    Duchi, Hazan, Singer (2011), Adaptive subgradient methods, JMLR 12.
    """

    def __init__(self, lr: float, eps: float = 1e-10) -> None:
        super().__init__(lr)
        self.eps = positive("eps", eps)

    def _initial_state(self, x: NDArray) -> State:
        return {"sum_of_squares": np.zeros_like(x)}

    def _update(self, x: NDArray, g: NDArray, state: State, lr: float) -> None:
        s = state["sum_of_squares"]
        s += g * g
        x -= lr * g / (np.sqrt(s) + self.eps)


class RMSProp(Optimizer):
    """RMSProp：把 AdaGrad 的总和换成滑动平均，旧梯度会被忘记。

    Parameters
    ----------
    lr : float
        学习率。
    rho : float
        滑动平均的衰减系数，0 ≤ ρ < 1。
    eps : float
        防止除以零。

    Examples
    --------
    平方的平均从 0 起步，第一步因此偏大，是 lr/√(1 − ρ)：

    >>> x = np.zeros(2)
    >>> RMSProp(lr=0.1, rho=0.99).step([x], [np.array([5.0, -0.01])])
    >>> x.round(3)
    array([-1.,  1.])

    References
    ----------
    Tieleman, Hinton (2012), Neural networks for machine learning, lecture 6.5.
    """

    def __init__(self, lr: float, rho: float = 0.99, eps: float = 1e-8) -> None:
        super().__init__(lr)
        self.rho = fraction("rho", rho)
        self.eps = positive("eps", eps)

    def _initial_state(self, x: NDArray) -> State:
        return {"mean_of_squares": np.zeros_like(x)}

    def _update(self, x: NDArray, g: NDArray, state: State, lr: float) -> None:
        s = state["mean_of_squares"]
        s *= self.rho
        s += (1 - self.rho) * g * g
        x -= lr * g / (np.sqrt(s) + self.eps)


class Adam(Optimizer):
    """Adam：梯度的滑动平均（动量）除以梯度平方的滑动平均的平方根，两者都修正起步时的偏差。

    Parameters
    ----------
    lr : float
        学习率。
    beta1, beta2 : float
        两个滑动平均的衰减系数，都在 [0, 1) 内。
    eps : float
        防止除以零。

    Examples
    --------
    修正了起步的偏差，第一步每个坐标都走 lr：

    >>> x = np.zeros(2)
    >>> Adam(lr=0.1).step([x], [np.array([5.0, -0.01])])
    >>> x.round(5)
    array([-0.1,  0.1])

    References
    ----------
    Kingma, Ba (2015), Adam: a method for stochastic optimization, ICLR, Algorithm 1.
    """

    def __init__(
        self, lr: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ) -> None:
        super().__init__(lr)
        self.beta1 = fraction("beta1", beta1)
        self.beta2 = fraction("beta2", beta2)
        self.eps = positive("eps", eps)

    def _initial_state(self, x: NDArray) -> State:
        return {"m": np.zeros_like(x), "s": np.zeros_like(x), "t": np.zeros((), dtype=int)}

    def _update(self, x: NDArray, g: NDArray, state: State, lr: float) -> None:
        m, s, t = state["m"], state["s"], state["t"]
        t += 1
        m *= self.beta1
        m += (1 - self.beta1) * g
        s *= self.beta2
        s += (1 - self.beta2) * g * g
        m_hat = m / (1 - self.beta1 ** int(t))
        s_hat = s / (1 - self.beta2 ** int(t))
        x -= lr * m_hat / (np.sqrt(s_hat) + self.eps)


class AdamW(Adam):
    """AdamW：Adam 走一步，另把权重缩小到 1 − lr·weight_decay 倍（解耦的权重衰减）。

    衰减不进梯度，所以不被梯度平方的平均除：每个坐标缩小同样的倍数。给 :class:`Adam` 的梯度加上
    weight_decay·x（L2 正则化）就不是这样，梯度大的坐标衰减得少。对 :class:`SGD`，
    两种做法是同一件事，所以它没有这个参数：梯度加上 weight_decay·x 就够了。

    Parameters
    ----------
    lr, beta1, beta2, eps : float
        同 :class:`Adam`。
    weight_decay : float
        衰减的强度，不小于 0；0 就是 Adam。``params`` 里的每个数组都衰减；只想衰减权重、
        不衰减偏置，请用两个优化器。

    Examples
    --------
    梯度为 0，只剩衰减：

    >>> x = np.array([1.0, -10.0])
    >>> AdamW(lr=0.1, weight_decay=0.5).step([x], [np.zeros(2)])
    >>> x
    array([ 0.95, -9.5 ])

    References
    ----------
    Loshchilov, Hutter (2019), Decoupled weight decay regularization, ICLR, Algorithm 2；
    与 PyTorch 一样，衰减也乘学习率。
    """

    def __init__(
        self,
        lr: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(lr, beta1, beta2, eps)
        self.weight_decay = not_negative("weight_decay", weight_decay)

    def _update(self, x: NDArray, g: NDArray, state: State, lr: float) -> None:
        decay = lr * self.weight_decay * x  # 先算好：g 可能就是 x
        super()._update(x, g, state, lr)
        x -= decay
