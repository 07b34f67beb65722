"""原文组织方式一节的断言（总账第 17–20 条）：每条的正确说法，用数值演示一遍。"""

from itertools import pairwise, product

import numpy as np
import pytest
from scipy.signal import correlate

from dlbasics.convolution import (
    avg_pool2d,
    col2im,
    conv2d,
    conv_output_size,
    im2col,
    max_pool2d,
    receptive_field,
)
from dlbasics.layers import Conv2d, Sequential


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def network(channels, **options):
    """一串 3×3 卷积，``channels`` 是输入与各层输出的通道数。"""
    rng = np.random.default_rng(0)
    options = {"kernel": 3, "padding": 1} | options
    layers = [Conv2d(c, f, rng=rng, dtype=np.float64, **options) for c, f in pairwise(channels)]
    return Sequential(*layers)


def seen_by(model, x, neuron):
    """输入里哪些像素影响得到一个神经元；``neuron`` 是（通道, 行, 列）。"""
    y = model.forward(x)
    one = np.zeros_like(y)
    one[(0, *neuron)] = 1
    return model.backward(one)[0].any(axis=0)


def test_claim_17_a_depth_column_looks_at_one_region_and_extracts_different_features():
    model, x = network([3, 5]), normal(1, 3, 9, 9)
    regions = [seen_by(model, x, (f, 4, 6)) for f in range(5)]
    expected = np.zeros((9, 9), dtype=bool)
    expected[3:6, 5:8] = True
    assert all(np.array_equal(region, expected) for region in regions)
    column = model.forward(x)[0, :, 4, 6]
    assert len(np.unique(column)) == 5


def test_claim_18_sound_is_length_by_channel():
    sound, weight = normal(2, 3, 40), normal(4, 3, 7, seed=1)
    y = conv2d(sound[:, :, None], weight[:, :, None])[:, :, 0]
    assert y.shape == (2, 4, 34)
    for n, f in product(range(2), range(4)):
        expected = sum(np.correlate(sound[n, c], weight[f, c], mode="valid") for c in range(3))
        np.testing.assert_allclose(y[n, f], expected)


def test_claim_18_video_is_time_by_height_by_width_by_channel():
    video, weight = normal(2, 5, 6, 7), normal(4, 2, 3, 3, 3, seed=1)  # [C,T,H,W]、[F,C,Kt,Kh,Kw]
    frames = [
        sum(conv2d(video[None, :, t + k], weight[:, :, k])[0] for k in range(3)) for t in range(3)
    ]
    y = np.stack(frames, axis=1)
    assert y.shape == (4, 3, 4, 5)
    for f in range(4):
        expected = sum(correlate(video[c], weight[f, c], mode="valid") for c in range(2))
        np.testing.assert_allclose(y[f], expected)


def test_claim_18_a_batch_adds_one_more_axis():
    x, weight = normal(4, 3, 8, 8), normal(5, 3, 3, 3, seed=1)
    y = conv2d(x, weight)
    assert y.ndim == 4
    for n in range(4):
        np.testing.assert_allclose(y[n], conv2d(x[[n]], weight)[0])


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("padding", [0, 1, 2])
def test_claim_19_height_and_width_count_the_places_of_the_windows(stride, padding):
    for size, kernel in product(range(1, 13), range(1, 6)):
        starts = [
            start
            for start in range(-padding, size + padding, stride)
            if start + kernel <= size + padding
        ]
        if not starts:
            with pytest.raises(ValueError, match="kernel"):
                conv_output_size(size, kernel, stride=stride, padding=padding)
            continue
        shape = normal(1, 2, size, size), normal(3, 2, kernel, kernel)
        y = conv2d(*shape, stride=stride, padding=padding)
        assert y.shape == (1, 3, len(starts), len(starts))
        assert conv_output_size(size, kernel, stride=stride, padding=padding) == len(starts)


def test_claim_19_the_floor_leaves_the_last_pixels_unseen():
    for size, kernel, stride, padding in product(range(1, 13), range(1, 6), range(1, 5), range(3)):
        if kernel > size + 2 * padding or stride > kernel:
            continue
        ones = np.ones((1, 1, 1, size))
        options = {"stride": (1, stride), "padding": (0, padding)}
        windows = im2col(ones, (1, kernel), **options)
        times = col2im(np.ones_like(windows), ones.shape, (1, kernel), **options).ravel()
        lost = max(0, (size - kernel + 2 * padding) % stride - padding)
        assert np.all(times[: size - lost] > 0) and np.all(times[size - lost :] == 0)


def test_claim_19_size_of_the_map_and_of_the_neuron_are_independent():
    fields = {}
    for size, (kernel, padding) in product((16, 24), ((3, 1), (7, 3))):
        model = network([3, 4], kernel=kernel, padding=padding)
        x = normal(1, 3, size, size)
        assert model.output_shape(x.shape[1:]) == (4, size, size)
        region = seen_by(model, x, (0, size // 2, size // 2))
        fields[size, kernel] = region.any(axis=0).sum()
        assert fields[size, kernel] == receptive_field([(kernel, 1)]) == kernel
    assert fields[16, 3] == fields[24, 3] != fields[16, 7] == fields[24, 7]


@pytest.mark.parametrize(("strides", "field"), [((1, 1), 5), ((1, 2), 5), ((2, 1), 7)])
def test_claim_19_only_an_earlier_stride_widens_what_a_neuron_sees(strides, field):
    channels, rng = (3, 4, 4), np.random.default_rng(0)
    layers = [
        Conv2d(c, f, 3, stride=stride, padding=1, rng=rng, dtype=np.float64)
        for (c, f), stride in zip(pairwise(channels), strides, strict=True)
    ]
    region = seen_by(Sequential(*layers), normal(1, 3, 24, 24), (0, 6, 6))
    assert region.any(axis=0).sum() == region.any(axis=1).sum() == field
    assert receptive_field([(3, stride) for stride in strides]) == field


def test_claim_20_depth_is_the_number_of_kernels_not_of_layers():
    wide, deep = network([3, 64]), network([3, 4, 4, 4, 4])
    assert (len(wide.layers), wide.output_shape((3, 8, 8))) == (1, (64, 8, 8))
    assert (len(deep.layers), deep.output_shape((3, 8, 8))) == (4, (4, 8, 8))
    for model in (wide, deep):
        last = model.layers[-1]
        assert len(last.weight) == len(last.bias) == model.output_shape((3, 8, 8))[0]


def test_claim_20_one_kernel_has_a_slice_for_every_input_channel():
    x, weight = normal(1, 3, 8, 8), normal(5, 3, 3, 3, seed=1)
    parts = [conv2d(x[:, [c]], weight[:, [c]]) for c in range(3)]
    np.testing.assert_allclose(sum(parts), conv2d(x, weight))
    with pytest.raises(ValueError, match="weight"):
        conv2d(x, weight[:, :1])
    assert Conv2d.count_parameters(3, 5, 3) == 5 * (3 * 3 * 3 + 1)


def test_claim_20_all_neurons_of_a_slice_extract_the_same_feature():
    weight = normal(5, 3, 3, 3, seed=1)
    patch, x = normal(3, 3, 3), np.zeros((1, 3, 10, 10))
    for row, col in ((0, 0), (2, 5), (7, 7)):
        x[:] = 0
        x[0, :, row : row + 3, col : col + 3] = patch
        response = conv2d(x, weight)[0, :, row, col]
        np.testing.assert_allclose(response, np.einsum("fcij,cij->f", weight, patch))


def test_claim_20_pooling_keeps_the_channels_apart():
    x = normal(1, 4, 6, 6)
    changed = x.copy()
    changed[0, 2] += 1
    for pool in (max_pool2d, avg_pool2d):
        moved = np.any(pool(x, 2) != pool(changed, 2), axis=(0, 2, 3))
        assert moved.tolist() == [False, False, True, False]
    assert np.any(
        conv2d(x, normal(4, 4, 3, 3)) != conv2d(changed, normal(4, 4, 3, 3)), (0, 2, 3)
    ).all()
