"""正确率与混淆矩阵：与 scikit-learn 对照。"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn import metrics as sklearn_metrics

from dlbasics.metrics import accuracy, confusion_matrix


@st.composite
def labels_and_predictions(draw):
    classes, n = draw(st.integers(2, 5)), draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return rng.integers(classes, size=n), rng.integers(classes, size=n), classes


@given(labels_and_predictions())
def test_confusion_matrix_equals_sklearn(case):
    labels, predictions, classes = case
    counts = confusion_matrix(labels, predictions, classes)
    wanted = sklearn_metrics.confusion_matrix(labels, predictions, labels=np.arange(classes))
    assert_array_equal(counts, wanted)
    assert counts.dtype == np.int64


@given(labels_and_predictions())
def test_accuracy_is_the_diagonal_share(case):
    labels, predictions, classes = case
    logits = np.eye(classes)[predictions]
    counts = confusion_matrix(labels, predictions, classes)
    assert accuracy(logits, labels) == np.trace(counts) / len(labels)


def test_rows_are_the_right_classes():
    counts = confusion_matrix(np.array([0, 0, 1]), np.array([2, 2, 1]), 3)
    assert_array_equal(counts, [[0, 0, 2], [0, 1, 0], [0, 0, 0]])


def test_ties_go_to_the_first_class():
    assert accuracy(np.zeros((2, 3)), np.array([0, 1])) == 0.5


def test_no_samples_give_an_empty_confusion_matrix():
    nothing = np.array([], dtype=int)
    assert_array_equal(confusion_matrix(nothing, nothing, 2), np.zeros((2, 2)))
