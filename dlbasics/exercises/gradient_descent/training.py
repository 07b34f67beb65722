"""★★★ 用梯度下降训练 softmax 回归。"""

import numpy as np

from dlbasics.datasets import digits
from dlbasics.exercises.comparison import satisfies_array
from dlbasics.exercises.exercise import Exercise, Hint
from dlbasics.losses import softmax_cross_entropy


def train(x, labels, classes, target):
    """用全部样本做梯度下降，把平均交叉熵降到不超过 target。

    Parameters
    ----------
    x : ndarray, shape (n, d)
        每行一个样本。不要修改它。
    labels : ndarray of int, shape (n,)
        正确的类，0 到 classes − 1。
    classes : int
        类的个数 k。
    target : float
        损失不能超过的值。

    Returns
    -------
    ndarray, shape (d, k)
        权重。
    """
    n, d = x.shape
    weight, one_hot = np.zeros((d, classes)), np.eye(classes)[labels]
    lr = 2 / np.linalg.eigvalsh(x.T @ x / n).max()
    while True:
        scores = np.exp(x @ weight - (x @ weight).max(axis=1, keepdims=True))
        probability = scores / scores.sum(axis=1, keepdims=True)
        if -np.log(probability[np.arange(n), labels]).mean() <= target:
            return weight
        weight = weight - lr * x.T @ (probability - one_hot) / n


def inputs(rng):
    yield np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]), np.array([0, 1, 0]), 2, 0.4
    yield np.array([[30.0], [30.0], [20.0], [-10.0]]), np.array([0, 0, 1, 1]), 2, 0.56
    yield np.array([[0.1, 0.0], [0.0, 0.1]]), np.array([1, 0]), 2, 0.3
    images, labels = digits()
    few = rng.permutation(len(images))[:100]
    pixels = images[few].reshape(100, -1)
    for x in (pixels, 16 * pixels):
        yield np.column_stack([x, np.ones(100)]), labels[few], 10, 0.4


def problem(weight, x, labels, classes, target):
    shape = (x.shape[1], classes)
    if weight.shape != shape:
        return f"形状应是 {shape}，得到 {weight.shape}"
    loss = softmax_cross_entropy(x @ weight, labels)[0]
    if loss <= target:
        return ""
    reason = f"损失是 {loss:.4g}，应不超过 {target:g}"
    start = np.log(classes)
    return f"{reason}；比权重全是 0 时的 {start:.4g} 还高" if loss > start else reason


def walk(x, labels, classes, lr, steps):
    weight = np.zeros((x.shape[1], classes))
    for _ in range(steps):
        weight = weight - lr * x.T @ softmax_cross_entropy(x @ weight, labels)[1]
    return weight


EXERCISE = Exercise(
    id="gradient_descent/training",
    title="训练一个 softmax 回归",
    stars=3,
    points=4,
    statement=r"""
把本章的东西合起来。$X\in\mathbb{R}^{n\times d}$ 是 $n$ 个样本（参数 `x`），
每个属于 $k$ 类之一（参数 `labels` 与 `classes`）。训练一个没有另设偏置的 softmax 回归
$W\in\mathbb{R}^{d\times k}$：把平均交叉熵降到不超过 `target`，返回 $W$。

检查的数据有的数值很小，有的很大：同一个学习率，在这一组上太大，在那一组上太慢。
由数据算出一个：损失是 $L$-光滑的，$L\le\tfrac12\lambda_{\max}(X^\top X/n)$，
$\lambda_{\max}$ 是最大的特征值。最后两组是 100 张真的手写数字，像素取 0 到 1 或者 0 到 16。

各组的 `target` 都做得到，任何满足要求的权重都算对。前面写好的梯度可以照搬过来。""",
    inputs=inputs,
    reference=train,
    compare=satisfies_array(problem),
    hints=[
        Hint(
            lambda x, labels, classes, target: np.zeros((x.shape[1], classes)),
            "权重还全是 0，没有训练。",
            "untrained",
        ),
        Hint(
            lambda x, labels, classes, target: train(x, labels, classes, target).T,
            "转置了：一行一个特征，一列一个类。",
            "transposed",
        ),
        Hint(
            lambda x, labels, classes, target: walk(x, labels, classes, -0.1, 100),
            "符号反了：沿着梯度走，损失越来越大。",
            "uphill",
        ),
        Hint(
            lambda x, labels, classes, target: walk(x, labels, classes, 0.1, 1),
            "只走了一步。一直走到损失够低为止。",
            "single_step",
        ),
        Hint(
            lambda x, labels, classes, target: walk(x, labels, classes, 1.0, 1000),
            "学习率 1 对这组数据太大，权重来回跳。由 x 算出合适的学习率。",
            "lr_too_large",
        ),
        Hint(
            lambda x, labels, classes, target: walk(x, labels, classes, 0.01, 1000),
            "学习率 0.01 对这组数据不合适，走 1000 步还不到。由 x 算出合适的学习率。",
            "lr_too_small",
        ),
    ],
)
