"""条件数：计算与 dlbasics 相同，场景里的话都成立，手能动出发点。"""

import numpy as np
import pytest

from dlbasics.live import Conditioning
from dlbasics.studies.convergence import optimal_gradient_descent, settling_steps
from tests.conftest import PHONE, centre, drag, settle
from tests.live.gestures import pressed, readout, state, swipe

SETTINGS = [
    {"kappa": kappa, "ratio": ratio, "start": start}
    for kappa in (1, 3.7, 30, 100)
    for ratio in (0.05, 0.5, 0.93, 1.0, 1.08)
    for start in ([-2.0, 1.0], [0.3, -1.7])
]


@pytest.fixture(scope="module")
def scenes(scripts):
    """场景的名字 → 那时的图。"""
    told = scripts.evaluate("conditioning.SCENES.map(({ title, settings }) => [title, settings])")
    return {title: Conditioning(**settings) for title, settings in told}


@pytest.mark.parametrize("settings", SETTINGS)
def test_rates_steps_and_angles_agree(scripts, settings):
    figure = Conditioning(**settings)
    told = scripts.evaluate("(now) => conditioning.inspect(now, facts.conditioning)", settings)
    assert told["lr"] == pytest.approx(figure.lr, rel=1e-14)
    assert max(told["rates"]) == pytest.approx(figure.rate, rel=1e-12, abs=1e-15)
    assert told["steps"] == figure.steps
    assert told["best"] == pytest.approx(figure.best, rel=1e-14)
    assert told["angle"] == pytest.approx(figure.angle, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("settings", SETTINGS)
def test_paths_agree(scripts, settings):
    figure = Conditioning(**settings)
    path = scripts.evaluate(
        """([kappa, run]) => {
            return conditioning.trajectory(conditioning.quadratic([1, kappa]), run).x;
        }""",
        [figure.kappa, {"start": figure.start, "lr": figure.lr, "mu": 0, "steps": 200}],
    )
    np.testing.assert_allclose(path, figure.path().x, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_angle_is_the_one_between_two_vectors(settings):
    figure = Conditioning(**settings)
    x = np.array(figure.start)
    grad = x * [1, figure.kappa]
    cosine = x @ grad / np.linalg.norm(x) / np.linalg.norm(grad)
    assert np.cos(np.radians(figure.angle)) == pytest.approx(cosine, abs=1e-12)


def lines(scripts, figure):
    told = """(now) => {
        const at = conditioning.inspect(now, facts.conditioning);
        return conditioning.sentences(now, at, facts.conditioning).map(([, text]) => text);
    }"""
    return scripts.evaluate(told, figure.settings())


def test_the_sentences_are_true_in_every_scene(scripts, scenes):
    for figure in scenes.values():
        gentle, steep, total, best, direction = lines(scripts, figure)
        factors = 1 - figure.lr * np.array([1, figure.kappa])
        for sentence, factor in ((gentle, factors[0]), (steep, factors[1])):
            assert f"每步误差乘 {abs(factor):.3g}" in sentence
            assert ("每步换一边" in sentence) == (factor < 0)
        if np.isfinite(figure.steps):
            assert f"误差缩小到 10⁻⁶ 要 {figure.steps:.0f} 步" in total
            errors = figure.start[1] * factors[1] ** int(figure.steps)
            assert abs(errors) <= 1e-6 * abs(figure.start[1]) * (1 + 1e-9)
        else:
            assert "不收敛" in total
        lr, rate = optimal_gradient_descent(1.0, figure.kappa)
        least = settling_steps([lr, lr * figure.kappa], 0.0).max()
        assert f"= {lr:.3g}：每步乘 {rate:.3g}，要 {least:.0f} 步" in best
        assert f"偏离谷底的方向 {figure.angle:.3g}°" in direction


def test_each_scene_has_a_test(scenes):
    assert list(scenes) == [
        "圆碗：一步到底",
        "狭谷：之字",
        "学习率太小",
        "最佳学习率",
        "超过 2/κ",
        "更狭长",
    ]


def test_a_round_bowl_takes_one_step(scenes):
    figure = scenes["圆碗：一步到底"]
    assert (figure.lr, figure.steps, figure.angle) == (1, 1, 0)
    np.testing.assert_array_equal(figure.path().x[1], 0)


def test_the_canyon_zigzags(scenes):
    figure = scenes["狭谷：之字"]
    x = figure.path().x[:20]
    assert np.all(x[1:, 1] * x[:-1, 1] < 0), "陡的方向每步换一边"
    assert np.all(np.diff(np.abs(x[:, 0])) < 0)
    assert np.all(x[1:, 0] * x[:-1, 0] > 0), "平缓的方向慢慢挪"


def test_a_small_rate_does_not_zigzag_but_takes_longer(scenes):
    figure, canyon = scenes["学习率太小"], scenes["狭谷：之字"]
    x = figure.path().x
    assert np.all(x[:30, 1] > 0)
    assert abs(x[50, 1]) < 1e-4 < abs(x[50, 0])
    assert figure.steps > 3 * canyon.steps


def test_the_best_rate_balances_both_directions(scenes):
    figure = scenes["最佳学习率"]
    gentle, steep = np.abs(1 - figure.lr * np.array([1, figure.kappa]))
    assert gentle == pytest.approx(steep)
    assert figure.lr == pytest.approx(figure.best)
    for other in np.linspace(0.05, 0.999, 30):
        assert Conditioning(kappa=30, ratio=other).steps >= figure.steps


def test_beyond_the_limit_only_the_steep_direction_grows(scenes):
    figure = scenes["超过 2/κ"]
    x = np.abs(figure.path().x)
    assert figure.steps == np.inf
    assert np.all(np.diff(x[:, 0]) < 0)
    assert np.all(np.diff(x[:, 1]) > 0)


def test_the_steps_grow_like_the_condition_number(scenes):
    figure, before = scenes["更狭长"], scenes["最佳学习率"]
    assert figure.lr == pytest.approx(figure.best)
    assert figure.steps / before.steps == pytest.approx(100 / 30, rel=0.03)


def test_dragging_the_start_changes_the_angle(stage):
    page = stage(Conditioning(kappa=30, start=[-2.0, 1.0]))
    start = page.get_by_role("slider", name="出发点")
    x, y = centre(start)
    drag(page, start, 60, 30)
    assert centre(start) == pytest.approx((x + 60, y + 30), abs=1)
    figure = Conditioning(kappa=30, start=state(page, "start"))
    assert f"{figure.angle:.3g}°" in readout(page)
    drag(page, start, -900, -900)
    assert state(page, "start") == [-2.4, 1.8]


def test_keys_move_the_start(stage):
    page = stage(Conditioning(start=[0.0, 0.0]))
    assert "出发点就是谷底" in readout(page)
    start = page.get_by_role("slider", name="出发点")
    start.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    settle(page)
    assert state(page, "start") == pytest.approx([0.05, 0.5])
    assert start.get_attribute("aria-valuetext") == "x₁ = 0.05，x₂ = 0.5"


def test_both_axes_have_the_same_unit_so_angles_are_true(stage):
    page = stage(Conditioning(start=[0.0, 0.0]))
    start = page.get_by_role("slider", name="出发点")
    (x, y), move = centre(start), "(p) => window.models[0].set('start', p)"
    page.evaluate(move, [1, 1])
    settle(page)
    dx, dy = np.subtract(centre(start), (x, y))
    assert dx == pytest.approx(-dy, rel=0.01)


def test_the_button_takes_the_best_rate(stage):
    page = stage(Conditioning(kappa=7.0, ratio=0.3))
    page.get_by_role("button", name="取最佳学习率").click()
    best = Conditioning(kappa=7.0, ratio=state(page, "ratio"))
    assert best.lr == pytest.approx(best.best)
    assert f"要 {best.steps:.0f} 步" in readout(page)


def test_a_scene_is_marked_only_while_it_holds(stage):
    page = stage(Conditioning(kappa=12.0))
    stories = {page.locator(".live-story").inner_text()}
    assert pressed(page) == []
    for button in page.get_by_role("group", name="场景").locator("button").all():
        button.click()
        assert pressed(page) == [button.inner_text()]
        stories.add(page.locator(".live-story").inner_text())
    assert len(stories) == 7
    page.get_by_role("slider", name="条件数 κ").focus()
    page.keyboard.press("ArrowLeft")
    assert pressed(page) == []


def test_the_lines_of_the_chart_reach_the_goal_at_the_steps_told(stage):
    page = stage(Conditioning(kappa=30, ratio=0.5))
    gap = page.evaluate("""() => {
        const chart = document.querySelector("[aria-label='两个方向的误差']");
        const corners = chart.querySelector(".live-gentle").getAttribute("d").slice(1).split("L")
            .map((pair) => pair.split(" ").map(Number));
        const [[x1, y1], [x2, y2]] = corners;
        const at = (name, line) => Number(chart.querySelector(line).getAttribute(name));
        const height = at("y1", ".live-reference");
        return x1 + ((height - y1) / (y2 - y1)) * (x2 - x1) - at("x1", ".live-cursor");
    }""")
    assert abs(gap) < 1.5


def test_a_finger_drags_the_start_and_scrolls_elsewhere(stage):
    page = stage(Conditioning(start=[0.5, 0.5]), **PHONE)
    start = page.get_by_role("slider", name="出发点")
    start.evaluate("node => node.scrollIntoView({ block: 'center' })")
    settle(page)
    scrolled, (x, y) = page.evaluate("window.scrollY"), centre(start)
    swipe(page, x, y, 40, 30)
    assert centre(start) == pytest.approx((x + 40, y + 30), abs=2)
    assert page.evaluate("window.scrollY") == scrolled
    swipe(page, x - 120, y + 40, 0, -120)
    page.wait_for_function("(before) => window.scrollY > before + 40", arg=scrolled)


@pytest.mark.parametrize(
    "settings", [{"start": [0, 0]}, {"kappa": 1, "ratio": 0.5}, {"ratio": 1.1}]
)
def test_extreme_states_can_be_drawn(settings):
    assert Conditioning(**settings).picture() == Conditioning(**settings).picture()


def test_a_bad_value_is_refused_in_chinese():
    for name, value in (("kappa", 0.5), ("ratio", 2), ("start", [1.0])):
        with pytest.raises(ValueError, match=rf"^{name} 应是.*得到"):
            Conditioning(**{name: value})
