"""三维组织一章的练习：参考解答对照另一条路，别的正确答案也通过。"""

import numpy as np
import pytest

from dlbasics.convolution import (
    col2im,
    conv2d,
    conv2d_backward,
    conv2d_naive,
    conv_matrix,
    conv_output_size,
    im2col,
)
from dlbasics.exercises.neuron_volumes.network_cost import LENET
from dlbasics.exercises.registry import find
from dlbasics.gradcheck import numerical_gradient
from dlbasics.layers import Conv2d, Flatten, Linear, MaxPool2d
from tests.exercises.asking import Chapter

SEEDS = (0, 1, 2)
CHAPTER = Chapter("neuron_volumes")
reference, passes, told = CHAPTER.reference, CHAPTER.passes, CHAPTER.told


def test_no_mistake_is_told_the_hint_of_another():
    def one_too_early(shape, filters, kernel, stride, padding):
        return filters, *((side + 2 * padding - kernel + 1) // stride for side in shape[1:])

    assert "加 1 的地方" in told("output_shape", one_too_early)
    assert "提示" not in told("channels_last", lambda x: x.copy())
    assert "提示" not in told("fitting", lambda size, kernel, target: (1, kernel - 1))
    assert "提示" not in told("fitting", lambda size, kernel, target: (2, 0))


@pytest.mark.parametrize("seed", SEEDS)
def test_output_shape_agrees_with_a_real_convolution(seed):
    def by_running(shape, filters, kernel, stride, padding):
        x, weight = np.zeros((1, *shape)), np.zeros((filters, shape[0], kernel, kernel))
        return conv2d(x, weight, stride=stride, padding=padding).shape[1:]

    assert passes("output_shape", by_running, seed)


def test_slice_shares_a_kernel_and_column_shares_a_window():
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(1, 2, 4, 5)), rng.normal(size=(3, 2, 2, 2))
    y = conv2d(x, weight)[0]
    depth_slice, depth_column = reference("slice_and_column")(y, 1, 2, 3)
    np.testing.assert_allclose(depth_slice, conv2d(x, weight[1:2])[0, 0])
    np.testing.assert_allclose(depth_column, conv2d(x[:, :, 2:4, 3:5], weight)[0, :, 0, 0])


@pytest.mark.parametrize("seed", SEEDS)
def test_slice_and_column_agrees_with_take(seed):
    def by_take(y, channel, row, column):
        return y.take(channel, 0), y.take(row, 1).take(column, 1)

    assert passes("slice_and_column", by_take, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_channels_last_agrees_with_copying_one_by_one(seed):
    def by_loops(x):
        n, c, h, w = x.shape
        y = np.empty((n, h, w, c))
        for place in np.ndindex(x.shape):
            y[place[0], place[2], place[3], place[1]] = x[place]
        return y

    assert passes("channels_last", by_loops, seed)
    assert passes("channels_last", lambda x: np.moveaxis(x, 1, -1), seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_volume_conv_agrees_with_dlbasics_and_einsum(seed):
    def by_library(x, weight, bias):
        return conv2d_naive(x[np.newaxis], weight, bias)[0]

    def by_einsum(x, weight, bias):
        windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(1, 2))
        return np.einsum("crsij,fcij->frs", windows, weight) + bias[:, None, None]

    assert passes("volume_conv", by_library, seed)
    assert passes("volume_conv", by_einsum, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_fitting_accepts_the_last_answer_as_well_as_the_first(seed):
    def last(size, kernel, target):
        return max(
            (stride, padding)
            for stride in range(1, size + 1)
            for padding in range(kernel)
            if size + 2 * padding >= kernel
            and conv_output_size(size, kernel, stride=stride, padding=padding) == target
        )

    assert passes("fitting", last, seed)
    assert passes("fitting", lambda *args: np.array(last(*args)), seed)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((1, 0), "边长是 11，不是 5"),
        ((1.5, 0), "整数"),
        ((0, 0), "至少是 1"),
        ((2, 5), "0 与 4 之间"),
        ((2, -1), "0 与 4 之间"),
    ],
)
def test_fitting_says_what_is_wrong(answer, words):
    verdict = CHAPTER.judged("fitting", lambda *args: answer)
    assert not verdict.passed
    assert words in verdict.text


def test_alexnet_needs_padding_for_224():
    assert conv_output_size(224, 11, stride=4) == 54
    assert reference("fitting")(224, 11, 55) == (4, 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_pointwise_agrees_with_a_1x1_convolution_and_a_dense_layer(seed):
    def by_convolution(x, weight, bias):
        return conv2d(x[np.newaxis], weight[:, :, np.newaxis, np.newaxis], bias)[0]

    def pixel_by_pixel(x, weight, bias):
        y = np.empty((len(weight), *x.shape[1:]))
        for r, c in np.ndindex(x.shape[1:]):
            y[:, r, c] = weight @ x[:, r, c] + bias
        return y

    assert passes("pointwise", by_convolution, seed)
    assert passes("pointwise", pixel_by_pixel, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_unfolding_and_folding_agree_with_dlbasics(seed):
    def by_im2col(x, kernel, stride):
        return im2col(x[np.newaxis], kernel, stride=stride)[0]

    def by_col2im(columns, shape, kernel, stride):
        return col2im(columns[np.newaxis], (1, *shape), kernel, stride=stride)[0]

    assert passes("unfolding", by_im2col, seed)
    assert passes("folding", by_col2im, seed)


def test_folding_is_the_adjoint_but_not_the_inverse_of_unfolding():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(2, 5, 6))
    columns = reference("unfolding")(x, 3, 2)
    other = rng.normal(size=columns.shape)
    folded = reference("folding")(other, x.shape, 3, 2)
    np.testing.assert_allclose(np.sum(columns * other), np.sum(x * folded))
    assert not np.allclose(reference("folding")(columns, x.shape, 3, 2), x)


def test_unfolded_windows_times_kernels_is_the_convolution():
    rng = np.random.default_rng(4)
    x, weight = rng.normal(size=(2, 5, 6)), rng.normal(size=(3, 2, 2, 2))
    y = weight.reshape(3, -1) @ reference("unfolding")(x, 2, 1)
    np.testing.assert_allclose(y.reshape(3, 4, 5), conv2d(x[np.newaxis], weight)[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_network_cost_agrees_with_real_layers(seed):
    def by_building(shape, layers):
        rng, parameters, multiplications = np.random.default_rng(0), 0, 0
        for kind, size, *kernel in layers:
            if kind == "linear" and len(shape) == 3:
                shape = Flatten().output_shape(shape)
            if kind == "conv":
                layer = Conv2d(shape[0], size, *kernel, rng=rng)
            else:
                layer = MaxPool2d(size) if kind == "pool" else Linear(shape[0], size, rng=rng)
            if kind != "pool":
                parameters += layer.parameter_count
                multiplications += layer.multiplications(shape)
            shape = layer.output_shape(shape)
        return parameters, multiplications

    assert passes("network_cost", by_building, seed)


def test_network_cost_of_lenet():
    assert reference("network_cost")((1, 32, 32), LENET) == (61_706, 416_520)


@pytest.mark.parametrize("seed", SEEDS)
def test_separable_accepts_any_scale_and_another_method(seed):
    def scaled(weight):
        depthwise, pointwise = reference("separable")(weight)
        scale = np.arange(2.0, 2 + len(depthwise))
        return depthwise * scale[:, np.newaxis, np.newaxis], pointwise / scale

    def largest_kernel(weight):
        depthwise, pointwise = [], []
        for kernels in weight.transpose(1, 0, 2, 3):
            kernel = kernels[np.argmax(np.abs(kernels).sum(axis=(1, 2)))]
            square = np.sum(kernel**2) or 1.0
            depthwise.append(kernel)
            pointwise.append(np.sum(kernels * kernel, axis=(1, 2)) / square)
        return np.array(depthwise), np.array(pointwise).T

    assert passes("separable", scaled, seed)
    assert passes("separable", largest_kernel, seed)


def test_separable_rejects_what_does_not_reproduce_the_layer():
    def one_sign_wrong(weight):
        depthwise, pointwise = reference("separable")(weight)
        pointwise = pointwise.copy()
        pointwise[-1, 0] *= -1
        return depthwise, pointwise

    def divides_by_zero(weight):
        with np.errstate(all="ignore"):
            pointwise = np.sum(weight * weight[0], axis=(2, 3)) / np.sum(
                weight[0] ** 2, axis=(1, 2)
            )
        return weight[0], pointwise

    def short(weight):
        depthwise, pointwise = reference("separable")(weight)
        return depthwise[:, :1, :1], pointwise

    def overflowing(weight):
        depthwise, pointwise = reference("separable")(weight)
        return np.full_like(depthwise, 1e308), np.full_like(pointwise, 1e308)

    for wrong, words in [
        (one_sign_wrong, "输出最大相差"),
        (one_sign_wrong, "w[1, 0, 0, 1] 是 -4，p[1, 0] × d[0, 0, 1] 是 4"),
        (divides_by_zero, "除以了 0"),
        (short, "第 1 个值：形状应是"),
        (overflowing, "输出最大相差"),
    ]:
        verdict = CHAPTER.judged("separable", wrong)
        assert not verdict.passed
        assert words in verdict.text


@pytest.mark.parametrize("seed", SEEDS)
def test_backward_agrees_with_dlbasics(seed):
    def by_library(grad_output, x, weight, stride, padding):
        grad_x, *rest = conv2d_backward(
            grad_output[np.newaxis], x[np.newaxis], weight, stride=stride, padding=padding
        )
        return grad_x[0], *rest

    assert passes("backward", by_library, seed)


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_backward_agrees_with_finite_differences(stride, padding):
    rng = np.random.default_rng(5)
    x, weight, bias = rng.normal(size=(2, 5, 4)), rng.normal(size=(3, 2, 3, 2)), np.zeros(3)
    shape = conv2d(x[np.newaxis], weight, stride=stride, padding=padding).shape[1:]
    grad_output = rng.normal(size=shape)

    def loss(x, weight, bias):
        y = conv2d_naive(x[np.newaxis], weight, bias, stride=stride, padding=padding)[0]
        return float(np.sum(grad_output * y))

    numerical = (
        numerical_gradient(lambda z: loss(z, weight, bias), x),
        numerical_gradient(lambda z: loss(x, z, bias), weight),
        numerical_gradient(lambda z: loss(x, weight, z), bias),
    )
    got = reference("backward")(grad_output, x, weight, stride, padding)
    for mine, theirs in zip(got, numerical, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-8)


def shape_by_counting(shape, filters, kernel, stride, padding):
    sides = (len(range(kernel, side + 2 * padding + 1, stride)) for side in shape[1:])
    return filters, *sides


def slice_by_loops(y, channel, row, column):
    picture = np.array([[y[channel, r, c] for c in range(y.shape[2])] for r in range(y.shape[1])])
    return picture, np.array([plane[row, column] for plane in y])


def fitted_by_formula(size, kernel, target):
    for padding in range(kernel - 1, -1, -1):
        room = size + 2 * padding - kernel
        stride = room // (target - 1) if target > 1 else room + 1
        if stride >= 1 and room // stride + 1 == target:
            return [stride, padding]


def unfolded_by_views(x, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(1, 2))
    windows = windows[:, ::stride, ::stride].transpose(0, 3, 4, 1, 2)
    return windows.reshape(len(x) * kernel**2, -1)


def unfolded_row_by_row(x, kernel, stride):
    height, width = x.shape[1:]
    return np.array(
        [
            x[
                ch,
                i : height - kernel + i + 1 : stride,
                j : width - kernel + j + 1 : stride,
            ].ravel()
            for ch, i, j in np.ndindex(len(x), kernel, kernel)
        ]
    )


def folded_by_add_at(columns, shape, kernel, stride):
    numbers = np.arange(np.prod(shape)).reshape(shape)
    x = np.zeros(np.prod(shape))
    np.add.at(x, unfolded_by_views(numbers, kernel, stride), columns)
    return x.reshape(shape)


def folded_by_counting(columns, shape, kernel, stride):
    numbers = np.arange(np.prod(shape)).reshape(shape)
    places = unfolded_row_by_row(numbers, kernel, stride).ravel()
    total = np.bincount(places, weights=columns.ravel(), minlength=numbers.size)
    return total.reshape(shape)


def cost_by_recursion(shape, layers):
    if not layers:
        return 0, 0
    (kind, *size), rest = layers[0], layers[1:]
    c, h, w = shape
    if kind == "pool":
        return cost_by_recursion((c, h // size[0], w // size[0]), rest)
    rows, columns = (h - size[1] + 1, w - size[1] + 1) if kind == "conv" else (1, 1)
    window = c * size[1] ** 2 if kind == "conv" else c * h * w
    later = cost_by_recursion((size[0], rows, columns), rest)
    return size[0] * window + size[0] + later[0], size[0] * window * rows * columns + later[1]


def separated_by_svd(weight):
    channels, filters = weight.shape[1], len(weight)
    tables = weight.transpose(1, 0, 2, 3).reshape(channels, filters, -1)
    u, s, vt = np.linalg.svd(tables, full_matrices=False)
    return vt[:, 0].reshape(weight.shape[1:]), (u[:, :, 0] * s[:, :1]).T


def separated_by_one_weight(weight):
    depthwise, pointwise = [], []
    for kernels in weight.transpose(1, 0, 2, 3).reshape(weight.shape[1], len(weight), -1):
        f, place = np.unravel_index(np.abs(kernels).argmax(), kernels.shape)
        depthwise.append(kernels[f].reshape(weight.shape[2:]))
        pointwise.append(kernels[:, place] / kernels[f, place])
    return np.array(depthwise), np.stack(pointwise, axis=1)


def backward_by_columns(grad_output, x, weight, stride, padding):
    p, side = padding, weight.shape[2:]
    padded = np.pad(x, ((0, 0), (p, p), (p, p)))
    numbers = np.arange(padded.size).reshape(padded.shape)
    windows = np.lib.stride_tricks.sliding_window_view(numbers, side, axis=(1, 2))
    places = windows[:, ::stride, ::stride].transpose(0, 3, 4, 1, 2).reshape(weight[0].size, -1)
    g, rows = grad_output.reshape(len(weight), -1), weight.reshape(len(weight), -1)
    grad_padded = np.zeros(padded.size)
    np.add.at(grad_padded, places, rows.T @ g)
    grad_x = grad_padded.reshape(padded.shape)[:, p : p + x.shape[1], p : p + x.shape[2]]
    grad_weight = (g @ padded.ravel()[places].T).reshape(weight.shape)
    return grad_x, grad_weight, g.sum(axis=1)


def backward_by_matrix(grad_output, x, weight, stride, padding):
    matrix = conv_matrix(weight, x.shape, stride=stride, padding=padding)
    grad_x = (grad_output.ravel() @ matrix).reshape(x.shape)
    grad_weight = np.empty_like(weight)
    for place in np.ndindex(weight.shape):
        one = np.zeros_like(weight)
        one[place] = 1
        y = conv2d(x[np.newaxis], one, stride=stride, padding=padding)[0]
        grad_weight[place] = np.sum(grad_output * y)
    return grad_x, grad_weight, np.einsum("frc->f", grad_output)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "name, answer",
    [
        ("output_shape", shape_by_counting),
        ("output_shape", lambda *args: list(shape_by_counting(*args))),
        ("slice_and_column", slice_by_loops),
        ("fitting", fitted_by_formula),
        ("unfolding", unfolded_by_views),
        ("unfolding", unfolded_row_by_row),
        ("folding", folded_by_add_at),
        ("folding", folded_by_counting),
        ("network_cost", cost_by_recursion),
        ("separable", separated_by_svd),
        ("separable", separated_by_one_weight),
        ("backward", backward_by_columns),
        ("backward", backward_by_matrix),
    ],
)
def test_another_route_is_right_too(name, answer, seed):
    assert passes(name, answer, seed)


@pytest.mark.parametrize("seed", range(40))
def test_separable_never_asks_about_an_empty_channel(seed):
    for (weight,) in find("neuron_volumes/separable").inputs(np.random.default_rng(seed)):
        assert weight.any(axis=(0, 2, 3)).all()
    assert passes("separable", separated_by_one_weight, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_network_cost_refuses_pools_that_always_halve(seed):
    def halved(shape, layers):
        return cost_by_recursion(
            shape, tuple(("pool", 2) if layer[0] == "pool" else layer for layer in layers)
        )

    assert not passes("network_cost", halved, seed)
    assert "总是减半" in told("network_cost", halved)


def taken(name, change):
    """参考解答的答案，再改错一处。"""
    return lambda *args: change(reference(name)(*args), *args)


def pools_multiply(shape, layers):
    """汇聚也算乘法。"""
    (c, h, w), extra = shape, 0
    for kind, *size in layers:
        if kind == "pool":
            h, w = h // size[0], w // size[0]
            extra += c * h * w * size[0] ** 2
        elif kind == "conv":
            c, h, w = size[0], h - size[1] + 1, w - size[1] + 1
    parameters, multiplications = reference("network_cost")(shape, layers)
    return parameters, multiplications + extra


def folded_by_maximum(columns, shape, kernel, stride):
    numbers = np.arange(np.prod(shape)).reshape(shape)
    x = np.full(numbers.size, -np.inf)
    np.maximum.at(x, unfolded_by_views(numbers, kernel, stride), columns)
    return np.where(np.isinf(x), 0, x).reshape(shape)


@pytest.mark.parametrize(
    "name, wrong",
    [
        ("output_shape", taken("output_shape", lambda y, *args: (*y[1:], y[0]))),
        (
            "slice_and_column",
            lambda y, channel, row, column: (y[channel], y[:, row - 1, column - 1]),
        ),
        ("channels_last", lambda x: x.transpose(1, 2, 3, 0)),
        (
            "volume_conv",
            taken("volume_conv", lambda y, x, weight, bias: y - 2 * bias[:, None, None]),
        ),
        ("fitting", lambda size, kernel, target: (-(-size // target), (kernel - 1) // 2)),
        ("pointwise", lambda x, weight, bias: x.T @ weight.T + bias),
        ("unfolding", lambda x, kernel, stride: reference("unfolding")(x, kernel, kernel)),
        ("folding", folded_by_maximum),
        ("network_cost", pools_multiply),
        ("separable", taken("separable", lambda dp, weight: (dp[0], np.abs(dp[1])))),
        ("backward", taken("backward", lambda grads, *args: tuple(-g for g in grads))),
    ],
)
def test_a_mistake_without_a_hint_does_not_borrow_another_one(name, wrong):
    message = told(name, wrong)
    assert message.startswith("未通过")
    assert "提示" not in message
