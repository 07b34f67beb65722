"""网页里的计算与 dlbasics 逐点相同。"""

import math

import numpy as np
import pytest

from dlbasics.landscapes import quadratic
from dlbasics.live import MomentumRace, damping_map
from dlbasics.live.momentum_race import TERRAINS
from dlbasics.optimizers import SGD, Momentum, minimize
from dlbasics.studies.convergence import gradient_descent_rate, momentum_rate, settling_steps

NAMES = list(TERRAINS)
POINTS = np.random.default_rng(7).uniform(-3, 3, size=(200, 2))


def race(settings):
    return MomentumRace(**settings)


@pytest.fixture(scope="module")
def scenes(scripts):
    """每个场景的名字 → 设置；换地形时的起始设置也算场景。"""
    told = scripts.evaluate("race.SCENES.map(({ title, settings }) => [title, settings])")
    defaults = scripts.evaluate("Object.entries(race.LANDSCAPES).map(([n, l]) => [n, l.defaults])")
    return dict(told) | {name: {"landscape": name} | settings for name, settings in defaults}


@pytest.mark.parametrize("name", NAMES)
def test_landscapes_agree(scripts, name):
    values = """([name, points]) => {
        const land = race.landscape(name, 37);
        const at = (f) => points.map((p) => f(...p));
        return [at(land.loss), at(land.grad), land.minima];
    }"""
    loss, grad, minima = scripts.evaluate(values, [name, POINTS.tolist()])
    land = MomentumRace(landscape=name, kappa=37).terrain()
    np.testing.assert_allclose(loss, land.loss(POINTS), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(grad, land.grad(POINTS), rtol=1e-12, atol=1e-10)
    np.testing.assert_allclose(minima, land.minima, rtol=1e-12, atol=1e-13)


def js_path(scripts, settings, mu):
    walk = """(run) => {
        const { x, loss } = race.trajectory(race.landscape(run.landscape, run.kappa), run);
        return [x, loss];
    }"""
    return [np.array(one, dtype=float) for one in scripts.evaluate(walk, settings | {"mu": mu})]


def test_trajectories_agree_in_every_scene(scripts, scenes):
    for title, settings in scenes.items():
        land = race(settings).terrain()
        for mu in (0.0, settings["mu"]):
            x, loss = js_path(scripts, settings, mu)
            optimizer = Momentum(settings["lr"], mu) if mu else SGD(settings["lr"])
            path = minimize(land, settings["start"], optimizer, settings["steps"])
            assert len(x) == len(path.x) == settings["steps"] + 1
            # 相对于走过的范围比较；发散的路各分量可差很多个数量级
            size = np.abs(path.x).max(axis=0)
            np.testing.assert_allclose(x / size, path.x / size, rtol=0, atol=1e-12, err_msg=title)
            np.testing.assert_allclose(loss, path.loss, rtol=1e-9, atol=1e-13, err_msg=title)


def test_diverging_beyond_the_floats_is_the_same_step(scripts):
    settings = {"landscape": "rosenbrock", "start": [-1.5, 2.4], "lr": 0.01, "steps": 60}
    _, loss = js_path(scripts, settings, 0.9)
    path = minimize(race(settings).terrain(), settings["start"], Momentum(0.01, 0.9), 60)
    assert np.isfinite(path.loss).sum() == np.isfinite(loss).sum() < 61


def test_rates_agree_over_the_whole_map(scripts):
    al, mu = np.meshgrid(np.linspace(1e-4, 4, 81), np.linspace(0, 0.99, 67))
    grid = np.stack([al.ravel(), mu.ravel()], axis=1)
    rates = scripts.evaluate("(grid) => grid.map((one) => damping.rate(...one))", grid.tolist())
    np.testing.assert_allclose(rates, momentum_rate(grid[:, 0], grid[:, 1]), rtol=1e-12)


@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9, 0.99])
def test_settling_steps_agree(scripts, mu):
    al = np.geomspace(1e-4, 3.99, 40)
    count = "([als, mu]) => als.map((al) => damping.settlingSteps(al, mu, facts.damping_map))"
    steps = scripts.evaluate(count, [al.tolist(), mu])
    np.testing.assert_array_equal(steps, settling_steps(al, mu))


def test_gradient_descent_steps_may_be_counted_by_formula(scripts):
    al = np.append(np.geomspace(1e-3, 1.9, 40), 1.0)
    formula = np.ceil(np.log(1e-6) / np.log(np.maximum(gradient_descent_rate(al), 1e-6)))
    walked = settling_steps(al, 0.0)
    np.testing.assert_array_equal(formula, walked)
    told = "(als) => als.map((al) => damping.plainSteps(al, facts.damping_map))"
    np.testing.assert_array_equal(scripts.evaluate(told, al.tolist()), walked)
    assert scripts.evaluate(told, [2]) == [math.inf]


GRID = "(mu) => damping.gainGrid(mu, facts.damping_map.gain_grid)"


@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9, 0.99])
def test_the_gain_is_sampled_at_one_and_densely_where_it_peaks(scripts, mu):
    grid = damping_map.gain_grid(mu)
    np.testing.assert_allclose(scripts.evaluate(GRID, mu), grid, rtol=1e-12)
    assert 1 in grid
    fastest = (1 - np.sqrt(mu)) ** 2
    near = grid[(grid > 0.9 * fastest) & (grid < 1.3 * fastest)]
    assert mu == 0.99 or np.max(near[1:] / near[:-1]) < 1.005


def test_the_gain_curve_reaches_its_peak():
    al = damping_map.gain_grid(0.9)
    near = al[(al > 0.002) & (al < 0.004)]
    assert np.max(settling_steps(near, 0.0) / settling_steps(near, 0.9)) > 20


@pytest.mark.parametrize(
    ("al", "mu"), [(0.1, 0.9), (0.001, 0.9), (1.9, 0.3), (0.5, 0.0), (3.9, 0.9)]
)
def test_simulation_agrees_and_its_slope_is_the_rate(scripts, al, mu):
    simulate = "([al, mu, n]) => Array.from(damping.simulate(al, mu, n))"
    path = minimize(quadratic([1.0]), [1.0], Momentum(al, mu), 120)
    xs = scripts.evaluate(simulate, [al, mu, 120])
    np.testing.assert_allclose(xs, path.x[:, 0], rtol=1e-9, atol=1e-15)
    fit = "([al, mu]) => damping.fittedRate(damping.simulate(al, mu, 800))"
    assert scripts.evaluate(fit, [al, mu]) == pytest.approx(momentum_rate(al, mu), rel=2e-3)


def test_a_rate_of_zero_is_measured_as_zero(scripts):
    assert scripts.evaluate("damping.fittedRate(damping.simulate(1, 0, 800))") == 0


@pytest.mark.parametrize(
    ("al", "mu", "name"),
    [
        (0.01, 0.5, "过阻尼"),
        (0.25, 0.25, "临界阻尼"),
        (0.1, 0.9, "欠阻尼"),
        (1.7, 0.02, "变号"),
        (2.1, 0.0, "发散"),
        (3.7, 0.8, "发散"),
        (3.5, 0.8, "欠阻尼"),
    ],
)
def test_regions(scripts, al, mu, name):
    assert scripts.evaluate("([al, mu]) => damping.region(al, mu)", [al, mu]) == name


def test_contours_of_a_round_bowl_enclose_the_right_area(scripts):
    areas = """() => {
        const n = 101;
        const f = Float64Array.from({ length: n * n },
          (_, k) => (k % n - 50) ** 2 + (Math.floor(k / n) - 50) ** 2);
        const area = (loop) => Math.abs(loop.reduce((sum, [x, y], k) => {
          const [u, v] = loop[(k + 1) % loop.length];
          return sum + (x * v - u * y) / 2;
        }, 0));
        return [100, 900, 1e6].map((level) => race.contour(f, n, n, level).map(area));
    }"""
    small, large, everything = scripts.evaluate(areas)
    assert small == [pytest.approx(100 * math.pi, rel=0.01)]
    assert large == [pytest.approx(900 * math.pi, rel=0.01)]
    assert everything == [100 * 100]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-1.5, "−1.5"),
        (0.00123456, "0.00123"),
        (1.234e-5, "1.23×10⁻⁵"),
        (123456, "1.23×10⁵"),
        (math.inf, "∞"),
        (math.nan, "不是数"),
    ],
)
def test_numbers_are_written_for_reading(scripts, value, text):
    assert scripts.evaluate("(value) => race.number(value)", value) == text


def test_log_ticks_are_powers_of_ten(scripts):
    assert scripts.evaluate("race.powerTicks(1e-8, 1e4, 7)") == pytest.approx(
        [1e-8, 1e-6, 1e-4, 1e-2, 1, 1e2, 1e4]
    )
    assert scripts.evaluate("race.linearTicks(-2.2, 2.2)") == [-2, -1, 0, 1, 2]
