"""★★★ 有步幅和填充的卷积，反向传播。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def backward(grad_output, x, weight, stride, padding):
    """一张图上卷积的反向传播。

    Parameters
    ----------
    grad_output : ndarray, shape (F, H', W')
        损失对输出的梯度。
    x : ndarray, shape (C, H, W)
        前向时的输入。
    weight : ndarray, shape (F, C, kh, kw)
        卷积核。
    stride, padding : int
        步幅与每一边填充的圈数。

    Returns
    -------
    grad_x, grad_weight, grad_bias : ndarray
        损失对输入、卷积核、偏置的梯度，形状与三者各自相同。
    """
    p, (_, h, w), (kh, kw) = padding, x.shape, weight.shape[2:]
    padded = np.pad(x, ((0, 0), (p, p), (p, p)))
    grad_padded = np.zeros_like(padded)
    grad_weight = np.zeros_like(weight)
    for r, c in np.ndindex(grad_output.shape[1:]):
        top, left, g = r * stride, c * stride, grad_output[:, r, c]
        window = np.s_[:, top : top + kh, left : left + kw]
        grad_weight += np.multiply.outer(g, padded[window])
        grad_padded[window] += np.tensordot(g, weight, axes=1)
    grad_x = grad_padded[:, p : p + h, p : p + w]
    return grad_x, grad_weight, grad_output.sum(axis=(1, 2))


def inputs(rng):
    weight = np.array([[[[1.0, 2.0]]]])
    yield np.array([[[1.0, 10.0]]]), np.array([[[1.0, 2.0, 4.0]]]), weight, 1, 0
    yield np.array([[[1.0, 10.0]]]), np.array([[[1.0, 2.0, 4.0, 8.0, 16.0]]]), weight, 2, 0
    weight = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    grad = np.array([[[1.0, 2.0], [5.0, 9.0]]])
    yield grad, np.array([[[1.0, 2.0], [3.0, 4.0]]]), weight, 2, 1
    for filters, channels, size, kernel, stride, padding in [
        (2, 1, 3, 2, 1, 1),
        (2, 2, 4, 3, 2, 1),
        (3, 2, 6, 3, 2, 0),
    ]:
        side = (size + 2 * padding - kernel) // stride + 1
        weight = rng.normal(size=(filters, channels, kernel, kernel)).round(2)
        x = rng.normal(size=(channels, size, size)).round(2)
        yield rng.normal(size=(filters, side, side)).round(2), x, weight, stride, padding


def unpadded(grad_output, x, weight, stride, padding):
    """对填充以后的输入的梯度，没有裁。"""
    p = padding
    padded = np.pad(x, ((0, 0), (p, p), (p, p)))
    return backward(grad_output, padded, weight, stride, 0)


def overwritten(grad_output, x, weight, stride, padding):
    """重叠的窗口互相覆盖。"""
    p, (_, h, w), (kh, kw) = padding, x.shape, weight.shape[2:]
    grad_x = np.zeros((len(x), h + 2 * p, w + 2 * p))
    for r, c in np.ndindex(grad_output.shape[1:]):
        top, left = r * stride, c * stride
        window = np.tensordot(grad_output[:, r, c], weight, axes=1)
        grad_x[:, top : top + kh, left : left + kw] = window
    right = backward(grad_output, x, weight, stride, padding)
    return grad_x[:, p : p + h, p : p + w], *right[1:]


def corner(grad_output, x, weight, stride, padding):
    """从左上角裁。"""
    grad_padded, *rest = unpadded(grad_output, x, weight, stride, padding)
    return grad_padded[:, : x.shape[1], : x.shape[2]], *rest


def flipped(grad_output, x, weight, stride, padding):
    """对输入的梯度里，核被翻转。"""
    _, grad_weight, grad_bias = backward(grad_output, x, weight, stride, padding)
    grad_x = backward(grad_output, x, weight[..., ::-1, ::-1], stride, padding)[0]
    return grad_x, grad_weight, grad_bias


def averaged(grad_output, x, weight, stride, padding):
    """参数的梯度取了平均。"""
    grad_x, grad_weight, grad_bias = backward(grad_output, x, weight, stride, padding)
    positions = grad_output[0].size
    return grad_x, grad_weight / positions, grad_bias / positions


def misweighted(change):
    """只有卷积核的梯度错了。"""

    def wrong(grad_output, x, weight, stride, padding):
        grad_x, grad_weight, grad_bias = backward(grad_output, x, weight, stride, padding)
        unit = np.ones_like(grad_output)
        plain = backward(unit, x, weight, stride, padding)[1]
        return grad_x, change(grad_weight, plain, grad_output[0].size), grad_bias

    return wrong


EXERCISE = Exercise(
    id="neuron_volumes/backward",
    title="有步幅和填充的反向传播",
    stars=3,
    points=4,
    statement=r"""
前向：先在 $x$（$C$ 个通道，高 $H$，宽 $W$）四周填充 $P$ 圈 0，得到 $\tilde x$，再以步幅 $S$ 滑动
$F$ 个高 $K_h$ 宽 $K_w$ 的核：

$$y_{f,i,j}=b_f+\sum_{c,u,v}w_{f,c,u,v}\,\tilde x_{c,\,iS+u,\,jS+v}$$

输出 $y$ 有 $F$ 个通道，高 $H'$，宽 $W'$。
已知损失 $\ell$ 对输出的梯度 $g_{f,i,j}=\partial\ell/\partial y_{f,i,j}$，
求损失对 $x$、$w$、$b$ 的梯度。

线索：走遍每个输出位置，问两件事。它的 $g$ 乘以什么，加到 $w$ 的梯度上？
乘以什么，加到 $\tilde x$ 的哪一块上？最后，填充的那些 0 不是参数，也不是输入。

步幅除不尽时，最后几行（列）没有窗口碰到，它们的梯度是 0。
写好以后可以用 `dlbasics.gradcheck` 里的差分核对。""",
    inputs=inputs,
    reference=backward,
    compare=equals(),
    hints=[
        Hint(
            overwritten,
            "grad_x 里，重叠的窗口互相覆盖了。一个像素影响几个输出，梯度就来自几处，要相加。",
            "overwritten",
        ),
        Hint(
            flipped,
            "grad_x 里的核翻转了。逐个位置往回放的时候，w 怎样乘出去，就怎样放回来。",
            "flipped",
        ),
        Hint(
            averaged,
            "参数的梯度取了平均。所有位置共享 w 和 b，各处的梯度要相加。",
            "averaged",
        ),
        Hint(
            lambda grad_output, x, weight, stride, padding: backward(
                grad_output, x, weight, 1, padding
            ),
            "没有用步幅：输出位置 (i, j) 的窗口从第 iS 行、第 jS 列开始。",
            "stride_ignored",
        ),
        Hint(
            unpadded,
            "grad_x 的形状与 x 不同：你求的是对填充以后的输入的梯度，把填充的那几圈去掉。",
            "padding_kept",
        ),
        Hint(
            corner,
            "裁错了地方：填充在四周，x 在正中间，不在左上角。",
            "corner",
        ),
        Hint(
            lambda grad_output, x, weight, stride, padding: (
                *backward(grad_output, x, weight, stride, padding)[:2],
                grad_output.sum(),
            ),
            "grad_bias 把所有输出通道加在了一起：每个通道有自己的偏置。",
            "bias_summed",
        ),
        Hint(
            misweighted(lambda grad_weight, plain, positions: grad_weight / positions),
            "卷积核的梯度取了平均。所有位置共享 w，各处的梯度要相加。",
            "weight_averaged",
        ),
        Hint(
            misweighted(lambda grad_weight, plain, positions: grad_weight[..., ::-1, ::-1]),
            "卷积核的梯度翻转了。w 的第 (u, v) 个在每个位置乘的是窗口的第 (u, v) 个。",
            "weight_flipped",
        ),
        Hint(
            misweighted(lambda grad_weight, plain, positions: plain),
            "求卷积核的梯度时没有用 g：每个位置的窗口要先乘上那里的 g，再相加。",
            "weight_without_upstream",
        ),
        Hint(
            lambda grad_output, x, weight, stride, padding: (
                *backward(grad_output, x, weight, stride, padding)[:2],
                grad_output.mean(axis=(1, 2)),
            ),
            "偏置的梯度取了平均。所有位置共享 b，各处的梯度要相加。",
            "bias_averaged",
        ),
    ],
)
