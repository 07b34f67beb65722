"""★★★ 从数据里找回权重：共享得越多，要的图像越少。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint

WORST = 30.0


def recover(x, y, kernel, block):
    """由输入和输出解出权重；每 block 个相邻的神经元共用一组权重。

    Parameters
    ----------
    x : ndarray, shape (N, W)
        N 个长度为 W 的输入。不要修改它。
    y : ndarray, shape (N, W')
        它们的输出，没有误差，W' = W − kernel + 1。
    kernel : int
        窗口的大小。
    block : int
        每组几个神经元，1 ≤ block ≤ W'；除不尽时，最后一组少几个。

    Returns
    -------
    ndarray, shape (⌈W' / block⌉, kernel)
        每组的权重。
    """
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=1)
    weight = []
    for p in range(0, y.shape[1], block):
        equations = windows[:, p : p + block].reshape(-1, kernel)
        answers = y[:, p : p + block].ravel()
        weight.append(np.linalg.lstsq(equations, answers)[0])
    return np.stack(weight)


def inputs(rng):
    yield np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]), np.array([[3.0, 4.0], [4.0, 3.0]]), 2, 1
    yield np.array([[1.0, 0.0, 2.0]]), np.array([[3.0, 8.0]]), 2, 2
    yield np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]), np.array([[3.0, 8.0], [4.0, 7.0]]), 2, 2
    for count, size, kernel, block in [(2, 6, 2, 1), (1, 9, 2, 3), (3, 6, 3, 3), (1, 9, 3, 7)]:
        yield data(rng, count, size, kernel, block)


def data(rng, count, size, kernel, block):
    """随机的输入与输出，每组方程都不病态。"""
    m = size - kernel + 1
    while True:
        x = rng.normal(size=(count, size))
        windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=1)
        groups = [windows[:, p : p + block].reshape(-1, kernel) for p in range(0, m, block)]
        if max(map(np.linalg.cond, groups)) < WORST:
            break
    weight = np.repeat(rng.normal(size=(len(groups), kernel)), block, axis=0)[:m]
    return x, np.einsum("npi,pi->np", windows, weight), kernel, block


def by_dense(x, y, kernel, block):
    """当作全连接去解，再从矩阵里挑出窗口里的权重。"""
    matrix = np.linalg.lstsq(x, y)[0]
    return np.stack([matrix[p : p + kernel, p] for p in range(0, y.shape[1], block)])


def by_first(x, y, kernel, block):
    """每组只用第一个神经元的方程。"""
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=1)
    positions = range(0, y.shape[1], block)
    return np.stack([np.linalg.lstsq(windows[:, p], y[:, p])[0] for p in positions])


def out_of_step(x, y, kernel, block):
    """方程按神经元排，右端按输入排。"""
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=1)
    weight = []
    for p in range(0, y.shape[1], block):
        equations = windows[:, p : p + block].swapaxes(0, 1).reshape(-1, kernel)
        weight.append(np.linalg.lstsq(equations, y[:, p : p + block].ravel())[0])
    return np.stack(weight)


EXERCISE = Exercise(
    id="local_connectivity/recover",
    title="从数据里找回权重",
    stars=3,
    points=4,
    statement=r"""
一维的局部连接层有 $W'=W-K+1$ 个神经元，每 $q$ 个相邻的神经元共用一组 $K$ 个权重：
第 $j$ 个神经元用第 $\lfloor j/q\rfloor$ 组，

$$y_j=\sum_{u=0}^{K-1}w_{\lfloor j/q\rfloor,\,u}\;x_{j+u}$$

$q=1$ 是不共享的局部连接，$q=W'$ 是卷积。给你 $N$ 对输入 $x$ 和输出 $y$，没有误差，求出全部权重。
参数 `kernel` 是 $K$，`block` 是 $q$。

一组权重有 $K$ 个未知数，每对数据给它 $q$ 个方程，所以 $N\ge K/q$ 就可能够了：
共享得越多，要的数据越少。给的数据够用，但不多：
全连接的一个神经元有 $W$ 个未知数，同样的数据不够它用。

线索：一组权重是一个线性方程组的解，`np.linalg.lstsq(A, b)[0]` 解 $Aw=b$。""",
    inputs=inputs,
    reference=recover,
    compare=equals(rtol=1e-7, atol=1e-9),
    hints=[
        Hint(
            by_dense,
            "当成全连接去解，未知数比方程多，最小二乘只给出其中最短的解。只用窗口里的像素列方程。",
            "by_dense",
        ),
        Hint(
            lambda x, y, kernel, block: recover(x, y, kernel, block)[:, ::-1],
            "每组权重的次序反了：x[j + u] 乘的是第 u 个权重。",
            "reversed_weights",
        ),
        Hint(
            lambda x, y, kernel, block: recover(x, y, kernel, y.shape[1]),
            "你让所有神经元共用一组权重，那是卷积。只有同一组的 block 个神经元共用。",
            "all_shared",
        ),
        Hint(
            by_first,
            "每组只用了第一个神经元的方程。同组的神经元共用权重，它们的方程要合在一起解。",
            "by_first",
        ),
        Hint(
            out_of_step,
            "方程与右端的次序不一样：第 n 个输入、第 j 个神经元的窗口，对着的是 y[n, j]。",
            "out_of_step",
        ),
        Hint(
            lambda x, y, kernel, block: recover(x, y, kernel, 1),
            "block 没有用上：同组的神经元共用一组权重，输出只有 ⌈W' / block⌉ 行。",
            "block_ignored",
        ),
    ],
)
