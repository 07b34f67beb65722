"""损失函数，连同它们的梯度。"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import array, floats, table
from dlbasics._checks import labels as check_labels


def softmax_cross_entropy(logits: NDArray, labels: NDArray) -> tuple[float, NDArray]:
    """softmax 之后的交叉熵，对样本取平均；先减去每行最大值，不会溢出。

    Parameters
    ----------
    logits : ndarray, shape (n, k)
        每个样本对 k 个类的打分，float32 或 float64。
    labels : ndarray of int, shape (n,)
        正确的类，0 到 k − 1。

    Returns
    -------
    loss : float
        平均损失。
    grad_logits : ndarray, shape (n, k)
        损失对 logits 的梯度 (softmax − one-hot) / n，dtype 同 logits。

    Examples
    --------
    >>> loss, grad = softmax_cross_entropy(np.zeros((1, 2)), np.array([0]))
    >>> round(loss, 4), grad
    (0.6931, array([[-0.5,  0.5]]))
    """
    n, k = table("logits", floats("logits", logits), "(n, k)").shape
    check_labels("labels", labels, n, k)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(n)
    loss = -float(log_probabilities[rows, labels].mean())
    grad = np.exp(log_probabilities)
    grad[rows, labels] -= 1
    return loss, grad / n


def mean_squared_error(prediction: NDArray, target: NDArray) -> tuple[float, NDArray]:
    """均方误差：对所有元素（不只是对样本）取平均。

    Parameters
    ----------
    prediction : ndarray
        预测值，任意形状，float32 或 float64。
    target : ndarray
        目标值，形状同 prediction。

    Returns
    -------
    loss : float
        mean((prediction − target)²)。
    grad_prediction : ndarray
        损失对 prediction 的梯度 2(prediction − target)/元素个数，dtype 同 prediction。

    Examples
    --------
    >>> mean_squared_error(np.array([[1.0], [3.0]]), np.array([[1.0], [1.0]]))
    (2.0, array([[0.],
           [2.]]))
    """
    if floats("prediction", prediction).size == 0:
        raise ValueError(f"prediction 应是非空的数组，得到形状 {prediction.shape}")
    if array("target", target).shape != prediction.shape:
        raise ValueError(f"target 应与 prediction 同形状 {prediction.shape}，得到 {target.shape}")
    error = (prediction - target).astype(prediction.dtype)
    return float(np.mean(error * error)), 2 * error / error.size
