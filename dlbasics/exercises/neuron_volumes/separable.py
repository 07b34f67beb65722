"""★★★ 把一层卷积拆成逐通道卷积与 1×1 卷积。"""

import numpy as np

from dlbasics.convolution import conv2d
from dlbasics.exercises.comparison import difference, show
from dlbasics.exercises.exercise import Exercise, Hint

TOLERANCE = 1e-8


def separate(weight):
    """把卷积核拆成逐通道的核与 1×1 的核。

    Parameters
    ----------
    weight : ndarray, shape (F, C, kh, kw)
        F 个卷积核；保证拆得开。

    Returns
    -------
    depthwise : ndarray, shape (C, kh, kw)
        每个输入通道一片的核。
    pointwise : ndarray, shape (F, C)
        1×1 的卷积核。
    """
    filters, channels, kh, kw = weight.shape
    depthwise = np.zeros((channels, kh, kw))
    pointwise = np.zeros((filters, channels))
    for ch in range(channels):
        kernels = weight[:, ch]
        sizes = np.sum(kernels**2, axis=(1, 2))
        depthwise[ch] = kernels[sizes.argmax()]
        inner = np.sum(kernels * depthwise[ch], axis=(1, 2))
        pointwise[:, ch] = inner / sizes.max()
    return depthwise, pointwise


def inputs(rng):
    yield (np.array([[[[1.0, 2.0]]], [[[-2.0, -4.0]]]]),)
    yield (np.array([[[[0.0, 0.0]]], [[[3.0, 4.0]]]]),)
    for filters, channels, kh, kw in [(2, 2, 1, 2), (3, 2, 2, 2), (4, 3, 3, 3)]:
        pointwise = rng.choice([-3.0, -2, -1, 1, 2, 3], size=(filters, channels))
        pointwise[0, -1] = 0
        depthwise = rng.choice([-2.0, -1, 0, 1, 2], size=(channels, kh, kw))
        depthwise[:, 0, -1] = 2
        yield (pointwise[:, :, None, None] * depthwise,)


def forward(x, depthwise, pointwise):
    """先逐通道卷积，再 1×1 卷积。"""
    between = [conv2d(x[:, c : c + 1], kernel[None, None]) for c, kernel in enumerate(depthwise)]
    return conv2d(np.concatenate(between, axis=1), pointwise[:, :, None, None])


def problem(depthwise, pointwise, weight):
    if not (np.all(np.isfinite(depthwise)) and np.all(np.isfinite(pointwise))):
        return "有不是有限的数：是不是除以了 0"
    x = np.random.default_rng(0).normal(size=(1, weight.shape[1], 6, 6))
    with np.errstate(all="ignore"):
        gap = np.abs(forward(x, depthwise, pointwise) - conv2d(x, weight)).max()
    if gap <= TOLERANCE:  # gap 是 nan 时为假
        return ""
    return f"拆开的两层与原来的一层，输出最大相差 {gap:.3g}；{worst(depthwise, pointwise, weight)}"


def worst(depthwise, pointwise, weight):
    """p 与 d 的积同 w 相差最大的一处。"""
    with np.errstate(all="ignore"):
        product = pointwise[:, :, None, None] * depthwise
        f, ch, i, j = np.unravel_index(np.argmax(np.abs(product - weight)), weight.shape)
    return (
        f"w[{f}, {ch}, {i}, {j}] 是 {weight[f, ch, i, j]:.4g}，"
        f"p[{f}, {ch}] × d[{ch}, {i}, {j}] 是 {product[f, ch, i, j]:.4g}"
    )


def blank(answer):
    """把答案里的数组都换成 0：只比较个数、形状和 dtype。"""
    if not isinstance(answer, tuple | list):
        return answer
    return tuple(np.zeros_like(a) if isinstance(a, np.ndarray) else a for a in answer)


def compare(got, expected, args):
    """形状对，而且真的跑一遍，拆开的两层与原来的一层输出相同。"""
    reason = difference(blank(got), blank(expected)) or problem(*got, *args)
    return f"得到　{show(got)}\n原因　{reason}" if reason else ""


def by_svd(weight):
    """奇异值分解的第一对向量，没有乘奇异值。"""
    channels, filters = weight.shape[1], len(weight)
    tables = weight.transpose(1, 0, 2, 3).reshape(channels, filters, -1)
    u, _, vt = np.linalg.svd(tables, full_matrices=False)
    return vt[:, 0].reshape(weight.shape[1:]), u[:, :, 0].T


def norms(weight):
    return np.sqrt(np.sum(weight**2, axis=(2, 3)))


EXERCISE = Exercise(
    id="neuron_volumes/separable",
    title="拆开空间与通道",
    stars=3,
    points=4,
    statement=r"""
普通的卷积同时处理空间和通道。深度可分离卷积（depthwise separable convolution）分两步：

1. 逐通道（depthwise）：第 $c$ 个输入通道只与自己的一片核 $d_c$（$K_h$ 行 $K_w$ 列）做卷积，
   通道之间不相加；
2. 1×1 卷积（pointwise）：用 $p_{f,c}$ 把 $C$ 个通道混合成 $F$ 个。

中间没有非线性时，它等于一层普通的卷积，权重是 $w_{f,c,u,v}=p_{f,c}\,d_{c,u,v}$。
权重从 $F\,C\,K_hK_w$ 个减到 $C\,K_hK_w+F\,C$ 个，代价是不是每个 $w$ 都拆得开。

给你一个拆得开的 $w$，求 $d$ 和 $p$。没有偏置。同一个通道的 $d$ 乘 2、$p$ 除以 2，还是一样，
所以答案不唯一：检查时把两种算法都跑一遍，输出相同就算对。

线索：固定 $c$，$w_{0,c},w_{1,c},\dots$ 这 $F$ 片都是同一片 $d_c$ 的倍数。
所以可以拿其中一片当作 $d_c$，再求别的片各是它的几倍。
小心：有的片全是 0，但同一个通道的 $F$ 片不会全是 0。""",
    inputs=inputs,
    reference=separate,
    compare=compare,
    hints=[
        Hint(
            lambda weight: (weight[0], np.ones(weight.shape[:2])),
            "p 都是 1，等于说 F 个核都相同。各个核在同一个通道上成比例，比例就是 p。",
            "all_ones",
        ),
        Hint(
            lambda weight: (weight.mean(axis=0), np.ones(weight.shape[:2])),
            "F 个核平均成了一个。它们在同一个通道上成比例，比例就是 p，要求出来。",
            "averaged",
        ),
        Hint(
            by_svd,
            "w 的大小丢了：奇异值分解里，u 和 v 的长度都是 1，大小在奇异值 s 里。",
            "by_svd",
        ),
        Hint(
            lambda weight: (weight[0] / norms(weight)[0][:, None, None], norms(weight)),
            "长度没有正负号：两片核方向相反时，p 应当是负的。",
            "unsigned",
        ),
        Hint(
            lambda weight: (separate(weight)[0], separate(weight)[1].T),
            "p 的行和列反了：行是输出通道，列是输入通道。",
            "transposed",
        ),
    ],
)
