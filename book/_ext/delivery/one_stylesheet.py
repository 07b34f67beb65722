"""样式合成一份，脚本都不挡着画面：一页只有一个文件要等。

主题、插件与书自己的十来份样式合在一起，删去没有一页用得到的规则（占三分之二），
写成 ``_static/styles/book.css``。脚本全部推迟到正文读完以后再跑，次序不变。
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import TYPE_CHECKING, Any

import tinycss2
from docutils import nodes
from tinycss2.ast import AtRule, HashToken, IdentToken, LiteralToken, Node

if TYPE_CHECKING:
    from sphinx.application import Sphinx

BUNDLE = "styles/book.css"

#: 主题的模板自己写进页面的样式，在别的样式之前。
THEME = ("styles/theme.css", "styles/pydata-sphinx-theme.css")

WORD = re.compile(r"[A-Za-z_][\w-]*")
URL = re.compile(r"""url\(\s*["']?(?!data:|#)([^"')]+)["']?\s*\)""")
LINK = re.compile(re.escape(BUNDLE) + r"(\?v=\w+)?")


def named(selector: Iterable[Node]) -> set[str]:
    """选择器一定要有的类名与编号；``:not()``、``:is()`` 里面的不算。

    Examples
    --------
    >>> sorted(named(tinycss2.parse_component_value_list("a.b#c:not(.d) .e")))
    ['b', 'c', 'e']
    """
    found, after_dot = set(), False
    for token in selector:
        if isinstance(token, HashToken) or (after_dot and isinstance(token, IdentToken)):
            found.add(token.value)
        after_dot = isinstance(token, LiteralToken) and token.value == "."
    return found


def alternatives(prelude: Iterable[Node]) -> list[list[Node]]:
    """逗号隔开的各个选择器。"""
    found: list[list[Node]] = [[]]
    for token in prelude:
        if isinstance(token, LiteralToken) and token.value == ",":
            found.append([])
        else:
            found[-1].append(token)
    return found


def prune(css: str, used: set[str]) -> str:
    """删去 ``css`` 里用到了 ``used`` 之外的类名或编号的选择器，以及因此空了的规则。

    Examples
    --------
    >>> prune(".a, .b > p { color: red } .c { top: 0 } @media print { .c { top: 0 } }", {"b"})
    '.b > p{color: red}'
    """
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "".join(kept(rules, used))


def kept(rules: Iterable[Node], used: set[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "error":
            raise ValueError(f"样式第 {rule.source_line} 行写错了：{rule.message}")
        if isinstance(rule, AtRule):
            yield from kept_at_rule(rule, used)
            continue
        alive = [one for one in alternatives(rule.prelude) if named(one) <= used]
        if alive:
            selectors = ",".join(text(one) for one in alive)
            yield f"{selectors}{{{text(rule.content)}}}"


def kept_at_rule(rule: AtRule, used: set[str]) -> Iterator[str]:
    head = f"@{rule.at_keyword} {text(rule.prelude)}".strip()
    if rule.content is None:
        yield f"{head};"
    elif rule.lower_at_keyword in {"media", "supports", "layer", "container"}:
        inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        if body := "".join(kept(inner, used)):
            yield f"{head}{{{body}}}"
    else:
        yield f"{head}{{{text(rule.content)}}}"


def text(tokens: Iterable[Node]) -> str:
    """写成一行，不要注释。"""
    plain = (token for token in tokens if token.type != "comment")
    return re.sub(r"\s+", " ", tinycss2.serialize(plain)).strip().removesuffix(";")


def read(static: Path, name: str) -> str:
    """一份样式，连同它引入的；其中的地址改成从 ``BUNDLE`` 所在的文件夹算起。

    ``name`` 从 ``static`` 算起。
    """
    folder = PurePosixPath(name).parent

    def moved(match: re.Match[str]) -> str:
        address = relpath(normpath(folder / match[1]), PurePosixPath(BUNDLE).parent)
        return f'url("{address}")'

    css = (static / name).read_text(encoding="utf-8").removeprefix("\ufeff")
    css = re.sub(r'@charset "[^"]*";', "", css)
    imports = re.compile(r'@import "([^"]+)";')
    imported = [read(static, normpath(folder / other)) for other in imports.findall(css)]
    return "\n".join([*imported, URL.sub(moved, imports.sub("", css))])


def words(site: Path) -> set[str]:
    """网页与脚本里出现过的每个词：用到的类名一定在里面。"""
    files = [*site.rglob("*.html"), *site.glob("_static/**/*.js")]
    return set().union(*(WORD.findall(path.read_text(encoding="utf-8")) for path in files))


def link_one(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """页面只引用合成的一份；记下是由哪些合成的。"""
    sheets = [str(sheet.filename).removeprefix("_static/") for sheet in context["css_files"]]
    app.book_sheets = [*THEME, *sheets]  # type: ignore[attr-defined]
    context["css_files"] = [f"_static/{BUNDLE}"]
    for script in context["script_files"]:
        if script.filename and "type" not in script.attributes:
            script.attributes["defer"] = "defer"
    context["script_files"] = [
        script
        for script in context["script_files"]
        if not script.attributes.get("body", "").strip().startswith("DOCUMENTATION_OPTIONS.")
    ]  # 主题用来换版本的；书只有一个版本


def write_one(app: Sphinx, error: Exception | None) -> None:
    sheets = getattr(app, "book_sheets", None)
    if error is not None or not sheets:  # 一页也没有重写
        return
    site = Path(app.outdir)
    static = site / "_static"
    used = words(site)
    bundle = "\n".join(prune(read(static, name), used) for name in sheets)
    (static / BUNDLE).write_text(bundle, encoding="utf-8")
    version = f"{BUNDLE}?v={sha256(bundle.encode()).hexdigest()[:8]}"
    for path in site.rglob("*.html"):
        before = path.read_text(encoding="utf-8")
        after = LINK.sub(version, before)
        if after != before:
            path.write_text(after, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", link_one, priority=900)
    app.connect("build-finished", write_one, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
