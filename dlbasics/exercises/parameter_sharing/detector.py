"""★★ 一组参数，在每个位置认出同一个图案。"""

import numpy as np

from dlbasics.convolution import conv2d
from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint

IMAGE = np.array([0.0, 0, 0, 1, 0, 1, 1, 1, 0, 0])
"""三个像素的八种窗口，各出现一次。"""
SILENT = 1e-9


def detector(pattern):
    """求一个神经元的权重和偏置，使它只对 pattern 有响应。

    Parameters
    ----------
    pattern : ndarray, shape (3,)
        要认的图案，每个像素是 0 或 1。

    Returns
    -------
    w0, w1, w2, b : float
        三个权重和一个偏置。
    """
    weight = np.where(pattern == 1, 1.0, -1.0)
    return *weight, 0.5 - pattern.sum()


def inputs(rng):
    yield (np.array([0.0, 1.0, 0.0]),)
    yield (np.array([1.0, 1.0, 1.0]),)
    for pattern in rng.permutation(8):
        yield (np.array([pattern >> 2 & 1, pattern >> 1 & 1, pattern & 1], dtype=float),)


def problem(w0, w1, w2, b, pattern):
    weight = np.array([w0, w1, w2]).reshape(1, 1, 1, 3)
    response = conv2d(IMAGE.reshape(1, 1, 1, -1), weight, np.array([b])).ravel()
    windows = np.lib.stride_tricks.sliding_window_view(IMAGE, 3)
    for window, value in zip(windows, response, strict=True):
        fires = value > SILENT
        if fires != np.array_equal(window, pattern):
            seen = "、".join(f"{pixel:.0f}" for pixel in window)
            wanted = "不是图案，响应应是 0" if fires else "正是图案，响应应大于 0"
            return f"窗口（{seen}）{wanted}，得到 {max(value, 0):.4g}"
    return ""


EXERCISE = Exercise(
    id="parameter_sharing/detector",
    title="一组参数，处处认得同一个图案",
    stars=2,
    points=3,
    statement=r"""
一维图像的像素 $x_i$ 只取 0 和 1。位置 $i$ 上的神经元看三个像素，响应是内积、偏置，再取正的部分：

$$y_i=\max(0,\ w_0x_i+w_1x_{i+1}+w_2x_{i+2}+b)$$

所有位置共享 $w_0,w_1,w_2$ 和 $b$。给你一个图案 `pattern`（三个 0 或 1），
选这四个数，使得窗口恰好是图案时 $y_i>0$，是别的样子时 $y_i=0$。
同一组参数放到哪里都行：同样的窗口，在哪里都给出同样的响应。

检查时把你的神经元放到一张含有全部 8 种窗口的图上滑一遍，任何满足要求的答案都算对。""",
    inputs=inputs,
    reference=detector,
    compare=satisfies(problem, count=4),
    hints=[
        Hint(
            lambda pattern: (*pattern, 0.5 - pattern.sum()),
            "该亮的像素都查了，该暗的没有查：图案里是 0 的地方，亮了应当扣分。",
            "dark_ignored",
        ),
        Hint(
            lambda pattern: (*detector(pattern)[:3], 0.0),
            "没有门槛：只像图案的一部分也会有响应。用偏置把门槛抬高。",
            "no_threshold",
        ),
        Hint(
            lambda pattern: (*detector(pattern)[:3], -pattern.sum()),
            "门槛太高了：完全吻合时内积恰好等于门槛，响应是 0。留一点余地。",
            "too_high",
        ),
        Hint(
            lambda pattern: (*pattern, 0.0),
            "内积只说明有多少个亮点重合。还要扣掉多出来的亮点，并用偏置设门槛。",
            "no_penalty",
        ),
        Hint(
            lambda pattern: (1.0, 1.0, 1.0, -2.5),
            "这组参数只认得（1、1、1）。权重和偏置要由 pattern 决定。",
            "fixed_pattern",
        ),
    ],
)
