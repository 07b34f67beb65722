"""原文局部连接一节的断言（总账第 8–12 条）：每条的正确说法，用数值演示一遍。"""

import numpy as np
import pytest

from dlbasics.convolution import conv2d, conv_matrix, local2d, receptive_field
from dlbasics.datasets import digits, faces, photograph, split
from dlbasics.layers import Conv2d, Flatten, Linear, LocallyConnected2d, ReLU, Sequential
from dlbasics.losses import mean_squared_error
from dlbasics.metrics import accuracy
from dlbasics.optimizers import Momentum
from dlbasics.studies.eye_neuron import (
    least_squares_neuron,
    near_an_eye,
    strongest,
    training_windows,
    window_centres,
)
from dlbasics.studies.identifiability import recover_conv, recover_dense, recover_local
from tests.claims.training import trained


def first_layers(kind, rng):
    if kind == "dense":
        return [Flatten(), Linear(64, 64, rng=rng, dtype=np.float64)], 64
    if kind == "conv":
        return [Conv2d(1, 8, 3, rng=rng, dtype=np.float64), Flatten()], 288
    return [LocallyConnected2d(1, 8, 3, 8, rng=rng, dtype=np.float64), Flatten()], 288


def test_claim_8_dense_networks_are_fine_on_small_centred_digits():
    x, labels = digits()
    assert Linear(64, 64, rng=np.random.default_rng(0)).parameter_count == 4160
    scores = {}
    for kind in ("dense", "local", "conv"):
        for seed in range(3):
            rng = np.random.default_rng(seed)
            data = split(x, labels, rng)
            layers, n = first_layers(kind, rng)
            model = Sequential(*layers, ReLU(), Linear(n, 10, rng=rng, dtype=np.float64))
            trained(model, data.train_x, data.train_y, rng, optimizer=Momentum(lr=0.05), epochs=15)
            scores[kind, seed] = accuracy(model.forward(data.test_x), data.test_y)
    assert min(scores.values()) > 0.9
    means = {k: np.mean([v for key, v in scores.items() if key[0] == k]) for k, _ in scores}
    assert max(means.values()) - means["dense"] < 0.05


def test_claim_9_a_photograph_costs_hundreds_of_millions_of_weights():
    photo = photograph("china")
    assert photo.shape == (3, 427, 640)
    assert 1000 * photo.size + 1000 == 819_841_000
    assert Conv2d.count_parameters(3, 64, 3) == 3 * 3 * 3 * 64 + 64 == 1792
    small = Linear(5 * 7 * 3, 11, rng=np.random.default_rng(0))
    assert small.parameter_count == 5 * 7 * 3 * 11 + 11


def test_claim_9_three_ways_to_connect_the_first_layer_of_alexnet():
    inputs, neurons = 3 * 227 * 227, 96 * 55 * 55
    assert neurons == 290_400
    assert neurons * (inputs + 1) == 44_892_355_200
    assert LocallyConnected2d.count_parameters(3, 96, 11, 227, stride=4) == 105_705_600
    assert Conv2d.count_parameters(3, 96, 11) == 34_944


def test_claim_9_activations_are_the_main_cost_of_a_convolution():
    _, height, width = photograph("china").shape
    maps = 4 * 64 * (height - 2) * (width - 2)
    assert round(maps / 1e6, 1) == 69.4 and round(32 * maps / 1e9, 1) == 2.2
    assert round(4 * Conv2d.count_parameters(3, 64, 3) / 1e3, 1) == 7.2
    layer = Conv2d(3, 4, 3, rng=np.random.default_rng(0), dtype=np.float32)
    assert layer.forward(np.zeros((2, 3, 9, 8), np.float32)).nbytes == 4 * 2 * 4 * 7 * 6
    batch, three = 128 * 4 * 96 * 55 * 55, 3 * 4 * Conv2d.count_parameters(3, 96, 11)
    assert 300 < batch / three < 400


def digit_network(hidden, seed, wrong=0, dropped=0):
    rng = np.random.default_rng(seed)
    x, labels = digits()
    data = split(x, labels, rng)
    x, y = data.train_x[dropped:300], data.train_y[dropped:300].copy()
    y[:wrong] = rng.integers(10, size=wrong)
    layers = [Linear(64, hidden, rng=rng, dtype=x.dtype), ReLU()]
    model = Sequential(Flatten(), *layers, Linear(hidden, 10, rng=rng, dtype=x.dtype))
    trained(model, x, y, rng, optimizer=Momentum(lr=0.05), epochs=100)
    return accuracy(model.forward(x), y), accuracy(model.forward(data.test_x), data.test_y)


def test_claim_10_a_hundred_parameters_per_sample_can_generalise():
    assert 64 * 512 + 512 + 512 * 10 + 10 == 38_410 > 100 * 300
    memorised, tested = digit_network(512, seed=0)
    assert memorised == 1 and tested > 0.9


@pytest.mark.parametrize("seed", range(3))
def test_claim_10_memorising_wrong_labels_is_worse_than_dropping_them(seed):
    memorised, tested = digit_network(32, seed, wrong=60)
    _, without = digit_network(32, seed, dropped=60)
    assert memorised > 0.97 and tested < without - 0.06


def test_claim_10_local_and_shared_weights_need_fewer_images():
    rng = np.random.default_rng(0)
    kernel, x, fresh = rng.normal(size=(1, 1, 3, 3)), *rng.normal(size=(2, 64, 1, 8, 8))
    y, truth = conv2d(x, kernel), conv2d(fresh, kernel)

    def error(guess):
        return np.abs(guess.reshape(truth.shape) - truth).max()

    def dense(n):
        return error(fresh.reshape(64, 64) @ recover_dense(x[:n], y[:n]).T)

    def local(n):
        return error(local2d(fresh, recover_local(x[:n], y[:n], 3)))

    assert dense(64) < 1e-8 and dense(63) > 0.1
    assert local(9) < 1e-8 and local(8) > 0.1
    assert error(conv2d(fresh, recover_conv(x[:1], y[:1], 3))) < 1e-8


def test_claim_10_more_unknowns_overfit_the_same_noisy_images():
    rng = np.random.default_rng(0)
    kernel, x, fresh = rng.normal(size=(1, 1, 3, 3)), *rng.normal(size=(2, 200, 1, 8, 8))
    truth = conv2d(fresh, kernel)

    def errors(n, noise):
        y = conv2d(x[:n], kernel)
        y = y + noise * rng.normal(size=y.shape)
        dense = fresh.reshape(200, 64) @ recover_dense(x[:n], y).T
        local = local2d(fresh, recover_local(x[:n], y, 3))
        return [np.abs(guess.reshape(truth.shape) - truth).mean() for guess in (dense, local)]

    dense, local = errors(64, 0.01)
    assert dense > 5 * local
    assert errors(200, 0.01)[0] < dense / 5  # 图够多
    assert max(errors(64, 0)) < 1e-8  # 没有噪声


def test_claim_11_weights_gradients_and_velocities_take_the_same_room():
    assert 819_841_000 * np.dtype(np.float32).itemsize == pytest.approx(3.28e9, rel=1e-3)
    rng = np.random.default_rng(0)
    layer, optimizer = Linear(300, 40, rng=rng, dtype=np.float32), Momentum(lr=0.1)
    x, y = rng.normal(size=(8, 300)), rng.normal(size=(8, 40))
    _, grad = mean_squared_error(layer.forward(x.astype(np.float32)), y)
    layer.backward(grad)
    optimizer.step(layer.parameters, layer.gradients)
    weights = sum(p.nbytes for p in layer.parameters)
    assert weights == 4 * layer.parameter_count
    assert sum(g.nbytes for g in layer.gradients) == weights
    assert sum(v.nbytes for state in optimizer.state for v in state.values()) == weights


def test_claim_12_every_position_has_a_neuron_and_the_one_over_the_eye_answers():
    kernel = np.random.default_rng(0).normal(size=(1, 1, 3, 3))
    pattern = kernel[0, 0]
    for row, column in [(0, 0), (4, 7), (9, 3)]:
        image = np.zeros((1, 1, 12, 12))
        image[0, 0, row : row + 3, column : column + 3] = pattern
        response = conv2d(image, kernel)[0, 0]
        assert np.unravel_index(response.argmax(), response.shape) == (row, column)


def test_claim_12_local_in_space_but_full_in_channels():
    rng = np.random.default_rng(0)
    rows = conv_matrix(rng.normal(size=(4, 5, 3, 3)), (5, 8, 8)).reshape(-1, 5, 8, 8)
    assert np.all(np.count_nonzero(rows, axis=(1, 2, 3)) == 5 * 3 * 3)
    seen = np.any(rows != 0, axis=1)
    assert np.array_equal(np.all(rows != 0, axis=1), seen)
    assert np.all(np.count_nonzero(seen, axis=(1, 2)) == 9)
    assert np.all(np.any(seen, axis=2).sum(axis=1) == 3)


@pytest.mark.parametrize(
    "layers",
    [[(3, 1)], [(3, 1)] * 4, [(7, 1)], [(3, 2), (3, 1), (3, 1)], [(5, 1), (2, 2), (5, 1), (2, 2)]],
)
def test_claim_12_receptive_field_by_formula_is_the_one_by_perturbation(layers):
    rng, size = np.random.default_rng(0), 29
    x = np.concatenate([np.zeros((1, size, size)), np.eye(size**2).reshape(-1, size, size)])
    x = x[:, None]
    for kernel, stride in layers:
        x = np.tanh(conv2d(x, rng.normal(size=(1, 1, kernel, kernel)), stride=stride))
    middle = x[:, 0, x.shape[2] // 2, x.shape[3] // 2]
    reacts = (middle[1:] != middle[0]).reshape(size, size)
    field = receptive_field(layers)
    assert reacts.sum() == field**2
    assert reacts.any(axis=0).sum() == reacts.any(axis=1).sum() == field


@pytest.mark.parametrize("padding", [0, 1])
def test_claim_12_the_centre_of_a_receptive_field(padding):
    rng, size, layers = np.random.default_rng(0), 33, [(3, 2), (5, 1), (2, 2), (3, 1)]
    x = np.concatenate([np.zeros((1, size, size)), np.eye(size**2).reshape(-1, size, size)])
    x, jump, offset = x[:, None], 1, 0
    for kernel, stride in layers:
        weight = rng.normal(size=(1, 1, kernel, kernel))
        x = np.tanh(conv2d(x, weight, stride=stride, padding=padding))
        offset, jump = offset + ((kernel - 1) / 2 - padding) * jump, jump * stride
    u = x.shape[3] // 2
    reacts = (x[1:, 0, u, u] != x[0, 0, u, u]).reshape(size, size)
    columns = np.flatnonzero(reacts.any(axis=0))
    assert len(columns) == receptive_field(layers)
    assert columns.mean() == u * jump + offset


def test_claim_12_a_first_layer_neuron_is_smaller_than_an_eye():
    assert receptive_field([(3, 1)]) == 3
    assert receptive_field([(3, 1)] * 11) < 25 == receptive_field([(3, 1)] * 12)


def faces_found(kernel):
    """找到眼睛的比例：处处可用；反例与候选都只取 13×13 的窗口也放得下的地方。"""
    images, fold = faces(), np.arange(100) % 5
    found = np.empty((2, 100, 2), int)
    for row, within in enumerate((1, 13)):
        for k in range(5):
            windows = training_windows(images[fold != k], kernel, within=within)
            response = conv2d(images[fold == k], *least_squares_neuron(*windows))
            found[row, fold == k] = strongest(response, kernel, within=within)
    return near_an_eye(found).mean(axis=1)


def test_claim_12_a_small_window_is_informative_but_not_sufficient():
    (small, small_inside), (large, large_inside) = faces_found((5, 7)), faces_found((9, 11))
    chance, inside = (near_an_eye(window_centres(25, k)).mean() for k in ((5, 7), 13))
    assert chance == pytest.approx(0.125, abs=1e-3)
    assert 3 * chance < small < 0.65
    assert large > small + 0.2
    assert small_inside > 2 * inside
    assert small_inside + 0.1 < large_inside < small_inside + large - small - 0.05


def test_claim_12_one_pixel_finds_the_eye_only_where_hair_cannot_be_chosen():
    anywhere, inside = faces_found((1, 1))
    assert anywhere < near_an_eye(window_centres(25, 1)).mean()
    assert inside > 0.45


def test_claim_12_the_darkest_window_is_not_the_eye():
    response = -conv2d(faces(), np.ones((1, 1, 5, 7)))
    assert near_an_eye(strongest(response, (5, 7))).mean() < 0.1
    assert near_an_eye(strongest(response, (5, 7), within=13)).mean() < 0.2
