"""横向展开：快速卷积的一般做法，任何卷积核、步幅、填充都行。

im2col 把每个像素复制 kh·kw 份，这里只横向展开，复制 kw 份。对横向的每个偏移 j 把整行复制一份，
一行输入就成了 C·kw 条“线”，每条长 W'·N。相邻的 kh 行首尾相接，正好是一行输出要的矩阵，向下滑
一行只是换个起点，纵向不用展开::

    第 0 行的线   ┐
    第 1 行的线   │ 输出第 0 行的矩阵    ┐
    第 2 行的线   ┘ [kh·C·kw, W'·N]     │ 输出第 1 行的矩阵
    第 3 行的线                         ┘

反向传播用同一个办法：对权重的梯度是同样的矩阵与输出梯度相乘；对输入的梯度，把输出梯度的几行
也看成首尾相接的矩阵，乘上卷积核，再把横向展开的 kw 份加回去。
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics.convolution.rows import (
    GAP,
    copy_rows,
    images_first,
    padded_rows,
    rows_first,
    stack,
)
from dlbasics.convolution.windows import Sliding
from dlbasics.convolution.workers import by_bands, scratch


def forward(x: NDArray, weight: NDArray, bias: NDArray | None, slide: Sliding) -> NDArray:
    """[N, C, H, W] → [N, F, H', W']。"""
    (height, width), n, f = slide.output, len(x), len(weight)
    image = rows_first(x)
    kernels = weight.transpose(0, 2, 1, 3).reshape(f, weight[0].size)  # [F, kh·C·kw]
    y = np.empty((height, f, width * n), x.dtype)

    def band(top: int, bottom: int) -> None:
        out = y[top:bottom]
        np.matmul(kernels, _unfold(image, slide, top, bottom), out=out)
        if bias is not None:
            out += bias[:, None]

    by_bands(
        band,
        height,
        row_bytes=_unfolded_bytes(image, slide),
        multiplications=weight[0].size * y.size,
    )
    return images_first(y.reshape(height, f, width, n))


def backward(
    grad_output: NDArray, x: NDArray, weight: NDArray, slide: Sliding, need_grad_x: bool
) -> tuple[NDArray | None, NDArray]:
    """对输入与权重的梯度。"""
    margin = -(-slide.kernel[0] // slide.stride[0]) - 1  # 一行输入最多遇到 margin + 1 行输出
    grad = _lines_with_margin(grad_output, margin)
    grad_weight = _grad_weight(grad[margin : len(grad) - margin], x, weight, slide)
    grad_x = _grad_x(grad, margin, x, weight, slide) if need_grad_x else None
    return grad_x, grad_weight


def _grad_weight(grad: NDArray, x: NDArray, weight: NDArray, slide: Sliding) -> NDArray:
    """每行输出贡献一个 [kh·C·kw, W'·N] @ [W'·N, F]，全部加起来。"""
    f, c, kh, kw = weight.shape
    image = rows_first(x)

    def band(top: int, bottom: int) -> NDArray:
        products = _unfold(image, slide, top, bottom) @ grad[top:bottom].transpose(0, 2, 1)
        return products.sum(axis=0)

    parts = by_bands(
        band,
        len(grad),
        row_bytes=_unfolded_bytes(image, slide),
        multiplications=weight[0].size * grad.size,
    )
    return np.sum(parts, axis=0).reshape(kh, c, kw, f).transpose(3, 1, 0, 2).copy()


def _grad_x(grad: NDArray, margin: int, x: NDArray, weight: NDArray, slide: Sliding) -> NDArray:
    """填充后的第 u·sh + phase 行输入，只遇到卷积核的第 phase, phase + sh, … 行。

    遇到它们的是输出的第 u, u − 1, … 行，在 ``grad`` 里首尾相接，所以一次乘法就够。
    """
    (n, c, h, w), (f, _, kh, kw) = x.shape, weight.shape
    (sh, sw), (ph, pw), width = slide.stride, slide.padding, slide.output[1]
    groups, reached = -(-(h + 2 * ph) // sh), len(grad) - margin
    grad_x = np.empty((groups, sh, c, w + 2 * pw, n), x.dtype)
    grad_x[reached:] = 0  # 步幅除不尽时，最后几行不在任何窗口里

    def band(top: int, bottom: int) -> None:
        grad_x[top:bottom] = 0
        lines = scratch("lines", (bottom - top, c * kw, width * n), x.dtype)
        copies = lines.reshape(bottom - top, c, kw, width, n)
        for phase in range(min(sh, kh)):
            rows = weight[:, :, phase::sh][:, :, ::-1]  # 从下到上，与 grad 从上到下相配
            depth = rows.shape[2]
            kernels = rows.transpose(1, 3, 2, 0).reshape(c * kw, depth * f)
            first = top + margin + 1 - depth
            np.matmul(kernels, stack(grad[first:], bottom - top, depth=depth), out=lines)
            for j in range(kw):
                grad_x[top:bottom, phase, :, j : j + sw * width : sw] += copies[:, :, j]

    by_bands(
        band,
        reached,
        row_bytes=(sh * c * (w + 2 * pw) + c * kw * width) * n * x.itemsize,
        multiplications=weight[0].size * grad.size,
    )
    padded = grad_x.reshape(groups * sh, c, w + 2 * pw, n)
    return images_first(padded[ph : ph + h, :, pw : pw + w])


def _unfolded_bytes(image: NDArray, slide: Sliding) -> int:
    """一行输出要展开的草稿有多少字节。"""
    _, c, _, n = image.shape
    return slide.stride[0] * c * slide.kernel[1] * slide.output[1] * n * image.itemsize


def _unfold(image: NDArray, slide: Sliding, top: int, bottom: int) -> NDArray:
    """横向展开第 [top, bottom) 行输出要看的输入，给出每行输出的矩阵 [行, kh·C·kw, W'·N]。"""
    (kh, kw), (sh, sw), (ph, pw) = slide.kernel, slide.stride, slide.padding
    (_, c, w, n), width = image.shape, slide.output[1]
    first, last = top * sh - ph, (bottom - 1) * sh - ph + kh
    if ph == pw == 0 and image.strides[3] <= image.strides[2]:
        padded = image[first:last]  # 不用填充，批已经在最后：直接用
    else:
        padded = padded_rows(image, first, last, left=pw, width=w + 2 * pw)
    lines = scratch("lines", (last - first, c * kw, width * n + GAP), image.dtype)
    lines = lines[:, :, : width * n]
    copies = lines.reshape(last - first, c, kw, width, n)
    for j in range(kw):
        copies[:, :, j] = padded[:, :, j : j + sw * width : sw]
    return stack(lines, bottom - top, step=sh, depth=kh)


def _lines_with_margin(x: NDArray, margin: int) -> NDArray:
    """[N, C, H, W] → 线 [margin + H + margin, C, W·N]，上下各加 margin 行 0。"""
    n, c, h, w = x.shape
    lines = np.empty((h + 2 * margin, c, w * n + GAP), x.dtype)[:, :, : w * n]
    rows, image = lines.reshape(len(lines), c, w, n), rows_first(x)

    def band(top: int, bottom: int) -> None:
        copy_rows(rows[top:bottom], image, top - margin)

    by_bands(band, len(rows), row_bytes=c * w * n * x.itemsize, multiplications=100 * x.size)
    return lines
