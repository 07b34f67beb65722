"""沙箱里外怎样说话：一帧是两个长度、一棵 JSON 的树、各个数组的原始字节。

里面的一方不可信，所以读的一方先查再分配：总长、层数、个数、dtype、形状都有上限，
数组的字节必须正好用完。这里没有 pickle，也没有 ``.npz``、``.npy``：读它们会执行代码，
或者由几兆字节变出几十亿字节。

>>> head, body = split(pack((1, np.arange(3.0), "字")))
>>> unpack(head, body)
(1, array([0., 1., 2.]), '字')
"""

from __future__ import annotations

import json
import math
import struct
from fractions import Fraction
from typing import Any

import numpy as np

LIMIT = 16 << 20
"""一帧最多多少字节。"""
TREE = 4 << 20
"""其中那棵树最多多少字节。"""
DEPTH = 8
ITEMS = 10_000
"""整棵树里最多多少个值。"""
LETTERS = 10_000
"""一段文字、一个写成十六进制的整数最多多长。"""
AXES = 16
NUMBERS = "biufc"
PREFIX = struct.Struct("<II")


class BadFrame(ValueError):
    """收到的不是一帧，或者要发的东西装不进一帧。"""


class Foreign:
    """对面的一个值，这里没有它的类型：只知道类型叫什么、打印出来是什么。"""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def foreign(name: str, text: str) -> Foreign:
    """造一个值，类型的名字是 ``name``，打印出来是 ``text``。"""
    return type(name if name.isidentifier() else "object", (Foreign,), {})(text)


def pack(value: Any) -> bytes:
    """把一个值装成一帧。

    数、真假、None、文字、元组、列表、分数和数组原样过去；别的只过去类型的名字和打印的样子。

    Raises
    ------
    BadFrame
        太大、太深、太多。
    """
    packer = _Packer()
    tree = json.dumps(packer.node(value, 0)).encode()
    body = b"".join(packer.blobs)
    if len(tree) > TREE or len(tree) + len(body) > LIMIT:
        raise BadFrame("太大")
    return PREFIX.pack(len(tree), len(body)) + tree + body


def lengths(prefix: bytes) -> tuple[int, int]:
    """读一帧开头的两个长度；太长就不读。"""
    tree, body = PREFIX.unpack(prefix)
    if tree > TREE or tree + body > LIMIT:
        raise BadFrame("太大")
    return tree, body


def split(frame: bytes) -> tuple[bytes, bytes]:
    """把完整的一帧拆成树和数组的字节。"""
    tree, body = lengths(frame[: PREFIX.size])
    if len(frame) != PREFIX.size + tree + body:
        raise BadFrame("长度不对")
    return frame[PREFIX.size : PREFIX.size + tree], frame[PREFIX.size + tree :]


def unpack(tree: bytes, body: bytes) -> Any:
    """把一帧还原成值。

    Raises
    ------
    BadFrame
        有一处不合规矩。
    """
    unpacker = _Unpacker(body)
    try:
        value = unpacker.value(json.loads(tree), 0)
    except BadFrame:
        raise
    except (ValueError, TypeError, IndexError, KeyError, OverflowError, RecursionError) as error:
        raise BadFrame(f"读不懂：{type(error).__name__}") from None
    if unpacker.used != len(body):
        raise BadFrame("数组的字节没有正好用完")
    return value


class _Packer:
    """一路往下装，记下装了多少。"""

    def __init__(self) -> None:
        self.blobs: list[bytes] = []
        self.count = 0
        self.size = 0

    def node(self, value: Any, depth: int) -> list:
        self.count += 1
        if self.count > ITEMS or depth > DEPTH:
            raise BadFrame("值太多，或者套得太深")
        if value is None:
            return ["none"]
        if isinstance(value, np.ndarray | np.generic):
            return self.array(value, depth)
        if isinstance(value, bool):
            return ["bool", bool(value)]
        if isinstance(value, int):
            return ["int", self.text(hex(int(value)))]
        if isinstance(value, float):
            return ["float", float(value).hex()]
        if isinstance(value, complex):
            return ["complex", value.real.hex(), value.imag.hex()]
        if isinstance(value, str):
            return ["str", self.text(str(value))]
        if isinstance(value, tuple | list):
            name = "tuple" if isinstance(value, tuple) else "list"
            return [name, [self.node(each, depth + 1) for each in value]]
        if isinstance(value, Fraction):
            return ["fraction", hex(value.numerator), hex(value.denominator)]
        return self.other(value)

    def array(self, value: np.ndarray | np.generic, depth: int) -> list:
        array = np.asarray(value)
        if array.dtype.kind == "U" and isinstance(value, np.generic):
            return self.node(str(value), depth)
        if array.dtype.kind not in NUMBERS:
            if isinstance(value, np.generic):
                return self.other(value)
            name = "texts" if array.dtype.kind == "U" else "objects"
            if array.size > ITEMS:
                raise BadFrame("值太多，或者套得太深")
            flat = array.astype(object).reshape(-1).tolist()
            return [name, list(array.shape), [self.node(each, depth + 1) for each in flat]]
        self.size += array.nbytes
        if self.size > LIMIT:
            raise BadFrame("太大")
        self.blobs.append(array.tobytes())
        name = "array" if isinstance(value, np.ndarray) else "scalar"
        return [name, array.dtype.str, list(array.shape)]

    @staticmethod
    def text(value: str) -> str:
        if len(value) > LETTERS:
            raise BadFrame("太长")
        return value

    @staticmethod
    def other(value: Any) -> list:
        name = type(value).__name__[:60]
        try:
            text = repr(value.item() if isinstance(value, np.generic) else value)
        except Exception:
            text = f"一个 {name}"
        return ["other", name, text[:300]]


class _Unpacker:
    """一路往下读，先查再分配。"""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.used = 0
        self.count = 0

    def value(self, node: Any, depth: int) -> Any:
        self.count += 1
        if self.count > ITEMS or depth > DEPTH:
            raise BadFrame("值太多，或者套得太深")
        if type(node) is not list or not node or type(node[0]) is not str:
            raise BadFrame("不是一个值")
        read = getattr(self, f"read_{node[0]}", None)
        if read is None:
            raise BadFrame("没有这种值")
        if node[0] in ("tuple", "list", "texts", "objects"):
            return read(*node[1:], depth + 1)
        return read(*node[1:])

    def read_none(self) -> None:
        return None

    def read_bool(self, value: Any) -> bool:
        if type(value) is not bool:
            raise BadFrame("不是真假")
        return value

    def read_int(self, text: Any) -> int:
        return int(self.letters(text), 16)

    def read_float(self, text: Any) -> float:
        return float.fromhex(self.letters(text, 60))

    def read_complex(self, real: Any, imaginary: Any) -> complex:
        return complex(self.read_float(real), self.read_float(imaginary))

    def read_fraction(self, numerator: Any, denominator: Any) -> Fraction:
        above, below = self.read_int(numerator), self.read_int(denominator)
        if below < 1 or max(above.bit_length(), below.bit_length()) > 2000:
            raise BadFrame("不是分数")
        return Fraction(above, below)

    def read_str(self, text: Any) -> str:
        return self.letters(text)

    def read_tuple(self, nodes: Any, depth: int) -> tuple:
        return tuple(self.read_list(nodes, depth))

    def read_list(self, nodes: Any, depth: int) -> list:
        if type(nodes) is not list or len(nodes) > ITEMS:
            raise BadFrame("不是一列")
        return [self.value(node, depth) for node in nodes]

    def read_texts(self, shape: Any, nodes: Any, depth: int) -> np.ndarray:
        shape, texts = self.shape(shape), self.read_list(nodes, depth)
        if len(texts) != math.prod(shape) or not all(type(text) is str for text in texts):
            raise BadFrame("形状与个数不符")
        if max(map(len, texts), default=0) * len(texts) > LIMIT // 4:
            raise BadFrame("太大")
        return np.array(texts, dtype=str).reshape(shape)

    def read_objects(self, shape: Any, nodes: Any, depth: int) -> np.ndarray:
        shape, values = self.shape(shape), self.read_list(nodes, depth)
        if len(values) != math.prod(shape):
            raise BadFrame("形状与个数不符")
        array = np.empty(len(values), dtype=object)
        for i, value in enumerate(values):
            array[i] = value
        return array.reshape(shape)

    def read_scalar(self, dtype: Any, shape: Any) -> np.generic:
        if shape != []:
            raise BadFrame("形状")
        return self.read_array(dtype, shape).flat[0]

    def read_array(self, dtype: Any, shape: Any) -> np.ndarray:
        kind = np.dtype(self.letters(dtype, 8))
        if kind.kind not in NUMBERS or kind.itemsize > 32 or kind.names or kind.subdtype:
            raise BadFrame("dtype")
        shape = self.shape(shape)
        size = math.prod(shape) * kind.itemsize
        if size > len(self.body) - self.used:
            raise BadFrame("数组比收到的字节长")
        start, self.used = self.used, self.used + size
        whole = (
            np.frombuffer(self.body, kind, math.prod(shape), start) if size else np.empty(0, kind)
        )
        return whole.reshape(shape).copy()

    def read_other(self, name: Any, text: Any) -> Foreign:
        return foreign(self.letters(name, 60), self.letters(text, 300))

    @staticmethod
    def shape(shape: Any) -> tuple[int, ...]:
        if type(shape) is not list or len(shape) > AXES:
            raise BadFrame("形状")
        if not all(type(n) is int and 0 <= n <= LIMIT for n in shape):
            raise BadFrame("形状")
        return tuple(shape)

    @staticmethod
    def letters(text: Any, longest: int = LETTERS) -> str:
        if type(text) is not str or len(text) > longest:
            raise BadFrame("不是文字，或者太长")
        return text.encode("utf-8", "backslashreplace").decode()  # 半个字写不进文件
