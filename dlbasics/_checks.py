"""检查参数：不合适就抛出中文的 ValueError，说出参数的名字、应当怎样、得到了什么。"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Real
from operator import index
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))
"""全书的数组只有这两种。"""

Pair = int | tuple[int, int]
"""一个整数，或（高，宽）两个整数。"""


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


def integer(name: str, value: Any, least: int | None = None, most: int | None = None) -> int:
    """整数，不小于 ``least``、不大于 ``most``；凡能当下标用的都是整数。"""
    try:
        whole = index(value)
        good = (least is None or least <= whole) and (most is None or whole <= most)
    except TypeError:
        good = False
    if not good:
        bounds = "" if least is None else f"不小于 {least} 的"
        if most is not None:
            bounds = f" {least} 到 {most} 之间的"
        raise ValueError(f"{name} 应是{bounds}整数，得到 {value!r}")
    return whole


def pair(name: str, value: Any, least: int) -> tuple[int, int]:
    """一个整数表示高、宽两个方向相同；也可以写成（高，宽）。"""
    if not isinstance(value, tuple):
        whole = integer(name, value, least)
        return whole, whole
    if len(value) != 2:
        raise ValueError(f"{name} 应是一个整数或（高，宽）两个整数，得到 {value!r}")
    height, width = (integer(f"{name}[{i}]", v, least) for i, v in enumerate(value))
    return height, width


def array(name: str, value: Any) -> NDArray:
    """NumPy 数组；列表要由调用者自己转换，dtype 才不会被猜错。"""
    if not isinstance(value, np.ndarray):
        raise ValueError(f"{name} 应是 NumPy 数组，得到 {type(value).__name__}")
    return value


def floats(
    name: str,
    value: Any,
    dtypes: Iterable[DTypeLike] = FLOATS,
    *,
    why: str = "",
    advice: str = "",
) -> NDArray:
    """浮点数组，dtype 是 ``dtypes`` 之一；``why`` 说为什么是它们，``advice`` 说不是时怎么办。"""
    if not isinstance(value, np.ndarray) or value.dtype not in dtypes:
        wanted = " 或 ".join(np.dtype(one).name for one in dtypes)
        got = value.dtype if isinstance(value, np.ndarray) else type(value).__name__
        raise ValueError(f"{name} 应是 {wanted} 的数组{why}，得到 {got}{advice}")
    return value


def table(name: str, value: Any, axes: str = "(n, d)") -> NDArray:
    """非空的二维数组，一行一个样本；``axes`` 是两维的名字。"""
    if array(name, value).ndim != 2 or value.size == 0:
        raise ValueError(f"{name} 应是非空的二维数组 {axes}，得到形状 {value.shape}")
    return value


def labels(name: str, value: Any, n: int, classes: int | None = None) -> NDArray:
    """``n`` 个样本的类，整数；``classes`` 给定时在 0 到 classes − 1 之间。"""
    if array(name, value).shape != (n,) or not np.issubdtype(value.dtype, np.integer):
        raise ValueError(f"{name} 应是形状 ({n},) 的整数数组，得到 {value.shape} {value.dtype}")
    if classes is not None and n and (value.min() < 0 or value.max() >= classes):
        raise ValueError(
            f"{name} 应在 0 到 {classes - 1} 之间，得到 {value.min()} 到 {value.max()}"
        )
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
        if copy.dtype not in FLOATS:
            copy = copy.astype(np.float64, casting="safe")
    except (TypeError, ValueError):
        raise ValueError(f"{name} 应是一组实数，得到 {value!r}") from None
    return copy
