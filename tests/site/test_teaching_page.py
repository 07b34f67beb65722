"""教师手册在一个小项目里构建：没有警告，引用的输出与各章的表都在。"""

import html
import json
import re
from pathlib import Path

import pytest

from dlbasics.exercises.registry import chapters
from tests import small_book

BOOK = Path(__file__).parents[2] / "book"


def opening_only(path):
    """只留章首的笔记本：表要的都在里面。"""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"][:4]]
    first = next(i for i, source in enumerate(cells) if "学完这一章" in source)
    notebook["cells"] = [notebook["cells"][first]]
    notebook["cells"][0]["source"] = re.sub(r"\]\([^)]*\)", "]", cells[first])
    return json.dumps(notebook, ensure_ascii=False)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    files = {f"book/{c.page}.ipynb": opening_only(BOOK / f"{c.page}.ipynb") for c in chapters()}
    files["book/appendix/teaching.md"] = (BOOK / "appendix" / "teaching.md").read_text("utf-8")
    for path in (BOOK / "appendix" / "teaching").iterdir():
        files[f"book/appendix/teaching/{path.name}"] = path.read_text("utf-8")
    files["book/appendix/setup.md"] = "(inside)=\n# 环境\n"
    pages = [name.rsplit(".", 1)[0] for name in files if not name.endswith(".txt")]
    files["index.md"] = "# 书\n\n```{toctree}\n" + "\n".join(pages) + "\n```\n"
    return small_book.build(tmp_path_factory.mktemp("teaching"), files, "pages.teaching_plan")


def test_there_is_no_warning(book):
    assert "teaching.md" not in book.warnings, book.warnings


def test_the_page_shows_the_sessions_and_the_plan(book):
    text = html.unescape(re.sub(r"<[^>]+>", "", book.page("book/appendix/teaching")))
    for path in (BOOK / "appendix" / "teaching").iterdir():
        assert path.read_text("utf-8").strip() in text
    points = sum(exercise.points for c in chapters() for exercise in c.exercises)
    assert re.search(rf"合计\s+\d+\s+\d+\s+\d+\s+{points}\b", text)
    assert all(f"{chapter.title}（{chapter.name}）。学完能够" in text for chapter in chapters())
