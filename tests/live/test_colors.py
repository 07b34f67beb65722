"""方法的颜色：静态图、网页、可操作的图里是同一对，只写在一处。"""

import re

import pytest

from dlbasics.figures import style
from dlbasics.live.modules import HERE, every_style

ROOT = HERE.parents[1]
SOURCES = [
    path
    for folder in ("book/_assets", "book/_ext", "book/_templates", "dlbasics")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".css", ".js", ".py", ".html") and "vendor" not in path.parts
]
COLORS = [color for pair in style.accents().values() for color in pair]


def test_each_method_has_a_color_in_each_theme():
    assert style.accents() == {
        "gradient-descent": (style.GRADIENT_DESCENT, COLORS[1]),
        "momentum": (style.MOMENTUM, COLORS[3]),
    }
    assert len(set(COLORS)) == 4


@pytest.mark.parametrize("color", COLORS)
def test_it_is_written_in_one_place(color):
    """暖色冷色是另一对颜色：碰巧相同的，只有深色主题的暖色。"""
    found = {
        (path.name, line.strip())
        for path in SOURCES
        for line in path.read_text(encoding="utf-8").splitlines()
        if color in line.lower()
    }
    assert {name for name, line in found if "--live-warm" not in line} == {"accents.css"}


def test_figures_and_pages_use_the_variables():
    used = set(re.findall(r"var\(--accent-([\w-]+)\)", every_style()))
    assert used == set(style.accents())
    assert every_style().startswith(style.ACCENTS.read_text(encoding="utf-8")[:20])
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    assert "html_css_files: [accents.css, course.css]" in config


def test_the_logo_has_the_color_of_momentum():
    logo = (ROOT / "book" / "_assets" / "logo.svg").read_text(encoding="utf-8")
    assert style.MOMENTUM in logo.lower()
