"""三维组织：网页里的数、投影与 dlbasics 相同，能转能选，每句话都重算一遍。"""

import re
from itertools import product

import numpy as np
import pytest

from dlbasics.convolution import conv2d_naive
from dlbasics.datasets import photograph
from dlbasics.live import Volume
from dlbasics.live.volume import FAINT, NAMES, bank, project, small_flower
from tests.conftest import PHONE, centre, drag, settle
from tests.live.gestures import readout, state, swipe

MODES = ["slice", "column", "neuron"]
PLACES = list(product(range(5), [0, 2, 5], [0, 3, 5]))
ANGLES = [(38, 22), (0, 0), (-70, 60), (70, -60), (-12, 35)]


@pytest.fixture(scope="module")
def values():
    """五幅特征图，用逐个循环的卷积。"""
    return conv2d_naive(small_flower()[None].astype(float), bank())[0]


# 计算


def test_no_kernel_answers_a_uniform_grey():
    assert np.array_equal(bank().sum(axis=(1, 2, 3)), np.zeros(5))


def test_the_volume_is_the_convolution_of_dlbasics(scripts, values):
    told = scripts.evaluate(
        "(pixels) => volume.volumeOf(pixels, facts.volume.bank)", small_flower().tolist()
    )
    assert np.array_equal(told, values)
    assert np.array_equal(Volume().output(), values)


@pytest.mark.parametrize(("yaw", "pitch"), ANGLES)
def test_the_projection_is_the_same_and_a_shadow_of_a_rotation(scripts, yaw, pitch):
    points = np.random.default_rng(5).normal(size=(20, 3))
    look = "([points, yaw, pitch]) => points.map(volume.projector(yaw, pitch))"
    told = scripts.evaluate(look, [points.tolist(), yaw, pitch])
    np.testing.assert_allclose(told, project(points, yaw, pitch), rtol=0, atol=1e-12)
    axes = project(np.eye(3), yaw, pitch).T
    np.testing.assert_allclose(axes @ axes.T, np.eye(2), atol=1e-12)


def test_the_flower_is_the_photograph_shrunk():
    corner = photograph("flower")[:, 40:85, 130:175]
    np.testing.assert_allclose(small_flower()[:, 0, 0], 255 * corner.mean(axis=(1, 2)), atol=0.5)


# 说的话


def told_by(scripts, mode, place):
    settings = Volume(mode=mode, channel=place[0], row=place[1], column=place[2]).settings()
    heading, *lines = scripts.evaluate("(now) => volume.describe(now, facts.volume)", settings)
    return heading, [line.replace("−", "-") for line in lines]


def numbers(text):
    return [int(n) for n in re.findall(r"-?\d+", text)]


@pytest.mark.parametrize("mode", MODES)
def test_the_whole_volume_is_counted(scripts, values, mode):
    whole = told_by(scripts, mode, (0, 0, 0))[1][-1]
    kernels, *one = bank().shape
    each = int(np.prod(one))
    counts = [5, 6, 6, values.size, kernels, each, 1, kernels * (each + 1)]
    assert numbers(whole) == counts


@pytest.mark.parametrize("channel", range(5))
def test_a_slice_says_its_name_and_extremes(scripts, values, channel):
    heading, (shared, ends, _) = told_by(scripts, "slice", (channel, 0, 0))
    assert heading == f"切片 [{channel}, :, :]：{NAMES[channel]}"
    assert numbers(shared) == [6, 6, values[channel].size, 3, 3, 3]
    c, i, j, most, d, k, m, least = numbers(ends)
    assert c == d == channel
    assert values[c, i, j] == most == values[c].max()
    assert values[d, k, m] == least == values[d].min()


def test_a_column_says_its_five_numbers(scripts, values):
    for _, i, j in PLACES[:9]:
        heading, (where, said, _) = told_by(scripts, "column", (0, i, j))
        assert heading == f"列 [:, {i}, {j}]：5 个神经元"
        assert f"输入[:, {i}:{i + 3}, {j}:{j + 3}]" in where
        assert numbers(said) == [5, 5, *values[:, i, j].astype(int)]
        assert all(name in said for name in NAMES)


def test_a_neuron_says_what_it_sees_and_its_sum_by_channel(scripts, values):
    x = small_flower()
    for c, i, j in PLACES:
        heading, (where, said, _) = told_by(scripts, "neuron", (c, i, j))
        assert (
            heading.replace("−", "-") == f"神经元 [{c}, {i}, {j}] = {values[c, i, j]:g}：{NAMES[c]}"
        )
        window = x[:, i : i + 3, j : j + 3]
        assert numbers(where) == [i, i + 3, j, j + 3, 3, 3, 3, window.size, x.size]
        parts = (window * bank()[c]).sum(axis=(1, 2)).astype(int)
        assert numbers(said) == [27, *parts, 0]
        assert parts.sum() == values[c, i, j]


@pytest.mark.parametrize("mode", MODES)
def test_the_sentence_of_python_says_the_same_number(values, mode):
    figure = Volume(mode=mode, channel=4, row=5, column=0)
    if mode == "neuron":
        assert f"[4, 5, 0] = {values[4, 5, 0]:g}" in figure.describe()
    assert figure.describe().count("5 个神经元") == (mode == "column")


def test_what_is_lit_is_what_a_neuron_can_see():
    for mode, (c, i, j) in product(MODES, PLACES[::4]):
        inputs, output = Volume(mode=mode, channel=c, row=i, column=j).lit()
        seen = np.zeros_like(inputs)
        for _, row, column in np.argwhere(output):
            seen[:, row : row + 3, column : column + 3] = True
        assert np.array_equal(inputs, seen)
        assert output.sum() == {"slice": 36, "column": 5, "neuron": 1}[mode]


# 手与眼


def shares(page, panel, channels):
    """一个体里每格的不透明度，[通道][格]；画在最后面的通道在前。"""
    groups = page.locator(".live-panel").nth(panel).locator(".live-tiles").all()
    assert len(groups) == channels
    read = "(group) => [...group.children].map((one) => Number(one.getAttribute('fill-opacity')))"
    return np.array([group.evaluate(read) for group in reversed(groups)])


@pytest.mark.parametrize("mode", MODES)
def test_each_tile_is_shaded_by_its_number_and_lit_by_the_choice(stage, values, mode):
    figure = Volume(mode=mode, channel=3, row=4, column=1)
    page = stage(figure)
    inputs, output = figure.lit()
    faint = np.where(inputs, 1, FAINT) * small_flower() / 255
    np.testing.assert_allclose(shares(page, 0, 3), faint.reshape(3, -1), atol=6e-4)
    strength = np.abs(values) / np.abs(values).max(axis=(1, 2), keepdims=True)
    faint = np.where(output, 1, FAINT) * strength
    np.testing.assert_allclose(shares(page, 1, 5), faint.reshape(5, -1), atol=6e-4)
    sign = page.locator(".live-panel").nth(1).locator(".live-tiles").last
    cool = sign.evaluate("(g) => [...g.children].map((c) => c.classList.contains('live-cool'))")
    assert np.array_equal(np.reshape(cool, (6, 6)), values[0] < 0)


def test_dragging_turns_both_volumes_within_limits(stage):
    page = stage(Volume(yaw=0, pitch=0))
    panels = page.locator(".live-turn")
    sheet = page.locator(".live-tiles").last
    before = sheet.bounding_box()
    drag(page, panels.first, -60, 40)
    assert state(page, "yaw", "pitch") == [30, 20]
    assert sheet.bounding_box() != before, "另一个体也转"
    told = {one.get_attribute("aria-valuetext") for one in panels.all()}
    assert told == {"转 30°，俯视 20°"}
    drag(page, panels.first, 300, -140)
    drag(page, panels.first, 300, -140)
    assert state(page, "yaw", "pitch") == [-70, -60]


def test_keys_turn_the_volume(stage):
    page = stage(Volume(yaw=0, pitch=0))
    page.locator(".live-turn").nth(1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert state(page, "yaw", "pitch") == [5, 5]
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Home")
    settle(page)
    assert state(page, "yaw", "pitch") == [-45, -60]
    assert page.locator(".live-turn").nth(1).get_attribute("aria-valuenow") == "-60"


@pytest.mark.parametrize(("yaw", "pitch"), [(38, 22), (-50, 40)])
def test_a_click_chooses_the_tile_under_it(stage, yaw, pitch):
    page = stage(Volume(mode="neuron", channel=2, row=0, column=0, yaw=yaw, pitch=pitch))
    sheets = page.locator(".live-panel").nth(1).locator(".live-tiles").all()
    chosen = sheets[::-1][2]
    for row, column in [(4, 1), (0, 5), (5, 5)]:
        middle = (
            chosen.locator("rect")
            .nth(6 * row + column)
            .evaluate(
                """(tile) => {
                const at = new DOMPoint(Number(tile.getAttribute("x")) + 0.5,
                                        Number(tile.getAttribute("y")) + 0.5);
                const { x, y } = at.matrixTransform(tile.getScreenCTM());
                return [x, y];
            }"""
            )
        )
        page.mouse.click(*middle)
        settle(page)
        assert state(page, "row", "column") == [row, column]
        assert f"[2, {row}, {column}]" in readout(page)


def test_a_click_on_the_input_centres_the_window_there(stage):
    page = stage(Volume(mode="neuron", yaw=0, pitch=0))
    front = page.locator(".live-panel").first.locator(".live-tiles").last
    page.mouse.click(*centre(front.locator("rect").nth(8 * 5 + 3)))
    settle(page)
    assert state(page, "row", "column") == [4, 2]
    page.mouse.click(*centre(front.locator("rect").nth(0)))
    settle(page)
    assert state(page, "row", "column") == [0, 0]
    outside = page.locator(".live-turn").first.bounding_box()
    page.mouse.click(outside["x"] + 3, outside["y"] + 3)
    assert state(page, "row", "column") == [0, 0]


@pytest.mark.parametrize(
    ("title", "mode", "idle"),
    [
        ("深度切片", "slice", {"行 i", "列 j"}),
        ("深度列", "column", {"通道 c"}),
        ("一个神经元", "neuron", set()),
    ],
)
def test_the_buttons_choose_what_to_see_and_rest_the_idle_sliders(stage, title, mode, idle):
    page = stage(Volume(mode="neuron" if mode == "slice" else "slice"))
    page.get_by_role("button", name=title).click()
    settle(page)
    assert state(page, "mode") == mode
    pressed = page.get_by_role("group", name="看", exact=True).locator("[aria-pressed=true]")
    assert pressed.all_inner_texts() == [title]
    resting = page.locator(".live-slider[inert] > span").all_inner_texts()
    assert set(resting) == idle


def test_sliders_choose_the_neuron(stage, values):
    page = stage(Volume(mode="neuron", channel=0, row=0, column=0))
    for name in ["通道 c", "行 i", "列 j"]:
        page.get_by_role("slider", name=name).focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
    assert state(page, "channel", "row", "column") == [2, 2, 2]
    assert f"[2, 2, 2] = {values[2, 2, 2]:g}" in readout(page).replace("−", "-")


def test_the_views_are_angles_with_names(stage):
    page = stage(Volume())
    views = page.get_by_role("group", name="视角")
    assert views.locator("[aria-pressed=true]").all_inner_texts() == ["斜看"]
    views.get_by_role("button", name="正面").click()
    settle(page)
    assert state(page, "yaw", "pitch") == [0, 0]
    assert views.locator("[aria-pressed=true]").all_inner_texts() == ["正面"]
    drag(page, page.locator(".live-turn").first, 30, 0)
    assert views.locator("[aria-pressed=true]").count() == 0


def test_a_finger_turns_sideways_and_scrolls_downwards(stage):
    page = stage(Volume(yaw=0, pitch=0), **PHONE)
    x, y = centre(page.locator(".live-turn").first)
    swipe(page, x, y, 80, 0)
    assert state(page, "yaw") < -20
    assert page.evaluate("window.scrollY") == 0
    turned = state(page, "yaw", "pitch")
    swipe(page, x, y, 0, -150)
    page.wait_for_function("window.scrollY > 40")
    assert state(page, "yaw", "pitch") == turned


# Python 这一侧


def test_the_picture_follows_the_state():
    states = [{}, {"mode": "column"}, {"mode": "neuron"}, {"yaw": -30}, {"channel": 3}]
    assert len({Volume(**one).picture() for one in states}) == len(states)


def test_the_photograph_cannot_be_exchanged():
    with pytest.raises(Exception, match="pixels"):
        Volume(pixels=np.zeros((3, 8, 8), int).tolist())


@pytest.mark.parametrize("bad", [{"mode": "cube"}, {"channel": 5}, {"row": 6}, {"yaw": 71}])
def test_a_bad_value_is_refused_in_chinese(bad):
    (name,) = bad
    with pytest.raises(ValueError, match=rf"^{name} 应是.*得到"):
        Volume(**bad)
