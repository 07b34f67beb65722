r"""构建时用 KaTeX 把公式排成 HTML，读者的浏览器里没有公式脚本。

``katex.min.js`` 在 V8（mini-racer）里运行，不需要 Node。写错的公式是一条带位置的警告，
所以 ``-W`` 的构建会失败。
"""

from __future__ import annotations

import atexit
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from py_mini_racer import MiniRacer
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.fileutil import copy_asset
from sphinx.util.math import get_node_equation_number

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

KATEX = Path(__file__).parents[1] / "_assets" / "vendor" / "katex"
SERVED = ("katex.min.css", "LICENSE", "fonts")
RENDER = """
function render(tex, displayMode) {
  try {
    return JSON.stringify({html: katex.renderToString(tex, {displayMode, strict: "ignore"})});
  } catch (error) {
    return JSON.stringify({error: error.message});
  }
}
"""

logger = logging.getLogger(__name__)


@cache
def engine() -> MiniRacer:
    """装好 KaTeX 的 JavaScript 引擎，一次构建只启动一次。"""
    racer = MiniRacer()
    atexit.register(racer.close)  # 不先关上，Python 3.13 退出时会一直等它的线程
    racer.eval((KATEX / "katex.min.js").read_text(encoding="utf-8"))
    racer.eval(RENDER)
    return racer


@cache
def render(tex: str, *, display: bool = False) -> str:
    r"""把一条 LaTeX 公式排成 HTML。

    Parameters
    ----------
    tex : str
        公式，不带 ``$``。
    display : bool
        是否独占一行。

    Returns
    -------
    str
        一段 HTML，其中也有给读屏软件的 MathML。

    Raises
    ------
    ValueError
        KaTeX 读不懂这条公式。

    Examples
    --------
    >>> render("x")[:20]
    '<span class="katex">'
    """
    result = json.loads(engine().call("render", tex, display))
    if "error" in result:
        raise ValueError(f"公式 {tex!r} 排不出来：{result['error']}")
    return result["html"]


def wrap_lines(tex: str) -> str:
    r"""给直接写了换行（``\\`` 或空行）的行间公式套上 ``aligned``。"""
    parts = [part.strip() for part in tex.split("\n\n") if part.strip()]
    joined = r"\\".join(parts)
    if len(parts) == 1 and (r"\\" not in joined or r"\begin" in joined):
        return joined
    return rf"\begin{{aligned}}{joined}\end{{aligned}}"


def append_math(translator: HTML5Translator, node: nodes.Element, tex: str, display: bool) -> None:
    try:
        translator.body.append(render(tex, display=display))
    except ValueError as error:
        logger.warning(str(error), location=node, type="katex")
        translator.body.append(f"<code>{translator.encode(tex)}</code>")


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(translator.starttag(node, "span", "", CLASS="math notranslate"))
    append_math(translator, node, node.astext(), display=False)
    translator.body.append("</span>")
    raise nodes.SkipNode


def visit_math_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate"))
    tex = node.astext() if node["nowrap"] else wrap_lines(node.astext())
    append_math(translator, node, tex, display=True)
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def copy_assets(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        for name in SERVED:
            target = Path(app.outdir, "_static", "katex")
            copy_asset(KATEX / name, target / name if (KATEX / name).is_dir() else target)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("katex", (visit_math, None), (visit_math_block, None))
    app.connect("build-finished", copy_assets, priority=400)
    app.connect("builder-inited", lambda app: app.add_css_file("katex/katex.min.css"))
    return {"parallel_read_safe": True, "parallel_write_safe": False}
