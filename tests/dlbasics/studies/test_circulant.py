"""循环矩阵：投影的性质，以及它就是循环卷积。"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import circulant

from dlbasics.studies.circulant import circulant_kernel, nearest_circulant
from dlbasics.studies.shifting import conv2d_circular, equivariance_error, shift

SHAPES = st.one_of(st.tuples(st.integers(1, 9)), st.tuples(st.integers(1, 5), st.integers(1, 5)))


def random_matrix(shape, seed):
    n = int(np.prod(shape))
    return np.random.default_rng(seed).normal(size=(n, n))


def shift_matrix(shape, steps):
    """平移 S：S @ x.ravel() 就是把 x 循环移动 steps。"""
    eye = np.eye(int(np.prod(shape))).reshape(-1, *shape)
    axes = tuple(range(1, len(shape) + 1))
    return np.roll(eye, steps, axis=axes).reshape(len(eye), -1).T


def all_steps(shape):
    return list(np.ndindex(shape))


@settings(max_examples=40, deadline=None)
@given(shape=SHAPES, seed=st.integers(0, 2**32 - 1))
def test_projection_is_the_average_over_all_shifts(shape, seed):
    matrix = random_matrix(shape, seed)
    moved = [s.T @ matrix @ s for s in (shift_matrix(shape, steps) for steps in all_steps(shape))]
    np.testing.assert_allclose(nearest_circulant(matrix, shape), np.mean(moved, 0), atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(shape=SHAPES, seed=st.integers(0, 2**32 - 1))
def test_projection_commutes_with_every_shift_and_is_orthogonal(shape, seed):
    matrix, other = random_matrix(shape, seed), random_matrix(shape, seed + 1)
    projected = nearest_circulant(matrix, shape)
    for steps in all_steps(shape):
        s = shift_matrix(shape, steps)
        np.testing.assert_allclose(projected @ s, s @ projected, atol=1e-12)
    np.testing.assert_allclose(nearest_circulant(projected, shape), projected, atol=1e-12)
    inside = nearest_circulant(other, shape)
    assert abs(np.sum((matrix - projected) * inside)) < 1e-9


@pytest.mark.parametrize("shape", [(1,), (2,), (7,), (8,), (1, 6), (4, 4), (3, 5), (4, 7)])
def test_kernel_gives_the_same_map_as_circular_convolution(shape):
    matrix = random_matrix(shape, 3)
    kernel = circulant_kernel(matrix, shape)
    assert kernel.shape == shape
    grid = (1, *shape) if len(shape) == 1 else shape
    image = np.random.default_rng(4).normal(size=grid)
    y = conv2d_circular(image[None, None], kernel.reshape(1, 1, *grid))
    np.testing.assert_allclose(
        nearest_circulant(matrix, shape) @ image.ravel(), y.ravel(), atol=1e-12
    )


def test_one_dimension_agrees_with_scipy():
    column = np.array([1.0, 2.0, 3.0, 5.0, 8.0])
    matrix = circulant(column)
    np.testing.assert_allclose(nearest_circulant(matrix, (5,)), matrix, atol=1e-14)
    noisy = matrix + np.diag([4.0, -4.0, 0.0, 1.0, -1.0])
    np.testing.assert_allclose(nearest_circulant(noisy, (5,)), matrix, atol=1e-14)


def test_ring_and_torus_are_different_groups():
    matrix = random_matrix((6,), 5)
    ring, torus = nearest_circulant(matrix, (6,)), nearest_circulant(matrix, (2, 3))
    image = np.random.default_rng(6).normal(size=(2, 3))
    shifts = all_steps((2, 3))

    def layer(m):
        return lambda x: (m @ x.ravel()).reshape(x.shape)

    assert equivariance_error(layer(torus), image, shifts) < 1e-12
    assert equivariance_error(layer(ring), image, shifts) > 0.1
    assert equivariance_error(layer(matrix), image, shifts) > 0.1


def test_image_gradient_has_a_three_entry_kernel():
    image = np.random.default_rng(7).normal(size=(4, 5))
    eye = np.eye(20).reshape(20, 4, 5)
    matrix = (shift(eye, 0, -1) - shift(eye, 0, 1)).reshape(20, 20).T
    expected = np.zeros((4, 5))
    expected[1, [1, 3]] = -1, 1
    np.testing.assert_array_equal(circulant_kernel(matrix, (4, 5)), expected)
    difference = shift(image, 0, -1) - shift(image, 0, 1)
    np.testing.assert_allclose(matrix @ image.ravel(), difference.ravel(), atol=1e-14)


def test_input_is_not_modified_and_integers_are_welcome():
    matrix = np.arange(9).reshape(3, 3)
    before = matrix.copy()
    assert nearest_circulant(matrix, (3,)).dtype == np.float64
    np.testing.assert_array_equal(matrix, before)


@pytest.mark.parametrize("function", [nearest_circulant, circulant_kernel])
@pytest.mark.parametrize(
    ("matrix", "shape", "message"),
    [
        (np.zeros((3, 4)), (3,), r"matrix 应是形状 \(3, 3\) 的方阵，得到 \(3, 4\)"),
        (np.zeros((3, 3)), (2, 2), r"matrix 应是形状 \(4, 4\) 的方阵，得到 \(3, 3\)"),
        ([["a"]], (1,), "matrix 应是一组实数"),
        (np.zeros((3, 3)), 3, "shape 应是非空的元组"),
        (np.zeros((3, 3)), (), "shape 应是非空的元组"),
        (np.zeros((3, 3)), (3, 0), "shape 的各维 应是不小于 1 的整数，得到 0"),
        (np.zeros((3, 3)), (3.0,), "shape 的各维 应是不小于 1 的整数，得到 3.0"),
    ],
)
def test_bad_input(function, matrix, shape, message):
    with pytest.raises(ValueError, match=message):
        function(matrix, shape)
