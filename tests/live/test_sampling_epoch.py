"""一轮怎么抽：签与计数两边相同，场景里的话都成立，手能一批一批地走。"""

import re

import numpy as np
import pytest

from dlbasics.live import SamplingEpoch
from dlbasics.live.sampling_epoch import CLASSES, MODES, epoch_order
from tests.conftest import PHONE, PHONE_WIDTH, settle
from tests.live.gestures import pressed, readout, state

SETTINGS = [
    {"mode": mode, "each": each, "batch": batch, "epoch": epoch, "step": step}
    for mode in MODES
    for each, batch, epoch, step in [(10, 16, 1, 4), (4, 40, 3, 1), (12, 7, 50, 18), (5, 1, 2, 0)]
]


@pytest.fixture(scope="module")
def scenes(scripts):
    """场景的名字 → 那时的图。"""
    told = scripts.evaluate("sampling_epoch.SCENES.map(({ title, settings }) => [title, settings])")
    return {title: SamplingEpoch(**settings) for title, settings in told}


@pytest.mark.parametrize("settings", SETTINGS)
def test_batches_and_visits_agree_exactly(scripts, settings):
    figure = SamplingEpoch(**settings)
    told = scripts.evaluate("(now) => sampling_epoch.inspect(now, facts.sampling_epoch)", settings)
    assert told["batches"] == figure.batches()
    assert told["visits"] == figure.visits().tolist()
    assert told["current"] == figure.current()
    assert told["composition"] == figure.composition().tolist()
    assert told["n"] == figure.n


def test_an_order_without_replacement_is_new_in_each_epoch():
    orders = [epoch_order("reshuffle", 100, epoch) for epoch in range(1, 6)]
    assert all(sorted(order) == list(range(100)) for order in orders)
    assert len({tuple(order) for order in orders}) == 5
    assert epoch_order("sorted", 100, 1) == epoch_order("sorted", 100, 9) == list(range(100))


@pytest.mark.parametrize("n", [40, 120])
def test_with_replacement_the_expected_share_is_missed_on_average(n):
    missed = [n - len(set(epoch_order("replace", n, epoch))) for epoch in range(1, 101)]
    assert np.mean(missed) / n == pytest.approx((1 - 1 / n) ** n, abs=0.02)


def lines(scripts, figure):
    told = (
        "(now) => sampling_epoch.sentences(now, sampling_epoch.inspect(now, facts.sampling_epoch))"
    )
    return scripts.evaluate(told, figure.settings())


def test_the_sentences_are_true(scripts, scenes):
    for figure in [*scenes.values(), *(SamplingEpoch(**one) for one in SETTINGS)]:
        missing, contents, last = lines(scripts, figure)
        visits, batches = figure.visits(), figure.batches()
        missed = np.count_nonzero(visits == 0)
        used = f"抽了 {visits.sum()} 次，用到 {figure.n - missed} 个样本，还有 {missed} 个没有用到"
        assert used in missing
        complete = figure.step >= len(batches)
        assert ("平均漏掉" in missing) == (complete and figure.mode == "replace")
        assert ("一轮正好每个一次" in missing) == (complete and figure.mode != "replace")
        if "平均漏掉" in missing:
            assert f"占 {missed / figure.n:.1%}；" in missing
            assert f"(1 − 1/n)ⁿ = {(1 - 1 / figure.n) ** figure.n:.1%}，" in missing
            assert f"1/e = {np.exp(-1):.1%}" in missing
        counts, size = figure.composition(), len(figure.current())
        if size:
            assert f"这一批 {size} 个样本，来自 {np.count_nonzero(counts)} 类" in contents
            assert f"最多的一类占 {counts.max() / size:.1%}" in contents
        else:
            assert contents == "还没有走。"
        short = len(batches[-1])
        if len(batches) == 1:
            assert "一批就是一轮" in last
        elif short == figure.batch:
            assert f"一轮 {len(batches)} 批，每批一样大" in last
        else:
            assert f"最后一批只有 {short} 个" in last
            weight = float(re.search(r"顶别处的 ([\d.]+) 个", last)[1])
            means = np.concatenate([np.full(len(one), 1 / len(one)) for one in batches])
            assert weight == pytest.approx(means[-1] / means[0], rel=5e-3)


def test_each_scene_has_a_test(scenes):
    names = [title.split("：")[0] for title in scenes]
    assert names == ["有放回", "无放回", "不打乱", "最后的短批"]


def test_with_replacement_some_are_used_often_and_a_third_never(scenes):
    figure = scenes["有放回：漏掉三分之一"]
    visits = figure.visits()
    assert figure.step == len(figure.batches())
    assert visits.max() in (3, 4)
    assert 0.3 < np.mean(visits == 0) < 0.43
    assert (1 - 1 / 100) ** 100 == pytest.approx(0.37, abs=0.005)


def test_without_replacement_everyone_is_used_once(scenes):
    figure = scenes["无放回：一个不漏"]
    assert figure.visits().tolist() == [1] * 100
    first = figure.batches()
    figure.epoch = 2
    assert figure.batches() != first


def test_a_sorted_batch_holds_two_or_three_classes(scenes):
    figure = scenes["不打乱：一批只有两三类"]
    classes = {len({k // figure.each for k in one}) for one in figure.batches() if len(one) == 16}
    assert classes == {2, 3}


def test_the_last_batch_is_short(scenes):
    figure = scenes["最后的短批"]
    assert [len(one) for one in figure.batches()] == [32, 32, 32, 4]
    assert len(figure.current()) == 4


def squares(page, kind):
    settle(page)
    return page.locator(f".live-visits .{kind}").count()


def test_walking_batch_by_batch_marks_the_squares(stage):
    page = stage(SamplingEpoch(mode="reshuffle", step=0))
    assert squares(page, "live-visit-0") == 100
    walk = page.get_by_role("button", name="走一批")
    for step in range(1, 8):
        walk.click()
        figure = SamplingEpoch(mode="reshuffle", step=step)
        assert squares(page, "live-visit-1") == figure.visits().sum()
        assert squares(page, "live-drawn") == len(figure.current())
    assert "一轮正好每个一次" in readout(page)
    walk.click()
    assert readout(page).startswith("第 2 轮，走了 0/7 批")


def test_repeated_visits_are_written_in_the_squares(stage):
    figure = SamplingEpoch(mode="replace", step=7)
    page = stage(figure)
    written = page.locator(".live-counts text").all_text_contents()
    assert written == [str(count) for count in figure.visits() if count > 1]


def test_the_bars_are_the_composition_of_the_batch(stage):
    figure = SamplingEpoch(mode="sorted", step=2)
    page = stage(figure)
    settle(page)
    bars = page.locator(".live-share-bar").all()
    widths = np.array([float(bar.get_attribute("width")) for bar in bars])
    np.testing.assert_allclose(widths / widths.sum(), figure.composition() / 16, atol=1e-9)
    fair = page.locator(".live-visits .live-reference").get_attribute("x1")
    assert float(fair) == pytest.approx(widths.sum() / CLASSES)


def test_playing_walks_to_the_end_of_the_epoch_and_stops(stage):
    page = stage(SamplingEpoch(batch=40, step=0))
    play = page.get_by_role("button", name="走完这一轮")
    play.click()
    page.get_by_role("button", name="停", exact=True).wait_for()
    page.wait_for_function("window.models[0].get('step') === 3", timeout=15_000)
    play.wait_for()
    page.wait_for_timeout(700)
    assert (state(page, "epoch"), state(page, "step")) == (1, 3)


def test_a_hand_stops_the_play(stage):
    page = stage(SamplingEpoch(batch=1, step=0))
    page.get_by_role("button", name="走完这一轮").click()
    page.wait_for_function("window.models[0].get('step') > 0", timeout=15_000)
    page.get_by_role("button", name="不打乱", exact=True).click()
    page.get_by_role("button", name="走完这一轮").wait_for()
    step = state(page, "step")
    page.wait_for_timeout(700)
    assert state(page, "step") == step


def test_reduced_motion_jumps_to_the_end(stage):
    page = stage(SamplingEpoch(step=0), reduced_motion="reduce")
    page.get_by_role("button", name="走完这一轮").click()
    assert state(page, "step") == 7


def test_a_new_epoch_and_starting_over(stage):
    page = stage(SamplingEpoch(step=3, epoch=50))
    page.get_by_role("button", name="下一轮").click()
    assert (state(page, "epoch"), state(page, "step")) == (1, 0)
    page.get_by_role("button", name="下一轮").click()
    assert state(page, "epoch") == 2
    page.get_by_role("button", name="重来").click()
    assert (state(page, "epoch"), state(page, "step")) == (1, 0)


def test_keys_change_the_batch_and_start_the_epoch_again(stage):
    page = stage(SamplingEpoch(batch=16, step=4))
    page.get_by_role("slider", name="批量大小 b").focus()
    page.keyboard.press("ArrowRight")
    assert (state(page, "batch"), state(page, "step")) == (17, 0)
    page.get_by_role("slider", name="每类几个样本").focus()
    page.keyboard.press("End")
    settle(page)
    assert state(page, "each") == 12
    assert squares(page, "live-visit") == 120


def test_a_scene_is_marked_only_while_it_holds(stage):
    page = stage(SamplingEpoch())
    stories = {page.locator(".live-story").inner_text()}
    for button in page.get_by_role("group", name="场景").locator("button").all():
        button.click()
        assert pressed(page)[0] == button.inner_text()
        stories.add(page.locator(".live-story").inner_text())
    assert len(stories) == 5
    page.get_by_role("button", name="下一轮").click()
    assert pressed(page) == ["无放回"]


def test_a_finger_taps_the_buttons_and_the_squares_fit_a_phone(stage):
    page = stage(SamplingEpoch(each=12, batch=1, step=0), **PHONE)
    page.get_by_role("button", name="走一批").tap()
    assert state(page, "step") == 1
    settle(page)
    for square in page.locator(".live-visit").all()[:12]:
        box = square.bounding_box()
        assert 0 <= box["x"]
        assert box["x"] + box["width"] <= PHONE_WIDTH
    assert len(page.locator(".live-visit").all()) == 120


def test_the_picture_is_the_same_every_time_and_follows_the_state():
    assert SamplingEpoch().picture() == SamplingEpoch().picture()
    assert SamplingEpoch(mode="sorted").picture() != SamplingEpoch().picture()


def test_a_bad_value_is_refused_in_chinese():
    for name, value in (("mode", "lottery"), ("each", 3), ("batch", 0), ("epoch", 0.5)):
        with pytest.raises(ValueError, match=rf"^{name} 应是.*得到"):
            SamplingEpoch(**{name: value})
