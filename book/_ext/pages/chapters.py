"""各章的笔记本里有什么：每个代码单元在哪一节、画了什么图、用了 ``dlbasics`` 的哪些名字。

接口各页的“书里用到它”与索引一页的图，都由这里读出，不另外登记。
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from types import ModuleType
from typing import TYPE_CHECKING, Any

import yaml
from docutils import nodes
from sphinx import addnodes

from pages.section_search import kind

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

ROOT = Path(__file__).parents[3]
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCED = re.compile(r"^(`{3,}|:{3,}).*?^\1", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Place:
    """书里的一节：页，章名，标题，是这一页的第几节（从 0 数起，第 0 节是章首）。"""

    page: str
    chapter: str
    title: str
    number: int


@dataclass(frozen=True)
class Cell:
    """一个代码单元，和它在的那一节；没有图时 ``picture`` 是空的，可操作的图没有图题与标签。"""

    place: Place
    id: str
    code: str
    picture: str
    alt: str
    caption: str
    label: str
    live: bool


def contents() -> list[dict[str, Any]]:
    """目录里的各页，一页一项；下面还有页的，在 ``sections`` 里。"""
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    return [page for part in parts for page in part["chapters"]]


def chapter_pages() -> list[str]:
    """各章的页名，次序同目录。"""
    return [page["file"] for page in contents() if kind(page["file"]) == "chapter"]


def notebook(page: str) -> Path:
    return ROOT / f"{page}.ipynb"


def headings(markdown: str) -> list[str]:
    """一段 Markdown 里的各个标题。

    Examples
    --------
    >>> headings("(quick)=\\n## 快在哪里\\n\\n```\\n# 注释\\n```\\n\\n### `SGD` 呢")
    ['快在哪里', 'SGD 呢']
    """
    return [title.replace("`", "") for title in HEADING.findall(FENCED.sub("", markdown))]


def stored_cells(page: str) -> list[dict]:
    return json.loads(notebook(page).read_text(encoding="utf-8"))["cells"]


def markdown(page: str) -> str:
    """一章的全部正文，Markdown。"""
    cells = [cell for cell in stored_cells(page) if cell["cell_type"] == "markdown"]
    return "\n\n".join("".join(cell["source"]) for cell in cells)


def places(page: str) -> list[Place]:
    """一章的各节。"""
    titles = headings(markdown(page))
    return [Place(page, titles[0], title, number) for number, title in enumerate(titles)]


@cache
def cells(page: str) -> tuple[Cell, ...]:
    """一章的全部代码单元。"""
    place, found, ahead = None, [], iter(places(page))
    for cell in stored_cells(page):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            for _ in headings(source):
                place = next(ahead)
        elif place:
            data = [output.get("data", {}) for output in cell["outputs"]]
            pictures = ["".join(one["image/png"]) for one in data if "image/png" in one]
            told = cell["metadata"].get("mystnb", {})
            alt = told.get("image", {}).get("alt", "")
            figure = told.get("figure", {})
            named = figure.get("caption", ""), figure.get("name", "")
            live = any("data-live" in "".join(one.get("text/html", "")) for one in data)
            picture = pictures[0] if pictures else ""
            found.append(Cell(place, cell["id"], source, picture, alt, *named, live))
    return tuple(found)


def used_names(page: str) -> Iterator[tuple[str, Cell]]:
    """一章里用到 ``dlbasics`` 的名字的各处，依次给出（名字，单元）；导入它不算用到。

    名字是定义它的地方：``dlbasics.convolution.fast.conv2d``。
    """
    imported: dict[str, str] = {}
    for cell in cells(page):
        tree = ast.parse(cell.code)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dlbasics"):
                imported |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in imported:
                path = imported[node.id]
            elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in imported:
                path = f"{imported[node.value.id]}.{node.attr}"
            else:
                continue
            if name := defined_as(path):
                yield name, cell


@cache
def defined_as(path: str) -> str:
    """``path`` 导入的函数或类定义在哪里；模块、常数和类的方法没有。

    Examples
    --------
    >>> defined_as("dlbasics.convolution.conv2d")
    'dlbasics.convolution.fast.conv2d'
    >>> defined_as("dlbasics.convolution")
    ''
    """
    thing = find(path)
    if isinstance(thing, ModuleType) or not hasattr(thing, "__qualname__"):
        return ""
    return f"{thing.__module__}.{thing.__qualname__}"


def find(path: str) -> object:
    """``path`` 说的模块，或模块里的一样东西；没有就是 ``None``。"""
    try:
        return resolve_name(path)
    except (ImportError, AttributeError, ValueError):
        return None


@cache
def uses() -> dict[str, list[Cell]]:
    """名字 → 用到它的单元，每章只留第一处，次序同目录。"""
    found: dict[str, list[Cell]] = {}
    for page in chapter_pages():
        for name, cell in used_names(page):
            places = found.setdefault(name, [])
            if not places or places[-1].place.page != page:
                places.append(cell)
    return found


@cache
def drawings() -> dict[str, Cell]:
    """画图的函数、可操作的图 → 第一个画出它的单元。"""
    drawn: dict[str, Cell] = {}
    for page in chapter_pages():
        for name, cell in used_names(page):
            if cell.picture and name.startswith(("dlbasics.figures.", "dlbasics.live.")):
                drawn.setdefault(name, cell)
    return drawn


REFERENCE = "chapter-section"


def link(page: str, place: Place, text: str) -> addnodes.pending_xref:
    """``page`` 上连到一节的链接；它的锚点等全书都读过才知道。"""
    inside = nodes.inline("", text)
    where = {"refdomain": "", "reftype": REFERENCE, "reftarget": place.page, "refexplicit": True}
    return addnodes.pending_xref("", inside, place=place, refdoc=page, refwarn=True, **where)


def resolve(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, text: nodes.Element
) -> nodes.reference | None:
    """把 ``link`` 换成真的链接；那里不是这个标题，就留给构建报警。"""
    if node.get("reftype") != REFERENCE:
        return None
    place: Place = node["place"]
    sections = list(env.tocs[place.page].findall(nodes.reference))[place.number :]
    if not sections or sections[0].astext() != place.title:
        return None
    page = app.builder.get_relative_uri(node["refdoc"], place.page)
    return nodes.reference("", "", text, internal=True, refuri=page + sections[0]["anchorname"])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
