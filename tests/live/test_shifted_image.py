"""移动的图像：计算与 dlbasics 逐格相同，场景里的话都成立，手能移动它。"""

import re

import numpy as np
import pytest

from dlbasics.live import ShiftedImage
from dlbasics.live.pixels import decode
from dlbasics.live.shifted_image import KERNELS
from dlbasics.studies.shifting import equivariance_error, shift
from tests.conftest import PHONE, centre, drag, settle
from tests.live.gestures import pressed, readout, state, swipe

MOVES = [(0, 0), (3, -5), (-8, 8), (-1, 2), (4, 6)]


@pytest.fixture(scope="module")
def scenes(scripts):
    """场景的名字 → 那时的图。"""
    told = scripts.evaluate("shifted_image.SCENES.map(({ title, settings }) => [title, settings])")
    return {title: ShiftedImage(**settings) for title, settings in told}


def js_maps(scripts, figure):
    """网页算出的 f(x)、f(Tx)、T f(x) 与三句话。"""
    settings = figure.settings() | {"kernel": KERNELS[figure.kernel][1]}
    return scripts.evaluate(
        """([picture, now]) => {
            const maps = shifted_image.featureMaps(shifted_image.decode(picture), now);
            return [maps.still, maps.moved, maps.expected, shifted_image.sentences(maps, now)];
        }""",
        [getattr(figure, figure.image), settings],
    )


@pytest.mark.parametrize("image", ["digit", "photo"])
@pytest.mark.parametrize("border", ["circular", "zero"])
@pytest.mark.parametrize("stride", [1, 2])
def test_feature_maps_agree_exactly(scripts, image, border, stride):
    for kernel in KERNELS:
        for dy, dx in MOVES:
            figure = ShiftedImage(
                image=image, border=border, stride=stride, kernel=kernel, dy=dy, dx=dx
            )
            still, moved, expected, _ = js_maps(scripts, figure)
            told = figure.feature_maps()
            assert still == figure.feature_map(figure.pixels()).ravel().tolist()
            assert [moved, expected] == [one.ravel().tolist() for one in told]


def test_the_photograph_is_a_face_and_the_digit_is_in_the_middle():
    figure = ShiftedImage()
    digit, photo = decode(figure.digit), decode(figure.photo)
    assert (digit.shape, photo.shape) == ((16, 16), (32, 32))
    assert digit[4:12, 4:12].sum() == digit.sum() > 0
    assert photo.std() > 40


def differing(figure):
    moved, expected = figure.feature_maps()
    return np.argwhere(moved != expected)


def test_each_scene_has_a_test(scenes):
    assert [title.split("：")[0] for title in scenes] == [
        "循环",
        "补零",
        "步幅 2，偶数格",
        "步幅 2，奇数格",
        "全局最大值",
    ]


def error_of_all(figure, shifts):
    return equivariance_error(figure.feature_map, figure.pixels(), shifts, stride=figure.stride)


def test_a_circular_convolution_follows_every_shift(scenes):
    figure = scenes["循环：严格等变"]
    assert figure.border == "circular"
    assert error_of_all(figure, [(dy, dx) for dy in range(16) for dx in range(16)]) == 0


def test_zero_padding_errs_only_along_the_edges(scenes):
    figure = scenes["补零：只错在边界"]
    rows, columns = differing(figure).T
    last = len(figure.pixels()) - 1
    at_an_edge = np.isin(rows, [figure.dy - 1, last]) | np.isin(columns, [figure.dx - 1, last])
    assert len(rows) > 50
    assert at_an_edge.all()


def test_a_stride_of_two_follows_even_shifts(scenes):
    figure = scenes["步幅 2，偶数格：等变"]
    assert (figure.dy % 2, figure.dx % 2, figure.stride) == (0, 0, 2)
    assert error_of_all(figure, [(dy, dx) for dy in range(0, 16, 2) for dx in range(0, 16, 2)]) == 0
    assert len(figure.feature_map(figure.pixels())) * 2 == len(figure.pixels())


def test_after_an_odd_shift_no_whole_shift_of_the_map_fits(scenes):
    figure = scenes["步幅 2，奇数格：不等变"]
    still = figure.feature_map(figure.pixels())
    moved, expected = figure.feature_maps()
    every = [shift(still, dy, dx) for dy in range(8) for dx in range(8)]
    assert figure.dx % 2 == 1
    assert min(np.abs(moved - one).max() for one in every) > 0
    near = [shift(still, figure.dy // 2, dx) for dx in (figure.dx // 2, figure.dx // 2 + 1)]
    assert np.abs(moved - expected).max() == min(np.abs(moved - one).max() for one in near)


def test_the_largest_value_stays_and_its_place_moves(scenes):
    figure = scenes["全局最大值：不变"]
    still, moved = figure.feature_map(figure.pixels()), figure.feature_maps()[0]
    assert still.max() == moved.max() > 0
    assert np.argmax(still) != np.argmax(moved)
    n = len(still)
    place = np.unravel_index(np.argmax(still), still.shape)
    assert np.argmax(moved) == (place[0] + figure.dy) % n * n + (place[1] + figure.dx) % n


def test_the_sentences_are_true_in_every_scene(scripts, scenes):
    for figure in scenes.values():
        still, (moved, expected) = figure.feature_map(figure.pixels()), figure.feature_maps()
        wrong = len(differing(figure))
        half = figure.stride == 2 and figure.dx % 2 == 1
        error, top, place = js_maps(scripts, figure)[3]
        assert f"= {np.abs(moved - expected).max():.0f}：" in error
        told = f"{moved.size} 格里有 {wrong} 格不同" if wrong else f"{moved.size} 格全部相同"
        assert error.endswith(f"{told}。")
        assert ("半格" in error) == half
        for sentence, (before, after) in (
            (top, (still.max(), moved.max())),
            (place, (np.argmax(still), np.argmax(moved))),
        ):
            verdict = "不变" if before == after else "变了"
            assert sentence.endswith(f"移动前 {before:.0f}，移动后 {after:.0f}，{verdict}。")


def place(page):
    return state(page, "dx"), state(page, "dy")


def test_dragging_moves_the_image_by_whole_cells_and_the_map_follows(stage):
    page = stage(ShiftedImage(dx=0, dy=0))
    body = page.get_by_role("slider", name="图像的位置")
    top = page.locator(".live-top")
    x, y = centre(top)
    cell = page.locator(".live-image rect").nth(1).bounding_box()["width"]
    drag(page, body, 2 * cell + 3, -cell)
    assert place(page) == (2, -1)
    assert centre(top) == pytest.approx((x + 2 * cell, y - cell), abs=0.6)
    assert "等变误差max|f(Tx)−Tf(x)|=0：256格全部相同。" in re.sub(r"\s", "", readout(page))


def test_keys_move_it_and_it_comes_back_on_the_other_side(stage):
    page = stage(ShiftedImage(dx=7, dy=0))
    body = page.get_by_role("slider", name="图像的位置")
    body.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    settle(page)
    assert place(page) == (-8, -1)
    assert body.get_attribute("aria-valuetext") == "向左 8 格，向上 1 格"
    page.get_by_role("button", name="补零", exact=True).click()
    page.keyboard.press("Shift+Tab")
    body.focus()
    page.keyboard.press("Shift+ArrowLeft")
    assert place(page) == (-8, -1), "补零时停在边上"


def test_the_digit_may_not_keep_a_position_only_the_photo_has(stage):
    page = stage(ShiftedImage(image="photo", border="zero", dx=14, dy=-3))
    page.get_by_role("button", name="数字").click()
    assert place(page) == (8, -3)


def test_a_formula_in_the_readout_is_one_line_of_text(stage):
    page = stage(ShiftedImage())
    line = page.locator(".live-readout > div").first
    assert line.locator("var").all_text_contents() == ["f", "Tx", "T", "f", "x"]
    assert line.evaluate("node => getComputedStyle(node).display") == "block"


def test_differing_cells_are_framed_and_counted(stage):
    figure = ShiftedImage(image="photo", border="zero", dx=5, dy=2)
    page = stage(figure)
    frames = page.locator(".live-wrong").get_attribute("d").count("M")
    assert frames == len(differing(figure))
    assert f"1024 格里有 {frames} 格不同" in readout(page)
    page.get_by_role("button", name="循环", exact=True).click()
    settle(page)
    assert page.locator(".live-wrong").get_attribute("d") == ""


def test_a_scene_is_marked_only_while_it_holds(stage):
    page = stage(ShiftedImage())
    assert pressed(page) == ["循环：严格等变", "数字", "循环", "1", "左暗右亮"]
    page.get_by_role("button", name="亮斑").click()
    assert pressed(page) == ["数字", "循环", "1", "亮斑"]
    assert "拖动左边的图像" in page.locator(".live-story").inner_text()
    stories = set()
    for title in page.locator(".live-buttons").first.locator("button").all_inner_texts():
        page.get_by_role("button", name=title).click()
        assert pressed(page)[0] == title
        stories.add(page.locator(".live-story").inner_text())
    assert len(stories) == 5


def test_a_finger_moves_the_object_and_scrolls_beside_it(stage):
    page = stage(ShiftedImage(dx=0, dy=0), **PHONE)
    body = page.get_by_role("slider", name="图像的位置")
    body.evaluate("node => node.scrollIntoView({ block: 'center' })")
    settle(page)
    scrolled, (x, y) = page.evaluate("window.scrollY"), centre(body)
    swipe(page, x, y, 50, -45)
    assert place(page) == (2, -2)
    assert page.evaluate("window.scrollY") == scrolled
    swipe(page, x - 160, y + 60, 0, -140)
    page.wait_for_function("(before) => window.scrollY > before + 40", arg=scrolled)
    assert place(page) == (2, -2)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_photograph_is_grey_in_both_themes(stage, theme):
    page = stage(ShiftedImage(image="photo", dx=0, dy=0), theme=theme)
    colors = page.evaluate("""() => {
        const style = (selector) => getComputedStyle(document.querySelector(selector)).fill;
        return [style(".live-image .live-back"), style(".live-image .live-cells rect")];
    }""")
    assert colors == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
