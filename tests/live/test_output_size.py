"""输出有多大：数目与漏看的像素逐个核对，公式里代的数正确，不合格的设置说得清楚。"""

import re
from itertools import chain, product

import pytest

from dlbasics.convolution import conv_output_size
from dlbasics.live import OutputSize
from dlbasics.live.output_size import SHOWN_WINDOWS
from tests.conftest import settle

NAMES = ["size", "kernel", "stride", "padding"]
EVERY_SETTING = [
    dict(zip(NAMES, values, strict=True))
    for values in product(range(1, 14), range(1, 8), range(1, 6), range(4))
]
TITLES = ["同样大小", "正好减半", "除不尽", "步幅比核大", "核比图大", "AlexNet 第一层"]


@pytest.fixture(scope="module")
def presets(scripts):
    """例子的名字 → (设置, 说明)。"""
    told = scripts.evaluate("output_size.PRESETS")
    return {one["title"]: (one["settings"], one["story"]) for one in told}


def views(setting):
    """从左到右试每一个位置：窗口看到的像素的集合。"""
    size, kernel, stride, padding = (setting[name] for name in NAMES)
    start, found = -padding, []
    while start + kernel <= size + padding:
        found.append({cell for cell in range(start, start + kernel) if 0 <= cell < size})
        start += stride
    return found


def state(page):
    return page.evaluate("(names) => names.map((name) => window.models[0].get(name))", NAMES)


# 计算


def test_python_counts_what_can_be_counted_by_hand():
    for setting in EVERY_SETTING:
        figure, seen = OutputSize(**setting), views(setting)
        assert len(figure.windows()) == len(seen)
        if seen:
            assert figure.unseen().tolist() == sorted(
                set(range(setting["size"])) - set.union(*seen)
            )


def test_the_page_counts_the_same(scripts):
    told = scripts.evaluate("(all) => all.map(output_size.layoutOf)", EVERY_SETTING)
    for setting, layout in zip(EVERY_SETTING, told, strict=True):
        figure, seen = OutputSize(**setting), views(setting)
        assert layout["starts"] == figure.windows().tolist()
        if not seen:
            assert layout["unseen"] == []
            continue
        assert layout["unseen"] == figure.unseen().tolist()
        end = figure.windows()[-1] + setting["kernel"]
        assert layout["gaps"] == sum(pixel < end for pixel in layout["unseen"])
        assert layout["blind"] == sum(not one for one in seen)


@pytest.mark.parametrize("count", [0, 1, 11, 12, 13, 55, 227])
def test_both_pictures_leave_out_the_same_windows(scripts, count):
    shown = scripts.evaluate(
        "(count) => output_size.shownWindows(count, facts.output_size.shown_windows)", count
    )
    assert len(shown) == min(count, SHOWN_WINDOWS)
    if count:
        assert shown == OutputSize(size=count, kernel=1, stride=1).shown_windows()
        assert (shown[0], shown[-1]) == (0, count - 1)
    assert (None in shown) == (count > SHOWN_WINDOWS)


# 说的话


def test_every_sentence_is_true(scripts):
    told = scripts.evaluate("(all) => all.map(output_size.describe)", EVERY_SETTING)
    heard = set()
    for setting, (heading, formula, division, *more) in zip(EVERY_SETTING, told, strict=True):
        size, kernel, stride, padding = (setting[name] for name in NAMES)
        seen = views(setting)
        room = size - kernel + 2 * padding
        if not seen:
            heard.add("没有")
            assert heading == "没有输出"
            numbers = [int(n) for n in re.findall(r"\d+", formula)]
            assert numbers == [kernel, size, 2, padding, size + 2 * padding]
            assert f"= −{-room} 是负数" in division
            assert kernel > size + 2 * padding
            continue
        count = conv_output_size(size, kernel, stride=stride, padding=padding)
        assert heading.startswith(f"输出 {count} 个")
        assert ("一样多" in heading) == (count == size)
        put_in = f"⌊({size} − {kernel} + 2×{padding})/{stride}⌋ + 1 = {count - 1} + 1 = {count}"
        assert formula == f"⌊(W − K + 2P)/S⌋ + 1 = {put_in}"
        missed = sorted(set(range(size)) - set.union(*seen))
        tail = sum(pixel >= (count - 1) * stride - padding + kernel for pixel in missed)
        rest = room % stride
        assert division.startswith(f"{room} 除以 {stride} ")
        assert (f"得 {count - 1} 余 {rest}" in division) == (rest > 0)
        assert (f"最右边 {tail} 个像素没有窗口看到" in division) == (tail > 0)
        assert (f"舍去的 {rest} 格里没有像素" in division) == (rest > 0 and tail == 0)
        blind = sum(not one for one in seen)
        expected = []
        if len(missed) > tail:
            assert stride > kernel
            expected.append(f"步幅大于核宽，窗口之间漏看 {len(missed) - tail} 个像素。")
        if not missed:
            expected.append(f"{size} 个像素都有窗口看到。")
        if blind:
            expected.append(f"有 {blind} 个窗口只看到填充的 0。")
        assert more == expected
        heard |= {line[-4:] for line in [division, *more]}
    assert len(heard) >= 6, "每一种说法都出现过"


def test_the_story_of_each_preset_is_true(presets):
    assert list(presets) == TITLES
    figures = {title: OutputSize(**setting) for title, (setting, _) in presets.items()}
    same = figures["同样大小"]
    assert len(same.windows()) == same.size
    assert same.padding == (same.kernel - 1) / 2 == 1
    half = presets["正好减半"][0]
    assert len(figures["正好减半"].windows()) == half["size"] / 2
    assert sorted(chain(*views(half))) == list(range(half["size"])), "各看一次"
    rest = figures["除不尽"]
    assert (rest.size - rest.kernel, rest.stride) == (7, 2)
    assert rest.unseen().tolist() == [rest.size - 1]
    jump = figures["步幅比核大"]
    assert (jump.stride, jump.kernel) == (4, 2)
    assert len(jump.unseen()) == 2 * (len(jump.windows()) - 1)
    wide = figures["核比图大"]
    assert (wide.size, wide.size + 2 * wide.padding, wide.kernel) == (4, 6, 7)
    assert len(wide.windows()) == 0
    alex = figures["AlexNet 第一层"]
    assert (alex.size, alex.kernel, alex.size - alex.kernel) == (227, 11, 216)
    assert divmod(216, alex.stride) == (54, 0)
    assert len(alex.windows()) == 55 > SHOWN_WINDOWS


# 手与眼


def counted(page):
    names = ["live-pixel", "live-zero", "live-unseen", "live-cross", "live-span", "live-out"]
    return {name: page.locator(f".live-sizes .{name}").count() for name in names}


@pytest.mark.parametrize("title", TITLES)
def test_a_preset_draws_what_it_says(stage, presets, title):
    page = stage(OutputSize(size=6, kernel=2, stride=1))
    setting, story = presets[title]
    page.get_by_role("button", name=title).click()
    settle(page)
    assert page.locator("button[aria-pressed=true]").all_inner_texts() == [title]
    assert page.locator(".live-story").inner_text() == story
    assert state(page) == [setting[name] for name in NAMES]
    figure = OutputSize(**setting)
    windows = len(figure.windows())
    unseen = len(figure.unseen()) if windows else 0
    assert counted(page) == {
        "live-pixel": figure.size - unseen,
        "live-zero": 2 * figure.padding,
        "live-unseen": unseen,
        "live-cross": unseen,
        "live-span": sum(k is not None for k in figure.shown_windows()),
        "live-out": windows,
    }
    page.get_by_role("slider", name="填充 P").focus()
    page.keyboard.press("ArrowRight")
    settle(page)
    assert page.locator("button[aria-pressed=true]").count() == 0


def test_the_windows_lie_over_the_pixels_they_see(stage):
    setting = {"size": 11, "kernel": 3, "stride": 2, "padding": 1}
    page = stage(OutputSize(**setting))
    boxes = "(all) => all.map((one) => one.getBoundingClientRect()).map((b) => [b.left, b.right])"
    pixels = page.locator(".live-sizes .live-pixel").evaluate_all(boxes)
    spans = page.locator(".live-sizes .live-span").evaluate_all(boxes)
    answers = page.locator(".live-sizes .live-out").evaluate_all(boxes)
    for (left, right), (a, b), seen in zip(spans, answers, views(setting), strict=True):
        inside = {k for k, (x, y) in enumerate(pixels) if x > left - 0.5 and y < right + 0.5}
        assert inside == seen
        assert a + b == pytest.approx(left + right, abs=1), "输出在窗口的正下方"


def test_a_setting_without_output_is_told_in_red(stage):
    page = stage(OutputSize(size=4, kernel=4, stride=1))
    page.get_by_role("slider", name="核的宽 K").focus()
    settle(page)
    color = "node => getComputedStyle(node).color"
    ink = page.locator(".live-readout b").evaluate(color)
    page.keyboard.press("ArrowRight")
    settle(page)
    assert page.locator(".live-readout b").inner_text() == "没有输出"
    red, green, blue = map(int, re.findall(r"\d+", page.locator(".live-readout b").evaluate(color)))
    assert red > 2 * max(green, blue)
    assert page.locator(".live-too-wide").bounding_box()["width"] > 0
    page.keyboard.press("ArrowLeft")
    settle(page)
    assert page.locator(".live-readout b").inner_text() == "输出 1 个"
    assert page.locator(".live-readout b").evaluate(color) == ink


def test_leaving_the_wide_image_by_the_slider(stage):
    page = stage(OutputSize(size=227, kernel=11, stride=4))
    slider = page.get_by_role("slider", name="输入的宽 W")
    assert slider.get_attribute("aria-valuetext") == "227"
    slider.focus()
    page.keyboard.press("ArrowLeft")
    settle(page)
    assert state(page)[0] == 31
    assert slider.get_attribute("aria-valuetext") == "31"


# Python 这一侧


def test_the_picture_follows_the_state(presets):
    assert len({OutputSize(**setting).picture() for setting, _ in presets.values()}) == len(TITLES)


def test_the_description_says_what_goes_wrong():
    assert "1 个像素没有窗口看到" in OutputSize().describe()
    assert "每个像素都有窗口看到" in OutputSize(stride=1).describe()
    assert "一个窗口也放不下" in OutputSize(size=4, kernel=7, padding=1).describe()


@pytest.mark.parametrize("bad", [{"size": 0}, {"kernel": 12}, {"stride": 1.5}, {"padding": -1}])
def test_a_bad_value_is_refused_in_chinese(bad):
    (name,) = bad
    with pytest.raises(ValueError, match=rf"^{name} 应是.*得到"):
        OutputSize(**bad)
