"""局部连接一章的练习：参考解答对照 dlbasics，别的正确答案也通过。"""

import itertools
from functools import partial

import numpy as np
import pytest

from dlbasics.convolution import conv2d, conv_matrix, local2d, local2d_backward, receptive_field
from dlbasics.exercises import STUDENT_SEED
from dlbasics.exercises.registry import find
from dlbasics.gradcheck import numerical_gradient
from tests.exercises.asking import Chapter

SEEDS = range(5)
CHAPTER = Chapter("local_connectivity")
reference, passes, told = CHAPTER.reference, CHAPTER.passes, CHAPTER.told


def asked(name, seed=0):
    return find(f"local_connectivity/{name}").inputs(np.random.default_rng(seed))


@pytest.mark.parametrize("sizes", [(3, 3, 1, 2, 1), (5, 4, 3, 2, 4), (6, 7, 2, 3, 1)])
def test_count_agrees_with_the_matrix_of_the_layer(sizes):
    height, width, channels, kernel, filters = sizes
    matrix = conv_matrix(np.ones((filters, channels, kernel, kernel)), (channels, height, width))
    assert reference("count")(*sizes) == (matrix.size, np.count_nonzero(matrix))


def test_mask_agrees_with_the_matrix_of_a_convolution_and_with_a_loop():
    for size, kernel in [(3, 2), (7, 3), (9, 9), (5, 1)]:
        matrix = conv_matrix(np.ones((1, 1, 1, kernel)), (1, 1, size))
        np.testing.assert_array_equal(reference("mask")(size, kernel), matrix > 0)

    def loop(size, kernel):
        connected = np.zeros((size - kernel + 1, size), dtype=bool)
        for p in range(len(connected)):
            connected[p, p : p + kernel] = True
        return connected

    assert all(passes("mask", loop, seed) for seed in SEEDS)


def test_forward_agrees_with_the_locally_connected_layer():
    def by_dlbasics(x, weight, bias):
        return local2d(x[None], weight[:, :, None], bias[:, :, None])[0, 0]

    assert all(passes("forward", by_dlbasics, seed) for seed in SEEDS)


def test_forward_agrees_with_a_dense_layer_whose_weights_are_mostly_zero():
    rng = np.random.default_rng(3)
    x, weight, bias = rng.normal(size=(2, 4, 5)), rng.normal(size=(3, 4, 2, 2, 2)), np.zeros((3, 4))
    dense = np.zeros((3, 4, 2, 4, 5))
    for r, c in np.ndindex(3, 4):
        dense[r, c, :, r : r + 2, c : c + 2] = weight[r, c]
    np.testing.assert_allclose(
        reference("forward")(x, weight, bias).ravel(), dense.reshape(12, 40) @ x.ravel()
    )


def test_field_agrees_with_dlbasics_and_with_lighting_one_pixel_at_a_time():
    def by_lighting(layers):
        size = receptive_field(layers) + 3
        signal = np.eye(size).reshape(size, 1, 1, size)
        for kernel, stride in layers:
            signal = conv2d(signal, np.ones((1, 1, 1, kernel)), stride=(1, stride))
        lit = np.flatnonzero(signal[:, 0, 0, 0])
        return int(lit[-1] - lit[0] + 1)

    for seed in SEEDS:
        assert passes("field", receptive_field, seed)
        assert passes("field", by_lighting, seed)


def test_field_counts_the_pixels_that_really_matter():
    def by_following(layers):
        seen = {0}
        for kernel, stride in reversed(layers):
            seen = {stride * p + i for p in seen for i in range(kernel)}
        return len(seen)

    assert all(passes("field", by_following, seed) for seed in range(20))


def test_layers_needed_is_the_smallest_number_that_sees_enough():
    assert reference("layers_needed")(25, 3) == 12

    def by_stacking(size, kernel):
        depth = 0
        while receptive_field([(kernel, 1)] * depth) < size:
            depth += 1
        return depth

    assert all(passes("layers_needed", by_stacking, seed) for seed in SEEDS)


def test_two_layers_reference_serves_every_field():
    compare = find("local_connectivity/two_layers").compare
    for field in range(7, 51):
        assert compare(reference("two_layers")(field), None, (field,)) == ""


def test_two_layers_accepts_the_lightest_and_the_heaviest_choice():
    def choices(field):
        for k2, s1 in itertools.product(range(2, field), repeat=2):
            k1 = field - (k2 - 1) * s1
            if s1 <= k1 and k1**2 + k2**2 <= 4 * field:
                yield k1**2 + k2**2, k1, s1, k2

    assert min(choices(50)) != max(choices(50))
    for seed in SEEDS:
        assert passes("two_layers", lambda field: min(choices(field))[1:], seed)
        assert passes("two_layers", lambda field: max(choices(field))[1:], seed)


@pytest.mark.parametrize(
    "choice, reason",
    [
        ((3, 3, 4), "感受野的边长是 12"),
        ((1, 2, 5), "有 4 个不影响输出"),
        ((7, 1, 3), "权重有 58 个"),
        ((3.0, 2.5, 3.0), "整数"),
        ((3, 0, 3), "整数"),
        ((1e300, 1, 1), "整数"),
    ],
)
def test_two_layers_says_what_is_wrong(choice, reason):
    assert reason in find("local_connectivity/two_layers").compare(choice, None, (9,))


def test_backward_agrees_with_dlbasics():
    def by_dlbasics(x, weight, grad):
        grad_x, grad_weight, _ = local2d_backward(
            grad[None, None, None], x[None, None, None], weight[None, :, None, None, None]
        )
        return grad_x.reshape(x.shape), grad_weight.reshape(weight.shape)

    assert all(passes("backward", by_dlbasics, seed) for seed in SEEDS)


def test_backward_agrees_with_finite_differences():
    rng = np.random.default_rng(3)
    x, weight, grad = rng.normal(size=6), rng.normal(size=(4, 3)), rng.normal(size=4)
    grad_x, grad_weight = reference("backward")(x, weight, grad)

    def loss(x, weight):
        return sum(grad[p] * (weight[p] @ x[p : p + 3]) for p in range(4))

    by_x = numerical_gradient(lambda x: loss(x, weight), x)
    by_weight = numerical_gradient(lambda weight: loss(x, weight), weight)
    np.testing.assert_allclose(grad_x, by_x, rtol=1e-7)
    np.testing.assert_allclose(grad_weight, by_weight, rtol=1e-7)


def test_backward_tells_the_order_within_windows_from_the_whole_order():
    def windows(x, weight, grad):
        right = reference("backward")
        return right(x, weight[:, ::-1], grad)[0], right(x, weight, grad)[1]

    def whole(x, weight, grad):
        grad_x, grad_weight = reference("backward")(x, weight, grad)
        return grad_x[::-1], grad_weight

    assert "窗口里的次序反了" in told("backward", windows)
    assert "提示" not in told("backward", whole)


def test_recover_is_asked_only_where_the_answer_is_unique():
    for seed in range(30):
        for x, y, kernel, block in asked("recover", seed):
            windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=1)
            weight = reference("recover")(x, y, kernel, block)
            for p in range(0, y.shape[1], block):
                group = windows[:, p : p + block].reshape(-1, kernel)
                assert np.linalg.matrix_rank(group) == kernel
            own = np.repeat(weight, block, axis=0)[: y.shape[1]]
            answer = local2d(x[:, None, None], own[None, :, None, None, None])
            np.testing.assert_allclose(answer[:, 0, 0], y, rtol=1e-8, atol=1e-9)


def test_recover_accepts_the_normal_equations():
    def normal_equations(x, y, kernel, block):
        groups = -(-y.shape[1] // block)
        weight = np.empty((groups, kernel))
        for g in range(groups):
            a, b = np.zeros((kernel, kernel)), np.zeros(kernel)
            for p in range(g * block, min((g + 1) * block, y.shape[1])):
                window = x[:, p : p + kernel]
                a += window.T @ window
                b += window.T @ y[:, p]
            weight[g] = np.linalg.solve(a, b)
        return weight

    assert all(passes("recover", normal_equations, seed) for seed in SEEDS)


def test_sharing_lowers_the_number_of_inputs_needed():
    rng = np.random.default_rng(3)
    kernel, size = 3, 8
    m = size - kernel + 1
    for block, enough in [(1, 3), (3, 1), (m, 1)]:
        weight = rng.normal(size=(-(-m // block), kernel))
        own = np.repeat(weight, block, axis=0)[:m]
        for count in range(1, enough + 1):
            x = rng.normal(size=(count, size))
            windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=1)
            found = reference("recover")(x, np.einsum("npi,pi->np", windows, own), kernel, block)
            assert np.allclose(found, weight, atol=1e-8) == (count == enough)


def test_unseen_change_leaves_the_layer_as_it_was():
    rng = np.random.default_rng(3)
    x, weight = rng.normal(size=(2, 6)), rng.normal(size=(3, 4))
    changed = weight + reference("unseen")(x, 4)
    outputs = [local2d(x[:, None, None], w[None, :, None, None, None]) for w in (weight, changed)]
    np.testing.assert_allclose(*outputs, atol=1e-12)
    assert np.all(np.linalg.norm(changed - weight, axis=1) > 0.999)


def test_unseen_accepts_other_changes():
    def by_projection(x, kernel):
        rows = []
        for p in range(x.shape[1] - kernel + 1):
            basis = np.linalg.qr(x[:, p : p + kernel].T)[0]
            row = np.cos(np.arange(kernel))
            row = row - basis @ (basis.T @ row)
            rows.append(1e3 * row / np.linalg.norm(row))
        return np.stack(rows)

    assert all(passes("unseen", by_projection, seed) for seed in SEEDS)
    assert all(passes("unseen", lambda x, k: -7 * reference("unseen")(x, k), s) for s in SEEDS)


def test_unseen_rejects_short_loud_and_misshapen_changes():
    for wrong in (
        lambda x, kernel: 0.9 * reference("unseen")(x, kernel),
        lambda x, kernel: reference("unseen")(x, kernel) + 1e-6,
        lambda x, kernel: reference("unseen")(x, kernel)[:1],
    ):
        assert not passes("unseen", wrong)


@pytest.mark.parametrize(
    "name, wrong, words",
    [
        ("count", lambda h, w, c, k, f: (h * w * c, k * k * c), "一个神经元的权重"),
        ("layers_needed", lambda size, kernel: (size - 1) // (kernel - 1) + 1, "正好够了"),
        ("layers_needed", lambda size, kernel: round((size - 1) / (kernel - 1)), "少了一层"),
    ],
)
def test_hint_names_the_mistake_that_was_made(name, wrong, words):
    assert words in told(name, wrong)


def counted_window_by_window(height, width, channels, kernel, filters):
    windows = len(range(kernel, height + 1)) * len(range(kernel, width + 1))
    dense = sum([height * width * channels] * filters) * windows
    local = sum([kernel**2 * channels] * filters) * windows
    return dense, local


def counted_by_shapes(height, width, channels, kernel, filters):
    image = np.broadcast_to(np.int8(0), (height, width, channels))
    views = np.lib.stride_tricks.sliding_window_view(image, (kernel, kernel), axis=(0, 1))
    neurons = np.prod(views.shape[:2], dtype=np.int64) * filters
    return int(neurons * image.size), np.int64(views.size * filters)


def between_two_triangles(size, kernel):
    shape = (size - kernel + 1, size)
    return np.tri(*shape, kernel - 1, dtype=bool) & ~np.tri(*shape, -1, dtype=bool)


def forward_by_einsum(x, weight, bias):
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[3:], axis=(1, 2))
    return np.einsum("crqij,rqcij->rq", windows, weight) + bias


def backward_by_matrices(x, weight, grad):
    (m, k), n = weight.shape, len(x)
    rows, columns = np.arange(m)[:, None], np.arange(m)[:, None] + np.arange(k)
    dense = np.zeros((m, n), weight.dtype)
    dense[rows, columns] = weight
    return dense.T @ grad, np.outer(grad, x)[rows, columns]


def backward_by_add_at(x, weight, grad):
    places = np.arange(len(weight))[:, None] + np.arange(weight.shape[1])
    grad_x = np.zeros_like(x)
    np.add.at(grad_x, places, grad[:, None] * weight)
    return grad_x, grad[:, None] * x[places]


def recovered_in_one_system(x, y, kernel, block):
    m = y.shape[1]
    groups = (m + block - 1) // block
    system, answers = np.zeros((y.size, groups * kernel)), y.ravel()
    for row, (j, p) in enumerate(np.ndindex(y.shape)):
        first = p // block * kernel
        system[row, first : first + kernel] = x[j, p : p + kernel]
    return (np.linalg.pinv(system) @ answers).reshape(groups, kernel)


def unseen_by_svd(x, kernel):
    positions = range(x.shape[1] - kernel + 1)
    return np.stack([np.linalg.svd(x[:, p : p + kernel])[2][-1] for p in positions])


def unseen_by_least_squares(x, kernel, seed=0):
    start, rows = np.random.default_rng(seed).normal(size=kernel), []
    for p in range(x.shape[1] - kernel + 1):
        window = x[:, p : p + kernel]
        rest = start - np.linalg.pinv(window) @ (window @ start)
        rows.append(rest / np.linalg.norm(rest))
    return np.array(rows)


def unseen_from_counting_numbers(x, kernel):
    start, rows = np.arange(1.0, kernel + 1), []
    for p in range(x.shape[1] - kernel + 1):
        basis = np.linalg.qr(x[:, p : p + kernel].T)[0]
        rest = start - basis @ (basis.T @ start)
        rows.append(rest / np.linalg.norm(rest))
    return np.array(rows)


@pytest.mark.parametrize("seed", [*SEEDS, STUDENT_SEED])
@pytest.mark.parametrize(
    "name, answer",
    [
        ("count", counted_window_by_window),
        ("count", counted_by_shapes),
        ("mask", between_two_triangles),
        ("forward", forward_by_einsum),
        ("layers_needed", lambda size, kernel: -(-(size - 1) // (kernel - 1))),
        ("layers_needed", lambda size, kernel: (size + kernel - 3) // (kernel - 1)),
        ("backward", backward_by_matrices),
        ("backward", backward_by_add_at),
        ("recover", recovered_in_one_system),
        ("unseen", unseen_by_svd),
        ("unseen", unseen_from_counting_numbers),
    ],
)
def test_another_route_is_right_too(name, answer, seed):
    assert passes(name, answer, seed)


@pytest.mark.parametrize("own_seed", range(8))
def test_unseen_accepts_a_student_who_draws_random_numbers(own_seed):
    answer = partial(unseen_by_least_squares, seed=own_seed)
    assert passes("unseen", lambda x, kernel: answer(x, kernel), STUDENT_SEED)
    grading = max(SEEDS) + 20260000
    assert passes("unseen", lambda x, kernel: answer(x, kernel), grading)


@pytest.mark.parametrize(
    "name, wrong, words",
    [
        ("forward", lambda x, weight, bias: reference("forward")(x, weight, 0 * bias), "忘了偏置"),
        ("layers_needed", lambda size, kernel: -(-size // kernel), "窗口是重叠的"),
        ("count", lambda h, w, c, k, f: reference("count")(h, w, 1, k, f), "通道"),
    ],
)
def test_first_inputs_tell_the_hints_apart(name, wrong, words):
    assert words in told(name, wrong)


@pytest.mark.parametrize(
    "name, wrong",
    [
        ("forward", lambda x, weight, bias: reference("forward")(x, weight, 0 * bias) * bias),
        ("mask", lambda size, kernel: np.triu(np.ones((size - kernel + 1, size), bool))),
        ("layers_needed", lambda size, kernel: size - 1),
        ("field", lambda layers: 1 + sum(k * (s if i else 1) for i, (k, s) in enumerate(layers))),
        ("two_layers", lambda field: (field - 2, 1, 3)),
        (
            "backward",
            lambda x, weight, grad: (
                reference("backward")(x, weight, grad)[0],
                reference("backward")(x, weight, np.full_like(grad, grad[0]))[1],
            ),
        ),
        ("recover", lambda x, y, k, s: np.repeat(reference("recover")(x, y, k, s), s, axis=0)),
        ("recover", lambda x, y, k, s: reference("recover")(x[:1], y[:1], k, s)),
        ("unseen", lambda x, kernel: reference("unseen")(x[:1], kernel)),
        ("count", lambda h, w, c, k, f: (f * (w - k + 1) * h * w * c, f * (w - k + 1) * k * k * c)),
    ],
)
def test_a_mistake_without_a_hint_does_not_borrow_another_one(name, wrong):
    message = told(name, wrong)
    assert message.startswith("未通过")
    assert "提示" not in message
