"""★★★ 梯度无偏，一步之后的损失却平均偏高。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def loss_gap(hessian, grads, lr, batch_size):
    """小批量走一步，平均的损失比全体走一步高多少。

    Parameters
    ----------
    hessian : ndarray, shape (d, d)
        二次损失的海森矩阵 H。
    grads : ndarray, shape (n, d)
        每个样本的损失在 x 处的梯度，n ≥ 2。
    lr : float
        学习率 α。
    batch_size : int
        批量大小 b，1 到 n，均匀、无放回。

    Returns
    -------
    float
    """
    n = len(grads)
    deviations = grads - grads.mean(axis=0)
    covariance = deviations.T @ deviations / n
    covariance = covariance / batch_size * (n - batch_size) / (n - 1)
    return lr**2 / 2 * np.trace(hessian @ covariance)


def inputs(rng):
    yield (
        np.diag([1.0, 4.0]),
        np.array([[1, 0], [0, 2], [5, 1], [2, 1], [2, 0], [1, 3], [3, 0]], dtype=float),
        0.1,
        3,
    )
    two = np.array([[1.0, 3.0], [5.0, 1.0]])
    yield np.array([[2.0, 1.0], [1.0, 2.0]]), two, 0.5, 1
    yield np.array([[2.0, 1.0], [1.0, 2.0]]), two, 0.5, 2
    for n, d, batch_size in [(5, 2, 2), (8, 3, 3)]:
        root = rng.normal(size=(d, d))
        yield root @ root.T, rng.normal(size=(n, d)), rng.uniform(0.05, 1), batch_size


def second_moment(hessian, grads, lr, batch_size):
    n = len(grads)
    moment = grads.T @ grads / n / batch_size * (n - batch_size) / (n - 1)
    return lr**2 / 2 * np.trace(hessian @ moment)


def product_of_traces(hessian, grads, lr, batch_size):
    return np.trace(hessian) * loss_gap(np.eye(len(hessian)), grads, lr, batch_size)


EXERCISE = Exercise(
    id="minibatch_sgd/loss_gap",
    title="噪声抬高了多少损失",
    stars=3,
    points=4,
    statement=r"""
损失 $f$ 是 $d$ 个参数的二次函数，海森矩阵是 $H\in\mathbb{R}^{d\times d}$（参数 `hessian`）。
在 $x$ 处，$n$ 个样本的损失的梯度是 $\nabla\ell_i\in\mathbb{R}^d$（参数 `grads` 的各行），
全体的梯度 $g=\nabla f(x)$ 是它们的平均。均匀、无放回地抽 $b$ 个，平均梯度是 $\hat g_B$。
梯度无偏，$\mathbb{E}\,\hat g_B=g$；可是走一步之后的损失，平均起来偏高。求偏高多少：

$$\mathbb{E}\,f(x-\alpha\hat g_B)-f(x-\alpha g)$$

$\alpha$ 是学习率（参数 `lr`）。不必枚举各种小批量：展开到二次项，期望里只剩下
$\hat g_B$ 的协方差矩阵，而它可以由 `grads` 算出。""",
    inputs=inputs,
    reference=loss_gap,
    compare=equals(),
    hints=[
        Hint(
            lambda hessian, grads, lr, batch_size: 2 * loss_gap(hessian, grads, lr, batch_size),
            "二次项前面还有一个系数。",
            "no_half",
        ),
        Hint(
            lambda hessian, grads, lr, batch_size: loss_gap(hessian, grads, lr, batch_size) / lr,
            "位移是 −α 乘梯度，位移的二次项里有几个 α？",
            "single_lr",
        ),
        Hint(
            lambda hessian, grads, lr, batch_size: (
                lr**2 / 2 * np.trace(hessian @ np.cov(grads.T, bias=True))
            ),
            "这是批量为 1 的结果。一批的平均，协方差要小得多。",
            "batch_of_one",
        ),
        Hint(
            lambda hessian, grads, lr, batch_size: (
                lr**2 / 2 * np.trace(hessian @ np.cov(grads.T, bias=True)) / batch_size
            ),
            "这是有放回的结果。无放回时还要乘有限总体修正。",
            "no_correction",
        ),
        Hint(
            lambda hessian, grads, lr, batch_size: (
                loss_gap(hessian, grads, lr, batch_size) * len(grads) / (len(grads) - 1)
            ),
            "协方差除以了 n − 1（np.cov 默认如此）：这里是全体的协方差，除以 n。",
            "unbiased_covariance",
        ),
        Hint(
            lambda hessian, grads, lr, batch_size: (
                lr**2 / 2 * np.trace(hessian @ np.cov(grads.T)) / batch_size
            ),
            "两处要改：np.cov 默认除以 n − 1；无放回时还要乘有限总体修正。",
            "two_slips",
        ),
        Hint(
            lambda hessian, grads, lr, batch_size: (
                loss_gap(hessian, grads, lr, batch_size) * (len(grads) - 1) / len(grads)
            ),
            "有限总体修正的分母不对。用 b = 1 试一试：这时它应当是 1。",
            "wrong_correction",
        ),
        Hint(
            second_moment,
            "没有减去平均梯度。平均的部分两边都有，抵消了，只剩散开的部分。",
            "second_moment",
        ),
        Hint(
            product_of_traces,
            "各个方向的曲率与噪声要对应着乘，不是各自求和再相乘。",
            "product_of_traces",
        ),
        Hint(
            lambda hessian, grads, lr, batch_size: -loss_gap(hessian, grads, lr, batch_size),
            "符号反了：碗是往上弯的，散开以后平均的损失更高。",
            "reversed_sign",
        ),
        Hint(
            lambda hessian, grads, lr, batch_size: 0.0,
            "梯度无偏，位置也无偏；可是损失是位置的二次函数，平均的损失不等于平均位置处的损失。",
            "no_gap",
        ),
    ],
)
