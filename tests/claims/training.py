"""各章断言的测试共用的训练：批量 32，不显示进度条。"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlbasics.layers import Layer
from dlbasics.losses import softmax_cross_entropy
from dlbasics.optimizers import Optimizer
from dlbasics.training import fit


def trained(
    model: Layer,
    x: NDArray,
    y: NDArray,
    rng: np.random.Generator,
    *,
    optimizer: Optimizer,
    epochs: int,
    **options: Any,
) -> Layer:
    """就地训练分类网络 ``model``，并返回它；``options`` 交给 ``fit``。"""
    fit(
        model,
        x,
        y,
        loss=softmax_cross_entropy,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=32,
        rng=rng,
        progress=False,
        **options,
    )
    return model
