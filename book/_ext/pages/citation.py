"""怎样引用这门课：由 ``CITATION.cff`` 与 ``LICENSE`` 写出一条文字，一条 BibTeX。

写法::

    ```{citation}
    ```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from pages.page_footer import ROOT

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FILE, LICENSE = ROOT / "CITATION.cff", ROOT / "LICENSE"


def citation() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def year() -> str:
    """版权声明里的年份。"""
    return re.search(r"Copyright \(c\) (\d{4})", LICENSE.read_text(encoding="utf-8"))[1]


class Citation(SphinxDirective):
    """``{citation}``：见模块说明。"""

    def run(self) -> list[nodes.Node]:
        for file in (FILE, LICENSE):
            self.env.note_dependency(str(file))
        told = citation()
        (author,) = (author["name"] for author in told["authors"])
        text = f"{author}，《{told['title']}》，{told['version']} 版，{year()}。"
        bibtex = "\n".join(
            [
                "@software{dlbasics,",
                f"  title   = {{{told['title']}}},",
                f"  author  = {{{{{author}}}}},",
                f"  version = {{{told['version']}}},",
                f"  year    = {{{year()}}},",
                "}",
            ]
        )
        return [nodes.paragraph("", text), nodes.literal_block(bibtex, bibtex, language="bibtex")]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("citation", Citation)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
