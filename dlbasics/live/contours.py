"""等高线：几幅图共用的条数、疏密与颜色；条数由 ``facts`` 告诉前端。"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEVELS = 14
COLOR = "#9DB7D5"


def levels(lowest: float, height: float, power: float) -> NDArray[np.float64]:
    """从 ``lowest`` 往上到 ``height`` 为止的高度，由低到高；``power`` 越大，低处越密。

    >>> levels(1.0, 14.0, 1)[[0, -1]]
    array([ 2., 15.])
    """
    return lowest + height * (np.arange(1, LEVELS + 1) / LEVELS) ** power
