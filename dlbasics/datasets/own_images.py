"""你自己的图像：从图片文件到网络认得的数组，尺寸、颜色、范围、明暗各处理一次。"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import integer

if TYPE_CHECKING:
    from PIL.Image import Image


def read_image(
    path: str | os.PathLike, size: int, *, color: bool = False, invert: bool = False
) -> NDArray[np.float64]:
    """读一张图片，变成 size×size 的数组，像素在 [0, 1] 内。

    依次：按相机记下的方向转正；透明处填白；变成灰度或 RGB；在短的方向上补边，补成正方形
    （用四边像素的平均颜色，所以不变形也不裁掉什么）；缩放；除以 255。

    Parameters
    ----------
    path : str or path-like
        图片文件，Pillow 认得的格式都可以。
    size : int
        边长，正整数。
    color : bool
        真：三个通道（红、绿、蓝）；假：一个通道，灰度。
    invert : bool
        真：明暗颠倒，白纸黑字变成黑底白字。训练数据是哪一种，就变成哪一种。

    Returns
    -------
    ndarray of float64, shape (C, size, size)
        C 是 3 或 1。

    Raises
    ------
    ValueError
        没有这个文件，或者它不是完好的图片。

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from PIL import Image
    >>> with TemporaryDirectory() as folder:
    ...     Image.new("L", (30, 20), 51).save(Path(folder) / "grey.png")
    ...     image = read_image(Path(folder) / "grey.png", 4, invert=True)
    >>> image.shape, float(image.min()), float(image.max())
    ((1, 4, 4), 0.8, 0.8)
    """
    from PIL import Image

    size = integer("size", size, 1)
    picture = _open(Path(path)).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    flat = Image.alpha_composite(white, picture).convert("RGB" if color else "L")
    pixels = _square(np.atleast_3d(np.asarray(flat)))
    square = Image.fromarray(pixels if color else pixels[..., 0])
    small = np.atleast_3d(np.asarray(square.resize((size, size), Image.Resampling.LANCZOS)))
    image = np.ascontiguousarray(small.transpose(2, 0, 1)) / 255.0
    return 1 - image if invert else image


def read_folder(
    folder: str | os.PathLike, size: int, *, color: bool = False, invert: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.int64], list[str]]:
    """读一个文件夹：每个子文件夹是一类，里面的文件都是这一类的图片。

    Parameters
    ----------
    folder : str or path-like
        例如里面有 ``猫/``、``狗/`` 两个子文件夹。名字以点开头的文件不读。
    size, color, invert
        同 :func:`read_image`。

    Returns
    -------
    images : ndarray of float64, shape (n, C, size, size)
        次序按类名、再按文件名，每台机器都一样；训练之前要打乱。
    labels : ndarray of int64, shape (n,)
    classes : list of str
        ``classes[label]`` 是类的名字，即子文件夹的名字。

    Raises
    ------
    ValueError
        没有这个文件夹，少于两类，某一类是空的，或者有坏的图片；坏的一起列出（至多五个）。

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from PIL import Image
    >>> with TemporaryDirectory() as folder:
    ...     for name in ("猫", "狗"):
    ...         (Path(folder) / name).mkdir()
    ...         Image.new("RGB", (60, 40), "white").save(Path(folder) / name / "1.png")
    ...     images, labels, classes = read_folder(folder, 16)
    >>> images.shape, labels, classes
    ((2, 1, 16, 16), array([0, 1]), ['狗', '猫'])
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ValueError(f"folder 应是一个文件夹，得到 {str(folder)!r}")
    groups = {
        place.name: sorted(p for p in place.iterdir() if p.is_file() and p.name[0] != ".")
        for place in sorted(folder.iterdir())
        if place.is_dir() and place.name[0] != "."
    }
    empty = [name for name, files in groups.items() if not files]
    if len(groups) < 2 or empty:
        raise ValueError(
            "folder 里应有至少两个子文件夹，一类一个，每个都有图片；"
            f"得到 {len(groups)} 个" + (f"，空的是 {'、'.join(empty)}" if empty else "")
        )
    images, labels, broken = [], [], []
    for label, files in enumerate(groups.values()):
        for path in files:
            try:
                images.append(read_image(path, size, color=color, invert=invert))
                labels.append(label)
            except _UnreadableImage:
                broken.append(f"{path.parent.name}/{path.name}")
    if broken:
        more = f" 等 {len(broken)} 个" if len(broken) > 5 else ""
        raise ValueError(f"folder 里的文件都应是完好的图片，读不出 {'、'.join(broken[:5])}{more}")
    return np.stack(images), np.array(labels, dtype=np.int64), list(groups)


class _UnreadableImage(ValueError):
    """文件读不出图片。"""


def _open(path: Path) -> Image:
    from PIL import Image, ImageOps, UnidentifiedImageError

    if not path.is_file():
        raise ValueError(f"path 应是一个图片文件，得到 {str(path)!r}，没有这个文件")
    try:
        with Image.open(path) as picture:
            return ImageOps.exif_transpose(picture)
    except UnidentifiedImageError as error:
        raise _UnreadableImage(
            f"path 应是图片，得到 {str(path)!r}，认不出它的格式；"
            "手机的 HEIC 照片请先另存为 JPEG 或 PNG"
        ) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _UnreadableImage(
            f"path 应是完好的图片，得到 {str(path)!r}，读到一半出错：{error}"
        ) from error


def _square(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, C) 补成正方形，原图居中；补的颜色是四边像素的平均。"""
    height, width, channels = pixels.shape
    side = max(height, width)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    square = np.empty((side, side, channels), dtype=np.uint8)
    square[...] = border.mean(axis=0).round()
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = pixels
    return square
