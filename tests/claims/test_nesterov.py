"""动量法一章讲 Nesterov 动量的话：多看一步换来什么，保证与下界。"""

import numpy as np
import pytest

from dlbasics.landscapes import kinked_bowl, quadratic
from dlbasics.optimizers import SGD, Momentum, Nesterov, minimize
from dlbasics.studies.convergence import (
    momentum_rate,
    nesterov_rate,
    optimal_gradient_descent,
    optimal_momentum,
)


def test_look_ahead_pulls_back_before_the_valley_is_crossed():
    """书里的图：重球法冲到对面，Nesterov 停在谷底线旁边，损失也低。"""
    lr, mu, valley = 0.03, 0.8, quadratic([1.0, 30.0])
    x0, x1 = minimize(valley, [-8.0, 1.6], Momentum(lr, mu), steps=1).x
    ahead = x1 + mu * (x1 - x0)
    assert x1[1] > 0 > ahead[1]
    ball, look = (ahead - lr * valley.grad(place) for place in (x1, ahead))
    assert ball[1] < ahead[1] < look[1] < 0
    assert valley.loss(look) < 0.7 * valley.loss(ball)


def test_underdamped_directions_settle_faster_the_steeper_they_are():
    mu, steep = 0.9, np.linspace(0.01, 0.99, 99)
    np.testing.assert_allclose(nesterov_rate(steep, mu), np.sqrt(mu * (1 - steep)))
    assert np.all(nesterov_rate(steep, mu) < momentum_rate(steep, mu))
    limit = 2 * (1 + mu) / (1 + 2 * mu)
    assert nesterov_rate(0.999 * limit, mu) < 1 < nesterov_rate(1.001 * limit, mu)
    assert momentum_rate(1.001 * limit, mu) < 1


def test_the_kinked_bowl_traps_the_ball_but_not_nesterov():
    bowl, starts = kinked_bowl(), np.linspace(-5, 5, 501)

    def arrived(optimizer):
        x = starts[:, None].copy()
        for _ in range(600):
            optimizer.step([x], [bowl.grad(x)])
        return np.abs(x[:, 0]) < 1e-6

    lr, mu, _ = optimal_momentum(1, 25)
    trapped = ~arrived(Momentum(lr, mu))
    assert 0.05 < trapped.mean() < 0.5
    assert arrived(Nesterov(1 / 25, 2 / 3)).all()
    assert arrived(SGD(optimal_gradient_descent(1, 25)[0])).all()


@pytest.mark.parametrize("kappa", [10, 100, 1000])
def test_one_setting_gives_the_root_of_kappa(kappa):
    """α = 1/λmax 与书里的 μ：损失的误差不超过 (1 − 1/√κ)ᵏ 乘一个只与起点有关的数。"""
    curvatures, root = np.geomspace(1, kappa, 60), np.sqrt(kappa)
    mu = (root - 1) / (root + 1)
    assert nesterov_rate(curvatures / kappa, mu).max() == pytest.approx(1 - 1 / root)
    bowl, start = quadratic(curvatures), np.ones(60)
    path = minimize(bowl, start, Nesterov(1 / kappa, mu), steps=int(8 * root))
    k = np.arange(len(path.loss))
    bound = (1 - 1 / root) ** k * (path.loss[0] + np.sum(start**2) / 2)
    assert np.all(path.loss <= bound * (1 + 1e-9))


def test_no_method_beats_one_over_k_squared_on_the_chain():
    """Nesterov 的链：f = (L/4)(½xᵀTx − x₁)，T 是三对角 2、−1；从 0 出发，每步只多看见一个坐标。"""
    smoothness, steps = 1.0, 100
    d = 2 * steps + 1
    tridiagonal = 2 * np.eye(d) - np.eye(d, k=1) - np.eye(d, k=-1)
    first = np.eye(d)[0]
    best = np.linalg.solve(tridiagonal, first)

    def chain(x):
        slope = tridiagonal @ x
        return smoothness / 4 * (x @ slope / 2 - x[0]), smoothness / 4 * (slope - first)

    radius, floor = np.sum(best**2), chain(best)[0]
    k = np.arange(1, steps + 1)
    lower = 3 * smoothness * radius / (32 * (k + 1) ** 2)
    last = {}
    for optimizer in (SGD(1.0), SGD(1.9), Momentum(1.0, 0.9), Momentum(0.5, 0.99)):
        error = minimize(chain, np.zeros(d), optimizer, steps).loss[1:] - floor
        # 下界说的是第 k 步最好能怎样；链随 k 变，这里用足够长的一条，所以只看最后一步
        assert error[-1] >= lower[-1]
        last[type(optimizer).__name__, optimizer.lr] = error[-1]
    x = y = np.zeros(d)
    errors = []
    for n in k:
        ahead = y - chain(y)[1] / smoothness
        y, x = ahead + (n - 1) / (n + 2) * (ahead - x), ahead
        errors.append(chain(x)[0] - floor)
    assert np.all(np.array(errors) <= 2 * smoothness * radius / (k + 1) ** 2)
    assert errors[-1] >= lower[-1]
    assert errors[-1] < last["SGD", 1.0] / 3
