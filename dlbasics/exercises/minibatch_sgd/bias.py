"""★★ 一种抽法偏不偏：枚举。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint
from dlbasics.studies.sampling_theory import all_batches


def bias(losses, batches, probability):
    """一种抽法的小批量平均损失，偏差是多少。

    Parameters
    ----------
    losses : ndarray, shape (n,)
        每个样本的损失。
    batches : ndarray of int, shape (m, b)
        可能抽到的 m 种小批量，每行 b 个下标。
    probability : ndarray, shape (m,)
        抽到每一种的概率，和是 1。

    Returns
    -------
    float
        小批量平均损失的期望，减去全体的平均损失。
    """
    means = losses[batches].mean(axis=1)
    return np.sum(probability * means) - losses.mean()


def inputs(rng):
    yield np.array([1.0, 3.0, 8.0]), np.array([[0, 1], [1, 2]]), np.array([0.25, 0.75])
    yield np.array([1.0, 3.0, 8.0]), np.array([[1]]), np.array([1.0])
    uniform = all_batches(4, 2)
    yield np.array([0.0, 1.0, 10.0, 100.0]), uniform, np.full(6, 1 / 6)
    blocks = np.arange(6).reshape(2, 3)
    yield np.array([1.0, 1.0, 1.0, 9.0, 9.0, 9.0]), blocks, np.array([0.5, 0.5])
    for n, b in [(5, 2), (6, 4)]:
        batches = all_batches(n, b)
        weight = rng.uniform(size=len(batches))
        yield rng.uniform(0, 9, n).round(1), batches, weight / weight.sum()


EXERCISE = Exercise(
    id="minibatch_sgd/bias",
    title="这样抽偏不偏",
    stars=2,
    points=2,
    statement=r"""
$n$ 个样本的损失是 $\ell_1,\dots,\ell_n$（参数 `losses`，在代码里从 0 数起）。
一种抽法会抽到 $m$ 种小批量，每种有 $b$ 个下标（参数 `batches` 的一行），
抽到第 $j$ 种的概率是 $p_j$（参数 `probability`）。
小批量的平均损失 $\hat f_B=\frac1b\sum_{i\in B}\ell_i$ 的**偏差**是

$$\mathbb{E}\,\hat f_B-\frac1n\sum_{i=1}^{n}\ell_i$$

把它准确地算出来（不是抽几次试试）。写好以后自己编几种抽法：各批机会均等的，
按类整群抽的，总抽到同一批的，看看哪几种的偏差是 0。""",
    inputs=inputs,
    reference=bias,
    compare=equals(),
    hints=[
        Hint(
            lambda losses, batches, probability: np.sum(probability * losses[batches].mean(axis=1)),
            "这是小批量平均损失的期望。偏差是它与全体的平均相差多少。",
            "expectation_only",
        ),
        Hint(
            lambda losses, batches, probability: losses[batches].mean() - losses.mean(),
            "各种小批量被一视同仁了。有的常抽到，有的难得抽到：按概率加权。",
            "unweighted",
        ),
        Hint(
            lambda losses, batches, probability: abs(bias(losses, batches, probability)),
            "偏差有正负：偏高是正的，偏低是负的。",
            "absolute",
        ),
        Hint(
            lambda losses, batches, probability: -bias(losses, batches, probability),
            "符号反了：估计的期望减真值。",
            "reversed_sign",
        ),
        Hint(
            lambda losses, batches, probability: (
                np.sum(probability * losses[batches].sum(axis=1)) - losses.mean()
            ),
            "小批量的损失取了和，而不是平均。",
            "summed",
        ),
        Hint(
            lambda losses, batches, probability: (
                np.mean(probability * losses[batches].mean(axis=1)) - losses.mean()
            ),
            "加权以后又除以了批数：概率的和已经是 1 了。",
            "divided_again",
        ),
    ],
)
