"""★ 不求导，也能得到梯度。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def numerical_gradient(x, h):
    """用中心差分求 f(x) = ln Σ exp(xᵢ) 的梯度。

    Parameters
    ----------
    x : ndarray, shape (d,)
        在哪一点求。不要修改它。
    h : float
        差分的间隔：往每一边走多远。

    Returns
    -------
    ndarray, shape (d,)
        每个坐标方向的中心差分。
    """

    def f(x):
        return np.log(np.exp(x).sum())

    directions = h * np.eye(len(x))
    return np.array([(f(x + e) - f(x - e)) / (2 * h) for e in directions])


def inputs(rng):
    yield np.array([0.0, 1.0]), 0.25
    yield np.array([0.0, 1.0]), 1e-4
    yield np.array([1.0, -2.0, 0.5]), 0.1
    for size, h in [(4, 1e-3), (6, 0.2)]:
        yield rng.normal(size=size).round(2), h


def f(x):
    return np.log(np.exp(x).sum())


def unrestored(x, h):
    """改过的坐标没有改回来。"""
    x, gradient = x.copy(), []
    for i in range(len(x)):
        x[i] += h
        higher = f(x)
        x[i] -= h
        x[i] -= h
        gradient.append((higher - f(x)) / (2 * h))
    return np.array(gradient)


EXERCISE = Exercise(
    id="gradient_descent/numerical_gradient",
    title="数值梯度",
    stars=1,
    points=2,
    statement=r"""
损失是 $f(x)=\ln\sum_{i=1}^{d}e^{x_i}$，$x\in\mathbb{R}^d$。不求导，用中心差分求它的梯度：

$$g_i=\frac{f(x+he_i)-f(x-he_i)}{2h}$$

其中 $i=1,\dots,d$，$e_i$ 是第 $i$ 个坐标方向的单位向量，$h$ 是差分的间隔（参数 `h`）。
请按给定的 $h$ 计算，不管它大不大：检查时有的 $h$ 故意取得大，好看出差分的种类。

写好以后取 $h=10^{-5}$，与手算的梯度 $e^{x_i}/\sum_j e^{x_j}$ 比一比。""",
    inputs=inputs,
    reference=numerical_gradient,
    compare=equals(rtol=1e-7),
    hints=[
        Hint(
            lambda x, h: np.array([(f(x + h * e) - f(x)) / h for e in np.eye(len(x))]),
            "这是前向差分，误差与 h 成正比。题目要的是中心差分：两边各走一步。",
            "forward",
        ),
        Hint(
            lambda x, h: np.array([(f(x) - f(x - h * e)) / h for e in np.eye(len(x))]),
            "这是后向差分，只往一边走了一步。中心差分两边各走一步。",
            "backward",
        ),
        Hint(
            lambda x, h: 2 * numerical_gradient(x, h),
            "两点相距多远？除数要与这段距离相符。",
            "divided_by_h",
        ),
        Hint(
            lambda x, h: h**2 * numerical_gradient(x, h),
            "除以 2 再乘以 h，不是除以 2h：给分母加上括号。",
            "precedence",
        ),
        Hint(
            lambda x, h: np.array([(f(x + e) - f(x - e)) / (2 * h) for e in np.eye(len(x))]),
            "分子里两边各走了 1，不是 h。",
            "unit_steps",
        ),
        Hint(
            lambda x, h: numerical_gradient(x, h / 2),
            "这也是中心差分，可是两边只各走了 h/2。题目的两边各走 h。",
            "half_steps",
        ),
        Hint(
            lambda x, h: -numerical_gradient(x, h),
            "符号反了：分子应是前面的值减后面的值。",
            "reversed_difference",
        ),
        Hint(
            lambda x, h: np.full(len(x), (f(x + h) - f(x - h)) / (2 * h)),
            "所有坐标一起动了。偏导数要一次只动一个坐标，别的不变。",
            "all_together",
        ),
        Hint(unrestored, "动过的坐标没有放回原处，下一个坐标就在别的点上求了。", "unrestored"),
        Hint(
            lambda x, h: np.exp(x) / np.exp(x).sum(),
            "这是求导得到的准确的梯度。题目要的是间隔为 h 的中心差分，两者差一个截断误差。",
            "analytic",
        ),
    ],
)
