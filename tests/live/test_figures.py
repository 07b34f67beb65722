"""Python 这一侧：输出可重现，状态有检查，静态图随状态变。"""

import base64
import json
import re

import numpy as np
import pytest

from dlbasics.live import DampingMap, MomentumRace
from tests.live.conftest import EVERY


@pytest.mark.parametrize("kind", EVERY)
def test_html_is_small_and_the_same_every_time(kind):
    html = kind().html()
    assert html == kind().html()
    assert len(html.encode()) < 12_000
    state = re.search(r'<script type="application/json">(.*?)</script>', html)[1]
    assert json.loads(state) == kind().settings()


@pytest.mark.parametrize("kind", EVERY)
def test_the_stored_output_is_reproducible(kind):
    first, second = (kind()._repr_mimebundle_()[0] for _ in range(2))
    view = "application/vnd.jupyter.widget-view+json"
    assert first.pop(view) != second.pop(view)
    assert first == second
    assert set(first) == {"text/plain", "text/html", "image/png"}
    assert kind.title in first["text/plain"]


@pytest.mark.parametrize("kind", EVERY)
def test_the_picture_is_a_small_png(kind):
    picture = base64.b64decode(kind()._repr_mimebundle_()[0]["image/png"])
    assert picture.startswith(b"\x89PNG")
    assert 3_000 < len(picture) < 150_000


def test_the_picture_follows_the_state():
    assert DampingMap(mu=0.9).picture() != DampingMap(mu=0.95).picture()
    assert MomentumRace(step=5).picture() != MomentumRace(step=50).picture()


@pytest.mark.parametrize("landscape", ["quadratic", "rosenbrock", "beale", "tilted_double_well"])
def test_every_landscape_can_be_drawn_even_when_it_diverges(landscape):
    race = MomentumRace(landscape=landscape, lr=4.0, mu=1.0, start=[1.5, 1.5])
    assert race.picture().startswith(b"\x89PNG")


def test_the_race_opens_where_inertia_and_gradient_can_both_be_seen():
    race = MomentumRace()
    _, momentum = race.paths()
    here, before = momentum.x[race.step], momentum.x[race.step - 1]
    inertia, push = race.mu * (here - before), race.lr * race.terrain().grad(here)
    assert min(np.linalg.norm(inertia), np.linalg.norm(push)) > 0.3


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: MomentumRace(landscape="hill"), "landscape"),
        (lambda: MomentumRace(lr=0), "lr"),
        (lambda: MomentumRace(mu=1.1), "mu"),
        (lambda: MomentumRace(mu=float("nan")), "mu"),
        (lambda: MomentumRace(steps=20.5), "steps"),
        (lambda: MomentumRace(start=[1.0]), "start"),
        (lambda: MomentumRace(start=[1.0, float("inf")]), "start"),
        (lambda: DampingMap(al=5), "al"),
        (lambda: DampingMap(mu="0.9"), "mu"),
    ],
)
def test_a_bad_value_is_refused_in_chinese(make, name):
    with pytest.raises(ValueError, match=rf"^{name} 应是.*得到"):
        make()
