"""测什么：七种卷积，两个网络。"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod


@dataclass(frozen=True)
class Convolution:
    """一次卷积：``x`` 是 (N, C, H, W)，``weight`` 是 (F, C, kh, kw)。"""

    name: str
    x: tuple[int, int, int, int]
    weight: tuple[int, int, int, int]
    stride: int = 1
    padding: int = 0

    @property
    def output(self) -> tuple[int, int, int, int]:
        """输出的形状 (N, F, H', W')。"""
        height, width = (
            (size + 2 * self.padding - kernel) // self.stride + 1
            for size, kernel in zip(self.x[2:], self.weight[2:], strict=True)
        )
        return self.x[0], self.weight[0], height, width

    @property
    def multiplications(self) -> int:
        """前向的乘法次数；反向大约是它的两倍。"""
        n, f, height, width = self.output
        _, c, kh, kw = self.weight
        return n * f * height * width * c * kh * kw

    @property
    def data_bytes(self) -> int:
        """输入与输出合起来的字节数（float32）。"""
        return 4 * (prod(self.x) + prod(self.output))


CONVOLUTIONS = [
    Convolution("LeNet 第一层", (64, 1, 28, 28), (6, 1, 5, 5)),
    Convolution("LeNet 第二层", (64, 6, 14, 14), (16, 6, 5, 5)),
    Convolution("VGG 3×3，16→32", (32, 16, 32, 32), (32, 16, 3, 3), padding=1),
    Convolution("VGG 3×3，64→64", (64, 64, 16, 16), (64, 64, 3, 3), padding=1),
    Convolution("一张 512²，3×3", (1, 1, 512, 512), (1, 1, 3, 3)),
    Convolution("一张 512²，11×11", (1, 1, 512, 512), (1, 1, 11, 11)),
    Convolution("224²，7×7，步幅 2", (8, 3, 224, 224), (64, 3, 7, 7), stride=2),
]

SMOKE_CONVOLUTIONS = [Convolution("小", (1, 1, 9, 9), (1, 1, 3, 3))]


@dataclass(frozen=True)
class Training:
    """一个网络的训练：``layers`` 逐层写出，两边照着搭。"""

    name: str
    images: int
    size: int
    batch: int
    layers: tuple[tuple, ...]


# ("conv", 输入通道, 输出通道, 卷积核, 填充) 后接 ReLU；("pool", 窗口)；("linear", 输入, 输出)
TRAININGS = [
    Training(
        "LeNet-5，28×28，60000 张，批量 64",
        60_000,
        28,
        64,
        (
            ("conv", 1, 6, 5, 2),
            ("pool", 2),
            ("conv", 6, 16, 5, 0),
            ("pool", 2),
            ("flatten",),
            ("linear", 400, 120),
            ("relu",),
            ("linear", 120, 84),
            ("relu",),
            ("linear", 84, 10),
        ),
    ),
    Training(
        "小网络，8×8，1797 张，批量 32",
        1_797,
        8,
        32,
        (
            ("conv", 1, 8, 3, 1),
            ("pool", 2),
            ("conv", 8, 16, 3, 1),
            ("pool", 2),
            ("flatten",),
            ("linear", 64, 10),
        ),
    ),
]

SMOKE_TRAININGS = [
    Training("小", 64, 4, 8, (("conv", 1, 2, 3, 1), ("pool", 2), ("flatten",), ("linear", 8, 10))),
]


def convolutions(smoke: bool) -> list[Convolution]:
    """要测的卷积；``smoke`` 时只有很小的例子。"""
    return SMOKE_CONVOLUTIONS if smoke else CONVOLUTIONS


def trainings(smoke: bool) -> list[Training]:
    """要测的训练；``smoke`` 时只有很小的例子。"""
    return SMOKE_TRAININGS if smoke else TRAININGS
