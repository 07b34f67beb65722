"""原文动量一节的断言（总账第 31–46 条）：每条的正确说法，用数值演示一遍。"""

import numpy as np
import pytest
from sklearn.neural_network._stochastic_optimizers import SGDOptimizer

from dlbasics.landscapes import (
    kinked_bowl,
    plateau,
    quadratic,
    rosenbrock,
    slope,
    tilted_double_well,
)
from dlbasics.optimizers import SGD, Momentum, minimize
from dlbasics.studies.convergence import (
    gradient_descent_rate,
    momentum_rate,
    optimal_gradient_descent,
    optimal_momentum,
    settling_steps,
)
from dlbasics.studies.rolling import coasting_distance, terminal_velocity


def velocities(path):
    """速度就是每一步的位移。"""
    return np.diff(path.x, axis=0)


def roll_on_the_flat(v0, mu, steps):
    """带着速度 v0 滚到平地上，此后梯度为 0；返回 v0 起的各步速度。"""
    optimizer, x = Momentum(lr=1.0, mu=mu), np.zeros(1)
    optimizer.step([x], [np.array([-v0])])
    speeds = [v0]
    for _ in range(steps):
        optimizer.step([x], [np.zeros(1)])
        speeds.append(optimizer.state[0]["v"][0])
    return np.array(speeds)


def measured_rate(path, start):
    """从第 start 步起，误差平均每步缩小的倍数。"""
    error = np.linalg.norm(path.x, axis=1)
    return (error[-1] / error[start]) ** (1 / (len(error) - 1 - start))


def test_claim_31_displacement_is_not_the_gradient():
    lr, mu, hill = 0.001, 0.9, rosenbrock()
    descent = minimize(hill, [-1.2, 1.0], SGD(lr), steps=20)
    _, g = hill(descent.x[:-1])
    np.testing.assert_allclose(velocities(descent), -lr * g, rtol=1e-9)
    optimizer = Momentum(lr, mu)
    ball = minimize(hill, [-1.2, 1.0], optimizer, steps=20)
    np.testing.assert_allclose(velocities(ball)[-1], optimizer.state[0]["v"], rtol=1e-9)
    _, g = hill(ball.x[-2])
    assert not np.allclose(velocities(ball)[-1], -lr * g, rtol=0.1)


def test_claim_32_directional_derivative_peaks_at_the_gradient():
    hill, x, h = rosenbrock(), np.array([-1.2, 1.0]), 1e-6
    _, g = hill(x)
    angle = np.linspace(0, 2 * np.pi, 3601)
    u = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    slopes = (hill.loss(x + h * u) - hill.loss(x - h * u)) / (2 * h)
    np.testing.assert_allclose(slopes, u @ g, atol=1e-5 * np.linalg.norm(g))
    assert slopes.max() == pytest.approx(np.linalg.norm(g), rel=1e-5)
    np.testing.assert_allclose(u[slopes.argmax()], g / np.linalg.norm(g), atol=2e-3)


@pytest.mark.parametrize("optimizer", [lambda: SGD(0.02), lambda: Momentum(0.02, 0.9)])
def test_claim_33_nothing_moves_from_rest_at_a_saddle(optimizer):
    saddle = tilted_double_well(0.0, dimensions=2)
    stuck = minimize(saddle, [0.0, 0.0], optimizer(), steps=3000)
    assert np.all(stuck.x == 0)
    nudged = minimize(saddle, [1e-12, 0.0], optimizer(), steps=3000)
    np.testing.assert_allclose(nudged.x[-1], [1.0, 0.0], atol=1e-6)


def test_claim_33_a_moving_ball_passes_through_the_saddle():
    saddle, optimizer, x = tilted_double_well(0.0), Momentum(0.02, 0.9), np.zeros(1)
    optimizer.step([x], [np.array([-1.0])])
    x[:] = 0
    optimizer.step([x], [saddle.grad(x)])
    assert x[0] > 0


def test_claim_34_speed_saturates_and_the_ball_overshoots():
    lr, mu, g = 0.1, 0.9, -1.0
    speed = velocities(minimize(slope([g]), [0.0], Momentum(lr, mu), steps=400))[:, 0]
    limit = terminal_velocity(lr, mu, g)
    assert np.all(np.diff(speed[:50]) > 0)
    assert np.all(speed <= limit * (1 + 1e-9))
    assert speed[-1] == pytest.approx(limit)
    low, high = (1 - np.sqrt(mu)) ** 2, (1 + np.sqrt(mu)) ** 2
    for alpha_lambda, overshoots in [(0.9 * low, False), (2 * low, True), (0.9 * high, True)]:
        x = minimize(quadratic([1.0]), [1.0], Momentum(alpha_lambda, mu), steps=200).x
        assert np.any(x < 0) == overshoots


def test_claim_35_two_regimes():
    mu = 0.9
    low, high = (1 - np.sqrt(mu)) ** 2, (1 + np.sqrt(mu)) ** 2
    flat, steep = np.linspace(0.05, 0.95, 19) * low, np.linspace(1.01 * low, 0.99 * high, 99)
    assert np.all(momentum_rate(flat, mu) < gradient_descent_rate(flat))
    np.testing.assert_allclose(momentum_rate(steep, mu), np.sqrt(mu))
    faster = settling_steps(steep, mu) < settling_steps(steep, 0.0)
    clear = np.abs(gradient_descent_rate(steep) - np.sqrt(mu)) > 0.02
    assert np.array_equal(faster[clear], (gradient_descent_rate(steep) > np.sqrt(mu))[clear])
    assert faster[clear].any() and not faster[clear].all()


def test_claim_36_mu_is_the_fraction_of_velocity_kept():
    for mu in (0.5, 0.9, 0.99):
        speed = roll_on_the_flat(1.0, mu, steps=30)
        np.testing.assert_allclose(speed[1:] / speed[:-1], mu)
        kinetic = speed**2 / 2
        np.testing.assert_allclose(kinetic[1:] / kinetic[:-1], mu**2)
        drag = -np.diff(speed)
        np.testing.assert_allclose(drag / speed[:-1], 1 - mu)


@pytest.mark.parametrize(("mu", "amplification"), [(0.5, 2), (0.9, 10), (0.99, 100)])
def test_claim_37_usual_values_amplify_2_10_100_times(mu, amplification):
    ball = velocities(minimize(slope([1.0]), [0.0], Momentum(0.1, mu), steps=3000))
    step = velocities(minimize(slope([1.0]), [0.0], SGD(0.1), steps=1))
    assert ball[-1, 0] / step[0, 0] == pytest.approx(amplification, rel=1e-6)


def test_claim_38_without_friction_nothing_settles():
    speed = velocities(minimize(slope([1.0]), [0.0], Momentum(0.1, 1.0), steps=1000))[:, 0]
    np.testing.assert_allclose(speed, -0.1 * np.arange(1, 1001))
    for alpha_lambda in (0.01, 1.0, 3.9):
        x = minimize(quadratic([1.0]), [1.0], Momentum(alpha_lambda, 1.0), steps=4000).x
        early, late = np.abs(x[:2000]).max(), np.abs(x[2000:]).max()
        assert late == pytest.approx(early, rel=0.01)
    for alpha_lambda in (4.0, 4.1):
        x = minimize(quadratic([1.0]), [1.0], Momentum(alpha_lambda, 1.0), steps=1000).x
        assert np.abs(x[-1]) > 1000


def test_claim_38b_mu_zero_is_gradient_descent_bit_for_bit():
    start, hill = [-1.2, 1.0], rosenbrock()
    ball = minimize(hill, start, Momentum(0.001, 0.0), steps=500)
    descent = minimize(hill, start, SGD(0.001), steps=500)
    assert np.array_equal(ball.x, descent.x)
    assert np.any(descent.x[-1] != descent.x[0])


def test_claim_39_velocity_is_adjusted_by_the_current_gradient():
    lr, mu, hill = 0.001, 0.9, rosenbrock()
    path = minimize(hill, [-1.2, 1.0], Momentum(lr, mu), steps=30)
    v = velocities(path)
    _, g = hill(path.x[1:-1])
    np.testing.assert_allclose(v[1:] - mu * v[:-1], -lr * g, rtol=1e-8)


def test_claim_40_terminal_velocity_is_only_a_limit():
    lr, mu, g = 0.1, 0.9, 2.0
    v = velocities(minimize(slope([g]), [0.0], Momentum(lr, mu), steps=300))[:, 0]
    n = np.arange(1, 301)
    np.testing.assert_allclose(v, -lr * g * (1 - mu**n) / (1 - mu), rtol=1e-10)
    limit = -lr / (1 - mu) * g
    assert v[0] == pytest.approx(0.1 * limit)
    assert v[28] / limit > 0.95 > v[27] / limit
    assert v[-1] == pytest.approx(limit)


def test_claim_41_ten_times_is_a_speed_limit_not_a_convergence_rate():
    slide = minimize(slope([1.0]), [0.0], Momentum(0.1, 0.9), steps=1000)
    ratio = velocities(slide)[-1, 0] / -0.1
    assert ratio == pytest.approx(10)
    assert slide.loss[-1] < slide.loss[-2] - 0.9  # 斜坡没有底：每步都在降，永不收敛
    lr, rate = optimal_gradient_descent(1, 100)
    descent = minimize(quadratic([1, 100]), [1.0, 1.0], SGD(lr), steps=400)
    assert rate == pytest.approx(0.980, abs=5e-4)
    assert measured_rate(descent, 200) == pytest.approx(rate, abs=1e-3)
    lr, mu, rate = optimal_momentum(1, 100)
    ball = minimize(quadratic([1, 100]), [1.0, 1.0], Momentum(lr, mu), steps=120)
    assert rate == pytest.approx(0.818, abs=5e-4)
    assert measured_rate(ball, 60) == pytest.approx(rate, abs=0.02)


def test_claim_41_same_learning_rate_speeds_up_by_anything():
    ratio = settling_steps([1e-3, 0.0026, 0.5], 0.0) / settling_steps([1e-3, 0.0026, 0.5], 0.9)
    assert 9 < ratio[0] < 12 and ratio[1] > 14 and ratio[2] < 0.2


def test_claim_41_twenty_times_at_most_only_on_the_side_of_small_steps():
    peak = np.linspace(0.0025, 0.003, 101)
    small = np.concatenate([np.geomspace(1e-3, 0.99, 300), peak, [1.0]])
    ratio = settling_steps(small, 0.0) / settling_steps(small, 0.9)
    assert 19 < ratio.max() < 22
    assert small[ratio.argmax()] == pytest.approx((1 - np.sqrt(0.9)) ** 2, rel=0.1)
    assert 200 < 1 / ratio.min() < 300
    near_two = [1.9, 1.99, 1.999]
    ratio = settling_steps(near_two, 0.0) / settling_steps(near_two, 0.9)
    assert np.all(np.diff(ratio) > 0) and 45 < ratio[2] < 60


def test_claim_42_larger_mu_can_be_slower():
    alpha_lambda = 0.1
    assert momentum_rate(alpha_lambda, 0.9) == pytest.approx(0.949, abs=5e-4)
    assert momentum_rate(alpha_lambda, 0.99) == pytest.approx(0.995, abs=5e-4)
    bowl = quadratic([1, 100])
    steps = {
        mu: minimize(bowl, [1.0, 1.0], Momentum(0.01, mu), steps=6000).steps_to(1e-12)
        for mu in (0.0, 0.9, 0.99)
    }
    assert steps[0.9] < steps[0.99] / 3


def test_claim_42_tuned_momentum_can_cycle_forever():
    bowl = kinked_bowl()
    lr, mu, _ = optimal_momentum(1, 25)
    assert (lr, mu) == (pytest.approx(1 / 9), pytest.approx(4 / 9))
    ball = minimize(bowl, [3.3], Momentum(lr, mu), steps=900).x[:, 0]
    np.testing.assert_allclose(ball[-3:], ball[-6:-3], rtol=1e-9)
    assert np.abs(ball[-3:]).min() > 0.5
    descent = minimize(bowl, [3.3], SGD(optimal_gradient_descent(1, 25)[0]), steps=900).x
    assert abs(descent[-1, 0]) < 1e-9


def test_claim_43_coasting_velocity_is_a_power_of_mu():
    n = np.arange(21)
    np.testing.assert_allclose(roll_on_the_flat(2.0, 0.9, steps=20), 0.9**n * 2.0)


@pytest.mark.parametrize(("mu", "half_life"), [(0.5, 1.0), (0.9, 6.6), (0.99, 69.0)])
def test_claim_44_velocity_has_a_half_life(mu, half_life):
    speed = roll_on_the_flat(1.0, mu, steps=50)
    halvings_per_step = -np.polyfit(np.arange(51), np.log2(speed), 1)[0]
    assert 1 / halvings_per_step == pytest.approx(half_life, abs=0.05)


@pytest.mark.parametrize("mu", [0.5, 0.9, 0.95])
def test_claim_45_a_plateau_is_crossed_only_if_it_is_narrow_enough(mu):
    def roll(width, optimizer):
        return minimize(plateau(width), [-5.0], optimizer, steps=1500).x[:, 0]

    x = roll(1000.0, Momentum(0.01, mu))
    entered = np.flatnonzero(x >= 0)[0]
    reach = x[entered] + coasting_distance(x[entered] - x[entered - 1], mu)
    assert x[-1] == pytest.approx(reach)
    assert roll(0.999 * reach, Momentum(0.01, mu))[-1] > 0.999 * reach
    assert roll(1.001 * reach, Momentum(0.01, mu))[-1] < 1.001 * reach
    assert roll(0.999 * reach, SGD(0.01))[-1] < 0.999 * reach


def test_claim_45_the_next_valley_may_be_higher():
    wells = tilted_double_well(0.1)
    deep, shallow = wells.minima[:, 0]

    def end(x0, optimizer):
        return minimize(wells, [x0], optimizer, steps=5000).x[-1, 0]

    assert end(2.0, SGD(0.01)) == pytest.approx(shallow, abs=1e-6)
    assert end(2.0, Momentum(0.01, 0.9)) == pytest.approx(deep, abs=1e-6)
    assert end(-2.5, SGD(0.01)) == pytest.approx(deep, abs=1e-6)
    assert end(-2.5, Momentum(0.01, 0.9)) == pytest.approx(shallow, abs=1e-6)


def test_claim_46_library_parameter_momentum_is_mu():
    bowl, x = quadratic([1, 100]), np.array([1.0, 1.0])
    library = SGDOptimizer([x], learning_rate_init=0.01, momentum=0.9, nesterov=False)
    for _ in range(20):
        library.update_params([x], [bowl.grad(x)])
    ours = Momentum(lr=0.01, mu=0.9)
    path = minimize(bowl, [1.0, 1.0], ours, steps=20)
    np.testing.assert_allclose(x, path.x[-1], rtol=1e-12)
    np.testing.assert_allclose(library.velocities[0], ours.state[0]["v"], rtol=1e-12)
    assert library.momentum == ours.mu
