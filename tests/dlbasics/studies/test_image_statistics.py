"""像素之间的相关与可预测性。"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from dlbasics.datasets import photograph
from dlbasics.studies.image_statistics import (
    amplitude_only,
    correlation_by_distance,
    lag_correlation,
    phase_only,
    predictability,
)


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


def test_phase_and_amplitude_are_the_two_halves_of_an_image(noise):
    smooth = noise.cumsum(axis=0)
    spectrum = np.fft.fft2(smooth)
    phase, amplitude = np.fft.fft2(phase_only(smooth)), np.fft.fft2(amplitude_only(smooth, RNG))
    np.testing.assert_allclose(np.abs(amplitude), np.abs(spectrum), atol=1e-8)
    np.testing.assert_allclose(np.abs(phase).ravel()[1:], 1, atol=1e-8)
    np.testing.assert_allclose((phase * np.abs(spectrum)).ravel()[1:], spectrum.ravel()[1:])
    assert phase[0, 0] == pytest.approx(0, abs=1e-8)


def test_amplitude_alone_keeps_mean_variance_and_circular_correlation(noise):
    smooth = noise.cumsum(axis=1) - 3
    other = amplitude_only(smooth, RNG)
    assert other.mean() == pytest.approx(smooth.mean())
    assert other.std() == pytest.approx(smooth.std())
    neighbours = [np.mean(image * np.roll(image, 1, axis=1)) for image in (smooth, other)]
    assert neighbours[0] == pytest.approx(neighbours[1])
    assert abs(np.corrcoef(smooth.ravel(), other.ravel())[0, 1]) < 0.5


def test_an_absent_frequency_stays_absent():
    stripes = np.tile([0.0, 1.0], (4, 4))
    np.testing.assert_allclose(phase_only(stripes), (2 * stripes - 1) / 32, atol=1e-12)


RNG = np.random.default_rng(4)
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
        (lambda: phase_only(NOISE[0]), "image"),
        (lambda: amplitude_only(NOISE.tolist(), RNG), "image"),
        (lambda: amplitude_only(NOISE, 0), "rng"),
    ],
)
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=rf"^{name} .*得到"):
        call()
