"""局部连接一章由实验得出的句子：换种子、换照片、换分组，都要成立。"""

from functools import cache

import numpy as np

from dlbasics.convolution import conv2d, local2d, receptive_field
from dlbasics.datasets import digits, faces, photograph, split
from dlbasics.layers import Conv2d, Flatten, Linear, LocallyConnected2d, ReLU, Sequential, Tanh
from dlbasics.losses import mean_squared_error
from dlbasics.metrics import accuracy
from dlbasics.optimizers import Adam, Momentum
from dlbasics.studies.eye_neuron import (
    least_squares_neuron,
    near_an_eye,
    strongest,
    training_windows,
)
from dlbasics.studies.identifiability import recover_conv, recover_dense, recover_local
from dlbasics.training import fit
from tests.claims.sentences import sentence
from tests.claims.training import trained

PICTURES = "camera", "grass", "coins", "chelsea"
COLOURED = "astronaut", "chelsea", "china", "coffee", "flower"
SMALL, LARGE, LARGEST = (5, 7), (9, 11), (13, 13)


def folds(seed):
    """100 张脸随机分成 5 份。"""
    return np.random.default_rng(seed).permutation(100) % 5


@cache
def found(kernel, within, seed):
    """线性神经元在没见过的脸上找到几张；反例与候选都只取 ``within`` 放得下的位置。"""
    fold, images, places = folds(seed), faces(), np.empty((100, 2), int)
    for k in range(5):
        windows = training_windows(images[fold != k], kernel, within=within)
        response = conv2d(images[fold == k], *least_squares_neuron(*windows))
        places[fold == k] = strongest(response, kernel, within=within)
    return near_an_eye(places).sum()


@sentence("放得下的地方都挑，找到一半上下；随便指一处，八次才碰上一次", quick=2)
def test_a_small_window_finds_about_half(seed, measured):
    hits = found(SMALL, 1, seed)
    measured(找到=hits)
    assert 40 <= hits <= 60


@sentence("窗口放大到 9×11，找到的多了三十来张", quick=2)
def test_a_larger_window_seems_to_gain_a_lot(seed, measured):
    gain = found(LARGE, 1, seed) - found(SMALL, 1, seed)
    measured(多找到=gain)
    assert 25 <= gain <= 36


@sentence("训练的反例和挑的位置都相同时（橙线），只多十几张", quick=2)
def test_the_same_negatives_and_places_leave_half_of_the_gain(seed, measured):
    gain = found(LARGE, 13, seed) - found(SMALL, 13, seed)
    everywhere = found(LARGE, 1, seed) - found(SMALL, 1, seed)
    measured(多找到=gain, 占处处可挑时的=gain / everywhere)
    assert 10 <= gain < 20 and 0.35 < gain / everywhere < 0.65


@sentence("再放大到 13×13，多找到的不到 10 张", quick=2)
def test_context_soon_stops_helping(seed, measured):
    gain = found(LARGEST, 13, seed) - found(LARGE, 13, seed)
    measured(多找到=gain)
    assert gain < 10 and gain < found(LARGE, 13, seed) - found(SMALL, 13, seed)


@cache
def network_found(kernel, within, seed):
    fold, images, places = folds(seed), faces(), np.empty((100, 2), int)
    for k in range(5):
        rng = np.random.default_rng(seed)
        x, labels = training_windows(images[fold != k], kernel, within=within)
        times = np.where(labels == 1, 20, 1)
        x, y = np.repeat(x, times, axis=0), np.repeat(labels, times)
        first = Linear(x[0].size, 16, rng=rng, dtype=x.dtype)  # 窗口与核一样大，卷积就是全连接
        last = Linear(16, 1, rng=rng, dtype=x.dtype)
        fit(
            Sequential(Flatten(), first, ReLU(), last),
            x - 0.5,
            y[:, None].astype(x.dtype),
            loss=mean_squared_error,
            optimizer=Adam(lr=0.003),
            epochs=8 if within == 1 else 20,
            batch_size=128,
            rng=rng,
            progress=False,
        )
        weight = first.weight.reshape(16, 1, *kernel)
        hidden = np.maximum(conv2d(images[fold == k] - 0.5, weight, first.bias), 0)
        response = conv2d(hidden, last.weight.reshape(1, 16, 1, 1), last.bias)
        places[fold == k] = strongest(response, kernel, within=within)
    return near_an_eye(places).sum()


@sentence("在同样的 169 处，加上非线性的小窗口，仍不如线性的大窗口", quick=0)
def test_nonlinearity_does_not_replace_context(seed, measured):
    small, linear = network_found(SMALL, 13, seed), found(LARGE, 13, seed)
    measured(小窗口两层=small, 大窗口线性=linear)
    assert small < linear


@sentence("处处可挑时，两层的网络多半多找到十张以上，少的也有好几张", quick=0)
def test_nonlinearity_helps_a_small_window(seed, measured):
    gain = network_found(SMALL, 1, seed) - found(SMALL, 1, seed)
    measured(多找到=gain)
    assert gain >= 5


@sentence("两样都有，又比只有一样好", quick=0)
def test_nonlinearity_and_context_are_best(seed, measured):
    both = network_found(LARGE, 13, seed)
    measured(两样都有=both, 线性大窗口=found(LARGE, 13, seed))
    assert both > max(found(LARGE, 13, seed), network_found(SMALL, 13, seed))


@cache
def ladder(picture, seed):
    """(张数, 噪声) -> 全连接、局部连接、卷积在训练图与新图上的相对误差。"""
    rng = np.random.default_rng(seed)
    grey = photograph(picture).mean(axis=0, keepdims=True)
    places = zip(*(rng.integers(n - 7, size=400) for n in grey.shape[1:]), strict=True)
    crops = np.stack([grey[:, r : r + 8, c : c + 8] for r, c in places])
    kernel = rng.normal(size=(1, 1, 3, 3))
    known, fresh = crops[:200], crops[200:]

    def errors(n, noise):
        x, y = known[:n], conv2d(known[:n], kernel)
        y = y + noise * np.random.default_rng(seed + 100).normal(size=y.shape)
        dense, local, conv = recover_dense(x, y), recover_local(x, y, 3), recover_conv(x, y, 3)

        def relative(x, truth):
            guesses = (
                (x.reshape(len(x), -1) @ dense.T).reshape(truth.shape),
                local2d(x, local),
                conv2d(x, conv),
            )
            return [np.sqrt(np.mean((g - truth) ** 2) / np.mean(truth**2)) for g in guesses]

        return relative(x, y), relative(fresh, conv2d(fresh, kernel))

    errors.images = known
    return errors


@sentence("少 1 张就认不出", pictures=PICTURES)
def test_one_image_fewer_is_not_enough(seed, picture, measured):
    errors = ladder(picture, seed)
    dense, local = errors(63, 0)[1][0], errors(8, 0)[1][1]
    rank = np.linalg.matrix_rank(errors.images.reshape(-1, 64)[:64])
    measured(全连接差一张=dense, 局部连接差一张=local)
    assert dense > 1e-3 and local > 1e-3
    assert errors(1, 0)[1][2] < 1e-9
    assert (errors(64, 0)[1][0] < 1e-9) == (rank == 64)  # 凑巧线性相关的 64 张也不够


@sentence("全连接的误差是局部连接的 5 倍以上", pictures=PICTURES)
def test_more_unknowns_overfit_the_same_noisy_images(seed, picture, measured):
    errors = ladder(picture, seed)
    seen, unseen = errors(64, 0.01)
    measured(倍数=unseen[0] / unseen[1])
    assert seen[0] <= seen[1] * (1 + 1e-6) and unseen[0] > 5 * unseen[1]
    exact = errors(64, 0)[1]  # 对照：没有噪声；64 张凑巧线性相关时，全连接也差一点
    assert max(exact[1:]) < 1e-9 and exact[0] < max(1e-9, unseen[0] / 20)


@sentence("加到 200 张，全连接的误差降到不足 8%", pictures=PICTURES)
def test_enough_images_cure_it(seed, picture, measured):
    error = ladder(picture, seed)(200, 0.01)[1][0]
    measured(误差=error)
    assert error < 0.08 and error < ladder(picture, seed)(64, 0.01)[1][0] / 3


@sentence("误差反而是图少时（全连接 24 张，局部连接 4 张）的三倍以上", quick=2)
def test_the_peak_of_the_cameraman(seed, measured):
    errors = ladder("camera", seed)
    dense = errors(64, 0.01)[1][0] / errors(24, 0.01)[1][0]
    local = errors(9, 0.01)[1][1] / errors(4, 0.01)[1][1]
    measured(全连接的峰=dense, 局部连接的峰=local)
    assert dense > 3 and local > 3


@cache
def widths(hidden, seed, wrong=0, dropped=0):
    """训练与测试正确率。"""
    rng = np.random.default_rng(seed)
    data = split(*digits(), rng)
    x, y = data.train_x[dropped:300], data.train_y[dropped:300].copy()
    y[:wrong] = rng.integers(10, size=wrong)
    layers = Linear(64, hidden, rng=rng), ReLU(), Linear(hidden, 10, rng=rng)
    model = trained(
        Sequential(Flatten(), *layers), x, y, rng, optimizer=Momentum(lr=0.05), epochs=100
    )
    return accuracy(model.forward(x), y), accuracy(model.forward(data.test_x), data.test_y)


@sentence("网络把 60 个随机标签也背到全对，测试正确率比扔掉它们还低", quick=1)
def test_memorised_wrong_labels_hurt(seed, measured):
    memorised, wrong = widths(512, seed, wrong=60)
    loss = widths(512, seed, dropped=60)[1] - wrong
    measured(低了=loss)
    assert memorised == 1 and loss > 0.05


@sentence("有错标签时也一样，512 个神经元比 32 个好", quick=1)
def test_width_is_not_to_blame_for_wrong_labels(seed, measured):
    gain = widths(512, seed, wrong=60)[1] - widths(32, seed, wrong=60)[1]
    measured(高了=gain)
    assert gain > 0.01


@sentence("从 32 个神经元到 512 个，害处没有变大，反而小了", quick=1)
def test_the_harm_of_wrong_labels_does_not_grow_with_width(seed, measured):
    few, many = (widths(h, seed, dropped=60)[1] - widths(h, seed, wrong=60)[1] for h in (32, 512))
    measured(三十二个=few, 五百一十二个=many)
    assert 0 < many < few


@sentence("三条曲线右端都比左端高", quick=0)
def test_every_curve_rises(seed, measured):
    settings = {"全对": {}, "随机": {"wrong": 60}, "扔掉": {"dropped": 60}}
    gains = {k: widths(512, seed, **v)[1] - widths(8, seed, **v)[1] for k, v in settings.items()}
    measured(**gains)
    assert min(gains.values()) > 0


@sentence("训练集全对，测试正确率不降反升", quick=1)
def test_more_parameters_than_samples_generalise(seed, measured):
    (memorised, wide), (_, narrow) = widths(512, seed), widths(8, seed)
    measured(窄=narrow, 宽=wide)
    assert memorised == 1 and wide > narrow + 0.01


def small_digits(shuffled, seed):
    rng, (x, y) = np.random.default_rng(seed), digits()
    if shuffled:
        order = np.random.default_rng(seed + 100).permutation(64)
        x = x.reshape(len(x), 64)[:, order].reshape(x.shape)
    data = split(x, y, rng)
    first = LocallyConnected2d(1, 8, 3, 8, rng=rng, dtype=x.dtype)
    model = Sequential(first, Flatten(), ReLU(), Linear(288, 10, rng=rng, dtype=x.dtype))
    trained(model, data.train_x, data.train_y, rng, optimizer=Momentum(lr=0.05), epochs=15)
    return accuracy(model.forward(data.test_x), data.test_y)


@sentence("连打乱了像素的局部连接也不差，与没打乱的相差不到两个百分点", quick=1)
def test_locality_is_hardly_used_on_small_digits(seed, measured):
    gap = small_digits(False, seed) - small_digits(True, seed)
    measured(差=gap)
    assert abs(gap) < 0.02


@sentence("感受野到 15 为止都是 0，到 17 才第一次不是 0", quick=2)
def test_two_far_ends_need_a_large_enough_field(seed, measured):
    rng, ends = np.random.default_rng(seed), np.zeros((4, 1, 1, 16))
    ends[[2, 3], 0, 0, 0] = ends[[1, 3], 0, 0, -1] = 1
    for depth in (1, 4, 7, 8, 9):
        parts, inputs = [], 1
        for _ in range(depth):
            conv = Conv2d(inputs, 4, (1, 3), padding=(0, 1), rng=rng, dtype=np.float64)
            parts, inputs = [*parts, conv, Tanh()], 4
        readout = Linear(64, 1, rng=rng, dtype=np.float64)
        y = Sequential(*parts, Flatten(), readout).forward(ends)[:, 0]
        together = abs(y[0] - y[1] - y[2] + y[3]) > 1e-12
        assert together == (receptive_field([(3, 1)] * depth) >= 16)


@sentence("实测的 $\\sigma$ 与它相差不到一成", quick=1)
def test_the_effective_field_grows_like_the_square_root_of_depth(seed, measured):
    rng = np.random.default_rng(seed)
    for depth in (5, 10, 20):
        side = 2 * depth + 1
        total, column = np.zeros((side, side)), np.arange(side) - depth
        for _ in range(20):
            parts = [Conv2d(1, 8, 3, rng=rng, dtype=np.float64), ReLU()]
            for _ in range(depth - 1):
                parts += [Conv2d(8, 8, 3, rng=rng, dtype=np.float64), ReLU()]
            model = Sequential(*parts)
            y = model.forward(rng.normal(size=(1, 1, side, side)))
            squares = model.backward(rng.normal(size=y.shape))[0, 0] ** 2
            if squares.any():  # 偶尔有一个网络处处不响应
                total += squares / squares.sum()
        share, sigma = total.sum(axis=0) / total.sum(), np.sqrt(2 * depth / 3)
        ratio, inside = np.sqrt(share @ column**2) / sigma, share[abs(column) <= 2 * sigma].sum()
        measured(**{f"{depth}层实测比公式": ratio, f"{depth}层占影响": inside})
        assert abs(ratio - 1) < 0.1 and inside > 0.9


@sentence("红与蓝离得最远，也最不像", seeds=1, pictures=COLOURED, quick=2)
def test_red_and_blue_are_the_least_alike(seed, picture, measured):
    red, green, blue = photograph(picture).reshape(3, -1)
    apart = np.corrcoef(red, blue)[0, 1]
    measured(红与蓝=apart)
    assert apart < min(np.corrcoef(red, green)[0, 1], np.corrcoef(green, blue)[0, 1])
