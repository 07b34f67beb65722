"""★★ softmax 回归的梯度。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def softmax_gradient(weight, x, labels):
    """softmax 回归的平均交叉熵对权重的梯度。

    Parameters
    ----------
    weight : ndarray, shape (d, k)
        权重：d 个特征，k 个类。不要修改它。
    x : ndarray, shape (n, d)
        每行一个样本。
    labels : ndarray of int, shape (n,)
        正确的类，0 到 k − 1。

    Returns
    -------
    ndarray, shape (d, k)
    """
    scores = x @ weight
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    probability = scores / scores.sum(axis=1, keepdims=True)
    target = np.eye(weight.shape[1])[labels]
    return x.T @ (probability - target) / len(x)


def inputs(rng):
    yield np.zeros((3, 4)), np.array([[1.0, 2.0, 0.0], [3.0, 5.0, 1.0]]), np.array([0, 1])
    yield np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 0.5]]), np.array([[1.0, 2.0]]), np.array([1])
    for n, d, k in [(4, 3, 3), (5, 2, 4)]:
        yield rng.normal(size=(d, k)).round(2), rng.normal(size=(n, d)), rng.integers(k, size=n)
    yield np.array([[3000.0, 0.0]]), np.array([[1.0], [-1.0]]), np.array([1, 1])


def parts(weight, x, labels):
    """概率与独热的目标。"""
    scores = np.exp(x @ weight)
    return scores / scores.sum(axis=1, keepdims=True), np.eye(weight.shape[1])[labels]


def wrong_axis(weight, x, labels):
    scores, target = np.exp(x @ weight), parts(weight, x, labels)[1]
    return x.T @ (scores / scores.sum(axis=0) - target) / len(x)


def compare(got, expected, args):
    """相等；有 nan 就说出它从哪里来：nan 与什么都不相等，写不成一条提示。"""
    problem = equals()(got, expected, args)
    if problem and isinstance(got, np.ndarray) and got.dtype.kind == "f" and np.isnan(got).any():
        return f"{problem}\n提示　有 nan：打分太大，e 的幂溢出。指数里先减去每一行自己的最大值。"
    return problem


EXERCISE = Exercise(
    id="gradient_descent/softmax_gradient",
    title="softmax 回归的梯度",
    stars=2,
    points=3,
    statement=r"""
$n$ 个样本排成 $X\in\mathbb{R}^{n\times d}$，权重是 $W\in\mathbb{R}^{d\times k}$，
打分是 $S=XW\in\mathbb{R}^{n\times k}$。第 $i$ 个样本属于第 $j$ 类的概率是

$$P_{ij}=\frac{e^{S_{ij}}}{\sum_{m=1}^{k}e^{S_{im}}}$$

第 $i$ 个样本的正确的类是 $y_i$（参数 `labels`），损失是平均交叉熵
$f(W)=-\frac1n\sum_i\ln P_{i,y_i}$。它对打分的梯度是 $(P-Y)/n$，其中
$Y\in\mathbb{R}^{n\times k}$ 是独热（one-hot）的目标：$Y_{i,y_i}=1$，其余是 0。
由此求损失对 $W$ 的梯度，形状与 $W$ 相同。

打分可能有几千，直接算 $e^{S_{ij}}$ 会溢出：先把每行减去这一行最大的数，概率不变。""",
    inputs=inputs,
    reference=softmax_gradient,
    compare=compare,
    hints=[
        Hint(
            lambda weight, x, labels: len(x) * softmax_gradient(weight, x, labels),
            "损失对样本取了平均，梯度却是各个样本之和。",
            "summed",
        ),
        Hint(
            lambda weight, x, labels: softmax_gradient(weight, x, labels) / weight.shape[1],
            "除以了全部元素的个数。平均只对样本取，不对类取。",
            "over_all_entries",
        ),
        Hint(
            lambda weight, x, labels: -softmax_gradient(weight, x, labels),
            "符号反了：概率减目标，不是目标减概率。",
            "reversed_sign",
        ),
        Hint(
            lambda weight, x, labels: x.T @ parts(weight, x, labels)[0] / len(x),
            "没有减去目标：正确的类没有起作用。",
            "no_target",
        ),
        Hint(
            wrong_axis, "概率除错了方向：每个样本（每行）的概率之和是 1，不是每列。", "wrong_axis"
        ),
        Hint(
            lambda weight, x, labels: x.T @ (x @ weight - parts(weight, x, labels)[1]) / len(x),
            "打分还没有变成概率。",
            "scores_as_probabilities",
        ),
        Hint(
            lambda weight, x, labels: softmax_gradient(weight, x, labels).T,
            "转置了：梯度的形状应与 weight 相同，一行一个特征，一列一个类。",
            "transposed",
        ),
    ],
)
