"""连接与权重：个数与 dlbasics 的层相同，矩阵真的是那一层，颜色分得清。"""

import re

import numpy as np
import pytest

from dlbasics.convolution import conv_matrix
from dlbasics.layers import Conv2d, Linear, LocallyConnected2d
from dlbasics.live import Connections
from dlbasics.live.connections import INPUTS, MODES, counts, weight_numbers
from tests.conftest import PHONE, centre, settle
from tests.live.gestures import pressed, readout, state, swipe

EVERY_KERNEL = range(1, 6)
EVERY_CASE = [(mode, kernel) for mode in MODES for kernel in EVERY_KERNEL]


def layer(mode, kernel):
    """同样大小的一层，与它的输入的形状。"""
    rng = np.random.default_rng(0)
    if mode == "dense":
        return Linear(INPUTS, INPUTS + 1 - kernel, rng=rng, dtype=np.float64), (INPUTS,)
    size, window = (1, INPUTS), (1, kernel)
    if mode == "local":
        return LocallyConnected2d(1, 1, window, size, rng=rng, dtype=np.float64), (1, *size)
    return Conv2d(1, 1, window, rng=rng, dtype=np.float64), (1, *size)


@pytest.mark.parametrize(("mode", "kernel"), EVERY_CASE)
def test_the_counts_are_those_of_the_layer(scripts, mode, kernel):
    model, shape = layer(mode, kernel)
    told = scripts.evaluate("(args) => connections.counts(...args)", [mode, kernel, INPUTS])
    assert told == vars(counts(mode, kernel))
    assert told["weights"] == model.weight.size
    assert told["biases"] == model.bias.size
    assert told["weights"] + told["biases"] == model.parameter_count
    assert told["multiplications"] == model.multiplications(shape)


@pytest.mark.parametrize(("mode", "kernel"), EVERY_CASE)
def test_the_matrix_is_that_of_the_layer(scripts, mode, kernel):
    numbers = scripts.evaluate(
        "(args) => connections.weightNumbers(...args)", [mode, kernel, INPUTS]
    )
    np.testing.assert_array_equal(numbers, weight_numbers(mode, kernel))
    model, shape = layer(mode, kernel)
    weights = np.append(0, model.weight)
    x = np.random.default_rng(1).normal(size=INPUTS)
    y = model.forward(x.reshape(1, *shape)).ravel()
    np.testing.assert_allclose(weights[np.array(numbers)] @ x, y, rtol=0, atol=1e-12)


def test_the_shared_matrix_is_the_convolution_matrix():
    weight = np.array([2.0, -3.0, 5.0])
    matrix = conv_matrix(weight.reshape(1, 1, 1, 3), (1, 1, INPUTS))
    np.testing.assert_array_equal(np.append(0, weight)[weight_numbers("shared", 3)], matrix)


@pytest.mark.parametrize(("mode", "kernel"), EVERY_CASE)
def test_the_formula_names_every_connection_once(scripts, mode, kernel):
    numbers = weight_numbers(mode, kernel)
    for output, row in enumerate(numbers, 1):
        told = scripts.evaluate(
            "(args) => connections.formula(...args)", [mode, kernel, output, INPUTS]
        )
        text = re.sub(r"</?(var|sub)>", "", told)
        terms = " + ".join(f"w{number}x{k}" for k, number in enumerate(row, 1) if number)
        bias = "b" if mode == "shared" else f"b{output}"
        assert text == f"y{output} = {terms} + {bias}"


@pytest.mark.parametrize("kernel", EVERY_KERNEL)
def test_the_stories_are_true(kernel):
    dense, local, shared = (counts(mode, kernel) for mode in MODES)
    assert local.connections < dense.connections
    assert local.multiplications < dense.multiplications
    assert local.weights == local.connections, "权重仍然各是各的"
    assert shared.connections == local.connections
    assert shared.multiplications == local.multiplications
    assert shared.weights == kernel < local.weights
    assert len({len(weight_numbers(mode, kernel)) for mode in MODES}) == 1


def table(page):
    """表里的数：一行四个接法。"""
    rows = page.locator(".live-table tr[data-row]").all()
    return {
        row.get_attribute("data-row"): [int(n) for n in row.locator("td").all_inner_texts()]
        for row in rows
    }


def test_choosing_a_mode_changes_lines_matrix_and_table(stage):
    page = stage(Connections())
    for mode, title in MODES.items():
        page.get_by_role("button", name=title).click()
        assert pressed(page) == [title]
        count = counts(mode, 3)
        assert readout(page).startswith(f"{title}：{count.connections} 条连接")
        assert page.locator(".live-lines line:not(.live-none)").count() == count.connections
        assert page.locator(".live-cell").count() == count.connections
        assert page.locator("th.live-now").inner_text() == title
    expected = {name: [getattr(counts(mode, 3), name) for mode in MODES] for name in vars(count)}
    assert table(page) == expected


def test_the_kernel_slider_changes_the_window(stage):
    page = stage(Connections(mode="shared", output=6))
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    assert state(page, "kernel") == 4
    assert "y5 = w1x5 + w2x6 + w3x7 + w4x8 + b" in readout(page).replace("\n", "")
    assert page.get_by_role("radio").count() == 5


def test_an_output_is_chosen_by_mouse_and_by_keys(stage):
    page = stage(Connections(mode="local"))
    page.mouse.move(*centre(page.get_by_role("radio").nth(4)))
    settle(page)
    assert state(page, "output") == 5
    assert page.locator(".live-strong").count() == 3
    page.get_by_role("radio", checked=True).focus()
    page.keyboard.press("ArrowLeft")
    settle(page)
    chosen = page.get_by_role("radio", checked=True)
    assert chosen.get_attribute("aria-label") == "输出 y4：连着输入 4 到 6"
    assert chosen.evaluate("node => node === document.activeElement")
    assert page.locator('[role="radio"][tabindex="0"]').count() == 1
    page.keyboard.press("End")
    assert state(page, "output") == 6
    matrix = page.get_by_role("group", name="权重矩阵").bounding_box()
    page.mouse.move(matrix["x"] + 100, matrix["y"] + 28 + 31 * 1.5)
    settle(page)
    assert state(page, "output") == 2
    page.mouse.move(matrix["x"] + 100, matrix["y"] + 5)
    settle(page)
    assert state(page, "output") == 2, "表头不是一行"


def test_a_tap_chooses_and_a_swipe_scrolls(stage):
    page = stage(Connections(mode="shared"), **PHONE)
    output = page.get_by_role("radio").nth(0)
    output.evaluate("node => node.scrollIntoView({ block: 'center' })")
    settle(page)
    x, y = centre(output)
    page.touchscreen.tap(x, y)
    settle(page)
    assert state(page, "output") == 1
    scrolled = page.evaluate("window.scrollY")
    swipe(page, x + 120, y + 100, 0, -140)
    page.wait_for_function("(before) => window.scrollY > before + 40", arg=scrolled)


PAINTED = """(selector) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
    const brush = canvas.getContext("2d", { willReadFrequently: true });
    return [...document.querySelectorAll(selector)].map((node) => {
        brush.clearRect(0, 0, 1, 1);
        brush.fillStyle = getComputedStyle(node).fill;
        brush.fillRect(0, 0, 1, 1);
        return [...brush.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    });
}"""


def luminance(color):
    c = np.array(color) / 255
    linear = np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("mode", list(MODES))
def test_one_weight_has_one_color_and_its_number_can_be_read(stage, mode, theme):
    page = stage(Connections(mode=mode), theme=theme)
    cells = [tuple(one) for one in page.evaluate(PAINTED, ".live-cell")]
    numbers = [int(one) for one in page.locator(".live-number").all_text_contents()]
    assert len(set(zip(numbers, cells, strict=True))) == len(set(numbers)) == len(set(cells))
    (ink,) = {tuple(one) for one in page.evaluate(PAINTED, ".live-number")}
    for cell in cells:
        low, high = sorted([luminance(ink), luminance(cell)])
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_reduced_motion_does_not_fade(stage):
    page = stage(Connections(), reduced_motion="reduce")
    duration = "document.querySelector('.live-lines line').computedStyleMap()"
    assert page.evaluate(f"{duration}.get('transition-duration').toString()") == "0s"
