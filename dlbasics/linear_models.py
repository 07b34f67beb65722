"""两个线性模型：softmax 回归（分类）与岭回归（它的损失正好是一只二次碗）。"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import array, not_negative, table
from dlbasics.losses import softmax_cross_entropy


def softmax_regression(
    weight: NDArray, bias: NDArray, x: NDArray, labels: NDArray
) -> tuple[float, NDArray, NDArray]:
    """softmax 回归的平均损失与梯度。

    Parameters
    ----------
    weight : ndarray, shape (d, k)
    bias : ndarray, shape (k,)
    x : ndarray, shape (n, d)
        每行一个样本。
    labels : ndarray of int, shape (n,)

    Returns
    -------
    loss : float
    grad_weight : ndarray, shape (d, k)
    grad_bias : ndarray, shape (k,)

    Examples
    --------
    什么都没学到时两类的概率各是 ½，损失是 ln 2：

    >>> x, labels = np.array([[1.0, 2.0]]), np.array([0])
    >>> loss, grad_weight, grad_bias = softmax_regression(np.zeros((2, 2)), np.zeros(2), x, labels)
    >>> round(loss, 4), grad_bias
    (0.6931, array([-0.5,  0.5]))
    >>> grad_weight
    array([[-0.5,  0.5],
           [-1. ,  1. ]])
    """
    _check_model(weight, bias, x)
    loss, grad_logits = softmax_cross_entropy(x @ weight + bias, labels)
    return loss, x.T @ grad_logits, grad_logits.sum(axis=0)


def sample_gradients(weight: NDArray, bias: NDArray, x: NDArray, labels: NDArray) -> NDArray:
    """softmax 回归里每个样本各自的梯度；对样本取平均，就是 ``softmax_regression`` 的梯度。

    Parameters
    ----------
    weight, bias, x, labels
        与 ``softmax_regression`` 相同。

    Returns
    -------
    ndarray, shape (n, (d + 1)·k)
        每行一个样本：先是权重的梯度（按行展开），后是偏置的梯度。

    Examples
    --------
    >>> x, labels = np.array([[1.0, 2.0], [2.0, 4.0]]), np.array([0, 1])
    >>> sample_gradients(np.zeros((2, 2)), np.zeros(2), x, labels)
    array([[-0.5,  0.5, -1. ,  1. , -0.5,  0.5],
           [ 1. , -1. ,  2. , -2. ,  0.5, -0.5]])
    """
    _check_model(weight, bias, x)
    _, grad_logits = softmax_cross_entropy(x @ weight + bias, labels)
    each = grad_logits * len(x)  # 平均的梯度里除过 n
    return np.concatenate([(x[:, :, None] * each[:, None]).reshape(len(x), -1), each], axis=1)


def ridge_hessian(x: NDArray, penalty: float) -> NDArray:
    """岭回归损失 ‖Xw − y‖²/2n + penalty·‖w‖²/2 的海森矩阵 XᵀX/n + penalty·I。

    它与 w、y 都无关，所以岭回归的损失是一只二次碗，特征值就是各个方向的曲率。

    Parameters
    ----------
    x : ndarray, shape (n, d)
    penalty : float
        正则化系数，不小于 0。

    Returns
    -------
    ndarray, shape (d, d)

    Examples
    --------
    >>> ridge_hessian(np.array([[1.0, 0.0], [0.0, 3.0]]), penalty=0.5)
    array([[1., 0.],
           [0., 5.]])
    """
    table("x", x)
    penalty = not_negative("penalty", penalty)
    return x.T @ x / len(x) + penalty * np.eye(x.shape[1], dtype=x.dtype)


def _check_model(weight: NDArray, bias: NDArray, x: NDArray) -> None:
    table("x", x)
    if array("weight", weight).ndim != 2 or weight.shape[0] != x.shape[1]:
        raise ValueError(f"weight 应是形状 ({x.shape[1]}, k) 的数组，得到形状 {weight.shape}")
    if array("bias", bias).shape != weight.shape[1:]:
        raise ValueError(f"bias 应是形状 {weight.shape[1:]} 的数组，得到形状 {bias.shape}")
