"""参数的检查：该收的收下，类型不对的也一律用中文的 ValueError 说清楚。"""

import re
from fractions import Fraction

import numpy as np
import pytest

from dlbasics import _checks, landscapes
from dlbasics.datasets import split
from dlbasics.linear_models import ridge_hessian, softmax_regression
from dlbasics.losses import mean_squared_error, softmax_cross_entropy
from dlbasics.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSProp, minimize
from dlbasics.sampling import minibatches
from dlbasics.studies import convergence
from dlbasics.studies import momentum_conventions as conventions

NAN, INF = float("nan"), float("inf")
RNG = np.random.default_rng(0)
ONES, EYE, LABELS = np.ones(2), np.eye(2), np.array([0, 1])
MODEL = {"weight": EYE, "bias": ONES, "x": EYE, "labels": LABELS}
WALK = {"grad": np.ones_like, "x0": [1.0], "lrs": [0.1, 0.1], "mu": 0.9}
CURVATURES = {"smallest": 1.0, "largest": 2.0}

# (函数, 合适的输入, 换成不合适的)
TABLE = [
    *[
        (make, {"lr": 0.1}, {"lr": lr})
        for make in (SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam)
        for lr in ("0.1", None, 1j, [0.1])
    ],
    *[(Momentum, {"lr": 0.1}, {"mu": mu}) for mu in ("0.9", None, NAN)],
    *[
        (walk, WALK, wrong)
        for walk in (conventions.source, conventions.pytorch, conventions.ema, conventions.polyak)
        for wrong in (
            {"mu": -0.1},
            {"mu": 1.1},
            {"mu": "0.9"},
            {"lrs": 0.1},
            {"lrs": [0.1, 0.0]},
            {"lrs": ["0.1"]},
            {"x0": "a"},
            {"x0": [1j]},
            {"x0": [[1.0], [1.0, 2.0]]},
        )
    ],
    *[(conventions.ema_lr, {"lr": 0.1, "mu": 0.9}, {"lr": lr}) for lr in (0.0, -1.0, NAN, "1")],
    (minimize, {"f_and_grad": None, "optimizer": None, "steps": 1}, {"x0": ["a"]}),
    *[
        (rate, {"alpha_lambda": 1.0}, {"mu": mu})
        for rate in (convergence.momentum_rate, convergence.nesterov_rate)
        for mu in (-0.1, NAN, [0.5, -0.5])
    ],
    *[(convergence.critical_mu, {}, {"alpha_lambda": al}) for al in (-0.1, 4.1, NAN, [1.0, -1.0])],
    *[
        (convergence.settling_steps, {"alpha_lambda": 0.1, "mu": 0.9}, wrong)
        for wrong in (
            {"tolerance": 0.0},
            {"tolerance": -1e-6},
            {"tolerance": NAN},
            {"tolerance": "1"},
            {"max_steps": -1},
            {"max_steps": 1e5},
            {"mu": "0.9"},
        )
    ],
    *[
        (convergence.optimal_momentum, CURVATURES, wrong)
        for wrong in ({"smallest": "1"}, {"largest": None}, {"largest": INF})
    ],
    *[(landscapes.plateau, {"width": 1.0}, {name: INF}) for name in ("width", "incline")],
    *[(landscapes.plateau, {}, {"width": width}) for width in ("1", None)],
    *[(landscapes.power, {}, {"exponent": p}) for p in (INF, "2")],
    *[(landscapes.tilted_double_well, {}, {"tilt": tilt}) for tilt in ("0.1", None)],
    (landscapes.slope, {}, {"gradient": [NAN]}),
    (landscapes.quadratic, {}, {"eigenvalues": [1.0, INF]}),
    *[(softmax_regression, MODEL, {name: MODEL[name].tolist()}) for name in MODEL],
    (ridge_hessian, {"penalty": 0.1}, {"x": [[1.0]]}),
    *[(ridge_hessian, {"x": EYE}, {"penalty": penalty}) for penalty in (INF, "0.1")],
    (softmax_cross_entropy, {"labels": LABELS}, {"logits": [[1.0, 2.0], [1.0, 2.0]]}),
    (softmax_cross_entropy, {"logits": EYE}, {"labels": [0, 1]}),
    (mean_squared_error, {"target": ONES}, {"prediction": [1.0, 1.0]}),
    (mean_squared_error, {"prediction": ONES}, {"target": [1.0, 1.0]}),
    (split, {"y": ONES, "rng": RNG}, {"x": [1.0, 1.0]}),
    (split, {"x": ONES, "rng": RNG}, {"y": [1.0, 1.0]}),
    (split, {"x": ONES, "y": ONES, "rng": RNG}, {"test_fraction": "0.5"}),
    (minibatches, {"batch_size": 1, "rng": RNG}, {"n": "5"}),
]


@pytest.mark.parametrize(
    ("function", "right", "wrong"),
    TABLE,
    ids=[f"{row[0].__qualname__}-{next(iter(row[2]))}" for row in TABLE],
)
def test_wrong_kind_of_value_is_named_in_chinese(function, right, wrong):
    with pytest.raises(ValueError) as error:
        function(**right | wrong)
    message, (name,) = str(error.value), wrong
    assert re.search(rf"(?<!\w){name}(?!\w)", message), message
    assert re.search(r"[\u4e00-\u9fff]", message), message


def test_numbers_of_every_kind_become_plain_floats():
    for value in (0.5, np.float32(0.5), np.float64(0.5), Fraction(1, 2)):
        for check in (_checks.positive, _checks.fraction):
            assert type(check("lr", value)) is float
            assert check("lr", value) == 0.5
    assert _checks.positive("lr", 2) == 2.0


def test_ends_of_the_intervals():
    assert _checks.fraction("mu", 0) == 0
    assert _checks.fraction("mu", 1, one_allowed=True) == 1
    with pytest.raises(ValueError, match=r"mu 应在 \[0, 1\) 之内，得到 1"):
        _checks.fraction("mu", 1)
    assert [_checks.integer("n", n, 1, 3) for n in (1, 2, np.int64(3))] == [1, 2, 3]
    for n in (0, 4, 2.0):
        with pytest.raises(ValueError, match=f"n 应是 1 到 3 之间的整数，得到 {n}"):
            _checks.integer("n", n, 1, 3)
    with pytest.raises(ValueError, match="n 应是不小于 1 的整数，得到 0"):
        _checks.integer("n", 0, 1)


@pytest.mark.parametrize(
    ("value", "dtype"),
    [([1, 2], np.float64), (np.float32([1]), np.float32), (np.float16([1]), np.float64)],
    ids=["int", "float32", "float16"],
)
def test_as_floats_copies(value, dtype):
    copy = _checks.as_floats("x0", value)
    assert copy.dtype == dtype
    assert not np.shares_memory(copy, value)
