"""★★ 每一步现找学习率：回溯线搜索。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def backtracking(x, lr, c):
    """在 f(x) = Σ xᵢ⁴/4 上，从 lr 试起，找第一个合格的学习率。

    Parameters
    ----------
    x : ndarray, shape (d,)
        现在的位置，不全是 0。不要修改它。
    lr : float
        最先试的学习率。
    c : float
        至少要降到“直线预测”的几成，在 0 与 1 之间。

    Returns
    -------
    float
        lr、lr/2、lr/4……里第一个合格的。
    """

    def f(x):
        return np.sum(x**4) / 4

    grad = x**3
    while f(x - lr * grad) > f(x) - c * lr * grad @ grad:
        lr = lr / 2
    return lr


def inputs(rng):
    yield np.ones(4), 8.0, 0.7
    yield np.array([2.0]), 2.0, 0.5
    yield np.array([1.0, 3.0]), 1.0, 0.25
    yield np.array([0.1]), 1.0, 0.5
    for size in (2, 4):
        yield rng.normal(size=size, scale=3).round(2), 1.0, 0.3
    yield rng.normal(size=3).round(2), 8.0, 0.1


def search(x, lr, enough, factor=0.5, sign=-1):
    """从 lr 试起，直到 enough(新的损失, 旧的损失, 学习率, 梯度) 为真，至多试 2000 次。"""
    grad = x**3
    for _ in range(2000):
        if enough(np.sum((x + sign * lr * grad) ** 4) / 4, np.sum(x**4) / 4, lr, grad):
            break
        lr = lr * factor
    return lr


EXERCISE = Exercise(
    id="gradient_descent/backtracking",
    title="回溯线搜索",
    stars=2,
    points=3,
    statement=r"""
$f(x)=\tfrac14\sum_{i=1}^{d}x_i^4$ 没有处处够小的学习率，但每一点都有一个够小的。
回溯线搜索每走一步现找一个：从 $\alpha$ 试起（参数 `lr`），如果

$$f(x-\alpha g)\le f(x)-c\,\alpha\lVert g\rVert^2$$

就用它，否则把 $\alpha$ 减半再试。$g=\nabla f(x)$，第 $i$ 个分量是 $x_i^3$。
右边的 $\alpha\lVert g\rVert^2$ 是沿切线走能降多少，$c\in(0,1)$ 是至少要兑现的几成（参数 `c`），
这个不等式叫 Armijo 条件。返回第一个合格的 $\alpha$。
循环停不下来，多半是不等式写错了：中断内核，再对照一遍。

想一想：$c$ 取 0 行不行？取 1 呢？""",
    inputs=inputs,
    reference=backtracking,
    compare=equals(),
    hints=[
        Hint(
            lambda x, lr, c: search(x, lr, lambda new, old, lr, g: new < old),
            "只要求损失下降还不够：可能只降了一点点。右边还有第二项。",
            "any_decrease",
        ),
        Hint(
            lambda x, lr, c: search(x, lr, lambda new, old, lr, g: new <= old),
            "接受了一步跳到对面同样高的地方：右边的第二项漏了，或者符号反了。",
            "no_second_term",
        ),
        Hint(
            lambda x, lr, c: search(
                x, lr, lambda new, old, a, g: new <= old - c * a * np.linalg.norm(g)
            ),
            "右边的第二项里，梯度的长度要平方。",
            "unsquared",
        ),
        Hint(
            lambda x, lr, c: search(x, lr, lambda new, old, a, g: new <= old - a * (g @ g)),
            "c 没有用上：要求全额兑现，曲线往上弯就做不到，减半到舍入误差才停。",
            "full_promise",
        ),
        Hint(
            lambda x, lr, c: search(
                x, lr, lambda new, old, a, g: new <= old - c * a * (g @ g), sign=1
            ),
            "往上坡走了：新的位置是 x 减 α 乘梯度。减半到舍入误差才停。",
            "uphill",
        ),
        Hint(
            lambda x, lr, c: lr,
            "最先试的学习率不一定合格：先检查，不合格就减半再试。",
            "never_checked",
        ),
        Hint(
            lambda x, lr, c: backtracking(x, lr, c) / 2,
            "太小了，它的两倍就已经合格：先检查，不合格才缩小，而且每次只减半。",
            "halved_first",
        ),
        Hint(
            lambda x, lr, c: 2 * backtracking(x, lr, c),
            "返回的是最后一个不合格的。",
            "last_bad",
        ),
        Hint(
            lambda x, lr, c: lr / 2 if backtracking(x, lr, c) < lr else lr,
            "只减半了一次就停了。减半以后还要再检查。",
            "halved_once",
        ),
        Hint(
            lambda x, lr, c: search(
                x, lr, lambda new, old, a, g: new <= old - c * a * (g @ g), factor=0.1
            ),
            "每次要减半，不是缩小到十分之一。",
            "by_tenths",
        ),
    ],
)
