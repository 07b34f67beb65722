"""PyTorch 这边：只在它自己的环境里导入，不依赖 dlbasics。"""

from __future__ import annotations

import os
from collections.abc import Callable

import torch
from torch import nn

from benchmarks.cases import Convolution, Training

Step = Callable[[], object]


def pytorch(case: Convolution) -> dict[str, Step]:
    """torch.conv2d 与它的反向算子，不经过自动求导的记账。"""
    torch.manual_seed(0)
    x, weight, bias = torch.randn(case.x), torch.randn(case.weight), torch.randn(case.weight[0])
    grad = torch.randn(case.output)
    stride, padding = [case.stride] * 2, [case.padding] * 2

    def backward(need_grad_x: bool) -> Step:
        wanted = [need_grad_x, True, True]
        return lambda: torch.ops.aten.convolution_backward(
            grad, x, weight, [len(bias)], stride, padding, [1, 1], False, [0, 0], 1, wanted
        )

    return {
        "forward": lambda: torch.conv2d(x, weight, bias, stride, padding),
        "backward": backward(True),
        "first_layer": backward(False),
    }


CONTENDERS = {"PyTorch": pytorch}


def training_step(case: Training) -> Step:
    """造出一个网络与数据，返回“训练一个小批量”。"""
    torch.manual_seed(0)
    x = torch.randn(case.images, 1, case.size, case.size)
    labels = torch.randint(0, 10, (case.images,))
    model = nn.Sequential(*(part for layer in case.layers for part in _layers(layer)))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    loss = nn.CrossEntropyLoss()

    def step() -> None:
        chosen = torch.randint(0, case.images, (case.batch,))
        optimizer.zero_grad()
        loss(model(x[chosen]), labels[chosen]).backward()
        optimizer.step()

    return step


def _layers(layer: tuple) -> list[nn.Module]:
    match layer:
        case "conv", inputs, outputs, kernel, padding:
            return [nn.Conv2d(inputs, outputs, kernel, padding=padding), nn.ReLU()]
        case "pool", kernel:
            return [nn.MaxPool2d(kernel)]
        case "linear", inputs, outputs:
            return [nn.Linear(inputs, outputs)]
        case ("relu",):
            return [nn.ReLU()]
        case ("flatten",):
            return [nn.Flatten()]
    raise ValueError(f"layer 应是 conv、pool、linear、relu、flatten 之一，得到 {layer!r}")


def gemm_peak(size: int = 1024) -> tuple[Step, float]:
    """一次大矩阵乘法，与它的浮点运算次数。"""
    a, b = torch.randn(size, size), torch.randn(size, size)
    return lambda: a @ b, 2.0 * size**3


torch.set_num_threads(int(os.environ["BENCHMARK_THREADS"]))
