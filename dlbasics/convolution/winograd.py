"""Winograd 卷积：卷积核宽 3、步幅 1 时，用一半的乘法算出同样的结果。

横着看一行：六个输入 d 与三个权重 w，给出四个相邻的输出 y。照定义要 4 × 3 = 12 次乘法。换一种
算法只要 6 次，因为这是两个多项式相乘，而乘积的系数由它在六个点 0、±1、±2、∞ 上的值决定::

    y = Aᵀ [(G w) ⊙ (Bᵀ d)]        ⊙ 是逐个相乘：六次乘法

Bᵀ d 与 Aᵀ […] 只是几个常数的线性组合。通道很多时，逐个相乘变成六次矩阵乘法（对通道求和），
组合的代价就摊薄了。纵向照旧：相邻的 kh 行首尾相接成一个矩阵（:mod:`.rows`）。

这个式子对 d、w、y 都是线性的，所以反向传播只要转置：dw = Gᵀ[(A g) ⊙ (Bᵀ d)]，
dd = B[(G w) ⊙ (A g)]。舍入误差比直接相乘大几倍，因为常数最大到 8，加减时会抵消。

References
----------
Winograd (1980), Arithmetic complexity of computations.
Lavin, Gray (2016), Fast algorithms for convolutional neural networks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics.convolution.rows import (
    GAP,
    images_first,
    padded_rows,
    rows_first,
    stack,
)
from dlbasics.convolution.windows import Sliding
from dlbasics.convolution.workers import by_bands, give_back, scratch

OUT, IN = 4, 6  # 一块有 4 个输出，由 6 个输入决定；相邻两块的输入重叠 2 个

A = np.array(
    [[1, 0, 0, 0], [1, 1, 1, 1], [1, -1, 1, -1], [1, 2, 4, 8], [1, -2, 4, -8], [0, 0, 0, 1]]
)
B = np.array(
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ]
).T
G = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24


def forward(x: NDArray, weight: NDArray, bias: NDArray | None, slide: Sliding) -> NDArray:
    """[N, C, H, W] → [N, F, H', W']。"""
    (height, width), n, f = slide.output, len(x), len(weight)
    image, tiles = rows_first(x), -(-width // OUT)
    kernels = _transformed(weight).reshape(IN, 1, f, -1)
    y = np.empty((height, f, tiles, OUT, n), x.dtype)

    def band(top: int, bottom: int) -> None:
        shape = bottom - top, f, tiles * n
        products = scratch("products", (IN, *shape), x.dtype)
        np.matmul(kernels, _input_stack(image, slide, tiles, top, bottom), out=products)
        outputs = scratch("taps", (OUT, *shape), x.dtype)
        _combine(A.T, products, out=outputs)
        if bias is not None:
            outputs += bias[:, None]
        for r in range(OUT):
            y[top:bottom, :, :, r] = outputs[r].reshape(bottom - top, f, tiles, n)

    by_bands(
        band,
        height,
        row_bytes=_row_bytes(weight, tiles * n, x.itemsize),
        multiplications=weight[0].size * y.size,
    )
    return images_first(y.reshape(height, f, tiles * OUT, n)[:, :, :width])


def backward(
    grad_output: NDArray, x: NDArray, weight: NDArray, slide: Sliding, need_grad_x: bool
) -> tuple[NDArray | None, NDArray]:
    """对输入与权重的梯度。"""
    margin = slide.kernel[0] - 1
    tiles = -(-slide.output[1] // OUT)
    grad = _grad_lines(grad_output, margin, tiles)
    grad_weight = _grad_weight(grad[:, margin : grad.shape[1] - margin], x, weight, slide)
    grad_x = _grad_x(grad, x, weight, slide) if need_grad_x else None
    return grad_x, grad_weight


def _grad_weight(grad: NDArray, x: NDArray, weight: NDArray, slide: Sliding) -> NDArray:
    """每行输出、每个点贡献一个 [kh·C, 块·N] @ [块·N, F]，全部加起来，再乘 Gᵀ。"""
    f, c, kh, _ = weight.shape
    _, height, _, length = grad.shape
    image, tiles = rows_first(x), -(-slide.output[1] // OUT)

    def band(top: int, bottom: int) -> NDArray:
        g = grad[:, top:bottom].transpose(0, 1, 3, 2)
        return (_input_stack(image, slide, tiles, top, bottom) @ g).sum(axis=1)

    parts = by_bands(
        band,
        height,
        row_bytes=_row_bytes(weight, length, x.itemsize),
        multiplications=weight.size * height * length,
    )
    total = np.sum(parts, axis=0).reshape(IN, kh, c, f)
    return np.einsum("tj,ticf->fcij", G.astype(x.dtype), total)


def _grad_x(grad: NDArray, x: NDArray, weight: NDArray, slide: Sliding) -> NDArray:
    """填充后的每行输入，遇到首尾相接的 kh 行输出；横向每块加回它的六个输入。"""
    (n, c, h, w), (f, _, kh, _), (ph, pw) = x.shape, weight.shape, slide.padding
    length, height = grad.shape[3], h + 2 * ph
    width = OUT * (-(-slide.output[1] // OUT))
    kernels = _transformed(weight)[:, :, ::-1].transpose(0, 3, 2, 1).reshape(IN, 1, c, kh * f)
    grad_x = np.empty((height, c, width + IN - OUT, n), x.dtype)

    def band(top: int, bottom: int) -> None:
        products = scratch("products", (IN, bottom - top, c, length), x.dtype)
        np.matmul(kernels, stack(grad[:, top:], bottom - top, depth=kh), out=products)
        inputs = scratch("taps", products.shape, x.dtype)
        _combine(B, products, out=inputs)
        grad_x[top:bottom] = 0
        for s in range(IN):
            tap = grad_x[top:bottom, :, s : s + width : OUT]
            tap += inputs[s].reshape(tap.shape)

    by_bands(
        band,
        height,
        row_bytes=_row_bytes(weight, length, x.itemsize),
        multiplications=weight.size * height * length,
    )
    return images_first(grad_x[ph : ph + h, :, pw : pw + w])


def _transformed(weight: NDArray) -> NDArray:
    """G w：[F, C, kh, 3] → [6, F, kh, C]。"""
    return np.einsum("tj,fcij->tfic", G.astype(weight.dtype), weight, order="C")


def _combine(matrix: NDArray, parts: NDArray, *, out: NDArray) -> None:
    """``out[a] = Σ matrix[a, b] · parts[b]``，逐行做：一行的数留得在缓存里。"""
    by_row = (
        array.transpose(1, 0, 2, 3).reshape(array.shape[1], len(array), -1)
        for array in (parts, out)
    )
    np.matmul(matrix.astype(parts.dtype), next(by_row), out=next(by_row))


def _input_stack(image: NDArray, slide: Sliding, tiles: int, top: int, bottom: int) -> NDArray:
    """第 [top, bottom) 行输出要看的 Bᵀ d，给出每行的矩阵 [6, 行, kh·C, 块·N]。"""
    (ph, pw), kh = slide.padding, slide.kernel[0]
    first, last = top - ph, bottom - 1 - ph + kh
    padded = padded_rows(image, first, last, left=pw, width=OUT * tiles + IN - OUT)
    taps = _taps(padded, IN, tiles)
    lines = scratch("lines", taps.shape, image.dtype)
    _combine(B.T, taps, out=lines)
    give_back("taps")
    return stack(lines[..., :-GAP], bottom - top, depth=kh)


def _grad_lines(grad_output: NDArray, margin: int, tiles: int) -> NDArray:
    """A g：[N, F, H', W'] → [6, margin + H' + margin, F, 块·N]，上下各加 margin 行 0。"""
    image = rows_first(grad_output)
    height, f, _, n = image.shape
    lines = np.empty((IN, height + 2 * margin, f, tiles * n + GAP), image.dtype)

    def band(top: int, bottom: int) -> None:
        first, last = top - margin, bottom - margin
        padded = padded_rows(image, first, last, left=0, width=OUT * tiles)
        _combine(A, _taps(padded, OUT, tiles), out=lines[:, top:bottom])

    by_bands(
        band,
        lines.shape[1],
        row_bytes=3 * OUT * f * tiles * n * image.itemsize,
        multiplications=100 * grad_output.size,
    )
    return lines[..., :-GAP]


def _taps(padded: NDArray, count: int, tiles: int) -> NDArray:
    """每块的第 0, 1, …, count − 1 个数：[行, C, 宽, N] → [count, 行, C, 块·N]。"""
    rows, c, _, n = padded.shape
    taps = scratch("taps", (count, rows, c, tiles * n + GAP), padded.dtype)
    taps[..., -GAP:] = 0
    for s in range(count):
        tap = padded[:, :, s : s + OUT * tiles : OUT]
        taps[s, ..., :-GAP].reshape(tap.shape)[...] = tap
    return taps


def _row_bytes(weight: NDArray, length: int, itemsize: int) -> int:
    """一行要用的草稿有多少字节。"""
    f, c, _, _ = weight.shape
    return 2 * IN * (c + f) * length * itemsize
