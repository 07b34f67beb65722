"""图的状态变量：不合格的值立刻用中文说明。"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan
from numbers import Real
from typing import Any

import numpy as np
import traitlets


class Number(traitlets.TraitType):
    """闭区间 ``[low, high]`` 里的实数；``integer`` 为真时只收整数。"""

    def __init__(self, default: float, low: float, high: float, *, integer: bool = False) -> None:
        super().__init__(default)
        self.low, self.high, self.integer = low, high, integer

    def validate(self, obj: object, value: Any) -> float:
        kind = int if self.integer else float
        real: Any = value if isinstance(value, Real) else nan
        if self.low <= real <= self.high and kind(real) == real:
            return kind(real)
        expected = f"[{self.low:g}, {self.high:g}] 之内的{'整数' if self.integer else '数'}"
        raise ValueError(f"{self.name} 应是 {expected}，得到 {value!r}")


class Table(traitlets.TraitType):
    """形状为 ``shape`` 的一组数，写成嵌套的列表，每个都在闭区间 ``[low, high]`` 里。"""

    def __init__(
        self,
        default: Sequence,
        shape: tuple[int, ...],
        low: float,
        high: float,
        *,
        integer: bool,
        read_only: bool = False,
    ) -> None:
        super().__init__(default, read_only=read_only)
        self.shape, self.low, self.high, self.integer = shape, low, high, integer

    def validate(self, obj: object, value: Any) -> list:
        try:
            table = np.array(value, dtype=float)
        except (TypeError, ValueError):
            table = np.empty(0)
        good = table.shape == self.shape and np.all((self.low <= table) & (table <= self.high))
        if good and (not self.integer or np.all(table == np.rint(table))):
            return (table.astype(int) if self.integer else table).tolist()
        size = "×".join(map(str, self.shape))
        kind = "整数" if self.integer else "数"
        expected = f"{size} 个 [{self.low:g}, {self.high:g}] 之内的{kind}"
        raise ValueError(f"{self.name} 应是 {expected}，得到 {value!r}")


class Choice(traitlets.TraitType):
    """几个名字中的一个；默认是第一个。"""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names[0])
        self.names = tuple(names)

    def validate(self, obj: object, value: Any) -> str:
        if value not in self.names:
            raise ValueError(f"{self.name} 应是 {'、'.join(self.names)} 之一，得到 {value!r}")
        return value


class Point(traitlets.TraitType):
    """平面上的一点 ``[x, y]``，两个有限的数。"""

    def validate(self, obj: object, value: Any) -> list[float]:
        good = isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2
        if not good or not all(isinstance(c, Real) and isfinite(c) for c in value):
            raise ValueError(f"{self.name} 应是两个有限的数 [x, y]，得到 {value!r}")
        return [float(c) for c in value]
