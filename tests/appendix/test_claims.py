"""总账与正文、测试互相对得上：每条断言有据可查，每个勘误框有账可对。"""

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml

from pages.claims import VERDICTS
from tests.claims.sentences import markdown

ROOT = Path(__file__).parents[2]
LEDGER = yaml.safe_load((ROOT / "book/appendix/claims.yml").read_text(encoding="utf-8"))
CLAIMS = LEDGER["claims"]
each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=[claim["id"] for claim in CLAIMS])
CHAPTERS = sorted({claim["chapter"] for claim in CLAIMS})
TESTS = ROOT / "tests" / "claims"

FIELDS = ["id", "section", "quote", "verdict", "right", "chapter", "anchor", "tests"]
LONGEST_QUOTE = 40
BOX = re.compile(
    r"(?P<labels>(?:^\(\S+\)= *\n)*)^(?P<fence>[:`]{3,})\{admonition\} *(?P<title>.*)\n"
    r"(?P<body>(?s:.*?))^(?P=fence) *$",
    re.M,
)
LABEL = re.compile(r"^\((\S+)\)= *$|^:name: *(\S+) *$", re.M)


def labels(text):
    """``(名字)=`` 与 ``:name: 名字`` 里的名字。"""
    return [before or inside for before, inside in LABEL.findall(text)]


def errata(chapter):
    """一章的勘误框：每个框的名字（框上方的标签和框自己的 name）与内容。"""
    return [
        (labels(box["labels"] + box["body"]), box["body"])
        for box in BOX.finditer(markdown(ROOT / f"{chapter}.ipynb"))
        if box["title"].startswith("勘误") or re.search(r"^:class:.*\berratum\b", box["body"], re.M)
    ]


def names_of_tests(path):
    """一个文件里的测试函数名。"""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if getattr(node, "name", "").startswith("test_")}


def number(claim_id):
    return int(re.match(r"\d+", claim_id)[0])


def test_every_sentence_of_the_source_has_a_row():
    ids = [claim["id"] for claim in CLAIMS]
    assert len(set(ids)) == len(ids) >= 46
    assert {number(claim_id) for claim_id in ids} == set(range(1, 47))
    assert [number(claim_id) for claim_id in ids] == sorted(map(number, ids))
    assert all(re.fullmatch(r"\d+[a-e]?(-absent)?", claim_id) for claim_id in ids)


def test_sections_are_used_and_in_order():
    used = list(dict.fromkeys(claim["section"] for claim in CLAIMS))
    assert used == list(LEDGER["sections"])
    assert all(Path(claim["chapter"]).name.replace("_", "-") in used for claim in CLAIMS)


@each_claim
def test_row_is_well_formed(claim):
    assert list(claim) == FIELDS
    assert claim["verdict"] and set(claim["verdict"]) <= set(VERDICTS)
    assert len(set(claim["verdict"])) == len(claim["verdict"])
    assert claim["verdict"] == ["正确"] or "正确" not in claim["verdict"]
    assert bool(claim["quote"]) != claim["id"].endswith("-absent")


@each_claim
def test_right_statement_is_plain_chinese(claim):
    right = claim["right"]
    assert 1 <= right.count("。") <= 4 and right.endswith("。")
    prose = re.sub(r"\$[^$]*\$|`[^`]*`|\{cite:p\}", " ", right)
    assert not re.search(r"[！!]|显然|[\u4e00-\u9fff][,;:.?]", prose)
    assert not re.search(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", prose)


def test_quotations_are_short_and_differ():
    quotes = [quote for claim in CLAIMS for quote in claim["quote"]]
    assert max(map(len, quotes)) <= LONGEST_QUOTE
    assert [quote for quote, n in Counter(quotes).items() if n > 1] == []


@each_claim
def test_row_has_its_place_in_the_chapter(claim):
    assert labels(markdown(ROOT / f"{claim['chapter']}.ipynb")).count(claim["anchor"]) == 1
    if claim["verdict"] != ["正确"]:
        assert claim["anchor"] == f"erratum-{claim['id']}"
        assert any(claim["anchor"] in names for names, _ in errata(claim["chapter"]))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_erratum_box_points_back_to_its_rows(chapter):
    anchors = {claim["anchor"]: claim["id"] for claim in CLAIMS if claim["chapter"] == chapter}
    for names, body in errata(chapter):
        assert names and set(names) <= set(anchors)
        rows = re.findall(r"\]\(\.\./appendix/provenance\.md#claim-([\w-]+)\)", body)
        assert sorted(rows) == sorted(anchors[name] for name in names)


@each_claim
def test_row_names_all_its_tests(claim):
    path = TESTS / f"test_{Path(claim['chapter']).name}.py"
    prefix = f"test_claim_{claim['id'].replace('-', '')}_"
    named = {f for f in names_of_tests(path) if f.startswith(prefix)}
    assert named
    assert set(claim["tests"]) == {f"{path.relative_to(ROOT).as_posix()}::{name}" for name in named}


def test_claim_tests_all_belong_to_a_row():
    listed = {test for claim in CLAIMS for test in claim["tests"]}
    for chapter in CHAPTERS:
        path = TESTS / f"test_{Path(chapter).name}.py"
        where = path.relative_to(ROOT).as_posix()
        assert {f"{where}::{name}" for name in names_of_tests(path)} <= listed


def test_famous_books_are_checked_by_the_tests_the_page_names():
    page = (ROOT / "book/appendix/provenance.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(test_\w+)`", page)) == names_of_tests(TESTS / "test_famous_books.py")


def test_claim_tests_run_in_the_ordinary_suite():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "tests" in settings["tool"]["pytest"]["ini_options"]["testpaths"]
    for path in TESTS.glob("*.py"):
        code = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(mark|pytest)\.(skip|xfail|importorskip)", code), path
