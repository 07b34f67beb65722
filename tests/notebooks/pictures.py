"""两幅图是否相同：按像素比较，容忍抗锯齿的抖动，不容忍改动。

整幅图的均方根（RMS）看不见小改动：图例里 0.98 变成 0.96，整幅只差 1.4（满量程 255），
和曲线平移十分之一像素的 0.8 分不开。改一个数字的痕迹集中在几个像素里，所以还要看局部：
取所有 8×8 小窗里最大的均方根。在一幅 100 dpi 的折线图上量得：

=====================================  ==========  ==========
改动                                   整幅        最差小窗
=====================================  ==========  ==========
数据有 1e-4 的相对误差                 0.03        0.7
颜色有标准差为 2 的噪声                2.0         2.5
曲线平移 0.1 像素                      0.8         8.0
浅灰 7 号字的 0.98 变成 0.96           0.3         19
曲线平移 0.25 像素                     2.0         20
曲线平移 1 像素                        6.9         73
图例的 0.98 变成 0.96                  1.4         79
清空坐标轴                             18          164
=====================================  ==========  ==========

换一种字形微调（hinting）会把整个字挪一个像素，量值与改字相同，因此不容忍；
matplotlib 自带 FreeType，书自带字体，版本钉住以后不会遇到。
"""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter, uniform_filter

WINDOW = 8
MAX_RMS = 2.5
MAX_LOCAL_RMS = 12.0

REACH = 6
REDRAWN_WINDOW = 24
MAX_REDRAWN_RMS = 6.0
MAX_REDRAWN_LOCAL_RMS = 30.0


def decode(png: str) -> np.ndarray:
    """把笔记本里的 base64 PNG 解成像素：``float64``，形状 ``[H, W, 3]``，透明处衬白底。"""
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(white, picture).convert("RGB"), dtype=np.float64)


def halved(pixels: np.ndarray) -> np.ndarray:
    """每 2×2 个像素取平均，多出来的一行一列不要。"""
    height, width = (size // 2 for size in pixels.shape[:2])
    return pixels[: 2 * height, : 2 * width].reshape(height, 2, width, 2, 3).mean((1, 3))


def difference(stored: np.ndarray, fresh: np.ndarray) -> str | None:
    """返回两幅图差别的说明；在容差之内返回 ``None``。

    Parameters
    ----------
    stored, fresh : numpy.ndarray
        像素，取值 0–255，形状 ``[H, W, 3]``。

    Examples
    --------
    >>> white = np.full((20, 30, 3), 255.0)
    >>> difference(white, white - 1)
    >>> difference(white, white[:, :-1])
    '大小不同：存的是 30×20，重算的是 29×20'
    """
    if stored.shape != fresh.shape:
        old, new = (f"{a.shape[1]}×{a.shape[0]}" for a in (stored, fresh))
        return f"大小不同：存的是 {old}，重算的是 {new}"
    squared = ((stored - fresh) ** 2).mean(axis=2)
    local = uniform_filter(squared, WINDOW)
    y, x = np.unravel_index(local.argmax(), local.shape)
    rms, local_rms = np.sqrt([squared.mean(), local[y, x]])
    if rms <= MAX_RMS and local_rms <= MAX_LOCAL_RMS:
        return None
    return (
        f"整幅 RMS {rms:.2f}（容差 {MAX_RMS}），"
        f"最差小窗 {local_rms:.1f}（容差 {MAX_LOCAL_RMS}），在 x={x}, y={y} 附近"
    )


def redrawn_difference(stored: np.ndarray, fresh: np.ndarray) -> str | None:
    """另一版 Matplotlib 画的是不是同一幅图；不是就说出差别，是就返回 ``None``。

    网页里的 Matplotlib 旧一些，字宽与边距差一两个像素，所以先各自模糊一点，再让每个 24×24 的
    小窗各自在 6 个像素之内找最合的位置，找到以后还剩多少差别才算。同一幅图剩下的，整幅不到 4、
    最差小窗不到 26；图例里少一个数，最差小窗 36 以上；不相干的两幅，整幅 28、最差小窗 90 以上。

    Examples
    --------
    >>> page = np.full((60, 80, 3), 255.0)
    >>> line, moved, far = page.copy(), page.copy(), page.copy()
    >>> line[30], moved[32], far[45] = 0, 0, 0
    >>> redrawn_difference(line, moved)
    >>> redrawn_difference(line, far).startswith("整幅 RMS")
    True
    """
    height, width = np.maximum(stored.shape, fresh.shape)[:2]
    old, new = (
        gaussian_filter(_on_paper(picture, height, width), (1.5, 1.5, 0))
        for picture in (stored, fresh)
    )
    least = np.full(old.shape[:2], np.inf)
    for move in np.ndindex(2 * REACH + 1, 2 * REACH + 1):
        moved = np.roll(new, np.subtract(move, REACH), (0, 1))
        squared = ((old - moved) ** 2).mean(axis=2)
        np.minimum(least, uniform_filter(squared, REDRAWN_WINDOW), out=least)
    rms, local_rms = np.sqrt(np.maximum([least.mean(), least.max()], 0))
    if rms <= MAX_REDRAWN_RMS and local_rms <= MAX_REDRAWN_LOCAL_RMS:
        return None
    return (
        f"整幅 RMS {rms:.1f}（容差 {MAX_REDRAWN_RMS}），"
        f"最差小窗 {local_rms:.0f}（容差 {MAX_REDRAWN_LOCAL_RMS}）"
    )


def _on_paper(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """放在大一圈的白纸的左上角。"""
    paper = np.full((height + 2 * REACH, width + 2 * REACH, 3), 255.0)
    paper[REACH : REACH + picture.shape[0], REACH : REACH + picture.shape[1]] = picture
    return paper


def save(folder: Path, stored: np.ndarray, fresh: np.ndarray) -> None:
    """把两幅图和它们的差别存进 ``folder``：差别越大越黑；大小不同时只比左上角重叠的部分。"""
    height, width = np.minimum(stored.shape, fresh.shape)[:2]
    delta = np.abs(stored[:height, :width] - fresh[:height, :width]).max(axis=2)
    folder.mkdir(parents=True, exist_ok=True)
    for name, pixels in {
        "stored": stored,
        "fresh": fresh,
        "difference": 255 - np.minimum(4 * delta, 255),
    }.items():
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{name}.png")
