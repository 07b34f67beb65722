"""损失：交叉熵与 SciPy 对照，大数不溢出；均方误差与定义对照。"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax, softmax

from dlbasics.gradcheck import gradcheck
from dlbasics.losses import mean_squared_error, softmax_cross_entropy


@st.composite
def logits_and_labels(draw, limit=50):
    n, k = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    logits = draw(hnp.arrays(float, (n, k), elements=st.floats(-limit, limit)))
    return logits, draw(hnp.arrays(np.int64, n, elements=st.integers(0, k - 1)))


@given(logits_and_labels())
def test_equals_scipy(case):
    logits, labels = case
    loss, grad = softmax_cross_entropy(logits, labels)
    n, k = logits.shape
    assert_allclose(loss, -log_softmax(logits, axis=1)[np.arange(n), labels].mean(), atol=1e-13)
    assert_allclose(grad, (softmax(logits, axis=1) - np.eye(k)[labels]) / n, atol=1e-14)


@given(logits_and_labels(limit=5))
def test_gradient_is_the_central_difference(case):
    logits, labels = case
    _, grad = softmax_cross_entropy(logits, labels)
    h = 1e-5
    for index in np.ndindex(logits.shape):
        nudge = np.zeros_like(logits)
        nudge[index] = h
        higher, _ = softmax_cross_entropy(logits + nudge, labels)
        lower, _ = softmax_cross_entropy(logits - nudge, labels)
        assert abs((higher - lower) / (2 * h) - grad[index]) < 1e-9


@given(logits_and_labels(), st.floats(-1000, 1000))
def test_adding_a_constant_to_a_row_changes_nothing(case, constant):
    logits, labels = case
    shift = constant * (1 + np.arange(len(logits)))[:, None]
    loss, grad = softmax_cross_entropy(logits, labels)
    shifted_loss, shifted_grad = softmax_cross_entropy(logits + shift, labels)
    assert_allclose(shifted_loss, loss, atol=1e-10)
    assert_allclose(shifted_grad, grad, atol=1e-10)


@given(logits_and_labels())
def test_gradient_of_each_sample_sums_to_zero(case):
    _, grad = softmax_cross_entropy(*case)
    assert_allclose(grad.sum(axis=1), 0, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_logits_do_not_overflow(dtype):
    logits = np.array([[1e4, -1e4, 0], [-1e4, -1e4, 1e4]], dtype=dtype)
    right_loss, right_grad = softmax_cross_entropy(logits, np.array([0, 2]))
    assert right_loss == 0
    assert_array_equal(right_grad, np.zeros((2, 3)))
    wrong_loss, wrong_grad = softmax_cross_entropy(logits, np.array([1, 0]))
    assert wrong_loss == 2e4
    assert_array_equal(wrong_grad, [[0.5, -0.5, 0], [-0.5, 0, 0.5]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("label_dtype", [np.uint8, np.int64])
def test_dtype_is_kept_and_inputs_are_not_modified(dtype, label_dtype):
    logits = np.array([[0.5, -1.0], [2.0, 3.0]], dtype=dtype)
    labels = np.array([1, 0], dtype=label_dtype)
    before = logits.copy()
    loss, grad = softmax_cross_entropy(logits, labels)
    assert type(loss) is float
    assert grad.dtype == dtype
    assert_array_equal(logits, before)
    assert_array_equal(labels, [1, 0])


@pytest.mark.parametrize("k", [2, 10])
def test_knowing_nothing_costs_log_k(k):
    loss, _ = softmax_cross_entropy(np.zeros((3, k)), np.array([0, 1, 0]))
    assert_allclose(loss, np.log(k))


@pytest.mark.parametrize("labels", [[0, 3], [0, 7], [-1, 2]])
def test_labels_outside_the_classes_are_told_the_range(labels):
    with pytest.raises(ValueError, match=f"0 到 2 之间，得到 {min(labels)} 到 {max(labels)}"):
        softmax_cross_entropy(np.zeros((2, 3)), np.array(labels))


@pytest.mark.parametrize("shape", [(2,), (2, 3, 1)])
def test_logits_are_two_dimensional(shape):
    with pytest.raises(ValueError, match="logits 应是非空的二维数组"):
        softmax_cross_entropy(np.zeros(shape), np.array([0, 1]))


@pytest.mark.parametrize("shape", [(), (4,), (3, 2), (2, 1, 3, 3)])
def test_mean_squared_error(shape):
    rng = np.random.default_rng(0)
    prediction, target = rng.standard_normal(shape), rng.standard_normal(shape)
    prediction, target = np.asarray(prediction), np.asarray(target)
    loss, grad = mean_squared_error(prediction, target)
    assert type(loss) is float
    assert_allclose(loss, np.var(prediction - target) + np.mean(prediction - target) ** 2)
    assert grad.shape == shape
    assert gradcheck(lambda x: mean_squared_error(x, target), prediction) < 1e-7


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("target_dtype", [np.int64, np.float32, np.float64])
def test_mean_squared_error_keeps_the_dtype_of_the_prediction(dtype, target_dtype):
    prediction, target = np.ones((2, 3), dtype), np.zeros((2, 3), target_dtype)
    loss, grad = mean_squared_error(prediction, target)
    assert (loss, grad.dtype) == (1.0, dtype)
    assert_array_equal(prediction, 1)
    assert_array_equal(target, 0)
