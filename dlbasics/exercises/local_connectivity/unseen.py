"""★★★ 数据看不见的权重。"""

import numpy as np

from dlbasics.exercises.comparison import satisfies_array
from dlbasics.exercises.exercise import Exercise, Hint

SHORTEST = 1.0
LOUDEST = 1e-9
SAME = "第 0 个神经元对了，别的也用了同一个改动。每个神经元看的窗口不同，要各解各的方程组。"


def unseen(x, kernel):
    """找一个权重的改动：每个神经元的权重都变了，全部输出却一点不变。

    Parameters
    ----------
    x : ndarray, shape (N, W)
        N 个长度为 W 的输入，N < kernel。不要修改它。
    kernel : int
        窗口的大小 K。

    Returns
    -------
    ndarray, shape (W', K)
        第 j 行是第 j 个神经元的权重的改动，长度不小于 1；W' = W − K + 1。
    """
    any_row = np.ones(kernel)
    change = []
    for p in range(x.shape[1] - kernel + 1):
        window = x[:, p : p + kernel]
        seen = window.T @ np.linalg.lstsq(window.T, any_row)[0]
        rest = any_row - seen
        change.append(rest / np.linalg.norm(rest))
    return np.stack(change)


def inputs(rng):
    yield np.array([[2.0, -1.0, 3.0]]), 2
    yield np.array([[1.0, 0.0, 2.0, 1.0], [0.0, 1.0, 1.0, 3.0]]), 3
    for count, size, kernel in [(3, 6, 4), (2, 8, 5), (8, 12, 9)]:
        yield rng.normal(size=(count, size)), kernel


def problem(change, x, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=1)
    if change.shape != windows.shape[1:]:
        return f"形状应是 {windows.shape[1:]}，得到 {change.shape}"
    lengths = np.linalg.norm(change, axis=1)
    if not lengths.min() > SHORTEST - 1e-9:
        return f"第 {lengths.argmin()} 行的长度是 {lengths.min():.3g}，应不小于 {SHORTEST:g}"
    moved = np.abs(np.einsum("npi,pi->np", windows, change)).max(axis=0)
    if not np.all(moved < LOUDEST * lengths):
        p = int(np.argmax(moved / lengths))
        return f"第 {p} 个神经元的输出变了 {moved[p]:.3g}，应一点不变"
    return ""


EXERCISE = Exercise(
    id="local_connectivity/unseen",
    title="数据看不见的权重",
    stars=3,
    points=4,
    statement=r"""
一维局部连接层的第 $j$ 个神经元只看窗口 $x_j,\dots,x_{j+K-1}$，有自己的 $K$ 个权重：
$y_j=\sum_u w_{j,u}\,x_{j+u}$，$j=0,\dots,W'-1$，$W'=W-K+1$。

只有 $N<K$ 个输入的时候，数据定不下这些权重。把它证明给人看：找一个改动 $\delta$（形状 $(W',K)$），
使得 $w$ 与 $w+\delta$ 在这 $N$ 个输入上的输出完全相同，也就是对每个输入、每个 $j$ 都有

$$\sum_{u=0}^{K-1}\delta_{j,u}\;x_{j+u}=0$$

而每一行都真的变了：$\sum_u\delta_{j,u}^2\ge1$。

线索：设 $A$ 是第 $j$ 个窗口里的数，$N$ 行 $K$ 列。任取 $K$ 个数 $r$，
`c = np.linalg.lstsq(A.T, r)[0]` 使 $A^\top c$ 离 $r$ 最近；
最近的时候，剩下的 $r-A^\top c$ 与 $A$ 的每一行都垂直，就像垂线最短。
检查时会真的去乘，任何满足要求的改动都算对。""",
    inputs=inputs,
    reference=unseen,
    compare=satisfies_array(problem),
    hints=[
        Hint(
            lambda x, kernel: np.zeros((x.shape[1] - kernel + 1, kernel)),
            "什么都没有改，输出当然不变。方程组的未知数比方程多，找一个不是零的解。",
            "unchanged",
        ),
        Hint(
            lambda x, kernel: np.ones((x.shape[1] - kernel + 1, kernel)),
            "输出会变：改动要与每个输入的窗口都正交，得由 x 算出来。",
            "arbitrary_change",
        ),
        Hint(
            lambda x, kernel: np.stack(
                [np.linalg.svd(x[:, p : p + kernel])[2][0] for p in range(x.shape[1] - kernel + 1)]
            ),
            "这是让输出变化最大的改动，它落在窗口的各行张成的空间里。你要的与每一行都垂直。",
            "largest_effect",
        ),
        Hint(
            lambda x, kernel: np.broadcast_to(
                unseen(x, kernel)[0], (x.shape[1] - kernel + 1, kernel)
            ),
            SAME,
            "same_for_all",
        ),
        Hint(
            lambda x, kernel: np.broadcast_to(
                np.linalg.svd(x[:, :kernel])[2][-1], (x.shape[1] - kernel + 1, kernel)
            ),
            SAME,
            "same_for_all",
        ),
    ],
)
