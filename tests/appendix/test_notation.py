"""符号表与卷积各章的公式互相对得上：表里的符号在所列的章里用到，章里的字母都在表里。

练习的题面也按这张表：大小写大写，逐层的才是带下标的小写。
"""

import re
from functools import cache
from pathlib import Path

import pytest

from dlbasics.exercises.registry import chapters
from tests.claims.sentences import markdown

GLOSSARY = Path(__file__).parents[2] / "book/appendix/glossary.md"
LINK = re.compile(r"\]\(([^)]+\.ipynb)\)")
MATH = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.S)
NOT_SYMBOLS = re.compile(
    r"\\(?:text|mathrm|mathbb|begin|end|operatorname)\{[^}]*\}|\\mathrm\{im2col\}", re.S
)
GREEK = r"\\(?:delta_[yx]|rho|sigma|varphi|Delta|ell)(?![a-zA-Z])"
SYMBOL = re.compile(rf"{GREEK}|\\[a-zA-Z]+|K_[hwt]|[A-Za-z]")


def symbols(text):
    """一段文字的公式里有哪些符号；``\\sum`` 一类的命令不算，``K_h`` 算一个。"""
    formulas = (NOT_SYMBOLS.sub(" ", formula) for formula in MATH.findall(text))
    found = {symbol for formula in formulas for symbol in SYMBOL.findall(formula)}
    return {s for s in found if not s.startswith("\\") or re.fullmatch(GREEK, s)}


@cache
def chapter(path):
    return symbols(markdown(path))


def table():
    """每行：符号的写法、其中的符号、所列的章。"""
    text = GLOSSARY.read_text(encoding="utf-8")
    part = text.split("### 卷积各章")[1].split("\n### ")[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| $")]
    folder = GLOSSARY.parent
    return [
        (
            cells[0].strip(),
            symbols(cells[0]),
            [(folder / x).resolve() for x in LINK.findall(cells[-1])],
        )
        for cells in rows
    ]


ROWS = table()
CHAPTERS = sorted({path for *_, paths in ROWS for path in paths})


@pytest.mark.parametrize("row", ROWS, ids=[name for name, *_ in ROWS])
def test_a_symbol_of_the_table_is_used_where_it_says(row):
    _, names, paths = row
    assert names and paths and all(path.is_file() for path in paths)
    assert all(names & chapter(path) for path in paths)
    assert names <= set().union(*map(chapter, paths))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_letter_of_a_chapter_is_in_the_table(path):
    known = set().union(*(names for _, names, paths in ROWS if path in paths))
    assert chapter(path) <= known


def test_the_four_chapters_are_in_the_table():
    assert CHAPTERS == sorted(GLOSSARY.parents[1].glob("convolution/*.ipynb"))


def test_symbols_are_read_from_formulas_only():
    text = r"第 k 个 $\sum_{u} w_u\,\text{视差}$，$$\delta_y + K_h\times\mathbb{R}^{d}$$"
    assert symbols(text) == {"u", "w", r"\delta_y", "K_h", "d"}


SMALL_SIZE = re.compile(r"(?<![A-Za-z\\])[ks](?![A-Za-z_])|k_[hw]")


@pytest.mark.parametrize("name", ["local_connectivity", "parameter_sharing", "neuron_volumes"])
def test_the_exercises_write_sizes_as_the_table_does(name):
    """核与步幅写 K、S；k_l 那样带层号的不算。"""
    (asked,) = (chapter for chapter in chapters() if chapter.name == name)
    for exercise in asked.exercises:
        formulas = (NOT_SYMBOLS.sub(" ", formula) for formula in MATH.findall(exercise.statement))
        assert not [f for f in formulas if SMALL_SIZE.search(f)], exercise.id
