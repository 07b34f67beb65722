"""从零训练一个卷积网络一章的练习：参考解答对照 dlbasics，别的正确答案也通过。"""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from dlbasics.exercises.registry import find
from dlbasics.exercises.train_a_cnn.init_scale import growth
from dlbasics.exercises.train_a_cnn.wrong_gradient import backward, example
from dlbasics.gradcheck import gradcheck
from dlbasics.initializers import he_normal
from dlbasics.layers import Conv2d, Flatten, GlobalMaxPool2d, Linear, ReLU, Sequential
from dlbasics.losses import softmax_cross_entropy
from dlbasics.metrics import confusion_matrix
from dlbasics.optimizers import SGD, Adam
from dlbasics.optimizers.schedules import warmup_cosine
from dlbasics.training import fit
from dlbasics.training.data_parallel import weighted_average
from tests.exercises.asking import Chapter

SEEDS = (0, 1, 2)
CHAPTER = Chapter("train_a_cnn")
reference, passes, told = CHAPTER.reference, CHAPTER.passes, CHAPTER.told


@pytest.mark.parametrize("channels", [(1, 2), (3, 4, 5), (1, 16, 32)])
def test_count_parameters_agrees_with_a_real_network(channels):
    rng = np.random.default_rng(0)
    layers = []
    for source, target in pairwise(channels):
        layers += [Conv2d(source, target, 3, rng=rng), ReLU()]
    network = Sequential(*layers, GlobalMaxPool2d(), Linear(channels[-1], 10, rng=rng))
    counted = reference("count_parameters")(np.array(channels), 3, 10)
    assert counted == network.parameter_count


@pytest.mark.parametrize("seed", SEEDS)
def test_confusion_agrees_with_dlbasics_and_counting(seed):
    def by_dlbasics(labels, guesses, classes):
        matrix = confusion_matrix(labels, guesses, classes)
        right = [np.mean(guesses[labels == c] == c) for c in range(classes)]
        return matrix, np.array(right)

    def by_counting(labels, guesses, classes):
        seen = Counter(zip(labels.tolist(), guesses.tolist(), strict=True))
        matrix = np.array([[seen[i, j] for j in range(classes)] for i in range(classes)])
        return matrix, np.array([matrix[c, c] / sum(matrix[c]) for c in range(classes)])

    assert passes("confusion", by_dlbasics, seed)
    assert passes("confusion", by_counting, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_seeds_agrees_with_scipy(seed):
    assert passes("seeds", lambda scores: (float(np.mean(scores)), stats.sem(scores)), seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_standardize_treats_both_sets_alike_and_ignores_the_test_set(seed):
    def one_by_one(train, test):
        mean, spread = train.mean(axis=0), train.std(axis=0)
        spread[spread == 0] = 1
        done = [
            np.array(
                [[(v - a) / s for v, a, s in zip(row, mean, spread, strict=True)] for row in x]
            )
            for x in (train, test)
        ]
        return done[0], done[1]

    assert passes("standardize", one_by_one, seed)
    train, test = np.random.default_rng(seed).normal(size=(2, 5, 3))
    whole, first = (reference("standardize")(train, t)[1] for t in (test, test[:1]))
    np.testing.assert_array_equal(whole[:1], first)


@pytest.mark.parametrize("seed", SEEDS)
def test_group_split_accepts_any_choice_of_whole_groups(seed):
    def from_the_end(groups):
        names, sizes = np.unique(groups, return_counts=True)
        count = np.argmax(np.cumsum(sizes[::-1]) >= 0.2 * len(groups)) + 1
        return np.flatnonzero(np.isin(groups, names[::-1][:count]))[::-1]

    assert passes("group_split", from_the_end, seed)
    for wrong in (
        lambda groups: np.flatnonzero(groups == groups[0])[:1],
        lambda groups: np.zeros(len(groups) // 4),
        lambda groups: np.arange(len(groups)),
        lambda groups: from_the_end(groups) + 0.5,
    ):
        assert not passes("group_split", wrong, seed)


@pytest.mark.parametrize("seed", range(20))
def test_group_split_can_take_whole_groups_in_any_order(seed):
    """一组一组地取，取够五分之一就停：无论先取哪一组，都不会太多。"""

    def one_by_one(groups):
        order, chosen = np.random.default_rng(seed).permutation(np.unique(groups)), []
        while len(chosen) < 0.2 * len(groups):
            chosen.extend(np.flatnonzero(groups == order[0]))
            order = order[1:]
        return np.array(chosen)

    assert passes("group_split", one_by_one, seed)


@pytest.mark.parametrize("patience", [1, 2, 4])
def test_early_stop_agrees_with_real_training(patience):
    """一个学习率太大的网络，验证损失时升时降；同一个种子，停与不停走同一条路。"""
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(40, 1, 2, 2)), rng.integers(2, size=40)

    def history(patience):
        network = Sequential(Flatten(), Linear(4, 2, rng=np.random.default_rng(1), dtype=float))
        return fit(
            network,
            x[:20],
            y[:20],
            loss=softmax_cross_entropy,
            optimizer=SGD(3.0),
            epochs=15,
            batch_size=4,
            rng=np.random.default_rng(2),
            progress=False,
            validation=(x[20:], y[20:]),
            patience=patience,
        )

    stopped, whole = history(patience), history(None)
    last, best = reference("early_stop")(np.array(whole.validation_loss), patience)
    assert last == stopped.epochs - 1
    assert best == np.argmin(stopped.validation_loss)


@pytest.mark.parametrize("seed", SEEDS)
def test_early_stop_accepts_searching_from_the_front(seed):
    def search(losses, patience):
        for last in range(len(losses)):
            best = int(np.argmin(losses[: last + 1]))
            if last - best == patience:
                return last, best
        return last, best

    assert passes("early_stop", search, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_schedule_agrees_with_dlbasics(seed):
    def by_dlbasics(step, total, warmup, peak):
        return peak * warmup_cosine(step, total=total, warmup=warmup)

    assert passes("schedule", by_dlbasics, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_shards_agrees_with_dlbasics(seed):
    def by_dlbasics(grads, counts):
        shards = [(int(n), 0.0, [g]) for n, g in zip(counts, grads, strict=True)]
        return weighted_average(shards)[1][0]

    assert passes("shards", by_dlbasics, seed)


def test_shards_recovers_the_gradient_of_the_whole_batch():
    rng = np.random.default_rng(0)
    a, target, weight = rng.normal(size=(7, 3)), rng.normal(size=7), rng.normal(size=3)

    def gradient(rows):
        return a[rows].T @ (a[rows] @ weight - target[rows]) / len(rows)

    parts = np.split(np.arange(7), [2, 3])
    grads, counts = np.array([gradient(p) for p in parts]), np.array([len(p) for p in parts])
    np.testing.assert_allclose(reference("shards")(grads, counts), gradient(np.arange(7)))


def test_init_scale_agrees_with_he_and_accepts_its_neighbours():
    weight = he_normal((500, 300), np.random.default_rng(0), dtype=float)
    np.testing.assert_allclose(weight.std(), reference("init_scale")(300), rtol=0.02)
    for seed in SEEDS:
        for factor in (0.98, 1.02):
            assert passes("init_scale", lambda n, f=factor: f * np.sqrt(2 / n), seed)
        for factor in (0.8, 1.25, -1):
            assert not passes("init_scale", lambda n, f=factor: f * np.sqrt(2 / n), seed)


def test_init_scale_leaves_room_on_both_sides():
    ratios = [growth(np.sqrt(2 / 150), 150, seed) for seed in range(30)]
    assert 0.5 < np.median(ratios) < 2
    assert np.median([growth(np.sqrt(1 / 150), 150, seed) for seed in range(5)]) < 0.01


@pytest.mark.parametrize("seed", SEEDS)
def test_adam_agrees_with_the_optimizer(seed):
    def by_optimizer(grads, lr):
        x, optimizer = np.zeros(grads.shape[1]), Adam(lr)
        for grad in grads:
            optimizer.step([x], [grad])
        return x

    assert passes("adam", by_optimizer, seed)


def test_the_first_step_of_adam_is_the_same_for_every_gradient():
    step = reference("adam")(np.array([[4.0, -0.5, 100.0]]), 0.1)
    np.testing.assert_allclose(step, [-0.1, 0.1, -0.1], rtol=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_wrong_gradient_agrees_with_backpropagation(seed):
    def by_backpropagation(x, labels, w1, w2, grad1, grad2):
        right = backward(x, labels, w1, w2)
        return tuple(
            not np.allclose(a, b, rtol=1e-6, atol=1e-12)
            for a, b in zip(right, (grad1, grad2), strict=True)
        )

    assert passes("wrong_gradient", by_backpropagation, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_honest_gradients_of_the_exercise_pass_gradcheck(seed):
    x, labels, w1, w2 = example(np.random.default_rng(seed), 3, 3, 4, 3)

    def loss(w1, w2):
        return softmax_cross_entropy(np.maximum(x @ w1, 0) @ w2, labels)[0]

    assert gradcheck(lambda w: (loss(w, w2), backward(x, labels, w, w2)[0]), w1) < 1e-7
    assert gradcheck(lambda w: (loss(w1, w), backward(x, labels, w1, w)[1]), w2) < 1e-7


@pytest.mark.parametrize("seed", range(20))
def test_planted_errors_are_plain(seed):
    """写错的每一个，相对误差都大于 1%；对的只有舍入误差。"""
    exercise = find("train_a_cnn/wrong_gradient")
    for x, labels, w1, w2, *claimed in exercise.inputs(np.random.default_rng(seed)):
        wrong = exercise.reference(x, labels, w1, w2, *claimed)
        right = backward(x, labels, w1, w2)
        for truth, grad, flagged in zip(right, claimed, wrong, strict=True):
            error = np.abs(truth - grad).max() / np.abs(truth).max()
            assert error > 0.01 if flagged else error < 1e-9


def count_by_loop(channels, kernel, classes):
    total = 0
    for source, target in pairwise(channels.tolist()):
        total += target * source * kernel * kernel + target
    return total + channels[-1] * classes + classes


def count_by_products(channels, kernel, classes):
    weights = kernel**2 * (channels[1:] @ channels[:-1]) + classes * channels[-1]
    return weights + channels[1:].sum() + classes


def seeds_by_loop(scores):
    mean = sum(scores) / len(scores)
    variance = sum((s - mean) ** 2 for s in scores) / (len(scores) - 1)
    return [mean, (variance / len(scores)) ** 0.5]


def standardize_by_rescaling(train, test):
    center = train.sum(axis=0) / len(train)
    spread = np.sqrt(((train - center) ** 2).mean(axis=0))
    spread[spread == 0] = 1.0
    return [(x - center) * (1 / spread) for x in (train, test)]


def stop_by_records(losses, patience):
    lowest = np.minimum.accumulate(losses)
    records = [0, *(np.flatnonzero(np.diff(lowest) < 0) + 1)]
    for here, following in zip(records, [*records[1:], np.inf], strict=True):
        if following - here > patience:
            return min(here + patience, len(losses) - 1), here
    return len(losses) - 1, records[-1]


def schedule_by_sine(step, total, warmup, peak):
    if step < warmup:
        return peak / warmup * (step + 1)
    return peak * np.sin(np.pi / 2 * (total - step) / (total - warmup)) ** 2


def schedule_by_complex(step, total, warmup, peak):
    turn = np.exp(1j * np.pi * max(step - warmup, 0) / (total - warmup)).real
    return (
        min((step + 1) / warmup, 1) * peak * 0.5 * (1 + turn) if warmup else peak * (1 + turn) / 2
    )


def shards_by_loop(grads, counts):
    total = np.zeros(grads.shape[1])
    for grad, count in zip(grads, counts, strict=True):
        total += count * grad
    return total / sum(counts)


def adam_by_sums(grads, lr):
    """不递推：各步的平均直接由加权和写出。"""
    x = np.zeros(grads.shape[1])
    for t in range(1, len(grads) + 1):
        age = np.arange(t)[::-1, None]
        mean = np.average(grads[:t], axis=0, weights=0.9 ** age[:, 0])
        square = np.average(grads[:t] ** 2, axis=0, weights=0.999 ** age[:, 0])
        x -= lr * mean / (square**0.5 + 1e-8)
    return x


def whole_groups_from_the_back(groups):
    picked, test = set(), []
    for group in groups[::-1].tolist():
        if len(test) < 0.2 * len(groups) and group not in picked:
            picked.add(group)
            test += [i for i, g in enumerate(groups.tolist()) if g == group]
    return np.array(test)


def wrong_by_four_points(x, labels, w1, w2, grad1, grad2):
    """四点差分，比较整个梯度的长度。"""

    def loss(a, b):
        scores = np.maximum(x @ a, 0) @ b
        return -np.log(np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True))[
            np.arange(len(x)), labels
        ].mean()

    def slopes(f, w, h=1e-4):
        found = np.zeros_like(w)
        for i in np.ndindex(w.shape):
            e = np.zeros_like(w)
            e[i] = h
            found[i] = (8 * (f(w + e) - f(w - e)) - f(w + 2 * e) + f(w - 2 * e)) / (12 * h)
        return found

    pairs = [
        (slopes(lambda a: loss(a, w2), w1), grad1),
        (slopes(lambda b: loss(w1, b), w2), grad2),
    ]
    return [np.linalg.norm(a - b) > 1e-3 * np.linalg.norm(a) for a, b in pairs]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("count_parameters", count_by_loop),
        ("count_parameters", count_by_products),
        ("seeds", seeds_by_loop),
        ("standardize", standardize_by_rescaling),
        ("early_stop", stop_by_records),
        ("schedule", schedule_by_sine),
        ("schedule", schedule_by_complex),
        ("shards", shards_by_loop),
        ("shards", lambda grads, counts: np.average(grads, axis=0, weights=counts)),
        ("adam", adam_by_sums),
        ("group_split", whole_groups_from_the_back),
        ("init_scale", lambda n: 1.41 / n**0.5),
        ("wrong_gradient", wrong_by_four_points),
    ],
)
def test_another_route_is_right_too(name, answer, seed):
    assert passes(name, answer, seed)


def judged_by(flag):
    """用同一种比较判两个梯度。"""

    def answer(x, labels, w1, w2, grad1, grad2):
        right = backward(x, labels, w1, w2)
        return tuple(bool(flag(a, b)) for a, b in zip(right, (grad1, grad2), strict=True))

    return answer


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "flag",
    [
        pytest.param(lambda a, b: (a - b).max() > 1e-4 * np.abs(a).max(), id="没有取绝对值"),
        pytest.param(lambda a, b: (b - a).max() > 1e-4 * np.abs(a).max(), id="反着没有取绝对值"),
        pytest.param(lambda a, b: abs((a - b)[0, 0]) > 1e-4 * np.abs(a).max(), id="只看一个分量"),
        pytest.param(lambda a, b: np.all(np.abs(a - b) > 1e-4 * np.abs(a).max()), id="全错才算错"),
        pytest.param(lambda a, b: np.abs(a - b).max() > 1e-4, id="绝对的门槛"),
    ],
)
def test_wrong_gradient_refuses_careless_comparisons(flag, seed):
    assert not passes("wrong_gradient", judged_by(flag), seed)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        (
            "count_parameters",
            lambda c, k, n: int(np.sum(c[1:] * (c[:-1] * k**2 + 1)) + n * (c[0] + 1)),
        ),
        ("init_scale", lambda n: np.sqrt(3 / n)),
        ("schedule", lambda step, *rest: reference("schedule")(step + 1, *rest)),
        ("adam", lambda grads, lr: reference("adam")(grads[-1:], 1.0)),
        ("seeds", lambda scores: (scores.mean(), scores.var() / len(scores))),
    ],
)
def test_a_mistake_without_a_hint_does_not_borrow_another_one(name, wrong):
    message = told(name, wrong)
    assert message.startswith("未通过")
    assert "提示" not in message
