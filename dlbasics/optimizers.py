"""优化器：从梯度下降到 Adam，更新公式各占几行。

所有优化器用法相同：``optimizer.step(params, grads)`` 就地修改 ``params`` 里的每个数组。

>>> x = np.array([1.0, -2.0])
>>> optimizer = Momentum(lr=0.1, mu=0.9)
>>> for _ in range(2):
...     optimizer.step([x], [x.copy()])     # f(x) = ½‖x‖² 的梯度就是 x
>>> x
array([ 0.72, -1.44])
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dlbasics.trajectory import Trajectory, minimize

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RMSProp",
    "Trajectory",
    "minimize",
]

State = dict[str, NDArray]


class Optimizer(ABC):
    """优化器的共同部分：检查输入，为每个参数数组保管一份状态。

    Parameters
    ----------
    lr : float
        学习率，正数。训练途中可以直接改 ``optimizer.lr``。

    Attributes
    ----------
    state : list of dict
        ``state[i]`` 是第 i 个参数的状态（速度、梯度平方的累积……），第一次 ``step`` 时建立。
    """

    def __init__(self, lr: float) -> None:
        self.lr = _positive("lr", lr)
        self.state: list[State] = []
        self._forms: list[tuple[tuple[int, ...], np.dtype]] = []

    def step(self, params: Sequence[NDArray], grads: Sequence[NDArray]) -> None:
        """走一步：就地更新每个参数。

        Parameters
        ----------
        params, grads : sequence of ndarray
            参数与它们的梯度，一一对应：形状相同，dtype 相同（float32 或 float64）。

        Raises
        ------
        ValueError
            个数、形状或 dtype 不对。此时没有任何参数被改动。
        """
        _check_pairs(params, grads)
        forms = [(x.shape, x.dtype) for x in params]
        if not self._forms:
            self._forms = forms
            self.state = [self._initial_state(x) for x in params]
        if forms != self._forms:
            raise ValueError(
                f"params 的形状与 dtype 应与第一次 step 时相同：{self._forms}，得到 {forms}；"
                "换了模型请新建一个优化器"
            )
        for x, g, state in zip(params, grads, self.state, strict=True):
            self._update(x, g, state)

    def _initial_state(self, x: NDArray) -> State:
        return {}

    @abstractmethod
    def _update(self, x: NDArray, g: NDArray, state: State) -> None:
        """用梯度 ``g`` 就地更新一个参数 ``x`` 和它的状态。"""


class SGD(Optimizer):
    """（随机）梯度下降：x ← x − lr·g。

    传入全体样本的梯度就是梯度下降，传入小批量的梯度就是小批量 SGD；更新公式是同一个。

    Parameters
    ----------
    lr : float
        学习率。

    References
    ----------
    Robbins, Monro (1951), A stochastic approximation method.
    """

    def _update(self, x: NDArray, g: NDArray, state: State) -> None:
        x -= self.lr * g


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
    其他三种常见写法与它的换算见 :mod:`dlbasics.momentum_conventions`。

    References
    ----------
    Polyak (1964), Some methods of speeding up the convergence of iteration methods.
    """

    def __init__(self, lr: float, mu: float = 0.9) -> None:
        super().__init__(lr)
        self.mu = _fraction("mu", mu, one_allowed=True)

    def _initial_state(self, x: NDArray) -> State:
        return {"v": np.zeros_like(x)}

    def _update(self, x: NDArray, g: NDArray, state: State) -> None:
        v = state["v"]
        v *= self.mu
        v -= self.lr * g
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

    References
    ----------
    Nesterov (1983), A method for solving the convex programming problem with convergence rate
    O(1/k²); 前瞻点写法见 Sutskever et al. (2013), §2.
    """

    def _update(self, x: NDArray, g: NDArray, state: State) -> None:
        v = state["v"]
        previous = v.copy()
        v *= self.mu
        v -= self.lr * g
        x += (1 + self.mu) * v - self.mu * previous


class AdaGrad(Optimizer):
    """AdaGrad：每个坐标除以自己历来梯度平方和的平方根。

    Parameters
    ----------
    lr : float
        学习率。
    eps : float
        防止除以零。

    References
    ----------
    Duchi, Hazan, Singer (2011), Adaptive subgradient methods, JMLR 12.
    """

    def __init__(self, lr: float, eps: float = 1e-10) -> None:
        super().__init__(lr)
        self.eps = _positive("eps", eps)

    def _initial_state(self, x: NDArray) -> State:
        return {"sum_of_squares": np.zeros_like(x)}

    def _update(self, x: NDArray, g: NDArray, state: State) -> None:
        s = state["sum_of_squares"]
        s += g * g
        x -= self.lr * g / (np.sqrt(s) + self.eps)


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

    References
    ----------
    Tieleman, Hinton (2012), Neural networks for machine learning, lecture 6.5.
    """

    def __init__(self, lr: float, rho: float = 0.99, eps: float = 1e-8) -> None:
        super().__init__(lr)
        self.rho = _fraction("rho", rho)
        self.eps = _positive("eps", eps)

    def _initial_state(self, x: NDArray) -> State:
        return {"mean_of_squares": np.zeros_like(x)}

    def _update(self, x: NDArray, g: NDArray, state: State) -> None:
        s = state["mean_of_squares"]
        s *= self.rho
        s += (1 - self.rho) * g * g
        x -= self.lr * g / (np.sqrt(s) + self.eps)


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

    References
    ----------
    Kingma, Ba (2015), Adam: a method for stochastic optimization, ICLR, Algorithm 1.
    """

    def __init__(
        self, lr: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ) -> None:
        super().__init__(lr)
        self.beta1 = _fraction("beta1", beta1)
        self.beta2 = _fraction("beta2", beta2)
        self.eps = _positive("eps", eps)

    def _initial_state(self, x: NDArray) -> State:
        return {"m": np.zeros_like(x), "s": np.zeros_like(x), "t": np.zeros((), dtype=int)}

    def _update(self, x: NDArray, g: NDArray, state: State) -> None:
        m, s, t = state["m"], state["s"], state["t"]
        t += 1
        m *= self.beta1
        m += (1 - self.beta1) * g
        s *= self.beta2
        s += (1 - self.beta2) * g * g
        m_hat = m / (1 - self.beta1 ** int(t))
        s_hat = s / (1 - self.beta2 ** int(t))
        x -= self.lr * m_hat / (np.sqrt(s_hat) + self.eps)


def _positive(name: str, value: float) -> float:
    if not 0 < value < np.inf:
        raise ValueError(f"{name} 应是有限的正数，得到 {value!r}")
    return float(value)


def _fraction(name: str, value: float, *, one_allowed: bool = False) -> float:
    if not (0 <= value < 1 or (one_allowed and value == 1)):
        interval = "[0, 1]" if one_allowed else "[0, 1)"
        raise ValueError(f"{name} 应在 {interval} 之内，得到 {value!r}")
    return float(value)


def _check_pairs(params: Sequence[NDArray], grads: Sequence[NDArray]) -> None:
    if isinstance(params, np.ndarray) or isinstance(grads, np.ndarray):
        raise ValueError("params 与 grads 应是数组的列表，得到单个数组；请写成 [x] 与 [grad]")
    if len(params) != len(grads):
        raise ValueError(f"grads 应与 params 一样多：{len(params)} 个，得到 {len(grads)} 个")
    for i, (x, g) in enumerate(zip(params, grads, strict=True)):
        if not isinstance(x, np.ndarray) or x.dtype not in (np.float32, np.float64):
            kind = x.dtype if isinstance(x, np.ndarray) else type(x).__name__
            raise ValueError(f"params[{i}] 应是 float32 或 float64 的数组，得到 {kind}")
        if not x.flags.writeable:
            raise ValueError(f"params[{i}] 应可写，得到只读的数组；请先 copy()")
        if not isinstance(g, np.ndarray) or (g.shape, g.dtype) != (x.shape, x.dtype):
            form = f"{g.shape} {g.dtype}" if isinstance(g, np.ndarray) else type(g).__name__
            raise ValueError(
                f"grads[{i}] 应与参数同形状、同 dtype：{x.shape} {x.dtype}，得到 {form}"
            )
