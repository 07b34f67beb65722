"""从零训练一个卷积网络一章由实验得出的句子：换划分、换初值、换打乱的次序再说。"""

from functools import partial

import numpy as np

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
from dlbasics.optimizers import SGD, Adam, AdamW, Momentum, RMSProp, minimize
from dlbasics.optimizers.schedules import warmup_cosine
from dlbasics.training import fit
from tests.claims.sentences import sentence
from tests.claims.test_train_a_cnn import network, train

LADDER = np.geomspace(1e-4, 10, 21)


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


@sentence("梯度大的那个还剩七成以上；AdamW 把两个都缩到一成上下")
def test_adamw_shrinks_both_and_l2_inside_adam_only_one(seed, measured):
    """对照：同样的 L2 放进 SGD，两个缩小的倍数相同（去掉噪声之后）。"""
    noise = np.random.default_rng(seed).normal(size=(2000, 2)) * [1, 100]
    coupled, decoupled = np.ones(2), np.ones(2)
    adam, adamw = Adam(0.001), AdamW(0.001, weight_decay=1.0)
    for g in noise:
        adam.step([coupled], [g + coupled])
        adamw.step([decoupled], [g])
    measured(L2小=coupled[0], L2大=coupled[1], AdamW小=decoupled.min(), AdamW大=decoupled.max())
    assert coupled[0] < 0.3 and coupled[1] > 0.7
    assert 0.05 < decoupled.min() and decoupled.max() < 0.25

    quiet, sgd = np.ones(2), SGD(0.001)
    for _ in noise:
        sgd.step([quiet], [quiet.copy()])
    np.testing.assert_allclose(quiet, 0.999**2000, rtol=1e-6)


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


@sentence("差别全在没见过的图像上", quick=0)
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


@sentence("从头到尾不变的和只预热的都学不好，预热 + 余弦还学得动", quick=0)
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
    measured(不变=constant, 只预热=warm, 预热余弦=loss(2, both))
    assert min(constant, warm) > 0.5
    assert loss(2, both) < 0.3
    assert loss(1, both) < loss(1, None)
