"""从零训练一个卷积网络一章由实验得出的句子：换划分、换初值、换打乱的次序再说。"""

from functools import cache, partial

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
from dlbasics.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    RMSProp,
    minimize,
)
from dlbasics.optimizers.schedules import step_decay, warmup_cosine
from dlbasics.studies.shifting import shift
from dlbasics.training import fit
from tests.claims.sentences import sentence
from tests.claims.training import trained

LADDER = np.geomspace(1e-4, 10, 21)


def network(seed, *, pool=True, dtype=float):
    """本章的网络；``pool=False`` 拆掉中间的汇聚。"""
    options = {"rng": np.random.default_rng(seed), "padding": 1, "dtype": dtype}
    middle = [MaxPool2d(2)] if pool else []
    return Sequential(
        Conv2d(1, 16, 3, **options), ReLU(), *middle,
        Conv2d(16, 32, 3, **options), ReLU(), GlobalMaxPool2d(),
        Linear(32, 10, rng=options["rng"], dtype=dtype),
    )  # fmt: skip


def train(model, x, y, rng, epochs):
    return trained(model, x, y, rng, optimizer=Momentum(lr=0.02), epochs=epochs)


@sentence("报出的数每次都更低，与没见过的数字上的只差几个百分点，有高有低", quick=0)
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
        model = train(network(seed), x, y, np.random.default_rng(seed), epochs=12)
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
            late = [minimize(tilted, start, make(lr), 200).loss[-50:] for lr in LADDER]
        return np.nan_to_num(np.median(late, axis=1), nan=np.inf).min()

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
    c1, c2 = (44, 89) if name == "参数同样多" else (8, 16)
    if name == "去掉共享":
        convs = [
            LocallyConnected2d(1, c1, 3, 16, padding=1, **o),
            LocallyConnected2d(c1, c2, 3, 8, padding=1, **o),
        ]
    else:
        k1, k2 = (31, 15) if name == "去掉局部" else (3, 3)
        convs = [Conv2d(1, c1, k1, padding=k1 // 2, **o), Conv2d(c1, c2, k2, padding=k2 // 2, **o)]
    middle = [] if name == "去掉中间的汇聚" else [MaxPool2d(2)]
    flat = name == "去掉全局汇聚"
    last = Flatten() if flat else GlobalMaxPool2d()
    body = (convs[0], ReLU(), *middle, convs[1], ReLU(), last)
    return Sequential(*body, Linear(1024 if flat else c2, 10, **o))


def ablate(name, seed, most=150):
    """训练到背下来为止，至多 ``most`` 轮；给出训练与验证的正确率。"""
    rng = np.random.default_rng(100 + seed)
    x, labels = digits_on_canvas(16, rng)
    x = x.astype(np.float32)
    numbers = rng.permutation(len(labels))
    few, valid = numbers[:320], numbers[320:590]
    if name == "打乱像素":
        x = x.reshape(-1, 256)[:, rng.permutation(256)].reshape(x.shape)
    model, optimizer, history = variant(name, seed), Adam(0.01), None
    for epochs in range(5, most + 1, 5):
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


@sentence("参数同样多、核仍是 3×3 的网络，没有变差", quick=0)
def test_the_wide_kernels_do_not_fail_for_their_parameters(seed, measured):
    """对照：核放大到看得见整张图，参数差不多一样多，掉一截。"""
    assert abs(variant("参数同样多", 0).parameter_count / 36_682 - 1) < 0.01
    (learned, same), (_, whole), (_, wide) = (
        ablate(name, seed) for name in ("参数同样多", "完整", "去掉局部")
    )
    measured(同样多=same, 完整=whole, 去掉局部=wide)
    assert learned > 0.95
    assert same > whole - 0.02
    assert same > wide + 0.15


@sentence("只训练 10 轮，打乱像素的连训练集也对不到一半", quick=0)
def test_ten_epochs_look_like_a_network_that_cannot_learn(seed, measured):
    """对照：完整的网络，同样 10 轮，训练集对了一大半。"""
    (shuffled, _), (whole, _) = (ablate(name, seed, most=10) for name in ("打乱像素", "完整"))
    measured(打乱=shuffled, 完整=whole)
    assert shuffled < 0.5 < whole


FLOAT = np.float32


def parts(seed):
    """贴在随机位置的图像、标签、训练与没见过的编号，次序随种子。"""
    rng = np.random.default_rng(300 + seed)
    images, labels = digits_on_canvas(16, rng)
    numbers = rng.permutation(len(labels))
    return images.astype(FLOAT), labels, numbers[:1078], numbers[1078:1528]


@sentence("有效学习率从 0.2 到 0.5，结果差不多", quick=0)
def test_the_accuracy_of_the_chapter(seed, measured):
    """对照：小到 0.002，同样的轮数学不会。"""
    images, labels, learn, unseen = parts(seed)
    found = {}
    for rate in (0.002, 0.2, 0.5):
        model = trained(
            network(seed, dtype=FLOAT), images[learn], labels[learn],
            np.random.default_rng(seed), optimizer=Momentum(rate / 10), epochs=20,
        )  # fmt: skip
        found[rate] = accuracy(model.forward(images[unseen]), labels[unseen])
    measured(小=found[0.002], 取02=found[0.2], 取05=found[0.5])
    assert found[0.2] > 0.9
    assert abs(found[0.2] - found[0.5]) < 0.06
    assert found[0.002] < 0.6


class ForgetfulReLU(ReLU):
    """忘了挡住的地方梯度是 0。"""

    def _backward(self, grad_output, positive, need_grad_x):
        return grad_output


@sentence("正确率却与写对的只差几个百分点", quick=0)
def test_a_wrong_gradient_does_not_show_in_the_accuracy(seed, measured):
    images, labels, learn, unseen = parts(seed)

    def score(relu):
        model = network(seed, dtype=FLOAT)
        layers = list(model.layers)
        layers[1] = relu
        trained(
            Sequential(*layers), images[learn], labels[learn], np.random.default_rng(seed),
            optimizer=Momentum(0.02), epochs=8,
        )  # fmt: skip
        return accuracy(Sequential(*layers).forward(images[unseen]), labels[unseen])

    right, wrong = score(ReLU()), score(ForgetfulReLU())
    measured(写对=right, 写错减写对=wrong - right)
    assert wrong > 0.8
    assert abs(wrong - right) < 0.08


def flat_network(seed):
    *body, _, _ = network(seed, dtype=FLOAT).layers
    rng = np.random.default_rng(seed)
    return Sequential(*body, Flatten(), Linear(32 * 8 * 8, 10, rng=rng, dtype=FLOAT))


@cache
def everywhere(seed):
    """每个网络在 81 个位置的正确率，形状 (9, 9)。"""
    images, labels, learn, unseen = parts(seed)
    middle = digits_on_canvas(16, positions=(4, 4))[0].astype(FLOAT)
    asked = unseen[:150]
    rates = {}
    for name, model, x, epochs in (
        ("位置随机", network(seed, dtype=FLOAT), images, 20),
        ("汇聚", network(seed, dtype=FLOAT), middle, 6),
        ("拉平", flat_network(seed), middle, 6),
        ("没有中间的汇聚", network(seed, pool=False, dtype=FLOAT), middle, 6),
    ):
        train(model, x[learn], labels[learn], np.random.default_rng(seed), epochs)
        rates[name] = np.array([
            [
                accuracy(model.forward(shift(middle[asked], row, column)), labels[asked])
                for column in range(-4, 5)
            ]
            for row in range(-4, 5)
        ])  # fmt: skip
    return rates


@sentence("**拉平的网络只认得正中那一格。** 移开一格就掉一截，移得再远就接近瞎猜", quick=0)
def test_the_flat_network_knows_only_the_middle(seed, measured):
    """对照：同样训练、带全局汇聚的，移两格不掉。"""
    rate = everywhere(seed)["拉平"]
    near = [rate[3, 4], rate[5, 4], rate[4, 3], rate[4, 5]]
    far = rate[[0, 0, 8, 8], [0, 8, 0, 8]]
    measured(正中=rate[4, 4], 一格最高=max(near), 四角最高=far.max())
    assert rate[4, 4] > 0.85
    assert max(near) < rate[4, 4] - 0.05
    assert far.max() < 0.3
    assert everywhere(seed)["汇聚"][2, 2] > 0.8


@sentence("只要数字不贴着画布的边，正确率比正中至多低几个百分点", quick=0)
def test_the_pool_in_the_middle_draws_the_checkerboard(seed, measured):
    """移奇数格掉一大截；对照：拆掉中间的汇聚，移奇数格不掉。"""
    rate, whole = everywhere(seed)["汇聚"], everywhere(seed)["没有中间的汇聚"]
    even, odd = rate[2:8:2, 2:8:2], rate[3:6:2, 3:6:2]
    measured(偶减正中=even.min() - rate[4, 4], 奇减正中=odd.max() - rate[4, 4])
    assert rate[4, 4] > 0.85
    assert even.min() > rate[4, 4] - 0.09
    assert odd.max() < rate[4, 4] - 0.1
    assert np.ptp(whole[2:7, 2:7]) < 0.06


@sentence("**训练时见过各个位置的网络处处都好。** 棋盘不见了", quick=0)
def test_random_positions_wipe_the_checkerboard_out(seed, measured):
    rate = everywhere(seed)["位置随机"]
    inside = rate[1:8, 1:8]
    gap = rate[2:7:2, 2:7:2].mean() - rate[3:6:2, 3:6:2].mean()
    centred = everywhere(seed)["汇聚"]
    measured(最低=inside.min(), 贴边最低=rate.min(), 偶减奇=gap, 只见正中贴边=centred.min())
    assert inside.min() > 0.85
    assert abs(gap) < 0.04


GRID = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
MAKERS = {
    "SGD": SGD,
    "动量": lambda e: Momentum(e * 0.1),
    "Nesterov": lambda e: Nesterov(e * 0.1),
    "AdaGrad": AdaGrad,
    "RMSProp": RMSProp,
    "Adam": Adam,
}


def small_run(optimizer, seed, epochs=3, schedule=None):
    """在 8×8 原图上训练；给出验证损失、测试损失与测试正确率。"""
    images, labels = digits()
    numbers = np.random.default_rng(0).permutation(len(labels))
    images = images.astype(FLOAT)
    learn = numbers[:1078]
    model = trained(
        network(100 + seed, dtype=FLOAT), images[learn], labels[learn],
        np.random.default_rng(seed), optimizer=optimizer, epochs=epochs, schedule=schedule,
    )  # fmt: skip
    valid, test = (
        (model.forward(images[part]), labels[part]) for part in (numbers[1078:1348], numbers[1348:])
    )
    return softmax_cross_entropy(*valid)[0], softmax_cross_entropy(*test)[0], accuracy(*test)


@cache
def tuned(seed):
    """每个优化器在网格上的结果，形状 (6, 3)：验证损失、测试损失、测试正确率。"""
    return {n: np.array([small_run(make(e), seed) for e in GRID]) for n, make in MAKERS.items()}


def best(name, seed):
    return np.argmin(tuned(seed)[name][:, 0])


@sentence("SGD 家族（有效学习率）是 0.3 或 1，Adam 与 RMSProp 不超过 0.03，至少差十倍", quick=0)
def test_each_optimizer_has_its_own_best_rate(seed, measured):
    slow = [GRID[best(name, seed)] for name in ("SGD", "动量", "Nesterov")]
    fast = [GRID[best(name, seed)] for name in ("RMSProp", "Adam")]
    measured(SGD家族最小=min(slow), 自适应最大=max(fast), Adam取03=tuned(seed)["Adam"][4, 2])
    assert set(slow) <= {0.3, 1.0} and max(fast) <= 0.03
    assert tuned(seed)["Adam"][4, 2] < 0.25 < 0.75 < tuned(seed)["SGD"][4, 2]


@sentence("取 0.003 与 0.01，SGD、动量、Nesterov 的验证损失相差不到一成", quick=0)
def test_small_rates_cannot_tell_momentum_from_sgd(seed, measured):
    """对照：取 1，SGD 学不动，另外两个学得动。"""
    losses = np.array([tuned(seed)[name][:, 0] for name in ("SGD", "动量", "Nesterov")])
    gap = np.ptp(losses[:, :2], axis=0) / losses[:, :2].min(axis=0)
    measured(相差=gap.max(), SGD取1=losses[0, 5], 动量取1=losses[1:, 5].max())
    assert gap.max() < 0.1
    assert losses[0, 5] > 1.2 > losses[1:, 5].max()


@sentence("六个的测试正确率相差不到 15 个百分点", quick=0)
def test_tuned_optimizers_are_close(seed, measured):
    """对照：学习率照搬，相差极大（上一项）。"""
    scores = [tuned(seed)[name][best(name, seed), 2] for name in MAKERS]
    measured(最低=min(scores), 最高=max(scores), 最好的是第几个=np.argmax(scores))
    assert np.ptp(scores) < 0.15


@sentence("训练 10 轮，每个种子上都相差不到 5 个百分点", quick=0)
def test_longer_training_closes_the_gap_between_adam_and_momentum(seed, measured):
    """对照：3 轮时，Adam 不比动量低，有时高得多。"""
    gap = {
        epochs: small_run(Adam(0.01), 20 + seed, epochs)[2]
        - small_run(Momentum(0.03), 20 + seed, epochs)[2]
        for epochs in (3, 10)
    }
    measured(三轮=gap[3], 十轮=gap[10])
    assert gap[3] > -0.03
    assert abs(gap[10]) < 0.05


@sentence("**Adam 与 RMSProp 到 0.1 就学不好了。**", quick=0)
def test_adaptive_methods_stop_learning_at_a_tenth(seed, measured):
    """对照：同样的 0.1，SGD 学得动。"""
    losses = [tuned(seed)[name][3, 0] for name in ("RMSProp", "Adam")]
    measured(最低=min(losses), SGD=tuned(seed)["SGD"][3, 0])
    assert min(losses) > 1.1 > tuned(seed)["SGD"][3, 0]


@sentence("每条曲线都有一头高过 1.5，学得很差或者没有学到", quick=0)
def test_every_optimizer_has_a_bad_end(seed, measured):
    ends = [max(tuned(seed)[name][[0, -1], 0]) for name in MAKERS]
    measured(最低=min(ends))
    assert min(ends) > 1.5


def warm(step):
    return min((step + 1) / 20, 1.0)


@sentence("从头到尾不变的和只预热的，损失都高出好几倍，预热 + 余弦还学得动", quick=0)
def test_warmup_and_cosine_take_the_largest_steps(seed, measured):
    def loss(rate, schedule):
        return small_run(Momentum(rate / 10), seed, 6, schedule)[1]

    both = partial(warmup_cosine, total=204, warmup=20)
    constant, only, taken = loss(2, None), loss(2, warm), loss(2, both)
    falling = loss(2, partial(warmup_cosine, total=204))
    measured(不变=constant, 只预热=only, 余弦=falling, 预热余弦=taken)
    assert taken < 0.3
    assert min(constant, only) > 3 * taken
    assert loss(1, both) < loss(1, None)


@sentence("**最大值取 0.5，五种都学得动**", quick=0)
def test_small_peaks_need_no_schedule(seed, measured):
    recipes = (
        None, partial(step_decay, milestones=[102, 153]), partial(warmup_cosine, total=204),
        warm, partial(warmup_cosine, total=204, warmup=20),
    )  # fmt: skip
    losses = [small_run(Momentum(0.05), seed, 6, recipe)[1] for recipe in recipes]
    measured(最低=min(losses), 最高=max(losses), 最好的是第几种=np.argmin(losses))
    assert max(losses) < 0.5


def moved(x, rng):
    moves = rng.integers(-4, 4, size=(len(x), 2), endpoint=True)
    return np.stack([shift(one, *move) for one, move in zip(x, moves, strict=True)])


@sentence("每轮重新放，验证正确率高出十来个百分点，或者更多", quick=0)
def test_placing_anew_helps_where_the_place_varies(seed, measured):
    """对照：初值与更新次数相同；都在正中的，好处小一些。"""
    images, labels, learn, unseen = parts(seed)
    middle = digits_on_canvas(16, positions=(4, 4))[0].astype(FLOAT)
    few = learn[:100]

    def score(kind, place):
        rng = np.random.default_rng(seed)
        x = middle[few] if kind == "正中" else moved(middle[few], rng)
        options = {"rng": np.random.default_rng(seed), "padding": 1, "dtype": FLOAT}
        model = Sequential(
            Conv2d(1, 8, 3, **options), ReLU(), MaxPool2d(2),
            Conv2d(8, 16, 3, **options), ReLU(), GlobalMaxPool2d(),
            Linear(16, 10, rng=options["rng"], dtype=FLOAT),
        )  # fmt: skip
        optimizer, history = Adam(0.005), None
        for epoch in range(1, 151):
            if kind == "重新放":
                x = moved(middle[few], rng)
            history = fit(
                model, x, labels[few], loss=softmax_cross_entropy, optimizer=optimizer,
                epochs=epoch, batch_size=32, rng=rng, history=history, progress=False,
            )  # fmt: skip
        missed = unseen[model.forward(images[unseen]).argmax(1) != labels[unseen]]
        there = [
            model.forward(shift(middle[missed], row, column)).argmax(1)
            for row in range(-4, 5)
            for column in range(-4, 5)
        ]
        again = (there == labels[missed]).mean()
        return [accuracy(model.forward(x[unseen]), labels[unseen]) for x in place], again

    (fixed, _), again = score("定死", (images, middle))
    (anew, anew_middle), _ = score("重新放", (images, middle))
    (_, centred), _ = score("正中", (images, middle))
    measured(定死=fixed, 重新放减=anew - fixed, 换地方对=again, 正中减=anew_middle - centred)
    assert anew > fixed + 0.05
    assert 0.25 < again < 0.6
    assert anew_middle - centred < anew - fixed - 0.02


@sentence("8 的召回率掉得比总正确率多一倍还不止", quick=0)
def test_the_total_hides_the_rare_class(seed, measured):
    images, labels = digits()
    images = images.astype(FLOAT)
    numbers = np.random.default_rng(300 + seed).permutation(len(labels))
    learn, unseen = numbers[:1078], numbers[1078:]
    eights, rest = learn[labels[learn] == 8], learn[labels[learn] != 8]
    found = []
    for few in (eights, eights[:20], np.resize(eights[:20], len(eights))):
        chosen = np.concatenate([rest, few])
        model = network(seed, dtype=FLOAT)
        train(model, images[chosen], labels[chosen], np.random.default_rng(seed), epochs=6)
        right = model.forward(images[unseen]).argmax(1) == labels[unseen]
        found.append((right[labels[unseen] == 8].mean(), right.mean()))
    (whole, all_whole), (rare, all_rare), (back, _) = found
    measured(原来=whole, 只剩=rare, 重复=back, 总掉=all_whole - all_rare)
    assert whole - rare > 2 * (all_whole - all_rare)
