"""小批量随机梯度下降一章的练习：参考解答对照 dlbasics 与枚举，别的正确答案也通过。"""

from itertools import product
from math import comb

import numpy as np
import pytest

from dlbasics.datasets import digits
from dlbasics.exercises.registry import find
from dlbasics.linear_models import softmax_regression
from dlbasics.optimizers import SGD
from dlbasics.sampling import minibatches
from dlbasics.studies.sampling_theory import all_batches, batch_mean_variance, noise_floor
from tests.exercises.asking import Chapter

SEEDS = (0, 1, 2)
CHAPTER = Chapter("minibatch_sgd")
reference, passes, told = CHAPTER.reference, CHAPTER.passes, CHAPTER.told


@pytest.mark.parametrize(("n", "batch_size"), [(10, 4), (12, 4), (5, 5), (7, 1)])
def test_split_batches_cuts_like_dlbasics(n, batch_size):
    order = np.concatenate(list(minibatches(n, batch_size, np.random.default_rng(2))))
    theirs = minibatches(n, batch_size, np.random.default_rng(2))
    for got, expected in zip(reference("split_batches")(order, batch_size), theirs, strict=True):
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_split_batches_accepts_a_list_and_numpy_split(seed):
    def by_numpy(order, batch_size):
        return np.split(order, np.arange(batch_size, len(order), batch_size))

    assert passes("split_batches", by_numpy, seed)


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize(("n", "batch_size"), [(10, 4), (12, 4), (3, 3)])
def test_count_updates_agrees_with_counting(n, batch_size, drop_last):
    rng = np.random.default_rng(0)
    epochs = [list(minibatches(n, batch_size, rng, drop_last=drop_last)) for _ in range(3)]
    counted = sum(map(len, epochs))
    assert reference("count_updates")(n, batch_size, 3, drop_last) == counted


@pytest.mark.parametrize("seed", SEEDS)
def test_epoch_orders_agrees_with_dlbasics_and_repeats(seed):
    def by_dlbasics(n, epochs, seed):
        rng = np.random.default_rng(seed)
        return np.array([np.concatenate(list(minibatches(n, 1, rng))) for _ in range(epochs)])

    assert passes("epoch_orders", by_dlbasics, seed)
    first, again, other = (reference("epoch_orders")(20, 3, s) for s in (seed, seed, seed + 1))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(np.sort(first, axis=1), np.tile(np.arange(20), (3, 1)))
    rows = np.vstack([first, other])
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_missed_agrees_with_enumeration_and_approaches_one_over_e():
    for n, draws in [(2, 3), (3, 4), (4, 5)]:
        share = [1 - len(set(drawn)) / n for drawn in product(range(n), repeat=draws)]
        np.testing.assert_allclose(reference("missed")(n, draws), np.mean(share))
    np.testing.assert_allclose(reference("missed")(10**6, 10**6), np.exp(-1), rtol=1e-5)
    assert reference("missed")(1000, 4000) > 0.01 > reference("missed")(1000, 5000)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("n", "batch_size"), [(10, 4), (12, 4), (9, 9)])
def test_epoch_mean_recovers_the_mean_of_all_samples(n, batch_size, seed):
    rng = np.random.default_rng(seed)
    losses = rng.normal(size=n)
    means = np.array([losses[batch].mean() for batch in minibatches(n, batch_size, rng)])
    np.testing.assert_allclose(reference("epoch_mean")(means, n, batch_size), losses.mean())


@pytest.mark.parametrize("seed", SEEDS)
def test_bias_agrees_with_the_probability_of_each_sample(seed):
    """换一条路：先求每个样本的期望权重。"""

    def by_samples(losses, batches, probability):
        weight = np.zeros(len(losses))
        for batch, p in zip(batches, probability, strict=True):
            weight[batch] += p / len(batch)
        return float((weight - 1 / len(losses)) @ losses)

    assert passes("bias", by_samples, seed)


def test_uniform_sampling_of_unlike_losses_has_no_bias():
    losses = np.abs(np.random.default_rng(1).standard_cauchy(9))
    uniform = np.full(comb(9, 4), 1 / comb(9, 4))
    assert abs(reference("bias")(losses, all_batches(9, 4), uniform)) < 1e-12
    one_class = np.arange(4)[None]
    alike = np.append(np.full(4, 1.0), np.full(5, 9.0))
    assert reference("bias")(alike, one_class, np.ones(1)) < -4


@pytest.mark.parametrize("seed", SEEDS)
def test_variance_agrees_with_dlbasics_and_the_sample_variance(seed):
    def by_dlbasics(losses, batch_size, replace):
        return float(batch_mean_variance(losses, batch_size, replace=replace))

    def by_sample_variance(losses, batch_size, replace):
        n = len(losses)
        if replace:
            return losses.var() / batch_size
        return losses.var(ddof=1) / batch_size * (1 - batch_size / n)

    assert passes("variance", by_dlbasics, seed)
    assert passes("variance", by_sample_variance, seed)


@pytest.mark.parametrize("replace", [False, True])
def test_variance_agrees_with_enumeration(replace):
    losses = np.array([1.0, -2.0, 4.0, 0.5])
    batches = np.array(list(product(range(4), repeat=2))) if replace else all_batches(4, 2)
    np.testing.assert_allclose(
        reference("variance")(losses, 2, replace), losses[batches].mean(axis=1).var()
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_reweighted_is_unbiased_by_enumeration(seed):
    rng = np.random.default_rng(seed)
    losses, probability = rng.normal(size=4), rng.dirichlet(np.ones(4))
    total = 0.0
    for drawn in product(range(4), repeat=3):
        batch = np.array(drawn)
        chance = np.prod(probability[batch])
        total += chance * reference("reweighted")(losses, probability, batch)
    np.testing.assert_allclose(total, losses.mean())


@pytest.mark.parametrize("seed", SEEDS)
def test_reweighted_accepts_a_loop(seed):
    def loop(losses, probability, batch):
        total = 0.0
        for i in batch:
            total += losses[i] / probability[i]
        return total / (len(batch) * len(losses))

    assert passes("reweighted", loop, seed)


@pytest.mark.parametrize("kinds", list(product(["mean", "sum"], repeat=2)))
def test_converted_lr_keeps_the_road_when_the_batch_is_the_same(kinds):
    """真的走几步：写法换了，学习率跟着换，路不变。"""
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(12, 3)), rng.integers(2, size=12)
    roads = []
    converted = reference("converted_lr")(0.2, 4, kinds[0], 4, kinds[1])
    for kind, lr in [(kinds[0], 0.2), (kinds[1], converted)]:
        params, optimizer = [np.zeros((3, 2)), np.zeros(2)], SGD(lr)
        for batch in np.arange(12).reshape(3, 4):
            _, *grads = softmax_regression(*params, x[batch], labels[batch])
            optimizer.step(params, [g * (4 if kind == "sum" else 1) for g in grads])
        roads.append(params)
    for a, b in zip(*roads, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_converted_lr_keeps_the_weight_of_each_sample(seed):
    def weight(lr, batch, kind):
        return lr * np.mean(np.eye(batch)[0]) if kind == "mean" else lr

    exercise = find("minibatch_sgd/converted_lr")
    for lr, old, old_kind, new, new_kind in exercise.inputs(np.random.default_rng(seed)):
        converted = exercise.reference(lr, old, old_kind, new, new_kind)
        np.testing.assert_allclose(weight(converted, new, new_kind), weight(lr, old, old_kind))


@pytest.mark.parametrize("seed", SEEDS)
def test_stratified_accepts_other_orders(seed):
    def dealt_backwards(labels, batch_size):
        heaps = [list(np.flatnonzero(labels == c)) for c in np.unique(labels)[::-1]]
        order = []
        while heaps[0]:
            order += [heap.pop() for heap in heaps]
        return np.array(order)

    def shuffled_within_classes(labels, batch_size):
        rng = np.random.default_rng(seed)
        rows = [rng.permutation(np.flatnonzero(labels == c)) for c in np.unique(labels)]
        return np.array(rows).T.ravel()

    assert passes("stratified", dealt_backwards, seed)
    assert passes("stratified", shuffled_within_classes, seed)
    assert not passes("stratified", lambda labels, batch_size: np.zeros(len(labels)), seed)


def test_stratified_batches_of_digits_train_better_than_sorted_ones():
    images, labels = digits()
    few = np.concatenate([np.flatnonzero(labels == c)[:60] for c in range(10)])
    x, y = images[few].reshape(600, -1), labels[few]

    def trained(order):
        params, optimizer = [np.zeros((64, 10)), np.zeros(10)], SGD(0.5)
        for _ in range(3):
            for batch in order.reshape(-1, 20):
                optimizer.step(params, softmax_regression(*params, x[batch], y[batch])[1:])
        return np.mean(np.argmax(x @ params[0] + params[1], axis=1) == y)

    better, sorted_by_class = trained(reference("stratified")(y, 20)), trained(np.arange(600))
    assert better > 0.85
    assert sorted_by_class < better - 0.2


@pytest.mark.parametrize("seed", SEEDS)
def test_floor_agrees_with_dlbasics(seed):
    exercise = find("minibatch_sgd/floor")
    for curvature, noise, batch_size, floor in exercise.inputs(np.random.default_rng(seed)):
        lr = exercise.reference(curvature, noise, batch_size, floor)
        theirs = noise_floor(lr * curvature) * noise / batch_size / curvature**2
        np.testing.assert_allclose(theirs, floor)


def test_floor_accepts_bisection_and_rejects_a_tenth_more():
    def bisection(curvature, noise, batch_size, floor):
        low, high = 0.0, 2 / curvature
        for _ in range(60):
            lr = (low + high) / 2
            kept = (1 - lr * curvature) ** 2
            higher = lr**2 * noise / batch_size / (1 - kept) > floor
            low, high = (low, lr) if higher else (lr, high)
        return lr

    assert all(passes("floor", bisection, seed) for seed in SEEDS)
    assert not passes("floor", lambda *args: 1.1 * bisection(*args))


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_loss_gap_agrees_with_enumeration(batch_size):
    rng = np.random.default_rng(batch_size)
    a, y, x = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=3)
    grads = (a @ x - y)[:, None] * a

    def loss(x):
        return np.mean((a @ x - y) ** 2) / 2

    stepped = [loss(x - 0.3 * grads[batch].mean(axis=0)) for batch in all_batches(5, batch_size)]
    gap = np.mean(stepped) - loss(x - 0.3 * grads.mean(axis=0))
    got = reference("loss_gap")(a.T @ a / 5, grads, 0.3, batch_size)
    np.testing.assert_allclose(got, gap, atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_loss_gap_accepts_enumeration(seed):
    def by_enumeration(hessian, grads, lr, batch_size):
        noise = grads[all_batches(len(grads), batch_size)].mean(axis=1) - grads.mean(axis=0)
        return lr**2 / 2 * np.mean(np.einsum("bi,ij,bj->b", noise, hessian, noise))

    assert passes("loss_gap", by_enumeration, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_loss_gap_accepts_numpy_covariance(seed):
    def of_all(hessian, grads, lr, batch_size):
        n = len(grads)
        covariance = np.cov(grads.T, bias=True) / batch_size * (n - batch_size) / (n - 1)
        return lr**2 / 2 * np.trace(hessian @ covariance)

    def of_a_sample(hessian, grads, lr, batch_size):
        covariance = np.cov(grads, rowvar=False) * (1 / batch_size - 1 / len(grads))
        return lr**2 / 2 * np.sum(hessian * covariance)

    assert passes("loss_gap", of_all, seed)
    assert passes("loss_gap", of_a_sample, seed)


def orders_by_shuffling(n, epochs, seed):
    rng, rows = np.random.default_rng(seed), []
    for _ in range(epochs):
        row = np.arange(n)
        rng.shuffle(row)
        rows.append(row)
    return np.stack(rows)


def epoch_mean_by_samples(batch_means, n, batch_size):
    return np.repeat(batch_means, batch_size)[:n].mean()


def epoch_mean_running(batch_means, n, batch_size):
    total, left = 0.0, n
    for mean in batch_means.tolist():
        total, left = total + mean * min(batch_size, left), left - batch_size
    return total / n


def split_by_slicing(order, batch_size):
    parts = []
    while len(order):
        parts.append(order[:batch_size])
        order = order[batch_size:]
    return parts


def converted_by_table(lr, old_batch, old_kind, new_batch, new_kind):
    factor = {
        ("mean", "mean"): new_batch / old_batch,
        ("mean", "sum"): 1 / old_batch,
        ("sum", "mean"): new_batch,
        ("sum", "sum"): 1,
    }
    return lr * factor[old_kind, new_kind]


def converted_by_division(lr, old_batch, old_kind, new_batch, new_kind):
    old, new = (
        (b if k == "mean" else 1) for b, k in [(old_batch, old_kind), (new_batch, new_kind)]
    )
    return np.float64(lr) * new / old


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("split_batches", split_by_slicing),
        ("count_updates", lambda n, b, e, drop: e * (n // b + (not drop and n % b > 0))),
        ("count_updates", lambda n, b, e, drop: len(range(0, n - (b - 1) * drop, b)) * e),
        ("epoch_orders", orders_by_shuffling),
        ("missed", lambda n, draws: np.exp(draws * np.log1p(-1 / n))),
        ("missed", lambda n, draws: np.prod(np.full(draws, (n - 1) / n))),
        ("epoch_mean", epoch_mean_by_samples),
        ("epoch_mean", epoch_mean_running),
        ("bias", lambda x, b, p: p @ (x - x.mean())[b].mean(axis=1)),
        ("reweighted", lambda x, p, b: (x / p)[b].sum() / len(b) / len(x)),
        ("converted_lr", converted_by_table),
        ("converted_lr", converted_by_division),
        ("floor", lambda c, s2, b, v: 2 / (s2 / b / (v * c) + c)),
        ("missed", lambda n, draws: ((n - 1) / n) ** draws),
    ],
)
def test_another_route_is_right_too(name, answer, seed):
    assert passes(name, answer, seed)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("converted_lr", lambda lr, old, old_kind, new, new_kind: lr * np.sqrt(new / old)),
        ("converted_lr", lambda lr, old, old_kind, new, new_kind: lr * new / old),
        ("converted_lr", lambda lr, old, old_kind, new, new_kind: lr * old / new),
        ("reweighted", lambda x, p, b: reference("reweighted")(x, p, np.unique(b))),
        ("missed", lambda n, draws: (1 - 1 / draws) ** n),
        ("bias", lambda x, b, p: p @ x[b].mean(axis=1) - x.sum()),
    ],
)
def test_a_mistake_without_a_hint_does_not_borrow_another_one(name, wrong):
    message = told(name, wrong)
    assert message.startswith("未通过")
    assert "提示" not in message
