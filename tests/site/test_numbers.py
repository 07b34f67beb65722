"""章、图、公式的编号：章按目录的次序从 1 数起，图与公式各按章数起，引用写的就是这些编号。"""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PARTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
BODY = [part["chapters"] for part in PARTS if part["caption"] in ("卷积", "下降", "实践")]
CHAPTERS = [page["file"] for pages in BODY for page in pages]


@pytest.fixture(scope="module")
def read(site):
    return lambda page: (site / f"{page}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("number", "page"), list(enumerate(CHAPTERS, start=1)))
def test_a_chapter_numbers_what_it_has(read, number, page):
    html = read(page)
    assert f'<h1><span class="section-number">{number}\u2002</span>' in html
    assert re.search(rf'<li class="toctree-l1 current[^>]*><a [^>]*>{number}\u2002', html)
    figures = re.findall(r'<span class="caption-number">([^<]*)</span>', html)
    assert figures == [f"图 {number}.{k} " for k in range(1, len(figures) + 1)]
    assert len(figures) == len(re.findall(r"<figure\b", html)) > 6
    equations = re.findall(r'<span class="eqno">\(([^)]*)\)', html)
    assert equations == [f"{number}.{k}" for k in range(1, len(equations) + 1)]
    numbers = dict(zip(re.findall(r'id="equation-([^"]+)"', html), equations, strict=True))
    for label, shown in re.findall(r'href="#equation-([^"]+)"[^>]*>\(([\d.]+)\)</a>', html):
        assert shown == numbers[label]


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("book/descent/minibatch_sgd", "sorted-figure"),
        ("book/practice/train_a_cnn", "tuning-figure"),
    ],
)
def test_a_reference_to_a_figure_shows_its_number(read, page, name):
    html = read(page)
    figure = html.index(f'id="{name}"')
    number = re.search(r'caption-number">(图 [\d.]+) ', html[figure:])[1]
    shown = re.search(rf'<a [^>]*href="#{name}"><span[^>]*>([^<]*)</span></a>', html)[1]
    assert shown == number


def test_exercises_and_appendices_are_no_chapters(read):
    for part in PARTS:
        if part["chapters"] not in BODY:
            for page in part["chapters"]:
                assert "<h1><span" not in read(page["file"])
