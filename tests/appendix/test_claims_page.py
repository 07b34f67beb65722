"""``{claims}`` 排出的页：卡片、锚点、链接，以及缺了勘误框时的警告。"""

import re

import pytest

from tests import small_book

LEDGER = r"""
sections: {hills: 山坡, valleys: 山谷}
claims:
- {id: "1", section: hills, quote: [坡是平的], verdict: [错误], right: '坡度是 $\alpha$。',
   anchor: erratum-1, tests: ["tests/a.py::test_slope"]}
- {id: "2-absent", section: valleys, quote: [], verdict: [正确], right: 谷有底。,
   anchor: bottom, tests: ["tests/a.py::test_bottom"]}
"""
CHAPTER = """# 章

:::{admonition} 勘误
:name: erratum-1

见[第 1 条](ledger.md#claim-1)。
:::

(bottom)=
## 谷
"""


LEDGER_PAGE = "---\norphan: true\n---\n# 账\n\n```{claims} claims.yml\n```\n"


@pytest.fixture
def build(tmp_path):
    """构建章与账两页，返回结果；可以换掉其中一个文件。"""
    files = {"claims.yml": LEDGER, "index.md": CHAPTER, "ledger.md": LEDGER_PAGE}
    return lambda **changed: small_book.build(tmp_path, files | changed, "pages.claims")


def card(html, claim_id):
    """一张卡片的 HTML：从它的锚点到下一张卡片或节末。"""
    start = html.index(f'id="claim-{claim_id}"')
    return re.split(r'class="claim docutils container"|</section>', html[start:])[0]


def test_cards_show_quote_verdict_right_statement_and_place(build):
    book = build()
    assert book.warnings == ""
    html = book.page("ledger")
    first = card(html, "1")
    assert "“坡是平的”" in first and "test_slope" in first and "\\alpha" in first
    assert re.search(r'claim-wrong">错误<', first)
    assert 'href="index.html#erratum-1"' in first and "这一章的勘误框" in first
    second = card(html, "2-absent")
    assert "第 2 条之后" in second and "没有说" in second
    assert 'href="index.html#bottom"' in second and "这一章说到它的地方" in second
    assert re.findall(r'claim-verdict claim-(\w+)"', second) == ["right"]


def test_page_is_grouped_by_section_and_counted(build):
    html = build().page("ledger")
    anchors = ["claims-hills", "claim-1", "claims-valleys", "claim-2-absent"]
    assert re.findall(r'id="(claims?-[\w-]+)"', html) == anchors
    assert "共 2 条。" in html
    counts = re.findall(r">(错误|缺条件|不严谨|笔误|正确)</span> (\d)", html)
    assert dict(counts) == {"错误": "1", "缺条件": "0", "不严谨": "0", "笔误": "0", "正确": "1"}


def test_missing_erratum_box_and_missing_card_are_warnings(build):
    warnings = build(**{"index.md": "# 章\n\n[去](ledger.md#claim-9)\n"}).warnings
    assert "erratum-1" in warnings and "claim-9" in warnings


def test_editing_the_ledger_rebuilds_the_page(build):
    assert "谷没有底" not in build().page("ledger")
    changed = build(**{"claims.yml": LEDGER.replace("谷有底", "谷没有底")})
    assert "谷没有底" in changed.page("ledger")


def test_stylesheet_is_loaded(build):
    book = build()
    assert "claims.css" in book.page("ledger")
    assert (book.html / "_static" / "claims.css").stat().st_size > 0


def test_tests_stand_one_a_line_and_code_in_a_sentence_stays_in_it(build, browser):
    book = build(**{"claims.yml": LEDGER.replace("谷有底", "谷里的 `low` 有底")})
    page = browser.new_page()
    try:
        page.goto((book.html / "ledger.html").as_uri())
        codes = page.locator("#claim-2-absent code")
        shown = codes.evaluate_all("all => all.map(code => getComputedStyle(code).display)")
    finally:
        page.close()
    assert shown == ["inline", "block"]
