"""真实的图像，都随依赖的包一起安装，不需要网络。"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Split:
    """划分好的数据：训练集与测试集。"""

    train_x: NDArray
    train_y: NDArray
    test_x: NDArray
    test_y: NDArray


def digits() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """1797 张 8×8 的手写数字，像素在 [0, 1] 内。

    Returns
    -------
    images : ndarray of float64, shape (1797, 1, 8, 8)
    labels : ndarray of int64, shape (1797,)

    References
    ----------
    Alpaydin, Kaynak (1998), Optical recognition of handwritten digits, UCI；
    scikit-learn 随包附带，许可 CC BY 4.0。
    """
    from sklearn.datasets import load_digits

    raw = load_digits()
    return raw.images[:, None] / 16.0, raw.target.astype(np.int64)


def split(
    x: NDArray, y: NDArray, rng: np.random.Generator, *, test_fraction: float = 0.25
) -> Split:
    """打乱之后划分成训练集与测试集。

    Parameters
    ----------
    x : ndarray, shape (n, ...)
    y : ndarray, shape (n,)
    rng : numpy.random.Generator
    test_fraction : float
        测试集所占的比例，在 (0, 1) 内。
    """
    if len(x) != len(y):
        raise ValueError(f"y 应与 x 一样多：{len(x)} 个，得到 {len(y)} 个")
    if not 0 < test_fraction < 1:
        raise ValueError(f"test_fraction 应在 (0, 1) 之内，得到 {test_fraction!r}")
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng 应是 numpy.random.Generator，得到 {type(rng).__name__}")
    size = round(test_fraction * len(x))
    if not 0 < size < len(x):
        raise ValueError(
            f"test_fraction = {test_fraction!r} 使 {len(x)} 个样本里有 {size} 个归测试集；"
            "两边都应至少有一个"
        )
    test, train = np.split(rng.permutation(len(x)), [size])
    return Split(x[train], y[train], x[test], y[test])
