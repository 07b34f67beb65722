"""手一动，图就变：鼠标、触摸、键盘、按钮；深浅主题与手机。"""

import pytest

from dlbasics.live import DampingMap, MomentumRace
from tests.conftest import PHONE, PHONE_WIDTH, centre, drag, settle
from tests.live.conftest import EVERY
from tests.live.gestures import pressed, readout, state, swipe, wait_until_still


def test_dragging_the_start_with_the_mouse(stage):
    page = stage(MomentumRace())
    before, told = state(page, "start"), readout(page)
    route = page.locator(".live-panel.live-momentum .live-path").first.get_attribute("d")
    start = page.get_by_role("slider", name="动量法的起点")
    x, y = centre(start)
    drag(page, start, 60, 30)
    after = state(page, "start")
    assert after[0] > before[0] + 0.2
    assert after[1] < before[1] - 0.1
    assert centre(start) == pytest.approx((x + 60, y + 30), abs=1)
    assert readout(page) != told
    assert page.locator(".live-panel.live-momentum .live-path").first.get_attribute("d") != route


def test_the_start_stays_in_view(stage):
    page = stage(MomentumRace())
    drag(page, page.get_by_role("slider", name="梯度下降的起点"), -500, -300)
    assert state(page, "start") == [-2.2, 1.65]


def test_arrow_keys_move_the_start_and_shift_moves_it_further(stage):
    page = stage(MomentumRace(start=[0.0, 0.0]))
    start = page.get_by_role("slider", name="梯度下降的起点")
    start.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    small = state(page, "start")
    page.keyboard.press("Shift+ArrowRight")
    settle(page)
    assert small == pytest.approx([0.044, 0.033])
    assert state(page, "start") == pytest.approx([0.484, 0.033])
    assert start.get_attribute("aria-valuetext") == "x = 0.484，y = 0.033"
    assert float(start.get_attribute("aria-valuenow")) == pytest.approx(0.033)


@pytest.mark.parametrize(
    ("key", "mu"), [("Home", 0), ("End", 0.99), ("PageUp", 0.6), ("PageDown", 0.4)]
)
@pytest.mark.parametrize("name", ["αλ 与 μ", "动量系数 μ"])
def test_home_end_and_page_keys(stage, name, key, mu):
    page = stage(DampingMap(mu=0.5))
    handle = page.get_by_role("slider", name=name)
    handle.focus()
    page.keyboard.press(key)
    settle(page)
    assert state(page, "mu") == pytest.approx(mu)
    now = "node => Number(node.value ?? node.getAttribute('aria-valuenow'))"
    assert handle.evaluate(now) == pytest.approx(mu)


def test_arrow_keys_move_a_slider_exactly_one_step(stage):
    page = stage(MomentumRace(mu=0.5))
    slider = page.get_by_role("slider", name="动量系数 μ")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert state(page, "mu") == pytest.approx(0.51)
    page.keyboard.press("Shift+ArrowLeft")
    assert state(page, "mu") == pytest.approx(0.41)
    settle(page)
    assert slider.get_attribute("aria-valuetext") == "0.41"


def test_every_scene_button_changes_the_story_and_divergence_is_said(stage):
    page = stage(MomentumRace())
    stories = set()
    for title in page.locator(".live-buttons button").all_inner_texts():
        page.get_by_role("button", name=title, exact=True).click()
        diverging = {"只有动量法收敛": 1, "两者都发散": 2}.get(title, 0)
        assert readout(page).count("发散了") == diverging
        stories.add(page.locator(".live-story").inner_text())
    assert len(stories) == 8, "七个场景各一句，不成场景的地形是同一句提示"


def test_a_story_is_told_only_while_it_is_true(stage):
    page = stage(MomentumRace())
    story = page.locator(".live-story")
    page.get_by_role("button", name="冲过头").click()
    assert pressed(page) == ["二次碗", "冲过头"]
    assert "冲过谷底" in story.inner_text()
    page.get_by_role("slider", name="看第几步").focus()
    page.keyboard.press("ArrowLeft")
    assert pressed(page) == ["二次碗", "冲过头"], "看哪一步不改变场景"
    page.get_by_role("slider", name="动量系数 μ").focus()
    page.keyboard.press("ArrowLeft")
    assert pressed(page) == ["二次碗"]
    hint = story.inner_text()
    assert "拖动起点" in hint
    page.get_by_role("button", name="冲进高谷").click()
    assert pressed(page) == ["倾斜双井", "冲进高谷"]
    drag(page, page.get_by_role("slider", name="动量法的起点"), 20, 0)
    assert pressed(page) == ["倾斜双井"]
    assert story.inner_text() == hint
    page.get_by_role("button", name="香蕉谷").click()
    assert pressed(page) == ["香蕉谷"]
    assert story.inner_text() == hint


def test_two_valleys_are_told_apart(stage):
    page = stage(MomentumRace())
    page.get_by_role("button", name="冲进高谷").click()
    plain, momentum = (line for line in readout(page).splitlines() if "：" in line)
    assert "离较高的谷更近" in momentum
    assert "离较高的谷更近" not in plain


def test_choosing_a_terrain_marks_the_button_and_hides_kappa(stage):
    page = stage(MomentumRace())
    assert page.get_by_role("slider", name="条件数 κ").is_visible()
    page.get_by_role("button", name="香蕉谷").click()
    settle(page)
    assert page.get_by_role("button", name="香蕉谷").get_attribute("aria-pressed") == "true"
    assert page.get_by_role("button", name="二次碗").get_attribute("aria-pressed") == "false"
    assert page.get_by_role("slider", name="条件数 κ").is_hidden()


def test_the_curve_can_be_read_step_by_step(stage):
    page = stage(MomentumRace(step=100))
    page.get_by_role("slider", name="看第几步").focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    assert state(page, "step") == 70
    assert readout(page).startswith("第 70 步")
    forces = page.locator(".live-panel.live-momentum .live-forces line")
    assert forces.count() == 2, "还有下一步，画出惯性与梯度"
    chart = page.get_by_role("group", name="损失随步数的变化").bounding_box()
    page.mouse.click(chart["x"] + chart["width"] / 2, chart["y"] + 80)
    assert 40 <= state(page, "step") <= 60


def test_playing_walks_to_the_end(stage):
    page = stage(MomentumRace(steps=20, step=0))
    play = page.get_by_role("button", name="播放")
    play.click()
    page.get_by_role("button", name="暂停").wait_for()
    page.wait_for_function("window.models[0].get('step') === 20", timeout=15_000)
    play.wait_for()


def test_reduced_motion_jumps_to_the_end(stage):
    page = stage(MomentumRace(steps=400, step=0), reduced_motion="reduce")
    page.get_by_role("button", name="播放").click()
    assert state(page, "step") == 400


def test_dragging_on_the_map_updates_prediction_and_measurement(stage):
    page = stage(DampingMap(al=0.1, mu=0.9))
    assert "αλ = 0.1，μ = 0.9：欠阻尼" in readout(page)
    assert "预测每步乘 0.949，实测 0.949" in readout(page)
    drag(page, page.get_by_role("slider", name="αλ 与 μ"), 0, 120)
    assert state(page, "mu") < 0.7
    assert state(page, "al") == pytest.approx(0.1, rel=0.02)
    drag(page, page.get_by_role("slider", name="αλ 与 μ"), 400, 0)
    assert "发散" in readout(page)
    page.keyboard.press("Shift+ArrowDown")
    settle(page)
    assert "发散" in page.get_by_role("slider", name="αλ 与 μ").get_attribute("aria-valuetext")


def test_the_point_lies_on_the_gain_curve(stage):
    page = stage(DampingMap(al=1, mu=0.9))
    gap = """() => {
        const chart = document.querySelector("[aria-label='加速比随 αλ 的变化']");
        const here = chart.querySelector(".live-here");
        const [x, y] = ["cx", "cy"].map((name) => Number(here.getAttribute(name)));
        const corners = chart.querySelector(".live-path").getAttribute("d").slice(1).split("L")
            .map((pair) => pair.split(" ").map(Number));
        return Math.min(...corners.map(([a, b]) => Math.hypot(a - x, b - y)));
    }"""
    for mu in (0.9, 0.5, 0.95):
        page.evaluate("(mu) => window.models[0].set('mu', mu)", mu)
        settle(page)
        assert page.evaluate(gap) < 0.2


def test_clicking_the_gain_curve_moves_alpha_lambda(stage):
    page = stage(DampingMap(al=0.1, mu=0.9))
    page.get_by_role("slider", name="αλ", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    assert state(page, "al") < 0.1
    chart = page.get_by_role("group", name="加速比随 αλ 的变化").bounding_box()
    page.mouse.click(chart["x"] + 60, chart["y"] + 100)
    assert state(page, "al") < 3e-4
    assert "动量法快" in readout(page)


def test_the_screen_reader_hears_only_the_last_state(stage):
    page = stage(DampingMap())
    page.locator(".live-handle").wait_for()
    heard = page.evaluate("""async () => {
        const spoken = document.querySelector("[aria-live=polite]");
        const handle = document.querySelector(".live-handle");
        const heard = [];
        new MutationObserver(() => heard.push(spoken.textContent))
            .observe(spoken, { childList: true });
        for (let k = 0; k < 5; k++) {
            handle.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown" }));
            for (let f = 0; f < 2; f++) await new Promise((done) => requestAnimationFrame(done));
        }
        await new Promise((done) => setTimeout(done, 1600));
        return heard;
    }""")
    assert len(heard) == 1
    assert "μ = 0.85" in heard[0]


def test_a_finger_scrolls_over_a_slider_and_moves_it_sideways(stage):
    page = stage(MomentumRace(mu=0.5), **PHONE)
    slider = page.get_by_role("slider", name="动量系数 μ")
    slider.evaluate("node => node.scrollIntoView({ block: 'end' })")
    settle(page)
    scrolled, (x, y) = page.evaluate("window.scrollY"), centre(slider)
    swipe(page, x + 80, y, 6, -150)
    page.wait_for_function("(before) => window.scrollY > before + 40", arg=scrolled)
    wait_until_still(page)
    assert state(page, "mu") == 0.5
    assert slider.input_value() == "0.5"
    slider.scroll_into_view_if_needed()
    wait_until_still(page)
    x, y = centre(slider)
    swipe(page, x, y, 80, 6)
    assert state(page, "mu") > 0.6
    assert float(slider.input_value()) == state(page, "mu")
    page.touchscreen.tap(x - 80, y)
    settle(page)
    assert state(page, "mu") < 0.4


def test_on_a_phone_the_sliders_are_right_below_the_pictures(stage):
    page = stage(MomentumRace(), DampingMap(), **PHONE)

    def top(selector):
        return page.locator(selector).first.bounding_box()["y"]

    race, damping = "[data-live=momentum_race] ", "[data-live=damping_map] "
    walk = "[aria-label=误差随步数的变化]"
    assert top(f"{race}.live-legend") < top(f"{race}.live-controls")
    assert top(f"{race}.live-controls") < top(f"{race}[aria-label=损失随步数的变化]")
    assert top(f"{damping}[aria-label=阻尼相图]") < top(f"{damping}.live-controls")
    assert top(f"{damping}.live-controls") < top(f"{damping}{walk}")
    assert top(f"{damping}{walk}") < top(f"{damping}[aria-label='加速比随 αλ 的变化']")


def test_a_wide_page_keeps_the_map_and_the_walk_side_by_side(stage):
    page = stage(DampingMap())
    left, right = (one.bounding_box() for one in page.locator(".live-panels > .live-panel").all())
    assert left["y"] == right["y"]
    assert left["y"] + left["height"] < page.locator(".live-controls").bounding_box()["y"]


@pytest.mark.parametrize(
    ("figure", "name"), [(MomentumRace, "动量法的起点"), (DampingMap, "αλ 与 μ")]
)
def test_a_finger_drags_the_handle_and_scrolls_elsewhere(stage, figure, name):
    page = stage(figure(), **PHONE)
    handle = page.get_by_role("slider", name=name)
    handle.scroll_into_view_if_needed()
    page.evaluate("window.scrollBy(0, 60)")
    settle(page)
    scrolled = page.evaluate("window.scrollY")
    x, y = centre(handle)
    swipe(page, x, y, 50, 40)
    assert centre(handle) == pytest.approx((x + 50, y + 40), abs=2)
    assert page.evaluate("window.scrollY") == scrolled
    x, y = centre(handle)
    swipe(page, x + 120, y + 60, 0, -120)
    page.wait_for_function("(before) => window.scrollY > before + 40", arg=scrolled)


@pytest.mark.parametrize("figure", EVERY)
def test_a_phone_has_no_sideways_scrolling_and_large_targets(stage, figure):
    page = stage(figure(), **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH
    for target in page.locator(".live-button:visible, input:visible").all():
        assert target.bounding_box()["height"] >= 44
    for grip in page.locator(".live-grip").all():
        assert grip.bounding_box()["width"] == pytest.approx(44, abs=0.5)
    left = [one.bounding_box()["x"] for one in page.locator(".live-panels > .live-panel").all()]
    assert len(set(left)) <= 1, "窄屏上下叠放"


@pytest.mark.parametrize("figure", EVERY)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_the_page_in_both_themes(stage, figure, theme):
    page = stage(figure(), theme=theme)
    contrast = """() => {
        const el = document.querySelector(".live");
        const channel = (hex, k) => {
            const c = parseInt(hex.slice(1 + 2 * k, 3 + 2 * k), 16) / 255;
            return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        };
        const light = (name) => {
            const hex = getComputedStyle(el).getPropertyValue(name).trim();
            return 0.2126 * channel(hex, 0) + 0.7152 * channel(hex, 1) + 0.0722 * channel(hex, 2);
        };
        const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const papers = ["--live-paper", "--live-soft"].map(light);
        const worst = (name) => Math.min(...papers.map((paper) => ratio(light(name), paper)));
        const names = ["ink", "muted", "bad", "gd", "momentum", "warm", "cool", "window"];
        return names.map((name) => worst(`--live-${name}`));
    }"""
    ink, muted, bad, *lines = page.evaluate(contrast)
    assert min(ink, muted, bad) >= 4.5, "文字"
    assert min(lines) >= 3, "线条"


def test_two_figures_on_one_page_keep_their_own_state(stage):
    page = stage(DampingMap(mu=0.9), DampingMap(mu=0.5))
    page.get_by_role("slider", name="动量系数 μ").first.focus()
    page.keyboard.press("ArrowLeft")
    mus = page.evaluate("window.models.map((model) => model.get('mu'))")
    assert mus == pytest.approx([0.89, 0.5])
