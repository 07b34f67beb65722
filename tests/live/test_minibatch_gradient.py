"""小批量的梯度：签与计算两边相同，场景里的话都成立，手能抽批、能动出发点。"""

import re

import numpy as np
import pytest

from dlbasics.datasets import digits
from dlbasics.linear_models import softmax_regression
from dlbasics.live import MinibatchGradient
from dlbasics.live.draws import choose, choose_with_replacement, mulberry32
from dlbasics.live.minibatch_gradient import SHOWN_STEPS, VIEW, N, features
from tests.conftest import PHONE, centre, drag, settle
from tests.live.gestures import pressed, readout, state, swipe

SETTINGS = [
    {"batch": 1, "draws": 200, "lr": 2.0, "start": [-1.0, 1.5], "seed": 1},
    {"batch": 7, "draws": 33, "lr": 0.3, "start": [4.0, -3.5], "seed": 123},
    {"batch": 64, "draws": 1, "lr": 10.0, "start": [0.0, 0.0], "seed": 9999},
    {"batch": 16, "draws": 0, "lr": 1.0, "start": [6.5, 2.75], "seed": 0},
]


@pytest.fixture(scope="module")
def scenes(scripts):
    """场景的名字 → 那时的图。"""
    told = scripts.evaluate(
        "minibatch_gradient.SCENES.map(({ title, settings }) => [title, settings])"
    )
    return {title: MinibatchGradient(**settings) for title, settings in told}


def inspect(scripts, figure):
    """网页算出的一切。"""
    told = "(now) => minibatch_gradient.inspect(now, facts.minibatch_gradient)"
    return scripts.evaluate(told, figure.settings())


@pytest.mark.parametrize("seed", [0, 1, 9999, 2**31 + 5])
def test_both_sides_draw_the_same_lots(scripts, seed):
    numbers, chosen, repeated = scripts.evaluate(
        """(seed) => {
            const { mulberry32, choose } = minibatch_gradient;
            const random = mulberry32(seed);
            const again = mulberry32(seed);
            return [
                Array.from({ length: 500 }, random),
                [choose(97, 13, again), choose(10, 10, again)],
                sampling_epoch.chooseWithReplacement(41, 30, again),
            ];
        }""",
        seed,
    )
    random, again = mulberry32(seed), mulberry32(seed)
    assert numbers == [random() for _ in range(500)]
    assert chosen == [choose(97, 13, again), choose(10, 10, again)]
    assert repeated == choose_with_replacement(41, 30, again)


def test_the_lots_are_fair():
    random = mulberry32(5)
    values = np.array([random() for _ in range(20_000)])
    assert 0 <= values.min() < 0.001
    assert 0.999 < values.max() < 1
    assert values.mean() == pytest.approx(0.5, abs=0.02)
    assert values.var() == pytest.approx(1 / 12, abs=0.005)
    pairs = np.bincount([5 * a + b for a, b in (choose(5, 2, random) for _ in range(20_000))])
    assert np.count_nonzero(pairs) == 20
    assert pairs[pairs > 0].min() > 850, "每一种先后都应约有 1000 次"


def test_the_samples_are_the_ink_of_real_digits():
    images, labels = digits()
    for label, rows in ((3, features()[:50]), (8, features()[50:])):
        first = images[labels == label][:50, 0]
        left, right = first[:, :, :4].sum(axis=(1, 2)), first[:, :, 4:].sum(axis=(1, 2))
        for ink, column in ((left, rows[:, 0]), (right, rows[:, 1])):
            assert np.corrcoef(ink, column)[0, 1] > 0.9999
    assert MinibatchGradient().samples == features().tolist()


def test_the_gradient_is_that_of_softmax_regression():
    figure = MinibatchGradient(start=[0.7, -0.4])
    x = np.array(figure.samples) / 100
    weight = np.stack([np.zeros(2), figure.start], axis=1)
    loss, grad, _ = softmax_regression(weight, np.zeros(2), x, np.repeat([0, 1], 50))
    assert figure.loss(figure.start) == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(figure.full_gradient(), grad[:, 1], rtol=1e-12)


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_calculations_agree(scripts, settings):
    figure = MinibatchGradient(**settings)
    told = inspect(scripts, figure)
    each = figure.sample_gradients(figure.start)
    assert told["signed"] == figure.signed().tolist()
    np.testing.assert_allclose(told["each"], each, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(told["full"], figure.full_gradient(), rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(
        np.reshape(told["cloud"], (-1, 2)), figure.batch_gradients(), rtol=1e-11, atol=1e-14
    )
    np.testing.assert_allclose(told["lowest"], figure.minimum(), rtol=1e-10)
    for path, full in zip(told["paths"], (False, True), strict=True):
        np.testing.assert_allclose(path, figure.path(full=full), rtol=1e-9, atol=1e-10)
    excess = figure.loss(figure.path()) - figure.loss(figure.minimum())
    np.testing.assert_allclose(told["excess"][0], excess, rtol=1e-7, atol=1e-12)
    assert told["predicted"] == pytest.approx(figure.predicted_variance(), rel=1e-11)
    assert told["floor"] == pytest.approx(figure.floor(), rel=1e-7)
    if figure.draws:
        assert told["measured"] == pytest.approx(figure.measured_variance(), rel=1e-10)
    else:
        assert np.isnan(figure.measured_variance())


def test_the_formula_of_the_variance_is_exact_for_pairs():
    figure = MinibatchGradient(batch=2)
    each = figure.sample_gradients(figure.start)
    first, second = np.triu_indices(N, 1)
    away = (each[first] + each[second]) / 2 - each.mean(axis=0)
    exact = np.sum(away**2, axis=1).mean()
    assert figure.predicted_variance() == pytest.approx(exact, rel=1e-12)


def test_the_minimum_is_a_minimum():
    figure = MinibatchGradient()
    lowest = figure.minimum()
    np.testing.assert_allclose(figure.sample_gradients(lowest).mean(axis=0), 0, atol=1e-14)
    (left, right), (bottom, top) = VIEW
    assert left < lowest[0] < right
    assert bottom < lowest[1] < top


def test_each_scene_has_a_test(scenes):
    assert list(scenes) == ["一次一个样本", "b = 16", "学习率大，徘徊得远", "学习率小，徘徊得近"]


def test_single_samples_scatter_but_their_mean_is_close(scenes):
    figure = scenes["一次一个样本"]
    cloud, full = figure.batch_gradients(), figure.full_gradient()
    assert figure.batch == 1
    assert np.any(cloud @ full < 0), "有的与全梯度方向相反"
    assert np.linalg.norm(cloud.mean(axis=0) - full) < 0.15 * np.sqrt(figure.predicted_variance())
    end = figure.path()[SHOWN_STEPS // 2 :].mean(axis=0)
    start, lowest = np.array(figure.start), figure.minimum()
    assert (end - start) @ (lowest - start) > 0.9 * np.sum((lowest - start) ** 2), "大方向没有错"


def test_sixteen_samples_shrink_the_variance_a_little_more_than_sixteenfold(scenes):
    single, sixteen = scenes["一次一个样本"], scenes["b = 16"]
    ratio = single.predicted_variance() / sixteen.predicted_variance()
    assert ratio == pytest.approx(16 * 99 / 84)
    assert sixteen.measured_variance() == pytest.approx(sixteen.predicted_variance(), rel=0.25)
    assert sixteen.floor() < single.floor() / 5


@pytest.mark.parametrize("seed", range(6))
def test_a_smaller_rate_hovers_closer_and_walks_more_slowly(scenes, seed):
    large, small = scenes["学习率大，徘徊得远"], scenes["学习率小，徘徊得近"]
    assert large.lr == 8 * small.lr
    pair = [
        MinibatchGradient(batch=one.batch, lr=one.lr, start=one.start, seed=seed)
        for one in (large, small)
    ]
    assert pair[1].floor() < pair[0].floor() / 3
    early = [one.loss(one.path(full=True)[10]) for one in pair]
    assert early[0] < early[1], "走得慢"


def test_the_loss_stops_falling_at_the_noise_floor(scenes):
    figure = scenes["学习率大，徘徊得远"]
    excess = figure.loss(figure.path()) - figure.loss(figure.minimum())
    halves = excess[100:200].mean(), excess[200:].mean()
    assert 1 / 3 < halves[0] / halves[1] < 3
    assert excess[200:].max() > 5 * excess[200:].min()


def test_the_sentences_are_true_in_every_scene(scripts, scenes):
    told = """(now) => {
        const at = minibatch_gradient.inspect(now, facts.minibatch_gradient);
        return minibatch_gradient.sentences(now, at).map(([, text]) => text);
    }"""

    def shown(*values):
        return scripts.evaluate("(v) => v.map(minibatch_gradient.number)", list(map(float, values)))

    for figure in [*scenes.values(), *(MinibatchGradient(**one) for one in SETTINGS)]:
        mean, variance, own, full = scripts.evaluate(told, figure.settings())
        assert "全梯度 ({}，{})".format(*shown(*figure.full_gradient())) in mean
        assert "= {}".format(*shown(figure.predicted_variance())) in variance
        if figure.draws:
            centre_of_cloud = shown(*figure.batch_gradients().mean(axis=0))
            assert "{} 批的平均 ({}，{})".format(figure.draws, *centre_of_cloud) in mean
            assert "实测 {}。".format(*shown(figure.measured_variance())) in variance
        else:
            assert "还没有抽" in mean
            assert "实测" not in variance
        assert own.startswith(f"小批量：每步算 {figure.batch} 个样本")
        number = float(re.search(r"平均比最小值高 ([\d.]+)", own)[1])
        assert number == pytest.approx(figure.floor(), rel=5e-3)
        end = figure.loss(figure.path(full=True)[-1]) - figure.loss(figure.minimum())
        assert full.startswith(f"全部样本：每步算 {N} 个样本")
        assert ("不到 10⁻¹²" in full) == (end < 1e-12)


def test_drawing_batches_fills_the_cloud(stage):
    page = stage(MinibatchGradient(draws=0))
    drawn = page.locator(".live-dots.live-batch")
    assert "还没有抽" in readout(page)
    assert (drawn.get_attribute("d") or "").count("h0") == 0
    for title, total in (("抽一批", 1), ("抽二十批", 21), ("抽二百批", 221), ("抽二百批", 400)):
        page.get_by_role("button", name=title).click()
        assert f"抽了 {total} 批" in readout(page)
        assert drawn.get_attribute("d").count("h0") == total
    page.get_by_role("button", name="重来").click()
    assert state(page, "draws") == 0


def test_another_seed_draws_another_cloud(stage):
    page = stage(MinibatchGradient(draws=50))
    drawn = page.locator(".live-dots.live-batch")
    before = drawn.get_attribute("d")
    page.get_by_role("button", name="换一串签").click()
    settle(page)
    assert state(page, "seed") == 2
    assert drawn.get_attribute("d") != before


def test_a_larger_batch_draws_a_smaller_circle(stage):
    page = stage(MinibatchGradient(batch=4))
    ring = page.locator(".live-expected")
    before = float(ring.get_attribute("r"))
    slider = page.get_by_role("slider", name="批量大小 b")
    slider.focus()
    page.keyboard.press("End")
    settle(page)
    assert state(page, "batch") == 64
    factor = (MinibatchGradient(batch=64).predicted_variance()) / (
        MinibatchGradient(batch=4).predicted_variance()
    )
    assert float(ring.get_attribute("r")) / before == pytest.approx(factor**0.5, rel=1e-6)


def test_dragging_the_start_moves_the_cloud_and_the_path(stage):
    page = stage(MinibatchGradient())
    start = page.get_by_role("slider", name="出发点 w")
    told, (x, y) = readout(page), centre(start)
    drag(page, start, 60, 40)
    assert centre(start) == pytest.approx((x + 60, y + 40), abs=1)
    assert readout(page) != told
    start.focus()
    before = state(page, "start")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowLeft")
    settle(page)
    assert state(page, "start") == pytest.approx([before[0] - 1, before[1] + 0.1], abs=1e-3)
    assert start.get_attribute("aria-valuetext").startswith("w₁ = ")


def test_a_scene_is_marked_only_while_it_holds(stage):
    page = stage(MinibatchGradient())
    assert pressed(page) == []
    stories = {page.locator(".live-story").inner_text()}
    for button in page.get_by_role("group", name="场景").locator("button").all():
        button.click()
        assert pressed(page) == [button.inner_text()]
        stories.add(page.locator(".live-story").inner_text())
    assert len(stories) == 5
    page.get_by_role("button", name="抽一批").click()
    assert pressed(page) == []


def test_a_finger_drags_the_start_and_scrolls_elsewhere(stage):
    page = stage(MinibatchGradient(), **PHONE)
    start = page.get_by_role("slider", name="出发点 w")
    start.evaluate("node => node.scrollIntoView({ block: 'center' })")
    settle(page)
    scrolled, (x, y) = page.evaluate("window.scrollY"), centre(start)
    swipe(page, x, y, 50, 30)
    assert centre(start) == pytest.approx((x + 50, y + 30), abs=2)
    assert page.evaluate("window.scrollY") == scrolled
    swipe(page, x + 150, y + 60, 0, -120)
    page.wait_for_function("(before) => window.scrollY > before + 40", arg=scrolled)


def test_the_picture_is_the_same_every_time_and_follows_the_state():
    assert MinibatchGradient().picture() == MinibatchGradient().picture()
    assert MinibatchGradient(draws=0).picture() != MinibatchGradient().picture()


def test_a_bad_value_is_refused_in_chinese():
    for name, value in (("batch", 0), ("draws", 401), ("lr", 0.01), ("seed", 1.5)):
        with pytest.raises(ValueError, match=rf"^{name} 应是.*得到"):
            MinibatchGradient(**{name: value})
