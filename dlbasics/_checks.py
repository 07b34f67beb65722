"""检查参数：不合适就抛出中文的 ValueError，说出参数的名字、应当怎样、得到了什么。"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray


def number(name: str, value: Any, expected: str, valid: Callable[[Any], bool]) -> float:
    """一个满足 ``valid`` 的实数，写成 float。"""
    if not (isinstance(value, Real) and valid(value)):
        raise ValueError(f"{name} 应{expected}，得到 {value!r}")
    return float(value)


def positive(name: str, value: Any) -> float:
    """有限的正数。"""
    return number(name, value, "是有限的正数", lambda x: 0 < x < np.inf)


def not_negative(name: str, value: Any) -> float:
    """不小于 0 的有限的数。"""
    return number(name, value, "是不小于 0 的有限的数", lambda x: 0 <= x < np.inf)


def fraction(name: str, value: Any, *, one_allowed: bool = False) -> float:
    """[0, 1) 内的数；``one_allowed`` 时是 [0, 1]。"""
    if one_allowed:
        return number(name, value, "在 [0, 1] 之内", lambda x: 0 <= x <= 1)
    return number(name, value, "在 [0, 1) 之内", lambda x: 0 <= x < 1)


def integer(name: str, value: Any, least: int, most: int | None = None) -> int:
    """不小于 ``least``、不大于 ``most`` 的整数。"""
    if not isinstance(value, Integral) or value < least or (most is not None and value > most):
        interval = f"不小于 {least} " if most is None else f" {least} 到 {most} 之间"
        raise ValueError(f"{name} 应是{interval}的整数，得到 {value!r}")
    return int(value)


def array(name: str, value: Any) -> NDArray:
    """NumPy 数组；列表要由调用者自己转换，dtype 才不会被猜错。"""
    if not isinstance(value, np.ndarray):
        raise ValueError(f"{name} 应是 NumPy 数组，得到 {type(value).__name__}")
    return value


def generator(name: str, value: Any) -> np.random.Generator:
    """随机数发生器。"""
    if not isinstance(value, np.random.Generator):
        raise ValueError(f"{name} 应是 numpy.random.Generator，得到 {type(value).__name__}")
    return value


def as_floats(name: str, value: Any) -> NDArray:
    """拷贝成数组：float32 与 float64 保持不变，整数转为 float64。"""
    try:
        copy = np.array(value)
        if copy.dtype not in (np.float32, np.float64):
            copy = copy.astype(np.float64, casting="safe")
    except (TypeError, ValueError):
        raise ValueError(f"{name} 应是一组实数，得到 {value!r}") from None
    return copy
