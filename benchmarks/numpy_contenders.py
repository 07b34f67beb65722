"""NumPy 这边的写法：每种都有前向与反向，输入输出的形状相同。"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.signal import convolve, correlate

from benchmarks.cases import Convolution, Training
from dlbasics import layers
from dlbasics.convolution import (
    conv2d,
    conv2d_backward,
    conv2d_im2col,
    conv2d_im2col_backward,
)
from dlbasics.losses import softmax_cross_entropy
from dlbasics.optimizers import Momentum

Step = Callable[[], object]


def random_inputs(case: Convolution) -> tuple[NDArray, ...]:
    """x, weight, bias, grad_output，全是 float32。"""
    rng = np.random.default_rng(0)
    shapes = case.x, case.weight, case.weight[:1], case.output
    return tuple(rng.standard_normal(shape, np.float32) for shape in shapes)


def batch_last(x: NDArray) -> NDArray:
    """同样的数，批放在内存的最后：本书的层之间就是这样传递的。"""
    return np.ascontiguousarray(x.transpose(2, 1, 3, 0)).transpose(3, 1, 0, 2)


def ours(case: Convolution) -> dict[str, Step]:
    """本书的 conv2d，输入是上一层给出的样子。"""
    x, weight, bias, grad = random_inputs(case)
    return _ours(case, batch_last(x), weight, bias, batch_last(grad))


def ours_from_c_order(case: Convolution) -> dict[str, Step]:
    """本书的 conv2d，输入是普通的 C 次序数组。"""
    return _ours(case, *random_inputs(case))


def _ours(
    case: Convolution, x: NDArray, weight: NDArray, bias: NDArray, grad: NDArray
) -> dict[str, Step]:
    how = {"stride": case.stride, "padding": case.padding}
    return {
        "forward": lambda: conv2d(x, weight, bias, **how),
        "backward": lambda: conv2d_backward(grad, x, weight, **how),
        "first_layer": lambda: conv2d_backward(grad, x, weight, **how, need_grad_x=False),
    }


def im2col(case: Convolution) -> dict[str, Step]:
    """本书的黑板版。"""
    x, weight, bias, grad = random_inputs(case)
    how = {"stride": case.stride, "padding": case.padding}
    return {
        "forward": lambda: conv2d_im2col(x, weight, bias, **how),
        "backward": lambda: conv2d_im2col_backward(grad, x, weight, **how),
    }


def _windows(x: NDArray, case: Convolution) -> NDArray:
    p, s = case.padding, case.stride
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    return sliding_window_view(padded, case.weight[2:], (2, 3))[:, :, ::s, ::s]


def _fold(windows: NDArray, case: Convolution) -> NDArray:
    """[N, C, H', W', kh, kw] 加回图像。"""
    (n, c, h, w), p, s = case.x, case.padding, case.stride
    height, width = case.output[2:]
    padded = np.zeros((n, c, h + 2 * p, w + 2 * p), windows.dtype)
    for i, j in np.ndindex(*case.weight[2:]):
        padded[:, :, i : i + s * height : s, j : j + s * width : s] += windows[..., i, j]
    return padded[:, :, p : p + h, p : p + w]


def einsum(case: Convolution) -> dict[str, Step]:
    """窗口视图上的 np.einsum(optimize=True)。"""
    x, weight, bias, grad = random_inputs(case)
    contract = partial(np.einsum, optimize=True)

    def backward() -> tuple[NDArray, ...]:
        grad_weight = contract("nfhw,nchwij->fcij", grad, _windows(x, case))
        grad_x = _fold(contract("nfhw,fcij->nchwij", grad, weight), case)
        return grad_x, grad_weight, grad.sum(axis=(0, 2, 3))

    return {
        "forward": lambda: (
            contract("nchwij,fcij->nfhw", _windows(x, case), weight) + bias[:, None, None]
        ),
        "backward": backward,
    }


def tensordot(case: Convolution) -> dict[str, Step]:
    """窗口视图上的 np.tensordot。"""
    x, weight, bias, grad = random_inputs(case)

    def forward() -> NDArray:
        y = np.tensordot(_windows(x, case), weight, ((1, 4, 5), (1, 2, 3)))
        return (y + bias).transpose(0, 3, 1, 2)

    def backward() -> tuple[NDArray, ...]:
        grad_weight = np.tensordot(grad, _windows(x, case), ((0, 2, 3), (0, 2, 3)))
        windows = np.tensordot(grad, weight, (1, 0)).transpose(0, 3, 1, 2, 4, 5)
        return _fold(windows, case), grad_weight, grad.sum(axis=(0, 2, 3))

    return {"forward": forward, "backward": backward}


def scipy_signal(case: Convolution) -> dict[str, Step]:
    """scipy.signal：只适合一张图、一个卷积核、步幅 1。"""
    if (case.x[0], case.x[1], case.weight[0], case.stride, case.padding) != (1, 1, 1, 1, 0):
        return {}
    x, weight, bias, grad = (a.squeeze() for a in random_inputs(case))
    return {
        "forward": lambda: correlate(x, weight, mode="valid") + bias,
        "backward": lambda: (
            convolve(grad, weight, mode="full"),
            correlate(x, grad, mode="valid"),
            grad.sum(),
        ),
    }


CONTENDERS = {
    "本书": ours,
    "本书，C 次序": ours_from_c_order,
    "im2col": im2col,
    "einsum": einsum,
    "tensordot": tensordot,
    "scipy.signal": scipy_signal,
}


def training_step(case: Training) -> Step:
    """造出一个网络与数据，返回“训练一个小批量”。"""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((case.images, 1, case.size, case.size), np.float32)
    labels = rng.integers(0, 10, case.images)
    model = layers.Sequential(*(part for layer in case.layers for part in _layers(layer, rng)))
    optimizer = Momentum(0.01, 0.9)

    def step() -> None:
        chosen = rng.integers(0, case.images, case.batch)
        _, grad = softmax_cross_entropy(model.forward(x[chosen]), labels[chosen])
        model.backward(grad, need_grad_x=False)
        optimizer.step(model.parameters, model.gradients)

    return step


def _layers(layer: tuple, rng: np.random.Generator) -> list[layers.Layer]:
    single = {"rng": rng, "dtype": np.float32}
    match layer:
        case "conv", inputs, outputs, kernel, padding:
            conv = layers.Conv2d(inputs, outputs, kernel, padding=padding, **single)
            return [conv, layers.ReLU()]
        case "pool", kernel:
            return [layers.MaxPool2d(kernel)]
        case "linear", inputs, outputs:
            return [layers.Linear(inputs, outputs, **single)]
        case ("relu",):
            return [layers.ReLU()]
        case ("flatten",):
            return [layers.Flatten()]
    raise ValueError(f"layer 应是 conv、pool、linear、relu、flatten 之一，得到 {layer!r}")


def gemm_peak(size: int = 1024) -> tuple[Step, float]:
    """一次大矩阵乘法，与它的浮点运算次数。"""
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((size, size), np.float32) for _ in range(2))
    return lambda: a @ b, 2.0 * size**3
