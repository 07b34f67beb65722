"""光滑度：下降引理的上界、最大的曲率、softmax 回归的 L，各与另一条路核对。"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from dlbasics.landscapes import quadratic, tilted_double_well, washboard
from dlbasics.losses import softmax_cross_entropy
from dlbasics.studies.smoothness import descent_bound, largest_curvature, softmax_smoothness

WASHBOARD = 0.04 + 2.7  # |0.04 − 2.7 sin 3x| 的最大值
seeds = st.integers(0, 2**32 - 1)


def dense_hessian(grad, x, h=1e-5):
    """海森矩阵，一列一列地用中心差分。"""
    columns = []
    for direction in np.eye(x.size).reshape(x.size, *x.shape):
        columns.append((grad(x + h * direction) - grad(x - h * direction)).ravel() / (2 * h))
    return np.array(columns)


def softmax_grad(x, labels):
    def grad(weight):
        return x.T @ softmax_cross_entropy(x @ weight, labels)[1]

    return grad


def random_softmax(rng, n=7, d=3, k=4, scale=1.0):
    x, labels = rng.normal(size=(n, d)), rng.integers(k, size=n)
    return x, softmax_grad(x, labels), scale * rng.normal(size=(d, k))


@given(st.floats(-10, 10), st.floats(0, 3))
def test_no_step_on_the_washboard_ends_above_the_bound(x, product):
    land, lr = washboard(), product / WASHBOARD
    loss, grad = land(np.array([x]))
    change = land.loss(np.array([x]) - lr * grad) - loss
    assert change <= descent_bound(lr, WASHBOARD, np.linalg.norm(grad)) + 1e-12


@given(st.floats(0.1, 100), st.floats(-10, 10), st.floats(0, 1))
def test_the_bound_is_an_equality_on_a_bowl(curvature, x, lr):
    land = quadratic([curvature])
    loss, grad = land(np.array([x]))
    change = land.loss(np.array([x]) - lr * grad) - loss
    bound = descent_bound(lr, curvature, abs(grad[0]))
    assert_allclose(change, bound, rtol=1e-9, atol=1e-9 * (1 + loss))


def test_the_bound_is_a_parabola_with_its_bottom_at_one_over_l():
    lr = np.linspace(0, 0.5, 11)
    bound = descent_bound(lr, smoothness=4.0, gradient_norm=3.0)
    assert lr[bound.argmin()] == 0.25
    assert bound.min() == pytest.approx(-9 / 8)
    assert bound[0] == bound[-1] == 0
    assert descent_bound(0.6, 4.0, 3.0) > 0


@given(seeds)
def test_largest_curvature_of_a_quadratic_is_the_largest_eigenvalue(seed):
    rng = np.random.default_rng(seed)
    axes, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    eigenvalues = np.array([6.0, *rng.uniform(-3, 3, size=4)])
    hessian = axes * eigenvalues @ axes.T
    found = largest_curvature(lambda x: hessian @ x, rng.normal(size=5), rng)
    assert found == pytest.approx(6.0, rel=1e-6)


def test_largest_curvature_may_be_negative_and_belongs_to_a_point():
    rng, saddle = np.random.default_rng(0), tilted_double_well(0.0)
    assert largest_curvature(saddle.grad, np.array([0.0]), rng) == pytest.approx(-1, rel=1e-6)
    assert largest_curvature(saddle.grad, np.array([1.0]), rng) == pytest.approx(2, rel=1e-6)


def test_flat_ground_has_no_curvature():
    rng = np.random.default_rng(0)
    assert largest_curvature(np.zeros_like, np.ones((2, 3)), rng) == 0.0


def test_largest_curvature_of_softmax_regression_matches_the_dense_hessian():
    rng = np.random.default_rng(1)
    _, grad, weight = random_softmax(rng)
    dense = np.linalg.eigvalsh(dense_hessian(grad, weight)).max()
    found = largest_curvature(grad, weight, rng, iterations=400)
    assert found == pytest.approx(dense, rel=1e-5)


@given(seeds, st.sampled_from([0.0, 1.0, 10.0]))
def test_no_curvature_of_softmax_regression_exceeds_its_smoothness(seed, scale):
    x, grad, weight = random_softmax(np.random.default_rng(seed), scale=scale)
    highest = np.linalg.eigvalsh(dense_hessian(grad, weight)).max()
    assert highest <= softmax_smoothness(x) * (1 + 1e-6)


def test_the_smoothness_of_softmax_regression_is_reached():
    """两个类各占一半概率，其余的类概率为零。"""
    x = np.random.default_rng(2).normal(size=(6, 3))
    grad = softmax_grad(np.c_[x, np.ones(6)], np.zeros(6, dtype=int))
    weight = np.zeros((4, 3))
    weight[3] = [0.0, 0.0, -60.0]
    highest = np.linalg.eigvalsh(dense_hessian(grad, weight)).max()
    assert highest == pytest.approx(softmax_smoothness(np.c_[x, np.ones(6)]), rel=1e-6)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: descent_bound(0.1, 0.0, 1.0), "smoothness"),
        (lambda: largest_curvature(np.sin, [1.0], np.random.default_rng(0)), "x"),
        (lambda: largest_curvature(np.sin, np.ones(2, np.float32), np.random.default_rng(0)), "x"),
        (lambda: largest_curvature(np.sin, np.ones(0), np.random.default_rng(0)), "x"),
        (lambda: largest_curvature(np.sin, np.ones(2), 0), "rng"),
        (lambda: largest_curvature(np.sin, np.ones(2), np.random.default_rng(0), h=0), "h"),
        (
            lambda: largest_curvature(np.sin, np.ones(2), np.random.default_rng(0), iterations=0),
            "iterations",
        ),
        (lambda: softmax_smoothness(np.ones(3)), "x"),
        (lambda: softmax_smoothness([[1.0]]), "x"),
        (lambda: softmax_smoothness(np.ones((0, 3))), "x"),
    ],
)
def test_bad_input_is_named_in_chinese(call, name):
    with pytest.raises(ValueError, match=rf"^{name} 应.*得到"):
        call()
