"""原文参数共享一节的断言（总账第 13–16 条）：每条的正确说法，用数值演示一遍。"""

import numpy as np
import pytest
from scipy import ndimage

from dlbasics.convolution import (
    avg_pool2d,
    conv2d,
    conv2d_backward,
    local2d,
    local2d_backward,
    max_pool2d,
)
from dlbasics.datasets import digits_on_canvas, faces, photograph, stereo_pair
from dlbasics.gradcheck import numerical_gradient
from dlbasics.layers import Conv2d, GlobalMaxPool2d, Linear, LocallyConnected2d, ReLU, Sequential
from dlbasics.studies.circulant import circulant_kernel, nearest_circulant
from dlbasics.studies.identifiability import recover_conv, recover_local
from dlbasics.studies.shifting import conv2d_circular, equivariance_error, shift


def neurons(x, weight, bias):
    """一层神经元：先内积，再 tanh。权重 6 维时不共享，4 维时共享。"""
    layer = local2d if weight.ndim == 6 else conv2d
    return np.tanh(layer(x, weight, bias))


def unshared(rng, places, kernel=(3, 3)):
    """每个位置一份随机的权重与偏置。"""
    return rng.normal(size=(*places, 1, 1, *kernel)), rng.normal(size=(*places, 1))


def test_claim_13_a_neuron_is_tied_to_its_place():
    rng = np.random.default_rng(0)
    weight, bias = rng.uniform(0.2, 1, size=(1, 1, 3, 3)), np.array([0.1])
    dot = np.zeros((1, 1, 12, 12))
    dot[..., 3, 3] = 1
    y = neurons(dot, weight, bias)
    for dy, dx in ((0, 4), (5, 0), (6, 5)):
        moved = neurons(shift(dot, dy, dx, border="zero"), weight, bias)
        assert abs(moved[0, 0, 2, 2] - y[0, 0, 2, 2]) > 0.1
        assert moved[0, 0, 2 + dy, 2 + dx] == pytest.approx(y[0, 0, 2, 2])
        assert moved.max() == pytest.approx(y.max())


def test_claim_13_the_layer_is_equivariant_and_the_maximum_invariant():
    rng = np.random.default_rng(1)
    weight, bias, x = rng.normal(size=(1, 1, 3, 3)), np.array([0.3]), rng.normal(size=(1, 1, 7, 6))
    shifts = list(np.ndindex(7, 6))

    def layer(image):
        return np.maximum(conv2d_circular(image, weight, bias), 0)

    assert equivariance_error(layer, x, shifts) < 1e-12
    highest = [layer(shift(x, *step)).max() for step in shifts]
    assert np.ptp(highest) < 1e-12


def test_claim_14_same_patch_same_response_needs_the_same_bias_too():
    rng = np.random.default_rng(2)
    patch = rng.normal(size=(3, 3))
    x = np.tile(patch, (2, 4))[None, None]  # 同一块出现在每隔三格的位置
    weight, bias = rng.normal(size=(1, 1, 3, 3)), rng.normal(size=1)
    copies, biases = np.tile(weight, (4, 10, 1, 1, 1, 1)), np.tile(bias, (4, 10, 1))
    np.testing.assert_allclose(neurons(x, copies, biases), neurons(x, weight, bias))
    assert np.ptp(neurons(x, copies, biases)[0, 0, ::3, ::3]) < 1e-12
    biases[0, 3] += 0.5
    assert np.ptp(neurons(x, copies, biases)[0, 0, ::3, ::3]) > 1e-3
    biases[0, 3] -= 0.5
    copies[3, 9] += 0.5
    assert np.ptp(neurons(x, copies, biases)[0, 0, ::3, ::3]) > 1e-3


def test_claim_15_inner_product_and_activation_do_not_imply_sharing():
    rng = np.random.default_rng(3)
    x = np.tile(rng.normal(size=(3, 3)), (2, 2))[None, None]
    y = neurons(x, *unshared(rng, (4, 4)))
    assert np.ptp(y[0, 0, ::3, ::3]) > 0.1


def test_claim_15_equal_responses_to_every_patch_fix_the_parameters():
    rng = np.random.default_rng(4)
    weight, bias = unshared(rng, (2, 1))
    probes = np.concatenate([np.zeros((1, 1, 3, 3)), np.eye(9).reshape(9, 1, 3, 3)])

    def parameters_of(row):
        response = neurons(probes, weight[row : row + 1], bias[row : row + 1]).ravel()
        values = np.arctanh(response)
        return values[0], values[1:] - values[0]

    for row in range(2):
        b, w = parameters_of(row)
        assert b == pytest.approx(bias[row, 0, 0])
        np.testing.assert_allclose(w, weight[row].ravel(), atol=1e-9)


@pytest.mark.parametrize("shape", [(1, 9), (4, 5)])
def test_claim_15_commuting_with_all_shifts_means_convolution(shape):
    rng = np.random.default_rng(5)
    n, x, shifts = np.prod(shape), rng.normal(size=shape), list(np.ndindex(shape))
    dense = rng.normal(size=(n, n))
    shared = nearest_circulant(dense, shape)

    def error(matrix):
        return equivariance_error(lambda z: (matrix @ z.ravel()).reshape(shape), x, shifts)

    assert error(dense) > 0.1 and error(shared) < 1e-12
    y = conv2d_circular(x[None, None], circulant_kernel(dense, shape)[None, None])
    np.testing.assert_allclose(shared @ x.ravel(), y.ravel(), atol=1e-12)


def test_claim_15_with_channels_every_block_is_a_kernel():
    rng, grid, f, c = np.random.default_rng(5), (4, 5), 3, 2
    n, blocks = 20, rng.normal(size=(f, c, 20, 20))

    def apply(matrices, x):
        return np.einsum("fcij,cj->fi", matrices, x.reshape(c, n)).reshape(f, *grid)

    def error(matrices):
        x = rng.normal(size=(c, *grid))
        return equivariance_error(lambda z: apply(matrices, z), x, list(np.ndindex(grid)))

    shared = np.array([[nearest_circulant(block, grid) for block in row] for row in blocks])
    weight = np.array([[circulant_kernel(block, grid) for block in row] for row in blocks])
    assert weight.shape == (f, c, *grid)
    assert error(blocks) > 0.1 and error(shared) < 1e-12
    for row, column in np.ndindex(f, c):  # 只要有一块不是循环矩阵，就不等变
        spoiled = shared.copy()
        spoiled[row, column] = blocks[row, column]
        assert error(spoiled) > 0.1
    x = rng.normal(size=(1, c, *grid))
    np.testing.assert_allclose(apply(shared, x[0]), conv2d_circular(x, weight)[0], atol=1e-12)


def test_claim_15_projection_averages_the_noise_away():
    n, dense, projected = 24, 0.0, 0.0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        truth = nearest_circulant(rng.normal(size=(n, n)), (n,))
        x = rng.normal(size=(100, n))
        answers = x @ truth.T + 0.1 * rng.normal(size=x.shape)
        learned = np.linalg.lstsq(x, answers, rcond=None)[0].T
        dense += np.sum((learned - truth) ** 2)
        projected += np.sum((nearest_circulant(learned, (n,)) - truth) ** 2)
    assert 20 < dense / projected < 29  # 期望之比是 n = 24


def coin_areas(photo):
    """每枚钱币的编号图与面积：比四周的底色亮、连成一片的像素。"""
    smooth = ndimage.gaussian_filter(photo, 2)
    ground = ndimage.gaussian_filter(ndimage.minimum_filter(smooth, 61), 15)
    bright = ndimage.binary_fill_holes(smooth - ground > 0.2)
    label, count = ndimage.label(ndimage.binary_opening(bright, iterations=4))
    return label, np.bincount(label.ravel(), minlength=count + 1)[1:]


def test_claim_15_a_kernel_from_one_coin_finds_every_coin_but_the_large_ones_less_well():
    photo = photograph("coins")
    x = avg_pool2d(photo[None], 3)
    kernel = x[..., 56:74, 25:43] - x[..., 56:74, 25:43].mean()
    kernel /= np.linalg.norm(kernel)
    variance = avg_pool2d(x**2, 18, stride=1) - avg_pool2d(x, 18, stride=1) ** 2
    likeness = conv2d(x, kernel) / np.sqrt(variance * kernel.size)
    assert likeness.max() == pytest.approx(1)
    peaks = likeness == max_pool2d(likeness, 11, stride=1, padding=5)
    centres = np.argwhere(peaks[0, 0]) * 3 + 27
    label, areas = coin_areas(photo[0])
    assert len(areas) == 24
    hit = label[tuple(centres.T)]
    assert sorted(hit) == list(range(1, 25))
    worst = hit[np.argsort(likeness[peaks])[:4]] - 1
    assert set(worst) == set(np.argsort(areas)[-4:])


def test_claim_15_the_same_kernel_answers_at_matching_points_of_real_photos():
    pair, rows = stereo_pair(), slice(150, 350)
    left, right = (photo.mean(axis=0)[None, None, rows] for photo in (pair.left, pair.right))
    disparity = pair.disparity[rows][3:-3, 3:-3]
    r, c = np.nonzero(np.isfinite(disparity))
    match = np.rint(c - disparity[r, c]).astype(int)
    r, c, match = (values[match >= 0] for values in (r, c, match))
    nearest = np.full(disparity.shape, -np.inf)
    np.maximum.at(nearest, (r, match), disparity[r, c])
    seen = disparity[r, c] > nearest[r, match] - 1
    for seed in range(3):
        rng = np.random.default_rng(seed)
        one = rng.normal(size=(1, 1, 7, 7))
        one -= one.mean()
        a, b = (conv2d(photo, one)[0, 0] for photo in (left, right))
        everywhere = np.corrcoef(a[r, c], b[r, match])[0, 1]
        visible = np.corrcoef(a[r, c][seen], b[r, match][seen])[0, 1]
        assert 0.6 < everywhere < visible - 0.04
        assert abs(np.corrcoef(a[r, c], b[r, c])[0, 1]) < 0.1
        own = rng.normal(size=(*disparity.shape, 1, 1, 7, 7))
        own -= own.mean(axis=(-2, -1), keepdims=True)
        a, b = (local2d(photo, own)[0, 0] for photo in (left, right))
        assert abs(np.corrcoef(a[r, c], b[r, match])[0, 1]) < 0.05


def test_claim_16_each_feature_map_has_its_own_parameters():
    rng = np.random.default_rng(6)
    layer = Conv2d(3, 5, 3, rng=rng, dtype=np.float64)
    assert layer.parameter_count == 5 * (3 * 3 * 3 + 1)
    x = rng.normal(size=(2, 3, 8, 8))
    before = layer.forward(x)
    layer.weight[2] += 0.1
    layer.bias[4] += 0.1
    changed = ~np.isclose(layer.forward(x), before, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(changed.any(axis=(0, 2, 3)), [False, False, True, False, True])
    assert changed[:, [2, 4]].all()


def test_claim_16_shared_gradient_is_the_sum_over_positions():
    rng = np.random.default_rng(7)
    x, weight = rng.normal(size=(2, 3, 9, 8)), rng.normal(size=(4, 3, 3, 3))
    bias = rng.normal(size=4)
    target = rng.normal(size=(2, 4, 7, 6))

    def loss(w, b):
        return 0.5 * np.sum((conv2d(x, w, b) - target) ** 2)

    grad_y = conv2d(x, weight, bias) - target
    _, grad_weight, grad_bias = conv2d_backward(grad_y, x, weight)
    copies = np.tile(weight, (7, 6, 1, 1, 1, 1))
    _, each_weight, each_bias = local2d_backward(grad_y, x, copies)
    np.testing.assert_allclose(each_weight.sum(axis=(0, 1)), grad_weight, rtol=1e-10)
    np.testing.assert_allclose(each_bias.sum(axis=(0, 1)), grad_bias, rtol=1e-10)
    by_weight = numerical_gradient(lambda w: loss(w, bias), weight)
    by_bias = numerical_gradient(lambda b: loss(weight, b), bias)
    np.testing.assert_allclose(grad_weight, by_weight, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(grad_bias, by_bias, rtol=1e-6, atol=1e-6)


def test_claim_16_sharing_saves_parameters_not_multiplications():
    rng = np.random.default_rng(8)
    conv, local = Conv2d(3, 16, 5, rng=rng), LocallyConnected2d(3, 16, 5, 32, rng=rng)
    assert local.parameter_count == 28 * 28 * conv.parameter_count
    assert local.multiplications((3, 32, 32)) == conv.multiplications((3, 32, 32))


def test_claim_16absent_position_dependent_targets_on_aligned_faces():
    face = faces()
    z_score = (face - face.mean(axis=0)) / face.std(axis=0)
    for seed in range(2):
        rng = np.random.default_rng(seed)
        noisy = face + 0.05 * rng.normal(size=face.shape)
        x = np.concatenate([noisy, np.ones_like(noisy)], axis=1)
        order = rng.permutation(len(x))
        train, test = order[:70], order[70:]

        def error(recover, layer, y, x=x, train=train, test=test):
            return np.mean((layer(x[test], recover(x[train], y[train], 5)) - y[test]) ** 2)

        for target, sharing_helps in ((face, True), (z_score, False)):
            y = target[:, :, 2:-2, 2:-2]
            shared, own = error(recover_conv, conv2d, y), error(recover_local, local2d, y)
            better, worse = (shared, own) if sharing_helps else (own, shared)
            assert better < 0.85 * worse


def test_claim_16absent_sharing_and_pooling_cannot_tell_above_from_below():
    rng = np.random.default_rng(9)
    above, below = (digits_on_canvas(20, positions=corner)[0] for corner in ((2, 6), (10, 6)))

    def outputs(first):
        net = Sequential(first, ReLU(), GlobalMaxPool2d(), Linear(8, 2, rng=rng))
        return net.forward(above), net.forward(below)

    shared = outputs(Conv2d(1, 8, 3, rng=rng))
    np.testing.assert_allclose(*shared, atol=1e-5)
    own = outputs(LocallyConnected2d(1, 8, 3, 20, rng=rng))
    assert np.abs(own[0] - own[1]).max() > 0.1
