"""溯源总账：把 ``claims.yml`` 排成一页，每条断言一张卡片。

写法::

    ```{claims} claims.yml
    ```

参数是相对本页的文件名。每张卡片的锚点是 ``claim-<编号>``，章里的勘误框用
``[第 36 条](../appendix/provenance.md#claim-36)`` 指过来。卡片指回章里的勘误框，
用的是普通的交叉引用，所以框不在时构建会报警。总账改动，这一页就重建。
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from delivery.page_assets import has_class, serve_assets

VERDICTS = {
    "错误": "wrong",
    "缺条件": "condition",
    "不严谨": "imprecise",
    "笔误": "typo",
    "正确": "right",
}
ABSENT = "-absent"


def title(claim_id: str) -> str:
    """编号在页上的写法：``36`` 是“第 36 条”，``16-absent`` 是“第 16 条之后”。"""
    number = claim_id.removesuffix(ABSENT)
    return f"第 {number} 条" + ("之后" if claim_id.endswith(ABSENT) else "")


def badge(verdict: str) -> nodes.inline:
    """一枚判定徽章。"""
    return nodes.inline("", verdict, classes=["claim-verdict", f"claim-{VERDICTS[verdict]}"])


class Claims(SphinxDirective):
    """``{claims} 文件``：见模块说明。"""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        relative, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        ledger = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        return [
            self.summary(ledger["claims"]),
            *(
                self.section(slug, name, [c for c in ledger["claims"] if c["section"] == slug])
                for slug, name in ledger["sections"].items()
            ),
        ]

    def summary(self, claims: list[dict]) -> nodes.container:
        """共多少条，每种判定多少条。"""
        counts = Counter(verdict for claim in claims for verdict in claim["verdict"])
        items = [
            nodes.list_item("", nodes.paragraph("", "", badge(v), nodes.Text(f" {counts[v]}")))
            for v in VERDICTS
        ]
        text = f"共 {len(claims)} 条。一条可以有两种判定。"
        return nodes.container(
            "",
            nodes.paragraph("", text),
            nodes.bullet_list("", *items),
            classes=["claim-counts"],
        )

    def section(self, slug: str, name: str, claims: list[dict]) -> nodes.section:
        """原文的一节：标题和它的卡片。"""
        section = nodes.section("", nodes.title("", name), names=[f"claims-{slug}"])
        section += [self.card(claim) for claim in claims]
        self.state.document.note_explicit_target(section)
        return section

    def card(self, claim: dict) -> nodes.container:
        """一条断言：编号与判定，原文，正确说法，出处。"""
        anchor = f"claim-{claim['id']}"
        head = nodes.paragraph(
            "",
            "",
            nodes.reference("", title(claim["id"]), refid=anchor, classes=["claim-number"]),
            *map(badge, claim["verdict"]),
            classes=["claim-head"],
        )
        card = nodes.container("", head, self.fields(claim), names=[anchor], classes=["claim"])
        self.state.document.note_explicit_target(card)
        return card

    def fields(self, claim: dict) -> nodes.definition_list:
        quotes = "……".join(f"“{quote}”" for quote in claim["quote"])
        right, _ = self.parse_inline(claim["right"])
        place = "这一章说到它的地方" if claim["verdict"] == ["正确"] else "这一章的勘误框"
        rows = {
            "原文": [nodes.Text(quotes or "没有说")],
            "应为": right,
            "书中": [self.link(claim["anchor"], place)],
            "测试": [nodes.literal("", test.split("::")[1]) for test in claim["tests"]],
        }
        return nodes.definition_list(
            "",
            *(
                nodes.definition_list_item(
                    "", nodes.term("", label), nodes.definition("", nodes.paragraph("", "", *body))
                )
                for label, body in rows.items()
            ),
            classes=["claim-fields"],
        )

    def link(self, anchor: str, text: str) -> addnodes.pending_xref:
        """指向章里那一处的交叉引用；它不在，``-n -W`` 会发现。"""
        link = addnodes.pending_xref(
            "",
            nodes.inline("", text, classes=["std", "std-ref"]),
            refdomain="std",
            reftype="ref",
            reftarget=anchor,
            refdoc=self.env.docname,
            refexplicit=True,
            refwarn=True,
        )
        self.set_source_info(link)
        return link


def register_anchors(app: Sphinx, doctree: nodes.document) -> None:
    """让别的页能写 ``provenance.md#claim-36``：MyST 只认登记过的锚点。"""
    for card in doctree.findall(nodes.container):
        if "claim" not in card["classes"]:
            continue
        slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
        anchor = card["ids"][0]
        slugs[anchor] = (card.line, anchor, title(anchor.removeprefix("claim-")))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("claims", Claims)
    app.connect("doctree-read", register_anchors)
    serve_assets(app, "claims.css", needed=has_class("claim"))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
