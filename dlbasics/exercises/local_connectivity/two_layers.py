"""★★ 两层小窗口代替一层大窗口。"""

import numpy as np

from dlbasics.convolution import conv2d, receptive_field
from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint


def two_layers(field):
    """选两层的窗口与第一层的步幅，让感受野正好是 field，而权重很少。

    Parameters
    ----------
    field : int
        感受野的边长，在 7 与 50 之间。

    Returns
    -------
    k1, s1, k2 : int
        第一层窗口的边长与步幅，第二层窗口的边长。
    """
    s1 = int(np.sqrt(field))
    k2 = field // s1
    k1 = field - (k2 - 1) * s1
    return k1, s1, k2


def inputs(rng):
    yield (7,)
    yield (9,)
    yield (25,)
    for field in rng.integers(10, 51, size=3):
        yield (int(field),)


def unseen_pixels(k1, s1, k2, field):
    """逐个点亮输入像素，数一数有几个不影响第二层的神经元。"""
    pixels = np.eye(field).reshape(field, 1, 1, field)
    first = conv2d(pixels, np.ones((1, 1, 1, k1)), stride=(1, s1))
    second = conv2d(first, np.ones((1, 1, 1, k2)))
    return int(np.sum(second[:, 0, 0, 0] == 0))


def problem(k1, s1, k2, field):
    if any(value != int(value) or not 1 <= value <= field for value in (k1, s1, k2)):
        return f"k1、s1、k2 应是 1 到 {field} 的整数"
    k1, s1, k2 = int(k1), int(s1), int(k2)
    seen = receptive_field([(k1, s1), (k2, 1)])
    if seen != field:
        return f"感受野的边长是 {seen}，应是 {field}"
    if unseen := unseen_pixels(k1, s1, k2, field):
        return f"一行 {field} 个像素里有 {unseen} 个不影响输出"
    if k1**2 + k2**2 > 4 * field:
        return f"权重有 {k1**2 + k2**2} 个，应不超过 {4 * field}"
    return ""


EXERCISE = Exercise(
    id="local_connectivity/two_layers",
    title="两层小窗口代替一层大窗口",
    stars=2,
    points=3,
    statement=r"""
要看见边长为 $r$ 的一块输入，一个神经元用一层 $r\times r$ 的窗口要 $r^2$ 个权重。
换成两层：第一层的窗口是 $k_1\times k_1$，步幅是 $s_1$；第二层的窗口是 $k_2\times k_2$。
只有一个通道，同一层的神经元共用一组权重，所以权重共有 $k_1^2+k_2^2$ 个。

对给定的 $r$（函数的参数 `field`，在 7 与 50 之间），选出三个正整数 $k_1$、$s_1$、$k_2$，使得

- 第二层的一个神经元的感受野的边长正好是 $r$；
- 感受野里没有漏看的像素；
- 权重不超过 $4r$ 个。

检查时会逐个改动像素，看它是否影响输出；任何满足要求的答案都算对。可以推导，也可以搜索。""",
    inputs=inputs,
    reference=two_layers,
    compare=satisfies(problem, count=3),
    hints=[
        Hint(
            lambda field: (field, 1, 1),
            "这还是一层大窗口。把窗口分给两层，k₁ 和 k₂ 都小一些。",
            "one_layer",
        ),
        Hint(
            lambda field: ((field + 1) // 2, 1, field + 1 - (field + 1) // 2),
            "步幅是 1 时，感受野只能一格一格地长。第一层的步幅大一些，第二层的每一格就更值钱。",
            "unit_stride",
        ),
        Hint(
            lambda field: (1, field - 1, 2),
            "步幅比窗口还大，两个窗口之间的像素谁也没看见。",
            "gaps",
        ),
        Hint(
            lambda field: (3, 2, 3),
            "这个答案只对 7 合适，三个数都要随 field 变。",
            "fixed_answer",
        ),
        Hint(
            lambda field: (3, 3, field // 3),
            "感受野是 k₁ + (k₂ − 1)s₁，要凑得正好；field 大的时候，k₁ 和 s₁ 也要跟着变大。",
            "not_exact",
        ),
    ],
)
