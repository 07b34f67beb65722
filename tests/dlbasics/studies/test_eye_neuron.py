"""找眼睛的神经元：窗口切得对，最小二乘解得对，落点换算得对。"""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import Ridge

from dlbasics.convolution import conv2d
from dlbasics.datasets import faces
from dlbasics.studies.eye_neuron import (
    EYES,
    least_squares_neuron,
    near_an_eye,
    strongest,
    training_windows,
    window_centres,
)


def test_eyes_are_the_dark_spots_of_the_mean_face():
    mean = faces().mean(axis=0)[0]
    for row, column in EYES:
        around = mean[row - 3 : row + 4, column - 3 : column + 4]
        assert mean[row, column] < np.quantile(around, 0.1)


@pytest.mark.parametrize("kernel", [1, 3, (5, 7), (25, 25)])
def test_centres_are_the_middle_pixels_of_the_windows(kernel):
    centres = window_centres(25, kernel)
    number = np.arange(625.0).reshape(1, 1, 25, 25)
    kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
    middle = np.zeros((1, 1, kh, kw))
    middle[0, 0, kh // 2, kw // 2] = 1
    assert_array_equal(centres @ [25, 1], conv2d(number, middle)[0, 0])


def test_near_is_two_pixels_either_way():
    grid = window_centres(25, 1)
    expected = np.zeros((25, 25), bool)
    expected[6:11, 4:9] = expected[6:11, 13:18] = True
    assert_array_equal(near_an_eye(grid), expected)


def test_training_windows_are_eyes_and_places_far_from_them():
    images = faces()[:3]
    windows, labels = training_windows(images, (5, 7))
    far = (~near_an_eye(window_centres(25, (5, 7)))).sum()
    assert len(windows) == len(labels) == 3 * (far + 2)
    eyes = [image[:, r - 2 : r + 3, c - 3 : c + 4] for image in images for r, c in EYES]
    assert_array_equal(windows[labels == 1], eyes)
    pieces = {piece.tobytes() for piece in windows[labels == 0]}
    assert images[0, :, :5, :7].tobytes() in pieces
    assert images[0, :, 7:12, 4:11].tobytes() not in pieces


def test_neuron_is_a_balanced_ridge_regression():
    rng = np.random.default_rng(0)
    windows, labels = rng.normal(size=(60, 1, 3, 5)), (rng.random(60) < 0.2).astype(np.int64)
    weight, bias = least_squares_neuron(windows, labels, penalty=0.3)
    share = np.where(labels == 1, 0.5 / labels.sum(), 0.5 / (1 - labels).sum())
    oracle = Ridge(alpha=0.3).fit(windows.reshape(60, -1), labels, sample_weight=share)
    assert_allclose(weight.ravel(), oracle.coef_, rtol=1e-8)
    assert_allclose(bias[0], oracle.intercept_, rtol=1e-8)
    assert weight.shape == (1, 1, 3, 5) and bias.shape == (1,)


def test_response_of_the_neuron_is_its_fit():
    windows, labels = training_windows(faces(), (5, 7))
    weight, bias = least_squares_neuron(windows, labels)
    response = conv2d(windows, weight, bias).ravel()
    assert response[labels == 1].mean() > response[labels == 0].mean() + 0.3


def test_strongest_is_the_window_with_the_largest_response():
    rng = np.random.default_rng(0)
    response = rng.normal(size=(50, 1, 21, 19))
    rows, columns = rng.integers(21, size=50), rng.integers(19, size=50)
    response[np.arange(50), 0, rows, columns] = 100
    expected = np.stack([rows + 2, columns + 3], axis=1)
    assert_array_equal(strongest(response, (5, 7)), expected)


def test_within_keeps_only_the_places_where_a_larger_window_fits():
    images, eyes = faces()[:3], near_an_eye(window_centres(25, 13))
    windows, labels = training_windows(images, (5, 7), within=13)
    assert len(windows) == 3 * ((~eyes).sum() + 2) and labels.sum() == 6
    inside = images[:, :, 6 - 2 : 19 + 2, 6 - 3 : 19 + 3]  # 169 处的 5×7 窗口正好占这一块
    pieces = {inside[n, :, r : r + 5, c : c + 7].tobytes() for n in range(3) for r, c in AT_13}
    assert {w.tobytes() for w in windows} <= pieces
    response = np.zeros((1, 1, 21, 19))
    response[0, 0, 0, 0], response[0, 0, 4, 3] = 2, 1  # 中心 (2, 3) 与 (6, 6)
    assert_array_equal(strongest(response, (5, 7)), [[2, 3]])
    assert_array_equal(strongest(response, (5, 7), within=13), [[6, 6]])


def test_rounding_does_not_break_a_tie():
    response = np.ones((1, 1, 21, 19))
    response[0, 0, 9, 9] += 1e-12
    assert_array_equal(strongest(response, (5, 7)), [[2, 3]])


AT_13 = list(np.ndindex(13, 13))
WINDOWS, LABELS = np.zeros((2, 1, 3, 3)), np.array([0, 1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: window_centres(25, 4), "kernel 应是不大于图 (25, 25) 的两个奇数，得到 (4, 4)"),
        (lambda: window_centres(25, (5, 27)), "kernel 应是不大于图 (25, 25) 的两个奇数"),
        (lambda: window_centres(0, 1), "size 应是不小于 1 的整数"),
        (lambda: training_windows(np.zeros((25, 25)), 3), "images 的形状应是 [N,1,H,W]"),
        (lambda: least_squares_neuron(WINDOWS[0], LABELS), "windows 的形状应是 [N,1,kh,kw]"),
        (lambda: least_squares_neuron(WINDOWS, LABELS[:1]), "labels 应是形状 (2,) 的整数数组"),
        (lambda: least_squares_neuron(WINDOWS, LABELS * 1.0), "整数数组，得到 (2,) float64"),
        (lambda: least_squares_neuron(WINDOWS, 0 * LABELS), "labels 应既有 1 也有 0，得到 [0]"),
        (lambda: least_squares_neuron(WINDOWS, LABELS, penalty=0), "penalty 应是有限的正数"),
        (
            lambda: training_windows(np.zeros((1, 1, 25, 25)), 3, within=4),
            "kernel 应是不大于图 (25, 25) 的两个奇数，得到 (4, 4)",
        ),
        (lambda: strongest(np.zeros((21, 19)), (5, 7)), "response 的形状应是 [N,1,H',W']"),
        (lambda: strongest(np.zeros((1, 1, 21, 19)), 4), "kernel 应是不大于图"),
    ],
)
def test_bad_input_is_explained_in_chinese(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
