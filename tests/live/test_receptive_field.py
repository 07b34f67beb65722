"""感受野：算式与 dlbasics 相同，场景里的话都成立，层与神经元都能改。"""

import re
from functools import reduce

import numpy as np
import pytest

from dlbasics.convolution import conv_matrix, receptive_field
from dlbasics.layers import Conv2d
from dlbasics.live import ReceptiveField
from dlbasics.live.receptive_field import MOST_LAYERS, WIDEST, paths
from tests.conftest import PHONE, centre, drag, settle
from tests.live.gestures import pressed, readout, state, swipe

LAYERS = [
    [[1, 1]],
    [[7, 3]],
    [[2, 3], [3, 2]],
    [[3, 1], [3, 2], [5, 1], [2, 2, "pool"]],
    [[1, 3], [2, 3], [2, 1]],
    [[2, 1], [2, 1], [2, 1], [2, 2], [3, 1], [3, 3]],
]


@pytest.fixture(scope="module")
def scenes(scripts):
    """场景的名字 → 那时的图。"""
    told = scripts.evaluate("receptive_field.SCENES.map(({ title, layers }) => [title, layers])")
    return {title: ReceptiveField(layers=layers) for title, layers in told}


@pytest.fixture(scope="module")
def every(scenes):
    return [*(figure.layers for figure in scenes.values()), *LAYERS]


def test_sizes_agree(scripts, every):
    sizes = """(every) => every.map((layers) => {
        const { receptiveField, jumpOf, neuronsShown, weightsOf } = receptive_field;
        const shown = neuronsShown(layers, facts.receptive_field);
        return [receptiveField(layers), jumpOf(layers), shown, weightsOf(layers, 64)];
    })"""
    told = scripts.evaluate(sizes, every)
    for layers, (size, jump, neurons, weights) in zip(every, told, strict=True):
        figure = ReceptiveField(layers=layers, channels=64)
        assert size == receptive_field([one[:2] for one in layers]) == figure.size
        assert (jump, neurons, weights) == (figure.jump, figure.neurons, figure.weights())
        kernels = [one[0] for one in layers if len(one) == 2]
        assert weights == sum(Conv2d.count_parameters(64, 64, k) - 64 for k in kernels)


def matrices(layers):
    """每一层是一个矩阵，权重全是 1；输入正好够顶层的一个神经元。"""
    size = receptive_field([one[:2] for one in layers])
    for kernel, stride, *_ in layers:
        matrix = conv_matrix(np.ones((1, 1, 1, kernel)), (1, 1, size), stride=(1, stride))
        size = len(matrix)
        yield matrix
    assert size == 1


def test_paths_are_a_product_of_convolution_matrices(scripts, every):
    told = scripts.evaluate("(every) => every.map(receptive_field.paths)", every)
    for layers, found in zip(every, told, strict=True):
        product = reduce(lambda below, above: above @ below, matrices(layers))
        np.testing.assert_array_equal(found[0], product[0])
        assert [list(one) for one in paths(layers)] == found


def test_levels_are_as_large_as_convolutions_make_them(scripts, every):
    count = "(layers) => receptive_field.levelsOf(layers, 3).map((level) => level.count)"
    for layers in every:
        counts = scripts.evaluate(count, layers)
        assert counts[-1] == 3
        for (kernel, stride, *_), below, above in zip(layers, counts, counts[1:], strict=False):
            shape = conv_matrix(np.ones((1, 1, 1, kernel)), (1, 1, below), stride=(1, stride)).shape
            assert shape == (above, below)


def test_each_scene_has_a_test(scenes):
    names = ["两层 3×3 = 一层 5×5", "三层 3×3 = 一层 7×7", "LeNet-5", "VGG 的开头"]
    assert list(scenes) == [*names, "核比步幅小：有空洞"]


@pytest.mark.parametrize(
    ("title", "size", "small", "large"),
    [("两层 3×3 = 一层 5×5", 5, 18, 25), ("三层 3×3 = 一层 7×7", 7, 27, 49)],
)
def test_small_kernels_see_as_far_with_fewer_weights(scripts, scenes, title, size, small, large):
    figure = scenes[title]
    assert figure.size == size
    assert figure.weights() == small * figure.channels**2
    single = ReceptiveField(layers=[(size, 1)], channels=figure.channels)
    assert single.weights() == large * figure.channels**2
    story = scripts.evaluate("receptive_field.SCENES.map((one) => one.story)")
    assert any(f"{small}C²" in one and f"{large}C²" in one for one in story)


def test_the_last_layer_of_lenet_sees_the_whole_picture(scenes):
    assert scenes["LeNet-5"].size == 32
    assert [one[0] for one in scenes["LeNet-5"].layers] == [5, 2, 5, 2, 5]


def test_pooling_doubles_what_later_layers_add(scenes):
    layers = [tuple(one[:2]) for one in scenes["VGG 的开头"].layers]
    sizes = [receptive_field(layers[:k]) for k in range(len(layers) + 1)]
    assert sizes[2] - sizes[0] == 4
    assert sizes[5] - sizes[3] == 8


def test_a_stride_wider_than_its_kernel_leaves_holes_no_layer_fills(scenes):
    layers = scenes["核比步幅小：有空洞"].layers
    for more in ([], [[3, 1]], [[3, 1], [5, 1]]):
        reached = paths([*layers, *more])[0]
        assert len(reached) == receptive_field([tuple(one) for one in [*layers, *more]])
        assert not reached[1::2].any()


def test_the_sentences_are_true_in_every_scene(scripts, scenes):
    say = "([layers, channels]) => receptive_field.sentences(layers, channels)"
    for figure in scenes.values():
        formula, weights, ways = scripts.evaluate(say, [figure.layers, 64])
        terms, total = re.fullmatch(r"r = (.*) = (\d+)：.*", formula).groups()
        assert eval(terms.replace("·", "*")) == int(total) == figure.size
        few, many = (int(n.replace(",", "")) for n in re.findall(r"([\d,]+) 个", weights))
        assert (few, many) == (figure.weights(), figure.size**2 * 64**2)
        share = float(re.search(r"的 ([\d.]+)%", weights)[1])
        assert share == pytest.approx(100 * few / many, rel=5e-3)
        found = paths(figure.layers)[0]
        if np.all(found > 0):
            assert (found[0], found[-1]) == (1, 1)
            assert f"有 {found.max()} 条" in ways
        else:
            assert f"一行 {len(found)} 个像素里只有 {np.count_nonzero(found)} 个够得着" in ways


@pytest.mark.parametrize(
    "layers",
    [[], [(3, 1)] * 7, [(8, 1)], [(3, 4)], [(3,)], [(3, 1, "max")], 3, [(7, 3), (7, 3), (7, 1)]],
)
def test_bad_layers_are_refused_in_chinese(layers):
    with pytest.raises(ValueError, match=r"^layers .*应.*得到"):
        ReceptiveField(layers=layers)


def test_dragging_the_neuron_moves_the_cone_and_the_square(stage):
    page = stage(ReceptiveField())
    neuron, square = page.get_by_role("slider", name="顶层的神经元"), page.locator(".live-field")
    fan, left = page.locator(".live-fan").get_attribute("d"), centre(square)[0]
    drag(page, neuron, 90, 0)
    moved = state(page, "neuron") - 5
    assert moved >= 2
    assert page.locator(".live-fan").get_attribute("d") != fan
    assert centre(square)[0] == pytest.approx(left + moved * 4, abs=0.6)
    neuron.focus()
    page.keyboard.press("ArrowLeft")
    assert state(page, "neuron") == 4 + moved
    page.keyboard.press("End")
    settle(page)
    assert neuron.get_attribute("aria-valuetext") == "第 9 个，共 9 个"
    page.keyboard.press("ArrowRight")
    assert state(page, "neuron") == 9


def lit(page):
    """输入那一排亮着几个像素：最下面的一排最后画的 y 最大。"""
    return page.evaluate("""() => {
        const bottoms = [...document.querySelectorAll(".live-seen path")]
            .map((node) => node.getBBox().y);
        return bottoms.filter((y) => Math.abs(y - Math.max(...bottoms)) < 1).length;
    }""")


def test_layers_can_be_added_changed_and_removed(stage):
    page = stage(ReceptiveField())
    assert lit(page) == 5
    page.get_by_role("button", name="加一层 3×3").click()
    assert readout(page).startswith("感受野 7×7，步幅之积 1")
    assert lit(page) == 7
    assert pressed(page) == ["三层 3×3 = 一层 7×7", "3", "卷积"]
    page.get_by_role("button", name="第 1 层：3×3").click()
    page.get_by_role("slider", name="这一层的步幅").focus()
    page.keyboard.press("ArrowRight")
    assert state(page, "layers") == [[3, 2], [3, 1], [3, 1]]
    assert readout(page).startswith("感受野 11×11，步幅之积 2")
    page.get_by_role("slider", name="这一层的核").focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="汇聚", exact=True).click()
    assert state(page, "layers") == [[2, 2, "pool"], [3, 1], [3, 1]]
    assert "73,728 个比" in readout(page), "汇聚没有权重"
    page.get_by_role("button", name="去掉这一层").click()
    assert state(page, "layers") == [[3, 1], [3, 1]]
    assert pressed(page) == ["两层 3×3 = 一层 5×5", "1", "卷积"]


def test_what_does_not_fit_is_refused_with_a_reason(stage):
    wide = [[7, 3], [7, 3], [3, 1]]
    page = stage(ReceptiveField(layers=wide, layer=3))
    story = page.locator(".live-story")
    page.get_by_role("button", name="加一层 3×3").click()
    assert state(page, "layers") == wide
    size = receptive_field([tuple(one) for one in [*wide, [3, 1]]])
    assert story.inner_text() == f"那样感受野是 {size}，这里只画得下 {WIDEST}。"
    page.get_by_role("slider", name="这一层的核").focus()
    for _ in range(2):
        page.keyboard.press("End")
    settle(page)
    assert state(page, "layers") == wide
    assert page.get_by_role("slider", name="这一层的核").input_value() == "3", "滑块退回原处"
    page.get_by_role("button", name="两层 3×3").click()
    settle(page)
    assert "25C²" in story.inner_text(), "换了场景，拒绝的话收起来"
    for _ in range(3):
        page.get_by_role("button", name="去掉这一层").click()
    assert state(page, "layers") == [[3, 1]]
    assert story.inner_text() == "至少要有一层。"
    for _ in range(7):
        page.get_by_role("button", name="加一层 3×3").click()
    assert state(page, "layers") == [[3, 1]] * MOST_LAYERS
    assert story.inner_text() == f"这里最多画 {MOST_LAYERS} 层。"


def test_channels_change_the_weights_and_not_the_share(stage):
    page = stage(ReceptiveField())
    share = re.search(r"[\d.]+%", readout(page))[0]
    page.get_by_role("slider", name="通道数 C").focus()
    page.keyboard.press("Home")
    assert state(page, "channels") == 1
    assert "18 个比 25 个" in readout(page)
    assert re.search(r"[\d.]+%", readout(page))[0] == share == "72%"


def test_a_finger_moves_the_neuron_and_scrolls_elsewhere(stage):
    page = stage(ReceptiveField(), **PHONE)
    neuron = page.get_by_role("slider", name="顶层的神经元")
    neuron.evaluate("node => node.scrollIntoView({ block: 'center' })")
    settle(page)
    scrolled, (x, y) = page.evaluate("window.scrollY"), centre(neuron)
    swipe(page, x, y, -70, 10)
    assert state(page, "neuron") < 5
    assert page.evaluate("window.scrollY") == scrolled
    swipe(page, x, y + 200, 0, -140)
    page.wait_for_function("(before) => window.scrollY > before + 40", arg=scrolled)
