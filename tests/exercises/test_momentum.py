"""动量法一章的练习：参考解答对照 dlbasics，别的正确答案也通过。"""

import numpy as np
import pytest

from dlbasics.exercises.momentum.worse_valley import STEPS
from dlbasics.landscapes import plateau, quadratic, slope, tilted_double_well
from dlbasics.optimizers import SGD, Momentum, minimize
from dlbasics.studies import convergence, momentum_conventions, rolling
from dlbasics.studies.convergence import settling_steps
from tests.exercises.asking import Chapter

SEEDS = (0, 1, 2)
CHAPTER = Chapter("momentum")
reference, passes, told = CHAPTER.reference, CHAPTER.passes, CHAPTER.told


def test_update_follows_the_optimizer_and_is_descent_without_memory():
    rng = np.random.default_rng(3)
    for mu in (0.0, 0.9):
        x, v = rng.normal(size=4), np.zeros(4)
        theirs, optimizer = x.copy(), Momentum(0.1, mu)
        plain, descent = x.copy(), SGD(0.1)
        for _ in range(10):
            grad = x**3
            x, v = reference("update")(x, v, grad, 0.1, mu)
            optimizer.step([theirs], [grad])
            descent.step([plain], [grad])
        np.testing.assert_array_equal(x, theirs)
        assert np.array_equal(x, plain) == (mu == 0)


def test_half_life_halves_the_velocity():
    for mu in (0.5, 0.9, 0.99):
        np.testing.assert_allclose(mu ** reference("half_life")(mu), 0.5)


def test_steps_to_terminal_agrees_with_counting():
    assert reference("steps_to_terminal")(0.9, 0.95) == 29

    def count(mu, fraction):
        n = 0
        while 1 - mu**n < fraction:
            n += 1
        return n

    assert all(passes("steps_to_terminal", count, seed) for seed in SEEDS)


def test_closed_form_agrees_with_the_optimizer_and_with_a_loop():
    path = minimize(slope([2.0]), [0.0], Momentum(0.1, 0.8), steps=12).x[:, 0]
    v, distance = reference("closed_form")(12, np.array([2.0]), 0.1, 0.8)
    np.testing.assert_allclose([v[0], distance[0]], [path[12] - path[11], path[12]])
    np.testing.assert_allclose(v, rolling.velocity(12, 0.1, 0.8, 2.0))

    def loop(n, grad, lr, mu):
        v, x = np.zeros_like(grad), np.zeros_like(grad)
        for _ in range(n):
            v = mu * v - lr * grad
            x = x + v
        return v, x

    assert all(passes("closed_form", loop, seed) for seed in SEEDS)


@pytest.mark.parametrize("form", ["source", "pytorch", "ema", "polyak"])
def test_converted_state_follows_the_same_road(form):
    def grad(x):
        return x**3 + x

    lr, mu, turn, end = 0.05, 0.8, 6, 20
    road = momentum_conventions.source(grad, [1.0, -2.0], [lr] * end, mu)
    v = road[turn] - road[turn - 1]
    new_lr, memory = reference("conventions")(lr, mu, v, form)
    x = road[turn]
    for n in range(turn, end):
        if form == "pytorch":
            memory = mu * memory + grad(x)
            x = x - new_lr * memory
        elif form == "ema":
            memory = mu * memory + (1 - mu) * grad(x)
            x = x - new_lr * memory
        else:
            memory = mu * memory - new_lr * grad(x)
            x = x + memory
        np.testing.assert_allclose(x, road[n + 1], rtol=1e-10)


def test_rescaled_velocity_follows_pytorch_after_the_change():
    def grad(x):
        return x**3 + x

    lrs = [0.1] * 5 + [0.01] * 5
    wanted = momentum_conventions.pytorch(grad, [1.0], lrs, 0.9)
    x, v, old = np.array([1.0]), np.zeros(1), 0.1
    for lr in lrs:
        if lr != old:
            v, old = reference("lr_change")(v, old, lr), lr
        v = 0.9 * v - lr * grad(x)
        x = x + v
    np.testing.assert_allclose(x, wanted[-1], rtol=1e-12)


@pytest.mark.parametrize("factor, crosses", [(0.99, False), (1.01, True)])
def test_crossing_mu_decides_on_a_real_plateau(factor, crosses):
    width, speed = 3.0, 0.8
    mu = reference("crossing")(speed, width) * factor
    grad = plateau(width).grad
    x, v = np.zeros(1), np.array([speed])
    for _ in range(2000):
        v = mu * v - 1e-3 * grad(x)
        x = x + v
    assert (x[0] > width) == crosses
    np.testing.assert_allclose(
        rolling.coasting_distance(speed, reference("crossing")(speed, width)), width
    )


def test_slower_accepts_any_place_where_momentum_loses():
    def by_search(mu, least):
        for alpha_lambda in np.geomspace(1, 1e-3, 60):
            descent, momentum = (settling_steps(alpha_lambda, m) for m in (0.0, mu))
            if momentum > descent >= least:
                return alpha_lambda
        return None

    assert all(passes("slower", by_search, seed) for seed in SEEDS)
    assert passes("slower", lambda mu, least: 1.2 * (1 - np.sqrt(mu)))
    for wrong in (0.0, 2.5, 1e-2, 0.06, 0.49, 0.5):
        assert not passes("slower", lambda mu, least, wrong=wrong: wrong)


def test_stability_agrees_with_the_spectral_radius():
    def by_matrix(hessian, lr, mu):
        radii = [
            np.abs(np.linalg.eigvals(convergence.iteration_matrix(lr * curvature, mu))).max()
            for curvature in np.linalg.eigvalsh(hessian)
        ]
        return max(radii) < 1 - 1e-9

    assert all(passes("stability", by_matrix, seed) for seed in SEEDS)


def test_stability_agrees_with_walking():
    def by_walking(hessian, lr, mu):
        x, v = np.random.default_rng(5).normal(size=len(hessian)), np.zeros(len(hessian))
        for _ in range(3000):
            v = mu * v - lr * hessian @ x
            x = x + v
            if np.abs(x).max() > 1e6:
                return False
        return bool(np.abs(x).max() < 1e-3)

    assert passes("stability", by_walking)


def test_optimal_agrees_with_the_theory_and_accepts_near_optima():
    for smallest, largest in [(1.0, 100.0), (0.3, 7.0)]:
        np.testing.assert_allclose(
            reference("optimal")(smallest, largest),
            convergence.optimal_momentum(smallest, largest)[:2],
        )

    def slightly_more_memory(smallest, largest):
        lr, mu = reference("optimal")(smallest, largest)
        return lr, mu ** (1 / 1.01)

    assert all(passes("optimal", slightly_more_memory, seed) for seed in SEEDS)
    assert not passes("optimal", lambda low, high: (2 / (low + high), 0.0))


def test_optimal_beats_the_fixed_09_on_a_real_bowl():
    bowl, start = quadratic([1.0, 100.0]), [1.0, 1.0]
    lr, mu = reference("optimal")(1.0, 100.0)
    tuned = minimize(bowl, start, Momentum(lr, mu), 400).steps_to(1e-12)
    usual = minimize(bowl, start, Momentum(0.01, 0.9), 400).steps_to(1e-12)
    assert tuned < usual


def test_worse_valley_accepts_other_starts_and_its_outcome_is_final():
    def first_found(mu, tilt):
        side = -np.sign(tilt)
        for x0 in side * np.arange(3, 1, -0.05):
            ends = [end(x0, kept, tilt, STEPS) for kept in (0.0, mu)]
            if ends[0] * tilt < 0 < ends[1] * tilt:
                return float(x0)
        return None

    assert passes("worse_valley", first_found)
    assert not passes("worse_valley", lambda mu, tilt: 30.0)
    x0 = reference("worse_valley")(0.9, 0.1)
    for kept, depth in [(0.0, 0), (0.9, 1)]:
        valley = tilted_double_well(0.1).minima[depth, 0]
        np.testing.assert_allclose(end(x0, kept, 0.1, 20 * STEPS), valley, atol=1e-6)


def end(x, mu, tilt, steps):
    v = 0.0
    for _ in range(steps):
        v = mu * v - 0.01 * (x**3 - x + tilt)
        x = x + v
    return x


def coasting(speed, width):
    """滑行的总距离随 μ 增大：二分。"""
    low, high = 0.0, 1.0
    for _ in range(80):
        mu = (low + high) / 2
        low, high = (mu, high) if abs(speed) * mu / (1 - mu) < width else (low, mu)
    return low


def update_one_by_one(x, v, grad, lr, mu):
    moved, speed = np.empty_like(x), np.empty_like(v)
    for i in np.ndindex(x.shape):
        speed[i] = mu * v[i] - lr * grad[i]
        moved[i] = x[i] + speed[i]
    return [moved, speed]


def summed(n, grad, lr, mu):
    speeds = [-lr * grad * sum(mu**i for i in range(k)) for k in range(1, n + 1)]
    zero = np.zeros_like(grad)
    return (speeds[-1] if n else zero), sum(speeds, zero)


def convert_by_cases(lr, mu, v, form):
    scale = {"source": 1, "polyak": 1, "pytorch": -1 / lr, "ema": (mu - 1) / lr}[form]
    return lr / (1 - mu if form == "ema" else 1), np.array([scale * a for a in v])


def convert_through_pytorch(lr, mu, v, form):
    total = -v / lr
    if form == "pytorch":
        return lr, total
    if form == "ema":
        return lr * (1 + mu / (1 - mu)), total * (1 - mu)
    return lr, -lr * total


def roots_inside(hessian, lr, mu):
    return all(
        np.abs(np.roots([1, -(1 + mu - lr * curvature), mu])).max() < 1 - 1e-9
        for curvature in np.linalg.eigvalsh(hessian)
    )


def formula_inside(hessian, lr, mu):
    b = 1 + mu - lr * np.linalg.eigvalsh(hessian)
    root = np.sqrt((b**2 - 4 * mu).astype(complex))
    return np.maximum(np.abs(b + root), np.abs(b - root)).max() < 2


def companion_inside(hessian, lr, mu):
    eye = np.eye(len(hessian))
    whole = np.block([[(1 + mu) * eye - lr * hessian, -mu * eye], [eye, 0 * eye]])
    return np.abs(np.linalg.eigvals(whole)).max() < 1


def optimal_by_kappa(smallest, largest):
    rate = (np.sqrt(largest / smallest) - 1) / (np.sqrt(largest / smallest) + 1)
    return np.array([(1 + rate) ** 2 / largest, rate**2])


def optimal_by_search(smallest, largest):
    """μ 给定，α 取到两端欠阻尼的界；二分找最小的 μ。"""
    low, high = 0.0, 1.0
    for _ in range(60):
        mu = (low + high) / 2
        fits = (1 - np.sqrt(mu)) ** 2 / smallest <= (1 + np.sqrt(mu)) ** 2 / largest
        low, high = (low, mu) if fits else (mu, high)
    return (1 + np.sqrt(high)) ** 2 / largest, high


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("update", update_one_by_one),
        ("update", lambda x, v, g, lr, mu: (x - (lr * g - mu * v), -(lr * g - mu * v))),
        ("half_life", lambda mu: 1 / np.log2(1 / mu)),
        ("half_life", lambda mu: float(np.emath.logn(mu, 0.5))),
        ("steps_to_terminal", lambda mu, f: -int(-np.log(1 - f) / np.log(mu) // 1)),
        ("closed_form", summed),
        ("conventions", convert_by_cases),
        ("conventions", convert_through_pytorch),
        ("lr_change", lambda v, old, new: [new * a / old for a in v] * np.ones(1)),
        ("lr_change", lambda v, old, new: -new * (-v / old)),
        ("crossing", coasting),
        ("crossing", lambda speed, width: 1 / (1 + np.hypot(speed, 0) / width)),
        ("slower", lambda mu, least: 1.3 * (1 - np.sqrt(mu))),
        ("slower", lambda mu, least: 1 - 1e-6 ** (1 / (1.1 * least))),
        ("stability", roots_inside),
        ("stability", formula_inside),
        ("stability", companion_inside),
        ("optimal", optimal_by_kappa),
        ("optimal", optimal_by_search),
    ],
)
def test_another_route_is_right_too(name, answer, seed):
    assert passes(name, answer, seed)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("stability", lambda h, lr, mu: bool(np.linalg.eigvalsh(h)[-1] < 2 * (1 + mu))),
        ("stability", lambda h, lr, mu: bool(lr * np.linalg.eigvalsh(h)[-1] < 2 * (1 + mu))),
        ("stability", lambda h, lr, mu: reference("stability")(np.diag(np.diag(h)), lr, mu)),
        ("steps_to_terminal", lambda mu, f: int(np.log(1 - f) / np.log(mu)) + 1),
        ("slower", lambda mu, least: 0.5),
    ],
)
def test_a_program_that_is_right_only_for_easy_inputs_is_refused(name, wrong, seed):
    assert not passes(name, wrong, seed)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("update", lambda x, v, g, lr, mu: (x + mu * v - g, mu * v - g)),
        ("update", lambda x, v, g, lr, mu: (x + mu * (v - lr * g), mu * (v - lr * g))),
        ("half_life", lambda mu: -1 / np.log(mu)),
        ("closed_form", lambda n, g, lr, mu: reference("closed_form")(n + 1, g, lr, mu)),
        ("lr_change", lambda v, old, new: v / old),
    ],
)
def test_a_mistake_without_a_hint_does_not_borrow_another_one(name, wrong):
    message = told(name, wrong)
    assert message.startswith("未通过")
    assert "提示" not in message


@pytest.mark.parametrize("seed", SEEDS)
def test_worse_valley_accepts_a_random_search(seed):
    def drawn(mu, tilt):
        starts = np.random.default_rng(seed).uniform(-3, 3, 2000)
        descent, momentum = (end(starts, kept, tilt, STEPS) for kept in (0.0, mu))
        return starts[np.argmax((descent * tilt < 0) & (momentum * tilt > 0))]

    assert passes("worse_valley", drawn, seed)
