"""方法的颜色：静态图、网页、可操作的图里是同一对。"""

import re

import pytest

from dlbasics.figures.style import GRADIENT_DESCENT, MOMENTUM
from dlbasics.live.modules import HERE

COURSE = (HERE.parents[1] / "book" / "_assets" / "course.css").read_text(encoding="utf-8")
LIVE = (HERE / "live.css").read_text(encoding="utf-8")


def values(css: str, variable: str) -> list[str]:
    """一个变量的两个值：浅色主题的在前，深色的在后。"""
    return re.findall(rf"--{variable}: (#[0-9a-f]{{6}});", css)


@pytest.mark.parametrize(
    ("live", "course", "figure"),
    [
        ("live-gd", "course-gradient-descent", GRADIENT_DESCENT),
        ("live-momentum", "course-momentum", MOMENTUM),
    ],
)
def test_a_method_has_one_color_in_each_theme(live, course, figure):
    light, dark = values(COURSE, course)
    assert values(LIVE, live) == [light, dark]
    assert light == figure.lower()
    assert light != dark
