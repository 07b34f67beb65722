"""样式：一幅图用得到的规则，在 live.css 或它自己的 figure.css 里，不在别的图那里。"""

import re

import pytest

from dlbasics.live.modules import figure_modules, source
from tests.live.conftest import EVERY

FIGURES = [figure.module for figure in EVERY]


def selectors(path):
    """一个样式表里的每一个选择器。"""
    text = re.sub(r"/\*.*?\*/", "", source(path), flags=re.DOTALL)
    heads = re.findall(r"([^{}]+)\{(?=[^{}]*\})", text)
    return [one.strip() for head in heads for one in re.split(r",(?![^(]*\))", head)]


def drawn(name):
    """一幅图画得出来的样式类。"""
    text = "".join(map(source, figure_modules(name)))
    return set(re.findall(r"(?<![\w-])live(?:-\w+)*(?![\w-])", text))


@pytest.mark.parametrize("name", FIGURES)
def test_no_other_figure_keeps_a_rule_this_one_needs(name):
    classes = drawn(name)
    for other in FIGURES:
        for selector in selectors(f"{other}/figure.css") if other != name else ():
            named = set(re.findall(r"\.(live[\w-]*)", selector))
            assert not named <= classes, f"{other}/figure.css 的 {selector} 也管 {name}"


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_styles_only_what_it_draws(name):
    classes = drawn(name) | {"live-figure", *(f"live-visit-{k}" for k in range(4))}
    for selector in selectors(f"{name}/figure.css"):
        assert set(re.findall(r"\.(live[\w-]*)", selector)) <= classes, selector
