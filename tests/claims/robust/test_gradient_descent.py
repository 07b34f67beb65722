"""梯度下降一章由实验得出的句子：换数据的划分、换起点再说。"""

from functools import cache

import numpy as np

from dlbasics.datasets import digits, split
from dlbasics.landscapes import power, quadratic, tilted_double_well
from dlbasics.losses import softmax_cross_entropy
from dlbasics.optimizers import SGD, minimize
from dlbasics.sampling import minibatches
from dlbasics.studies.smoothness import largest_curvature, softmax_smoothness
from tests.claims.sentences import sentence


@cache
def data(seed):
    images, labels = digits()
    pixels = np.c_[images.reshape(len(images), -1), np.ones(len(images))]
    return split(pixels, labels, np.random.default_rng(seed))


def softmax_loss(weight, x, y):
    loss, grad_logits = softmax_cross_entropy(x @ weight, y)
    return loss, x.T @ grad_logits


@cache
def full_batch(seed, lr, steps=300):
    x, y = data(seed).train_x, data(seed).train_y
    return minimize(lambda w: softmax_loss(w, x, y), np.zeros((65, 10)), SGD(lr), steps)


def curvature_along(seed, lr, steps):
    """学习率为 lr 的全批量训练，在第 steps 步处最大的曲率。"""
    x, y = data(seed).train_x, data(seed).train_y
    rng = np.random.default_rng(seed)
    path = full_batch(seed, lr).x
    return np.array(
        [
            largest_curvature(lambda w: softmax_loss(w, x, y)[1], path[n], rng, iterations=20)
            for n in steps
        ]
    )


def passes(seed, size, lr, goal=0.25, most=40):
    """从零训练到全体的损失不超过 goal，看了几遍（没有到是 inf），路上的步子有几成上升。"""
    x, y = data(seed).train_x, data(seed).train_y
    weight, optimizer, rng = np.zeros((65, 10)), SGD(lr), np.random.default_rng(seed)
    history, needed = [softmax_loss(weight, x, y)[0]], np.inf
    for epoch in range(1, most + 1):
        for batch in minibatches(len(x), size, rng):
            optimizer.step([weight], [softmax_loss(weight, x[batch], y[batch])[1]])
            history.append(softmax_loss(weight, x, y)[0])
        if history[-1] <= goal:
            needed = epoch
            break
    return needed, np.mean(np.diff(history) > 0)


@sentence("沿路最大的曲率却不到它的三分之一，$\\alpha$ 乘以曲率开头在 2 上下，后来更小。", quick=0)
def test_the_bound_is_far_above_the_curvature_on_the_way(seed, measured):
    x = data(seed).train_x
    path = full_batch(seed, 1.7)
    curvature = curvature_along(seed, 1.7, (0, 1, 2, 3, 5, 10, 30, 100, 300))
    share, early = curvature.max() / softmax_smoothness(x), 1.7 * curvature[:6]
    measured(比例=share, 开头=early.max(), 最后=1.7 * curvature[-1])
    assert share < 1 / 3
    assert 1.5 < early.min() and early.max() < 3 and 1.7 * curvature[-1] < 1
    assert np.all(np.diff(path.loss) < 0)


@sentence("softmax 回归的曲率会变，走到后来越来越小。", quick=0)
def test_the_curvature_shrinks_and_the_largest_rate_wins(seed, measured):
    """3.5：起初越过 2，时升时降；后来一路下降，比 1.7 低。0.34：曲率也变小，从不越过 2。"""
    losses = full_batch(seed, 3.5).loss
    start, soon, last = curvature_along(seed, 3.5, (0, 3, 300))
    rises = np.flatnonzero(np.diff(losses) > 0)
    measured(起点=3.5 * start, 第三步=3.5 * soon, 最后=3.5 * last, 最后一次上升=rises[-1] + 1)
    assert 3.5 * soon > 1.2 * 3.5 * start > 4 and 3.5 * last < 1.5
    assert rises.size >= 5 and rises[-1] < 60
    assert losses[-1] < 0.85 * full_batch(seed, 1.7).loss[-1]


@sentence("学习率 0.34，用全部数据，没有一步上升，40 遍也没有降到 0.25；用小批量，约四分之一的步子")
def test_the_same_rate_with_all_and_with_few(seed, measured):
    whole, few = passes(seed, len(data(seed).train_x), 0.34), passes(seed, 32, 0.34)
    measured(小批量遍数=few[0], 小批量上升=few[1])
    assert whole == (np.inf, 0)
    assert few[0] <= 15 and 0.15 < few[1] < 0.35


@sentence(
    "各自把学习率调好（最后一行与第三行），全批量一二十遍、至多三十来遍也能到，小批量仍然省",
    quick=0,
)
def test_tuned_full_batch_still_needs_more_passes(seed, measured):
    """全批量在四个学习率里取最好的，小批量固定 1。"""
    n = len(data(seed).train_x)
    whole = min(passes(seed, n, lr)[0] for lr in (1.7, 3.5, 7, 14))
    few, rising = passes(seed, 32, 1)
    measured(全批量=whole, 小批量=few, 小批量上升=rising)
    assert 10 <= whole < 35 and few < 0.5 * whole and 0.25 < rising < 0.5


@sentence("学习率取 0.05，上升的步子很少，降得也慢。", quick=0)
def test_a_small_rate_rises_seldom_and_is_slow(seed, measured):
    needed, rises = passes(seed, 32, 0.05, most=25)
    quick_needed, quick_rises = passes(seed, 32, 0.34)
    measured(上升=rises)
    assert rises < 0.08 and rises < quick_rises / 3
    assert needed > 2 * quick_needed


def hidden_layer(seed):
    """300 张图、16 个 tanh 单元的网络：平方损失与梯度，起点的权重。"""
    rng, digit = np.random.default_rng(seed), data(seed)
    chosen = rng.permutation(len(digit.train_x))[:300]
    a, target = digit.train_x[chosen].copy(), np.eye(10)[digit.train_y[chosen]]
    a[:, :-1] -= a[:, :-1].mean(axis=0)

    def loss_and_grad(w):
        inner, outer = w[:1040].reshape(65, 16), w[1040:].reshape(16, 10)
        z = np.tanh(a @ inner)
        error = (z @ outer - target) / len(a)
        grad_inner = a.T @ (error @ outer.T * (1 - z**2))
        loss = len(a) * np.sum(error**2) / 2
        return loss, np.r_[grad_inner.ravel(), (z.T @ error).ravel()]

    return loss_and_grad, rng.normal(size=1200) * np.repeat([1 / 16, 1 / 8], [1040, 160])


@sentence(
    "损失猛地跳上去，曲率就被打回来，从此围着这条线上下；损失时升时降，却没有飞走。",
    quick=0,
)
def test_the_edge_of_stability(seed, measured):
    """对照：学习率 0.4 走同样远，曲率越过了 2/0.8；所以拦住它的是学习率。"""
    loss_and_grad, w0 = hidden_layer(seed)
    sharp, rng, losses = {}, np.random.default_rng(seed), {}

    def nudged(w):
        loss, grad = loss_and_grad(w)
        return loss, grad + 1e-8 * rng.normal(size=w.size)

    for lr in (0.4, 0.8):
        path = minimize(nudged, w0, SGD(lr), steps=round(600 / lr))
        late = np.linspace(0.7, 1, 8) * (len(path.x) - 1)
        sharp[lr] = [
            largest_curvature(lambda w: loss_and_grad(w)[1], path.x[n], rng)
            for n in (0, *late.astype(int))
        ]
        losses[lr] = path.loss
    held, free = np.array(sharp[0.8][1:]), np.array(sharp[0.4][1:])
    last, low = losses[0.8][-250:], np.minimum.accumulate(losses[0.8])
    rising, jump = np.mean(np.diff(last) > 0), np.max(losses[0.8] / low)
    measured(起点=0.8 * sharp[0.8][0], 边缘=np.median(0.8 * held), 上升=rising)
    measured(跳到几倍=jump, 最后=last[-50:].mean() / low[-1])
    measured(对照=0.8 * np.median(free), 对照上升=np.mean(np.diff(losses[0.4]) > 0))
    assert sharp[0.8][0] < 1.5 and np.median(free) > 1.1 * 2.5
    assert 1.7 < np.median(0.8 * held) < 2.4
    assert 0.1 < rising < 0.6 and np.mean(np.diff(losses[0.4]) > 0) < 0.2
    assert jump > 1.6 and last[-50:].mean() < 1.5 * low[-1]


@sentence("步数乘 10，损失只缩小到百分之几")
def test_flat_valleys_are_slower_than_strongly_convex_ones(seed, measured):
    """起点随机，学习率 0.01：都不越过凸的界；碗快得多，八次方比四次方慢。"""
    start = np.random.default_rng(seed).uniform(0.8, 1.0)
    ratio = {}
    for name, land in (("碗", quadratic([1.0])), ("四", power(4)), ("八", power(8))):
        loss = minimize(land, [start], SGD(0.01), 1000).loss
        assert np.all(loss[1:] <= start**2 / (2 * 0.01 * np.arange(1, 1001)))
        ratio[name] = loss[1000] / loss[100]
    measured(**ratio)
    assert ratio["碗"] < 1e-7 and 0.01 < ratio["四"] < ratio["八"] < 0.1


def test_floating_point_misses_the_bottom_of_the_absolute_value():
    """从 1 出发，学习率 0.1：精确的算术 10 步到 0，浮点数到不了，来回跳。"""
    x = minimize(power(1), [1.0], SGD(0.1), 200).x[:, 0]
    assert np.all(x != 0) and abs(x[10]) < 1e-15
    assert x[-1] * x[-2] < 0 and max(np.abs(x[-2:])) > 0.09


def test_a_saddle_that_is_not_strict_can_attract():
    """x³ 在 0 处曲率是 0：从右边出发都走向它；双井的鞍点有负曲率，偏开一点就离开。"""
    for x in np.random.default_rng(0).uniform(0.1, 1, size=8):
        for _ in range(20_000):
            x -= 0.1 * 3 * x**2
        assert 0 < x < 1e-3
    land = tilted_double_well(0.0, dimensions=2)
    end = minimize(land, [1e-3, 0.5], SGD(0.1), 500).x[-1]
    assert land.loss(end) < 1e-6
