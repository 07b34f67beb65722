"""★★ 初值多大，信号才不会消失或爆炸。"""

from functools import cache

import numpy as np

from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint

LAYERS = 20
NETWORKS = 5
LEAST, MOST = 0.2, 5.0


def init_scale(fan_in):
    """ReLU 网络的权重，初值的标准差。

    Parameters
    ----------
    fan_in : int
        一个输出由多少个输入算出。

    Returns
    -------
    float
    """
    return np.sqrt(2 / fan_in)


def inputs(rng):
    yield (160,)
    yield (225,)
    yield (int(rng.integers(100, 200)),)


@cache
def he_growth(fan_in, seed):
    """标准差是 √(2/fan_in) 时，走过全部的层以后，信号的均方根变成几倍。"""
    rng = np.random.default_rng(seed)
    first = x = rng.normal(size=(20, fan_in))
    for _ in range(LAYERS):
        x = np.maximum(x @ rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_in)), 0)
    return np.sqrt(np.mean(x**2) / np.mean(first**2))


def growth(std, fan_in, seed):
    """标准差是 ``std`` 时变成几倍：每层的权重大几倍，ReLU 的输出就大几倍。"""
    return he_growth(fan_in, seed) * (std / np.sqrt(2 / fan_in)) ** LAYERS


def problem(std, fan_in):
    if std < 0:
        return "标准差不能是负数"
    ratio = np.median([growth(std, fan_in, seed) for seed in range(NETWORKS)])
    if LEAST <= ratio <= MOST:
        return ""
    word = "消失" if ratio < LEAST else "爆炸"
    return f"走过 {LAYERS} 层，信号变成约 {ratio:.1g} 倍：{word}了"


EXERCISE = Exercise(
    id="train_a_cnn/init_scale",
    title="初值多大",
    stars=2,
    points=2,
    statement=r"""
20 个全连接层摞起来，每层 $n$ 个输入、$n$ 个输出（参数 `fan_in` 是 $n$），没有偏置，
每层之后是 ReLU。权重各自独立，取自平均是 0 的正态分布。
标准差取多少，才能使信号走过 20 层，既不消失也不爆炸？

检查时真的造 5 个这样的网络，量输出的均方根是输入的几倍；中位数在 0.2 到 5 之间就算对。
可以从一层推起：输入的均方是 $q$，权重的方差是 $v$，ReLU 之前的均方是多少？ReLU 留下几成？""",
    inputs=inputs,
    reference=init_scale,
    compare=satisfies(problem),
    hints=[
        Hint(
            lambda fan_in: np.sqrt(1 / fan_in),
            "这样 ReLU 之前的均方不变（两边一样宽时，Glorot 的公式给出的也是它）；"
            "可是 ReLU 每层挡掉一半，要补回来。",
            "before_relu",
        ),
        Hint(
            lambda fan_in: 2 / fan_in,
            "这个数适合作方差，题目要的是标准差。",
            "variance",
        ),
        Hint(
            lambda fan_in: 1 / fan_in,
            "n 个独立的项相加，和的标准差是一项的根号 n 倍，不是 n 倍。",
            "divided_by_n",
        ),
        Hint(
            lambda fan_in: 0.01,
            "0.01 对这个宽度太小，信号每层缩一截。标准差要随 fan_in 变。",
            "fixed_small",
        ),
        Hint(
            lambda fan_in: 1.0,
            "太大：每个输出是 n 项之和，每层都放大许多倍。",
            "too_large",
        ),
        Hint(
            lambda fan_in: np.sqrt(2 / 100),
            "这只对 fan_in = 100 合适：输入越多，每个权重应当越小。",
            "fixed_for_hundred",
        ),
        Hint(lambda fan_in: 0.0, "全是 0，输出也全是 0，而且各个神经元永远一样。", "all_zero"),
    ],
)
