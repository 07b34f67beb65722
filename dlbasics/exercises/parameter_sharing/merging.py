"""★★★ 没有非线性，几层卷积等于一层。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint

FLIPPED = "有一个核翻转了。两层都不翻转时，x_{i+u} 的系数来自下标之和等于 u 的那些项。"


def merge(kernels, biases):
    """把首尾相接的几层一维卷积合并成一层。

    Parameters
    ----------
    kernels : tuple of ndarray
        各层的卷积核，每个是一维数组，长度可以不同；第一个最先用。
    biases : tuple of float
        各层的偏置。

    Returns
    -------
    kernel : ndarray, shape (K,)
        合并后的卷积核。
    bias : float
        合并后的偏置。
    """
    merged, shift = np.ones(1), 0.0
    for kernel, bias in zip(kernels, biases, strict=True):
        merged = np.convolve(merged, kernel)
        shift = shift * kernel.sum() + bias
    return merged, shift


def inputs(rng):
    yield (np.array([1.0, 2.0]),), (3.0,)
    yield (np.array([1.0, 2.0]), np.array([3.0, 4.0])), (2.0, 0.5)
    yield (np.array([1.0, 0.0, 3.0]), np.array([1.0, 2.0])), (0.0, 0.0)
    for lengths in [(2, 3), (3, 3, 3), (1, 4, 2)]:
        kernels = tuple(rng.uniform(0.5, 2, size=length).round(2) for length in lengths)
        signs = [rng.choice([-1.0, 1.0], size=length) for length in lengths]
        biases = rng.normal(size=len(lengths)).round(2).tolist()
        yield tuple(map(np.multiply, kernels, signs)), tuple(biases)


def correlated(kernels, biases):
    merged, shift = kernels[0], biases[0]
    for kernel, bias in zip(kernels[1:], biases[1:], strict=True):
        merged = np.convolve(merged, kernel[::-1])
        shift = shift * kernel.sum() + bias
    return merged, shift


def correlated_the_other_way(kernels, biases):
    merged, shift = kernels[0], merge(kernels, biases)[1]
    for kernel in kernels[1:]:
        merged = np.correlate(kernel, merged, mode="full")
    return merged, shift


EXERCISE = Exercise(
    id="parameter_sharing/merging",
    title="没有非线性，几层等于一层",
    stars=3,
    points=4,
    statement=r"""
一层一维卷积（不翻转，步幅 1，不填充）是 $y_i=b+\sum_u w_u\,x_{i+u}$。
把几层首尾相接，前一层的 $y$ 是后一层的 $x$，中间没有激活函数。
总的效果仍是一层卷积：求它的卷积核和偏置。各层的核的两端都不是 0。

验一验感受野：合并后的核有多长，最后的神经元就看得到多少个像素。
再想一想：为什么真正的网络要在层与层之间加非线性？

线索：先做两层。后一层的核记作 $w'$，
把 $\sum_u w'_u\,y_{i+u}$ 里的 $y_{i+u}$ 展开，合并 $x$ 的同一个下标的系数。""",
    inputs=inputs,
    reference=merge,
    compare=equals(),
    hints=[
        Hint(correlated, FLIPPED, "flipped"),
        Hint(
            lambda kernels, biases: (merge(kernels, biases)[0][::-1], merge(kernels, biases)[1]),
            "偏置对了，核整个倒过来了：x_{i+u} 的系数排在第 u 个，u 从 0 数起。",
            "reversed",
        ),
        Hint(correlated_the_other_way, FLIPPED, "flipped"),
        Hint(
            lambda kernels, biases: (merge(kernels, biases)[0], sum(biases)),
            "核对了。再看偏置：前一层的偏置要经过后一层，乘以后一层的权重。",
            "bias_added",
        ),
        Hint(
            lambda kernels, biases: (merge(kernels, biases)[0], biases[-1]),
            "核对了。前面各层的偏置也会传到最后，不能丢掉。",
            "last_bias_only",
        ),
        Hint(
            lambda kernels, biases: (
                merge(kernels, biases)[0],
                merge(kernels[::-1], biases[::-1])[1],
            ),
            "核对了，它与各层的次序无关；偏置却有关：最先用的那一层，偏置经过后面的每一层。",
            "wrong_order",
        ),
        Hint(
            lambda kernels, biases: (np.prod(kernels, axis=0), merge(kernels, biases)[1]),
            "逐个元素相乘不行：一个输入像素可以经过中间的好几个神经元到达输出。",
            "elementwise",
        ),
        Hint(
            lambda kernels, biases: (np.sum(kernels, axis=0), sum(biases)),
            "两层是先后做，不是并排做：后一层的输入是前一层的输出。",
            "side_by_side",
        ),
        Hint(
            lambda kernels, biases: (np.concatenate(kernels), merge(kernels, biases)[1]),
            "太长了：长 2 的核看两个相邻的神经元，它们的窗口是重叠的。",
            "disjoint_windows",
        ),
    ],
)
