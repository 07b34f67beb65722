"""``{claims}`` 排出的页：卡片、锚点、链接，以及缺了勘误框时的警告。"""

import io
import re

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

LEDGER = r"""
sections: {hills: 山坡, valleys: 山谷}
claims:
- {id: "1", section: hills, quote: [坡是平的], verdict: [错误], right: '坡度是 $\alpha$。',
   anchor: erratum-1, tests: ["tests/a.py::test_slope"], status: written}
- {id: "2-absent", section: valleys, quote: [], verdict: [不严谨, 笔误], right: 谷有底。,
   anchor: null, tests: [], status: planned}
"""
CHAPTER = """# 章

:::{admonition} 勘误
:name: erratum-1

见[第 1 条](ledger.md#claim-1)。
:::
"""


@pytest.fixture
def build(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "claims.yml").write_text(LEDGER, encoding="utf-8")
    (source / "index.md").write_text(CHAPTER, encoding="utf-8")
    (source / "ledger.md").write_text(
        "---\norphan: true\n---\n# 账\n\n```{claims} claims.yml\n```\n", encoding="utf-8"
    )

    def run():
        warnings = io.StringIO()
        with docutils_namespace():
            Sphinx(
                source, None, tmp_path / "html", tmp_path / "doctrees", "html",
                confoverrides={
                    "extensions": ["myst_parser", "claims"],
                    "myst_enable_extensions": ["colon_fence", "dollarmath"],
                    "nitpicky": True,
                },
                status=None, warning=warnings,
            ).build()  # fmt: skip
        html = (tmp_path / "html" / "ledger.html").read_text(encoding="utf-8")
        return html, warnings.getvalue()

    run.source = source
    return run


def card(html, claim_id):
    """一张卡片的 HTML：从它的锚点到下一张卡片或节末。"""
    start = html.index(f'id="claim-{claim_id}"')
    return re.split(r'class="claim docutils container"|</section>', html[start:])[0]


def test_cards_show_quote_verdict_right_statement_and_place(build):
    html, warnings = build()
    assert warnings == ""
    first = card(html, "1")
    assert "“坡是平的”" in first and "test_slope" in first and "\\alpha" in first
    assert re.search(r'claim-wrong">错误<', first)
    assert 'href="index.html#erratum-1"' in first and "编写中" not in first
    second = card(html, "2-absent")
    assert "第 2 条之后" in second and "编写中" in second and "没有说" in second
    assert re.findall(r'claim-verdict claim-(\w+)"', second) == ["imprecise", "typo"]


def test_page_is_grouped_by_section_and_counted(build):
    html, _ = build()
    anchors = ["claims-hills", "claim-1", "claims-valleys", "claim-2-absent"]
    assert re.findall(r'id="(claims?-[\w-]+)"', html) == anchors
    assert "共 2 条，其中 1 条" in html
    counts = re.findall(r">(错误|缺条件|不严谨|笔误|正确)</span> (\d)", html)
    assert dict(counts) == {"错误": "1", "缺条件": "0", "不严谨": "1", "笔误": "1", "正确": "0"}


def test_missing_erratum_box_and_missing_card_are_warnings(build):
    (build.source / "index.md").write_text("# 章\n\n[去](ledger.md#claim-9)\n", encoding="utf-8")
    _, warnings = build()
    assert "erratum-1" in warnings and "claim-9" in warnings


def test_editing_the_ledger_rebuilds_the_page(build):
    build()
    ledger = build.source / "claims.yml"
    ledger.write_text(LEDGER.replace("谷有底", "谷没有底"), encoding="utf-8")
    html, _ = build()
    assert "谷没有底" in html


def test_stylesheet_is_loaded_only_where_there_are_cards(build):
    html, _ = build()
    assert "claims.css" in html
    index = (build.source.parent / "html" / "index.html").read_text(encoding="utf-8")
    assert "claims.css" not in index
    assert (build.source.parent / "html" / "_static" / "claims.css").stat().st_size > 0
