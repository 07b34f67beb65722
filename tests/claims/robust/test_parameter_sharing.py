"""参数共享一章由实验得出的句子：换种子、换照片、换核，都要成立。"""

from functools import cache

import numpy as np

from dlbasics.convolution import avg_pool2d, conv2d, im2col, local2d, local2d_backward, max_pool2d
from dlbasics.datasets import digits_on_canvas, faces, photograph, stereo_pair
from dlbasics.layers import (
    Conv2d,
    Flatten,
    GlobalMaxPool2d,
    Linear,
    LocallyConnected2d,
    ReLU,
    Sequential,
)
from dlbasics.losses import mean_squared_error, softmax_cross_entropy
from dlbasics.metrics import accuracy
from dlbasics.optimizers import Momentum
from dlbasics.studies.circulant import nearest_circulant
from dlbasics.studies.identifiability import recover_conv, recover_local
from dlbasics.training import fit
from tests.claims.sentences import sentence

PICTURES = "camera", "grass", "coins", "moon"


def likeness(coins, row, column):
    """以 (row, column) 处的 18×18 为核，与每个窗口的相关系数。"""
    kernel = coins[..., row : row + 18, column : column + 18]
    kernel = kernel - kernel.mean()
    mean = avg_pool2d(coins, 18, stride=1)
    variance = avg_pool2d(coins**2, 18, stride=1) - mean**2
    return conv2d(coins, kernel / np.linalg.norm(kernel)) / np.sqrt(variance * kernel.size)


def peaks(values, side):
    """比四周 side×side 都高的位置，[n, 2]。"""
    return np.argwhere((values == max_pool2d(values, side, stride=1, padding=side // 2))[0, 0])


@sentence("“四周”要取 9×9 以上；再小，一枚钱币附近会冒出不止一处", seeds=1)
def test_the_neighbourhood_of_a_coin(seed, measured):
    values = likeness(avg_pool2d(photograph("coins")[None], 3), 56, 25)
    assert [len(peaks(values, side)) for side in (9, 11, 15, 21)] == [24] * 4
    assert min(len(peaks(values, side)) for side in (3, 5, 7)) > 24


@sentence("换哪一枚来当核，24 枚里都至少找得到 23 枚", seeds=24, quick=2)
def test_any_coin_finds_the_others(seed, measured):
    coins = avg_pool2d(photograph("coins")[None], 3)
    centres = peaks(likeness(coins, 56, 25), 11)
    values = peaks(likeness(coins, *centres[seed % len(centres)]), 11)
    hits = sum(np.abs(values - centre).max(axis=1).min() <= 4 for centre in centres)
    measured(找到=hits, 错认=len(values) - hits)
    assert hits >= 23


@sentence("一次一次地做，落在 1/10 到 1/3 之间", pictures=PICTURES, quick=2)
def test_projection_shrinks_the_error(seed, picture, measured):
    rng, pixels = np.random.default_rng(seed), photograph(picture)[0]
    rows, columns = (rng.integers(0, n, 1100) for n in (pixels.shape[0], pixels.shape[1] - 24))
    x = np.stack([pixels[r, c : c + 24] for r, c in zip(rows, columns, strict=True)])
    forward = np.roll(np.eye(24), 1, axis=1)
    truth = forward - forward.T
    answers = x[:100] @ truth.T + 0.1 * rng.normal(size=(100, 24))
    learned = np.linalg.lstsq(x[:100], answers, rcond=None)[0].T
    shared = nearest_circulant(learned, (24,))
    weights = np.linalg.norm(shared - truth) / np.linalg.norm(learned - truth)
    fresh = [np.linalg.norm(x[100:] @ (m - truth).T) for m in (shared, learned)]
    measured(权重误差之比=weights, 新数据误差之比=fresh[0] / fresh[1])
    assert 0.1 < weights < 1 / 3 and fresh[0] < fresh[1] / 2


@sentence("两种层在教材上都全对，换一张照片就见了分晓", pictures=PICTURES, quick=1)
def test_one_photo_fixes_a_shared_kernel(seed, picture, measured):
    hidden = np.random.default_rng(seed).normal(size=(1, 1, 3, 3))
    cat, new = (
        photograph(name).mean(axis=0)[None, None, :150:3, :150:3] for name in ("chelsea", picture)
    )
    lesson, answer = conv2d(cat, hidden), conv2d(new, hidden)
    shared, own = recover_conv(cat, lesson, 3), recover_local(cat, lesson, 3)
    assert np.allclose(conv2d(cat, shared), lesson) and np.allclose(local2d(cat, own), lesson)
    error = np.mean((local2d(new, own) - answer) ** 2) / answer.var()
    measured(不共享的误差=error)
    assert np.allclose(conv2d(new, shared), answer) and error > 0.1


def zero_mean(rng, *places):
    kernels = rng.normal(size=(*places, 1, 1, 7, 7))
    return kernels - kernels.mean(axis=(-2, -1), keepdims=True)


@sentence("不共享时，同一个东西移到别处就换了一个核来看，响应毫无关系", quick=1)
def test_shared_kernels_answer_at_matching_points(seed, measured):
    pair, rows, rng = stereo_pair(), slice(150, 350), np.random.default_rng(seed)
    left, right = (photo.mean(axis=0)[None, None, rows] for photo in (pair.left, pair.right))
    disparity = pair.disparity[rows][3:-3, 3:-3]
    r, c = np.nonzero(np.isfinite(disparity))
    match = np.rint(c - disparity[r, c]).astype(int)
    r, c, match = (values[match >= 0] for values in (r, c, match))

    def alike(layer, weight, columns):
        a, b = (layer(photo, weight)[0, 0] for photo in (left, right))
        return np.corrcoef(a[r, c], b[r, columns])[0, 1]

    one, many = zero_mean(rng), zero_mean(rng, *disparity.shape)
    shared, same_pixel = alike(conv2d, one, match), alike(conv2d, one, c)
    own = alike(local2d, many, match)
    measured(共享=shared, 不共享=own, 同一像素=same_pixel)
    assert shared > 0.6 and abs(own) < 0.05 and abs(same_pixel) < 0.15


@cache
def matching_points():
    """立体照片的中间 200 行：左图、右图，对应点的行、左列、右列，右图里没有被挡住。"""
    pair, rows = stereo_pair(), slice(150, 350)
    photos = [photo.mean(axis=0)[None, None, rows] for photo in (pair.left, pair.right)]
    disparity = pair.disparity[rows][3:-3, 3:-3]
    r, c = np.nonzero(np.isfinite(disparity))
    match = np.rint(c - disparity[r, c]).astype(int)
    inside = (match >= 40) & (match < disparity.shape[1] - 40)
    r, c, match = r[inside], c[inside], match[inside]
    nearest = np.full(disparity.shape, -np.inf)
    np.maximum.at(nearest, (r, match), disparity[r, c])
    return photos, r, c, match, disparity[r, c] > nearest[r, match] - 1


def correlation(seed, move=0, only_seen=False):
    """同一个随机核在左图与右图里的响应有多相关；右图的点挪开 ``move`` 列。"""
    photos, r, c, match, seen = matching_points()
    one = zero_mean(np.random.default_rng(seed))
    a, b = (conv2d(photo, one)[0, 0] for photo in photos)
    kept = seen if only_seen else np.full(len(r), True)
    return np.corrcoef(a[r, c][kept], b[r, match + move][kept])[0, 1]


@sentence("挪开十列就降到 0.2 以下", quick=1)
def test_away_from_the_match_the_responses_are_hardly_alike(seed, measured):
    at, left, right = (correlation(seed, move) for move in (0, -10, 10))
    measured(对应点=at, 左移十列=left, 右移十列=right)
    assert at > 0.6 and max(abs(left), abs(right)) < 0.2


@sentence("换别的随机核也是如此；剔除被挡住的点，相关更强", quick=1)
def test_occlusion_lowers_the_correlation(seed, measured):
    everywhere, visible = correlation(seed), correlation(seed, only_seen=True)
    measured(全部点=everywhere, 剔除遮挡后=visible)
    assert 0.6 < everywhere < visible - 0.03


@sentence("之后各学各的，走一步就散了", quick=2)
def test_copies_drift_apart_after_one_step(seed, measured):
    rng, hidden = np.random.default_rng(seed), np.array([[-2.0, -1, 0], [-1, 1, 1], [0, 1, 2]])
    x = avg_pool2d(photograph("coins")[None], 3)[:, :, 55:77, 24:82]
    weight, target = rng.normal(size=(1, 1, 3, 3)), conv2d(x, hidden[None, None])
    copies = np.tile(weight, (20, 56, 1, 1, 1, 1))
    _, grad_y = mean_squared_error(local2d(x, copies), target)
    moved = copies - 0.1 * local2d_backward(grad_y, x, copies)[1]
    kinds = len(np.unique(moved.reshape(-1, 9).round(9), axis=0))
    measured(不同的核=kinds)
    assert kinds > 1000


def above_or_below(layers, rng):
    """训练一个分上下的网络，返回考试的正确率。"""
    halves = [digits_on_canvas(20, positions=corner)[0] for corner in ((2, 6), (10, 6))]
    net = Sequential(*layers)
    fit(
        net,
        np.concatenate([half[:1200] for half in halves]),
        np.repeat([0, 1], 1200),
        loss=softmax_cross_entropy,
        optimizer=Momentum(0.05, mu=0.9),
        epochs=5,
        batch_size=32,
        rng=rng,
        progress=False,
    )
    return accuracy(net.forward(np.concatenate([h[1200:] for h in halves])), np.repeat([0, 1], 597))


@sentence("共享的网络正好答对一半，不训练也知道", quick=1)
def test_sharing_and_global_pooling_cannot_tell_above_from_below(seed, measured):
    rng, float64 = np.random.default_rng(seed), {"dtype": np.float64}
    conv = Conv2d(1, 8, 3, rng=rng, **float64)
    local = LocallyConnected2d(1, 8, 3, 20, rng=rng, **float64)
    tails = [[ReLU(), GlobalMaxPool2d(), Linear(8, 2, rng=rng, **float64)] for _ in range(2)]
    shared, own = (above_or_below([c, *t], rng) for c, t in zip((conv, local), tails, strict=True))
    measured(共享=shared, 不共享=own)
    assert shared == 0.5 and own > 0.95


@sentence("特征图拉平之后接全连接层，位置就还在", quick=0)
def test_sharing_without_global_pooling_can(seed, measured):
    rng = np.random.default_rng(seed)
    layers = [Conv2d(1, 8, 3, rng=rng, dtype=np.float64), ReLU(), Flatten()]
    score = above_or_below([*layers, Linear(8 * 18 * 18, 2, rng=rng, dtype=np.float64)], rng)
    measured(共享后拉平=score)
    assert score > 0.95


def exam(target, rng, noise=0.05, draws=1):
    """共享与不共享的 5×5 层各用最小二乘求到最好；返回新脸上的误差。"""
    face = faces()
    y = target[:, :, 2:-2, 2:-2].reshape(100, -1) / target.std()
    order = rng.permutation(100)

    def windows(chosen):  # [N, 441, 26]，最后一个恒为 1
        x = face[chosen] + noise * rng.normal(size=face[chosen].shape)
        columns = im2col(x, 5).transpose(0, 2, 1)
        return np.concatenate([columns, np.ones((*columns.shape[:2], 1))], axis=2)

    train, test = order[:70], order[70:]
    products, answers = np.zeros((441, 26, 26)), np.zeros((441, 26))
    for _ in range(draws):
        x = windows(train)
        by_place = x.transpose(1, 2, 0)  # [441, 26, 70]
        products += by_place @ by_place.transpose(0, 2, 1)
        answers += np.einsum("pdn,np->pd", by_place, y[train])
    fresh = windows(test)
    shared = np.linalg.solve(products.sum(axis=0), answers.sum(axis=0))
    own = np.linalg.solve(products, answers[..., None])[..., 0]
    outputs = fresh @ shared, np.einsum("npd,pd->np", fresh, own)
    return [np.mean((output - y[test]) ** 2) for output in outputs]


@sentence("去噪时共享更好：规则到处差不多", quick=2)
def test_sharing_wins_at_denoising_with_few_samples(seed, measured):
    shared, own = exam(faces(), np.random.default_rng(seed))
    measured(共享=shared, 不共享=own)
    assert shared < 0.85 * own


@sentence("每个位置有 2100 个方程，共享的优势就没有了：两种层差不多", quick=2)
def test_with_many_draws_sharing_has_no_advantage_at_denoising(seed, measured):
    shared, own = exam(faces(), np.random.default_rng(seed), noise=0.1, draws=30)
    few = exam(faces(), np.random.default_rng(seed), noise=0.1)
    measured(多份时的倍数=own / shared, 一份时的倍数=few[1] / few[0])
    assert 0.9 < own / shared < 1.05  # 对照：同样的噪声，每张脸一份
    assert few[1] > 1.2 * few[0]


@sentence("标准化时不共享的误差只有共享的三分之一左右", quick=2)
def test_unsharing_wins_when_the_rule_depends_on_the_place(seed, measured):
    face = faces()
    target = (face - face.mean(axis=0)) / face.std(axis=0)
    shared, own = exam(target, np.random.default_rng(seed))
    measured(倍数=own / shared)
    assert 0.25 < own / shared < 0.42
