"""优化器的共同部分：检查输入，保管状态。"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import floats, not_negative, positive

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

    Examples
    --------
    只看梯度符号的优化器，写出 ``_update`` 就够了：

    >>> class SignDescent(Optimizer):
    ...     def _update(self, x, g, state, lr):
    ...         x -= lr * np.sign(g)
    >>> x = np.zeros(2)
    >>> SignDescent(lr=0.1).step([x], [np.array([5.0, -0.01])])
    >>> x
    array([-0.1,  0.1])
    """

    def __init__(self, lr: float) -> None:
        self.lr = positive("lr", lr)
        self.state: list[State] = []
        self._forms: list[tuple[tuple[int, ...], np.dtype]] = []

    def step(
        self, params: Sequence[NDArray], grads: Sequence[NDArray], *, lr: float | None = None
    ) -> None:
        """走一步：就地更新每个参数。

        Parameters
        ----------
        params, grads : sequence of ndarray
            参数与它们的梯度，一一对应：形状相同，dtype 相同（float32 或 float64）。
        lr : float, optional
            只这一步用的学习率；不给就用 ``self.lr``。

        Raises
        ------
        ValueError
            个数、形状或 dtype 不对。此时没有任何参数被改动。
        """
        lr = self.lr if lr is None else not_negative("lr", lr)
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
            self._update(x, g, state, lr)

    def _initial_state(self, x: NDArray) -> State:
        return {}

    @abstractmethod
    def _update(self, x: NDArray, g: NDArray, state: State, lr: float) -> None:
        """用学习率 ``lr`` 与梯度 ``g`` 就地更新一个参数 ``x`` 和它的状态。"""


def _check_pairs(params: Sequence[NDArray], grads: Sequence[NDArray]) -> None:
    if isinstance(params, np.ndarray) or isinstance(grads, np.ndarray):
        raise ValueError("params 与 grads 应是数组的列表，得到单个数组；请写成 [x] 与 [grad]")
    if len(params) != len(grads):
        raise ValueError(f"grads 应与 params 一样多：{len(params)} 个，得到 {len(grads)} 个")
    for i, (x, g) in enumerate(zip(params, grads, strict=True)):
        if not floats(f"params[{i}]", x).flags.writeable:
            raise ValueError(f"params[{i}] 应可写，得到只读的数组；请先 copy()")
        if not isinstance(g, np.ndarray) or (g.shape, g.dtype) != (x.shape, x.dtype):
            form = f"{g.shape} {g.dtype}" if isinstance(g, np.ndarray) else type(g).__name__
            raise ValueError(
                f"grads[{i}] 应与参数同形状、同 dtype：{x.shape} {x.dtype}，得到 {form}"
            )
