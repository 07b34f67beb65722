"""走一步：计算与 dlbasics 相同，场景里的话都成立，手能动那个点。"""

import numpy as np
import pytest

from dlbasics.landscapes import power
from dlbasics.live import DescentStep
from dlbasics.live.descent_step import CURVES, FAR
from dlbasics.optimizers import SGD, minimize
from tests.conftest import PHONE, centre, drag, settle
from tests.live.gestures import pressed, readout, state, swipe

SETTINGS = [
    {"curve": name, "start": start, "steps": steps, "lr": lr, "bound": bound}
    for name in CURVES
    for start, steps, lr, bound in [
        (0.7, 0, 0.1, 2.0),
        (-1.9, 7, 0.35, 12.0),
        (1.3, 40, 0.9, 0.5),
        (0.05, 3, 1.7, 60.0),
        (0.0, 5, 0.2, 5.0),
    ]
]

SENTENCES = "(now) => descent_step.sentences(now, descent_step.inspect(now, facts.descent_step))"


@pytest.fixture(scope="module")
def scenes(scripts):
    """场景的名字 → 那时的图。"""
    told = scripts.evaluate("descent_step.SCENES.map(({ title, settings }) => [title, settings])")
    return {title: DescentStep(**settings) for title, settings in told}


def test_both_sides_have_the_same_curves(scripts):
    x = np.linspace(-3, 3, 61)
    values = """([name, xs]) => {
        const { land } = descent_step.CURVES[name];
        return [xs.map((x) => land.loss(x)), xs.map((x) => land.grad(x)[0])];
    }"""
    for name, one in CURVES.items():
        loss, grad = scripts.evaluate(values, [name, x.tolist()])
        np.testing.assert_allclose(loss, one.land.loss(x[:, None]), rtol=1e-13, atol=1e-14)
        np.testing.assert_allclose(grad, one.land.grad(x[:, None])[:, 0], rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_step_and_its_bound_agree(scripts, settings):
    figure = DescentStep(**settings)
    told = scripts.evaluate(
        """(now) => {
            const at = descent_step.inspect(now, facts.descent_step);
            const z = at.x + 0.37;
            return [at.path, at.slope, at.landing, at.height, at.lower, at.parabola(z),
                at.change(now.lr), at.promise(now.lr), at.curvature];
        }""",
        settings,
    )
    here, landing, lr = figure.here, figure.landing, figure.lr
    promise = -lr * (1 - lr * figure.bound / 2) * figure.slope**2
    heights = figure.loss(here), figure.loss(landing)
    parabola = figure.parabola(here + 0.37)
    expected = [figure.slope, landing, *heights, parabola, heights[1] - heights[0], promise]
    np.testing.assert_allclose(told[0], figure.path(), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(told[1:8], expected, rtol=1e-9, atol=1e-12)
    assert told[8] == pytest.approx(figure.curvature(), rel=1e-9)


def test_the_largest_curvature_is_what_differences_of_the_slope_show():
    compared = set()
    for figure in (DescentStep(**settings) for settings in SETTINGS):
        low, high = sorted((figure.here, figure.landing))
        if not 1e-6 < high - low < 100:
            continue
        x = np.linspace(low, high, 20_001)
        slopes = np.diff(CURVES[figure.curve].land.grad(x[:, None])[:, 0]) / np.diff(x)
        if figure.curvature() == np.inf:
            assert slopes.max() > 10, "割线的斜率随网格加密而变大"
        else:
            assert slopes.max() == pytest.approx(figure.curvature(), rel=2e-3, abs=1e-6)
        compared.add((figure.curve, figure.curvature() == np.inf))
    assert len(compared) == 7, "五条曲线；后两条还各有碰到谷底的"


def test_diverging_stops_at_the_same_step(scripts):
    settings = {"curve": "quartic", "start": 2.2, "steps": 200, "lr": 0.5, "bound": 30.0}
    path = DescentStep(**settings).path()
    assert len(path) < 10
    assert abs(path[-1]) > FAR >= abs(path[-2])
    steps = scripts.evaluate("(now) => descent_step.walk(now, facts.descent_step.far)", settings)
    lines = scripts.evaluate(SENTENCES, settings)
    np.testing.assert_allclose(steps, path, rtol=1e-9)
    assert lines == ["发散了：|x| 超过一百万，不再往下走。"]


def test_each_scene_has_a_test(scenes):
    assert len(scenes) == 7


def losses(figure, steps):
    path = minimize(CURVES[figure.curve].land, [figure.start], SGD(figure.lr), steps)
    return path.x[:, 0], path.loss


def test_below_two_over_l_every_step_descends(scenes):
    figure = scenes["学习率小于 2/L"]
    _, loss = losses(figure, 100)
    assert (figure.lr, figure.bound) == (0.3, 5)
    assert np.all(np.diff(loss[:40]) < 0)
    z = np.linspace(-3, 3, 50)
    np.testing.assert_allclose(figure.parabola(z), figure.loss(z), atol=1e-12)


def test_above_two_over_l_every_step_rises(scenes):
    figure = scenes["学习率大于 2/L"]
    x, loss = losses(figure, figure.steps + 5)
    assert 0.4 < figure.lr == 0.43
    assert np.all(np.diff(loss) > 0)
    assert np.all(x[1:] * x[:-1] < 0), "每一步都跨过谷底"


def test_the_quartic_fails_far_away(scenes):
    figure = scenes["x⁴ 走远了就不灵"]
    assert (figure.curve, figure.lr) == ("quartic", 0.5)
    x = np.linspace(0.01, 1.999, 400)
    land = power(4)
    near = x - 0.5 * land.grad(x[:, None])[:, 0]
    assert np.all(land.loss(near[:, None]) < land.loss(x[:, None]))
    assert figure.start > 2
    assert figure.loss(figure.landing) > figure.loss(figure.start)
    figure.steps = 10
    assert abs(figure.here) > FAR


def test_a_small_enough_rate_exists_for_a_given_point(scenes):
    figure = scenes["给定 x，总有够小的学习率"]
    assert (figure.start, figure.lr) == (2.2, 0.1)
    assert figure.curvature() <= figure.bound == 15
    assert figure.lr < 2 / 15
    assert figure.loss(figure.landing) < figure.loss(figure.start)


@pytest.mark.parametrize("lr", [1, 0.5, 0.1, 0.01])
def test_the_three_halves_power_always_ends_in_a_cycle(scenes, lr):
    figure = scenes["|x|^1.5 总在两点之间跳"]
    curve = CURVES[figure.curve].land
    x = minimize(curve, [figure.start], SGD(lr), 2000).x[-2:, 0]
    np.testing.assert_allclose(np.sort(x), [-((lr / 2) ** 2), (lr / 2) ** 2], rtol=1e-6)
    if lr == 1:
        assert figure.lr == 1
        np.testing.assert_allclose(np.sort(x), [-0.25, 0.25])
        assert abs(figure.here) == pytest.approx(0.25, rel=1e-6)


def test_the_absolute_value_bounces(scenes):
    figure = scenes["|x| 也跳"]
    x, _ = losses(figure, 30)
    np.testing.assert_allclose(np.abs(np.diff(x)), 0.5)
    np.testing.assert_allclose(np.sort(x[-2:]), [-0.3, 0.2])


def test_descending_all_the_way_need_not_find_the_minimum(scenes):
    figure = scenes["停在较高的谷"]
    x, loss = losses(figure, figure.steps)
    lower, higher = CURVES["double_well"].land.minima[:, 0]
    assert np.all(np.diff(loss) <= 1e-15)
    assert x[-1] == pytest.approx(higher, abs=1e-6)
    assert figure.loss(lower) < figure.loss(higher)
    assert lower < higher, "更低的谷在左边"


def test_the_promise_is_kept_whenever_it_is_given(scripts, scenes):
    for figure in [*scenes.values(), *(DescentStep(**one) for one in SETTINGS)]:
        settings = figure.settings()
        lines = scripts.evaluate(SENTENCES, settings)
        if len(lines) == 1:
            assert abs(figure.slope) < 1e-9 or abs(figure.here) > FAR
            continue
        step, promise, trust = lines
        change = figure.loss(figure.landing) - figure.loss(figure.here)
        if abs(change) > 1e-9:
            assert ("降了" in step, "升了" in step) == (change < 0, change > 0)
        promised = figure.lr < 2 / figure.bound
        assert ("许诺至少降" in promise) == promised
        assert ("不许诺" in promise) != promised
        assert ("够大，抛物线压" in trust) == (figure.curvature() <= figure.bound * (1 + 1e-12))
        assert ("无穷大" in trust) == (figure.curvature() == np.inf)
        if figure.curvature() <= figure.bound:
            most = -figure.lr * (1 - figure.lr * figure.bound / 2) * figure.slope**2
            assert change <= most + 1e-12, "下降引理"


def test_the_point_slides_along_the_curve(stage):
    page = stage(DescentStep(start=1.0, steps=4))
    point = page.get_by_role("slider", name="曲线上的点")
    x, y = centre(point)
    drag(page, point, 60, 0)
    assert state(page, "steps") == 0
    moved = state(page, "start")
    assert moved > 0.3
    assert centre(point)[0] == pytest.approx(x + 60, abs=1.5)
    assert centre(point)[1] != pytest.approx(y, abs=2), "点留在曲线上"
    drag(page, point, 900, 0)
    assert state(page, "start") == 3
    assert readout(page).startswith("第 0 步，x = 3")


def test_keys_move_the_point_and_say_where_it_is(stage):
    page = stage(DescentStep(start=1.0))
    point = page.get_by_role("slider", name="曲线上的点")
    point.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    settle(page)
    assert state(page, "start") == pytest.approx(1 + 0.06 - 0.6)
    assert point.get_attribute("aria-valuetext") == "x = 0.46，f(x) = 0.529"
    page.keyboard.press("Home")
    assert state(page, "start") == -3


def test_walking_leaves_a_trace_and_starting_over_clears_it(stage):
    page = stage(DescentStep(curve="absolute", start=1.2, lr=0.5))
    trace = page.locator(".live-path.live-traced")
    page.get_by_role("button", name="走一步").click()
    page.get_by_role("button", name="走十步").click()
    assert readout(page).startswith("第 11 步")
    assert trace.get_attribute("d").count("L") == 11
    page.get_by_role("button", name="重来").click()
    assert readout(page).startswith("第 0 步，x = 1.2")
    assert trace.get_attribute("d").count("L") == 0


def test_changing_the_rate_keeps_the_point_where_it_is(stage):
    page = stage(DescentStep(curve="absolute", start=1.2, lr=0.5, steps=3))
    page.get_by_role("slider", name="学习率").focus()
    page.keyboard.press("ArrowLeft")
    settle(page)
    assert state(page, "steps") == 0
    assert state(page, "start") == pytest.approx(-0.3)
    assert state(page, "lr") < 0.5


def test_a_click_on_the_chart_chooses_the_rate(stage):
    page = stage(DescentStep(bound=5.0, lr=0.1))
    chart = page.get_by_role("group", name="损失的变化随学习率的图").bounding_box()
    page.mouse.click(chart["x"] + 46 + (chart["width"] - 58) / 2, chart["y"] + 100)
    assert state(page, "lr") == pytest.approx(0.3, abs=0.01)


def test_the_local_curvature_makes_the_bound_hold(stage):
    page = stage(DescentStep(curve="quartic", start=2.2, lr=0.1, bound=1.0))
    fit = page.get_by_role("button", name="L 取这一段的最大曲率")
    assert "太小" in readout(page)
    fit.click()
    assert "够大" in readout(page)
    assert state(page, "bound") == pytest.approx(3 * 2.2**2)
    page.get_by_role("button", name="|x|", exact=True).click()
    page.get_by_role("button", name="走十步").click()
    settle(page)
    assert fit.is_disabled(), "跨过谷底的一段没有最大的曲率"


def test_a_scene_is_marked_only_while_it_holds(stage):
    page = stage(DescentStep())
    stories = set()
    scenes = page.get_by_role("group", name="场景").locator("button")
    for button in scenes.all():
        button.click()
        assert button.inner_text() in pressed(page)
        stories.add(page.locator(".live-story").inner_text())
    assert len(stories) == 7
    page.get_by_role("button", name="走一步").click()
    assert pressed(page) == ["双井"]
    assert "拖动曲线上的点" in page.locator(".live-story").inner_text()


def test_a_rising_step_looks_different(stage):
    page = stage(DescentStep(lr=0.5, bound=5.0))
    step = page.locator(".live-step")
    assert "live-rising" in step.get_attribute("class")
    assert step.evaluate("node => getComputedStyle(node).strokeDasharray") != "none"
    page.evaluate("window.models[0].set('lr', 0.1)")
    settle(page)
    assert "live-rising" not in step.get_attribute("class")


def test_a_finger_drags_the_point_and_scrolls_elsewhere(stage):
    page = stage(DescentStep(start=1.0), **PHONE)
    point = page.get_by_role("slider", name="曲线上的点")
    point.evaluate("node => node.scrollIntoView({ block: 'center' })")
    settle(page)
    scrolled, (x, y) = page.evaluate("window.scrollY"), centre(point)
    swipe(page, x, y, 50, 0)
    assert state(page, "start") > 1.2
    assert page.evaluate("window.scrollY") == scrolled
    swipe(page, x - 120, y + 40, 0, -120)
    page.wait_for_function("(before) => window.scrollY > before + 40", arg=scrolled)


@pytest.mark.parametrize("curve", list(CURVES))
def test_every_curve_can_be_drawn_even_when_it_diverges(curve):
    drawn = DescentStep(curve=curve, start=2.0, lr=2.0, steps=200, bound=0.1).picture()
    assert drawn.startswith(b"\x89PNG")
    assert drawn == DescentStep(curve=curve, start=2.0, lr=2.0, steps=200, bound=0.1).picture()


def test_a_bad_value_is_refused_in_chinese():
    for name, value in (("curve", "hill"), ("lr", 0), ("bound", 1e3), ("steps", 1.5)):
        with pytest.raises(ValueError, match=rf"^{name} 应是.*得到"):
            DescentStep(**{name: value})


def test_formulas_are_typeset_and_a_phone_keeps_the_readout_in_sight(stage):
    page = stage(DescentStep(), viewport={"width": 390, "height": 844})
    button = page.get_by_role("button", name="|x|^1.5 总在两点之间跳")
    assert button.locator("var").all_text_contents() == ["x"]
    assert button.locator("sup").evaluate("node => node.lastChild.data") == "1.5"
    readout = page.locator(".live-readout")
    assert "x" in readout.locator("var").all_text_contents()
    page.evaluate("scrollTo(0, 0)")
    box = readout.bounding_box()
    assert page.locator(".live").bounding_box()["height"] > 1000
    assert box["y"] + box["height"] <= 844
