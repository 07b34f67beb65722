r"""构建时把公式排成 MathML，由浏览器自己画；读者的浏览器里没有公式脚本。

一条公式只有一份：看的、读屏软件念的、查找到的都是它，元素不到 KaTeX 的三分之一。
``temml.min.js`` 在 V8（mini-racer）里运行，不需要 Node。写错的公式是一条带位置的警告，
所以 ``-W`` 的构建会失败。字体是 Latin Modern Math，构建结束时裁到只剩书里用到的字。
"""

from __future__ import annotations

import atexit
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import decomposition
from unicodedata import name as character_name
from xml.etree import ElementTree

from docutils import nodes
from fontTools import subset
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont
from py_mini_racer import MiniRacer
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.fileutil import copy_asset
from sphinx.util.math import get_node_equation_number

from delivery.page_assets import ASSETS, serve_assets

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

TEMML = ASSETS / "vendor" / "temml" / "temml.min.js"
FONT = ASSETS / "vendor" / "latin-modern-math" / "latinmodern-math.woff2"
RENDER = """
function render(tex, displayMode) {
  const options = {displayMode, wrap: displayMode ? "none" : "tex", throwOnError: true};
  try {
    return JSON.stringify({mathml: temml.renderToString(tex, options)});
  } catch (error) {
    return JSON.stringify({error: error.message});
  }
}
"""
FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")

SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}

#: 自己就是一行的元素，里面不必再有 ``mrow``。
ROWS = {"mrow", "mtd", "msqrt", "mstyle"}

#: 不在文字里、由标签画出的字：根号。
DRAWN = "√"

#: ``mathml.css`` 里有的类名。
STYLED = re.compile(r"tml-(jot|left|right)|chr-\w+|wbk-(\w+-)?acc|tall")

#: 内容比这还高（含下面伸出的，单位 em），根号就用大一号的。
SMALL_RADICAL = 0.8

#: 行内公式不超过这么多字，就不在中间换行。
UNBROKEN = 14

logger = logging.getLogger(__name__)


@cache
def engine() -> MiniRacer:
    """装好 Temml 的 JavaScript 引擎，一次构建只启动一次。"""
    racer = MiniRacer()
    atexit.register(racer.close)  # 不先关上，Python 3.13 退出时会一直等它的线程
    racer.eval(TEMML.read_text(encoding="utf-8"))
    racer.eval(RENDER)
    return racer


@cache
def render(tex: str, *, display: bool = False) -> str:
    r"""把一条 LaTeX 公式排成 MathML。

    Parameters
    ----------
    tex : str
        公式，不带 ``$``。
    display : bool
        是否独占一行。

    Returns
    -------
    str
        一个 ``<math>``；长的行内公式是几个，中间的 ``<wbr/>`` 许可换行。

    Raises
    ------
    ValueError
        Temml 读不懂这条公式。

    Examples
    --------
    >>> render("x^2")
    '<math><msup><mi>x</mi><mn>2</mn></msup></math>'
    """
    result = json.loads(engine().call("render", tex, display))
    if "error" in result:
        raise ValueError(f"公式 {tex!r} 排不出来：{result['error']}")
    whole = ElementTree.fromstring(result["mathml"])
    lower_primes(whole)
    part_lists(whole)
    mark_radicals(whole)
    set_tight(whole, display=display)
    keep_styled(whole)
    flatten(whole)
    pieces = [list(piece) if piece.tag == "mrow" else [piece] for piece in whole]
    if display or sum(map(len, whole.itertext())) <= UNBROKEN:
        pieces = [[element for piece in pieces for element in piece]]
    return "<wbr/>".join(as_math(piece, whole.attrib) for piece in pieces)


def lower_primes(element: ElementTree.Element) -> None:
    """撇号的字形本来就在高处，不再放进上标。"""
    for inner in element.iter("msup"):
        if "tml-prime" in inner[1].get("class", "").split():
            inner.tag = "mrow"
            inner[1].attrib |= {"form": "postfix", "lspace": "0", "rspace": "0"}


def part_lists(element: ElementTree.Element) -> None:
    """``(4,6)`` 是两个数：Temml 把它读成一个带千位撇的数，逗号后面就没有空。"""
    children: list[ElementTree.Element] = []
    for inner in element:
        part_lists(inner)
        numbers = (inner.text or "").split(",") if inner.tag == "mn" else []
        row = [inner] if len(numbers) < 2 else list(separated(numbers))
        if len(row) > 1 and element.tag not in ROWS | {"math"}:
            inner = ElementTree.Element("mrow")
            inner.extend(row)
            row = [inner]
        children.extend(row)
    element[:] = children


def separated(numbers: Iterable[str]) -> Iterator[ElementTree.Element]:
    for place, number in enumerate(numbers):
        if place:
            comma = ElementTree.Element("mo", {"separator": "true"})
            comma.text = ","
            yield comma
        one = ElementTree.Element("mn")
        one.text = number
        yield one


def mark_radicals(element: ElementTree.Element) -> None:
    """内容高的根号写上 ``tall``：Chromium 给大号与小号留的空不一样，样式里分开收。"""
    for radical in element.iter("msqrt"):
        if any(inner.tag in SCRIPTS | {"mfrac"} for inner in radical.iter()) or (
            height("".join(radical.itertext())) > SMALL_RADICAL
        ):
            radical.set("class", "tall")


def height(text: str) -> float:
    """这些字排在一行里有多高，含伸到下面的，单位 em。"""
    extents = [extent(ITALICS.get(character, character)) for character in text]
    return max(top for _, top in extents) - min(bottom for bottom, _ in extents)


@cache
def extent(character: str) -> tuple[float, float]:
    """一个字的下沿与上沿，单位 em；没有笔画的是 0。"""
    font = letters()
    pen = BoundsPen(font.getGlyphSet())
    name = font.getBestCmap().get(ord(character))
    if name:
        font.getGlyphSet()[name].draw(pen)
    _, bottom, _, top = pen.bounds or (0, 0, 0, 0)
    return bottom / font["head"].unitsPerEm, top / font["head"].unitsPerEm


@cache
def letters() -> TTFont:
    return TTFont(FONT)


def set_tight(element: ElementTree.Element, *, display: bool, small: bool = False) -> None:
    """与 TeX 一样，上下标与小号的分数里，运算符两边不留空。"""
    display = element.get("displaystyle", str(display).lower()) == "true"
    small = small and element.get("scriptlevel") != "0"
    if small and element.tag == "mo":
        element.attrib |= {"lspace": "0", "rspace": "0"}
    for place, inner in enumerate(element):
        script = element.tag in SCRIPTS and place > 0
        fraction = element.tag == "mfrac"
        set_tight(
            inner,
            display=display and not (script or fraction),
            small=small or script or (fraction and not display),
        )


def keep_styled(element: ElementTree.Element) -> None:
    """只留样式里有的类名。"""
    for inner in element.iter():
        names = [name for name in inner.get("class", "").split() if STYLED.fullmatch(name)]
        inner.attrib.pop("class", None)
        if names:
            inner.set("class", " ".join(names))


def flatten(element: ElementTree.Element) -> None:
    """去掉可有可无的 ``mrow``；两头的运算符说明了样式，或者没有运算符，去掉以后间距才不变。"""
    for inner in element:
        flatten(inner)
    if element.tag not in ROWS:
        return
    children: list[ElementTree.Element] = []
    for inner in element:
        children.extend(inner if needless(inner) else [inner])
    element[:] = children


def needless(row: ElementTree.Element) -> bool:
    if row.tag != "mrow" or row.attrib or not len(row):
        return False
    stretchy = any(inner.get("stretchy") == "true" for inner in row)
    settled = (inner.tag != "mo" or "form" in inner.attrib for inner in (row[0], row[-1]))
    return not stretchy and all(settled)


def as_math(elements: Iterable[ElementTree.Element], attributes: dict[str, str]) -> str:
    math = ElementTree.Element("math", attributes)
    math.extend(elements)
    return ElementTree.tostring(math, encoding="unicode", short_empty_elements=False)


def wrap_lines(tex: str) -> str:
    r"""给直接写了换行（``\\`` 或空行）的行间公式套上 ``aligned``。"""
    parts = [part.strip() for part in tex.split("\n\n") if part.strip()]
    joined = r"\\".join(parts)
    if len(parts) == 1 and (r"\\" not in joined or r"\begin" in joined):
        return joined
    return rf"\begin{{aligned}}{joined}\end{{aligned}}"


def typeset(translator: HTML5Translator, node: nodes.Element, tex: str, *, display: bool) -> str:
    """排好的公式；排不出来时是一条警告，与写着 TeX 的 ``<code>``。"""
    try:
        return render(tex, display=display)
    except ValueError as error:
        logger.warning(str(error), location=node, type="mathml")
        return f"<code>{translator.encode(tex)}</code>"


def start(translator: HTML5Translator, node: nodes.Element, tag: str, tex: str) -> str:
    """装公式的元素；TeX 写在上面，复制时用。"""
    attributes = {"CLASS": "math notranslate", "data-tex": tex}
    return translator.starttag(node, tag, "", **attributes)


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    tex = node.astext()
    formula = typeset(translator, node, tex, display=False)
    if formula.startswith("<math>") and formula.count("<math>") == 1:
        html = start(translator, node, "math", tex) + formula.removeprefix("<math>")
    else:
        html = f"{start(translator, node, 'span', tex)}{formula}</span>"
    translator.body.append(html)
    raise nodes.SkipNode


def visit_math_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    tex = node.astext() if node["nowrap"] else wrap_lines(node.astext())
    translator.body.append(start(translator, node, "div", tex))
    translator.body.append(typeset(translator, node, tex, display=True))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def characters(pages: Iterable[str]) -> set[str]:
    """这些网页的公式里的字；单个字母画成斜体，所以连它的斜体一起。

    Examples
    --------
    >>> sorted(characters(["x<math><mi>a</mi><mo>&lt;</mo></math>"]))
    ['<', 'a', '√', '𝑎']
    """
    formulas = (formula for page in pages for formula in FORMULA.findall(page))
    used = set(DRAWN).union(*(unescape(TAG.sub("", formula)) for formula in formulas))
    return used | {italic for letter in used & ITALICS.keys() for italic in ITALICS[letter]}


def italics() -> dict[str, str]:
    """字母 → 它的数学斜体：拉丁字母、希腊字母与 ``ℎ``。

    Examples
    --------
    >>> [italics()[letter] for letter in "hκρε"]
    ['ℎ', '𝜅', '𝜌', '𝜀']
    """
    found = {"h": "ℎ"}
    for code in range(0x1D434, 0x1D71C):
        letter = chr(code)
        if character_name(letter, "").startswith("MATHEMATICAL ITALIC "):
            found[chr(int(decomposition(letter).split()[1], 16))] = letter
    return found


ITALICS = italics()


def subset_font(used: set[str], target: Path) -> None:
    """把公式的字体裁到 ``used`` 这些字（连同它们大小不同的样子），写成 ``target``。"""
    options = subset.Options(flavor="woff2", hinting=False, desubroutinize=True, layout_features=[])
    options.drop_tables += ["FFTM"]  # 字体编辑器的时间戳
    font = TTFont(FONT, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(used))
    subsetter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, target, options)


def write_font(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        pages = (path.read_text(encoding="utf-8") for path in Path(app.outdir).rglob("*.html"))
        target = Path(app.outdir, "_static", "math", FONT.name)
        subset_font(characters(pages), target)
        copy_asset(FONT.parent / "LICENSE.txt", target.parent)


def shows_formulas(pagename: str, doctree: nodes.document | None) -> bool:
    formulas = (nodes.math, nodes.math_block)
    return doctree is not None and any(isinstance(node, formulas) for node in doctree.findall())


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    serve_assets(app, "mathml.css", "copy_formulas.js", needed=shows_formulas)
    app.connect("build-finished", write_font)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
