"""网络的层：每层会前向、会反向，知道自己的参数与输出形状。

数组都是 (n, C, H, W) 或 (n, D)，float32 或 float64；名字与 PyTorch 相同。

>>> import numpy as np
>>> rng = np.random.default_rng(0)
>>> lenet = Sequential(
...     Conv2d(1, 6, 5, rng=rng), Tanh(), AvgPool2d(2),
...     Conv2d(6, 16, 5, rng=rng), Tanh(), AvgPool2d(2),
...     Flatten(), Linear(400, 120, rng=rng), Tanh(),
...     Linear(120, 84, rng=rng), Tanh(), Linear(84, 10, rng=rng),
... )
>>> lenet.output_shape((1, 32, 32)), lenet.parameter_count
((10,), 61706)
"""

from dlbasics.layers.activations import ReLU, Tanh
from dlbasics.layers.base import Layer
from dlbasics.layers.convolutional import Conv2d, LocallyConnected2d
from dlbasics.layers.dense import Flatten, Linear
from dlbasics.layers.pooling import AvgPool2d, GlobalAvgPool2d, GlobalMaxPool2d, MaxPool2d
from dlbasics.layers.sequential import Sequential

__all__ = [
    "AvgPool2d",
    "Conv2d",
    "Flatten",
    "GlobalAvgPool2d",
    "GlobalMaxPool2d",
    "Layer",
    "Linear",
    "LocallyConnected2d",
    "MaxPool2d",
    "ReLU",
    "Sequential",
    "Tanh",
]
