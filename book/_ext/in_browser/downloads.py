"""下载的笔记本：离开网站也读得懂，缺了 ``dlbasics`` 会说怎样装。

网站 ``_sources`` 里的 ``.ipynb`` 由书里的那一本改写而来：

- 第一个代码单元先看 ``dlbasics`` 在不在；单元的 id、元数据与输出都不变，交得了作业。
- 章的文字里，MyST 的写法换成到处都认得的 Markdown：提示框换成引用，小测的答案折起来，
  公式编号写成 ``\\tag``，引文写成作者与年份，指向别的页的链接只留文字。
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from pybtex.database import Entry, parse_file
from pybtex.plugin import find_plugin
from sphinx.application import Sphinx

from in_browser import package_wheel

PROJECT = Path(__file__).parents[3]
MISSING = f"""\
try:
    import dlbasics
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "没有装 dlbasics：运行 %pip install 网站/_static/{package_wheel.name()}，"
        "“网站”换成你下载这本笔记本的网址，或解开的网站所在的文件夹"
    ) from None

"""
FENCE = re.compile(r"^(?P<fence>:{3,}|`{3,})\{(?P<name>[a-z]+)\} *(?P<title>.*)$")
OPTION = re.compile(r"^:[a-z]+:.*$")
CHOICE = re.compile(r"^- \[(?P<mark>[ x])\] (?P<text>.*)$")


def portable(notebook: nbformat.NotebookNode, *, plain: bool) -> nbformat.NotebookNode:
    """改写一本笔记本；``plain`` 时连 MyST 的写法也换掉。就地改，并返回它。"""
    code = next(cell for cell in notebook.cells if cell.cell_type == "code")
    code.source = MISSING + code.source
    if plain:
        texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
        numbers = equation_numbers("\n".join(cell.source for cell in texts))
        captions = figure_captions(notebook)
        cited: list[str] = []
        for cell in texts:
            cell.source = plain_text(cell.source, numbers, captions, cited)
    return notebook


def equation_numbers(text: str) -> dict[str, int]:
    """带标签的公式各是这一本里的第几个。"""
    labels = re.findall(r"^\$\$ \((.+)\)$", text, re.M)
    return {label: number for number, label in enumerate(labels, start=1)}


def figure_captions(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """每幅静态图的名字与图题；笔记本里的图没有编号，提到它就说图题。"""
    figures = [cell.metadata.get("mystnb", {}).get("figure") for cell in notebook.cells]
    return {figure["name"]: figure["caption"] for figure in figures if figure}


def plain_text(
    text: str, numbers: dict[str, int], captions: dict[str, str], cited: list[str]
) -> str:
    """一个单元的文字；``cited`` 依次记下引过的文献。

    Examples
    --------
    >>> print(plain_text(":::{admonition} 勘误\\n见 {eq}`a`。\\n:::", {"a": 2}, {}, []))
    > **勘误**
    >
    > 见 (2)。
    """
    text = re.sub(r"\{footcite:p\}`(.+?)`", lambda m: cite(m[1], cited), text)
    text = "\n".join(blocks(text.split("\n"), cited))
    text = re.sub(r"^\([a-z0-9-]+\)=\n+", "", text, flags=re.M)
    text = re.sub(
        r"^((?:> ?)*)\$\$ \((.+)\)$", lambda m: f"{m[1]}\\tag{{{numbers[m[2]]}}}\n{m[1]}$$", text,
        flags=re.M,
    )  # fmt: skip
    text = re.sub(r"\{eq\}`(.+?)`", lambda m: f"({numbers[m[1]]})", text)
    text = re.sub(r"\{numref\}`(.+?)`", lambda m: f"图“{captions[m[1]]}”", text)
    text = re.sub(r"\{ref\}`(.+?) *<.+?>`", r"\1", text)
    return re.sub(r"\[([^][\n]+)\]\((?!https?:)[^()\s]+\)", r"\1", text)


def blocks(lines: list[str], cited: list[str]) -> list[str]:
    """把每个 ``:::{…}`` 与 `````{…}`` 块换成普通的 Markdown；可以套着。"""
    written: list[str] = []
    while lines:
        line, *lines = lines
        start = FENCE.match(line)
        if not start:
            written.append(line)
            if line.startswith("```"):  # 普通的代码块，里面原样
                end = lines.index("```") + 1
                written += lines[:end]
                lines = lines[end:]
            continue
        end = lines.index(start["fence"])
        inside, lines = lines[:end], lines[end + 1 :]
        while inside and OPTION.match(inside[0]):
            inside = inside[1:]
        written += BLOCKS[start["name"]](start["title"], blocks(inside, cited), cited)
    return written


def admonition(title: str, lines: list[str], cited: list[str]) -> list[str]:
    return [f"> {line}".rstrip() for line in [f"**{title}**", "", *lines]]


def quiz(title: str, lines: list[str], cited: list[str]) -> list[str]:
    """题干与选项露着，答案、反馈与解释折起来。"""
    asked, told, right = ["**小测**", ""], [], ""
    choice, answering = "", False
    for line in lines:
        if found := CHOICE.match(line):
            choice, answering = found["text"], True
            asked.append(f"- {choice}")
            if found["mark"] == "x":
                right = choice
        elif answering and line.startswith("  - "):
            told.append(f"- {choice}：{line.removeprefix('  - ')}")
        else:
            (told if answering else asked).append(line)
    folded = ["<details><summary>答案</summary>", "", f"答案：{right}", "", *told, "", "</details>"]
    return [*asked, "", *folded]


def footbibliography(title: str, lines: list[str], cited: list[str]) -> list[str]:
    style = find_plugin("pybtex.style.formatting", "plain")()
    text = find_plugin("pybtex.backends", "markdown")()
    entries = [references().entries[key] for key in dict.fromkeys(cited)]
    return [
        f"- {' '.join(entry.text.render(text).split())}" for entry in style.format_entries(entries)
    ]


BLOCKS: dict[str, Callable[[str, list[str], list[str]], list[str]]] = {
    "admonition": admonition,
    "quiz": quiz,
    "footbibliography": footbibliography,
}


@cache
def references() -> Any:
    return parse_file(str(PROJECT / "book" / "references.bib"), "bibtex")


def cite(keys: str, cited: list[str]) -> str:
    """括号里的作者与年份；``cited`` 记下引了谁。"""
    names = [key.strip() for key in keys.split(",")]
    cited += names
    return f"（{'；'.join(author_and_year(references().entries[name]) for name in names)}）"


def author_and_year(entry: Entry) -> str:
    people = entry.persons["author"]
    family = " ".join(people[0].last_names).strip("{}") + (" 等" if len(people) > 1 else "")
    return "，".join([family, *filter(None, [entry.fields.get("year")])])


def write_notebooks(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.name != "html":
        return
    for path in Path(app.outdir, "_sources").rglob("*.ipynb"):
        name = path.relative_to(Path(app.outdir, "_sources"))
        notebook = nbformat.read(PROJECT / name, as_version=4)
        portable(notebook, plain=name.parts[1] != "exercises")
        path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", write_notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
