"""全书检索：在每一节里找，结果直接通到那一节。

全书不过三百来节，所以不用倒排索引：把每一节的标题和正文原样写进 ``_static/search_index.js``，
网页里的 ``section_search.js`` 逐节去找，不靠分词，也就没有“词典里没有的词搜不到”。
只有检索页取这一份；从硬盘直接打开也能用，摘要不必再去取别的页。

术语表给出每个术语的别名：逗号隔开的几种说法、英文、说明里的“也叫某某”。查哪一种都算数，
定义它的那一节排在最前。定义在哪里不必登记：正文第一次写出“术语（English）”的地方就是。
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from docutils import nodes
from sphinx import addnodes

from delivery.page_assets import ASSETS, copy_assets

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

INDEX = "search_index.js"
SEARCH = "section_search.js"
LOADER = """\
addEventListener("DOMContentLoaded", () => {
  document.getElementById("search-results").textContent = "正在翻开全书……";
  requestAnimationFrame(() => setTimeout(() => {
    for (const src of %s) {
      document.head.append(Object.assign(document.createElement("script"), { src, async: false }));
    }
  }));
});"""
"""先画出这一页，再取索引：它比别的都大，不该让页面等它。"""

GLOSSARY = "book/appendix/glossary"
INDEXES = "book/appendix/indexes"
"""这一页上的话都在别处，不再收一遍。"""

SIMPLIFIED = ASSETS / "vendor" / "opencc" / "TSCharacters.txt"
SILENT = (
    nodes.comment, nodes.raw, nodes.literal_block, nodes.image, nodes.caption, nodes.footnote,
    nodes.footnote_reference,
)  # fmt: skip
"""不进索引的：代码、代码的输出、图与图题、参考文献与它们的编号。"""

SYMBOLS = {
    "times": "×", "cdot": "·", "nabla": "∇", "partial": "∂", "infty": "∞", "sum": "∑",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "approx": "≈", "neq": "≠", "pm": "±",
    "to": "→", "in": "∈", "sqrt": "√", "ell": "ℓ", "varphi": "φ", "ast": "*", "star": "*",
    "ne": "≠", "ll": "≪", "propto": "∝", "prod": "∏", "int": "∫", "forall": "∀", "exists": "∃",
    "leftarrow": "←", "xrightarrow": "→", "Longrightarrow": "⟹", "top": "⊤", "varepsilon": "ε",
    "dots": "…", "cdots": "⋯", "quad": " ", "qquad": " ", "lVert": "‖", "rVert": "‖",
    "lvert": "|", "rvert": "|", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
    "max": "max", "min": "min", "ln": "ln", "cos": "cos", "sin": "sin", "tanh": "tanh",
    "lim": "lim", "bmod": "mod",
}  # fmt: skip
SUPERSCRIPTS = str.maketrans("0123456789+-tni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵗⁿⁱ")
PART = r"(\{[^{}]*\}|\\[a-zA-Z]+|\w)\s*"

BLOCKS = (nodes.paragraph, nodes.entry)
QUIZ_BLOCKS = {"legend", "label", "summary", "dd"}
QUIZ_LETTERS = {"quiz-letter", "quiz-key"}
"""小测里各选项的字母与正确答案，不进摘要。"""


@dataclass(frozen=True)
class Section:
    """一节：在哪一页的哪一处，属于哪一章，标题与正文（不含下面各小节的）。"""

    page: str
    anchor: str
    chapter: str
    title: str
    text: str


@dataclass(frozen=True)
class Term:
    """一个术语：中文、英文与别名，和定义它的是第几节（找不到就是 ``None``）。"""

    names: tuple[str, ...]
    defined: int | None


def formula_text(latex: str) -> str:
    r"""公式里读者会输入的符号。

    >>> formula_text(r"\nabla f(x)=3\times3,\ \alpha\lambda,\ \frac{1}{1-\mu}")
    '∇ f(x)=3×3,αλ,1/(1-μ)'
    >>> formula_text(r"v\leftarrow\tfrac12\lambda_\max x^2")
    'v←1/2λmax x²'
    """

    def symbol(match: re.Match) -> str:
        name = match[1]
        size = "CAPITAL" if name[0].isupper() else "SMALL"
        greek = f"GREEK {size} LETTER {name.upper().replace('LAMBDA', 'LAMDA')}"
        try:
            return unicodedata.lookup(greek)
        except KeyError:
            return SYMBOLS.get(name, "")

    def fraction(match: re.Match) -> str:
        parts = [part.strip("{}") for part in match.groups()]
        return "/".join(f"({part})" if re.search("[-+]", part) else part for part in parts)

    def power(match: re.Match) -> str:
        raised = match[1].strip("{}")
        if raised in "⊤*′" or SUPERSCRIPTS.keys() >= set(map(ord, raised)):
            return raised.translate(SUPERSCRIPTS)
        return f"^({raised})" if raised[1:] else f"^{raised}"

    text = re.sub(rf"\\[dt]?frac\s*{PART}{PART}", fraction, latex)
    text = re.sub(r"\\begin\{.*?\}|\\end\{.*?\}|\\[^a-zA-Z]\s*", "", text)
    text = re.sub(r"\\(times|cdot) *", r"\\\1", text)
    text = re.sub(r"\\([a-zA-Z]+)", symbol, text)
    text = re.sub(r"\^(\{[^{}]*\}|[^{}])", power, text)
    return re.sub(r"[{}$&_]", "", text)


def equation_numbers(env: BuildEnvironment) -> Iterator[tuple[str, str]]:
    """每个有名字的公式，与它在书里的编号，如 ``(7.1)``。"""
    for label, (page, number) in env.get_domain("math").equations.items():
        numbered = env.toc_fignumbers.get(page, {}).get("displaymath", {})
        parts = numbered.get(nodes.make_id(f"equation-{label}"), (number,))
        yield label, f"({'.'.join(map(str, parts))})"


def section_text(section: nodes.Element, numbers: Mapping[str, str]) -> str:
    """一节自己的文字；段落之间换行。还没有换成链接的公式引用，按 ``numbers`` 写出编号。"""
    pieces: list[str] = []

    def read(node: nodes.Element) -> None:
        for child in node.children:
            if isinstance(child, nodes.Text):
                pieces.append(child.astext())
            elif isinstance(child, (nodes.math, nodes.math_block)):
                pieces.append(formula_text(child.astext()))
            elif isinstance(child, addnodes.pending_xref) and child["reftype"] == "eq":
                pieces.append(numbers.get(child["reftarget"], ""))
            elif not isinstance(child, (nodes.section, nodes.title, addnodes.desc, *SILENT)):
                tag = child.get("tag")
                if tag == "dt" or QUIZ_LETTERS.intersection(child["classes"]):
                    continue
                read(child)
                if isinstance(child, BLOCKS) or tag in QUIZ_BLOCKS:
                    pieces.append("\n")

    read(section)
    return re.sub(r"\s*\n\s*", "\n", "".join(pieces)).strip()


def reading_order(env: BuildEnvironment) -> Iterator[str]:
    """目录的次序。"""

    def walk(page: str) -> Iterator[str]:
        yield page
        for below in env.toctree_includes.get(page, []):
            yield from walk(below)

    return walk(env.config.root_doc)


def sections_of(
    page: str, doctree: nodes.document, numbers: Mapping[str, str]
) -> Iterator[Section]:
    chapter = ""
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title).astext()
        chapter = chapter or title
        yield Section(page, section["ids"][0], chapter, title, section_text(section, numbers))
    for thing in doctree.findall(addnodes.desc):  # 接口里的一个名字也算一节，只收第一段
        name = thing.next_node(addnodes.desc_name)
        told = thing.next_node(nodes.paragraph)
        if told and (ids := thing.next_node(addnodes.desc_signature)["ids"]):
            yield Section(page, ids[0], chapter, name.astext(), told.astext())


def term_names(row: nodes.row) -> tuple[str, ...]:
    """术语表里一行的各种说法；不是术语的行（符号表）没有。"""
    cells = [cell.astext() for cell in row.findall(nodes.entry)]
    if len(cells) != 3 or not re.match("[A-Za-z]", cells[1]) or any(row.findall(nodes.math)):
        return ()
    chinese = re.split("[，,]", cells[0])
    english = [re.sub(r"\s*\(.*?\)", "", name).strip() for name in cells[1].split(",")]
    also = re.findall(r"也叫([^，。；、]+)", cells[2])
    return tuple(
        dict.fromkeys(name.strip() for name in [*chinese, *english, *also] if name.strip())
    )


def definition(names: tuple[str, ...], sections: list[Section]) -> int | None:
    """定义一个术语的是第几节。

    先到先得：标题就是它的一章；写出“术语（English）”的；标题里有它的；写到它的。
    """
    chinese = "|".join(re.escape(name) for name in names if not name.isascii()) or "(?!)"
    english = "|".join(re.escape(name) for name in names if name.isascii()) or "(?!)"
    taught = [k for k, one in enumerate(sections) if kind(one.page) == "chapter"]
    patterns = (
        (rf"^({chinese})\n\1$", "{0.chapter}\n{0.title}"),
        (rf"(?:{chinese})[”」]?\s*[（(][^）)]{{0,40}}?(?:{english})", "{0.title}\n{0.text}"),
        (rf"(?:{chinese})", "{0.title}"),
        (rf"(?:{chinese}|{english})", "{0.text}"),
    )
    for pattern, where in patterns:
        for k in taught:
            if re.search(pattern, where.format(sections[k]), re.IGNORECASE):
                return k
    return None


def kind(page: str) -> str:
    """``chapter``、``exercise`` 或 ``other``：决定排得前还是后。"""
    folder = Path(page).parent.name
    if folder in ("convolution", "descent", "practice"):
        return "chapter"
    return "exercise" if folder == "exercises" else "other"


def traditional(used: Iterable[str]) -> dict[str, str]:
    """繁体字 → 书里用到的简体字。"""
    used = set(used)
    pairs = (line.split("\t") for line in SIMPLIFIED.read_text(encoding="utf-8").splitlines())
    return {one: choices.split()[0] for one, choices in pairs if choices.split()[0] in used}


def write_index(app: Sphinx, env: BuildEnvironment) -> None:
    if app.builder.format != "html":
        return
    pages = [page for page in dict.fromkeys(reading_order(env)) if page in env.found_docs]
    pages = [page for page in pages if page != INDEXES]
    doctrees = {page: env.get_doctree(page) for page in pages}
    numbers = dict(equation_numbers(env))
    sections = [
        one for page, doctree in doctrees.items() for one in sections_of(page, doctree, numbers)
    ]
    rows = doctrees[GLOSSARY].findall(nodes.row) if GLOSSARY in doctrees else ()
    terms = [Term(names, definition(names, sections)) for row in rows if (names := term_names(row))]
    index = {
        "sections": [asdict(one) | {"kind": kind(one.page)} for one in sections],
        "terms": [asdict(term) for term in terms],
        "traditional": traditional("".join(one.title + one.text for one in sections)),
    }
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    file = Path(app.outdir, "_static", INDEX)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"globalThis.searchIndex = {text};\n", encoding="utf-8")


def use_it_alone(app: Sphinx) -> None:
    """Sphinx 自己的索引不再建，检索页照旧有。"""
    app.builder.search = False


def load_index(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    if page != "search":
        return
    static = Path(app.outdir, "_static")
    addresses = [
        f"_static/{name}?v={crc32((static / name).read_bytes()):08x}" for name in (INDEX, SEARCH)
    ]
    app.add_js_file(None, body=LOADER % json.dumps(addresses))


def setup(app: Sphinx) -> dict[str, bool]:
    app.config.html_additional_pages["search"] = "search.html"
    app.connect("builder-inited", use_it_alone)
    app.connect("env-check-consistency", write_index)  # 这时公式的编号才定下来
    app.connect("html-page-context", load_index)
    copy_assets(app, SEARCH)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
