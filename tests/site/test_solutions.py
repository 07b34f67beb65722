"""参考解答与题目索引，在一个小项目里看。"""

import html
import re
from pathlib import Path

import pytest

from dlbasics.exercises.registry import chapters
from pages import solutions
from tests import small_book

FOLDER = Path(__file__).parents[2] / "book" / "exercises"
CHAPTERS = solutions.in_book_order()
EXERCISES = [exercise for chapter in CHAPTERS.values() for exercise in chapter.exercises]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    notebooks = {
        f"book/exercises/{path.name}": path.read_text(encoding="utf-8").replace(".ipynb)", ".md)")
        for path in FOLDER.glob("*.ipynb")
    }
    bodies = {f"book/{chapter.page}.md": f"# {chapter.title}\n" for chapter in chapters()}
    bodies["book/descent/momentum.md"] += "\n## 别的\n\n话。\n\n## 平台：能滑多远\n\n话。\n"
    bodies["book/appendix/setup.md"] = "# 环境\n"
    names = "\n".join(path.rsplit(".", 1)[0] for path in notebooks | bodies)
    index = f"# 索引\n\n```{{exercise-index}}\n```\n\n```{{toctree}}\n{names}\n```\n"
    index += "\n".join(
        f"[{{exercise-count}}`{name}`](book/exercises/{name}.ipynb)\n" for name in CHAPTERS
    )
    wrong = "---\norphan: true\n---\n\n# 错\n\n```{exercise-index} nowhere\n```\n"
    return small_book.build(
        tmp_path_factory.mktemp("solutions"),
        notebooks | bodies | {"index.md": index, "wrong.md": wrong},
        "pages.solutions",
    )


def text_of(markup):
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def test_only_the_wrong_index_is_reported(book):
    lines = [line for line in book.warnings.splitlines() if re.search("WARNING|ERROR", line)]
    assert all("wrong.md" in line for line in lines), book.warnings
    names = "、".join(CHAPTERS)
    assert f"没有 'nowhere' 这一章的练习；有练习的章：{names}" in book.warnings


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.name)
def test_each_check_is_followed_by_its_folded_solution(book, chapter):
    page = book.page(f"book/exercises/{chapter.name}")
    folds = re.findall(r'<details class="solution">(.*?)</details>', page, re.DOTALL)
    assert len(folds) == len(chapter.exercises)
    assert "<details open" not in page
    for exercise, fold in zip(chapter.exercises, folds, strict=True):
        assert text_of(fold).strip() == f"参考解答\n{exercise.solution}"
        before = text_of(page[: page.index(fold)])
        assert f'check("{exercise.id}", {exercise.name})' in before[before.rindex("check(") :]


def test_index_lists_every_exercise_and_links_to_it(book):
    index = book.page()
    table = index[index.index("<table") : index.index("</table>")]
    rows = [
        [text_of(cell).strip() for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]
    ]
    titles = {chapter.name: chapter.title for chapter in chapters()}
    assert rows == [
        [e.title, e.difficulty, str(e.points), titles[e.id.split("/")[0]]] for e in EXERCISES
    ]
    for page, anchor in re.findall(r'href="(book/exercises/[^"#]+)\.html#([^"]+)"', table):
        assert f'id="{anchor}"' in book.page(page)


def test_the_number_of_exercises_is_counted(book):
    for name, chapter in CHAPTERS.items():
        links = re.findall(rf'href="book/exercises/{name}\.html">(.*?)</a>', book.page())
        assert f"{solutions.chinese(len(chapter.names))}道" in map(text_of, links)


def test_the_order_is_that_of_the_book_and_no_chapter_is_left_out(monkeypatch, tmp_path):
    assert list(CHAPTERS)[:2] == ["image_priors", "local_connectivity"]
    assert set(CHAPTERS) == {chapter.name for chapter in chapters()}
    toc = solutions.TOC.read_text(encoding="utf-8").replace("book/descent/momentum", "book/x")
    monkeypatch.setattr(solutions, "TOC", tmp_path / "_toc.yml")
    solutions.TOC.write_text(toc, encoding="utf-8")
    with pytest.raises(ValueError, match=r"缺 descent/momentum"):
        solutions.in_book_order()


def test_the_section_that_teaches_an_exercise_has_a_lasting_anchor(book):
    page = book.page("book/descent/momentum")
    section = page[page.index('id="for-momentum-half_life"') :]
    assert text_of(section[: section.index("</h2>")].partition(">")[2]).strip().startswith("平台")
    assert page.index('id="for-momentum-crossing"') > page.index("别的")
