"""原文小批量 SGD 一节的断言（总账第 25–30 条）：每条的正确说法，用数值演示一遍。"""

import math
from functools import cache
from itertools import islice, product

import numpy as np
import pytest

from dlbasics.datasets import digits, split
from dlbasics.linear_models import softmax_regression
from dlbasics.metrics import accuracy
from dlbasics.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSProp
from dlbasics.sampling import minibatches
from dlbasics.studies.sampling_theory import all_batches, batch_mean_variance, noise_floor


@cache
def data():
    images, labels = digits()
    return split(images.reshape(len(images), -1), labels, np.random.default_rng(0))


def new_params():
    return [np.zeros((64, 10)), np.zeros(10)]


def full_loss(params):
    return softmax_regression(*params, data().train_x, data().train_y)[0]


def gradient(params, batch):
    x, y = data().train_x[batch], data().train_y[batch]
    return [grad for grad in softmax_regression(*params, x, y)[1:]]


def flat(grads):
    return np.concatenate([grad.ravel() for grad in grads])


def random_batches(batch_size, epochs, seed=1, replace=False):
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        yield from minibatches(len(data().train_x), batch_size, rng, replace=replace)


def descend(batches, optimizer):
    """每拿到一批就走一步，走完交出参数。"""
    params = new_params()
    for batch in batches:
        optimizer.step(params, gradient(params, batch))
        yield params


def trained(batches, lr):
    *_, params = descend(batches, SGD(lr))
    return params


@cache
def sample_gradients():
    """训练两轮之后，每张图像的梯度，形状 (n, 650)。"""
    params = trained(random_batches(32, 2), lr=0.1)
    return np.array([flat(gradient(params, [i])) for i in range(len(data().train_x))])


def test_claim_25_four_times_the_samples_halve_the_error():
    values = np.array([-3.0, 0.5, 11.0])
    spread = [
        values[np.array(list(product(range(3), repeat=b)))].mean(axis=1).std() for b in (1, 4)
    ]
    assert spread[0] / spread[1] == pytest.approx(2)


def test_claim_25_a_hundred_times_the_samples_give_one_more_digit():
    """真实数字的梯度：b = 100 的误差是 b = 1 的十分之一。"""
    grads, rng = sample_gradients(), np.random.default_rng(0)
    errors = []
    for b in (1, 100):
        batches = rng.integers(len(grads), size=(200, b))
        away = np.array([grads[batch].mean(axis=0) for batch in batches]) - grads.mean(axis=0)
        errors.append(np.sqrt(np.mean(np.sum(away**2, axis=1))))
    assert errors[0] / errors[1] == pytest.approx(10, rel=0.15)


def test_claim_26_more_updates_from_the_same_samples():
    """都只看一遍：批量 1 降得远比一步调到最好的全批量低。"""
    n = len(data().train_x)
    whole = min(full_loss(trained([np.arange(n)], lr)) for lr in 4.0 ** np.arange(-2, 4))
    single = max(full_loss(trained(random_batches(1, 1, seed), 0.25)) for seed in (1, 2, 3))
    assert single < 0.6 * whole


def test_claim_26_many_single_updates_go_up():
    steps = islice(descend(random_batches(1, 1), SGD(0.25)), 400)
    losses = np.array([full_loss(p) for p in steps])
    assert 0.25 < np.mean(np.diff(losses) > 0) < 0.6
    n = len(data().train_x)
    smooth = np.array([full_loss(p) for p in descend(random_batches(n, 20), SGD(0.5))])
    assert np.all(np.diff(smooth) < 0)


@pytest.mark.parametrize("lr", [0.4, 0.1, 0.02])
def test_claim_26_a_constant_learning_rate_hovers_at_the_noise_floor(lr):
    """2000 条链同时走；方差的相对误差的标准差约 3%。"""
    rng, x = np.random.default_rng(0), np.full(2000, 10.0)
    variances = []
    for _ in range(int(12 / lr)):
        x -= lr * (x + rng.normal(size=x.size))
        variances.append(x.var())
    assert variances[-1] == pytest.approx(noise_floor(lr), rel=0.2)
    assert abs(x.mean()) < 0.1


def test_claim_26_a_decreasing_learning_rate_lowers_the_noise():
    """求平均图像，α = 1/t 时 x 恰好是看过的图像的平均。"""
    images, x = data().train_x, np.zeros(64)
    for t, image in enumerate(images, start=1):
        x -= (x - image) / t
    np.testing.assert_allclose(x, images.mean(axis=0), atol=1e-12)


def test_claim_26_no_floor_where_the_noise_vanishes():
    rng = np.random.default_rng(0)
    a, y = rng.normal(size=(20, 100)), rng.normal(size=20)
    excess = {}
    for d in (100, 5):
        inputs, x = a[:, :d], np.zeros(d)
        lr = 0.5 / np.sum(inputs**2, axis=1).max()
        for i in rng.integers(20, size=10_000):
            x -= lr * (inputs[i] @ x - y[i]) * inputs[i]
        best = np.linalg.lstsq(inputs, y)[0]
        excess[d] = np.mean((inputs @ x - y) ** 2 - (inputs @ best - y) ** 2)
    assert excess[100] < 1e-12 < 1e-4 < excess[5]


@pytest.mark.parametrize("seed", range(8))
def test_claim_26_noise_raises_the_loss_of_a_step_if_it_is_convex(seed):
    """softmax 回归是凸的：枚举全部小批量，一步之后的平均损失不低于全批量的。山顶上相反。"""
    rng = np.random.default_rng(seed)
    params, whole = [rng.normal(size=(64, 10)), rng.normal(size=10)], np.arange(9)

    def loss_after(batch, lr=0.3):
        moved = [p - lr * g for p, g in zip(params, gradient(params, batch), strict=True)]
        return softmax_regression(*moved, data().train_x[whole], data().train_y[whole])[0]

    assert np.mean([loss_after(batch) for batch in all_batches(9, 2)]) > loss_after(whole)
    noise = rng.normal(size=1000)
    noise -= noise.mean()
    assert np.mean(np.cos(-0.3 * noise)) < np.cos(0)


@pytest.mark.parametrize("b", [1, 2, 5, 8])
def test_claim_27_every_batch_counted_the_mean_is_exact(b):
    losses = np.random.default_rng(0).exponential(size=8)
    means = losses[all_batches(8, b)].mean(axis=1)
    assert means.mean() == pytest.approx(losses.mean(), abs=1e-14)


def test_claim_27_with_replacement_too():
    losses = np.random.default_rng(0).exponential(size=4)
    means = losses[np.array(list(product(range(4), repeat=5)))].mean(axis=1)
    assert means.mean() == pytest.approx(losses.mean(), abs=1e-14)


def test_claim_27_gradients_too():
    rng = np.random.default_rng(0)
    params = [rng.normal(size=(64, 10)), rng.normal(size=10)]
    means = [flat(gradient(params, batch)) for batch in all_batches(9, 4)]
    np.testing.assert_allclose(
        np.mean(means, axis=0), flat(gradient(params, np.arange(9))), atol=1e-14
    )


@pytest.mark.parametrize("seed", range(5))
def test_claim_28_losses_with_nothing_in_common_are_unbiased(seed):
    losses = np.abs(np.random.default_rng(seed).standard_cauchy(12))
    assert losses.max() > 20 * losses.min()
    for b in range(1, 13):
        means = losses[all_batches(12, b)].mean(axis=1)
        assert abs(means.mean() - losses.mean()) < 1e-13 * losses.max()
        np.testing.assert_allclose(means.var(), batch_mean_variance(losses, b), atol=1e-12)


def test_claim_28_similar_losses_in_one_class_are_badly_biased():
    losses = np.append(np.linspace(0.99, 1.01, 6), np.linspace(8.99, 9.01, 6))
    first = losses[all_batches(6, 4)].mean(axis=1)
    assert losses.mean() == pytest.approx(5)
    assert first.mean() - losses.mean() == pytest.approx(-4)
    assert first.std() < 0.01
    assert losses[all_batches(12, 4)].mean() == pytest.approx(5)


def test_claim_28_similarity_moves_the_variance_either_way():
    """每批 10 张：分层的方差不到均匀的四成，整群的超过三倍；三者都无偏。"""
    grads, labels = sample_gradients(), data().train_y
    g, share = grads.mean(axis=0), np.bincount(labels) / len(labels)
    own = [grads[labels == k] for k in range(10)]
    center = np.array([part.mean(axis=0) for part in own])
    within = np.array([part.var(axis=0).sum() for part in own])
    inside = np.array([batch_mean_variance(part, 10).sum() for part in own])
    np.testing.assert_allclose(share @ center, g, atol=1e-14)
    uniform = batch_mean_variance(grads, 10).sum()
    stratified = share**2 @ within
    cluster = share @ (np.sum((center - g) ** 2, axis=1) + inside)
    assert share @ np.sum((center - g) ** 2, axis=1) > 0.5 * grads.var(axis=0).sum()
    assert stratified < 0.4 * uniform and cluster > 3 * uniform


def test_claim_28_sorted_digits_fail_and_shuffling_repairs_it():
    labels = data().train_y
    by_label = np.argsort(labels, kind="stable")
    in_order = [by_label[k : k + 32] for k in range(0, len(labels), 32)] * 5
    scores = [
        accuracy(data().test_x @ weight + bias, data().test_y)
        for weight, bias in (
            trained(in_order, 0.5),
            *(trained(random_batches(32, 5, seed), 0.5) for seed in (1, 2, 3)),
        )
    ]
    assert scores[0] < 0.6 and min(scores[1:]) > 0.85


def test_claim_28_sorted_digits_please_the_last_class():
    """排好序的一轮以 9 收尾：测试图像里真正的 9 不到十分之一，一半上下却被认成 9。"""
    labels = data().train_y
    by_label = np.argsort(labels, kind="stable")
    weight, bias = trained([by_label[k : k + 32] for k in range(0, len(labels), 32)] * 5, 0.5)
    nines = np.mean((data().test_x @ weight + bias).argmax(axis=1) == 9)
    assert np.mean(data().test_y == 9) < 0.1 and nines > 0.45


def test_claim_28_a_biased_sampler_is_as_biased_however_similar_the_samples():
    """总抽 A 类，偏差是 A 类的平均减全体的平均；类内散开得大些小些都一样。"""
    for width in (0.01, 1.0, 5.0):
        spread = np.linspace(-width, width, 6)
        losses = np.concatenate([1 + spread, 9 + spread])
        means = losses[:6][all_batches(6, 4)].mean(axis=1)
        assert means.mean() - losses.mean() == pytest.approx(-4)


def test_claim_29_one_sample_speaks_for_its_class_at_most():
    """训练两轮之后，各类的平均损失差得很远：一类的平均不是全体的平均。"""
    params = trained(random_batches(32, 2), lr=0.1)
    labels = data().train_y
    each = zip(data().train_x[:, None], labels[:, None], strict=True)
    losses = np.array([softmax_regression(*params, x, y)[0] for x, y in each])
    center = np.array([losses[labels == k].mean() for k in range(10)])
    assert losses.mean() == pytest.approx(full_loss(params))
    assert center.max() > 1.5 * center.min()
    assert np.abs(center - losses.mean()).max() > 0.2 * losses.mean()


def test_claim_29_no_classes_are_needed():
    """回归没有类别，均匀抽取的小批量照样无偏。"""
    rng = np.random.default_rng(0)
    a, y, w = rng.normal(size=(9, 3)), rng.normal(size=9), rng.normal(size=3)
    each = (a @ w - y)[:, None] * a
    whole = a.T @ (a @ w - y) / 9
    np.testing.assert_allclose(each[all_batches(9, 4)].mean(axis=(0, 1)), whole, atol=1e-14)


def test_claim_30a_batch_size_one_and_all_are_the_two_ends():
    n = len(data().train_x)
    single = trained(list(random_batches(1, 1))[:3], 0.1)
    params = new_params()
    for batch in list(random_batches(1, 1))[:3]:
        x, y = data().train_x[batch[0]], data().train_y[batch[0]]
        scores = np.exp(x @ params[0] + params[1])
        error = scores / scores.sum() - np.eye(10)[y]
        params = [params[0] - 0.1 * np.outer(x, error), params[1] - 0.1 * error]
    np.testing.assert_allclose(single[0], params[0], atol=1e-12)
    whole, ordered = trained(random_batches(n, 5), 0.5), trained([np.arange(n)] * 5, 0.5)
    np.testing.assert_allclose(whole[0], ordered[0], atol=1e-12)


def test_claim_30b_memory_limits_the_chunk_not_the_batch():
    params, rng = trained(random_batches(32, 1), 0.1), np.random.default_rng(0)
    batch = rng.permutation(len(data().train_x))[:100]
    chunks = [batch[k : k + 32] for k in range(0, 100, 32)]
    total = sum(len(chunk) * flat(gradient(params, chunk)) for chunk in chunks)
    np.testing.assert_allclose(total / 100, flat(gradient(params, batch)), atol=1e-14)


def test_claim_30b_the_best_batch_size_depends_on_the_clock():
    n, updates = len(data().train_x), {}
    for b, lr in ((1, 0.25), (64, 4.0), (n, 8.0)):
        every = 32 if b == 1 else 1
        steps = enumerate(descend(random_batches(b, 60), SGD(lr)), 1)
        updates[b] = next(k for k, p in steps if k % every == 0 and full_loss(p) <= 0.3)
    samples = {b: k * b for b, k in updates.items()}
    assert samples[1] < samples[64] < samples[n] / 5
    assert updates[1] > 5 * updates[64] and updates[64] < 3 * updates[n]


def test_claim_30c_powers_of_two_are_one_way_to_fill_the_lanes():
    assert [32, 64, 128] == [2**k for k in (5, 6, 7)]
    for lanes in (24, 32):
        trips = {b: -(-b // lanes) for b in range(1, 257)}
        full = [b for b, k in trips.items() if k * lanes == b]
        assert full == list(range(lanes, 257, lanes))
    assert -(-48 // 24) == -(-32 // 24)


def test_claim_30d_an_epoch_covers_everything_only_without_replacement():
    n, rng = 5000, np.random.default_rng(0)
    shuffled = np.concatenate(list(minibatches(n, 32, rng)))
    assert np.array_equal(np.sort(shuffled), np.arange(n))
    drawn = np.concatenate(list(minibatches(n, 32, rng, replace=True)))
    assert 1 - len(np.unique(drawn)) / n == pytest.approx(1 / math.e, abs=0.04)
    assert (1 - 1 / 100) ** 100 == pytest.approx(0.366, abs=1e-3)


def test_claim_30d_batches_of_one_epoch_are_unbiased_but_dependent():
    """枚举一轮的头两批：各自无偏，协方差是 −σ²/(n − 1)。"""
    values, n, b = np.random.default_rng(0).standard_cauchy(7), 7, 3
    pairs = [
        (values[first].mean(), values[np.setdiff1d(np.arange(n), first)[second]].mean())
        for first in all_batches(n, b)
        for second in all_batches(n - b, b)
    ]
    first, second = np.transpose(pairs)
    assert first.mean() == pytest.approx(values.mean())
    assert second.mean() == pytest.approx(values.mean())
    covariance = np.mean((first - values.mean()) * (second - values.mean()))
    assert covariance == pytest.approx(-values.var() / (n - 1))


def test_claim_30d_the_short_batch_needs_its_weight():
    grads, rng = sample_gradients(), np.random.default_rng(0)
    g, n = grads.mean(axis=0), len(grads)
    assert n % 32
    errors = {}
    for replace in (False, True):
        batches = list(minibatches(n, 32, rng, replace=replace))
        means = np.array([grads[batch].mean(axis=0) for batch in batches])
        sizes = [len(batch) for batch in batches]
        errors[replace] = np.linalg.norm(np.average(means, axis=0, weights=sizes) - g)
        errors[replace, "plain"] = np.linalg.norm(means.mean(axis=0) - g)
    assert errors[False] < 1e-12 * np.linalg.norm(g)
    assert min(errors[True], errors[False, "plain"]) > 1e-3 * np.linalg.norm(g)


@pytest.mark.parametrize(
    ("improvement", "lr"),
    [(SGD, 0.5), (Momentum, 0.1), (Nesterov, 0.1), (AdaGrad, 0.1), (RMSProp, 0.01), (Adam, 0.01)],
)
def test_claim_30e_sgd_and_its_improvements_take_the_same_batches(improvement, lr):
    *_, params = descend(random_batches(32, 3), improvement(lr))
    assert full_loss(params) < 0.6


def test_claim_30absent_batch_losses_are_honest_in_the_first_pass_only():
    """16 个种子：更新之前的小批量损失减去测试损失，第一轮在 4 个标准误之内，第四轮明显偏低。"""
    images, labels = digits()
    pixels, gaps = images.reshape(len(images), -1), []
    for seed in range(16):
        rng = np.random.default_rng(seed)
        train, test = np.split(rng.permutation(len(pixels))[:700], [300])
        params, optimizer = new_params(), SGD(0.5)
        rows = []
        for _ in range(4):
            row = []
            for batch in minibatches(300, 10, rng):
                seen = train[batch]
                here = softmax_regression(*params, pixels[seen], labels[seen])
                row.append(here[0] - softmax_regression(*params, pixels[test], labels[test])[0])
                optimizer.step(params, here[1:])
            rows.append(np.mean(row))
        gaps.append(rows)
    center = np.mean(gaps, axis=0)
    error = np.std(gaps, axis=0, ddof=1) / np.sqrt(len(gaps))
    assert abs(center[0]) < 4 * error[0] and center[3] < -4 * error[3]
    assert abs(center[0]) < 0.3 * abs(center[3])


@pytest.mark.parametrize("lr", [0.05, 0.3, 1.0])
def test_claim_30absent_an_unbiased_gradient_is_not_an_unbiased_step(lr):
    rng = np.random.default_rng(0)
    a, y, x = rng.normal(size=(10, 3)), rng.normal(size=10), rng.normal(size=3)
    each = (a @ x - y)[:, None] * a
    steps = each[all_batches(10, 3)].mean(axis=1)

    def loss(x):
        return 0.5 * np.mean((a @ x - y) ** 2)

    gap = np.mean([loss(x - lr * step) for step in steps]) - loss(x - lr * each.mean(axis=0))
    curvature, covariance = a.T @ a / 10, np.cov(steps.T, bias=True)
    assert gap == pytest.approx(0.5 * lr**2 * np.trace(curvature @ covariance))
    assert gap > 0


def test_claim_30absent_only_linear_functions_of_it_stay_unbiased():
    losses = np.random.default_rng(0).exponential(size=8)
    means = losses[all_batches(8, 3)].mean(axis=1)
    assert np.sqrt(means).mean() < np.sqrt(losses.mean()) - 1e-3
    assert (1 / means).mean() > 1 / losses.mean() + 1e-3
    grads = sample_gradients()
    lengths = [np.linalg.norm(grads[k : k + 32].mean(axis=0)) for k in range(0, 1344, 32)]
    assert np.mean(lengths) > 1.2 * np.linalg.norm(grads.mean(axis=0))
