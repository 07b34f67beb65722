"""前端读的 facts：每个上下限、每个常数只在 Python 里写一处。"""

import json
import re

import pytest
import traitlets

from dlbasics.live import (
    Conditioning,
    DampingMap,
    DescentStep,
    MomentumRace,
    SamplingEpoch,
    Volume,
    page,
)
from dlbasics.live.descent_step import CHANGE_VIEW
from dlbasics.live.modules import figure_modules, source
from dlbasics.live.traits import Number
from tests.live.conftest import EVERY


@pytest.mark.parametrize("kind", EVERY)
def test_the_facts_are_the_bounds_and_what_python_declares(kind):
    figure = kind()
    assert figure.facts == kind.published()
    assert list(figure.settings()) == figure.facts["state"]
    for name, (low, high) in figure.facts["limits"].items():
        trait = figure.traits()[name]
        assert (low, high) == (trait.low, trait.high)
    for name, names in figure.facts["choices"].items():
        assert names == list(figure.traits()[name].names)
    for name, value in kind.declared.items():
        assert json.dumps(figure.facts[name]) == json.dumps(value)


@pytest.mark.parametrize("kind", EVERY)
def test_the_facts_are_sent_to_the_front_end_and_cannot_be_changed(kind):
    figure = kind()
    assert figure.traits()["facts"].metadata["sync"]
    assert figure.get_state("facts") == {"facts": figure.facts}
    with pytest.raises(traitlets.TraitError, match="read-only"):
        figure.facts = {}


@pytest.mark.parametrize("kind", EVERY)
def test_the_stored_output_does_not_repeat_them(kind):
    assert '"facts"' not in kind().html()
    assert '"limits"' not in kind().html()
    assert page.script([kind.module]).count('"limits": ') == 1


@pytest.mark.parametrize("kind", EVERY)
def test_the_front_end_reads_only_facts_that_python_states(kind):
    text = "".join(map(source, figure_modules(kind.module)))
    read = set(re.findall(r"\bfacts\.(\w+)", text))
    assert read <= set(kind.published()) | {"state"}
    bounds = set(re.findall(r"\blimits\.(\w+)", text))
    assert bounds <= set(kind.published()["limits"])


class NarrowMap(DampingMap):
    """相图，αλ 从 0.01 到 3。"""

    al = Number(0.1, 0.01, 3).tag(sync=True)


def test_a_bound_changed_in_python_moves_the_slider_and_stops_the_hand(stage, monkeypatch):
    monkeypatch.setitem(page.FIGURES, "damping_map", NarrowMap)
    opened = stage(NarrowMap())
    slider = opened.get_by_role("slider", name="αλ", exact=True)
    ends = slider.evaluate("(node) => [node.min, node.max].map((end) => 10 ** Number(end))")
    assert ends == pytest.approx([0.01, 3])
    point = opened.get_by_role("slider", name="αλ 与 μ")
    point.focus()
    opened.keyboard.press("End")
    for _ in range(20):
        opened.keyboard.press("Shift+ArrowRight")
    assert opened.evaluate("window.models[0].get('al')") == 3


class FewClasses(SamplingEpoch):
    """只有三类。"""

    declared = SamplingEpoch.declared | {"classes": 3}


def test_a_constant_changed_in_python_changes_the_drawing(stage, monkeypatch):
    monkeypatch.setitem(page.FIGURES, "sampling_epoch", FewClasses)
    opened = stage(FewClasses(each=5))
    assert opened.locator(".live-visit").count() == 15


class ShortErrors(Conditioning):
    """误差的纵轴从 10⁻³ 到 10²。"""

    declared = Conditioning.declared | {"errors": (1e-3, 1e2)}


class LowMap(DampingMap):
    """相图只画到 αλ = 2、μ = 0.5，误差的纵轴从 10⁻⁴ 到 10。"""

    declared = DampingMap.declared | {
        "view": {"al": (0, 2), "mu": (0, 0.5)},
        "errors": (1e-4, 10),
    }


class ShallowRace(MomentumRace):
    """损失的纵轴至多到 10⁻²。"""

    declared = MomentumRace.declared | {"decades": (-2, 6)}


class LongStep(DescentStep):
    """右图的横轴到 8/L。"""

    declared = DescentStep.declared | {"change_view": CHANGE_VIEW | {"reach": 8}}


class NearVolume(Volume):
    """离得近一倍。"""

    declared = Volume.declared | {"radius": Volume.declared["radius"] / 2}


def test_an_axis_changed_in_python_changes_the_drawing(stage, monkeypatch):
    kinds = [ShortErrors, LowMap, ShallowRace, LongStep, NearVolume]
    usual = drawings(stage(*(kind.__base__() for kind in kinds)))
    for kind in kinds:
        monkeypatch.setitem(page.FIGURES, kind.module, kind)
    changed = drawings(stage(*(kind() for kind in kinds)))
    for kind, before, after in zip(kinds, usual, changed, strict=True):
        assert before != after, kind.__name__
    assert "10−6" in usual[0][1]
    assert "10−6" not in changed[0][1]


def drawings(opened):
    """每幅图的坐标轴上的字；没有坐标轴的，是轮廓。"""
    return opened.evaluate(
        """() => [...document.querySelectorAll(".live-output")].map((figure) =>
            [...figure.querySelectorAll(".live-axes, .live-edges")].map(
                (part) => part.textContent || part.getAttribute("d")))"""
    )
