"""线性模型：梯度与海森矩阵都经过差分核对。"""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import check_grad

from dlbasics.linear_models import ridge_hessian, sample_gradients, softmax_regression
from dlbasics.losses import softmax_cross_entropy
from dlbasics.metrics import accuracy
from dlbasics.optimizers import SGD

N, D, K = 30, 4, 3


def problem(dtype=float):
    rng = np.random.default_rng(5)
    weight, bias, x = (rng.normal(size=s).astype(dtype) for s in [(D, K), K, (N, D)])
    return weight, bias, x, rng.integers(K, size=N)


def test_gradients_pass_scipy_check_grad():
    weight, bias, x, labels = problem()

    def unpack(packed):
        return packed[: D * K].reshape(D, K), packed[D * K :]

    def loss(packed):
        return softmax_regression(*unpack(packed), x, labels)[0]

    def grad(packed):
        _, grad_weight, grad_bias = softmax_regression(*unpack(packed), x, labels)
        return np.concatenate([grad_weight.ravel(), grad_bias])

    assert check_grad(loss, grad, np.concatenate([weight.ravel(), bias])) < 1e-6


def test_loss_is_the_cross_entropy_of_the_scores():
    weight, bias, x, labels = problem()
    scores = np.array([[row @ weight[:, j] + bias[j] for j in range(K)] for row in x])
    expected, _ = softmax_cross_entropy(scores, labels)
    assert_allclose(softmax_regression(weight, bias, x, labels)[0], expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradients_keep_shape_and_dtype(dtype):
    weight, bias, x, labels = problem(dtype)
    _, grad_weight, grad_bias = softmax_regression(weight, bias, x, labels)
    assert (grad_weight.shape, grad_weight.dtype) == (weight.shape, dtype)
    assert (grad_bias.shape, grad_bias.dtype) == (bias.shape, dtype)


def test_training_learns_separable_classes():
    rng = np.random.default_rng(0)
    labels = np.arange(90) % 3
    x = np.array([[4.0, 0.0], [-4.0, 4.0], [-4.0, -4.0]])[labels] + rng.normal(size=(90, 2)) / 2
    weight, bias, optimizer = np.zeros((2, 3)), np.zeros(3), SGD(lr=0.1)
    for _ in range(100):
        _, *grads = softmax_regression(weight, bias, x, labels)
        optimizer.step([weight, bias], grads)
    assert accuracy(x @ weight + bias, labels) == 1


@pytest.mark.parametrize("penalty", [0.0, 0.3])
def test_ridge_hessian_is_the_second_difference_of_the_loss(penalty):
    """二次函数的二阶差分没有截断误差，步长取 1 即可。"""
    rng = np.random.default_rng(1)
    x, y, w = rng.normal(size=(N, D)), rng.normal(size=N), rng.normal(size=D)

    def loss(w):
        return np.sum((x @ w - y) ** 2) / (2 * N) + penalty * np.sum(w**2) / 2

    e = np.eye(D)
    difference = np.array(
        [[loss(w + a + b) - loss(w + a) - loss(w + b) + loss(w) for b in e] for a in e]
    )
    hessian = ridge_hessian(x, penalty)
    assert_allclose(hessian, difference, atol=1e-12)
    assert_allclose(np.linalg.eigvalsh(hessian), np.linalg.eigvalsh(difference), atol=1e-12)


def test_penalty_lifts_every_curvature():
    x = np.random.default_rng(2).normal(size=(3, 5))  # 样本少于特征：不加惩罚时有平坦的方向
    flat, lifted = (np.linalg.eigvalsh(ridge_hessian(x, penalty)) for penalty in [0.0, 0.5])
    assert_allclose(flat[:2], 0, atol=1e-12)
    assert_allclose(lifted, flat + 0.5)


def test_ridge_hessian_keeps_float32():
    x = np.ones((2, 2), dtype=np.float32)
    hessian = ridge_hessian(x, 1.0)
    assert hessian.dtype == np.float32
    assert_array_equal(hessian, [[2, 1], [1, 2]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sample_gradients_are_the_gradients_one_by_one(dtype):
    weight, bias, x, labels = problem(dtype)
    each = sample_gradients(weight, bias, x, labels)
    assert each.shape == (N, (D + 1) * K) and each.dtype == dtype
    for i in range(N):
        _, *grads = softmax_regression(weight, bias, x[i : i + 1], labels[i : i + 1])
        assert_allclose(each[i], np.concatenate([g.ravel() for g in grads]), atol=1e-5)
