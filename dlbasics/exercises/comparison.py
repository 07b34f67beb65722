"""比较答案：逐值相等，或者满足一个性质。

:func:`equals`、:func:`satisfies` 与 :func:`satisfies_array` 各造出一个
``compare(答案, 参考答案, 输入) -> 说明``，说明是空字符串就是对的。
"""

from __future__ import annotations

import re
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np

SINGLE_PRECISION = 1e-5
LONGEST = 200
"""说明里一个值最多写多少个字。"""
WHOLE = 1000
"""数组里的数比这多，就只写开头几个。"""
MANY = 10**7
"""答案里的数比这多，就不看了。"""


def equals(rtol: float = 1e-9, atol: float = 1e-12) -> Callable[[Any, Any, tuple], str]:
    """答案要与参考答案相等：类型、形状、dtype 相同，数值相差不超过容差。

    Parameters
    ----------
    rtol, atol : float
        相对与绝对容差；float32 的相对容差放宽到 1e-5。

    Examples
    --------
    >>> print(equals()(1.0, 2.0, ()))
    期望　2
    得到　1
    原因　相差 1
    """

    def compare(got: Any, expected: Any, args: tuple) -> str:
        reason = difference(got, expected, rtol=rtol, atol=atol)
        if not reason:
            return ""
        return f"期望　{show(expected)}\n得到　{show(got)}\n原因　{reason}"

    return compare


def satisfies(problem: Callable[..., str], *, count: int = 1) -> Callable[[Any, Any, tuple], str]:
    """答案是 ``count`` 个有限的数，而且满足一个性质；不必与参考答案相同。

    Parameters
    ----------
    problem : callable
        ``problem(*答案, *输入)``：满足时返回空字符串，否则说出哪里不满足。
    count : int
        答案有几个数。

    Examples
    --------
    >>> compare = satisfies(lambda x, low: "" if x > low else "太小")
    >>> print(compare(1.0, None, (2.0,)))
    得到　1
    原因　太小
    """

    def compare(got: Any, expected: Any, args: tuple) -> str:
        values = _finite_numbers(got if count > 1 else (got,))
        if len(values) != count:
            finite = isinstance(got, Real) and not isinstance(got, bool)
            reason = f"应返回 {count} 个有限的数" + ("" if finite else f"，得到{_kind(got)}")
        else:
            with np.errstate(all="ignore"):
                reason = problem(*values, *args)
        return f"得到　{show(got)}\n原因　{reason}" if reason else ""

    return compare


def satisfies_array(problem: Callable[..., str]) -> Callable[[Any, Any, tuple], str]:
    """答案是一个处处有限的数组，而且满足一个性质；不必与参考答案相同。

    Parameters
    ----------
    problem : callable
        ``problem(数组, *输入)``，数组已经换成 float64，形状由它自己检查：
        满足时返回空字符串，否则说出哪里不满足。

    Examples
    --------
    >>> compare = satisfies_array(lambda x, total: "" if x.sum() == total else "和不对")
    >>> print(compare(np.array([1.0, 2.0]), None, (4.0,)))
    得到　[1., 2.]
    原因　和不对
    """

    def compare(got: Any, expected: Any, args: tuple) -> str:
        value = _unwrapped(got)
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf":
            reason = f"应是由数组成的数组，得到{_kind(value)}"
        elif value.size > MANY:
            reason = f"数组太大：形状是 {value.shape}"
        elif not np.all(np.isfinite(value)):
            reason = "数组里有不是有限的数"
        else:
            with np.errstate(all="ignore"):
                reason = problem(value.astype(np.float64), *args)
        return f"得到　{show(got)}\n原因　{reason}" if reason else ""

    return compare


def difference(got: Any, expected: Any, *, rtol: float = 1e-9, atol: float = 1e-12) -> str:
    """说出 ``got`` 与 ``expected`` 的第一处不同；没有不同就返回空字符串。

    Parameters
    ----------
    got : object
        学生的答案，可以是任何东西；0 维数组当作它装着的那个数，
        元组可以写成列表，或者一行一个值的数组；整数数组不论有几位。
    expected : object
        对的答案：数、真假、文字、数组，或者由它们组成的元组。
    rtol, atol : float
        相对与绝对容差；都是 0 就要逐位相同。

    Examples
    --------
    >>> difference(np.zeros(3), np.zeros((3, 1)))
    '形状应是 (3, 1)，得到 (3,)'
    >>> difference(2, 2.0)
    ''
    """
    got, expected = _unwrapped(got), _unwrapped(expected)
    if isinstance(expected, tuple):
        return _tuple_difference(got, expected, rtol, atol)
    if isinstance(expected, bool | np.bool_):
        if not isinstance(got, bool | np.bool_):
            return f"应是 True 或 False，得到{_kind(got)}"
        return "" if bool(got) == bool(expected) else "真假相反"
    if isinstance(expected, np.ndarray):
        return _array_difference(got, expected, rtol, atol)
    if isinstance(expected, str):
        return "" if isinstance(got, str) and got == expected else f"应是 {expected!r}"
    if not _is_number(got):
        return f"应是一个数，得到{_kind(got)}"
    if isinstance(expected, Integral) and not isinstance(got, Integral):
        return f"应是整数，得到{_kind(got)}"
    return _gap(_as_float(got), np.asarray(expected), rtol, atol)


def _tuple_difference(got: Any, expected: tuple, rtol: float, atol: float) -> str:
    rows = isinstance(got, np.ndarray) and all(np.ndim(e) == got.ndim - 1 for e in expected)
    if not (rows or isinstance(got, tuple | list)) or len(got) != len(expected):
        return f"应返回 {len(expected)} 个值，得到{_kind(got)}"
    for i, (a, b) in enumerate(zip(got, expected, strict=True), start=1):
        reason = "是 None" if a is None else difference(a, b, rtol=rtol, atol=atol)
        if reason:
            return f"第 {i} 个值：{reason}"
    return ""


def _array_difference(got: Any, expected: np.ndarray, rtol: float, atol: float) -> str:
    if not isinstance(got, np.ndarray):
        return f"应是数组，得到{_kind(got)}"
    if got.shape != expected.shape:
        return f"形状应是 {expected.shape}，得到 {got.shape}"
    integers = got.dtype.kind in "iu" and expected.dtype.kind in "iu"
    if got.dtype != expected.dtype and not integers:
        return f"dtype 应是 {_dtype_name(expected.dtype)}，得到 {_dtype_name(got.dtype)}"
    if expected.dtype == bool:
        count = np.count_nonzero(got != expected)
        return f"有 {count} 处真假相反" if count else ""
    return _gap(got, expected, rtol, atol)


def _gap(got: np.ndarray, expected: np.ndarray, rtol: float, atol: float) -> str:
    if rtol and expected.dtype == np.float32:
        rtol = max(rtol, SINGLE_PRECISION)
    with np.errstate(all="ignore"):
        if np.allclose(got, expected, rtol=rtol, atol=atol):
            return ""
        gap = np.abs(np.asarray(got) - expected)
    if np.isnan(gap).any():
        return "有 nan（不是数）：多半是溢出，或除以了 0"
    return f"最大相差 {gap.max():.3g}" if gap.ndim else f"相差 {gap:.3g}"


def _finite_numbers(values: Any) -> list[float]:
    """一列有限的数；只要有一个不是，或者根本不是一列，就返回空的列表。"""
    if not isinstance(values, tuple | list) and not (
        isinstance(values, np.ndarray) and values.ndim == 1
    ):
        return []
    numbers = [float(_as_float(v)) for v in map(_unwrapped, values) if _is_number(v)]
    return numbers if len(numbers) == len(values) and np.all(np.isfinite(numbers)) else []


def _unwrapped(value: Any) -> Any:
    """0 维数组换成它装着的那个值，数组的子类换成数组。"""
    if isinstance(value, np.ndarray) and type(value) is not np.ndarray:
        value = np.asarray(value)
    return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _as_float(value: Any) -> np.ndarray:
    try:
        return np.asarray(float(value))
    except OverflowError:
        return np.asarray(np.inf)


def _kind(value: Any) -> str:
    if value is None:
        return " None：函数没有返回值，是不是忘了 return"
    if isinstance(value, tuple | list):
        name = "元组" if isinstance(value, tuple) else "列表"
        return f" {len(value)} 个值的{name}"
    if isinstance(value, np.ndarray):
        usual = value.dtype.kind in "iuf"
        return f"形状 {value.shape} 的数组" + ("" if usual else f"，dtype 是 {value.dtype}")
    return f" {type(value).__name__}"


def show(value: Any, longest: int = LONGEST) -> str:
    """把一个值写成学生读得懂的一行。

    写不进 ``longest`` 个字的数组少写几位、几个，再写不下就只说形状；别的值写到那里为止。

    Examples
    --------
    >>> show((0.1 + 0.2, np.zeros(2)))
    '（0.3，[0., 0.]）'
    >>> show(np.ones((500, 400)))
    '形状 (500, 400) 的数组，开头是 [1., 1., 1.]'
    """
    value = _unwrapped(value)
    if isinstance(value, tuple):
        return shortened(
            lambda each: "（" + "，".join(show(v, each) for v in value) + "）", longest
        )
    if isinstance(value, np.ndarray):
        return _show_array(value, longest)
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | np.floating):
        return f"{float(value) + 0:.10g}"
    try:
        text = repr(value.item() if isinstance(value, np.generic) else value)
    except Exception:  # 学生的 __repr__，或者长得 Python 不肯写出来的整数
        text = f"一个 {type(value).__name__}"
    return text if len(text) <= longest else f"{text[:longest]}……"


def shortened(write: Callable[[int], str], longest: int) -> str:
    """让 ``write(每个值最多几个字)`` 写得进 ``longest`` 个字；实在不行就截断。

    Examples
    --------
    >>> shortened(lambda each: "，".join([show("长" * 99, each)] * 2), 120)[-4:]
    '长长……'
    """
    for each in (LONGEST, 100, 50, 30):
        text = write(each)
        if len(text) <= longest:
            return text
    return f"{text[: longest - 2]}……"


def _show_array(value: np.ndarray, longest: int) -> str:
    if value.size > WHOLE or value.ndim > 4:
        beginning = value.flat[:3]
        return f"形状 {value.shape} 的数组，开头是 {_show_array(beginning, LONGEST)}"
    value = value + 0 if value.dtype.kind in "fc" else value  # −0 写成 0
    dtype = "" if value.dtype == np.float64 else f"（{_dtype_name(value.dtype)}）"
    for precision, edge in [(8, 3), (4, 3), (4, 1)]:
        try:
            with np.printoptions(precision=precision, edgeitems=edge):
                text = np.array2string(value, separator=", ", threshold=20 if edge == 3 else 2)
        except Exception:  # 数组里装着写不出来的东西
            break
        text = text.replace("\n", "")
        if value.dtype.kind in "biuf":
            text = re.sub(r",\s+", ", ", re.sub(r"\s+(?=[,\]])|(?<=\[)\s+", "", text))
        text += dtype
        if len(text) <= longest:
            return text
    return f"形状 {value.shape} 的数组{dtype}"


def _dtype_name(dtype: np.dtype) -> str:
    """dtype 的名字；这台机器上默认的整数一律叫 int64，32 位的机器（浏览器）说的话也一样。"""
    return "int64" if dtype == np.intp else str(dtype)
