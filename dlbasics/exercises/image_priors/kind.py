"""★ 从一组响应看出等变还是不变。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint

FOLLOWS = "等变：对每个 k，第 0 行向右循环平移 k 格，要与第 k 行逐个相等。"
STAYS = "不变：每一行都要与第 0 行逐个相等。"


def kind(responses):
    """从一个函数对各个平移的响应，判断它是否平移等变、是否平移不变。

    Parameters
    ----------
    responses : ndarray, shape (n, n)
        第 k 行是输入向右循环平移 k 格以后的输出，长度是 n。不要修改它。

    Returns
    -------
    equivariant, invariant : bool
        在这组响应上，是否平移等变、是否平移不变。
    """
    first, shifts = responses[0], range(len(responses))
    followed = np.stack([np.roll(first, k) for k in shifts])
    return np.all(responses == followed), np.all(responses == first)


def responses_of(func, signal):
    return np.stack([func(np.roll(signal, k)) for k in range(len(signal))])


def sum_of_two(x):
    """相邻两个数之和，左端补零。"""
    return x + np.append(0, x[:-1])


def one_exception(rule, length, odd_one):
    """除了平移 odd_one 格的那一次，每一次都守规矩；那一次首尾两个数对调了。"""
    responses = np.stack([rule(np.arange(1.0, length + 1), k) for k in range(length)])
    responses[odd_one, [0, -1]] = responses[odd_one, [-1, 0]]
    return responses


def inputs(rng):
    spot = np.array([1.0, 0.0, 0.0])
    yield (responses_of(lambda x: x, np.array([1.0, 2.0, 0.0])),)
    yield (responses_of(np.sort, spot),)
    yield (responses_of(lambda x: x * [1, 2, 3], spot),)
    yield (responses_of(lambda x: x[::-1], spot),)
    yield (responses_of(sum_of_two, spot),)
    yield (responses_of(lambda x: np.full(3, x.max()), spot),)
    for odd_one in (1, 2):
        yield (one_exception(np.roll, 3, odd_one),)
        yield (one_exception(lambda y, k: y, 3, odd_one),)
    signal = rng.permutation(6).astype(float)
    for odd_one in rng.permutation(5)[:2] + 1:
        yield (one_exception(np.roll, 6, int(odd_one)),)
        yield (one_exception(lambda y, k: y, 6, int(odd_one)),)
    yield (responses_of(lambda x: np.repeat(x[::2], 2), signal),)
    yield (responses_of(lambda x: 2 * x - np.roll(x, 1), signal),)
    yield (responses_of(lambda x: np.sort(x)[::-1], signal),)
    yield (responses_of(lambda x: x * np.arange(6), signal),)


EXERCISE = Exercise(
    id="image_priors/kind",
    title="等变还是不变",
    stars=1,
    points=2,
    statement=r"""
$T_k$ 把长度为 $n$ 的信号向右循环平移 $k$ 格：右端移出去的数从左端回来，与 `np.roll(x, k)` 相同。
函数 $f$ 把长度为 $n$ 的信号变成长度为 $n$ 的信号。对每个 $k=0,1,\dots,n-1$，

- 如果总有 $f(T_kx)=T_kf(x)$，就是平移等变（equivariant）：输入移几格，输出跟着移几格；
- 如果总有 $f(T_kx)=f(x)$，就是平移不变（invariant）：输入怎么移，输出都一样。

给你 $n$ 个响应，第 $k$ 行是 $f(T_kx)$，所以第 0 行是 $f(x)$。
判断在这组响应上 $f$ 是否等变、是否不变。数都是准确的，可以直接比较相等。

想一想：能不能既等变又不变？""",
    inputs=inputs,
    reference=kind,
    compare=equals(),
    hints=[
        Hint(
            lambda responses: (not kind(responses)[0], kind(responses)[1]),
            f"不变答对了，等变没有。{FOLLOWS}",
            "wrong_equivariance",
        ),
        Hint(
            lambda responses: (kind(responses)[0], not kind(responses)[1]),
            f"等变答对了，不变没有。{STAYS}",
            "wrong_invariance",
        ),
        Hint(
            lambda responses: (not kind(responses)[0], not kind(responses)[1]),
            f"两样都不对。{FOLLOWS}{STAYS}",
            "wrong_both",
        ),
    ],
)
