"""小批量 SGD 一章由实验得出的句子：换数据的划分、换打乱的次序再说。"""

from functools import cache

import numpy as np

from dlbasics.datasets import digits, split
from dlbasics.linear_models import sample_gradients, softmax_regression
from dlbasics.metrics import accuracy
from dlbasics.optimizers import SGD
from dlbasics.sampling import minibatches
from dlbasics.studies.sampling_theory import batch_mean_variance, between_class_share, noise_floor
from tests.claims.sentences import sentence


@cache
def data(seed):
    images, labels = digits()
    return split(images.reshape(len(images), -1), labels, np.random.default_rng(seed))


def random_batches(seed, batch_size, epochs, **options):
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        yield from minibatches(len(data(seed).train_x), batch_size, rng, **options)


def full_loss(seed, params):
    return softmax_regression(*params, data(seed).train_x, data(seed).train_y)[0]


def descend(seed, batches, lr, labels=None):
    """每拿到一批就走一步，走完交出参数；``lr`` 可以是步数的函数。"""
    x, y = data(seed).train_x, data(seed).train_y if labels is None else labels
    params = [np.zeros((64, 10)), np.zeros(10)]
    for step, batch in enumerate(batches):
        grads = softmax_regression(*params, x[batch], y[batch])[1:]
        SGD(lr(step) if callable(lr) else lr).step(params, grads)
        yield params


def trained(seed, batches, lr, labels=None):
    *_, params = descend(seed, batches, lr, labels)
    return params


def history(seed, batches, lr):
    return np.array([np.log(10), *(full_loss(seed, p) for p in descend(seed, batches, lr))])


@sentence("更新几十次、上千次的，比只更新一次的降得低。", seeds=20, quick=0)
def test_more_updates_from_one_pass(seed, measured):
    """全批量与批量 32 的学习率在同一组里调到最好；批量 1 的固定不调。"""
    n, rates = len(data(seed).train_x), 4.0 ** np.arange(-2, 4)
    whole = min(full_loss(seed, trained(seed, [np.arange(n)], lr)) for lr in rates)
    few = min(
        full_loss(seed, trained(seed, random_batches(seed, 32, 1, drop_last=True), lr))
        for lr in rates
    )
    single = history(seed, random_batches(seed, 1, 1), 0.25)
    measured(全批量=whole, 批量32=few, 批量1=single[-1], 三百张=single[300])
    assert max(few, single[-1]) < 0.95 * whole
    assert single[300] < np.log(10) / 2


@sentence("训练初期，同类的梯度相似，大半只因为标签相同", quick=0)
def test_the_label_alone_makes_gradients_alike_and_it_fades(seed, measured):
    labels = data(seed).train_y
    mixed = np.random.default_rng(seed + 100).permutation(labels)
    share = {}
    for name, y in (("真", labels), ("乱", mixed)):
        for epochs in (2, 50):
            params = trained(seed, random_batches(seed, 32, epochs), 0.1, y)
            share[name, epochs] = between_class_share(
                sample_gradients(*params, data(seed).train_x, y), y
            )
    measured(真两轮=share["真", 2], 乱两轮=share["乱", 2], 真五十轮=share["真", 50])
    assert 0.7 < share["真", 2] and share["乱", 2] > 0.75 * share["真", 2]
    assert share["真", 50] < 0.45 and share["真", 50] < share["乱", 50] - 0.2


@sentence("重心都在圆圈里：三种抽法都不偏。方差却差约 40 倍。")
def test_spread_or_bunched(seed, measured):
    labels = data(seed).train_y
    params = trained(seed, random_batches(seed, 32, 2), 0.1)
    grads = sample_gradients(*params, data(seed).train_x, labels)
    share, own = np.bincount(labels) / len(labels), [grads[labels == k] for k in range(10)]
    center, mean = np.array([part.mean(axis=0) for part in own]), grads.mean(axis=0)
    np.testing.assert_allclose(share @ center, mean, atol=1e-13)
    stratified = share**2 @ [part.var(axis=0).sum() for part in own]
    inside = [batch_mean_variance(part, 10).sum() for part in own]
    cluster = share @ (np.sum((center - mean) ** 2, axis=1) + inside)
    measured(倍数=cluster / stratified)
    assert 35 < cluster / stratified < 46


@sentence(
    "认成 9 的是真正的 9 的三倍以上。"
    "（把次序倒过来，以 1、0 收尾，多认出来的就是 1 和 0，9 几乎认不出来。）"
)
def test_sorted_data_please_the_last_class(seed, measured):
    """对照：打乱以后，没有一类认得太多。"""
    labels, x, y = data(seed).train_y, data(seed).test_x, data(seed).test_y
    order = np.argsort(labels, kind="stable")
    seen, scores = {}, {}
    for name, chosen in (("正", order), ("倒", order[::-1]), ("乱", None)):
        if chosen is None:
            batches = random_batches(seed, 32, 5)
        else:
            batches = [chosen[k : k + 32] for k in range(0, len(chosen), 32)] * 5
        weight, bias = trained(seed, batches, 0.5)
        logits = x @ weight + bias
        seen[name] = np.bincount(logits.argmax(axis=1), minlength=10) / np.bincount(y)
        scores[name] = accuracy(logits, y)
    measured(九=seen["正"][9], 倒过来的零=seen["倒"][0], 一=seen["倒"][1], 倒过来的九=seen["倒"][9])
    measured(打乱=seen["乱"].max(), 正确率=scores["正"])
    assert seen["正"][9] > 3 and seen["正"][9] == seen["正"].max() and max(seen["正"][:2]) < 1.1
    assert seen["倒"][1] > 2.5 and seen["倒"][0] > 1.2 and seen["倒"][9] < 0.5
    assert seen["乱"].max() < 2
    assert scores["正"] < 0.6 and scores["乱"] > 0.9


@sentence("后三种的正确率相差不过几个百分点，难分高下。")
def test_three_ways_of_shuffling(seed, measured):
    once = np.random.default_rng(seed).permutation(len(data(seed).train_x))
    fixed = [once[k : k + 32] for k in range(0, len(once), 32)] * 5
    scores = []
    for batches in (
        fixed,
        random_batches(seed, 32, 5),
        random_batches(seed, 32, 5, replace=True),
    ):
        weight, bias = trained(seed, batches, 0.5)
        scores.append(accuracy(data(seed).test_x @ weight + bias, data(seed).test_y))
    measured(最大之差=np.ptp(scores))
    assert np.ptp(scores) < 0.05


@sentence("批量 32 时，误差比全体梯度本身还长。")
def test_one_batch_is_mostly_noise(seed, measured):
    params = trained(seed, random_batches(seed, 32, 2), 0.1)
    grads = sample_gradients(*params, data(seed).train_x, data(seed).train_y)
    ratio = np.sqrt(batch_mean_variance(grads, 32).sum()) / np.linalg.norm(grads.mean(axis=0))
    measured(倍数=ratio)
    assert ratio > 1.2


@sentence(
    "批量 1 的更新四成上下是帮倒忙，可是只看了一轮，损失就降到了批量 32 看五轮才到的地方。",
    quick=0,
)
def test_four_in_ten_updates_are_for_the_worse(seed, measured):
    single = history(seed, random_batches(seed, 1, 1), 0.25)
    few = full_loss(seed, trained(seed, random_batches(seed, 32, 5), 0.5))
    measured(上升=np.mean(np.diff(single) > 0), 批量1=single[-1], 批量32=few)
    assert 0.35 < np.mean(np.diff(single) > 0) < 0.5
    assert single[-1] < 1.1 * few


@sentence("步子缩得太快，停在半路，再走十倍也几乎不动。", quick=0)
def test_schedules_for_the_mean_image(seed, measured):
    x, away = data(seed).train_x, {}
    target, floor = x.mean(axis=0), noise_floor(0.1) * x.var(axis=0).sum()
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(x), size=20_000)
    for name, power in (("一次", -1.0), ("一半", -0.5), ("平方", -2.0)):
        w = np.zeros(64)
        for t, i in enumerate(chosen, start=1):
            w -= t**power * (w - x[i])
            if t in (2000, 20_000):
                away[name, t] = np.sum((w - target) ** 2)
    measured(一次=away["一次", 20_000], 一半=away["一半", 20_000], 平方=away["平方", 20_000])
    assert away["一次", 20_000] < 0.3 * away["一次", 2000]
    assert away["一次", 20_000] < 0.2 * away["一半", 20_000] < 0.2 * 0.3 * floor
    assert away["平方", 20_000] > 3 * floor
    assert away["平方", 20_000] > 0.97 * away["平方", 2000]


@sentence("只有 5 个时，没有一组参数能让 20 个误差同时为 0，噪声不消失，SGD 就停在地板上。")
def test_interpolation_removes_the_floor(seed, measured):
    rng, excess = np.random.default_rng(seed), {}
    a, y = rng.normal(size=(20, 100)), rng.normal(size=20)
    for inputs in (a, a[:, :5]):
        lr, w = 0.5 / np.sum(inputs**2, axis=1).max(), np.zeros(inputs.shape[1])
        for i in rng.integers(20, size=20_000):
            w -= lr * (inputs[i] @ w - y[i]) * inputs[i]
        best = np.linalg.lstsq(inputs, y)[0]
        excess[w.size] = np.mean((inputs @ w - y) ** 2 - (inputs @ best - y) ** 2)
    measured(五个=excess[5])
    assert excess[100] < 1e-12 < 1e-3 < excess[5]


def updates_to(seed, batch_size, lr, epochs):
    """全体的损失降到 0.3 要多少次更新；批量小于 32 时，每 32 个样本查一次。"""
    batches = random_batches(seed, batch_size, epochs, drop_last=True)
    every = max(1, 32 // batch_size)
    for k, params in enumerate(descend(seed, batches, lr), 1):
        if k % every == 0 and full_loss(seed, params) <= 0.3:
            return k
    return np.inf


@sentence(
    "看样本钟，批量 1、4、16 相差不到三倍，再往上，批量越大越费；"
    "看更新钟，批量越大越好，但**到 64 左右就差不多到头了**："
    "再加大到全体，更新次数减不到一半。看 64 路的机器，批量 64 最快。",
    quick=0,
)
def test_three_clocks(seed, measured):
    n = len(data(seed).train_x)
    settings = {1: (0.25, 0.5), 4: (1, 2), 16: (2, 4), 64: (2, 4, 8), 256: (4, 8, 16)}
    settings[n] = (4, 8, 16, 32)
    tried = {
        b: {lr: updates_to(seed, b, lr, 3 if b < 200 else 45) for lr in lrs}
        for b, lrs in settings.items()
    }
    updates = {b: min(each.values()) for b, each in tried.items()}
    best = {b: min(each, key=each.get) for b, each in tried.items()}
    samples = {b: b * k for b, k in updates.items()}
    measured(批量1=samples[1], 批量4=samples[4], 批量16=samples[16], 批量64=samples[64])
    measured(更新钟=updates[64] / min(updates[256], updates[n]), 学习率=best[n] / best[64])
    small = [samples[b] for b in (1, 4, 16)]
    assert max(small) < 3 * min(small) and 1.4 * min(small) < samples[64]
    assert 1.8 * samples[64] < samples[256] and 3 * samples[256] < samples[n]
    assert updates[64] < 2 * min(updates[256], updates[n])
    assert updates[1] > updates[4] > updates[16] > 1.5 * updates[64]
    assert updates[64] < min(updates[16], 4 * updates[256], 22 * updates[n])
    assert best[n] <= 8 * best[64]


@sentence("竖着看学习率 2：批量 64 到全体，次数差不多。", quick=0)
def test_noise_averages_out_at_a_small_rate(seed, measured):
    n = len(data(seed).train_x)
    same = [updates_to(seed, b, 2, 45) for b in (64, 256, n)]
    measured(最少=min(same), 最多=max(same))
    assert max(same) < 1.35 * min(same)


@sentence("它没有噪声，可是学习率从 4 加到 16，次数都在十几到三十几之间。", quick=0)
def test_the_full_batch_has_its_own_limit(seed, measured):
    """对照：小批量的学习率照样加大，噪声让次数变多：批量 4 从 1 到 4，批量 1 从 ¼ 到 2。"""
    n = len(data(seed).train_x)
    whole = [updates_to(seed, n, lr, 60) for lr in (4, 8, 16)]
    noisy = updates_to(seed, 4, 4, 3) / updates_to(seed, 4, 1, 3)
    measured(最少=min(whole), 最多=max(whole), 批量4=noisy if np.isfinite(noisy) else 99)
    assert 12 <= min(whole) and max(whole) <= 36
    assert noisy > 1.2 and updates_to(seed, 1, 2, 3) > 4 * updates_to(seed, 1, 0.25, 3)


@sentence("看对角线：批量乘 4，学习率也乘 4，损失几乎一样。", quick=0)
def test_linear_scaling_on_the_diagonal(seed, measured):
    pairs = ((4, 0.01), (16, 0.04), (64, 0.16), (256, 0.64))
    losses = [full_loss(seed, trained(seed, random_batches(seed, b, 10), lr)) for b, lr in pairs]
    column = [
        full_loss(seed, trained(seed, random_batches(seed, b, 10), 0.16)) for b in (4, 16, 64)
    ]
    measured(最大比最小=max(losses) / min(losses))
    assert max(losses) < 1.15 * min(losses)
    assert column[0] < 0.7 * column[1] < 0.7 * 0.7 * column[2]


@sentence("从 16 往上，还是批量越大，损失越高。", quick=0)
def test_larger_batches_are_behind_at_the_largest_rate_too(seed, measured):
    """对照：批量 256 走 16 倍的轮数，更新次数与批量 16 一样多，就不落后了。"""

    def loss(batch_size, epochs=10):
        return full_loss(seed, trained(seed, random_batches(seed, batch_size, epochs), 0.64))

    small, *losses = (loss(b) for b in (4, 16, 64, 256))
    measured(批量4比批量16=small / losses[0], 批量64比批量16=losses[1] / losses[0])
    assert losses[0] < losses[1] < losses[2]
    assert loss(256, epochs=160) < 1.05 * losses[0]


@sentence("路上损失的最高点低了，20 轮之后的损失却不比不预热的低。", quick=0)
def test_warm_up_on_a_convex_problem(seed, measured):
    peak, last = {}, {}
    for warm in (0, 25):
        losses = history(
            seed,
            random_batches(seed, 256, 20, drop_last=True),
            lambda step, warm=warm: 10.24 * min(1, (step + 1) / max(warm, 1)),
        )
        peak[warm], last[warm] = losses.max(), losses[-1]
    measured(最高=peak[25] / peak[0], 最后=last[25] / last[0])
    assert peak[25] < 0.75 * peak[0]
    assert last[25] > 0.97 * last[0]


@sentence(
    "平均起来，更新之前算出的小批量损失，与在新样本上考试没有差别。"
    "从第二轮起，参数已经见过这些样本，损失就偏低了。",
    quick=0,
)
def test_only_the_first_pass_is_honest(seed, measured):
    """每个种子 40 次划分，与正文的 24 次不同。"""
    images, labels = digits()
    pixels, gaps = images.reshape(len(images), -1), []
    for number in range(40):
        rng = np.random.default_rng([seed, number])
        train, test = np.split(rng.permutation(len(pixels))[:700], [300])
        params, optimizer, row = [np.zeros((64, 10)), np.zeros(10)], SGD(0.5), []
        for _ in range(3):
            differences = []
            for batch in minibatches(300, 10, rng):
                seen = train[batch]
                here = softmax_regression(*params, pixels[seen], labels[seen])
                there = softmax_regression(*params, pixels[test], labels[test])
                differences.append(here[0] - there[0])
                optimizer.step(params, here[1:])
            row.append(np.mean(differences))
        gaps.append(row)
    center = np.mean(gaps, axis=0)
    error = np.std(gaps, axis=0, ddof=1) / np.sqrt(len(gaps))
    measured(第一轮=center[0] / error[0], 第三轮=center[2] / error[2])
    assert abs(center[0]) < 4 * error[0] and np.all(center[1:] < -4 * error[1:])
