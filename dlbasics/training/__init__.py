"""训练：小批量 × 网络 × 优化器，以及中断之后怎样接着训练。

>>> import numpy as np
>>> from dlbasics.datasets import digits
>>> from dlbasics.layers import Flatten, Linear, Sequential
>>> from dlbasics.losses import softmax_cross_entropy
>>> from dlbasics.optimizers import Momentum
>>> x, y = digits()
>>> rng = np.random.default_rng(0)
>>> model = Sequential(Flatten(), Linear(64, 10, rng=rng, dtype=x.dtype))
>>> history = fit(
...     model, x, y, loss=softmax_cross_entropy, optimizer=Momentum(lr=0.1),
...     epochs=5, batch_size=32, rng=rng, progress=False,
... )
>>> history.loss[-1] < 0.2, history.steps
(True, 285)
"""

from dlbasics.training.fitting import fit
from dlbasics.training.history import History
from dlbasics.training.saving import load_state, save_state

__all__ = ["History", "fit", "load_state", "save_state"]
