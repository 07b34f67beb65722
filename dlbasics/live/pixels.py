"""图里用的小灰度图：0 到 255 的整数，写成十六进制，一个像素两位。"""

from __future__ import annotations

from math import isqrt

import numpy as np
import traitlets
from numpy.typing import NDArray


def encode(image: NDArray[np.float64]) -> str:
    """[0, 1] 内的灰度，四舍五入到 0–255，写成十六进制。

    Parameters
    ----------
    image : ndarray, shape (n, n)

    Returns
    -------
    str
        逐行，长度 2n²。

    Examples
    --------
    >>> encode(np.array([[0.0, 1.0], [0.5, 0.2]]))
    '00ff8033'
    """
    return np.round(255 * image).astype(np.uint8).tobytes().hex()


def decode(text: str) -> NDArray[np.float64]:
    """:func:`encode` 的反过程，得到 0 到 255 的整数（dtype 是 float64，可以直接做卷积）。

    Parameters
    ----------
    text : str

    Returns
    -------
    ndarray of float64, shape (n, n)

    Examples
    --------
    >>> decode("00ff8033")
    array([[  0., 255.],
           [128.,  51.]])
    """
    values = np.frombuffer(bytes.fromhex(text), np.uint8).astype(np.float64)
    return values.reshape(isqrt(values.size), -1)


def shrink(image: NDArray[np.float64], factor: int) -> NDArray[np.float64]:
    """每 factor × factor 个像素平均成一个。

    Parameters
    ----------
    image : ndarray, shape (factor·n, factor·m)
    factor : int

    Returns
    -------
    ndarray, shape (n, m)

    Examples
    --------
    >>> shrink(np.array([[1.0, 3.0], [5.0, 7.0]]), 2)
    array([[4.]])
    """
    height, width = image.shape
    blocks = image.reshape(height // factor, factor, width // factor, factor)
    return blocks.mean(axis=(1, 3))


class Picture(traitlets.Unicode):
    """一张写成十六进制的小图；只由图自己给出，读者不改。"""

    def __init__(self) -> None:
        super().__init__(read_only=True)
