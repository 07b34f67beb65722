"""数据：形状、范围、标签与原始数据集一致，划分不多不少。"""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits

from dlbasics.datasets import (
    PHOTOGRAPHS,
    digits,
    digits_on_canvas,
    faces,
    photograph,
    split,
    stereo_pair,
)


def test_digits_are_the_published_ones():
    images, labels = digits()
    assert (images.shape, images.dtype) == ((1797, 1, 8, 8), np.float64)
    assert (labels.shape, labels.dtype) == ((1797,), np.int64)
    assert (images.min(), images.max()) == (0, 1)
    assert_array_equal(np.bincount(labels), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    original = load_digits()
    assert_array_equal(images.reshape(1797, 64) * 16, original.data)
    assert_array_equal(labels, original.target)


def test_digits_land_where_they_are_told():
    images, labels = digits()
    positions = np.random.default_rng(0).integers(7, size=(1797, 2))
    canvas, canvas_labels = digits_on_canvas(14, positions=positions)
    assert (canvas.shape, canvas.dtype) == ((1797, 1, 14, 14), np.float64)
    assert_array_equal(canvas_labels, labels)
    for i in (0, 500, 1796):
        row, column = positions[i]
        assert_array_equal(canvas[i, 0, row : row + 8, column : column + 8], images[i, 0])
    assert_array_equal(
        np.count_nonzero(canvas, axis=(1, 2, 3)), np.count_nonzero(images, (1, 2, 3))
    )


def test_random_positions_cover_the_canvas_evenly():
    canvas, _ = digits_on_canvas(10, np.random.default_rng(0))
    again, _ = digits_on_canvas(10, np.random.default_rng(0))
    assert_array_equal(canvas, again)
    images, _ = digits()
    places = np.array(
        [
            [np.array_equal(canvas[i, 0, r : r + 8, c : c + 8], images[i, 0]) for i in range(1797)]
            for r in range(3)
            for c in range(3)
        ]
    )
    assert_array_equal(places.sum(axis=0), 1)
    assert 140 < places.sum(axis=1).min() <= places.sum(axis=1).max() < 260  # 平均 1797/9 ≈ 200


def test_a_canvas_of_the_same_size_changes_nothing():
    canvas, _ = digits_on_canvas(8, np.random.default_rng(0))
    assert_array_equal(canvas, digits()[0])


def test_faces():
    images = faces()
    assert (images.shape, images.dtype) == ((100, 1, 25, 25), np.float64)
    assert (images.min(), images.max()) == (0, 1)
    mean = images.mean(axis=0)[0]
    eyes, forehead = mean[7:10, 6:19], mean[1:6, 6:19]
    assert eyes.mean() < forehead.mean() - 0.05  # 人脸之后的 100 张背景没有这样的暗带


def test_faces_are_not_to_be_shown_singly():
    assert "不展示单张人脸" in inspect.getdoc(faces)


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_photographs(name):
    image = photograph(name)
    assert image.dtype == np.float64
    assert image.ndim == 3 and image.shape[0] in (1, 3) and min(image.shape[1:]) >= 150
    assert image.min() >= 0 and 0.5 < image.max() <= 1
    assert image.flags.c_contiguous and image.flags.writeable


def test_photographs_are_the_pictures_of_the_libraries():
    from skimage.data import astronaut, camera
    from sklearn.datasets import load_sample_image

    for name, original in [
        ("astronaut", astronaut()),
        ("camera", camera()[..., None]),
        ("china", load_sample_image("china.jpg")),
    ]:
        assert_array_equal((photograph(name) * 255).transpose(1, 2, 0).round(), original)


def test_every_photograph_states_its_rights():
    for rights in PHOTOGRAPHS.values():
        assert any(
            word in rights
            for word in ("CC0", "CC BY 2.0", "公有领域", "没有已知的版权限制", "未注明")
        )
    for name, author in [("china", "danielbuechele"), ("flower", "vultilion")]:
        assert author in PHOTOGRAPHS[name] and "CC BY 2.0" in PHOTOGRAPHS[name]


def test_disparity_points_from_left_to_right():
    """左图 (行, 列) 对右图 (行, 列 − disparity)；反号或不移都对不上。"""
    pair = stereo_pair()
    assert pair.left.shape == pair.right.shape == (3, 500, 741)
    assert pair.disparity.shape == (500, 741)
    assert pair.left.dtype == pair.right.dtype == np.float64
    rows, columns = np.nonzero(np.isfinite(pair.disparity))

    def difference(sign):
        there = np.rint(columns + sign * pair.disparity[rows, columns]).astype(int)
        seen = (there >= 0) & (there < 741)
        here = pair.left[:, rows[seen], columns[seen]]
        return np.abs(here - pair.right[:, rows[seen], there[seen]]).mean()

    assert difference(-1) < difference(0) / 3
    assert difference(-1) < difference(+1) / 3


def test_unknown_disparity_is_infinite():
    disparity = stereo_pair().disparity
    assert not np.isnan(disparity).any()
    unknown = np.isinf(disparity)
    assert 0 < unknown.mean() < 0.1
    assert 5 < disparity[~unknown].min() < disparity[~unknown].max() < 65
    assert "inf" in inspect.getdoc(type(stereo_pair()))


@given(st.integers(4, 100), st.floats(0.2, 0.8), st.integers(0, 2**32))
def test_split_is_a_partition(n, test_fraction, seed):
    x, y = np.stack([np.arange(n), -np.arange(n)], axis=1), 10 * np.arange(n)
    parts = split(x, y, np.random.default_rng(seed), test_fraction=test_fraction)
    assert len(parts.test_x) == round(test_fraction * n)
    everything = np.concatenate([parts.train_y, parts.test_y])
    assert_array_equal(np.sort(everything), y)
    for images, labels in [(parts.train_x, parts.train_y), (parts.test_x, parts.test_y)]:
        assert_array_equal(images, np.stack([labels, -labels], axis=1) // 10)


def test_split_takes_a_quarter_by_default():
    parts = split(np.arange(100), np.arange(100), np.random.default_rng(0))
    assert (len(parts.train_x), len(parts.test_x)) == (75, 25)


def test_split_shuffles_by_seed():
    x = np.arange(100)

    def test_part(seed):
        return split(x, x, np.random.default_rng(seed)).test_x

    assert_array_equal(test_part(1), test_part(1))
    assert not np.array_equal(test_part(1), test_part(2))
    assert not np.array_equal(np.sort(test_part(1)), x[:25])


def test_split_copies():
    x = np.arange(10.0)
    parts = split(x, x, np.random.default_rng(0))
    parts.train_x[:] = -1
    assert_array_equal(x, np.arange(10.0))
