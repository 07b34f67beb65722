"""原文“图像的三个特性”的断言（总账第 1–7 条）：每条的正确说法，用数值演示一遍。"""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from dlbasics.convolution import conv2d, global_max_pool2d, max_pool2d
from dlbasics.datasets import digits, digits_on_canvas, photograph, split
from dlbasics.layers import (
    Conv2d,
    Flatten,
    GlobalMaxPool2d,
    Linear,
    LocallyConnected2d,
    ReLU,
    Sequential,
)
from dlbasics.losses import softmax_cross_entropy
from dlbasics.metrics import accuracy
from dlbasics.optimizers import Adam
from dlbasics.studies.image_statistics import correlation_by_distance, predictability
from dlbasics.studies.shifting import conv2d_circular, equivariance_error, invariance_error, shift
from dlbasics.training import fit

CHAPTER = Path(__file__).parents[2] / "book/convolution/image_priors.ipynb"
PHOTOS = ("astronaut", "camera", "chelsea", "china", "coffee", "flower", "moon")
FLOAT64 = {"dtype": np.float64}


def grey(name):
    return photograph(name).mean(axis=0)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def image(rng):
    return rng.normal(size=(1, 3, 12, 14))


@pytest.fixture
def kernel(rng):
    return rng.normal(size=(4, 3, 3, 3))


def trained(model, x, y, rng, epochs=20):
    fit(
        model,
        x,
        y,
        loss=softmax_cross_entropy,
        optimizer=Adam(0.02),
        epochs=epochs,
        batch_size=32,
        rng=rng,
        progress=False,
    )
    return model


def classifier(first, last, rng):
    """14×14 的画布 → 第一层 → ReLU → 拉平或汇聚 → 10 类。"""
    body = Sequential(first, ReLU(), last)
    (features,) = body.output_shape((1, 14, 14))
    return Sequential(*body.layers, Linear(features, 10, rng=rng, **FLOAT64))


def test_claim_1_misspellings_appear_only_where_they_are_quoted():
    cells = json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]
    prose = "\n".join("".join(cell["source"]) for cell in cells)
    rest = re.sub(r"^\*\*原文\*\*.*$", "", prose, flags=re.M)
    for wrong, right in (("习习", "学习"), ("的额初衷", "的初衷"), ("知识知识", "先验知识")):
        assert wrong in prose
        assert wrong not in rest
        assert right in rest


def test_claim_2_sharing_along_time_for_speech(rng):
    """时延神经网络：16 个频带 × 15 帧，两层的窗口是 3 帧和 5 帧，各位置共享权重。"""
    first, second = (
        Conv2d(inputs, outputs, (1, frames), rng=rng, **FLOAT64)
        for inputs, outputs, frames in ((16, 8, 3), (8, 3, 5))
    )
    network = Sequential(first, ReLU(), second)
    assert first.output_shape((16, 1, 15)) == (8, 1, 13)
    assert network.output_shape((16, 1, 15)) == (3, 1, 9)
    sound = rng.normal(size=(1, 16, 1, 40))
    later = network.forward(sound[..., 6:26])
    np.testing.assert_allclose(network.forward(sound)[..., 6:20], later, atol=1e-12)


def test_claim_3_a_statistical_regularity_not_a_law(rng):
    distances = [1, 2, 8, 64]
    for name in PHOTOS:
        near, *_, far = curve = correlation_by_distance(grey(name), distances)
        assert near > 0.9 and near > far + 0.2
        assert np.all(np.diff(curve) < 0)
        shuffled = rng.permuted(grey(name))
        assert np.abs(correlation_by_distance(shuffled, distances)).max() < 0.02
    assert predictability(grey("chelsea"), 1) > 0.9 > 0.3 > predictability(grey("chelsea"), 32)
    assert predictability(rng.permuted(grey("chelsea")), 1) < 0.01
    assert correlation_by_distance(grey("grass"), [8])[0] < 0.15
    near, middle, far = correlation_by_distance(grey("coins"), [1, 32, 64])
    assert near > 0.9 and far > middle + 0.3


def test_claim_3_rotation_and_scale_are_not_built_in(image, kernel):
    def f(x):
        return conv2d_circular(x, kernel)

    def larger(x):
        return x.repeat(2, axis=-2).repeat(2, axis=-1)

    size = np.abs(f(image)).max()
    assert equivariance_error(f, image, [(5, 3)]) < 1e-12
    for transform in (lambda x: np.rot90(x, axes=(2, 3)), lambda x: x[..., ::-1], larger):
        assert np.abs(f(transform(image)) - transform(f(image))).max() > 0.3 * size


def test_claim_4_simple_features_compose_into_complex_ones():
    """边缘 → 拐角：第二层把两个方向的边缘拼起来，只在方块的左上角响应。"""
    picture = np.zeros((1, 1, 12, 12))
    picture[..., 3:8, 4:10] = 1
    edges = np.array([[[[-1.0], [1.0]]], [[[0.0], [0.0]]]])
    down = np.maximum(conv2d(picture, edges[:1]), 0)[..., :11, :11]
    right = np.maximum(conv2d(picture, np.array([[[[-1.0, 1.0]]]])), 0)[..., :11, :11]
    both = np.concatenate([down, right], axis=1)
    together = np.zeros((1, 2, 2, 2))
    together[0, 0, 0, 1] = together[0, 1, 1, 0] = 1  # 右边有上边缘，下边有左边缘
    corner = np.maximum(conv2d(both, together, np.array([-1.0])), 0)
    assert np.argwhere(corner[0, 0]).tolist() == [[2, 3]]


def test_claim_4_useful_features_need_not_have_a_name(rng):
    """核固定成随机数，只训练最后一层，仍然远胜从头学到尾的全连接网络。"""
    data = split(*digits_on_canvas(14, rng), rng)
    few = data.train_x[:300], data.train_y[:300]
    frozen = Sequential(Conv2d(1, 128, 5, padding=4, rng=rng, **FLOAT64), ReLU(), GlobalMaxPool2d())
    head = Linear(128, 10, rng=rng, **FLOAT64)
    last = trained(head, frozen.forward(few[0]), few[1], rng, epochs=100)
    dense = trained(
        Sequential(Flatten(), Linear(196, 200, rng=rng), ReLU(), Linear(200, 10, rng=rng)),
        *few,
        rng,
    )
    assert accuracy(last.forward(frozen.forward(data.test_x)), data.test_y) > 0.85
    assert accuracy(dense.forward(data.test_x), data.test_y) < 0.55


def test_claim_4_channels_are_interchangeable(image, kernel, rng):
    """一层的通道换个次序，下一层的权重跟着换，网络不变：通道的编号没有固定的含义。"""
    second, order = rng.normal(size=(2, 4, 3, 3)), rng.permutation(4)
    y = conv2d(np.maximum(conv2d(image, kernel), 0), second)
    swapped = conv2d(np.maximum(conv2d(image, kernel[order]), 0), second[:, order])
    np.testing.assert_allclose(y, swapped, atol=1e-12)


def test_claim_5_a_small_window_is_informative_but_not_sufficient():
    """只看 8×8 数字正中的 2×2，最近邻分类远胜瞎猜，又远不如看整张图。"""
    images, labels = digits()
    data = split(images[:, 0], labels, np.random.default_rng(0))
    scores = []
    for half in (1, 4):
        window = np.s_[:, 4 - half : 4 + half, 4 - half : 4 + half]
        test, train = (x[window].reshape(len(x), -1) for x in (data.test_x, data.train_x))
        nearest = ((test[:, None] - train[None]) ** 2).sum(axis=-1).argmin(axis=1)
        scores.append(np.mean(data.train_y[nearest] == data.test_y))
    small, whole = scores
    assert 0.3 < small < 0.65
    assert whole > 0.95


def test_claim_5_context_resolves_what_the_window_cannot():
    """两个位置的 3×3 完全相同，3×3 的神经元分不开；两层之后看得见旁边，就分得开。"""
    picture = np.zeros((1, 1, 7, 20))
    picture[..., 3, [4, 7]] = 1  # 一对
    picture[..., 3, 15] = 1  # 孤零零的一个
    rng = np.random.default_rng(0)
    one = conv2d(picture, rng.normal(size=(6, 1, 3, 3)), padding=1)
    np.testing.assert_allclose(one[0, :, 3, 7], one[0, :, 3, 15], atol=1e-12)
    two = conv2d(np.maximum(one, 0), rng.normal(size=(6, 6, 5, 5)), padding=2)
    assert np.abs(two[0, :, 3, 7] - two[0, :, 3, 15]).max() > 0.1


def test_claim_6_circular_convolution_is_equivariant_not_invariant(image, kernel):
    shifts = [(dy, dx) for dy in range(12) for dx in range(14)]

    def stack(x):
        return conv2d_circular(np.maximum(conv2d_circular(x, kernel), 0), kernel[:, [0, 1, 2, 0]])

    for f in (lambda x: conv2d_circular(x, kernel), stack):
        assert equivariance_error(f, image, shifts) < 1e-11
        assert invariance_error(f, image, shifts) > 1


def test_claim_6_global_maximum_is_invariant_a_single_neuron_is_not(image, kernel):
    shifts = [(dy, dx) for dy in range(12) for dx in range(14)]
    features = [global_max_pool2d, lambda y: y.mean(axis=(2, 3))]
    for pool in features:
        assert (
            invariance_error(lambda x, p=pool: p(conv2d_circular(x, kernel)), image, shifts) < 1e-12
        )
    for other in (lambda y: y[:, :, 2, 5], lambda y: max_pool2d(y, 2)):
        assert (
            invariance_error(lambda x, o=other: o(conv2d_circular(x, kernel)), image, shifts) > 0.1
        )


def test_claim_6_zero_padding_errs_only_at_the_border(image, kernel):
    def f(x):
        return conv2d(x, kernel, padding=1)

    dy, dx = 3, 5
    wrong = np.abs(f(shift(image, dy, dx)) - shift(f(image), dy, dx)).max(axis=(0, 1)) > 1e-9
    border = np.zeros((12, 14), bool)
    border[[0, -1]] = border[:, [0, -1]] = True
    assert np.array_equal(wrong, border | shift(border, dy, dx))
    inside = np.zeros_like(image)
    inside[..., 2:7, 2:7] = image[..., 2:7, 2:7]
    assert equivariance_error(f, inside, [(dy, dx)]) < 1e-12


@pytest.mark.parametrize(
    "half",
    [
        lambda x, w: conv2d_circular(x, w, stride=2),
        lambda x, w: max_pool2d(conv2d_circular(x, w), 2),
    ],
    ids=["stride", "pooling"],
)
def test_claim_6_stride_two_follows_even_shifts_only(image, kernel, half):
    def f(x):
        return half(x, kernel)

    assert equivariance_error(f, image, [(2, 4), (-6, 8)], stride=2) < 1e-12
    moved, still = f(shift(image, 1, 0)), f(image)
    gaps = [np.abs(moved - shift(still, *place)).max() for place in np.ndindex(6, 7)]
    assert min(gaps) > 0.1 * np.abs(still).max()


def test_claim_6_an_odd_circle_breaks_even_shifts(kernel, rng):
    """步幅 2 的循环卷积：边长是偶数，移 (4, 6) 恰好移 (2, 3)；是奇数，接缝处就对不上。"""
    for side, follows in ((16, True), (15, False)):
        x = rng.normal(size=(1, 3, side, side))
        y, moved = (conv2d_circular(z, kernel, stride=2) for z in (x, shift(x, 4, 6)))
        assert (np.abs(moved - shift(y, 2, 3)).max() < 1e-12) == follows


def test_claim_7_sharing_needs_pooling_to_survive_a_shift():
    """居中训练，移动 2 个像素测试：卷积 + 拉平与全连接一样垮，加上全局最大汇聚毫发无损。"""
    seed = 3

    def moved(pixels):
        canvases, labels = digits_on_canvas(14, positions=(3, 3 + pixels))
        return split(canvases, labels, np.random.default_rng(seed))

    centred, far = moved(0), moved(2)
    few = centred.train_x[:200], centred.train_y[:200]
    for make, last, survives in (
        (lambda rng: Conv2d(1, 32, 5, padding=4, rng=rng, **FLOAT64), Flatten, False),
        (lambda rng: Conv2d(1, 32, 5, padding=4, rng=rng, **FLOAT64), GlobalMaxPool2d, True),
    ):
        rng = np.random.default_rng(seed)
        model = trained(classifier(make(rng), last(), rng), *few, rng, epochs=15)
        before, after = (accuracy(model.forward(d.test_x), d.test_y) for d in (centred, far))
        assert before > 0.85
        assert after == before if survives else after < 0.35


def test_claim_7_sharing_and_pooling_only_work_together(rng):
    data = split(*digits_on_canvas(14, rng), rng)
    few = data.train_x[:300], data.train_y[:300]
    scores = {}
    for name, layer, last in (
        ("sharing", Conv2d(1, 32, 5, rng=rng, **FLOAT64), Flatten()),
        ("pooling", LocallyConnected2d(1, 32, 5, 14, rng=rng, **FLOAT64), GlobalMaxPool2d()),
        ("both", Conv2d(1, 32, 5, rng=rng, **FLOAT64), GlobalMaxPool2d()),
    ):
        model = trained(classifier(layer, last, rng), *few, rng, epochs=15)
        scores[name] = accuracy(model.forward(data.test_x), data.test_y)
    assert scores["both"] > 0.75
    assert max(scores["sharing"], scores["pooling"]) < 0.55
