"""试验场：每一个的梯度、极小点、向量化都经过外部核对。"""

import inspect

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import check_grad, rosen, rosen_der

from dlbasics import landscapes
from dlbasics.landscapes import Landscape
from dlbasics.optimizers import SGD, Momentum, minimize
from dlbasics.studies.convergence import optimal_gradient_descent, optimal_momentum

# 每个试验场至少一例；试验场添了而这里没添，test_every_landscape_has_an_example 就失败
EXAMPLES = {
    "slope": [landscapes.slope([2.0, -3.0, 0.5])],
    "quadratic": [landscapes.quadratic([3.0]), landscapes.quadratic([1.0, 100.0])],
    "power": [landscapes.power(p) for p in (1, 1.5, 2, 4)],
    "plateau": [landscapes.plateau(2.0), landscapes.plateau(0.5, incline=3.0)],
    "tilted_double_well": [
        landscapes.tilted_double_well(),
        landscapes.tilted_double_well(-0.3),
        landscapes.tilted_double_well(0.0, dimensions=2),
        landscapes.tilted_double_well(0.2, dimensions=2),
    ],
    "rosenbrock": [landscapes.rosenbrock()],
    "beale": [landscapes.beale()],
    "washboard": [landscapes.washboard()],
    "kinked_bowl": [landscapes.kinked_bowl()],
}
ALL = [
    (f"{name}-{i}", field) for name, fields in EXAMPLES.items() for i, field in enumerate(fields)
]
IDS = [label for label, _ in ALL]
FIELDS = [field for _, field in ALL]
every_landscape = pytest.mark.parametrize("field", FIELDS, ids=IDS)
every_line = pytest.mark.parametrize(
    "field",
    [field for field in FIELDS if field.dimensions == 1],
    ids=[label for label, field in ALL if field.dimensions == 1],
)


def points(field, count=200):
    """在 [-4, 4] 之内均匀取点；几乎必然避开折角。"""
    return np.random.default_rng(7).uniform(-4, 4, size=(count, field.dimensions))


def test_every_landscape_has_an_example():
    public = {name for name, _ in inspect.getmembers(landscapes, inspect.isfunction)}
    assert public == set(EXAMPLES)


@every_landscape
def test_gradient_is_the_central_difference(field):
    x, h = points(field), 1e-6
    loss, grad = field(x)
    for i, direction in enumerate(h * np.eye(field.dimensions)):
        difference = (field.loss(x + direction) - field.loss(x - direction)) / (2 * h)
        scale = 1 + np.abs(grad[:, i]) + np.abs(loss)
        assert np.all(np.abs(difference - grad[:, i]) < 1e-8 * scale)


@every_landscape
def test_gradient_passes_scipy_check_grad(field):
    for x in points(field, count=20):
        loss, grad = field(x)
        error = check_grad(lambda p: float(field.loss(p)), field.grad, x)
        assert error < 1e-5 * (1 + np.linalg.norm(grad) + abs(loss))


@every_landscape
def test_grid_equals_pointwise(field):
    grid = points(field, count=12).reshape(3, 4, field.dimensions)
    loss, grad = field(grid)
    assert loss.shape == (3, 4)
    assert grad.shape == grid.shape
    for index in np.ndindex(3, 4):
        one_loss, one_grad = field(grid[index])
        assert np.shape(one_loss) == ()
        assert_allclose(one_loss, loss[index], rtol=1e-13)
        assert_allclose(one_grad, grad[index], rtol=1e-13)


@every_landscape
def test_asking_does_not_change_the_position(field):
    x = points(field)
    before = x.copy()
    _, grad = field(x)
    grad += 1
    assert_array_equal(x, before)
    assert_array_equal(field.grad(x) + 1, grad)


@every_landscape
def test_gradient_vanishes_at_minima(field):
    assert_allclose(field.grad(field.minima), 0, atol=1e-9)


@every_landscape
def test_minima_are_lower_than_their_surroundings(field):
    rng = np.random.default_rng(3)
    for minimum in field.minima:
        nearby = minimum + rng.uniform(-0.05, 0.05, size=(500, field.dimensions))
        assert np.all(field.loss(nearby) > field.loss(minimum))


@every_landscape
def test_deepest_minimum_comes_first(field):
    assert np.all(np.diff(field.loss(field.minima)) >= 0)


@every_line
def test_no_minimum_is_missing(field):
    """在细密的网格上数一数比两侧都低的点。"""
    grid = np.arange(-30, 30, 1e-3)[:, None] + 1 / 3000
    loss = field.loss(grid)
    lowest = 1 + np.flatnonzero((loss[1:-1] < loss[:-2]) & (loss[1:-1] < loss[2:]))
    assert_allclose(np.sort(field.minima[:, 0]), grid[lowest, 0], atol=1.1e-3)


@every_landscape
@pytest.mark.parametrize("extra", [-1, 1])
def test_wrong_number_of_coordinates_is_refused(field, extra):
    with pytest.raises(ValueError, match="x 的最后一个轴"):
        field(np.zeros((5, field.dimensions + extra)))


def test_rosenbrock_is_scipy_rosen():
    field = landscapes.rosenbrock()
    for x in points(field):
        assert_allclose(field.loss(x), rosen(x), rtol=1e-12)
        assert_allclose(field.grad(x), rosen_der(x), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("field", "minimum"),
    [(landscapes.rosenbrock(), (1, 1)), (landscapes.beale(), (3, 0.5))],
    ids=["rosenbrock", "beale"],
)
def test_published_minima(field, minimum):
    assert_array_equal(field.minima, [minimum])
    assert field.loss(np.array(minimum, dtype=float)) == 0


def test_published_values_elsewhere():
    assert_allclose(landscapes.rosenbrock().loss(np.array([-1.2, 1.0])), 24.2)
    assert_allclose(landscapes.beale().loss(np.zeros(2)), 1.5**2 + 2.25**2 + 2.625**2)


def test_slope_has_no_minimum():
    assert landscapes.slope([1.0, 2.0]).minima.shape == (0, 2)


def test_plateau_is_flat_and_its_valley_is_half_the_incline_deep():
    field = landscapes.plateau(2.0, incline=3.0)
    x = np.array([-1.0, 0.0, 1.0, 2.0, 3.0])[:, None]
    assert_array_equal(field.loss(x), [3.0, 0.0, 0.0, 0.0, -1.5])
    assert_array_equal(field.grad(x)[:, 0], [-3.0, 0.0, 0.0, 0.0, 0.0])


def test_level_wells_are_equally_deep():
    field = landscapes.tilted_double_well(0.0)
    assert_allclose(np.sort(field.minima[:, 0]), [-1, 1])
    assert_allclose(field.loss(field.minima), -0.25)
    assert_array_equal(field.grad(np.zeros(1)), [0.0])


@pytest.mark.parametrize("tilt", [-0.38, -0.1, 0.1, 0.38])
def test_the_deeper_well_lies_downhill(tilt):
    deep, shallow = landscapes.tilted_double_well(tilt).minima[:, 0]
    assert np.sign(deep) == -np.sign(tilt)
    assert np.sign(shallow) == np.sign(tilt)


def test_washboard_has_many_minima():
    assert len(landscapes.washboard().minima) > 10


def test_kinked_bowl_traps_momentum_in_a_cycle_of_three():
    """Lessard、Recht、Packard (2016) §4.6 给出的循环，分母都是 1225。"""
    field = landscapes.kinked_bowl()
    lr, mu, _ = optimal_momentum(1.0, 25.0)
    assert_allclose([lr, mu], [1 / 9, 4 / 9])
    path = minimize(field, [3.3], Momentum(1 / 9, 4 / 9), steps=1000)
    cycle = np.array([792, -2208, 2592]) / 1225
    assert_allclose(cycle, [0.6465, -1.8024, 2.1159], atol=5e-5)
    assert_allclose(np.sort(path.x[-3:, 0]), np.sort(cycle), rtol=1e-9)


def test_kinked_bowl_lets_gradient_descent_converge():
    lr, rate = optimal_gradient_descent(1.0, 25.0)
    path = minimize(landscapes.kinked_bowl(), [3.3], SGD(lr), steps=300)
    assert np.all(np.abs(path.x[:, 0]) <= 3.3 * rate ** np.arange(301) + 1e-12)


def test_a_landscape_can_be_built_by_hand():
    cubic = Landscape("立方", lambda x: x[..., 0] ** 3, lambda x: 3 * x**2, np.empty((0, 1)))
    assert cubic.dimensions == 1
    assert cubic([2.0]) == (8.0, [12.0])
