"""卷积的矩阵：窗口以外是 0，同一个通道的各行只是移了位置。"""

import numpy as np
import pytest
from scipy.linalg import toeplitz
from scipy.signal import correlate

from dlbasics.convolution import conv_matrix


def test_one_dimension_gives_a_toeplitz_matrix():
    kernel = np.array([1.0, 2.0, 3.0])
    expected = toeplitz([1, 0, 0, 0], [1, 2, 3, 0, 0, 0])
    assert np.array_equal(conv_matrix(kernel.reshape(1, 1, 1, 3), (1, 1, 6)), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_matrix_times_image_is_scipy_correlate(dtype):
    rng = np.random.default_rng(0)
    x, weight = (
        rng.normal(size=(2, 6, 7)).astype(dtype),
        rng.normal(size=(3, 2, 3, 2)).astype(dtype),
    )
    matrix = conv_matrix(weight, x.shape, stride=(2, 1), padding=(0, 1))
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1)))
    expected = [correlate(padded, w, mode="valid")[0, ::2] for w in weight]
    assert matrix.dtype == dtype
    np.testing.assert_allclose(matrix @ x.ravel(), np.ravel(expected), atol=1e-5)


def test_connections_and_parameters():
    """局部连接：每行只有 C·kh·kw 个非零元素；参数共享：全部元素只有 F·C·kh·kw 个不同的值。"""
    weight = np.arange(1.0, 55.0).reshape(3, 2, 3, 3)
    matrix = conv_matrix(weight, (2, 8, 8))
    assert matrix.shape == (3 * 6 * 6, 2 * 8 * 8)
    assert np.all(np.count_nonzero(matrix, axis=1) == 2 * 3 * 3)
    assert set(np.unique(matrix)) == {0.0, *weight.ravel()}


def test_the_matrix_is_a_copy():
    weight = np.ones((1, 1, 1, 1))
    assert not np.shares_memory(conv_matrix(weight, (1, 1, 1)), weight)
