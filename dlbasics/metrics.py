"""分类得好不好：正确率与混淆矩阵。"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import array, integer, table
from dlbasics._checks import labels as check_labels


def accuracy(logits: NDArray, labels: NDArray) -> float:
    """打分最高的类就是正确的类的样本所占的比例；并列时取编号最小的类。

    Parameters
    ----------
    logits : ndarray, shape (n, k)
        每个样本对 k 个类的打分。
    labels : ndarray of int, shape (n,)
        正确的类，0 到 k − 1。

    Returns
    -------
    float
        在 [0, 1] 内。

    Examples
    --------
    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    n, k = table("logits", logits, "(n, k)").shape
    check_labels("labels", labels, n, k)
    return float(np.mean(np.argmax(logits, axis=1) == labels))


def confusion_matrix(labels: NDArray, predictions: NDArray, classes: int) -> NDArray[np.int64]:
    """混淆矩阵：第 i 行第 j 列是“本是第 i 类，判成第 j 类”的样本数。

    Parameters
    ----------
    labels, predictions : ndarray of int, shape (n,)
        正确的类与判断的类，0 到 classes − 1。
    classes : int
        类的个数。

    Returns
    -------
    ndarray of int64, shape (classes, classes)

    Examples
    --------
    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    array([[1, 1],
           [0, 1]])
    """
    classes = integer("classes", classes, 1)
    n = array("labels", labels).size
    check_labels("labels", labels, n, classes)
    check_labels("predictions", predictions, n, classes)
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (labels, predictions), 1)
    return counts
