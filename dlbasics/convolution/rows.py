"""快速卷积的内存摆法：按行、批在最后，相邻几行首尾相接就是一个矩阵。

使用者看到的形状总是 [N, C, H, W]；在内存里按 [H, C, W, N] 存放时，窗口横向滑动经过的 W·N 个数
连成一片，复制起来最快。两种形状是同一块内存的两种看法，转置是视图，不复制。
"""

from __future__ import annotations

from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from dlbasics.convolution.workers import scratch

GAP = 16  # 每条线末尾空出几个数：线与线若恰好相距 4096 字节的倍数，会争用同一处缓存


def rows_first(x: NDArray) -> NDArray:
    """[N, C, H, W] 看成 [H, C, W, N]。"""
    return x.transpose(2, 1, 3, 0)


def images_first(rows: NDArray) -> NDArray:
    """[H, C, W, N] 看成 [N, C, H, W]。"""
    return rows.transpose(3, 1, 0, 2)


def stack(lines: NDArray, count: int, *, step: int = 1, depth: int) -> NDArray:
    """线 [..., 行, k, 长] 看成 count 个矩阵 [..., count, depth·k, 长]，不复制。

    每个矩阵是首尾相接的 depth 行，下一个的起点在 step 行之后，所以相邻的矩阵重叠。
    """
    *lead, _, k, length = lines.shape
    *far, row, line, item = lines.strides
    return as_strided(lines, (*lead, count, depth * k, length), (*far, step * row, line, item))


def padded_rows(image: NDArray, first: int, last: int, *, left: int, width: int) -> NDArray:
    """[H, C, W, N] 的第 [first, last) 行抄到草稿上，图像以外是 0：左边 left 列，总宽 width。"""
    _, c, w, n = image.shape
    padded = scratch("padded", (last - first, c, width, n), image.dtype)
    padded[:, :, :left] = 0
    padded[:, :, left + w :] = 0
    copy_rows(padded[:, :, left : left + w], image, first)
    return padded


def copy_rows(target: NDArray, image: NDArray, first: int) -> None:
    """把 ``image`` 从第 first 行起的若干行抄进 ``target``，图像以外的行是 0。"""
    last = first + len(target)
    low = min(max(first, 0), last)
    high = max(min(last, len(image)), low)
    target[: low - first] = 0
    target[low - first : high - first] = image[low:high]
    target[high - first :] = 0
