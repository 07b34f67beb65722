"""下载的笔记本：交得了作业，离开网站读得懂，缺了 dlbasics 说怎样装。"""

import re
import sys

import nbformat
import pytest

from in_browser import package_wheel
from in_browser.downloads import PROJECT, plain_text

MYST = re.compile(
    r"^[> ]*(:{3,}|`{3,}\{|\([a-z0-9-]+\)=|\$\$ \()|\{[a-z:]+\}`|\]\((?!https?:)", re.M
)
QUIZ = """\
:::{quiz} speed
多大？

- [ ] 一
  - 少了。
- [x] 二

因为 $1+1=2$。
:::"""


@pytest.fixture(scope="module")
def downloads(site):
    """网站给的每一本，与书里的那一本。"""
    found = sorted((site / "_sources").rglob("*.ipynb"))
    assert len(found) == 16
    names = [path.relative_to(site / "_sources") for path in found]
    return {
        name.as_posix(): tuple(nbformat.read(at / name, 4) for at in (site / "_sources", PROJECT))
        for name in names
    }


def test_only_the_first_code_cell_and_the_words_differ(downloads):
    for name, (ours, book) in downloads.items():
        nbformat.validate(ours)
        first = next(cell for cell in book.cells if cell.cell_type == "code")
        for mine, theirs in zip(ours.cells, book.cells, strict=True):
            if mine.id == first.id:
                assert mine.source.endswith(f"from None\n\n{theirs.source}")
            elif "exercises" in name or mine.cell_type == "code":
                assert mine.source == theirs.source
            assert {**mine, "source": ""} == {**theirs, "source": ""}


def test_chapters_are_plain_markdown(downloads):
    for name, (ours, book) in downloads.items():
        if "exercises" in name:
            continue
        texts = [
            "\n".join(c.source for c in n.cells if c.cell_type == "markdown") for n in (ours, book)
        ]
        assert not MYST.search(texts[0]), (name, MYST.search(texts[0]))
        assert MYST.search(texts[1])


def test_without_dlbasics_the_first_cell_says_how_to_install_it(downloads, site, monkeypatch):
    monkeypatch.setitem(sys.modules, "dlbasics", None)
    for ours, _ in downloads.values():
        first = next(cell for cell in ours.cells if cell.cell_type == "code")
        with pytest.raises(ModuleNotFoundError) as error:
            exec(first.source, {})
        wheel = re.search(r"%pip install 网站/(\S+\.whl)", str(error.value))[1]
        assert (site / wheel).is_file() and wheel.endswith(package_wheel.name())


def test_a_quiz_keeps_its_answer_folded():
    assert plain_text(QUIZ, {}, {}, []).split("\n") == [
        "**小测**", "", "多大？", "", "- 一", "- 二", "",
        "<details><summary>答案</summary>", "", "答案：二", "",
        "- 一：少了。", "", "因为 $1+1=2$。", "", "</details>",
    ]  # fmt: skip


def test_equations_and_references_are_written_out():
    cited = []
    text = plain_text(
        "由 {eq}`eq-a`{footcite:p}`polyak1964`，看{numref}`two-paths`：\n\n$$\nx\n$$ (eq-a)",
        {"eq-a": 3},
        {"two-paths": "两条路"},
        cited,
    )
    assert text == "由 (3)（Polyak，1964），看图“两条路”：\n\n$$\nx\n\\tag{3}\n$$"
    assert plain_text("```{footbibliography}\n```", {}, {}, cited).startswith("- Boris T")
