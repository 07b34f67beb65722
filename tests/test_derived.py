"""手写在几处的清单没有漏掉什么：目录里添了一章、一本练习，封面、README 也要有。"""

import json
import re
from pathlib import Path

import pytest
import yaml

from pages import solutions

ROOT = Path(__file__).parents[1]
PARTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
PAGES = {part["caption"]: [Path(page["file"]) for page in part["chapters"]] for part in PARTS}
BODY = ("卷积", "下降", "实践")
CHAPTERS = [page for part in BODY for page in PAGES[part]]


def title(page):
    """一章的标题：笔记本里第一个标题。"""
    cells = json.loads((ROOT / page).with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"]
    return re.search(r"^# (.+)$", "".join(cells[0]["source"]), re.MULTILINE)[1]


def rows(text, heading):
    """一节里的表格行，和行里连着的笔记本。"""
    section = text.split(f"\n{heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if "|" in line]
    return [re.findall(r"\(([\w/]+)\.ipynb\)", line) for line in lines]


def test_every_notebook_is_in_the_contents():
    stored = {
        path.relative_to(ROOT).with_suffix("")
        for path in (ROOT / "book").rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    }
    assert stored == {page for pages in PAGES.values() for page in pages if page in stored}


def test_every_chapter_has_its_exercises_in_the_same_order():
    assert [chapter.page for chapter in solutions.in_book_order().values()] == [
        page.relative_to("book").as_posix() for page in CHAPTERS
    ]
    exercises = [page.name for page in PAGES["练习"] if page.name != "index"]
    assert exercises == [page.name for page in CHAPTERS]


def test_the_map_on_the_cover_lists_every_chapter_and_its_exercises():
    cover = (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    wanted = [[page.relative_to("book").as_posix(), f"exercises/{page.name}"] for page in CHAPTERS]
    assert [row for row in rows(cover, "## 课程地图") if row] == wanted
    for page in CHAPTERS:
        assert f"[{title(page)}]({page.relative_to('book').as_posix()}.ipynb)" in cover


@pytest.mark.parametrize("part", BODY[:2])
def test_the_readme_counts_the_chapters(part):
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("\n", "")
    names = "、".join(map(title, PAGES[part]))
    assert f"{part}{solutions.chinese(len(PAGES[part]))}章（{names}）" in readme
    assert f"{solutions.chinese(len(CHAPTERS))}章：" in readme
