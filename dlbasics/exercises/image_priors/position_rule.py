"""★★★ 参数共享帮倒忙的数据。"""

import numpy as np

from dlbasics.exercises.comparison import satisfies_array
from dlbasics.exercises.exercise import Exercise, Hint

KERNEL = 3
MOST = 0.5
LEAST = 1 - 1e-9


def position_rule(signals):
    """造出目标输出：局部连接层能准确拟合，卷积层最多解释一半。

    Parameters
    ----------
    signals : ndarray, shape (n, W)
        n 个长度为 W 的信号，W ≥ 5。不要修改它。

    Returns
    -------
    ndarray, shape (n, W − 2)
        目标输出，第 j 列属于看着 signals[:, j : j + 3] 的神经元。
    """
    middle = signals[:, 1:-1]
    return middle * (-1.0) ** np.arange(middle.shape[1])


def inputs(rng):
    yield (np.eye(5),)
    yield (rng.normal(size=(60, 7)),)
    yield (rng.normal(size=(60, 9)),)


def unexplained(windows, target):
    """最好的一组权重剩下的误差的平方和。"""
    weight = np.linalg.lstsq(windows, target)[0]
    return np.sum((windows @ weight - target) ** 2)


def problem(target, signals):
    shape = (len(signals), signals.shape[1] - KERNEL + 1)
    if target.shape != shape:
        return f"形状应是 {shape}，得到 {target.shape}"
    if not target.any():
        return "目标全是 0"
    target = target / np.abs(target).max()
    windows = np.lib.stride_tricks.sliding_window_view(signals, KERNEL, axis=1)
    left = sum(unexplained(windows[:, p], target[:, p]) for p in range(shape[1]))
    own = 1 - left / np.sum(target**2)
    if own < LEAST:
        return f"局部连接层也只能解释 {own:.3f}，应能准确拟合"
    shared = 1 - unexplained(windows.reshape(-1, KERNEL), target.ravel()) / np.sum(target**2)
    if shared > MOST + 1e-9:
        return f"卷积层就能解释 {shared:.3f}，应不超过 {MOST:g}"
    return ""


EXERCISE = Exercise(
    id="image_priors/position_rule",
    title="共享帮倒忙",
    stars=3,
    points=4,
    statement=r"""
参数共享假设：同样的图案，在哪里都是同样的意思。这个假设不成立时，它就帮倒忙。
给你 $n$ 个长度为 $W$ 的信号 $x$。为每个信号造出 $W-2$ 个目标 $t_0,\dots,t_{W-3}$，
用两种都没有偏置、窗口是 3 的线性层去拟合：

- 局部连接层：$\hat t_j=\sum_{u=0}^{2}w_{j,u}\,x_{j+u}$，每个位置 $j$ 有自己的权重；
- 卷积层：$\hat t_j=\sum_{u=0}^{2}w_u\,x_{j+u}$，各个位置共用一组权重。

拟合的好坏用解释的比例 $1-\sum(t-\hat t)^2/\sum t^2$ 衡量，求和取遍全部信号和位置。
要求局部连接层准确拟合（比例是 1），卷积层最好也不超过 0.5。目标不能全是 0。

检查时两种层都用最小二乘拟合，任何满足要求的目标都算对。""",
    inputs=inputs,
    reference=position_rule,
    compare=satisfies_array(problem),
    hints=[
        Hint(
            lambda signals: (signals[:, :-2] + signals[:, 1:-1] + signals[:, 2:]) / 3,
            "每个位置的规则相同，卷积正合适。让不同的位置对同样的图案有不同的回答。",
            "same_rule",
        ),
        Hint(
            lambda signals: signals[:, 1:-1] * np.arange(1.0, signals.shape[1] - 1),
            "规则随位置变了，但变得不够：各处的权重同号，共用它们的平均值就能解释大半。",
            "too_similar",
        ),
        Hint(
            lambda signals: signals[:, ::-1][:, 1:-1],
            "目标取自窗口以外的像素，局部连接层也看不见。只用 signals[:, j : j + 3]。",
            "outside_window",
        ),
        Hint(
            lambda signals: np.zeros((len(signals), signals.shape[1] - 2)),
            "目标全是 0，两种层都能拟合，分不出高下。",
            "all_zero",
        ),
    ],
)
