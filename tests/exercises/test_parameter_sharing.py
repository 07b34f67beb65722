"""参数共享一章的练习：参考解答对照另一条路，别的正确答案也通过。"""

import itertools

import numpy as np
import pytest
from scipy import signal

from dlbasics.convolution import conv2d, conv_matrix, local2d_backward, receptive_field
from dlbasics.exercises.parameter_sharing.detector import IMAGE
from dlbasics.exercises.registry import find
from dlbasics.gradcheck import numerical_gradient
from dlbasics.layers import Conv2d, LocallyConnected2d
from dlbasics.studies.circulant import nearest_circulant
from tests.exercises.asking import Chapter

SEEDS = (0, 1, 2)
CHAPTER = Chapter("parameter_sharing")
reference, passes, told = CHAPTER.reference, CHAPTER.passes, CHAPTER.told
PATTERNS = list(itertools.product([0.0, 1.0], repeat=3))


def conv(x, weight, bias=0.0):
    """单通道的卷积，由 dlbasics 算。"""
    return conv2d(x[None, None], weight[None, None], np.array([bias]))[0, 0]


def test_no_mistake_is_told_the_hint_of_another():
    def tiles(size, kernel):
        return size[0] // kernel[0] * (size[1] // kernel[1]), 1

    def counted(x, grad_output):
        return reference("shared_gradient")(x, grad_output)[0], float(grad_output.size)

    assert "互不相交" in told("savings", tiles)
    assert "只数了位置的个数" in told("shared_gradient", counted)


@pytest.mark.parametrize("sizes", [(1, 1, (1, 1)), (3, 64, (5, 5)), (6, 16, (2, 7))])
def test_count_weights_agrees_with_the_arrays_of_a_layer(sizes):
    layer = Conv2d(*sizes, rng=np.random.default_rng(0))
    assert reference("count_weights")(*sizes) == layer.weight.size + layer.bias.size


def test_count_weights_gives_the_known_first_layer_of_alexnet():
    assert reference("count_weights")(3, 96, (11, 11)) == 34_944


@pytest.mark.parametrize(("size", "kernel"), [((3, 3), (2, 2)), ((6, 4), (1, 3)), ((2, 2), (2, 2))])
def test_savings_agrees_with_two_real_layers(size, kernel):
    rng = np.random.default_rng(0)
    shared = Conv2d(2, 3, kernel, rng=rng)
    unshared = LocallyConnected2d(2, 3, kernel, size, rng=rng)
    parameters, multiplications = reference("savings")(size, kernel)
    assert unshared.parameter_count == parameters * shared.parameter_count
    work = [layer.multiplications((2, *size)) for layer in (shared, unshared)]
    assert work[1] == multiplications * work[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_toeplitz_agrees_with_the_matrix_of_a_convolution(seed):
    def by_library(kernel, size):
        return conv_matrix(kernel[None, None, None], (1, 1, size))

    assert passes("toeplitz", by_library, seed)


def test_toeplitz_multiplies_like_numpy_correlate():
    kernel, x = np.array([1.0, -2.0, 4.0]), np.arange(7.0) ** 2
    np.testing.assert_allclose(
        reference("toeplitz")(kernel, 7) @ x, np.correlate(x, kernel, mode="valid")
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_sliding_agrees_with_dlbasics_and_scipy(seed):
    def by_scipy(x, weight, bias):
        return signal.correlate2d(x, weight, mode="valid") + bias

    assert passes("sliding", conv, seed)
    assert passes("sliding", by_scipy, seed)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_detector_fires_for_its_pattern_alone(pattern):
    *weight, bias = reference("detector")(np.array(pattern))
    for window in PATTERNS:
        assert (np.dot(weight, window) + bias > 0) == (window == pattern)


def test_detector_accepts_any_neuron_that_works():
    def stretched(pattern):
        weight = np.where(pattern == 1, [0.5, 3.0, 1.0], [-4.0, -1.0, -2.0])
        return np.append(weight, 0.1 - weight[pattern == 1].sum())

    assert all(passes("detector", stretched, seed) for seed in SEEDS)
    assert not passes("detector", lambda pattern: (0.0, 0.0, 0.0, 1.0))
    assert not passes("detector", lambda pattern: (0.0, 0.0, 0.0, 0.0))


def test_detector_is_asked_about_all_patterns_on_all_windows():
    exercise = find("parameter_sharing/detector")
    asked = {tuple(pattern) for (pattern,) in exercise.inputs(np.random.default_rng(5))}
    seen = [tuple(window) for window in np.lib.stride_tricks.sliding_window_view(IMAGE, 3)]
    assert asked == set(PATTERNS)
    assert sorted(seen) == PATTERNS


def test_shared_gradient_agrees_with_finite_differences():
    rng = np.random.default_rng(1)
    x, grad_output = rng.normal(size=(5, 6)), rng.normal(size=(3, 5))
    weight = rng.normal(size=(3, 2))
    grad_weight, grad_bias = reference("shared_gradient")(x, grad_output)
    by_weight = numerical_gradient(lambda w: float(np.sum(grad_output * conv(x, w))), weight)
    by_bias = numerical_gradient(
        lambda b: float(np.sum(grad_output * conv(x, weight, b[0]))), np.zeros(1)
    )
    np.testing.assert_allclose(grad_weight, by_weight, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(grad_bias, by_bias[0], rtol=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_shared_gradient_is_the_sum_over_unshared_positions(seed):
    def unshared_summed(x, grad_output):
        (rows, columns), kernel = grad_output.shape, np.subtract(x.shape, grad_output.shape) + 1
        weight = np.zeros((rows, columns, 1, 1, *kernel))
        _, weights, biases = local2d_backward(grad_output[None, None], x[None, None], weight)
        return weights.sum(axis=(0, 1))[0, 0], biases.sum()

    def as_a_correlation(x, grad_output):
        return signal.correlate2d(x, grad_output, mode="valid"), grad_output.sum()

    assert passes("shared_gradient", unshared_summed, seed)
    assert passes("shared_gradient", as_a_correlation, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_true_convolution_agrees_with_scipy_and_with_a_flipped_kernel(seed):
    def flipped(x, kernel):
        tall, wide = kernel.shape
        padded = np.pad(x, [(tall - 1, tall - 1), (wide - 1, wide - 1)])
        return conv(padded, np.ascontiguousarray(kernel[::-1, ::-1]))

    assert passes("true_convolution", signal.convolve2d, seed)
    assert passes("true_convolution", flipped, seed)
    assert not passes("true_convolution", signal.correlate2d, seed)


def test_true_convolution_has_the_two_properties_of_the_statement():
    rng = np.random.default_rng(2)
    x, kernel = rng.normal(size=(3, 4)), rng.normal(size=(2, 2))
    convolve = reference("true_convolution")
    np.testing.assert_allclose(convolve(x, kernel), convolve(kernel, x))
    np.testing.assert_array_equal(convolve(np.ones((1, 1)), kernel), kernel)
    one, other = signal.correlate2d(x, kernel), signal.correlate2d(kernel, x)
    assert not np.allclose(one, other)
    np.testing.assert_array_equal(signal.correlate2d(np.ones((1, 1)), kernel), kernel[::-1, ::-1])


@pytest.mark.parametrize("seed", SEEDS)
def test_recovered_kernel_reproduces_the_output_and_the_normal_equations_pass(seed):
    exercise = find("parameter_sharing/recover")
    for x, y in exercise.inputs(np.random.default_rng(seed)):
        weight, bias = exercise.reference(x, y)
        np.testing.assert_allclose(conv(x, weight, bias), y, atol=1e-9)

    def normal_equations(x, y):
        kernel = tuple(np.subtract(x.shape, y.shape) + 1)
        rows = np.lib.stride_tricks.sliding_window_view(x, kernel).reshape(y.size, -1)
        system = np.hstack([np.ones((y.size, 1)), rows])
        bias, *weight = np.linalg.solve(system.T @ system, system.T @ y.ravel())
        return np.reshape(weight, kernel), bias

    assert passes("recover", normal_equations, seed)


def test_nearest_shared_commutes_and_is_a_projection():
    rng = np.random.default_rng(4)
    matrix = rng.normal(size=(5, 5))
    nearest = reference("commuting")(matrix)
    shift = np.roll(np.eye(5), 1, axis=0)
    np.testing.assert_allclose(nearest @ shift, shift @ nearest)
    np.testing.assert_allclose(reference("commuting")(nearest), nearest)
    for power in range(5):
        direction = np.linalg.matrix_power(shift, power)
        np.testing.assert_allclose(np.sum((matrix - nearest) * direction), 0, atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_commuting_agrees_with_dlbasics_diagonals_and_least_squares(seed):
    def wrapped_diagonals(matrix):
        n = len(matrix)
        result = np.zeros((n, n))
        for d in range(n):
            places = np.arange(n), (np.arange(n) + d) % n
            result[places] = matrix[places].mean()
        return result

    def least_squares(matrix):
        n = len(matrix)
        powers = [np.roll(np.eye(n), k, axis=0).ravel() for k in range(n)]
        basis = np.stack(powers, axis=1)
        return (basis @ np.linalg.lstsq(basis, matrix.ravel(), rcond=None)[0]).reshape(n, n)

    assert passes("commuting", lambda matrix: nearest_circulant(matrix, matrix.shape[:1]), seed)
    assert passes("commuting", wrapped_diagonals, seed)
    assert passes("commuting", least_squares, seed)


def test_a_nearest_shared_matrix_is_a_circular_convolution():
    matrix, x = np.random.default_rng(6).normal(size=(2, 6, 6))
    nearest, x = reference("commuting")(matrix), x[0]
    wrapped = np.concatenate([x, x[:-1]])
    np.testing.assert_allclose(nearest @ x, np.correlate(wrapped, nearest[0], mode="valid"))


def test_merged_layer_equals_the_stack_of_layers():
    rng = np.random.default_rng(7)
    kernels = tuple(rng.normal(size=length) for length in (3, 2, 4))
    biases = (0.5, -1.0, 2.0)
    x = rng.normal(size=20)
    y = x
    for kernel, bias in zip(kernels, biases, strict=True):
        y = np.correlate(y, kernel, mode="valid") + bias
    merged, shift = reference("merging")(kernels, biases)
    np.testing.assert_allclose(np.correlate(x, merged, mode="valid") + shift, y)
    assert len(merged) == receptive_field([(len(kernel), 1) for kernel in kernels])


@pytest.mark.parametrize("seed", SEEDS)
def test_merging_can_be_measured_with_impulses(seed):
    def measured(kernels, biases):
        def run(x):
            for kernel, bias in zip(kernels, biases, strict=True):
                x = np.correlate(x, kernel, mode="valid") + bias
            return x[0]

        length = sum(len(kernel) - 1 for kernel in kernels) + 1
        shift = run(np.zeros(length))
        return np.array([run(impulse) - shift for impulse in np.eye(length)]), shift

    assert passes("merging", measured, seed)


def counted_by_shapes(channels, filters, kernel):
    return np.zeros((filters, channels, *kernel)).size + np.zeros(filters).size


def counted_one_by_one(channels, filters, kernel):
    total = 0
    for _ in range(filters):
        total += 1 + sum(kernel[0] * kernel[1] for _ in range(channels))
    return total


def savings_by_views(size, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(np.zeros(size), kernel)
    local = windows.size + windows[..., 0, 0].size
    shared = windows[0, 0].size + 1
    return local // shared, windows.size // windows.size


def savings_by_counting(size, kernel):
    corners = [
        (r, c) for r, c in np.ndindex(size) if r + kernel[0] <= size[0] and c + kernel[1] <= size[1]
    ]
    return len(corners), 1


def toeplitz_by_diagonals(kernel, size):
    shape = (size - len(kernel) + 1, size)
    return sum(value * np.eye(*shape, k=j) for j, value in enumerate(kernel))


def toeplitz_by_impulses(kernel, size):
    columns = [np.correlate(impulse, kernel, mode="valid") for impulse in np.eye(size)]
    return np.stack(columns, axis=1)


def detector_by_distance(pattern):
    w = 4 * pattern - 2
    return [*w, -3.0 - np.sum(w * pattern) + 4]


def recovered_without_means(x, y):
    kernel = tuple(np.subtract(x.shape, y.shape) + 1)
    rows = np.lib.stride_tricks.sliding_window_view(x, kernel).reshape(y.size, -1)
    weight = np.linalg.pinv(rows - rows.mean(axis=0)) @ (y.ravel() - y.mean())
    return weight.reshape(kernel), y.mean() - rows.mean(axis=0) @ weight


def merged_by_polynomials(kernels, biases):
    kernel, bias = np.poly1d([1.0]), 0.0
    for layer, b in zip(kernels, biases, strict=True):
        kernel, bias = kernel * np.poly1d(layer), bias * np.poly1d(layer)(1) + b
    return kernel.coeffs, bias


def merged_by_trimming_polynomials(kernels, biases):
    merged = np.ones(1)
    for kernel in kernels:
        merged = np.polynomial.polynomial.polymul(merged, kernel)
    later = [np.prod([k.sum() for k in kernels[i + 1 :]]) for i in range(len(kernels))]
    return merged, float(np.dot(biases, later))


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("answer", [merged_by_polynomials, merged_by_trimming_polynomials])
def test_merging_asks_no_kernel_with_a_zero_end(answer, seed):
    assert passes("merging", answer, seed)
    for kernels, _ in find("parameter_sharing/merging").inputs(np.random.default_rng(seed)):
        assert all(kernel[0] * kernel[-1] for kernel in kernels)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "name, answer",
    [
        ("count_weights", counted_by_shapes),
        ("count_weights", counted_one_by_one),
        ("savings", savings_by_views),
        ("savings", savings_by_counting),
        ("toeplitz", toeplitz_by_diagonals),
        ("toeplitz", toeplitz_by_impulses),
        ("detector", detector_by_distance),
        ("recover", recovered_without_means),
    ],
)
def test_another_route_is_right_too(name, answer, seed):
    assert passes(name, answer, seed)


def biased_by_first_weights(kernels, biases):
    """前一层的偏置只乘了后一层的第一个权重。"""
    total = 0.0
    for kernel, bias in zip(kernels, biases, strict=True):
        total = total * kernel[0] + bias
    return reference("merging")(kernels, biases)[0], total


def test_a_mistake_without_a_hint_does_not_borrow_another_one():
    for name, wrong in [
        ("savings", lambda size, kernel: (size[0] - kernel[0] + 1, 1)),
        ("count_weights", lambda channels, filters, kernel: filters * (channels * kernel[0] + 1)),
        ("count_weights", lambda channels, filters, kernel: filters * (channels**2 + 1)),
        ("toeplitz", lambda kernel, size: reference("toeplitz")(kernel, size) / len(kernel)),
        ("sliding", lambda x, weight, bias: reference("sliding")(x, weight[:, ::-1], bias)),
        ("sliding", lambda x, weight, bias: reference("sliding")(x, weight[::-1], bias)),
        ("detector", lambda pattern: (*(2 * pattern - 1)[::-1], 0.5 - pattern.sum())),
        ("shared_gradient", lambda x, g: tuple(-d for d in reference("shared_gradient")(x, g))),
        ("true_convolution", lambda x, k: reference("true_convolution")(x, k)[::-1, ::-1]),
        ("recover", lambda x, y: (reference("recover")(x, y)[0], 0.0)),
        ("commuting", lambda matrix: reference("commuting")(matrix) * len(matrix)),
        ("merging", biased_by_first_weights),
    ]:
        message = told(name, wrong)
        assert message.startswith("未通过")
        assert "提示" not in message
