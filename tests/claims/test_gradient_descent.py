"""原文梯度下降一节的断言（总账第 21–24 条）：每条的正确说法，用数值演示一遍。"""

import numpy as np
import pytest

from dlbasics.datasets import digits
from dlbasics.gradcheck import numerical_gradient
from dlbasics.landscapes import beale, power, quadratic, rosenbrock, tilted_double_well, washboard
from dlbasics.losses import softmax_cross_entropy
from dlbasics.optimizers import SGD, minimize
from dlbasics.sampling import minibatches
from dlbasics.studies.convergence import optimal_gradient_descent
from dlbasics.studies.smoothness import descent_bound, softmax_smoothness

LEARNING_RATES = (0.5, 0.1, 0.01)


def degrees_between(a, b):
    cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def change_of_one_step(land, x, lr):
    """走一步，损失变化多少；x 的每一行是一个起点。"""
    loss, grad = land(x)
    return land.loss(x - lr * grad) - loss


@pytest.fixture(scope="module")
def softmax():
    """全部手写数字上的 softmax 回归：输入，与给定样本的损失。"""
    images, labels = digits()
    x = np.c_[images.reshape(len(images), -1), np.ones(len(images))]

    def loss_and_grad(weight, batch=slice(None)):
        loss, grad_logits = softmax_cross_entropy(x[batch] @ weight, labels[batch])
        return loss, x[batch].T @ grad_logits

    return x, loss_and_grad


@pytest.mark.parametrize("kappa", [10, 100, 1000])
def test_claim_21_minus_gradient_can_be_almost_at_right_angles_to_the_minimum(kappa):
    x = np.array([np.sqrt(kappa), 1.0])
    expected = np.degrees(np.arccos(2 * np.sqrt(kappa) / (kappa + 1)))
    angle = degrees_between(-quadratic([1.0, kappa]).grad(x), -x)
    assert angle == pytest.approx(expected)
    assert angle > 50


def test_claim_21_minus_gradient_is_best_only_for_infinitesimal_steps():
    land, x = quadratic([1.0, 10.0]), np.array([3.0, 1.0])
    angle = np.linspace(0, 2 * np.pi, 36_001)
    u = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    off = [
        degrees_between(u[land.loss(x + h * u).argmin()], -land.grad(x))
        for h in (1e-4, 0.5, 1.0, 2.0, np.sqrt(10))
    ]
    assert off[0] < 0.1
    assert np.all(np.diff(off) > 5)
    assert off[-1] == pytest.approx(degrees_between(-x, -land.grad(x)), abs=0.02)


def test_claim_21_changing_a_unit_changes_the_direction():
    x = np.array([10.0, 1.0])
    ruler = np.array([1.0, 10.0])  # 第二个坐标换成小十倍的单位
    old, new = quadratic([1.0, 100.0]), quadratic([1.0, 1.0])
    assert new.loss(ruler * x) == old.loss(x)
    assert degrees_between(-old.grad(x), -x) > 78
    back = -new.grad(ruler * x) / ruler
    np.testing.assert_allclose(back, -x)


def test_claim_21_another_norm_has_another_steepest_direction():
    g = rosenbrock().grad(np.array([-1.2, 1.0]))
    box = np.random.default_rng(0).uniform(-1, 1, size=(20_000, 2))
    box /= np.abs(box).max(axis=1, keepdims=True)  # 最大范数下的单位向量
    assert np.all(box @ g >= -np.sign(g) @ g - 1e-9)
    assert degrees_between(-np.sign(g), -g) > 10


def test_claim_21_the_spectral_norm_has_another_steepest_direction():
    """量矩阵的最大奇异值：最陡的是 −UVᵀ；不累积历史的 Shampoo 走的就是它。"""
    rng = np.random.default_rng(0)
    g = rng.normal(size=(4, 3))
    u, _, vt = np.linalg.svd(g, full_matrices=False)
    others = rng.normal(size=(5000, 4, 3))
    others /= np.linalg.norm(others, ord=2, axis=(1, 2))[:, None, None]
    assert np.all(np.sum(others * g, axis=(1, 2)) > -np.sum(u @ vt * g))
    assert np.linalg.norm(-u @ vt, ord=2) == pytest.approx(1)
    assert degrees_between(-(u @ vt).ravel(), -g.ravel()) > 10
    np.testing.assert_allclose(quarter(g @ g.T) @ g @ quarter(g.T @ g), u @ vt)


def quarter(square):
    """半正定矩阵的 −¼ 次方；零特征值的方向不动。"""
    size, axes = np.linalg.eigh(square)
    kept = size > 1e-10
    return axes[:, kept] @ np.diag(size[kept] ** -0.25) @ axes[:, kept].T


def test_claim_21_newton_needs_one_step_where_descent_needs_hundreds():
    land, x = quadratic([1.0, 100.0]), np.array([10.0, 1.0])
    np.testing.assert_allclose(x - np.linalg.solve(np.diag([1.0, 100.0]), land.grad(x)), 0)
    lr, _ = optimal_gradient_descent(1.0, 100.0)
    distance = np.linalg.norm(minimize(land, x, SGD(lr), 2000).x, axis=1)
    assert 500 < np.argmax(distance < 1e-6 * distance[0]) < 1000


def test_claim_21_descent_stops_at_stationary_points_not_at_the_lowest():
    land = washboard()
    x, optimizer = np.linspace(-8, 8, 161)[:, None], SGD(0.1)
    for _ in range(2000):
        optimizer.step([x], [land.grad(x)])
    assert np.abs(land.grad(x)).max() < 1e-9
    lowest = np.isclose(x[:, 0], land.minima[0, 0], atol=1e-6)
    assert 0 < lowest.mean() < 0.25
    saddle = minimize(tilted_double_well(0.0, dimensions=2), [0.0, 0.0], SGD(0.1), 1000)
    assert np.all(saddle.x == 0)


def test_claim_22_the_gradient_belongs_to_the_loss():
    x = np.array([1.5, 0.5])
    for land in (quadratic([1.0, 9.0]), rosenbrock(), beale()):
        g = land.grad(x)
        assert g.shape == x.shape
        np.testing.assert_allclose(g, numerical_gradient(land.loss, x), rtol=1e-6)
    assert degrees_between(rosenbrock().grad(x), beale().grad(x)) > 10


@pytest.mark.parametrize("curvature", [1e-4, 1.0, 5.0, 1e4])
def test_claim_23_small_is_measured_against_curvature(curvature):
    bowl, x = quadratic([curvature]), np.array([1.0])
    assert change_of_one_step(bowl, x, 1.999 / curvature) < 0
    assert change_of_one_step(bowl, x, 2.001 / curvature) > 0


def test_claim_23_a_learning_rate_has_a_unit():
    metres = minimize(quadratic([5.0]), [1.0], SGD(0.1), 20).x
    centimetres = minimize(quadratic([5.0 / 100**2]), [100.0], SGD(0.1 * 100**2), 20).x
    np.testing.assert_allclose(centimetres / 100, metres)


@pytest.mark.parametrize("exponent", [1.0, 1.5])
def test_claim_23_a_decreasing_rate_arrives_where_a_constant_one_cannot(exponent):
    def end(schedule):
        land, x, optimizer = power(exponent), np.array([1.234]), SGD(0.1)
        for n in range(4000):
            optimizer.lr = schedule(n)
            optimizer.step([x], [land.grad(x)])
        return abs(x[0])

    assert end(lambda n: 0.1 / (1 + n / 20)) < end(lambda n: 0.1) / 10


@pytest.mark.parametrize("product", [0.01, 1.0, 1.99])
def test_claim_24_a_full_gradient_and_a_rate_below_two_over_l_always_descend(product):
    x = np.linspace(-10, 10, 2001)[:, None]
    land, smoothness = washboard(), 2.74
    x = x[np.abs(land.grad(x)[:, 0]) > 1e-3]
    change = change_of_one_step(land, x, product / smoothness)
    bound = descent_bound(product / smoothness, smoothness, np.abs(land.grad(x)[:, 0]))
    assert np.all(change < 0)
    assert np.all(change <= bound + 1e-12)


def test_claim_24_softmax_regression_on_digits_descends_at_every_step(softmax):
    x, loss_and_grad = softmax
    smoothness = softmax_smoothness(x)
    path = minimize(loss_and_grad, np.zeros((65, 10)), SGD(1.9 / smoothness), steps=100)
    norms = np.array([np.linalg.norm(loss_and_grad(w)[1]) for w in path.x[:-1]])
    assert np.all(np.diff(path.loss) <= descent_bound(1.9 / smoothness, smoothness, norms) + 1e-12)
    assert np.all(np.diff(path.loss) < 0)


def test_claim_24_minibatch_steps_often_raise_the_full_loss(softmax):
    x, loss_and_grad = softmax
    rng, weight, optimizer = np.random.default_rng(0), np.zeros((65, 10)), SGD(0.3)
    losses = [loss_and_grad(weight)[0]]
    for _ in range(5):
        for batch in minibatches(len(x), 32, rng):
            optimizer.step([weight], [loss_and_grad(weight, batch)[1]])
            losses.append(loss_and_grad(weight)[0])
    assert 0.3 < 2 / softmax_smoothness(x)
    assert np.mean(np.diff(losses) > 0) > 0.1


@pytest.mark.parametrize("land", [power(4), power(1.5), power(1), washboard()])
def test_claim_24_every_point_has_some_small_enough_rate(land):
    for x in ([-300.0], [-0.7], [1e-3], [250.0]):
        assert change_of_one_step(land, np.array(x), 1e-8) < 0


@pytest.mark.parametrize("lr", LEARNING_RATES)
def test_claim_24_the_quartic_has_an_exact_threshold(lr):
    """f = x⁴，是 power(4) 的 4 倍，所以学习率也乘 4。"""
    edge = 1 / np.sqrt(2 * lr)
    assert change_of_one_step(power(4), np.array([0.999 * edge]), 4 * lr) < 0
    assert change_of_one_step(power(4), np.array([1.001 * edge]), 4 * lr) > 0
    inside = minimize(power(4), [0.999 * edge], SGD(4 * lr), 300)
    assert np.all(np.diff(inside.loss) < 0)


@pytest.mark.parametrize("lr", LEARNING_RATES)
def test_claim_24_every_fixed_rate_ends_in_a_cycle_on_the_three_halves_power(lr):
    for x0 in np.random.default_rng(0).uniform(0.3, 2, size=5):
        path = minimize(power(1.5), [x0], SGD(lr), 3000)
        np.testing.assert_allclose(np.abs(path.x[-2:, 0]), (lr / 2) ** 2)
        assert path.x[-1, 0] * path.x[-2, 0] < 0
        assert np.diff(path.loss).max() > 0


@pytest.mark.parametrize("lr", [0.3, 0.07])
def test_claim_24_the_absolute_value_bounces_for_ever(lr):
    path = minimize(power(1), [1.0], SGD(lr), 200)
    remainder = 1.0 % lr
    ends = np.sort(path.x[-2:, 0])
    np.testing.assert_allclose(ends, [remainder - lr, remainder], atol=1e-9)
    assert np.any(np.diff(path.loss)[-2:] > 1e-3)


@pytest.mark.parametrize("lr", [1e-3, 1.0, 100.0])
def test_claim_24_smoothness_is_not_necessary(lr):
    """eˣ 的曲率没有上限，可是取任何学习率，从哪里出发都每步下降。"""
    for x in np.linspace(-10, 5, 61):
        assert np.exp(x - lr * np.exp(x)) < np.exp(x)
