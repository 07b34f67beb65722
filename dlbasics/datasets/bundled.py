"""真实的图像，都随 scikit-learn 与 scikit-image 一起安装，不需要网络。

一批图像是 (n, C, H, W)，单张图像是 (C, H, W)，像素是 [0, 1] 内的 float64。每个函数的说明里
写着来源与权利；照片的署名在 :data:`PHOTOGRAPHS` 里，展示时请写在图下。
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlbasics._checks import array, generator, integer, number

PHOTOGRAPHS = {
    "astronaut": "宇航员 Eileen Collins，NASA，公有领域",
    "brick": "砖墙，CC0Textures（Bricks25），CC0",
    "camera": "摄影师，Lav Varshney，CC0",
    "chelsea": "小猫 Chelsea，Stéfan van der Walt，CC0",
    "china": "颐和园，danielbuechele（Flickr 6061409035），CC BY 2.0",
    "coffee": "咖啡杯，Rachel Michetti，CC0",
    "coins": "庞贝的希腊钱币，Brooklyn Museum，没有已知的版权限制",
    "flower": "花，vultilion（Flickr 6056698931），CC BY 2.0",
    "grass": "草地，linolafett（DeviantArt），CC0",
    "gravel": "砾石，CC0Textures（Gravel04），CC0",
    "moon": "月面，scikit-image 附带，来源与授权未注明",
    "page": "扫描的书页，scikit-image 附带，来源与授权未注明",
    "text": "文字，Wikipedia（Corner.png），没有已知的版权限制",
}
"""照片的名字，以及它的内容、来源与权利。"""


@dataclass(frozen=True)
class Split:
    """划分好的数据：训练集与测试集，由 :func:`split` 造出。

    Attributes
    ----------
    train_x, test_x : ndarray, shape (n, ...)
    train_y, test_y : ndarray, shape (n,)

    Examples
    --------
    >>> x = np.arange(4)
    >>> parts = split(x, x, np.random.default_rng(0), test_fraction=0.5)
    >>> sorted([*parts.train_x, *parts.test_x]) == [0, 1, 2, 3]
    True
    """

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

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape, labels[:3]
    ((1797, 1, 8, 8), array([0, 1, 2]))

    References
    ----------
    Alpaydin, Kaynak (1998), Optical recognition of handwritten digits, UCI；
    scikit-learn 随包附带，许可 CC BY 4.0。
    """
    from sklearn.datasets import load_digits

    raw = load_digits()
    return raw.images[:, None] / 16.0, raw.target.astype(np.int64)


def digits_on_canvas(
    size: int, rng: np.random.Generator | None = None, *, positions: ArrayLike | None = None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """把 :func:`digits` 的每张数字贴到 size×size 的空白画布上。

    Parameters
    ----------
    size : int
        画布的边长，不小于 8。
    rng : numpy.random.Generator, optional
        给它，则每张的位置随机，所有放得下的位置机会均等。
    positions : array_like of int, shape (2,) or (1797, 2), optional
        给它，则左上角放在指定的（行，列）；rng 与 positions 恰好给一个。

    Returns
    -------
    images : ndarray of float64, shape (1797, 1, size, size)
    labels : ndarray of int64, shape (1797,)
        来源与权利同 :func:`digits`。

    Examples
    --------
    居中，与向右移动两个像素：

    >>> centred, labels = digits_on_canvas(14, positions=(3, 3))
    >>> shifted, _ = digits_on_canvas(14, positions=(3, 5))
    >>> np.array_equal(shifted[..., 2:], centred[..., :-2])
    True
    """
    images, labels = digits()
    n, _, side, _ = images.shape
    size = integer("size", size, side)
    if (rng is None) == (positions is None):
        raise ValueError("rng（随机的位置）与 positions（指定的位置）应恰好给一个")
    corners: NDArray[np.integer]
    if positions is None:
        corners = generator("rng", rng).integers(size - side, size=(n, 2), endpoint=True)
    else:
        corners = _corners(positions, n, size - side)
    canvas = np.zeros((n, 1, size, size))
    for image, place, (row, column) in zip(images, canvas, corners, strict=True):
        place[:, row : row + side, column : column + side] = image
    return canvas, labels


def faces() -> NDArray[np.float64]:
    """100 张 25×25 的灰度人脸，像素在 [0, 1] 内。

    Returns
    -------
    ndarray of float64, shape (100, 1, 25, 25)

    Notes
    -----
    取自 Labeled Faces in the Wild，scikit-image 随包附带。数据集没有写明授权，照片里是真实的人：
    请只用来计算，展示平均脸与响应图，不展示单张人脸；要展示人脸，用公有领域的
    ``photograph("astronaut")``。

    Examples
    --------
    >>> faces().mean(axis=0).shape     # 平均脸
    (1, 25, 25)

    References
    ----------
    Huang, Mattar, Lee, Learned-Miller (2012), Learning to align from scratch, NIPS.
    """
    from skimage.data import lfw_subset

    return lfw_subset()[:100, None]


def photograph(name: str) -> NDArray[np.float64]:
    """一张照片，像素在 [0, 1] 内。

    Parameters
    ----------
    name : str
        :data:`PHOTOGRAPHS` 里的一个名字；那里写着它的来源与权利。

    Returns
    -------
    ndarray of float64, shape (C, H, W)
        彩色 C = 3，灰度 C = 1。

    Examples
    --------
    >>> photograph("china").shape, photograph("camera").shape
    ((3, 427, 640), (1, 512, 512))
    >>> PHOTOGRAPHS["china"]
    '颐和园，danielbuechele（Flickr 6061409035），CC BY 2.0'
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"name 应是 {'、'.join(PHOTOGRAPHS)} 之一，得到 {name!r}")
    if name in ("china", "flower"):
        from sklearn.datasets import load_sample_image

        return _channels_first(load_sample_image(f"{name}.jpg"))
    from skimage import data

    return _channels_first(getattr(data, name)())


@dataclass(frozen=True)
class StereoPair:
    """同一个场景的左右两张照片。

    Attributes
    ----------
    left, right : ndarray of float64, shape (3, 500, 741)
    disparity : ndarray of float32, shape (500, 741)
        左图 (行, 列) 处的东西，出现在右图的 (行, 列 − disparity)；``inf`` 表示不知道。

    Examples
    --------
    >>> StereoPair(np.zeros((3, 2, 2)), np.ones((3, 2, 2)), np.full((2, 2), np.inf)).left.shape
    (3, 2, 2)
    """

    left: NDArray[np.float64]
    right: NDArray[np.float64]
    disparity: NDArray[np.float32]


def stereo_pair() -> StereoPair:
    """摩托车的左右两张照片，连同每个像素平移了多少的真值。

    Returns
    -------
    StereoPair

    Notes
    -----
    scikit-image 随包附带；它的文档把视差的符号写反了，并说未知处是 NaN（其实是 ``inf``），
    这里写的是核对过的。Middlebury 2014 没有写明授权：请只用来计算，展示结果。

    Examples
    --------
    >>> pair = stereo_pair()
    >>> known = np.isfinite(pair.disparity)
    >>> round(float(known.mean()), 2)
    0.93

    References
    ----------
    Scharstein et al. (2014), High-resolution stereo datasets with subpixel-accurate ground
    truth, GCPR.
    """
    from skimage.data import stereo_motorcycle

    left, right, disparity = stereo_motorcycle()
    return StereoPair(_channels_first(left), _channels_first(right), disparity)


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

    Returns
    -------
    Split

    Examples
    --------
    >>> x = np.arange(10.0)
    >>> parts = split(x, x > 5, np.random.default_rng(0), test_fraction=0.3)
    >>> len(parts.train_x), len(parts.test_y)
    (7, 3)
    """
    array("x", x), array("y", y)
    if len(x) != len(y):
        raise ValueError(f"y 应与 x 一样多：{len(x)} 个，得到 {len(y)} 个")
    number("test_fraction", test_fraction, "在 (0, 1) 之内", lambda f: 0 < f < 1)
    generator("rng", rng)
    size = round(test_fraction * len(x))
    if not 0 < size < len(x):
        raise ValueError(
            f"test_fraction = {test_fraction!r} 使 {len(x)} 个样本里有 {size} 个归测试集；"
            "两边都应至少有一个"
        )
    test, train = np.split(rng.permutation(len(x)), [size])
    return Split(x[train], y[train], x[test], y[test])


def _channels_first(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(H, W) 或 (H, W, C) 的 0–255 变成 (C, H, W) 的 [0, 1]。"""
    return np.ascontiguousarray(np.atleast_3d(image).transpose(2, 0, 1)) / 255.0


def _corners(positions: ArrayLike, n: int, largest: int) -> NDArray[np.integer]:
    corners = np.asarray(positions)
    if corners.shape not in ((2,), (n, 2)) or not np.issubdtype(corners.dtype, np.integer):
        raise ValueError(
            f"positions 应是形状 (2,) 或 ({n}, 2) 的整数数组，得到 {corners.shape} {corners.dtype}"
        )
    if corners.min() < 0 or corners.max() > largest:
        raise ValueError(
            f"positions 应在 0 到 {largest} 之间，得到 {corners.min()} 到 {corners.max()}"
        )
    return np.broadcast_to(corners, (n, 2))
