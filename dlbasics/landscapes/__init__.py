"""试验场：带梯度、已知极小点的损失函数。

每个函数都造出一个 :class:`Landscape`。位置 ``x`` 的最后一个轴是坐标，前面的轴随意，
所以同一个函数既能算一个点，也能一次算完画等高线用的整张网格。

>>> import numpy as np
>>> bowl = quadratic([1.0, 100.0])
>>> loss, grad = bowl(np.array([1.0, 1.0]))
>>> loss
np.float64(50.5)
>>> grad
array([  1., 100.])
"""

from dlbasics.landscapes.base import Landscape
from dlbasics.landscapes.convex import kinked_bowl, power, quadratic, slope
from dlbasics.landscapes.nonconvex import (
    beale,
    plateau,
    rosenbrock,
    tilted_double_well,
    washboard,
)

__all__ = [
    "Landscape",
    "beale",
    "kinked_bowl",
    "plateau",
    "power",
    "quadratic",
    "rosenbrock",
    "slope",
    "tilted_double_well",
    "washboard",
]
