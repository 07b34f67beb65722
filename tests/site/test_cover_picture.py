"""封面的图注说的话：同样的步数，一个停在半路，一个到了谷底。"""

import numpy as np
import pytest

from dlbasics.optimizers import SGD, Momentum
from pages import cover_picture
from tests.conftest import PHONE
from tests.site.conftest import ROOT

PIERCED = """() => {
  const lines = [...document.querySelectorAll(".cover-picture polyline")];
  return [...document.querySelectorAll(".cover-picture text")].filter((text) => {
    const { x, y, width, height } = text.getBBox();
    return lines.some((line) => {
      for (let s = 0; s < line.getTotalLength(); s += 1) {
        const at = line.getPointAtLength(s);
        if (at.x > x && at.x < x + width && at.y > y && at.y < y + height) return true;
      }
      return false;
    });
  }).map((text) => text.textContent);
}"""
"""被线穿过的文字。"""


def distance(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points - cover_picture.MINIMUM, axis=1)


def test_caption_is_true():
    descent = distance(cover_picture.trajectory(SGD(cover_picture.LR)))
    momentum = distance(cover_picture.trajectory(Momentum(cover_picture.LR, cover_picture.MU)))
    assert descent[0] == momentum[0]
    assert 0.3 < descent[-1] / descent[0] < 0.7
    assert momentum[-1] / momentum[0] < 0.05
    caption = (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    assert f"都走 {cover_picture.STEPS} 步" in caption


def test_everything_is_inside_the_picture():
    for optimizer in (SGD(cover_picture.LR), Momentum(cover_picture.LR, cover_picture.MU)):
        x, y = cover_picture.trajectory(optimizer).T
        assert 0 < x.min() < x.max() < cover_picture.WIDTH
        assert 0 < y.min() < y.max() < cover_picture.HEIGHT


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desktop", "phone"])
def test_no_line_runs_through_a_label(new_visit, address, screen):
    page = new_visit(**screen).page
    page.goto(address + "book/index.html")
    assert page.locator(".cover-picture text").count() == 2
    assert page.evaluate(PIERCED) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_cover_has_one_left_edge(new_visit, address, width):
    page = new_visit(viewport={"width": width, "height": 900}).page
    page.goto(f"{address}book/index.html")
    left = "node => Math.round(node.getBoundingClientRect().left)"
    names = ("h1", ".cover-picture svg", ".sd-card", "table.course-map", ".live-gallery li")
    assert len({page.locator(name).first.evaluate(left) for name in names}) == 1
