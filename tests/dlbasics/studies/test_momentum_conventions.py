"""动量法的四种写法：学习率恒定时同路，改变时分成两派。"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dlbasics.landscapes import quadratic, rosenbrock
from dlbasics.optimizers import Momentum
from dlbasics.studies.momentum_conventions import ema, ema_lr, polyak, pytorch, source

FIELDS = {
    "quadratic": (quadratic([1.0, 10.0]).grad, [1.0, -2.0], 0.02),
    "rosenbrock": (rosenbrock().grad, [-1.2, 1.0], 5e-4),
}
every_field = pytest.mark.parametrize(("grad", "x0", "lr"), FIELDS.values(), ids=FIELDS)


def four_paths(grad, x0, lrs, mu):
    matched = [ema_lr(lr, mu) for lr in lrs]
    return {
        "source": source(grad, x0, lrs, mu),
        "polyak": polyak(grad, x0, lrs, mu),
        "pytorch": pytorch(grad, x0, lrs, mu),
        "ema": ema(grad, x0, matched, mu),
    }


@every_field
@given(mu=st.floats(0, 0.95))
def test_same_path_while_lr_is_constant(grad, x0, lr, mu):
    paths = four_paths(grad, x0, [lr] * 40, mu)
    for path in paths.values():
        assert path.shape == (41, 2)
        assert_allclose(path, paths["source"], rtol=1e-7, atol=1e-9)


@every_field
@pytest.mark.parametrize("mu", [0.5, 0.9])
def test_two_camps_after_lr_drops(grad, x0, lr, mu):
    drop = 10
    paths = four_paths(grad, x0, [lr] * drop + [lr / 10] * 10, mu)
    assert_allclose(paths["polyak"], paths["source"], rtol=1e-7)
    assert_allclose(paths["ema"], paths["pytorch"], rtol=1e-7)
    assert_allclose(paths["pytorch"][: drop + 1], paths["source"][: drop + 1], rtol=1e-7)
    apart = np.linalg.norm(paths["pytorch"] - paths["source"], axis=1)[drop + 1 :]
    last_step = np.linalg.norm(paths["source"][drop] - paths["source"][drop - 1])
    assert np.all(apart > 0.1 * last_step)


@every_field
def test_source_keeps_moving_after_lr_drops_to_almost_nothing(grad, x0, lr):
    lrs = [lr] * 10 + [1e-12]
    steps = {
        name: np.linalg.norm(np.diff(path, axis=0), axis=1)
        for name, path in four_paths(grad, x0, lrs, 0.9).items()
    }
    for name in ["source", "polyak"]:
        assert_allclose(steps[name][-1], 0.9 * steps[name][-2], rtol=1e-6)
    for name in ["pytorch", "ema"]:
        assert steps[name][-1] < 1e-6 * steps[name][-2]


@every_field
def test_source_is_the_momentum_optimizer(grad, x0, lr):
    lrs = [lr] * 10 + [lr / 10] * 10
    x, optimizer = np.array(x0), Momentum(lr, mu=0.9)
    path = [x.copy()]
    for optimizer.lr in lrs:
        optimizer.step([x], [grad(x)])
        path.append(x.copy())
    assert_array_equal(source(grad, x0, lrs, 0.9), path)


@pytest.mark.parametrize("walk", [source, pytorch, ema, polyak])
def test_start_is_not_modified(walk):
    start = np.array([1.0, 2.0])
    path = walk(lambda x: x, start, [0.1, 0.1], 0.9)
    assert_array_equal(start, [1.0, 2.0])
    assert_array_equal(path[0], start)


@pytest.mark.parametrize("walk", [source, pytorch, ema, polyak])
@pytest.mark.parametrize(
    ("start", "dtype"),
    [(np.float32([1, 2]), np.float32), (np.float64([1, 2]), np.float64), ([1, 2], np.float64)],
    ids=["float32", "float64", "int"],
)
def test_dtype_follows_the_start(walk, start, dtype):
    """碗的曲率与学习率都是 float64，走的路仍然与出发点同 dtype。"""
    lrs = np.array([0.1, 0.1, 0.05])
    path = walk(quadratic([1.0, 3.0]).grad, start, lrs, np.float64(0.9))
    assert path.dtype == dtype
    exact = walk(quadratic([1.0, 3.0]).grad, np.float64([1, 2]), lrs, 0.9)
    assert_allclose(path, exact, rtol=1e-5)


def test_ema_lr_by_hand():
    assert ema_lr(0.1, 0.0) == 0.1
    assert_allclose(ema_lr(0.1, 0.9), 1.0)
