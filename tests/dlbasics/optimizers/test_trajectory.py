"""下山的路：逐步记录，不碰出发点。"""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlbasics.landscapes import quadratic, rosenbrock
from dlbasics.optimizers import SGD, Momentum, Trajectory, minimize


def test_records_every_position_and_loss():
    path = minimize(quadratic([1.0, 2.0]), [4.0, 4.0], SGD(lr=0.25), steps=3)
    assert_allclose(path.x, np.stack([4 * 0.75 ** np.arange(4), 4 * 0.5 ** np.arange(4)], axis=1))
    assert_allclose(path.loss, quadratic([1.0, 2.0]).loss(path.x))


def test_matches_a_loop_of_steps():
    field, optimizer = rosenbrock(), Momentum(lr=1e-3)
    x = np.array([-1.2, 1.0])
    for _ in range(50):
        optimizer.step([x], [field.grad(x)])
    assert_array_equal(minimize(field, [-1.2, 1.0], Momentum(lr=1e-3), steps=50).x[-1], x)


def test_no_steps_is_the_start_alone():
    path = minimize(quadratic([1.0]), [3.0], SGD(lr=0.1), steps=0)
    assert_array_equal(path.x, [[3.0]])
    assert_array_equal(path.loss, [4.5])


def test_start_is_not_modified():
    start = np.array([1.0, 1.0])
    path = minimize(quadratic([1.0, 1.0]), start, SGD(lr=0.5), steps=2)
    assert_array_equal(start, [1.0, 1.0])
    assert not np.shares_memory(path.x, start)


def test_gradient_may_be_the_position_itself():
    path = minimize(lambda x: (0.5 * x @ x, x), [1.0], SGD(lr=0.5), steps=2)
    assert_array_equal(path.x[:, 0], [1.0, 0.5, 0.25])


@pytest.mark.parametrize(
    ("start", "dtype"),
    [(np.float32([1]), np.float32), (np.float64([1]), np.float64), ([1], np.float64)],
    ids=["float32", "float64", "int"],
)
def test_dtype_follows_the_start(start, dtype):
    path = minimize(quadratic([1.0]), start, SGD(lr=0.5), steps=2)
    assert path.x.dtype == path.loss.dtype == dtype
    assert_array_equal(path.x[:, 0], [1.0, 0.5, 0.25])


def test_diverging_path_is_walked_to_the_end():
    path = minimize(quadratic([1.0]), [1.0], SGD(lr=1e3), steps=300)
    assert path.x.shape == (301, 1)
    assert not np.isfinite(path.loss[-1])


@pytest.mark.parametrize("steps", [4, 300])
def test_optimizer_keeps_its_state(steps):
    optimizer = Momentum(lr=0.1, mu=0.5)
    path = minimize(quadratic([1.0]), [1.0], optimizer, steps)
    assert_allclose(optimizer.state[0]["v"], path.x[-1] - path.x[-2])


def test_steps_to_finds_the_first_crossing():
    path = Trajectory(np.zeros((5, 1)), np.array([4.0, 2.0, 3.0, 1.0, 2.0]))
    assert path.steps_to(4.0) == 0
    assert path.steps_to(2.0) == 1
    assert path.steps_to(1.5) == 3
    assert path.steps_to(0.5) is None


def test_a_walked_path_cannot_be_replaced():
    path = minimize(quadratic([1.0]), [1.0], SGD(lr=0.5), steps=1)
    with pytest.raises(FrozenInstanceError):
        path.loss = np.zeros(2)
