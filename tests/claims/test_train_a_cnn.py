"""从零训练一个卷积网络一章：正文里说了、单元格没有算的话，以及换一个种子仍要成立的话。"""

from functools import partial

import numpy as np
import pytest

from dlbasics.convolution import receptive_field
from dlbasics.datasets import digits, digits_on_canvas, split
from dlbasics.landscapes import quadratic
from dlbasics.layers import (
    Conv2d,
    Flatten,
    GlobalMaxPool2d,
    Linear,
    LocallyConnected2d,
    MaxPool2d,
    ReLU,
    Sequential,
)
from dlbasics.losses import softmax_cross_entropy
from dlbasics.metrics import accuracy
from dlbasics.optimizers import SGD, AdaGrad, Adam, Momentum, RMSProp, minimize
from dlbasics.optimizers.schedules import warmup_cosine
from dlbasics.training import fit
from tests.claims.sentences import sentence

LADDER = np.geomspace(1e-4, 10, 21)


def network(seed, *, pool=True):
    """本章的网络；``pool=False`` 拆掉中间的汇聚。"""
    options = {"rng": np.random.default_rng(seed), "padding": 1, "dtype": float}
    middle = [MaxPool2d(2)] if pool else []
    return Sequential(
        Conv2d(1, 16, 3, **options), ReLU(), *middle,
        Conv2d(16, 32, 3, **options), ReLU(), GlobalMaxPool2d(),
        Linear(32, 10, options["rng"], dtype=float),
    )  # fmt: skip


def train(model, x, y, rng, epochs):
    return fit(
        model, x, y, loss=softmax_cross_entropy, optimizer=Momentum(lr=0.02), epochs=epochs,
        batch_size=32, rng=rng, progress=False,
    )  # fmt: skip


def placed(row, column, numbers):
    return digits_on_canvas(16, positions=(row, column))[0][numbers]


@pytest.mark.parametrize(("pool", "drop"), [(True, (0.15, 1.0)), (False, (-0.05, 0.05))])
def test_the_pool_in_the_middle_draws_the_checkerboard(pool, drop):
    """只见过正中：移两格，正确率不变；移一格，有汇聚的掉一大截，拆掉汇聚的不掉。"""
    rng = np.random.default_rng(21)
    _, labels = digits_on_canvas(16, positions=(4, 4))
    numbers = rng.permutation(len(labels))
    learn, unseen = numbers[:1000], numbers[1000:1200]
    model = network(31, pool=pool)
    train(model, placed(4, 4, learn), labels[learn], rng, epochs=6)

    def right(row, column):
        return accuracy(model.forward(placed(row, column, unseen)), labels[unseen])

    assert right(4, 4) > 0.85
    assert abs(right(4, 4) - right(6, 2)) < 0.05
    assert drop[0] < right(4, 4) - right(5, 5) < drop[1]


@sentence("报出的数每次都更低，与没见过的数字上的只差几个百分点，有高有低")
def test_splitting_after_making_copies_reports_too_much(seed, measured):
    """混着划分虚高；先划分数字的对照不虚高。"""
    rng = np.random.default_rng(seed)
    images, labels = digits_on_canvas(16, rng)
    numbers = rng.permutation(len(labels))
    pool, unseen = numbers[:100], numbers[100:600]
    copies = np.stack([digits_on_canvas(16, rng)[0][pool] for _ in range(8)])
    mixed = split(np.concatenate(copies), np.tile(labels[pool], 8), rng)
    learn, ask = np.arange(75), np.arange(75, 100)
    parts = {
        "混着": (mixed.train_x, mixed.train_y, mixed.test_x, mixed.test_y),
        "先分": (
            np.concatenate(copies[:, learn]), np.tile(labels[pool[learn]], 8),
            np.concatenate(copies[:, ask]), np.tile(labels[pool[ask]], 8),
        ),
    }  # fmt: skip
    reported, gap = {}, {}
    for name, (x, y, test_x, test_y) in parts.items():
        model = network(seed)
        train(model, x, y, np.random.default_rng(seed), epochs=12)
        reported[name] = accuracy(model.forward(test_x), test_y)
        gap[name] = reported[name] - accuracy(model.forward(images[unseen]), labels[unseen])
    measured(混着虚高=gap["混着"], 先分之差=gap["先分"])
    assert gap["混着"] > 0.04
    assert reported["先分"] < reported["混着"] - 0.02
    assert abs(gap["先分"]) < 0.12


@sentence("令 $\\beta_1=0$，只留下逐坐标的缩放，它也和 SGD 一样慢")
def test_adam_owes_its_lead_on_the_tilted_bowl_to_momentum(seed, measured):
    rng = np.random.default_rng(seed)
    bowl = quadratic([1.0, 1000.0])
    turn = np.array([[1, -1], [1, 1]]) / np.sqrt(2)

    def tilted(x):
        loss, grad = bowl(x @ turn.T)
        return loss, grad @ turn

    start = rng.choice([-1, 1], 2) * rng.uniform(0.3, 1, 2) @ turn

    def best(make):
        with np.errstate(all="ignore"):
            last = [minimize(tilted, start, make(lr), 200).loss[-1] for lr in LADDER]
        return np.nan_to_num(last, nan=np.inf).min()

    sgd, still = best(SGD), best(partial(Adam, beta1=0.0))
    moving = best(Adam)
    measured(无动量比SGD=still / sgd, Adam比SGD=moving / sgd)
    assert 0.6 < still / sgd < 1.6 and 0.6 < best(RMSProp) / sgd < 1.6
    assert moving < 0.25 * still
    assert best(Momentum) < 0.01 * moving


def variant(name, seed):
    """消融一节的网络；float32，快一倍。"""
    o = {"rng": np.random.default_rng(seed), "dtype": np.float32}
    if name == "三样都没有":
        return Sequential(Flatten(), Linear(256, 200, **o), ReLU(), Linear(200, 10, **o))
    if name == "去掉共享":
        convs = [
            LocallyConnected2d(1, 8, 3, 16, padding=1, **o),
            LocallyConnected2d(8, 16, 3, 8, padding=1, **o),
        ]
    else:
        k1, k2 = (31, 15) if name == "去掉局部" else (3, 3)
        convs = [Conv2d(1, 8, k1, padding=k1 // 2, **o), Conv2d(8, 16, k2, padding=k2 // 2, **o)]
    middle = [] if name == "去掉中间的汇聚" else [MaxPool2d(2)]
    flat = name == "去掉全局汇聚"
    last = Flatten() if flat else GlobalMaxPool2d()
    body = (convs[0], ReLU(), *middle, convs[1], ReLU(), last)
    return Sequential(*body, Linear(1024 if flat else 16, 10, **o))


def ablate(name, seed):
    """训练到背下来为止；给出训练与验证的正确率。"""
    rng = np.random.default_rng(100 + seed)
    x, labels = digits_on_canvas(16, rng)
    x = x.astype(np.float32)
    numbers = rng.permutation(len(labels))
    few, valid = numbers[:320], numbers[320:590]
    if name == "打乱像素":
        x = x.reshape(-1, 256)[:, rng.permutation(256)].reshape(x.shape)
    model, optimizer, history = variant(name, seed), Adam(0.01), None
    for epochs in range(5, 151, 5):
        history = fit(
            model, x[few], labels[few], loss=softmax_cross_entropy, optimizer=optimizer,
            epochs=epochs, batch_size=32, rng=rng, history=history, progress=False,
        )  # fmt: skip
        if history.loss[-1] < 0.05:
            break
    return [accuracy(model.forward(x[part]), labels[part]) for part in (few, valid)]


@sentence("差别全在没见过的图像上")
def test_every_ablated_network_learns_its_training_set(seed, measured):
    names = "完整 去掉中间的汇聚 去掉局部 去掉全局汇聚 去掉共享 三样都没有 打乱像素".split()
    learned, valid = zip(*(ablate(name, seed) for name in names), strict=True)
    measured(训练最低=min(learned), **dict(zip(names, valid, strict=True)))
    whole, no_pool, wide, flat, unshared, none, shuffled = valid
    assert min(learned) > 0.95
    assert max(flat, unshared, none) < 0.5 < wide < whole - 0.05
    assert no_pool > whole - 0.05
    assert abs(unshared - none) < 0.12
    assert shuffled < 0.32


def test_receptive_field_with_and_without_the_pool():
    assert receptive_field([(3, 1), (2, 2), (3, 1)]) == 8
    assert receptive_field([(3, 1), (3, 1)]) == 5


def first_step(optimizer, grad):
    x = np.zeros(len(grad))
    optimizer.step([x], [np.array(grad)])
    return np.abs(x)


def test_first_step_of_the_adaptive_methods_ignores_the_size_of_the_gradient():
    grad = [5.0, -0.01, 300.0]
    for optimizer, length in (
        (AdaGrad(0.1), 0.1),
        (Adam(0.1), 0.1),
        (RMSProp(0.1, rho=0.99), 0.1 / np.sqrt(1 - 0.99)),
    ):
        np.testing.assert_allclose(first_step(optimizer, grad), length, rtol=1e-4)
    assert first_step(SGD(0.1), grad)[2] / first_step(SGD(0.1), grad)[1] > 1e4


def test_changing_the_unit_of_a_feature():
    """米换成毫米：SGD 与动量的步子放大 1000 倍，AdaGrad 的不变。"""
    for make, factor in ((SGD, 1000), (Momentum, 1000), (AdaGrad, 1)):
        before, after = first_step(make(0.1), [0.3]), first_step(make(0.1), [300.0])
        np.testing.assert_allclose(after / before, factor, rtol=1e-6)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_accuracy_of_the_chapter_holds_for_other_seeds(seed):
    rng = np.random.default_rng(seed)
    images, labels = digits_on_canvas(16, rng)
    parts = split(images, labels, rng)
    model = network(seed + 10)
    history = train(model, parts.train_x[:1078], parts.train_y[:1078], rng, epochs=20)
    assert history.steps == 680
    assert accuracy(model.forward(parts.test_x), parts.test_y) > 0.9


@sentence("从头到尾不变的和只热身的都学不好，热身 + 余弦还学得动")
def test_warmup_and_cosine_take_the_largest_steps(seed, measured):
    images, labels = digits()
    numbers = np.random.default_rng(0).permutation(len(labels))
    learn, unseen = numbers[:1078], numbers[1348:]

    def loss(rate, schedule):
        model = network(100 + seed)
        fit(
            model, images[learn], labels[learn], loss=softmax_cross_entropy, epochs=6,
            optimizer=Momentum(rate / 10), batch_size=32, rng=np.random.default_rng(seed),
            schedule=schedule, progress=False,
        )  # fmt: skip
        return softmax_cross_entropy(model.forward(images[unseen]), labels[unseen])[0]

    both = partial(warmup_cosine, total=204, warmup=20)
    constant, warm = loss(2, None), loss(2, lambda n: min((n + 1) / 20, 1.0))
    measured(不变=constant, 只热身=warm, 热身余弦=loss(2, both))
    assert min(constant, warm) > 0.5
    assert loss(2, both) < 0.3
    assert loss(1, both) < loss(1, None)
