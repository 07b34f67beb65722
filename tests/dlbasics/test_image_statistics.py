"""像素之间的相关与可预测性。"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from dlbasics.datasets import photograph
from dlbasics.image_statistics import correlation_by_distance, lag_correlation, predictability


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).normal(size=(120, 150))


@given(dy=st.integers(-4, 4), dx=st.integers(-5, 5))
def test_lag_correlation_counts_every_pair_once(dy, dx):
    image = np.random.default_rng(1).normal(size=(6, 7)).round(3)
    pairs = [
        (image[r, c], image[r + dy, c + dx])
        for r, c in np.ndindex(6, 7)
        if 0 <= r + dy < 6 and 0 <= c + dx < 7
    ]
    assert lag_correlation(image, dy, dx) == pytest.approx(np.corrcoef(np.transpose(pairs))[0, 1])


def test_lag_correlation_ignores_brightness_and_contrast(noise):
    smooth = noise.cumsum(axis=0)
    assert lag_correlation(0.2 * smooth + 0.5, 3, 1) == pytest.approx(lag_correlation(smooth, 3, 1))
    assert lag_correlation(smooth, -3, -1) == pytest.approx(lag_correlation(smooth, 3, 1))


def test_moving_average_has_the_correlation_of_theory(noise):
    """相邻 4 个独立数的滑动平均，相隔 d 的相关系数是 1 − d/4。"""
    smooth = np.stack([np.roll(noise, k, axis=1) for k in range(4)]).mean(axis=0)
    for d, expected in enumerate((1, 0.75, 0.5, 0.25, 0)):
        assert lag_correlation(smooth, 0, d) == pytest.approx(expected, abs=0.03)


def test_correlation_by_distance_averages_the_two_directions(noise):
    smooth = noise.cumsum(axis=0)
    down, right = lag_correlation(smooth, 3, 0), lag_correlation(smooth, 0, 3)
    np.testing.assert_allclose(correlation_by_distance(smooth, [3]), [(down + right) / 2])
    assert down > right + 0.5
    assert correlation_by_distance(smooth, [0])[0] == pytest.approx(1)


def test_shuffled_photograph_has_no_correlation():
    grey = photograph("camera")[0]
    shuffled = np.random.default_rng(0).permuted(grey)
    assert np.all(correlation_by_distance(grey, [1, 4]) > 0.85)
    assert np.all(np.abs(correlation_by_distance(shuffled, [1, 4, 64])) < 0.01)


@pytest.mark.parametrize("distance", [1, 5])
def test_predictability_is_the_r_squared_of_linear_regression(noise, distance):
    image = noise.cumsum(axis=1)
    offsets = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    centre = np.s_[distance:-distance, distance:-distance]
    around = [
        np.roll(image, (-i * distance, -j * distance), (0, 1))[centre].ravel() for i, j in offsets
    ]
    x, y = np.stack(around, axis=1), image[centre].ravel()
    assert predictability(image, distance) == pytest.approx(
        LinearRegression().fit(x, y).score(x, y)
    )


def test_independent_pixels_cannot_be_predicted(noise):
    assert predictability(noise, 1) < 0.01


NOISE = np.random.default_rng(2).random((5, 6))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: lag_correlation(NOISE.tolist(), 1, 0), "image"),
        (lambda: lag_correlation(NOISE[None], 1, 0), "image"),
        (lambda: lag_correlation((NOISE > 0.5).astype(int), 1, 0), "image"),
        (lambda: lag_correlation(np.ones((5, 6)), 1, 0), "image"),
        (lambda: lag_correlation(NOISE, 4, 0), "dy"),
        (lambda: lag_correlation(NOISE, 0, -5), "dx"),
        (lambda: lag_correlation(NOISE, 0, 0.5), "dx"),
        (lambda: correlation_by_distance(NOISE, [4]), "dy"),
        (lambda: predictability(NOISE, 0), "distance"),
        (lambda: predictability(NOISE, 3), "image"),
        (lambda: predictability(np.ones((5, 6)), 1), "image"),
        (lambda: predictability(NOISE[0], 1), "image"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=rf"^{name} .*得到"):
        call()
