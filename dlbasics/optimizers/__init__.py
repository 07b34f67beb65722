"""优化器：从梯度下降到 AdamW，更新公式各占几行。

所有优化器用法相同：``optimizer.step(params, grads)`` 就地修改 ``params`` 里的每个数组。

>>> import numpy as np
>>> x = np.array([1.0, -2.0])
>>> optimizer = Momentum(lr=0.1, mu=0.9)
>>> for _ in range(2):
...     optimizer.step([x], [x.copy()])     # f(x) = ½‖x‖² 的梯度就是 x
>>> x
array([ 0.72, -1.44])
"""

from dlbasics.optimizers.adaptive import AdaGrad, Adam, AdamW, RMSProp
from dlbasics.optimizers.base import Optimizer
from dlbasics.optimizers.momentum import SGD, Momentum, Nesterov
from dlbasics.optimizers.trajectory import Trajectory, minimize

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RMSProp",
    "Trajectory",
    "minimize",
]
