"""★★ 一层网络离平移等变有多远。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def layer_error(weight, x):
    """线性层 y = weight @ x 在信号 x 上离平移等变差多远。

    Parameters
    ----------
    weight : ndarray, shape (n, n)
        权重。不要修改它。
    x : ndarray, shape (n,)
        信号。不要修改它。

    Returns
    -------
    float
        先平移与后平移最大的差，平移取遍 0 到 n − 1 格；0 就是严格等变。
    """
    y = weight @ x
    errors = [weight @ np.roll(x, k) - np.roll(y, k) for k in range(len(x))]
    return np.max(np.abs(errors))


def inputs(rng):
    band = 2 * np.eye(4) - np.eye(4, k=1)
    yield band - np.eye(4, k=-3), np.array([1.0, 3.0, -5.0, 2.0])
    yield band, np.array([-1.0, -7.0, -6.0, -3.0])
    yield np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 3.0])
    for n in (4, 6):
        yield rng.normal(size=(n, n)), rng.normal(size=n)


def differences(weight, x):
    y = weight @ x
    return [weight @ np.roll(x, k) - np.roll(y, k) for k in range(len(x))]


def zero_filled(x, k):
    """向右平移 k 格，左端补零。"""
    return np.append(np.zeros(k), x)[: len(x)]


EXERCISE = Exercise(
    id="image_priors/layer_error",
    title="离等变有多远",
    stars=2,
    points=3,
    statement=r"""
一个线性层的权重 $M$ 的形状是 $(n,n)$，输入 $x$ 和输出 $Mx$ 都是长度为 $n$ 的信号。
$T_k$ 是向右循环平移 $k$ 格，与 `np.roll(x, k)` 相同。
先平移再过这一层，与先过这一层再平移，最多差多少：

$$e=\max_{0\le k<n}\;\max_i\;\bigl|\,(M\,T_kx-T_k\,Mx)_i\,\bigr|$$

想一想：首尾相接、各处权重相同的局部连接，$e$ 是多少？只在边界上少一个权重呢？""",
    inputs=inputs,
    reference=layer_error,
    compare=equals(),
    hints=[
        Hint(
            lambda weight, x: max(
                np.abs(weight @ np.roll(x, k) - weight @ x).max() for k in range(len(x))
            ),
            "你量的是离不变有多远：输出也要跟着平移 k 格，再比较。",
            "invariance",
        ),
        Hint(
            lambda weight, x: max(
                np.abs(weight @ np.roll(x, k) - np.roll(weight @ x, -k)).max()
                for k in range(len(x))
            ),
            "输出移反了方向：输入向右移，输出也应向右移。",
            "opposite",
        ),
        Hint(
            lambda weight, x: max(
                np.abs(weight @ zero_filled(x, k) - zero_filled(weight @ x, k)).max()
                for k in range(len(x))
            ),
            "平移时左端补了零。这里是循环平移：右端移出去的数从左端回来。",
            "zero_filled",
        ),
        Hint(
            lambda weight, x: layer_error(weight.T, x),
            "这是 x @ weight。这一层的输出是 weight @ x，weight 的一行是一个神经元。",
            "transposed",
        ),
        Hint(
            lambda weight, x: np.abs(differences(weight, x)[1]).max(),
            "只移了 1 格。k 要取遍 0 到 n − 1。",
            "one_shift",
        ),
        Hint(
            lambda weight, x: np.abs(differences(weight, x)[:-1]).max(),
            "少移了一次：k 要取到 n − 1。",
            "last_shift_missing",
        ),
        Hint(
            lambda weight, x: np.max(differences(weight, x)),
            "没有取绝对值：负的差没有算进去。",
            "signed",
        ),
        Hint(
            lambda weight, x: np.mean(np.abs(differences(weight, x))),
            "取了平均。边界上的错误只在几个位置，平均会把它冲淡，题目要最大的差。",
            "averaged",
        ),
    ],
)
