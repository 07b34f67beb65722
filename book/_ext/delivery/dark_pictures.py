"""深色主题里的一份图：白纸变成页面的底色，墨变浅，颜色不变色相，照片与色标原样。

换的是一个一个像素的颜色，在感知均匀的 OKLab 里算，字与线的边缘因此也对。
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

PAPER = "#15181d"
"""深色主题的底色，与 course.css 的 ``--pst-color-background`` 相同。"""

KNOWN, WANTED = (0, 0.25, 0.53, 0.63), (0.95, 0.88, 0.77, 0.72)
"""原来的亮度 → 深色主题里的亮度：黑、墨、蓝、橙；白是 ``PAPER``。"""


def dark(picture: Image.Image, images: Sequence[Sequence[int]]) -> Image.Image:
    """``picture`` 在深色主题里的一份。

    Parameters
    ----------
    picture : PIL.Image.Image
        ``RGB`` 模式，底是白的。
    images : Sequence[Sequence[int]]
        照片与色标的左、上、右、下，斜着画的是四个角；原样留着。
    """
    changed = picture.filter(dark_colors())
    kept = Image.new("1", picture.size)
    draw = ImageDraw.Draw(kept)
    for outline in images:
        if len(outline) == 4:
            left, top, right, bottom = outline
            draw.rectangle((left, top, right - 1, bottom - 1), fill=1)
        else:
            draw.polygon(list(outline), fill=1)
    changed.paste(picture, mask=kept)
    return changed


@cache
def dark_colors() -> ImageFilter.Color3DLUT:
    """哪种颜色换成哪种：只换亮度；越白的越带上 ``PAPER`` 的颜色。"""
    paper = to_oklab(np.array([int(PAPER[k : k + 2], 16) / 255 for k in (1, 3, 5)]))
    steps = np.linspace(0, 1, 33)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    color = to_oklab(np.stack([red, green, blue], axis=-1))
    lightness = color[..., 0].copy()
    color[..., 0] = np.interp(lightness, [*KNOWN, 1], [*WANTED, paper[0]])
    color[..., 1:] += lightness[..., None] * paper[1:]
    return ImageFilter.Color3DLUT(len(steps), to_srgb(color).ravel().tolist())


TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def to_oklab(srgb: NDArray) -> NDArray:
    """sRGB（0 到 1）→ OKLab。"""
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ TO_CONES.T) @ TO_LAB.T


def to_srgb(oklab: NDArray) -> NDArray:
    """OKLab → sRGB；装不下的颜色取最近的边。"""
    cones = oklab @ np.linalg.inv(TO_LAB).T
    linear = np.clip(cones**3 @ np.linalg.inv(TO_CONES).T, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
