"""许可一页：网站里有的，个个有原文。"""

import html
import re

import pytest

from pages import licenses

BOX = re.compile(r'<details class="license"><summary>(.*?)</summary>\n<pre>(.*?)</pre>', re.S)


@pytest.fixture(scope="module")
def boxes(site):
    page = (site / "book" / "appendix" / "licenses.html").read_text(encoding="utf-8")
    return {html.unescape(title): html.unescape(text) for title, text in BOX.findall(page)}


def test_every_text_is_there_whole(boxes, site):
    expected = licenses.everywhere()
    if (site / "_static" / "python").is_dir():
        expected |= licenses.in_the_browser()
    assert boxes == expected
    assert all(len(text) > 100 for text in boxes.values()), boxes


def test_every_library_the_browser_downloads_has_one(boxes, site):
    for wheel in (site / "_static").rglob("*.whl"):
        if not wheel.name.startswith("dlbasics-"):
            assert " ".join(wheel.name.split("-")[:2]) in boxes


def test_the_texts_are_what_they_say(boxes):
    for title, words in {
        "Temml": "Ron Kok", "思源黑体": "SIL OPEN FONT LICENSE", "OpenCC": "Apache License",
        "reveal.js": "Hakim El Hattab", "Bootstrap": "Permission is hereby granted",
        "sphinx-book-theme": "Redistribution and use",
    }.items():  # fmt: skip
        assert any(title in key and words in text for key, text in boxes.items()), title
