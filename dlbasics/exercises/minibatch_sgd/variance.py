"""★★ 小批量的平均值散得多开。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def batch_variance(losses, batch_size, replace):
    """均匀抽取的小批量，平均损失的方差。

    Parameters
    ----------
    losses : ndarray, shape (n,)
        每个样本的损失，n ≥ 2。
    batch_size : int
        批量大小 b，1 到 n。
    replace : bool
        是否有放回。

    Returns
    -------
    float
    """
    n = len(losses)
    correction = 1 if replace else (n - batch_size) / (n - 1)
    return np.var(losses) / batch_size * correction


def inputs(rng):
    yield np.array([1.0, 2.0, 6.0, 7.0, 9.0]), 2, False
    yield np.array([1.0, 2.0, 6.0]), 2, True
    yield np.array([1.0, 2.0, 6.0]), 3, False
    for n, batch_size, replace in [(8, 3, True), (9, 6, False), (20, 1, False)]:
        yield rng.uniform(0, 5, n).round(2), batch_size, replace


def corrected(losses, batch_size, factor):
    return np.var(losses) / batch_size * factor


EXERCISE = Exercise(
    id="minibatch_sgd/variance",
    title="小批量散得多开",
    stars=2,
    points=2,
    statement=r"""
$n$ 个样本的损失是 `losses`，它们的方差是 $\sigma^2=\frac1n\sum_i(\ell_i-f)^2$，
$f$ 是全体的平均。均匀地抽 $b$ 个（参数 `batch_size`），求它们的平均值的**方差**。
`replace` 是真，有放回，各次抽取互相独立；是假，无放回，这时抽完全体（$b=n$）方差应当是 0。""",
    inputs=inputs,
    reference=batch_variance,
    compare=equals(),
    hints=[
        Hint(
            lambda losses, batch_size, replace: corrected(losses, batch_size, 1),
            "无放回时方差更小，还要乘有限总体修正：抽得越多，剩下的不确定越少。",
            "no_correction",
        ),
        Hint(
            lambda losses, batch_size, replace: corrected(
                losses, batch_size, (len(losses) - batch_size) / (len(losses) - 1)
            ),
            "有放回时各次独立，不需要有限总体修正。",
            "always_corrected",
        ),
        Hint(
            lambda losses, batch_size, replace: (
                batch_variance(losses, batch_size, replace) * len(losses) / (len(losses) - 1)
            ),
            "方差除以了 n − 1：这里的 σ² 是全体的方差，除以 n。",
            "unbiased_variance",
        ),
        Hint(
            lambda losses, batch_size, replace: corrected(
                losses, batch_size, 1 if replace else 1 - batch_size / len(losses)
            ),
            "有限总体修正的分母不对。用 b = 1 试一试：这时它应当是 1。",
            "wrong_correction",
        ),
        Hint(
            lambda losses, batch_size, replace: losses.var(ddof=1) / batch_size,
            "两处要改：这里的 σ² 除以 n，不是 n − 1；无放回时还要乘有限总体修正。",
            "two_slips",
        ),
        Hint(
            lambda losses, batch_size, replace: np.sqrt(
                batch_variance(losses, batch_size, replace)
            ),
            "这是标准差，题目要的是方差。",
            "standard_deviation",
        ),
        Hint(
            lambda losses, batch_size, replace: (
                batch_variance(losses, batch_size, replace) / batch_size
            ),
            "多除了一个 b：标准差按根号 b 减小，方差按 b 减小。",
            "divided_twice",
        ),
        Hint(
            lambda losses, batch_size, replace: (
                batch_variance(losses, batch_size, replace) * batch_size
            ),
            "没有除以 b：样本越多，平均值越稳。",
            "not_divided",
        ),
    ],
)
