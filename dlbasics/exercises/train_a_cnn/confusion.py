"""★ 混淆矩阵与召回率。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def confusion(labels, guesses, classes):
    """混淆矩阵，以及每一类的召回率。

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        正确的类，0 到 classes − 1，每一类至少出现一次。
    guesses : ndarray of int, shape (n,)
        网络判的类。
    classes : int
        类的个数。

    Returns
    -------
    matrix : ndarray of int, shape (classes, classes)
        第 i 行第 j 列：本来是 i、判成 j 的个数。
    recall : ndarray of float, shape (classes,)
        每一类里判对的占几成。
    """
    matrix = np.zeros((classes, classes), dtype=int)
    for truth, guess in zip(labels, guesses, strict=True):
        matrix[truth, guess] += 1
    return matrix, np.diag(matrix) / matrix.sum(axis=1)


def inputs(rng):
    yield np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1]), 2
    yield np.array([2, 0, 1, 0, 2, 2]), np.array([2, 0, 0, 0, 1, 2]), 3
    yield np.array([0, 1, 2]), np.array([0, 0, 0]), 3
    for classes in (3, 5):
        labels = rng.permutation(
            np.repeat(np.arange(classes), rng.integers(1, 6, classes).tolist())
        )
        yield labels, np.where(rng.random(len(labels)) < 0.6, labels, 0), classes


def overwritten(labels, guesses, classes):
    """用下标一次赋值，重复的只算一次。"""
    matrix = np.zeros((classes, classes), dtype=int)
    matrix[labels, guesses] += 1
    return matrix, np.diag(matrix) / matrix.sum(axis=1)


def with_recall(recall):
    """矩阵正确，召回率由 recall(矩阵) 给出。"""
    return lambda *args: (confusion(*args)[0], recall(confusion(*args)[0]))


EXERCISE = Exercise(
    id="train_a_cnn/confusion",
    title="错在哪里",
    stars=1,
    points=2,
    statement=r"""
$n$ 个样本的正确的类是 `labels`，网络判的类是 `guesses`，都在 $0$ 到 $k-1$ 之间，
$k$ 是类的个数（参数 `classes`）。返回两样东西：

- 混淆矩阵 $M\in\mathbb{N}^{k\times k}$：$M_{ij}$ 是本来是 $i$、判成 $j$ 的样本数；
- 每一类的召回率：本来是 $i$ 的样本里，判对的占几成。

题目保证每一类至少出现一次。""",
    inputs=inputs,
    reference=confusion,
    compare=equals(),
    hints=[
        Hint(
            overwritten,
            "同样的（本来，判成）出现几次，只加了一次：NumPy 的 += 对重复的下标只算一回。",
            "overwritten",
        ),
        Hint(
            lambda labels, guesses, classes: (
                confusion(labels, guesses, classes)[0].T,
                confusion(labels, guesses, classes)[1],
            ),
            "矩阵的行和列反了：行是本来的类，列是判成的类。",
            "transposed",
        ),
        Hint(
            with_recall(lambda matrix: np.diag(matrix) / np.maximum(matrix.sum(axis=0), 1)),
            "这是判成某一类的里面有几成判对，叫精确率。召回率的分母是本来属于这一类的个数。",
            "precision",
        ),
        Hint(
            with_recall(lambda matrix: np.diag(matrix) / matrix.sum()),
            "分母是全部的样本。每一类要除以自己的个数。",
            "over_all",
        ),
        Hint(
            with_recall(lambda matrix: np.full(len(matrix), np.trace(matrix) / matrix.sum())),
            "这是总的正确率，各类混在一起了。",
            "accuracy",
        ),
        Hint(
            with_recall(lambda matrix: 1 - np.diag(matrix) / matrix.sum(axis=1)),
            "这是漏掉的比例，不是判对的比例。",
            "miss_rate",
        ),
    ],
)
