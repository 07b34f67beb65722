"""梯度检查：用中心差分核对手写的梯度。

中心差分 (f(x + h) − f(x − h)) / 2h 有两种误差：h 太大，截断误差 ∝ h²；h 太小，两个几乎相等的
数相减，舍入误差 ∝ ε/h。float64 的 ε ≈ 2×10⁻¹⁶，两者在 h ≈ ε^(1/3) ≈ 10⁻⁵ 时相当，
相对误差约 10⁻¹⁰；float32 的 ε ≈ 10⁻⁷，无论怎样选 h 都只剩两三位有效数字，所以这里只收 float64。
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import floats, generator, positive
from dlbasics.layers import Layer


def numerical_gradient(f: Callable[[NDArray], float], x: NDArray, h: float = 1e-5) -> NDArray:
    """用中心差分求 f 在 x 处的梯度。

    Parameters
    ----------
    f : callable
        ``x -> float``。
    x : ndarray of float64
        不会被修改；有多少个元素，就要算多少次 f 的两倍。
    h : float
        差分的间隔，正数。

    Returns
    -------
    ndarray of float64
        形状同 x。

    Examples
    --------
    >>> numerical_gradient(lambda x: np.sum(x**2), np.array([1.0, -2.0])).round(6)
    array([ 2., -4.])
    """
    floats("x", x, [np.float64], why="（float32 的舍入误差太大）")
    h, x = positive("h", h), x.copy()
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        middle = x[index]
        x[index] = middle + h
        higher = f(x)
        x[index] = middle - h
        lower = f(x)
        x[index] = middle
        gradient[index] = (higher - lower) / (2 * h)
    return gradient


def gradcheck(
    target: Layer | Callable[[NDArray], tuple[float, NDArray]],
    x: NDArray,
    *,
    rng: np.random.Generator | None = None,
    h: float = 1e-5,
) -> float:
    """核对一层或一个函数的梯度，返回最大的相对误差。

    每个梯度数组的相对误差是 max|手写 − 差分| / max(max|手写|, max|差分|)。小于 10⁻⁷ 可以放心；
    大于 10⁻⁴ 多半写错了，或者 x 恰好靠近不可导的点（ReLU 的 0、最大汇聚里并列的最大值）：
    换一个随机的 x 再试。

    Parameters
    ----------
    target : Layer or callable
        一层：核对它对输入和对每个参数的梯度；参数也应是 float64，核对之后不变。
        一个函数 ``x -> (value, gradient)``，例如固定了标签的损失：核对对 x 的梯度。
    x : ndarray of float64
    rng : numpy.random.Generator, optional
        核对一层时必须给：用它产生随机的上游梯度，这样输出的每个元素都受到检查。
    h : float
        差分的间隔。

    Returns
    -------
    float

    Examples
    --------
    >>> from dlbasics.layers import Linear
    >>> rng = np.random.default_rng(0)
    >>> layer = Linear(4, 3, rng=rng, dtype=np.float64)
    >>> gradcheck(layer, rng.normal(size=(2, 4)), rng=rng) < 1e-7
    True
    """
    floats("x", x, [np.float64], why="（float32 的舍入误差太大）")
    pairs: Iterable[tuple[NDArray, NDArray]]
    if isinstance(target, Layer):
        pairs = _gradients_of_layer(target, x, generator("rng", rng), h)
    else:
        pairs = [(target(x.copy())[1], numerical_gradient(lambda z: target(z)[0], x, h))]
    return float(np.max([_relative_error(*pair) for pair in pairs]))  # np.max 不会漏掉 nan


def _gradients_of_layer(
    layer: Layer, x: NDArray, rng: np.random.Generator, h: float
) -> Iterator[tuple[NDArray, NDArray]]:
    """标量 Σ grad_output·layer(x) 的梯度，手写的与差分的，先 x 后各个参数。"""
    grad_output = rng.standard_normal(layer.forward(x).shape)
    grad_x = layer.backward(grad_output)
    assert grad_x is not None
    gradients = [g.copy() for g in layer.gradients]

    def projection(z: NDArray) -> float:
        return float(np.sum(grad_output * layer.forward(z)))

    yield grad_x, numerical_gradient(projection, x, h)
    for parameter, gradient in zip(layer.parameters, gradients, strict=True):
        original = parameter.copy()

        def projection_of_parameter(value: NDArray, parameter: NDArray = parameter) -> float:
            parameter[...] = value
            return projection(x)

        try:
            yield gradient, numerical_gradient(projection_of_parameter, original, h)
        finally:
            parameter[...] = original


def _relative_error(analytic: NDArray, numeric: NDArray) -> float:
    if analytic.shape != numeric.shape:
        raise ValueError(f"target 给出的梯度应与变量同形状 {numeric.shape}，得到 {analytic.shape}")
    scale = max(np.abs(analytic).max(initial=0), np.abs(numeric).max(initial=0))
    return float(np.abs(analytic - numeric).max(initial=0) / scale) if scale else 0.0
