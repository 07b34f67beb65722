"""“名著也会错”：附录里列出的每一条，用数值核对。"""

import numpy as np
import pytest

from dlbasics.landscapes import quadratic, slope
from dlbasics.optimizers import SGD, Momentum, minimize
from dlbasics.studies.convergence import iteration_matrix, momentum_rate


@pytest.mark.parametrize("beta", [0.25, 0.5, 0.9])
@pytest.mark.parametrize("alpha_lambda", [0.3, 1.0, 2.0])
def test_distill_complex_eigenvalues_have_modulus_root_beta(alpha_lambda, beta):
    """Distill 的脚注写 2√β；行列式是 β，两根共轭，模是 √β。"""
    eigenvalues = np.linalg.eigvals(iteration_matrix(alpha_lambda, beta))
    assert np.all(eigenvalues.imag != 0)
    np.testing.assert_allclose(np.abs(eigenvalues), np.sqrt(beta))
    assert momentum_rate(alpha_lambda, beta) == pytest.approx(np.sqrt(beta))
    x = minimize(quadratic([1.0]), [1.0], Momentum(alpha_lambda, beta), steps=60).x
    assert np.abs(x[-1]) < np.sqrt(beta) ** 60 * 10


@pytest.mark.parametrize(("eta_lambda", "converges"), [(1.1, True), (1.9, True), (2.1, False)])
def test_d2l_gradient_descent_diverges_above_two_not_one(eta_lambda, converges):
    """《动手学深度学习》说 ηλ 超过 1 就开始发散；其实 1 < ηλ < 2 时振荡着收敛。"""
    x = minimize(quadratic([1.0]), [1.0], SGD(eta_lambda), steps=300).x[:, 0]
    assert np.all(np.sign(x[1:]) == -np.sign(x[:-1]))
    assert (abs(x[-1]) < 1e-9) == converges
    assert (abs(x[-1]) > 1e9) == (not converges)


def test_d2l_quadratic_is_centred_on_its_minimum():
    """同一节说极小点是 −Q⁻¹c，配方时却写成 x − Q⁻¹c；应为 x + Q⁻¹c。"""
    q, c, x = np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([1.0, -2.0]), np.array([0.7, -0.3])
    shift = np.linalg.solve(q, c)
    gradient = q @ x + c
    np.testing.assert_allclose(q @ (x + shift), gradient)
    assert not np.allclose(q @ (x - shift), gradient)


def test_d2l_eigenvector_update_needs_the_learning_rate():
    """同一节写 z ← (I − Λ)z；应为 (I − ηΛ)z。"""
    eta, eigenvalues, start = 0.1, np.array([1.0, 4.0]), np.array([1.0, 1.0])
    step = minimize(quadratic(eigenvalues), start, SGD(eta), steps=1).x[1]
    np.testing.assert_allclose(step, (1 - eta * eigenvalues) * start)
    assert not np.allclose(step, (1 - eigenvalues) * start)


def test_d2l_velocity_is_a_weighted_sum_not_an_average():
    """小结说用过去梯度的平均值替换梯度；权重之和是 1/(1−β)，不是 1。"""
    beta, g = 0.9, 1.0
    v = np.diff(minimize(slope([g]), [0.0], Momentum(1.0, beta), steps=400).x[:, 0])
    assert -v[-1] / g == pytest.approx(1 / (1 - beta))


def test_cs231n_friction_coefficient_runs_the_wrong_way():
    """CS231n 说 mu 更像摩擦系数；mu 越大，在平地上滑得越远，阻力越小。"""

    def coasted(mu):
        optimizer, x = Momentum(1.0, mu), np.zeros(1)
        optimizer.step([x], [np.array([-1.0])])
        for _ in range(3000):
            optimizer.step([x], [np.zeros(1)])
        return x[0]

    assert coasted(0.99) > 5 * coasted(0.9) > 5 * coasted(0.5)
