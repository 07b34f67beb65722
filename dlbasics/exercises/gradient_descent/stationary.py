"""★★ 梯度为零的是什么地方。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint
from dlbasics.exercises.gradient_descent.largest_lr import bowl


def stationary(hessian):
    """由驻点处的海森矩阵判断它是什么点。

    Parameters
    ----------
    hessian : ndarray, shape (d, d)
        对称矩阵；绝对值小于 1e-9 的特征值当作 0。

    Returns
    -------
    str
        "极小"、"极大"、"鞍点"、"不能判断" 之一。
    """
    curvatures = np.linalg.eigvalsh(hessian)
    up, down = np.any(curvatures > 1e-9), np.any(curvatures < -1e-9)
    if up and down:
        return "鞍点"
    if np.any(np.abs(curvatures) < 1e-9):
        return "不能判断"
    return "极小" if up else "极大"


def inputs(rng):
    yield (np.diag([2.0, 3.0]),)
    yield (np.diag([-2.0, -3.0]),)
    yield (np.diag([2.0, -3.0]),)
    yield (np.array([[1.0, 2.0], [2.0, 1.0]]),)
    yield (np.diag([2.0, 0.0]),)
    yield (np.diag([2.0, 0.0, -1.0]),)
    yield (np.array([[-1.0, -1.0], [-1.0, -1.0]]),)
    yield (np.zeros((2, 2)),)
    for values in [(0.5, 0.3), (1e-7, 2.0), (-1e-7, 2.0), (1e-7, -2.0)]:
        yield (np.diag(values),)
    for tiny in (1.5e-9, 7e-10):
        for values in [(tiny, 2.0), (-tiny, 2.0), (tiny, -2.0)]:
            yield (np.diag(values),)
    for signs in [(1, 1, 1), (1, -1, 1), (-1, -1, -1), (0, 1, 1), (0, -1, 1)]:
        yield (bowl(rng, np.array(signs) * rng.uniform(0.5, 3, 3)),)


def by_values(curvatures):
    return stationary(np.diag(curvatures))


def by_trace(hessian):
    return "极小" if np.trace(hessian) > 0 else "极大"


def exact_signs(hessian):
    """不当作 0：舍入误差的正负也算数。"""
    signs = np.sign(np.linalg.eigvalsh(hessian))
    return by_values(signs)


def else_saddle(hessian):
    """不全是正的，也不全是负的，就算作鞍点。"""
    answer = stationary(hessian)
    return "鞍点" if answer == "不能判断" else answer


def by_bounds(hessian):
    """把等于 0 的曲率算作正的。"""
    curvatures = np.linalg.eigvalsh(hessian)
    if np.all(curvatures > -1e-9):
        return "极小"
    return "极大" if np.all(curvatures < 1e-9) else "鞍点"


def zero_first(hessian):
    """一看见等于 0 的曲率就放弃。"""
    curvatures = np.linalg.eigvalsh(hessian)
    return "不能判断" if np.any(np.abs(curvatures) < 1e-9) else stationary(hessian)


SWAPPED = {"极小": "极大", "极大": "极小"}

EXERCISE = Exercise(
    id="gradient_descent/stationary",
    title="梯度为零的地方",
    stars=2,
    points=2,
    statement=r"""
梯度下降收敛时，保证的只是梯度趋于零。梯度为零的点叫驻点，它是什么地方，要看曲率。
给你二阶可导的 $f$ 在一个驻点处的海森矩阵 $H$（参数 `hessian`，$d\times d$ 的对称矩阵，
特征值就是各个主方向上的曲率）。只根据 $H$，返回下面四个词之一：

- `"极小"`：可以断定是（局部）极小点；
- `"极大"`：可以断定是（局部）极大点；
- `"鞍点"`：可以断定有的方向往上，有的方向往下；
- `"不能判断"`：只凭 $H$ 断定不了。

绝对值小于 $10^{-9}$ 的特征值当作 0。
想一想 $x^4$、$-x^4$、$x^3$ 在 0 处：它们的 $H$ 有什么不同？""",
    inputs=inputs,
    reference=stationary,
    compare=equals(),
    hints=[
        Hint(
            exact_signs,
            "有一个特征值本该是 0，算出来带着舍入误差。按题目说的，绝对值小于 1e-9 就当作 0。",
            "exact_signs",
        ),
        Hint(
            by_bounds,
            "有的方向曲率是 0。那个方向上更高阶的项说了算，H 里看不出来。",
            "by_bounds",
        ),
        Hint(
            else_saddle,
            "既不全是正的，也不全是负的，还不能断定是鞍点：要有的方向往上，有的方向往下。",
            "else_saddle",
        ),
        Hint(
            lambda hessian: by_values(np.diag(hessian)),
            "只看了对角线，也就是沿坐标轴的曲率。斜着的方向上可能是另一个样子。",
            "diagonal_only",
        ),
        Hint(
            zero_first,
            "有的方向曲率是 0，可是别的方向合起来已经足够下结论了。",
            "zero_first",
        ),
        Hint(
            lambda hessian: "极小",
            "梯度为零不等于到了最低处，山顶和鞍点的梯度也是零。看曲率的符号。",
            "always_minimum",
        ),
        Hint(
            lambda hessian: SWAPPED.get(stationary(hessian), stationary(hessian)),
            "这里各个方向的曲率同号。曲率是正的，沿那个方向走开，函数值是升还是降？",
            "swapped_signs",
        ),
        Hint(
            by_trace,
            "各方向曲率的和说明不了每一个方向。要看它们的符号是不是都相同。",
            "by_trace",
        ),
    ],
)
