"""收敛的理论：公式与真的去走、与矩阵的特征值一一对照。"""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dlbasics import landscapes
from dlbasics.optimizers import SGD, Momentum, Nesterov, minimize
from dlbasics.studies import convergence

mus = st.floats(0, 0.99)


def spectral_radius(alpha_lambda, mu):
    return np.abs(np.linalg.eigvals(convergence.iteration_matrix(alpha_lambda, mu))).max()


@given(st.floats(0.001, 5), mus, st.floats(-3, 3), st.floats(-3, 3))
def test_iteration_matrix_is_one_step_of_momentum(alpha_lambda, mu, v0, x0):
    x, optimizer = np.array([x0 - v0]), Momentum(lr=1.0, mu=mu)
    optimizer.step([x], [np.array([-v0])])
    before = np.array([v0, x[0]])
    optimizer.step([x], [alpha_lambda * x])
    after = convergence.iteration_matrix(alpha_lambda, mu) @ before
    assert_allclose(after, [optimizer.state[0]["v"][0], x[0]], rtol=1e-12, atol=1e-12)


@given(st.floats(-1, 5), mus)
def test_stability_is_spectral_radius_below_one(alpha_lambda, mu):
    assume(min(abs(alpha_lambda), abs(alpha_lambda - 2 * (1 + mu))) > 1e-6)
    assert convergence.is_stable(alpha_lambda, mu) == (spectral_radius(alpha_lambda, mu) < 1)


@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
def test_both_ends_of_the_stable_interval(mu):
    edge = 2 * (1 + mu)
    ends = np.array([0, 1e-9, edge - 1e-9, edge])
    assert_array_equal(convergence.is_stable(ends, mu), [False, True, True, False])


@pytest.mark.parametrize("mu", [1.0, 1.5])
def test_momentum_that_never_fades_is_not_stable(mu):
    assert not convergence.is_stable(0.1, mu)


@given(st.floats(0, 5), mus)
def test_momentum_rate_is_the_spectral_radius(alpha_lambda, mu):
    expected = spectral_radius(alpha_lambda, mu)
    assert_allclose(convergence.momentum_rate(alpha_lambda, mu), expected, atol=1e-7)


@given(st.floats(1e-3, 4), mus)
def test_nesterov_rate_is_the_spectral_radius_of_its_steps(alpha_lambda, mu):
    """把优化器当黑箱：从两个线性无关的状态各走一步，拼出一步的矩阵。"""
    columns = []
    for x0, v0 in [(1.0, 0.0), (0.0, 1.0)]:
        optimizer, x = Nesterov(lr=1.0, mu=mu), np.array([x0])
        optimizer.step([np.array([x0])], [np.zeros(1)])
        optimizer.state[0]["v"][:] = v0
        optimizer.step([x], [alpha_lambda * x])
        columns.append([x[0], optimizer.state[0]["v"][0]])
    expected = np.abs(np.linalg.eigvals(np.array(columns).T)).max()
    assert_allclose(convergence.nesterov_rate(alpha_lambda, mu), expected, atol=1e-6)


@given(mus)
def test_nesterov_is_stable_up_to_its_own_limit(mu):
    limit = 2 * (1 + mu) / (1 + 2 * mu)
    inside, outside = convergence.nesterov_rate([0.999 * limit, 1.001 * limit], mu)
    assert inside < 1 < outside


def test_momentum_rate_broadcasts():
    curvatures, mu = np.array([0.1, 1.0, 3.5]), np.array([[0.0], [0.9]])
    rates = convergence.momentum_rate(curvatures, mu)
    assert rates.shape == (2, 3)
    assert_allclose(rates[0], convergence.gradient_descent_rate(curvatures))
    assert_allclose(rates[1, 1:], np.sqrt(0.9))


@given(st.floats(0.01, 1.99))
def test_gradient_descent_rate_is_the_shrinking_of_one_step(alpha_lambda):
    path = minimize(landscapes.quadratic([alpha_lambda]), [1.0], SGD(lr=1.0), steps=1).x[:, 0]
    assert_allclose(convergence.gradient_descent_rate(alpha_lambda), abs(path[1]))


@given(st.floats(0.001, 0.999) | st.floats(1.001, 3.999))
def test_critical_mu_is_the_fastest(alpha_lambda):
    best = convergence.critical_mu(alpha_lambda)
    rate = convergence.momentum_rate(alpha_lambda, best)
    assert_allclose(rate, abs(1 - np.sqrt(alpha_lambda)), atol=1e-6)
    others = np.linspace(0, 0.9999, 2001)
    others = others[np.abs(others - best) > 1e-3]
    assert np.all(convergence.momentum_rate(alpha_lambda, others) > rate + 1e-5)


@given(st.floats(0.01, 10), st.floats(1.5, 1e4))
def test_optimal_gradient_descent_beats_its_neighbours(smallest, kappa):
    curvatures = np.geomspace(smallest, smallest * kappa, 101)

    def worst(lr):
        return convergence.gradient_descent_rate(lr * curvatures).max()

    lr, rate = convergence.optimal_gradient_descent(smallest, smallest * kappa)
    assert_allclose(worst(lr), rate)
    assert_allclose(rate, (kappa - 1) / (kappa + 1))
    assert worst(0.99 * lr) > rate
    assert worst(1.01 * lr) > rate


@given(st.floats(0.01, 10), st.floats(4, 1e4))
def test_optimal_momentum_beats_its_neighbours(smallest, kappa):
    curvatures = np.geomspace(smallest, smallest * kappa, 101)

    def worst(lr, mu):
        return convergence.momentum_rate(lr * curvatures, mu).max()

    lr, mu, rate = convergence.optimal_momentum(smallest, smallest * kappa)
    assert_allclose(worst(lr, mu), rate, atol=1e-6)
    assert_allclose(rate, (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1))
    slower = 1 - mu  # μ 与 1 之间的距离才是 μ 的自然尺度
    for lr_factor, mu_shift in [(0.98, 0), (1.02, 0), (1, 0.02), (1, -0.02), (1.02, 0.02)]:
        assert worst(lr_factor * lr, mu + mu_shift * slower) > rate + 1e-5


def test_round_bowl_is_solved_in_one_step():
    assert convergence.optimal_gradient_descent(4.0, 4.0) == (0.25, 0.0)
    assert convergence.optimal_momentum(4.0, 4.0) == (0.25, 0.0, 0.0)


def brute_force_settling(alpha_lambda, mu, tolerance, steps):
    x, v, last = 1.0, 0.0, 0
    for n in range(1, steps + 1):
        v = mu * v - alpha_lambda * x
        x = x + v
        if abs(x) > tolerance:
            last = n
    return last + 1 if last < steps else np.inf


@pytest.mark.parametrize("mu", [0.0, 0.3, 0.5, 0.9, 0.97])
@pytest.mark.parametrize("tolerance", [1e-1, 1e-6])
def test_settling_steps_by_brute_force(mu, tolerance):
    edge = 2 * (1 + mu)
    curvatures = np.array([0.02, 0.1, (1 - np.sqrt(mu)) ** 2, 0.7, 1.0, edge - 0.2, edge - 0.05])
    expected = [brute_force_settling(c, mu, tolerance, 5000) for c in curvatures]
    assert np.all(np.isfinite(expected))
    assert_array_equal(convergence.settling_steps(curvatures, mu, tolerance=tolerance), expected)


def test_settling_steps_by_hand():
    assert convergence.settling_steps(1.0, 0.0) == 1
    assert convergence.settling_steps(0.5, 0.0, tolerance=0.25) == 2
    assert convergence.settling_steps(0.1, 0.0) == np.ceil(np.log(1e-6) / np.log(0.9))


def test_settling_steps_of_the_diverging_is_infinite():
    curvatures = np.array([[-0.1, 0.0, 0.5], [2.0, 3.7, 3.9]])
    steps = convergence.settling_steps(curvatures, 0.9)
    assert_array_equal(np.isinf(steps), [[True, True, False], [False, False, True]])


def test_settling_steps_gives_up_after_max_steps():
    needed = convergence.settling_steps(0.001, 0.0)
    assert np.isfinite(needed)
    assert convergence.settling_steps(0.001, 0.0, max_steps=int(needed) - 1) == np.inf


def test_settling_steps_is_not_fooled_by_crossing_the_bottom():
    """第 7 步恰好穿过谷底，第 44 步才真的安定；停在中途时不能断定。"""
    assert convergence.settling_steps(0.05, 0.9, tolerance=0.1) == 44
    for max_steps in range(44):
        cut = convergence.settling_steps(0.05, 0.9, tolerance=0.1, max_steps=max_steps)
        assert cut == np.inf
