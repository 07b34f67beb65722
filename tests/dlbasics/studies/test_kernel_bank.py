"""手工的彩色卷积核：空间图样、分给各通道、六个核各自提取什么。"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from dlbasics.convolution import conv2d
from dlbasics.studies.kernel_bank import (
    across_channels,
    balanced,
    blob,
    color_bank,
    edge,
    gaussian,
)

SIZES = st.sampled_from([3, 5, 7, 9])
SIGMAS = st.floats(0.5, 3)
ANGLES = st.floats(-360, 360)


def image_of(left, right, size=15):
    """左半是 ``left``、右半是 ``right`` 两种颜色的图，[1, 3, size, size]。"""
    image = np.empty((1, 3, size, size))
    image[..., : size // 2] = np.reshape(left, (3, 1, 1))
    image[..., size // 2 :] = np.reshape(right, (3, 1, 1))
    return image


def strongest(name, image):
    """名为 ``name`` 的核在图上绝对值最大的响应。"""
    bank = color_bank()
    response = conv2d(image, bank.weight)[:, bank.names.index(name)].ravel()
    return response[np.argmax(np.abs(response))]


@given(SIZES, SIGMAS)
def test_gaussian_is_a_symmetric_average(size, sigma):
    bump = gaussian(size, sigma)
    assert bump.sum() == pytest.approx(1) and np.all(bump > 0)
    assert bump.argmax() == bump.size // 2
    np.testing.assert_allclose(bump, bump[::-1])
    np.testing.assert_allclose(bump, bump.T)


def test_gaussian_is_the_one_of_scipy():
    impulse = np.zeros((7, 7))
    impulse[3, 3] = 1
    np.testing.assert_allclose(
        gaussian(7, 1.2), gaussian_filter(impulse, 1.2, radius=3), rtol=1e-12
    )


@given(SIZES, SIGMAS, ANGLES)
def test_edge_is_the_slope_of_a_gaussian(size, sigma, angle):
    pattern, direction = edge(size, sigma, angle), np.deg2rad(angle)
    np.testing.assert_allclose(pattern, -pattern[::-1, ::-1], atol=1e-12)
    rows, cols = np.mgrid[:size, :size] - size // 2.0
    slope = np.cos(direction) * cols + np.sin(direction) * rows
    nonzero = np.abs(slope) > 1e-9
    ratio = pattern[nonzero] / (slope * gaussian(size, sigma))[nonzero]
    assert np.all(ratio > 0) and np.ptp(ratio) < 1e-9 * ratio.max()


def test_edge_turns_with_its_angle():
    np.testing.assert_allclose(edge(7, 1.2, 90), edge(7, 1.2, 0).T, atol=1e-12)
    np.testing.assert_allclose(edge(7, 1.2, 180), -edge(7, 1.2, 0), atol=1e-12)


@given(st.sampled_from([5, 7, 9]), st.floats(0.5, 1.5))
def test_blob_is_bright_in_the_middle_and_dark_around(size, sigma):
    pattern = blob(size, sigma)
    middle = size // 2
    assert pattern.argmax() == pattern.size // 2
    assert pattern[middle, middle] > 0 > pattern[0, middle]
    np.testing.assert_allclose(pattern, pattern.T)
    assert pattern[pattern > 0].sum() == pytest.approx(1)


@given(SIZES, SIGMAS, st.lists(st.integers(-3, 3), min_size=1, max_size=5))
def test_across_channels_weighs_the_same_pattern(size, sigma, mixture):
    pattern = gaussian(size, sigma)
    kernel = across_channels(pattern, mixture)
    np.testing.assert_array_equal(kernel, np.multiply.outer(np.array(mixture, float), pattern))


def test_every_kernel_ignores_plain_grey_and_stays_within_one():
    bank, rng = color_bank(), np.random.default_rng(0)
    for grey in (0.2, 1.0):
        np.testing.assert_allclose(conv2d(np.full((1, 3, 9, 9), grey), bank.weight), 0, atol=1e-12)
    for kernel in bank.weight:
        assert kernel[kernel > 0].sum() == pytest.approx(1)
        assert kernel[kernel < 0].sum() == pytest.approx(-1)
    noise = rng.integers(2, size=(20, 3, 9, 9)).astype(float)
    assert np.abs(conv2d(noise, bank.weight)).max() <= 1
    assert len(bank.names) == len(set(bank.names)) == len(bank.weight) == 6


def test_names_say_what_a_positive_response_means():
    black, white = (0, 0, 0), (1, 1, 1)
    red, green, yellow, blue = (1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 0, 1)
    assert strongest("左暗右亮", image_of(black, white)) > 0.5
    assert strongest("左暗右亮", image_of(white, black)) < -0.5
    assert strongest("上暗下亮", image_of(black, white).swapaxes(2, 3)) > 0.5
    spot = np.zeros((1, 3, 15, 15))
    spot[..., 6:9, 6:9] = 1
    assert strongest("亮斑", spot) > 0.5
    assert strongest("偏红", image_of(red, red)) == pytest.approx(1)
    assert strongest("偏红", image_of(green, green)) == pytest.approx(-1)
    assert strongest("偏黄", image_of(yellow, yellow)) == pytest.approx(1)
    assert strongest("偏黄", image_of(blue, blue)) == pytest.approx(-1)
    assert strongest("左绿右红", image_of(green, red)) > 0.5
    assert strongest("左绿右红", image_of(black, white)) == pytest.approx(0, abs=1e-12)
    assert strongest("左暗右亮", image_of(green, red)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: gaussian(4, 1.0), "size"),
        (lambda: gaussian(1, 1.0), "size"),
        (lambda: gaussian(5.0, 1.0), "size"),
        (lambda: gaussian(5, 0.0), "sigma"),
        (lambda: edge(5, -1.0, 0), "sigma"),
        (lambda: edge(5, 1.0, np.nan), "angle"),
        (lambda: blob(5, np.inf), "sigma"),
        (lambda: across_channels([[1.0]], [1.0]), "pattern"),
        (lambda: across_channels(np.ones(3), [1.0]), "pattern"),
        (lambda: across_channels(np.ones((3, 3)), 1.0), "mixture"),
        (lambda: across_channels(np.ones((3, 3)), ["red"]), "mixture"),
        (lambda: balanced([1.0, -1.0]), "kernel"),
        (lambda: balanced(np.ones((3, 3))), "kernel"),
        (lambda: color_bank(size=6), "size"),
    ],
)
def test_bad_input_is_named_in_chinese(call, name):
    with pytest.raises(ValueError, match=rf"{name}.*应"):
        call()
