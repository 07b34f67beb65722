"""场景里说的话都成立；用 dlbasics 重算，不用网页的结果。"""

import numpy as np
import pytest

from dlbasics.live import MomentumRace


@pytest.fixture(scope="module")
def ends(scripts):
    """场景名 → (地形, 梯度下降的路, 动量法的路)。"""
    told = scripts.evaluate("race.SCENES.map(({ title, settings }) => [title, settings])")
    races = {title: MomentumRace(**settings) for title, settings in told}
    return {title: (race.terrain(), *race.paths()) for title, race in races.items()}


def test_each_scene_has_a_test(ends):
    easy = {"峡谷里更快", "冲过头", "圆碗里更慢"}
    assert set(ends) == easy | {"只有动量法收敛", "两者都发散", "冲进高谷", "冲出高谷"}


def test_momentum_is_faster_in_the_ravine(ends):
    _, plain, momentum = ends["峡谷里更快"]
    assert momentum.loss[-1] < plain.loss[-1] / 1000
    flat, steep = np.abs(momentum.x[-1]) / np.abs(plain.x[-1])
    assert steep > 100, "动量法在陡的方向摆得更久"
    assert flat < 0.01, "在缓的方向快得多"


def test_too_much_momentum_overshoots(ends):
    _, plain, momentum = ends["冲过头"]
    assert plain.loss[-1] < momentum.loss[-1]
    assert momentum.x[:, 0].max() > 0.5, "冲过了谷底"


def test_gradient_descent_wins_in_a_round_bowl(ends):
    _, plain, momentum = ends["圆碗里更慢"]
    assert plain.steps_to(1e-6) < 10 < momentum.steps_to(1e-3)


def test_only_momentum_converges(ends):
    _, plain, momentum = ends["只有动量法收敛"]
    assert plain.loss[-1] > 1e6
    assert momentum.loss[-1] < 1e-6


def test_both_diverge(ends):
    _, plain, momentum = ends["两者都发散"]
    assert min(plain.loss[-1], momentum.loss[-1]) > 1e6


@pytest.mark.parametrize(("title", "plain_wins"), [("冲进高谷", True), ("冲出高谷", False)])
def test_momentum_changes_the_valley_for_worse_or_better(ends, title, plain_wins):
    land, plain, momentum = ends[title]
    lower, higher = land.minima
    good, bad = (plain, momentum) if plain_wins else (momentum, plain)
    np.testing.assert_allclose(good.x[-1], lower, atol=0.1)
    np.testing.assert_allclose(bad.x[-1], higher, atol=0.1)
    assert plain.loss[-20] - plain.loss[-1] > 1e-4, "梯度下降还在走"
    assert momentum.loss[-20] - momentum.loss[-1] < 1e-9, "动量法停住了"
