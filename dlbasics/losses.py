"""损失函数，连同它们的梯度。"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
    if logits.dtype not in (np.float32, np.float64):
        raise ValueError(f"logits 应是 float32 或 float64，得到 {logits.dtype}")
    if logits.ndim != 2 or logits.size == 0:
        raise ValueError(f"logits 应是非空的二维数组 (n, k)，得到形状 {logits.shape}")
    n, k = logits.shape
    if labels.shape != (n,) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels 应是形状 ({n},) 的整数数组，得到 {labels.shape} {labels.dtype}")
    if labels.min() < 0 or labels.max() >= k:
        raise ValueError(f"labels 应在 0 到 {k - 1} 之间，得到 {labels.min()} 到 {labels.max()}")
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(n)
    loss = -float(log_probabilities[rows, labels].mean())
    grad = np.exp(log_probabilities)
    grad[rows, labels] -= 1
    return loss, grad / n
