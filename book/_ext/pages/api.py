"""接口各页：由 docstring 排成，名单就是各模块的 ``__all__``，不另外登记。

autodoc 取出 docstring，napoleon 认得 numpydoc 的各节。这里补上它们没有的：

- 签名里一个参数只是一段文字，类型照源代码里写的，不展开；
- 每个函数、每个类之后是书里讲到它的各节，它画的图，和折叠着的源代码；
- docstring 里引用的名字没有排进这几页时写成普通的代码；世上没有这个名字，才是一条警告。

指令 ``{api-index}`` 列出各页的全部名字::

    ```{api-index}
    ```
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import textwrap
from html import escape
from types import FunctionType
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.inspect import stringify_signature

from delivery.page_assets import has_class, serve_assets
from dlbasics.layers import Layer
from pages import chapters
from pages.live_gallery import small_picture
from typesetting.chinese_docstrings import chinese_markup, chinese_types
from typesetting.html_tag import Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

PAGES = "book/appendix/api"
AUTOMODULE = re.compile(r"^\.\. automodule:: (\S+)$", re.MULTILINE)
LONG_SIGNATURE = 48
"""参数合起来比它长，就一行一个。"""

HEADER = ("", "| 名字 | 用来 |", "|:---|:---|")


def before_napoleon(
    app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]
) -> None:
    lines[:] = chinese_markup(chinese_types(lines))


def after_napoleon(
    app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]
) -> None:
    if what in ("function", "class"):
        lines += ["", f".. in-the-book:: {name}", ""]


def code_without_docstrings(thing: Any) -> str:
    """一个函数或类的源代码，去掉 docstring：它就排在上面。

    Examples
    --------
    >>> print(code_without_docstrings(chapters.notebook))
    def notebook(page: str) -> Path:
        return ROOT / f"{page}.ipynb"
    """
    code = textwrap.dedent(inspect.getsource(thing))
    lines = code.splitlines()
    defined = (ast.FunctionDef, ast.ClassDef)
    for node in [node for node in ast.walk(ast.parse(code)) if isinstance(node, defined)]:
        first = node.body[0]
        if ast.get_docstring(node) is not None and len(node.body) > 1:
            # 类的 docstring 之后空着的一行也去掉
            end = first.end_lineno + (not lines[first.end_lineno].strip())
            lines[first.lineno - 1 : end] = [None] * (end - first.lineno + 1)
    return "\n".join(line for line in lines if line is not None)


class InTheBook(SphinxDirective):
    """``in-the-book:: 名字``：书里讲到它的各节，它画的图，源代码；autodoc 之后由这里加上。

    画图的代码很长，也不是要教的，所以不着色：一页有几千个元素可省。
    """

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        thing = chapters.find(self.arguments[0])
        name = chapters.defined_as(self.arguments[0])
        found: list[nodes.Node] = []
        if places := [cell.place for cell in chapters.uses().get(name, [])]:
            found.append(self.links(places))
        if drawing := chapters.drawings().get(name):
            found.append(small_picture(self.env, drawing.id, drawing.picture, drawing.alt))
        code = code_without_docstrings(thing)
        summary = Tag("summary", nodes.Text("源代码"))
        plain = name.startswith(("dlbasics.figures.", "dlbasics.live."))
        block = nodes.literal_block(code, code, language="text" if plain else "python")
        return [*found, Tag("details", summary, block, classes=["api-source"])]

    def links(self, places: list[chapters.Place]) -> nodes.paragraph:
        """“书里：”和各章里第一次用到它的一节。"""
        line = nodes.paragraph("", "书里：", classes=["api-places"])
        for number, place in enumerate(places):
            self.env.note_dependency(str(chapters.notebook(place.page)))
            words = dict.fromkeys([place.chapter, place.title])
            link = chapters.link(self.env.docname, place, " › ".join(words))
            line += [nodes.Text("、")] * bool(number) + [link]
        return line


def skip_borrowed(
    app: Sphinx, what: str, name: str, thing: object, skip: bool, options: object
) -> bool | None:
    """类里只是借来的函数（``operation = staticmethod(avg_pool2d)``）不排：它有自己的一节。"""
    borrowed = isinstance(thing, FunctionType) and "." not in thing.__qualname__
    return True if what == "class" and borrowed else None


def written_signature(
    app: Sphinx, what: str, name: str, thing: Any, options: object, arguments: str, returns: str
) -> tuple[str, str] | None:
    """签名照源代码里写的：``NDArray`` 不展开成它的定义。"""
    if not arguments:
        return None
    signature = inspect.signature(thing)
    if what == "class" and issubclass(thing, Layer) and "__init__" not in vars(thing):
        return "()", ""  # 没有参数要学的层：不写从 Layer 那里继承的 *parameters
    if dataclasses.is_dataclass(thing):
        made = {
            f.name: f.default_factory()
            for f in dataclasses.fields(thing)
            if f.default_factory is not dataclasses.MISSING
        }
        signature = signature.replace(
            parameters=[
                p.replace(default=made.get(p.name, p.default))
                for p in signature.parameters.values()
            ]
        )
    if what == "method" and inspect.isfunction(thing):
        signature = signature.replace(parameters=list(signature.parameters.values())[1:])
    if signature.return_annotation in (None, "None"):
        signature = signature.replace(return_annotation=signature.empty)
    arguments, _, returns = stringify_signature(signature).partition(") -> ")
    return arguments.removesuffix(")") + ")", returns


class PlainSignatures(SphinxTransform):
    """签名里一个参数、返回的类型各是一个元素，不是一词一个；长的签名一行一个参数。"""

    default_priority = 450

    def apply(self, **kwargs: object) -> None:
        for node in list(self.document.findall(addnodes.desc_returns)):
            node.replace_self(raw(f' <span class="sig-return">→ {escape(words(node))}</span>'))
        for node in list(self.document.findall(addnodes.desc_parameterlist)):
            texts = list(map(words, node))
            long = " sig-long" * (sum(map(len, texts)) > LONG_SIGNATURE)
            texts = [f"{text}, " for text in texts[:-1]] + texts[-1:]
            inside = "".join(f"<span>{escape(text)}</span>" for text in texts)
            node.replace_self(raw(f'<span class="sig-parameters{long}">(<wbr>{inside})</span>'))


def words(node: nodes.Element) -> str:
    return nodes.Element.astext(node)


def raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def resolve_quietly(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, text: nodes.Element
) -> nodes.Element | None:
    """docstring 里引用的名字没有排进这几页：世上有它，就写成普通的代码。"""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"]
    field = node.get("refspecific") and not target.startswith(".")
    scopes = [node.get("py:module") or "builtins", *enclosing(node), "builtins"]
    known = any(chapters.find(f"{scope}.{target.lstrip('.')}") is not None for scope in scopes)
    known = known or chapters.find(target) is not None
    return text if field or known else None


def enclosing(node: nodes.Node) -> list[str]:
    """一段 docstring 属于哪个名字，它在哪个类、哪个模块里，由里到外。"""
    while node.parent is not None and not node.source:
        node = node.parent
    parts = (node.source or "").rpartition("docstring of ")[2].split(".")
    return [".".join(parts[:k]) for k in range(len(parts), 0, -1)]


def public_names(module: str) -> list[str]:
    """一个模块公开的函数与类：``__all__`` 里的；没有它，就是在这里定义的。

    Examples
    --------
    >>> public_names("dlbasics.losses")
    ['softmax_cross_entropy', 'mean_squared_error']
    """
    thing = chapters.find(module)
    here = [name for name, one in vars(thing).items() if getattr(one, "__module__", "") == module]
    names = getattr(thing, "__all__", [name for name in here if name[0] != "_"])
    kinds = (FunctionType, type)
    return [name for name in names if isinstance(getattr(thing, name), kinds)]


def summary(thing: object) -> str:
    """docstring 的第一句，Markdown。"""
    first = re.split(r"(?<=。)|\n\n", inspect.getdoc(thing) or "")[0]
    return re.sub(r"(?::\w+:)?`+~?([^`]+)`+", r"`\1`", first.replace("\n", " "))


class ApiIndex(SphinxDirective):
    """``{api-index}``：一页一节，页上的全部名字，一行一个。"""

    def run(self) -> list[nodes.Node]:
        return [self.section(page) for page in api_pages()]

    def section(self, page: str) -> nodes.section:
        path = chapters.ROOT / f"{page}.md"
        self.env.note_dependency(str(path))
        source = path.read_text(encoding="utf-8")
        title = source.partition("\n")[0].removeprefix("# ")
        section = nodes.section("", names=[f"api-{path.stem}"])
        self.state.document.note_explicit_target(section)
        link, _ = self.parse_inline(f"{{doc}}`{title} </{page}>`")
        section += nodes.title("", "", *link)
        rows = [row for module in AUTOMODULE.findall(source) for row in self.rows(module)]
        table = [":::{table}", ":class: stacked api-names", *HEADER, *rows, ":::"]
        self.state.nested_parse(StringList(table, self.get_source_info()[0]), 0, section)
        return section

    def rows(self, module: str) -> Iterator[str]:
        self.env.note_dependency(inspect.getsourcefile(chapters.find(module)))
        for name in public_names(module):
            told = summary(chapters.find(f"{module}.{name}")).replace("|", r"\|")
            yield f"| {{py:obj}}`{name} <{module}.{name}>` | {told} |"


def api_pages() -> list[str]:
    """接口各页，次序同目录。"""
    (here,) = [page for page in chapters.contents() if page["file"] == PAGES]
    return [below["file"] for below in here["sections"]]


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("typesetting.html_tag")
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", before_napoleon, priority=400)
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("autodoc-process-docstring", after_napoleon, priority=600)
    app.connect("autodoc-skip-member", skip_borrowed)
    app.connect("autodoc-process-signature", written_signature)
    app.connect("missing-reference", resolve_quietly)
    app.add_transform(PlainSignatures)
    app.add_directive("in-the-book", InTheBook)
    app.add_directive("api-index", ApiIndex)
    serve_assets(app, "pages/api.css", needed=has_class("api-source"))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
