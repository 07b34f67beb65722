"""★★ 换批量，换求和，学习率怎样跟着换。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def converted_lr(lr, old_batch, old_kind, new_batch, new_kind):
    """换一种批量大小和损失的写法，使每个样本的梯度对参数的作用不变。

    Parameters
    ----------
    lr : float
        原来的学习率。
    old_batch, new_batch : int
        原来的与新的批量大小。
    old_kind, new_kind : str
        小批量的损失是样本损失的平均 "mean"，还是和 "sum"。

    Returns
    -------
    float
        新的学习率。
    """
    per_sample = lr / old_batch if old_kind == "mean" else lr
    return per_sample * new_batch if new_kind == "mean" else per_sample


def inputs(rng):
    yield 0.64, 32, "mean", 64, "sum"
    yield 0.32, 32, "mean", 32, "sum"
    yield 0.01, 32, "sum", 32, "mean"
    yield 0.1, 32, "mean", 128, "mean"
    yield 0.1, 32, "sum", 128, "sum"
    for kinds in [("sum", "mean"), ("mean", "mean")]:
        old, new = rng.integers(1, 300, 2).tolist()
        yield rng.uniform(0.001, 1), old, kinds[0], new, kinds[1]


def same_batch(lr, old_batch, old_kind, new_batch, new_kind):
    """只管平均与和，不管批量变了多少。"""
    if old_kind == new_kind:
        return lr
    return lr / old_batch if new_kind == "sum" else lr * old_batch


EXERCISE = Exercise(
    id="minibatch_sgd/converted_lr",
    title="学习率怎样跟着换",
    stars=2,
    points=2,
    statement=r"""
小批量的损失有两种写法：样本损失的平均（`"mean"`）或者和（`"sum"`）。走一步是

$$
\begin{aligned}
x&\leftarrow x-\alpha\,\frac1b\sum_{i\in B}\nabla\ell_i(x) &&\text{（平均）}\\
x&\leftarrow x-\alpha\sum_{i\in B}\nabla\ell_i(x) &&\text{（和）}
\end{aligned}
$$

$B$ 是小批量，$b$ 是批量大小，$\alpha$ 是学习率，$\nabla\ell_i$ 是第 $i$ 个样本的损失的梯度。
写法和批量都可能要换。新的学习率取多少，才能使位移里每个 $\nabla\ell_i$ 前面的系数不变？
批量不变时，走的路完全相同；批量变了，这就是线性缩放。""",
    inputs=inputs,
    reference=converted_lr,
    compare=equals(),
    hints=[
        Hint(
            same_batch,
            "批量变了，取平均时每个样本的系数也跟着变，学习率要补回来。",
            "same_batch",
        ),
        Hint(
            lambda lr, old_batch, old_kind, new_batch, new_kind: lr,
            "学习率没有变。写出每个样本的梯度前面的系数，换写法或换批量时它变了没有？",
            "unchanged",
        ),
        Hint(
            lambda lr, old_batch, old_kind, new_batch, new_kind: (
                lr**2 / converted_lr(lr, old_batch, old_kind, new_batch, new_kind)
            ),
            "乘除反了。每个样本的梯度前面的系数变大了还是变小了？学习率应当往哪边改，才能抵消？",
            "inverted",
        ),
        Hint(
            lambda lr, old_batch, old_kind, new_batch, new_kind: np.sqrt(
                lr * converted_lr(lr, old_batch, old_kind, new_batch, new_kind)
            ),
            "按根号缩放，系数就变了。题目要每个样本的系数不变。",
            "square_root",
        ),
        Hint(
            lambda lr, old_batch, old_kind, new_batch, new_kind: (
                converted_lr(lr, old_batch, old_kind, new_batch, new_kind)
                * (new_batch / old_batch if new_kind == "sum" else 1)
            ),
            "损失取和时，一个样本的系数就是学习率，与批量无关，不必再缩放。",
            "sum_rescaled",
        ),
        Hint(
            lambda lr, old_batch, old_kind, new_batch, new_kind: converted_lr(
                lr, new_batch, old_kind, new_batch, new_kind
            ),
            "原来的系数要用原来的批量算。",
            "new_batch_for_old",
        ),
    ],
)
