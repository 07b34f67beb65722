"""图像的三个特性：正文由实验得出的话，换种子、换照片。训练用的就是章里的单元，按编号取来运行。"""

import json
from functools import cache
from pathlib import Path

import numpy as np

from dlbasics.convolution import avg_pool2d, conv2d, max_pool2d
from dlbasics.datasets import digits_on_canvas, faces, photograph
from dlbasics.layers import Conv2d, Flatten, MaxPool2d, ReLU
from dlbasics.metrics import accuracy
from dlbasics.studies.eye_neuron import (
    least_squares_neuron,
    near_an_eye,
    strongest,
    training_windows,
    window_centres,
)
from dlbasics.studies.image_statistics import (
    amplitude_only,
    correlation_by_distance,
    phase_only,
    predictability,
)
from dlbasics.studies.shifting import conv2d_circular, fractional_shift, shift
from tests.claims.sentences import sentence

CHAPTER = Path(__file__).parents[3] / "book/convolution/image_priors.ipynb"
TRAINING = (
    "setup", "network-code", "shift-code", "shift-run", "ablation-code", "ablation-trial",
    "data-code", "random-code",
)  # fmt: skip
PHOTOS = ("astronaut", "camera", "chelsea", "china", "coffee", "coins", "grass", "moon")
SOBEL = np.array([[[[1.0, 0, -1], [2, 0, -2], [1, 0, -1]]]])


@cache
def chapter():
    """章里训练用的函数；单元里要打印的几行已经由笔记本的测试核对，这里去掉。"""
    cells = json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]
    sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
    names = {}
    for name in TRAINING:
        exec(sources[name].split("\n\n\nprint(")[0], names)
    return names


@cache
def trial(name, seed, permuted=False, epochs=20):
    """训练集与测试集的正确率。"""
    return chapter()["trial"](name, seed, permuted, epochs)[1:]


def accuracy_of(name, seed, **options):
    return trial(name, seed, **options)[1]


@cache
def centred(name, seed):
    """居中训练：网络，移 0–3 个像素的正确率，居中的测试集。"""
    tests = [chapter()["moved"](pixels, seed) for pixels in range(4)]
    return *chapter()["centred"](name, tests, seed), tests[0]


@cache
def random_kernels(*setting):
    return chapter()["random_kernels"](*setting)


def small(picture):
    """缩到四分之一的灰度照片 (1, 1, H, W)，高与宽都裁成偶数。"""
    x = avg_pool2d(photograph(picture).mean(axis=0)[None, None], 4)
    return x[..., : x.shape[2] // 2 * 2, : x.shape[3] // 2 * 2]


def relative(gap, y):
    return np.linalg.norm(gap) / np.linalg.norm(y)


def blur(x):
    row = np.array([1, 4, 6, 4, 1]) / 16
    return conv2d_circular(x, np.outer(row, row)[None, None])


def without_dense_waves(x):
    """去掉隔一格取一个时装不下的频率。"""
    rows, columns = (np.abs(np.fft.fftfreq(side)) < 0.25 for side in x.shape[2:])
    return np.fft.ifft2(np.fft.fft2(x) * (rows[:, None] & columns)).real


@sentence("打乱之后归零。", pictures=PHOTOS[:4], quick=4)
def test_shuffling_removes_correlation(seed, picture, measured):
    image = photograph(picture).mean(axis=0)
    shuffled = np.random.default_rng(seed).permuted(image)
    here, there = (np.abs(correlation_by_distance(x, [1, 8])) for x in (image, shuffled))
    measured(原图=here[0], 打乱=there.max())
    assert here[0] > 0.9 and there.max() < 0.02


@sentence("高相关只说明图像**平滑**", pictures=PHOTOS[:4], quick=2)
def test_correlation_lies_in_the_amplitude_and_contours_in_the_phase(seed, picture, measured):
    """轮廓在不在原处：亮度变化的大小，与原图的相关；对照是只留幅度的那张。"""
    image = photograph(picture).mean(axis=0)
    phase, amplitude = phase_only(image), amplitude_only(image, np.random.default_rng(seed))
    near = [correlation_by_distance(x, [1, 8]) for x in (image, phase, amplitude)]
    edges = [blur(np.abs(conv2d_circular(x[None, None], SOBEL)))[0, 0] for x in
             (image, phase, amplitude)]  # fmt: skip
    place = [np.corrcoef(edges[0].ravel(), edge.ravel())[0, 1] for edge in edges[1:]]
    measured(相位的相关=np.abs(near[1]).max(), 相位的轮廓=place[0], 幅度的轮廓=place[1])
    assert np.abs(near[1]).max() < 0.02 and predictability(phase, 1) < 0.01
    assert np.all(np.abs(near[0] - near[2]) < 0.06)
    assert place[0] > 0.25 and place[0] > abs(place[1]) + 0.15


@sentence("找到的远多于瞎猜；放大到 9×11，多半找得到", quick=2)
def test_a_small_window_finds_the_eye(seed, measured):
    """一半的脸训练，另一半找；随便指一处，猜中的机会是对照。"""
    images = np.random.default_rng(seed).permutation(faces())
    found, chance = {}, {}
    for kernel in ((5, 7), (9, 11)):
        weight, bias = least_squares_neuron(*training_windows(images[:50], kernel))
        places = strongest(conv2d(images[50:], weight, bias), kernel)
        found[kernel] = near_an_eye(places).mean()
        chance[kernel] = near_an_eye(window_centres(25, kernel)).mean()
    measured(小窗口=found[5, 7], 瞎猜=chance[5, 7], 大窗口=found[9, 11], 瞎猜大=chance[9, 11])
    assert found[5, 7] > 2.5 * chance[5, 7]
    assert found[9, 11] > 0.6 > 0.25 > chance[9, 11]


@sentence("边框随着深度加宽，一层一格", quick=2)
def test_the_frame_widens_with_depth(seed, measured):
    """黑色背景上的数字，不碰边界：没有偏置就没有差别；有正的偏置，n 层的边框宽 n − 1。"""
    rng = np.random.default_rng(seed)
    x = digits_on_canvas(32, positions=(8, 8))[0][seed : seed + 1]
    photo = small(PHOTOS[seed % len(PHOTOS)])
    weights = [rng.normal(size=(8, c, 3, 3)) / np.sqrt(4.5 * c) for c in (1, 8, 8)]

    def wrong(x, depth, bias):
        def f(x):
            for weight in weights[:depth]:
                x = np.maximum(conv2d(x, weight, np.full(8, bias), padding=1), 0)
            return x

        gap = np.abs(f(shift(x, 3, 5)) - shift(f(x), 3, 5)).max(axis=(0, 1))
        return gap > 1e-9, gap.max() / f(x).max()

    def frame(shape, width):
        edge = np.ones(shape, bool)
        edge[width : shape[0] - width, width : shape[1] - width] = False
        return edge | shift(edge, 3, 5)

    for depth in (1, 2, 3):
        assert not wrong(x, depth, 0.0)[0].any()
        assert not np.any(wrong(photo, depth, 0.5)[0] & ~frame(photo.shape[2:], depth))
        places, largest = wrong(x, depth, 0.5)
        assert np.array_equal(places, frame((32, 32), depth - 1)) if depth > 1 else not places.any()
    measured(三层错的份额=places.mean(), 三层最大的误差=largest)
    assert largest > 0.3


@sentence("**误差就降到不到三分之一**", seeds=1, pictures=PHOTOS, quick=4)
def test_aliasing_is_the_cause(seed, picture, measured):
    x = small(picture)

    def error(before):
        def f(x):
            return before(conv2d_circular(x, SOBEL))[..., ::2, ::2]

        y = f(x)
        return relative(f(shift(x, 3, 5)) - fractional_shift(y, 1.5, 2.5), y)

    def largest(x):  # 步幅 1 的 2×2 最大汇聚
        return max_pool2d(np.pad(x, [(0, 0), (0, 0), (0, 1), (0, 1)], mode="wrap"), 2, stride=1)

    plain, blurred = error(lambda y: y), error(blur)
    pooled, anti = error(largest), error(lambda y: blur(largest(y)))
    measured(直接取=plain, 先模糊=blurred, 最大汇聚=pooled, 模糊再取=anti)
    assert plain > 0.5 and blurred < plain / 3 and anti < pooled / 3
    assert error(without_dense_waves) < 1e-9


@sentence("移动 0 个像素时，四个网络都在九成以上", quick=0)
def test_centred_digits_show_no_advantage(seed, measured):
    scores = [centred(name, seed)[1][0] for name in chapter()["makers"]]
    measured(最低=min(scores), 最高=max(scores))
    assert min(scores) > 0.92 and max(scores) - min(scores) < 0.05


@sentence("移两个像素就跌到瞎猜附近", quick=0)
def test_flattening_fears_a_shift(seed, measured):
    scores = [centred(name, seed)[1][2] for name in ("全连接", "卷积 + 拉平")]
    measured(全连接=scores[0], 拉平=scores[1])
    assert max(scores) < 0.3


@sentence("只在 4×4 的窗口里汇聚，移两个像素时停在中间", quick=0)
def test_local_pooling_is_in_between(seed, measured):
    low, middle, high = (
        centred(name, seed)[1][2]
        for name in ("卷积 + 拉平", "卷积 + 4×4 汇聚", "卷积 + 全局最大汇聚")
    )
    measured(拉平=low, 窗口=middle, 全局=high)
    assert low + 0.05 < middle < high - 0.2


@sentence("把数字转 90 度，多半就认不得了", quick=0)
def test_rotation_is_not_built_in(seed, measured):
    model, scores, test = centred("卷积 + 全局最大汇聚", seed)
    turned = accuracy(model.forward(np.rot90(test.test_x, axes=(2, 3))), test.test_y)
    measured(正着=scores[0], 旋转=turned)
    assert turned < 0.4 < 0.9 < scores[0]


@sentence("缺了任何一样，都不到一半", quick=0)
def test_sharing_and_pooling_work_only_together(seed, measured):
    without = ("全连接", "局部连接", "全图卷积", "卷积", "局部连接 + 汇聚")
    scores = {name: trial(name, seed) for name in without}
    measured(最高=max(s for _, s in scores.values()), 两样都有=accuracy_of("卷积 + 汇聚", seed))
    assert all(learned > 0.95 and score < 0.5 for learned, score in scores.values())
    assert accuracy_of("卷积 + 汇聚", seed) > 0.9


@sentence("学习率 0.02 太大，有的种子连训练集也学不好，所以只有它用 0.005", seeds=1, quick=0)
def test_whole_kernels_need_a_smaller_rate(seed, measured):
    """“有的种子”说的是八个种子里最差的，所以八个一起看；0.005 时个个学得会是对照。"""

    def learned(seed, lr):
        rng, few, _ = chapter()["task"](seed)
        model = chapter()["network"]("全图卷积", [Flatten()], rng)
        model = chapter()["train"](model, *few, rng, lr=lr)
        return accuracy(model.forward(few[0]), few[1])

    large, little = ([learned(8 * seed + k, lr) for k in range(8)] for lr in (0.02, 0.005))
    measured(大的最差=min(large), 小的最差=min(little))
    assert min(large) < 0.9 and min(little) > 0.95


@sentence("汇聚得越彻底，正确率越高", quick=0)
def test_the_more_pooling_the_better(seed, measured):
    scores = [
        accuracy_of(f"卷积{how}", seed) for how in ("", " + 2×2 汇聚", " + 4×4 汇聚", " + 汇聚")
    ]
    measured(拉平=scores[0], 二乘二=scores[1], 四乘四=scores[2], 全局=scores[3])
    assert np.all(np.diff(scores) > 0.05)


@sentence("在这里也停在两头之间", quick=0)
def test_two_rounds_are_in_between(seed, measured):
    rng, few, data = chapter()["task"](seed)
    second = Conv2d(32, 32, 5, padding=2, rng=rng, dtype=float)
    layers = [MaxPool2d(2), second, ReLU(), MaxPool2d(2), Flatten()]
    model = chapter()["train"](chapter()["network"]("卷积", layers, rng), *few, rng, lr=0.005)
    score = accuracy(model.forward(data.test_x), data.test_y)
    measured(两轮=score)
    assert accuracy_of("卷积", seed) + 0.1 < score < accuracy_of("卷积 + 汇聚", seed) - 0.05


@sentence("同样的训练办法，正确率却低得多", quick=0)
def test_average_pooling_is_harder_to_train(seed, measured):
    learned, score = trial("卷积 + 平均汇聚", seed)
    longer = accuracy_of("卷积 + 平均汇聚", seed, epochs=100)
    measured(平均=score, 一百遍=longer, 训练集=learned)
    assert learned < 0.9 and score < accuracy_of("卷积 + 汇聚", seed) - 0.1
    assert longer > 0.8


@sentence("打乱像素，全连接不在乎，卷积 + 汇聚一落千丈", quick=0)
def test_shuffled_pixels_hurt_the_prior_only(seed, measured):
    dense = [accuracy_of("全连接", seed, permuted=permuted) for permuted in (False, True)]
    learned, score = trial("卷积 + 汇聚", seed, permuted=True, epochs=50)
    measured(全连接=dense[0], 全连接打乱=dense[1], 汇聚打乱=score, 训练集=learned)
    assert abs(dense[0] - dense[1]) < 0.08
    assert score < min(dense) - 0.05 and learned > 0.6


@sentence("全图卷积 + 汇聚和 5×5 的不相上下", quick=0)
def test_locality_does_not_raise_the_score(seed, measured):
    large, little = accuracy_of("全图卷积 + 汇聚", seed), accuracy_of("卷积 + 汇聚", seed)
    measured(全图=large, 五乘五=little)
    assert abs(large - little) < 0.04


@sentence("换来了卷积 + 汇聚白送的东西的大部分", quick=0)
def test_data_can_replace_a_prior(seed, measured):
    few, many = accuracy_of("全连接", seed), chapter()["augmented"](seed)
    measured(一个位置=few, 四十九个位置=many)
    assert many > few + 0.6 * (accuracy_of("卷积 + 汇聚", seed) - few)


@sentence("随机的核比学出来的差得多", quick=0)
def test_learning_the_kernels_helps(seed, measured):
    frozen = random_kernels(seed, 32, 5, 20)
    measured(随机=frozen, 学出来=accuracy_of("卷积 + 汇聚", seed))
    assert frozen < accuracy_of("卷积 + 汇聚", seed) - 0.2


@sentence("已经胜过从头学到尾的全连接网络", quick=0)
def test_random_kernels_beat_a_dense_network(seed, measured):
    frozen, dense = random_kernels(seed, 32, 5, 20), accuracy_of("全连接", seed)
    measured(随机=frozen, 全连接=dense)
    assert frozen > dense + 0.1


@sentence("个数加到四倍、训练一百遍，就与学出来的只差几个百分点", quick=0)
def test_more_random_kernels_catch_up(seed, measured):
    many = random_kernels(seed, 128, 5, 100)
    measured(随机=many, 学出来=accuracy_of("卷积 + 汇聚", seed))
    assert many > accuracy_of("卷积 + 汇聚", seed) - 0.06


@sentence("一样多的随机核，5×5 的比 14×14 的高出几个百分点", seeds=1, quick=0)
def test_locality_helps_random_kernels(seed, measured):
    """单个种子可能打平，所以比八个种子的平均。"""
    local, whole = (
        np.array([random_kernels(seed + k, 128, size, 100) for k in range(8)]) for size in (5, 14)
    )
    measured(五乘五=local.mean(), 十四乘十四=whole.mean(), 差得最少=np.min(local - whole))
    assert local.mean() > whole.mean() + 0.02 and np.mean(local >= whole) > 0.7
