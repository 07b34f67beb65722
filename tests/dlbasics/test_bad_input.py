"""不合适的输入：一律 ValueError，用中文说出是哪个参数。"""

import re

import numpy as np
import pytest

from dlbasics import convergence, landscapes
from dlbasics.datasets import split
from dlbasics.linear_models import accuracy, ridge_hessian, softmax_regression
from dlbasics.losses import softmax_cross_entropy
from dlbasics.momentum_conventions import ema_lr
from dlbasics.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSProp
from dlbasics.sampling import minibatches
from dlbasics.trajectory import minimize

NAN, INF = float("nan"), float("inf")
RNG = np.random.default_rng(0)
ONES, INTS = np.ones(2), np.ones(2, dtype=int)
LABELS = np.array([0, 1])
bowl = landscapes.quadratic([1.0, 2.0])
MODEL = {"weight": np.eye(2), "bias": ONES, "labels": LABELS}

# (函数, 输入, 出错的参数)
TABLE = [
    *[
        (make, {"lr": lr}, "lr")
        for make in (SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam)
        for lr in (0.0, -0.1, NAN, INF)
    ],
    *[(make, {"lr": 0.1, "mu": mu}, "mu") for make in (Momentum, Nesterov) for mu in (-0.1, 1.1)],
    *[
        (make, {"lr": 0.1, "eps": eps}, "eps")
        for make in (AdaGrad, RMSProp, Adam)
        for eps in (0.0, -1e-8, NAN)
    ],
    *[(RMSProp, {"lr": 0.1, "rho": rho}, "rho") for rho in (-0.1, 1.0, NAN)],
    *[(Adam, {beta: value}, beta) for beta in ("beta1", "beta2") for value in (-0.1, 1.0)],
    (SGD(0.1).step, {"params": ONES, "grads": [ONES]}, "params"),
    (SGD(0.1).step, {"params": [ONES], "grads": ONES}, "grads"),
    (SGD(0.1).step, {"params": [ONES], "grads": []}, "grads"),
    (SGD(0.1).step, {"params": [INTS], "grads": [INTS]}, "params[0]"),
    (SGD(0.1).step, {"params": [ONES, ONES], "grads": [ONES, INTS]}, "grads[1]"),
    (SGD(0.1).step, {"params": [ONES], "grads": [np.ones(3)]}, "grads[0]"),
    (SGD(0.1).step, {"params": [ONES], "grads": [np.ones((2, 1))]}, "grads[0]"),
    *[
        (minimize, {"f_and_grad": bowl, "x0": ONES, "optimizer": SGD(0.1), "steps": steps}, "steps")
        for steps in (-1, 2.5, 3.0, NAN)
    ],
    (bowl.__call__, {"x": np.ones(3)}, "x"),
    (bowl.__call__, {"x": 1.0}, "x"),
    *[(landscapes.slope, {"gradient": g}, "gradient") for g in ([], 1.0, [[1.0]])],
    *[
        (landscapes.quadratic, {"eigenvalues": lam}, "eigenvalues")
        for lam in ([], 1.0, [[1.0]], [1.0, 0.0], [-1.0], [NAN])
    ],
    *[(landscapes.power, {"exponent": p}, "exponent") for p in (0.5, NAN)],
    *[(landscapes.plateau, {"width": w}, "width") for w in (0.0, -1.0, NAN)],
    *[(landscapes.plateau, {"width": 1.0, "incline": i}, "incline") for i in (0.0, -1.0, NAN)],
    *[(landscapes.tilted_double_well, {"tilt": t}, "tilt") for t in (0.4, -0.4, NAN)],
    *[(landscapes.tilted_double_well, {"dimensions": d}, "dimensions") for d in (0, 3)],
    *[
        (function, {"n": 1, "lr": 0.1, "mu": mu, "grad": 1.0}, "mu")
        for function in (convergence.velocity, convergence.displacement)
        for mu in (-0.1, 1.0, NAN)
    ],
    *[
        (convergence.terminal_velocity, {"lr": 0.1, "mu": mu, "grad": 1.0}, "mu")
        for mu in (-0.1, 1.0)
    ],
    *[(convergence.coasting_distance, {"speed": 1.0, "mu": mu}, "mu") for mu in (-0.1, 1.0)],
    *[(convergence.settling_steps, {"alpha_lambda": 0.1, "mu": mu}, "mu") for mu in (-0.1, 1.0)],
    *[
        (function, {"smallest": low, "largest": high}, name)
        for function in (convergence.optimal_gradient_descent, convergence.optimal_momentum)
        for low, high in ((0.0, 1.0), (2.0, 1.0), (NAN, 1.0), (1.0, NAN))
        for name in ("smallest", "largest")
    ],
    *[(ema_lr, {"lr": 0.1, "mu": mu}, "mu") for mu in (-0.1, 1.0)],
    *[(minibatches, {"n": n, "batch_size": 1, "rng": RNG}, "n") for n in (0, -3, 5.5)],
    *[
        (minibatches, {"n": 5, "batch_size": size, "rng": RNG}, "batch_size")
        for size in (0, 6, 2.0)
    ],
    *[(minibatches, {"n": 5, "batch_size": 2, "rng": rng}, "rng") for rng in (None, 0, np.random)],
    (softmax_cross_entropy, {"logits": np.ones(3), "labels": LABELS}, "logits"),
    (softmax_cross_entropy, {"logits": np.ones((0, 3)), "labels": LABELS}, "logits"),
    (softmax_cross_entropy, {"logits": np.ones((2, 0)), "labels": LABELS}, "logits"),
    (softmax_cross_entropy, {"logits": np.ones((2, 2), int), "labels": LABELS}, "logits"),
    *[
        (softmax_cross_entropy, {"logits": np.ones((2, 3)), "labels": np.array(labels)}, "labels")
        for labels in ([0], [0.0, 1.0], [0, 3], [-1, 0], [[0], [1]])
    ],
    *[
        (function, MODEL | {"x": x}, "x")
        for function in (softmax_regression, accuracy)
        for x in (np.ones(2), np.ones((0, 2)))
    ],
    *[
        (function, MODEL | {"x": np.ones((2, 2)), name: value}, name)
        for function in (softmax_regression, accuracy)
        for name, value in [
            ("weight", np.ones((3, 2))),
            ("weight", np.ones(2)),
            ("bias", np.ones(1)),
            ("bias", np.ones((2, 2))),
            ("labels", np.zeros((2, 1), int)),
            ("labels", np.zeros(3, int)),
        ]
    ],
    *[(ridge_hessian, {"x": x, "penalty": 0.1}, "x") for x in (np.ones(2), np.ones((0, 2)))],
    *[(ridge_hessian, {"x": np.ones((2, 2)), "penalty": p}, "penalty") for p in (-0.1, NAN)],
    (split, {"x": np.ones(3), "y": np.ones(4), "rng": RNG}, "y"),
    *[
        (split, {"x": ONES, "y": ONES, "rng": RNG, "test_fraction": f}, "test_fraction")
        for f in (0.0, 0.1, 0.9, 1.0, NAN)
    ],
    (split, {"x": ONES, "y": ONES, "rng": 0}, "rng"),
]


@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    TABLE,
    ids=[f"{row[0].__qualname__}-{row[2]}" for row in TABLE],
)
def test_bad_input_names_the_argument_in_chinese(function, arguments, name):
    with pytest.raises(ValueError) as error:
        function(**arguments)
    message = str(error.value)
    assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message), message
    assert re.search(r"[\u4e00-\u9fff]", message), message
