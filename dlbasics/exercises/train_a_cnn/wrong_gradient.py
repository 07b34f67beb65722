"""★★★ 找出写错的梯度。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, facts


def wrong_gradient(x, labels, w1, w2, grad1, grad2):
    """两层网络的两个手写的梯度，各写错了没有。

    Parameters
    ----------
    x : ndarray, shape (n, d)
        每行一个样本。
    labels : ndarray of int, shape (n,)
        正确的类，0 到 k − 1。
    w1, w2 : ndarray, shape (d, h) 与 (h, k)
        两层的权重。不要修改它们。
    grad1, grad2 : ndarray
        手写的、损失对 w1 与 w2 的梯度，形状同 w1 与 w2。

    Returns
    -------
    wrong1, wrong2 : bool
        写错了是 True。
    """

    def loss(w1, w2):
        scores = np.maximum(x @ w1, 0) @ w2
        normalizer = np.log(np.exp(scores).sum(axis=1))
        return np.mean(normalizer - scores[np.arange(len(x)), labels])

    def wrong(f, w, grad):
        numeric = np.zeros_like(w)
        for i in np.ndindex(w.shape):
            step = np.zeros_like(w)
            step[i] = 1e-5
            numeric[i] = (f(w + step) - f(w - step)) / 2e-5
        return np.abs(numeric - grad).max() > 1e-4 * np.abs(numeric).max()

    return wrong(lambda w: loss(w, w2), w1, grad1), wrong(lambda w: loss(w1, w), w2, grad2)


def example(rng, n, d, h, k, scale=1.0):
    """一组随机的网络与样本；ReLU 的输入都不靠近 0，那里不可导。"""
    while True:
        x = scale * rng.normal(size=(n, d)).round(2)
        w1, w2 = rng.normal(size=(d, h)).round(2), rng.normal(size=(h, k)).round(2)
        hidden = x @ w1
        if np.abs(hidden).min() > 0.1 * scale and np.any(hidden > 0) and np.any(hidden < 0):
            return x, rng.integers(k, size=n), w1, w2


def backward(x, labels, w1, w2, *, mask=True, average=True):
    """反向传播算出的两个梯度；可以故意写错。"""
    hidden = np.maximum(x @ w1, 0)
    scores = np.exp(hidden @ w2)
    grad_scores = scores / scores.sum(axis=1, keepdims=True) - np.eye(w2.shape[1])[labels]
    if average:
        grad_scores = grad_scores / len(x)
    grad_hidden = grad_scores @ w2.T
    if mask:
        grad_hidden = grad_hidden * (hidden > 0)
    return x.T @ grad_hidden, hidden.T @ grad_scores


def inputs(rng):
    fixed = np.random.default_rng(7)
    net = example(fixed, 2, 2, 2, 2)
    right = backward(*net)
    yield *net, *right
    yield *net, *backward(*net, mask=False)
    yield *net, right[0], -right[1]
    yield *net, right[0], raised(right[1], 0, 1)
    yield *net, raised(right[0], 1, 0), right[1]
    yield *net, right[0], raised(right[1], 1, 0, times=-1)
    yield *net, raised(right[0], 0, 1, times=-1), right[1]
    small = example(fixed, 2, 2, 2, 2, scale=1e-5)
    right = backward(*small)
    yield *small, right[0], 1.5 * right[1]
    yield downhill(fixed)
    for planted in ({"mask": False}, {"average": False}, {}):
        net = example(rng, 3, 3, 4, 3)
        yield *net, *backward(*net, **planted)


def raised(grad, row, column, times=1):
    """只有一个分量写大了；times 是 −1，就写小了。"""
    grad = grad.copy()
    grad[row, column] += times * np.abs(grad).max() / 2
    return grad


def downhill(rng):
    """一个样本，对 w1 的梯度没有正的分量；两个梯度都对。"""
    while True:
        net = example(rng, 1, 2, 2, 2)
        right = backward(*net)
        if right[0].max() <= 0:
            return *net, *right


def differing(x, labels, w1, w2, grad1, grad2):
    """写错的分量有几个。"""
    right = backward(x, labels, w1, w2)
    return sum(
        np.sum(np.abs(a - b) > 1e-6 * np.abs(a).max())
        for a, b in zip(right, (grad1, grad2), strict=True)
    )


EXERCISE = Exercise(
    id="train_a_cnn/wrong_gradient",
    title="找出写错的梯度",
    stars=3,
    points=4,
    statement=r"""
网络有两层：隐藏层 $H=\max(0,XW_1)$，打分 $S=HW_2$，没有偏置，损失是 softmax 之后的平均交叉熵

$$\ell=\frac1n\sum_{i=1}^{n}\Big(\ln\sum_{m}e^{S_{im}}-S_{i,y_i}\Big)$$

$X\in\mathbb{R}^{n\times d}$（参数 `x`）每行一个样本，$y_i$ 是第 $i$ 个样本的正确的类
（参数 `labels`），$W_1\in\mathbb{R}^{d\times h}$，$W_2\in\mathbb{R}^{h\times k}$
（参数 `w1`、`w2`）。
有人手写了反向传播，交来损失对 $W_1$、$W_2$ 的梯度 `grad1`、`grad2`。
哪一个写错了？各返回 True 或 False。

用中心差分核对，不要自己再写一遍反向传播。写错的都错得明显（相对误差大于 1%），
对的只有舍入误差；有的网络输入很小，梯度也很小。""",
    inputs=inputs,
    reference=wrong_gradient,
    compare=equals(),
    hints=facts(
        wrong_gradient,
        (
            lambda *args: differing(*args) == 0,
            "这一组的两个梯度与差分只差截断和舍入误差。打印出来，看看误差有多大。",
            "only_rounding",
        ),
        (
            lambda x, labels, w1, w2, grad1, grad2: np.abs(grad1).max() < 1e-3,
            "这一组的梯度很小。误差算大算小，要同梯度自己的大小比。",
            "small_gradient",
        ),
        (
            lambda *args: differing(*args) == 1,
            "这一组只有一个分量写错了。把每个分量都与差分核对。",
            "single_component",
        ),
        (
            lambda *args: differing(*args) > 1,
            "把手写的与差分的一个分量一个分量地打印出来，看看差在哪里。",
            "several_components",
        ),
        answers=2,
    ),
)
