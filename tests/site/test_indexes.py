"""索引一页：一幅图不漏，一句误解不漏，都连到讲它的地方。"""

import json
import re
from urllib.parse import unquote

import pytest

from dlbasics.exercises.registry import chapters as exercise_chapters
from dlbasics.exercises.registry import find
from pages import chapters, indexes

PAGE = "book/appendix/indexes"


@pytest.fixture(scope="module")
def article(site):
    page = (site / f"{PAGE}.html").read_text(encoding="utf-8")
    return page.split("<article")[1].split("</article>")[0]


def stored_pictures():
    """各章笔记本里存下的静态图的说明，不经过 ``pages.chapters``。"""
    for page in chapters.chapter_pages():
        notebook = json.loads((chapters.ROOT / f"{page}.ipynb").read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            data = [output.get("data", {}) for output in cell.get("outputs", [])]
            live = any("data-live" in "".join(one.get("text/html", "")) for one in data)
            if any("image/png" in one for one in data) and not live:
                yield cell["metadata"]["mystnb"]


def test_every_static_figure_is_listed_once(article):
    text = re.sub(r"<[^>]+>", "", article)
    pictures = list(stored_pictures())
    assert len(pictures) > 60
    assert article.count('<img class="only-light"') == len(pictures)
    assert [one["image"]["alt"] for one in pictures if one["image"]["alt"] not in text] == []
    numbers = re.findall(r"图 (\d+)\.(\d+)", text)
    assert len(set(numbers)) == len(pictures)
    assert numbers == sorted(numbers, key=lambda number: [*map(int, number)])


def test_the_misconceptions_come_from_the_content(article):
    text = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", article))
    assert sum(1 for _ in indexes.said_wrong()) == article.count('href="provenance.html#claim-')
    for page in chapters.chapter_pages():
        assert len(indexes.listed(page)) >= 3
    for chapter in exercise_chapters():
        count = sum(len({hint.name for hint in one.hints}) for one in chapter.exercises)
        assert f"{chapter.title}：{count}种" in text


def test_a_misconception_with_several_wrong_answers_is_listed_once():
    exercise = find("momentum/update")
    told = indexes.recognized(exercise)
    assert len(told) == len({hint.name for hint in exercise.hints})
    assert told[0] == exercise.hints[0].message


def test_a_chapter_without_misconceptions_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(chapters, "ROOT", tmp_path)
    cell = {"cell_type": "markdown", "source": "# 一章\n\n## 常见误解\n\n没有。\n\n## 小结\n"}
    (tmp_path / "one.ipynb").write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    with pytest.raises(ValueError, match="常见误解"):
        indexes.listed("one")


def test_every_link_leads_somewhere(site, article):
    kept = {}
    links = set(re.findall(r'href="([^":]+)"', article))
    assert len(links) > 60
    for address in links:
        path, _, anchor = unquote(address).partition("#")
        target = ((site / f"{PAGE}.html").parent / path) if path else site / f"{PAGE}.html"
        target = target.resolve()
        if target not in kept:
            kept[target] = set(re.findall(r'\bid="([^"]+)"', target.read_text("utf-8")))
        assert not anchor or anchor in kept[target], address
