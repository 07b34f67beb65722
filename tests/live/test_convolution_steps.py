"""卷积一步一步：网页里的卷积与 dlbasics 相同，手能走窗口、改权重，每句话都重算一遍。"""

import re
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from dlbasics.convolution import conv2d, conv_output_size
from dlbasics.live import Convolution
from dlbasics.live.convolution_steps import two_digits
from tests.conftest import PHONE, centre, drag, settle
from tests.live.gestures import readout, state

SETTINGS = list(product([1, 2, 3], [0, 1, 2]))
TITLES = ["恒等", "竖直边缘", "水平边缘", "模糊", "锐化"]


@pytest.fixture(scope="module")
def kernels(scripts):
    """预设的名字 → 3×3 的权重。"""
    told = scripts.evaluate("convolution_steps.KERNELS.map(({ title, kernel }) => [title, kernel])")
    return {title: np.reshape(np.array(kernel, float), (3, 3)) for title, kernel in told}


def windows(figure):
    """每个输出位置的窗口，形状 (H', W', 3, 3)；用 NumPy 切，不用卷积。"""
    padded = np.pad(np.array(figure.pixels), figure.padding)
    every = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
    return every[:: figure.stride, :: figure.stride]


# 计算


@pytest.mark.parametrize(("stride", "padding"), SETTINGS)
def test_the_convolution_is_the_one_of_dlbasics(scripts, stride, padding):
    rng = np.random.default_rng(stride * 10 + padding)
    compute = "([x, w, options]) => convolution_steps.conv2d(x, w, options)"
    options = {"bias": 1.5, "stride": stride, "padding": padding}
    geometry = {"stride": stride, "padding": padding}
    whole = rng.integers(-9, 10, (2, 9, 11)), rng.integers(-9, 10, (2, 3, 3))
    for exact, (x, weight) in [(True, whole), (False, (rng.normal(size=(2, 9, 11)), whole[1] / 7))]:
        told = scripts.evaluate(compute, [x.tolist(), weight.tolist(), options])
        bias = np.array([1.5])
        expected = conv2d(x[None].astype(float), weight[None].astype(float), bias, **geometry)[0, 0]
        np.testing.assert_allclose(told, expected, rtol=0, atol=0 if exact else 1e-12)


def test_the_output_size_is_the_one_of_dlbasics(scripts):
    cases = list(product(range(1, 13), range(1, 8), range(1, 6), range(5)))
    told = scripts.evaluate(
        "(cases) => cases.map((one) => convolution_steps.convOutputSize(...one))", cases
    )
    for (size, kernel, stride, padding), count in zip(cases, told, strict=True):
        if kernel > size + 2 * padding:
            assert count == 0
        else:
            assert count == conv_output_size(size, kernel, stride=stride, padding=padding)


@pytest.mark.parametrize(("stride", "padding"), SETTINGS)
def test_twins_are_the_windows_with_the_same_nine_numbers(scripts, stride, padding):
    figure = Convolution(stride=stride, padding=padding)
    every = windows(figure)
    count = len(every)
    for row, column in [(0, 0), (1, 1), (count - 1, count - 1), (count // 2, 1)]:
        same = np.all(every == every[row, column], axis=(2, 3))
        same[row, column] = False
        where = {"kernel": figure.kernel, "stride": stride, "padding": padding}
        where |= {"row": row, "column": column}
        find = "([pixels, where, count]) => convolution_steps.twins(pixels, where, count)"
        told = scripts.evaluate(find, [figure.pixels, where, count])
        assert told == np.argwhere(same).tolist()


# 说的话


def test_the_presets_are_the_five_announced(kernels):
    assert list(kernels) == TITLES
    assert np.array_equal(kernels["竖直边缘"], Convolution().kernel)


def test_the_story_of_each_preset_is_true(kernels):
    window = np.random.default_rng(3).integers(0, 17, (500, 3, 3))
    answer = {title: np.sum(window * kernel, axis=(1, 2)) for title, kernel in kernels.items()}
    assert np.array_equal(answer["恒等"], window[:, 1, 1])
    left_right = window[:, :, 2].sum(axis=1) - window[:, :, 0].sum(axis=1)
    assert np.array_equal(answer["竖直边缘"], left_right)
    assert np.array_equal(answer["水平边缘"], window[:, 2].sum(axis=1) - window[:, 0].sum(axis=1))
    assert kernels["模糊"].min() > 0
    assert kernels["模糊"].sum() == kernels["锐化"].sum() == 1
    assert np.all(answer["模糊"] <= window.max(axis=(1, 2)))
    assert np.all(answer["模糊"] >= window.min(axis=(1, 2)))
    middle = window[:, 1, 1]
    around = (window[:, 0, 1] + window[:, 2, 1] + window[:, 1, 0] + window[:, 1, 2]) / 4
    assert np.array_equal(np.sign(answer["锐化"] - middle), np.sign(middle - around))


def test_the_two_digits_are_the_same_and_some_paper_is_left():
    image = two_digits()
    assert np.array_equal(image[:8, :8], image[8:, 8:])
    assert not image[:8, 8:].any()
    assert not image[8:, :8].any()
    assert (image.min(), image.max()) == (0, 16)


def value_of(sum_text):
    """“(−1)×5 + 0.25×16 + … + 偏置 2 = 13”左右两边的值。"""
    left, right = sum_text.replace("−", "-").replace("偏置 ", "").split(" = ")
    terms = []
    for term in left.split(" + "):
        factors = [Fraction(one.strip("()")) for one in term.split("×")]
        terms.append(factors[0] * factors[1] if len(factors) == 2 else factors[0])
    assert len(terms) == 10, "9 个乘积与偏置"
    return sum(terms), Fraction(right)


@pytest.mark.parametrize("title", TITLES)
def test_every_number_of_the_readout_is_recomputed(scripts, kernels, title):
    kernel = kernels[title]
    say = """([now, output, values, others]) =>
        convolution_steps.sentences(values, now, output, others)"""
    for (stride, padding), (row, column) in product(SETTINGS, [(0, 0), (2, 3), (4, 4)]):
        options = {"stride": stride, "padding": padding, "row": row, "column": column}
        figure = Convolution(kernel=kernel.tolist(), bias=0.5, **options)
        output, every = figure.output(), windows(figure)
        here = every[row, column]
        same = np.argwhere(np.all(every == here, axis=(2, 3)))
        others = [place for place in same.tolist() if place != [row, column]]
        now = figure.settings()
        told = scripts.evaluate(say, [now, output.tolist(), here.ravel().tolist(), others])
        total, claimed = value_of(told[0])
        assert total == claimed == Fraction(output[row, column])
        twins = re.match(r"输出\[(\d+), (\d+)\](?: 等 (\d+) 处)?", told[1])
        if len(set(here.ravel())) == 1:
            assert told[1] == f"窗口里的 9 个数都是 {here[0, 0]}。"
        elif twins:
            place = (int(twins[1]), int(twins[2]))
            assert np.array_equal(every[place], here)
            assert output[place] == output[row, column]
            assert int(twins[3] or 1) == len(others)
        else:
            assert told[1] == "没有别的窗口与它完全相同。"
            assert not others
        places = output.size
        counts = [places, 9, 1, 10, 10 * places]
        assert [int(n) for n in re.findall(r"\d+", told[2])] == counts


def test_equal_windows_are_found_with_stride_2_but_not_with_stride_3():
    for stride, found in [(1, True), (2, True), (3, False)]:
        figure = Convolution(stride=stride)
        every = windows(figure).reshape(-1, 9)
        drawn = every[np.ptp(every, axis=1) > 0]
        assert (len(np.unique(drawn, axis=0)) < len(drawn)) == found


# 手


def test_the_maps_show_the_numbers_of_dlbasics(stage):
    for stride, padding in [(1, 0), (2, 1)]:
        figure = Convolution(stride=stride, padding=padding)
        page = stage(figure)
        output = figure.output()
        cells = page.locator(".live-panel").nth(1).locator(".live-cells rect")
        drawn = cells.evaluate_all(
            "(all) => all.map((c) => [c.getAttribute('class'), +c.getAttribute('fill-opacity')])"
        )
        shares = np.array([opacity for _, opacity in drawn]).reshape(output.shape)
        np.testing.assert_allclose(shares, np.abs(output) / np.abs(output).max(), atol=6e-4)
        cool = np.reshape([name == "live-cool" for name, _ in drawn], output.shape)
        assert np.array_equal(cool, output < 0)


@pytest.mark.parametrize("name", ["输入上的方框", "输出上的方框"])
def test_dragging_either_frame_moves_both(stage, name):
    page = stage(Convolution(row=2, column=2))
    frame = page.get_by_role("slider", name=name)
    twin = page.get_by_role("slider", name={"输入": "输出", "输出": "输入"}[name[:2]] + name[2:])
    before, told = centre(twin), readout(page)
    cell = page.locator(".live-cells rect").first.bounding_box()["width"]
    drag(page, frame, 4 * cell, 3 * cell)
    assert state(page, "row", "column") == [5, 6]
    assert centre(twin) == pytest.approx((before[0] + 4 * cell, before[1] + 3 * cell), abs=1)
    assert readout(page) != told
    assert frame.get_attribute("aria-valuetext").endswith("第 5 行，第 6 列")
    drag(page, frame, -900, -900)
    assert state(page, "row", "column") == [0, 0]
    drag(page, frame, 900, 900)
    assert state(page, "row", "column") == [13, 13]


def test_a_click_on_the_input_centres_the_window_there(stage):
    page = stage(Convolution(stride=2, padding=1))
    cell = page.locator(".live-cells").first.locator("rect").nth(16 * 8 + 6)
    page.mouse.click(*centre(cell))
    settle(page)
    assert state(page, "row", "column") == [4, 3]
    answer = page.locator(".live-cells").nth(1).locator("rect").nth(8 * 5 + 6)
    page.mouse.click(*centre(answer))
    assert state(page, "row", "column") == [5, 6]


def test_keys_move_the_window(stage):
    page = stage(Convolution(row=3, column=3, stride=2))
    page.get_by_role("slider", name="输出上的方框").focus()
    for key, place in [
        ("ArrowRight", [3, 4]),
        ("ArrowDown", [4, 4]),
        ("ArrowUp", [3, 4]),
        ("ArrowLeft", [3, 3]),
        ("PageUp", [0, 3]),
        ("End", [6, 3]),
        ("Home", [0, 3]),
        ("Shift+ArrowRight", [0, 6]),
    ]:
        page.keyboard.press(key)
        assert state(page, "row", "column") == place, key


def test_a_weight_is_typed_and_stepped(stage):
    page = stage(Convolution())
    cells = page.get_by_role("spinbutton")
    assert cells.count() == 9
    assert [one.get_attribute("tabindex") for one in cells.all()].count("0") == 1
    cells.nth(4).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.type("-2.5")
    assert state(page, "kernel")[1][2] == -2.5
    settle(page)
    chosen = cells.nth(5)
    assert chosen.inner_text() == "−2.5"
    assert chosen.get_attribute("aria-valuenow") == "-2.5"
    assert chosen.evaluate("node => node === document.activeElement")
    page.keyboard.press("ArrowUp")
    assert state(page, "kernel")[1][2] == -1.5
    page.keyboard.press("Shift+ArrowDown")
    assert state(page, "kernel")[1][2] == -10, "不超出范围"
    page.keyboard.press("Backspace")
    assert state(page, "kernel")[1][2] == 0
    settle(page)
    figure = Convolution(kernel=state(page, "kernel"))
    assert f"= {figure.output()[1, 1]:g}".replace("-", "−") in readout(page)
    assert "你自己的核" in page.locator(".live-story").inner_text()


def test_the_sliders_set_the_chosen_weight_and_the_bias(stage):
    page = stage(Convolution())
    page.get_by_role("spinbutton").nth(8).click()
    page.get_by_role("slider", name="选中的权重").focus()
    page.keyboard.press("ArrowRight")
    assert state(page, "kernel")[2][2] == 1.25
    page.get_by_role("slider", name="偏置").focus()
    page.keyboard.press("Shift+ArrowLeft")
    assert state(page, "bias") == -5
    assert "偏置 (−5)" in readout(page)


@pytest.mark.parametrize("title", TITLES)
def test_a_preset_is_pressed_while_it_is_chosen(stage, kernels, title):
    page = stage(Convolution(bias=3))
    button = page.get_by_role("button", name=title)
    assert button.get_attribute("aria-pressed") == "false", "偏置不是 0"
    button.click()
    settle(page)
    assert button.get_attribute("aria-pressed") == "true"
    assert state(page, "kernel") == kernels[title].tolist()
    page.get_by_role("spinbutton").nth(0).click()
    page.keyboard.press("ArrowUp")
    settle(page)
    assert button.get_attribute("aria-pressed") == "false"


def test_stride_and_padding_keep_the_place_inside(stage):
    page = stage(Convolution(row=13, column=13))
    page.get_by_role("group", name="步幅").get_by_role("button", name="3").click()
    assert readout(page).startswith("输出[4, 4] =")
    page.get_by_role("group", name="填充").get_by_role("button", name="2").click()
    settle(page)
    assert page.get_by_text("输出 6×6").is_visible()
    assert "36 处共用" in readout(page)


def test_playing_uncovers_the_output_and_pausing_shows_all_of_it(stage):
    page = stage(Convolution(row=0, column=0))
    visible = """() => [...document.querySelectorAll(".live-cells")[1].children]
        .filter((cell) => cell.getAttribute("fill-opacity") !== "0.000").length"""
    full = page.evaluate(visible)
    page.get_by_role("button", name="播放").click()
    page.wait_for_function("window.models[0].get('row') >= 1")
    covered = page.evaluate(visible)
    page.get_by_role("button", name="暂停").click()
    settle(page)
    assert covered < page.evaluate(visible) == full
    place = state(page, "row", "column")
    page.wait_for_timeout(200)
    assert state(page, "row", "column") == place


def test_reduced_motion_goes_to_the_last_place(stage):
    page = stage(Convolution(stride=2), reduced_motion="reduce")
    page.get_by_role("button", name="播放").click()
    assert state(page, "row", "column") == [6, 6]
    assert page.get_by_role("button", name="播放").is_visible()


def test_a_finger_moves_the_window_and_taps_a_weight(stage):
    page = stage(Convolution(row=4, column=4), **PHONE)
    frame = page.get_by_role("slider", name="输出上的方框")
    frame.evaluate("node => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
    settle(page)
    cell = page.locator(".live-cells rect").first.bounding_box()["width"]
    x, y = centre(frame)
    touch = page.context.new_cdp_session(page)
    for kind, points in [
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x + cell, "y": y + 3 * cell}]),
        ("touchEnd", []),
    ]:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    settle(page)
    assert state(page, "row", "column") == [7, 5]
    weight = page.get_by_role("spinbutton").nth(2)
    assert min(weight.bounding_box()["width"], weight.bounding_box()["height"]) >= 44
    weight.tap()
    assert weight.get_attribute("class").endswith("live-chosen")


# Python 这一侧


def test_the_picture_follows_the_state():
    pictures = {
        Convolution(**one).picture()
        for one in [{}, {"stride": 2}, {"padding": 2}, {"row": 5}, {"kernel": np.eye(3).tolist()}]
    }
    assert len(pictures) == 5


def test_the_description_counts_from_dlbasics():
    figure = Convolution(stride=3, padding=1, row=17, column=0)
    size = conv_output_size(16, 3, stride=3, padding=1)
    assert f"输出 {size}×{size}" in figure.describe()
    assert f"输出[{size - 1}, 0] = {figure.output()[-1, 0]:g}" in figure.describe()


@pytest.mark.parametrize(
    "bad",
    [
        {"kernel": [[1, 2], [3, 4]]},
        {"kernel": [[11, 0, 0]] * 3},
        {"kernel": "核"},
        {"pixels": [[0.5] * 16] * 16},
        {"stride": 0},
        {"padding": 1.5},
    ],
)
def test_a_bad_value_is_refused_in_chinese(bad):
    (name,) = bad
    with pytest.raises(ValueError, match=rf"^{name} 应是.*得到"):
        Convolution(**bad)
