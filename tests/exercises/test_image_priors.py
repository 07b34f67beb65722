"""图像的三个特性一章的练习：参考解答对照 dlbasics，别的正确答案也通过。"""

import itertools

import numpy as np
import pytest
from scipy import ndimage, stats

from dlbasics.convolution import conv2d, global_max_pool2d, local2d
from dlbasics.datasets import photograph
from dlbasics.exercises.registry import find
from dlbasics.studies import shifting
from tests.exercises.asking import Chapter

SEEDS = range(5)
CHAPTER = Chapter("image_priors")
reference, passes, told = CHAPTER.reference, CHAPTER.passes, CHAPTER.told


def zero_filled(x, k):
    return np.append(np.zeros(k), x)[: len(x)]


def test_shift_agrees_with_dlbasics_scipy_and_a_loop():
    image = np.random.default_rng(3).normal(size=(4, 5))
    for dy, dx in itertools.product(range(-6, 7), repeat=2):
        got = reference("shift")(image, dy, dx)
        np.testing.assert_array_equal(got, shifting.shift(image, dy, dx, border="zero"))
        np.testing.assert_array_equal(got, ndimage.shift(image, (dy, dx), order=0))

    def loop(image, dy, dx):
        moved = np.zeros_like(image)
        for r, c in np.ndindex(image.shape):
            if 0 <= r - dy < image.shape[0] and 0 <= c - dx < image.shape[1]:
                moved[r, c] = image[r - dy, c - dx]
        return moved

    assert all(passes("shift", loop, seed) for seed in SEEDS)


def test_lag_correlation_agrees_with_scipy_and_a_loop():
    image = np.random.default_rng(3).normal(size=(5, 7))
    for distance in (1, 3, 5):
        a, b = image[:, :-distance].ravel(), image[:, distance:].ravel()
        got = reference("lag_correlation")(image, distance)
        np.testing.assert_allclose(got, stats.pearsonr(a, b)[0])

    def loop(image, distance):
        height, width = image.shape
        pairs = np.array(
            [
                (image[r, c], image[r, c + distance])
                for r in range(height)
                for c in range(width - distance)
            ]
        )
        a, b = (pairs - pairs.mean(axis=0)).T
        return float(a @ b / np.sqrt((a @ a) * (b @ b)))

    assert all(passes("lag_correlation", loop, seed) for seed in SEEDS)


def test_neighbours_of_a_photograph_are_alike_until_shuffled():
    image = photograph("camera")[0]
    shuffled = np.random.default_rng(0).permutation(image.ravel()).reshape(image.shape)
    correlation = reference("lag_correlation")
    assert correlation(image, 1) > 0.9 > correlation(image, 64)
    assert abs(correlation(shuffled, 1)) < 0.05


@pytest.mark.parametrize(
    "func, wanted",
    [
        (lambda x: x**2, (True, False)),
        (lambda x: np.roll(x, 2) - 3 * x, (True, False)),
        (lambda x: np.full_like(x, x.max()), (True, True)),
        (lambda x: np.sort(x), (False, True)),
        (lambda x: x[:, ::-1], (False, False)),
        (lambda x: x + np.arange(x.shape[-1]), (False, False)),
    ],
)
def test_kind_agrees_with_the_errors_of_dlbasics(func, wanted):
    signal = np.array([[3.0, 1.0, 4.0, 0.0, 5.0]])
    responses = np.stack([func(np.roll(signal, k, axis=1))[0] for k in range(5)])
    shifts = [(0, k) for k in range(5)]
    errors = (
        shifting.equivariance_error(func, signal, shifts),
        shifting.invariance_error(func, signal, shifts),
    )
    assert tuple(reference("kind")(responses)) == tuple(error == 0 for error in errors) == wanted


def test_kind_asks_all_four_combinations():
    asked = find("image_priors/kind").inputs(np.random.default_rng(0))
    kinds = {tuple(map(bool, reference("kind")(*args))) for args in asked}
    assert kinds == set(itertools.product([True, False], repeat=2))


def test_absorbed_shuffle_leaves_the_output_unchanged():
    rng = np.random.default_rng(3)
    weight, order = rng.normal(size=(4, 9)), rng.permutation(9)
    absorbed = reference("absorb")(weight, order)
    for x in rng.normal(size=(5, 9)):
        np.testing.assert_allclose(absorbed @ x[order], weight @ x)

    def by_matrix(weight, order):
        return weight @ np.eye(len(order), dtype=weight.dtype)[order].T

    assert all(passes("absorb", by_matrix, seed) for seed in SEEDS)


def test_whole_gate_opens_exactly_when_enough_parts_are_present():
    for enough in (2, 3, 4):
        weight, bias = reference("whole")(4, enough)
        for present in itertools.product([0, 1], repeat=4):
            response = max(0, np.dot([weight] * 4, present) + bias)
            assert response >= 1 if sum(present) >= enough else response == 0
    assert all(passes("whole", lambda m, q: (3, 1 - 3 * q), seed) for seed in SEEDS)
    assert all(passes("whole", lambda m, q: (8.0, -8.0 * (q - 1)), seed) for seed in SEEDS)
    assert not passes("whole", lambda m, q: (0.5, 1 - 0.5 * q))
    assert not passes("whole", lambda m, q: (2.0, 2 - 2 * m))


def test_layer_error_agrees_with_dlbasics():
    def by_dlbasics(weight, x):
        shifts = [(0, k) for k in range(len(x))]
        return shifting.equivariance_error(lambda row: row @ weight.T, x[None], shifts)

    assert all(passes("layer_error", by_dlbasics, seed) for seed in SEEDS)


def test_layer_error_is_zero_for_a_circular_convolution_only():
    rng = np.random.default_rng(3)
    x, kernel = rng.normal(size=6), rng.normal(size=(1, 1, 1, 3))
    basis = np.eye(6).reshape(6, 1, 1, 6)
    circular = shifting.conv2d_circular(basis, kernel)[:, 0, 0].T
    zero_padded = conv2d(basis, kernel, padding=(0, 1))[:, 0, 0].T
    assert reference("layer_error")(circular, x) < 1e-12
    assert reference("layer_error")(zero_padded, x) > 0.1


def test_layer_error_tells_the_missing_shifts_apart():
    def up_to(last):
        return lambda weight, x: shift_errors(weight, x)[: last(len(x))].max()

    assert "只移了 1 格" in told("layer_error", up_to(lambda n: 2))
    assert "少移了一次" in told("layer_error", up_to(lambda n: n - 1))


def test_split_pair_accepts_every_right_pair_and_no_other():
    def last_window(size, length):
        return length - size - 2, length - size - 1

    def whole_window(size, length):
        return 0, size - 1

    for right in (last_window, whole_window):
        assert all(passes("split_pair", right, seed) for seed in SEEDS)
    right = {(p, q) for p, q in itertools.combinations(range(9), 2) if passes_at(p, q, 3, 9)}
    assert right == {(0, 2), (1, 2), (3, 5), (4, 5)}
    for wrong in ((1.5, 2), (2, 1), (-1, 2), (4, 8)):
        assert not passes_at(*wrong, 3, 9)


def passes_at(first, second, size, length):
    compare = find("image_priors/split_pair").compare
    return compare((first, second), None, (size, length)) == ""


def test_split_pair_does_not_fool_the_global_maximum():
    first, second = reference("split_pair")(4, 12)
    signal = np.zeros((1, 1, 1, 12))
    signal[..., [first, second]] = 1
    moved = np.roll(signal, 1, axis=-1)
    np.testing.assert_array_equal(global_max_pool2d(signal), global_max_pool2d(moved))


def canonical(images):
    """每幅图像的全部循环平移里，按字典序最小的那一个。"""
    return np.array(
        [
            min(np.roll(x, move, axis=(0, 1)).ravel().tolist() for move in np.ndindex(x.shape))
            for x in images
        ]
    )


def triple_products(images):
    """三个像素之积的和，取遍三个像素的相对位置。"""
    columns = []
    for first, second in itertools.product(np.ndindex(images.shape[1:]), repeat=2):
        moved = [np.roll(images, move, axis=(1, 2)) for move in (first, second)]
        columns.append(np.sum(images * moved[0] * moved[1], axis=(1, 2)))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("answer", [canonical, triple_products])
def test_features_accepts_other_complete_invariants(answer):
    assert all(passes("features", answer, seed) for seed in range(2))


def test_features_reference_holds_for_many_seeds_and_all_shifts():
    assert all(passes("features", reference("features"), seed) for seed in range(50))
    image = np.random.default_rng(3).integers(0, 10, size=(5, 6)).astype(float)
    copies = np.stack([np.roll(image, move, axis=(0, 1)) for move in np.ndindex(5, 6)])
    values = reference("features")(copies)
    np.testing.assert_allclose(values, np.broadcast_to(values[0], values.shape), rtol=1e-12)


def test_features_rejects_what_forgets_or_moves():
    for wrong in (
        lambda images: np.zeros((len(images), 1)),
        lambda images: np.zeros((len(images), 0)),
        lambda images: images.max(axis=(1, 2)),
        lambda images: np.stack([images.max(axis=(1, 2)), images.mean(axis=(1, 2))], axis=1),
        lambda images: reference("features")(images) + np.arange(len(images))[:, None],
    ):
        assert not passes("features", wrong)


def test_position_rule_accepts_other_rules():
    def own_kernels(signals):
        windows = np.lib.stride_tricks.sliding_window_view(signals, 3, axis=1)
        weight = np.random.default_rng(5).normal(size=windows.shape[1:])
        return np.einsum("npi,pi->np", windows, weight - weight.mean(axis=0))

    def from_left_to_right(signals):
        return signals[:, 1:-1] * np.linspace(-1e200, 1e200, signals.shape[1] - 2)

    for answer in (own_kernels, from_left_to_right):
        assert all(passes("position_rule", answer, seed) for seed in SEEDS)


def test_position_rule_rejects_shared_distant_nonlinear_and_noisy_rules():
    def noise(signals):
        return np.random.default_rng(5).normal(size=(len(signals), signals.shape[1] - 2))

    for wrong in (
        lambda signals: signals[:, 2:] - signals[:, :-2],
        lambda signals: np.roll(signals, 3, axis=1)[:, 1:-1],
        lambda signals: reference("position_rule")(np.abs(signals)),
        lambda signals: reference("position_rule")(signals)[:, :-1],
        noise,
    ):
        assert not passes("position_rule", wrong)


def test_position_rule_is_a_locally_connected_layer():
    signals = np.random.default_rng(3).normal(size=(4, 7))
    weight = np.zeros((1, 5, 1, 1, 1, 3))
    weight[0, :, 0, 0, 0, 1] = [1, -1, 1, -1, 1]
    np.testing.assert_array_equal(
        local2d(signals[:, None, None], weight)[:, 0, 0], reference("position_rule")(signals)
    )


def test_position_rule_judges_half_of_the_positions_the_same_for_every_seed():
    def odd(signals):
        return signals[:, 1:-1] * (np.arange(signals.shape[1] - 2) % 2)

    def even(signals):
        return signals[:, 1:-1] - odd(signals)

    assert all(passes("position_rule", odd, seed) for seed in range(20))
    assert not any(passes("position_rule", even, seed) for seed in range(20))


@pytest.mark.parametrize(
    "name, wrong",
    [
        ("shift", lambda image, dy, dx: np.zeros_like(image)),
        ("shift", lambda image, dy, dx: image.copy()),
        ("lag_correlation", lambda image, d: stats.linregress(*pairs(image, d)).slope),
        ("lag_correlation", lambda image, d: abs(reference("lag_correlation")(image, d))),
        ("absorb", lambda weight, order: np.sort(weight, axis=1)),
        ("absorb", lambda weight, order: np.roll(weight, 1, axis=1)),
        ("absorb", lambda weight, order: weight[:, order][:, order]),
        ("whole", lambda parts, enough: (1 / enough, -1.0)),
        ("layer_error", lambda weight, x: shift_errors(weight, x).sum()),
        ("layer_error", lambda weight, x: shift_errors(weight, x).min()),
        ("layer_error", lambda weight, x: shift_errors(weight, x).mean(axis=1).max()),
        ("split_pair", lambda size, length: (size - 1, size - 2)),
        ("features", lambda images: np.abs(images - np.roll(images, -1, 2)).max((1, 2))[:, None]),
        ("features", lambda images: block_sums(images).max((1, 2))[:, None]),
        ("position_rule", lambda signals: np.cumsum(signals, axis=1)[:, 2:]),
        (
            "layer_error",
            lambda weight, x: np.abs(weight @ np.roll(x, -1) - np.roll(weight @ x, -1)).max(),
        ),
        (
            "layer_error",
            lambda weight, x: max(
                abs(np.abs(weight @ np.roll(x, k)).max() - np.abs(weight @ x).max())
                for k in range(len(x))
            ),
        ),
    ],
)
def test_a_mistake_without_a_hint_does_not_borrow_another_one(name, wrong):
    message = told(name, wrong)
    assert message.startswith("未通过")
    assert "提示" not in message


def shift_errors(weight, x):
    """第 k 行是平移 k 格的误差。"""
    y = weight @ x
    return np.abs([weight @ np.roll(x, k) - np.roll(y, k) for k in range(len(x))])


def block_sums(images):
    return sum(np.roll(images, (-i, -j), axis=(1, 2)) for i, j in np.ndindex(2, 2))


def each_pixel_moved(image, dy, dx):
    moved = np.zeros_like(image)
    for r, c in np.ndindex(image.shape):
        if 0 <= r + dy < image.shape[0] and 0 <= c + dx < image.shape[1]:
            moved[r + dy, c + dx] = image[r, c]
    return moved


def moved_by_matrices(image, dy, dx):
    height, width = image.shape
    down, right = np.eye(height, k=-dy), np.eye(width, k=dx)
    return (down @ image @ right).astype(image.dtype)


def kind_by_rolling_back(responses):
    back = np.stack([np.roll(row, -k) for k, row in enumerate(responses)])
    return bool(np.ptp(back, axis=0).max() == 0), bool(np.ptp(responses, axis=0).max() == 0)


def kind_by_loops(responses):
    n, equivariant, invariant = len(responses), True, True
    for k in range(n):
        for i in range(n):
            equivariant = equivariant and responses[k, (i + k) % n] == responses[0, i]
            invariant = invariant and responses[k, i] == responses[0, i]
    return equivariant, invariant


def absorbed_column_by_column(weight, order):
    absorbed = np.empty_like(weight)
    for i, old in enumerate(order):
        absorbed[:, i] = weight[:, old]
    return absorbed


def error_by_permutation_matrices(weight, x):
    shift, error = np.roll(np.eye(len(x)), 1, axis=0), 0.0
    for k in range(len(x)):
        power = np.linalg.matrix_power(shift, k)
        error = max(error, np.linalg.norm((weight @ power - power @ weight) @ x, np.inf))
    return error


def error_by_sums(weight, x):
    n = len(x)
    y = [sum(weight[i, j] * x[j] for j in range(n)) for i in range(n)]
    return max(
        abs(sum(weight[i, j] * x[(j - k) % n] for j in range(n)) - y[(i - k) % n])
        for i in range(n)
        for k in range(n)
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "name, answer",
    [
        ("shift", each_pixel_moved),
        ("shift", moved_by_matrices),
        ("kind", kind_by_rolling_back),
        ("kind", kind_by_loops),
        ("absorb", absorbed_column_by_column),
        ("layer_error", error_by_permutation_matrices),
        ("layer_error", error_by_sums),
        ("lag_correlation", lambda image, d: stats.linregress(*pairs(image, d)).rvalue),
    ],
)
def test_another_route_is_right_too(name, answer, seed):
    assert passes(name, answer, seed)


def pairs(image, distance):
    return image[:, :-distance].ravel(), image[:, distance:].ravel()


def sliced(image, dy, dx):
    """用切片：移得比图像还远时，切片的起点成了负的。"""
    height, width = image.shape
    moved = np.zeros_like(image)
    rows, columns = slice(max(dy, 0), height + min(dy, 0)), slice(max(dx, 0), width + min(dx, 0))
    source = image[max(-dy, 0) : height - max(dy, 0), max(-dx, 0) : width - max(dx, 0)]
    moved[rows, columns] = source
    return moved


def only_row(number):
    """只看一行就下结论。"""

    def wrong(responses):
        row, k = responses[number], number % len(responses)
        return np.array_equal(row, np.roll(responses[0], k)), np.array_equal(row, responses[0])

    return wrong


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "name, wrong",
    [
        ("shift", sliced),
        ("kind", only_row(-1)),
        ("kind", only_row(1)),
        ("kind", lambda responses: (kind_by_loops(responses)[0], np.ptp(responses.sum(1)) == 0)),
        ("kind", lambda responses: (kind_by_loops(responses)[0], np.ptp(responses.max(1)) == 0)),
    ],
)
def test_a_program_that_is_right_only_for_easy_inputs_is_refused(name, wrong, seed):
    assert not passes(name, wrong, seed)


@pytest.mark.parametrize(
    "name, wrong, words",
    [
        ("shift", lambda image, dy, dx: reference("shift")(image, 0, dx), "dy 没有用上"),
        ("shift", lambda image, dy, dx: reference("shift")(image, dy, 0), "dx 没有用上"),
        ("shift", lambda im, dy, dx: reference("shift")(im, max(dy, 0), max(dx, 0)), "负的没有"),
        ("lag_correlation", lambda image, d: np.cov(*pairs(image, d))[0, 1], "协方差"),
        ("whole", lambda parts, enough: (1.0, -1.0), "固定为 1"),
        ("whole", lambda parts, enough: (1.0, -float(enough)), "太高"),
    ],
)
def test_hint_names_the_mistake_that_was_made(name, wrong, words):
    assert words in told(name, wrong)


def test_true_and_false_alone_do_not_betray_a_mistake():
    for answer in itertools.product([True, False], repeat=2):
        hint = told("kind", lambda responses, answer=answer: answer).split("提示")[1]
        assert not any(word in hint for word in ("反", "方向", "边界", "互斥", "平移 1 格"))
