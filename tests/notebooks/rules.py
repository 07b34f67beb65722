"""nbval 放过、而书不能放过的事：每条规矩一个函数，说明就是它的第一行。

规矩收到一本笔记本，逐条给出 ``(代码单元号, 毛病)``；什么也不给就是守规矩。
代码单元从 1 数起；与单元无关的毛病用 0。
"""

from __future__ import annotations

import ast
import copy
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import nbformat
from nbformat import NotebookNode
from nbval.plugin import comment_markers, metadata_tags

from tests.notebooks.form import canonical, to_text

Problems = Iterator[tuple[int, str]]
Rule = Callable[["Notebook"], Problems]

MAX_LINES = 20
MAX_COLUMNS = 76
MIN_ALT = 10
MIME_TYPES = {"text/plain", "text/html", "text/latex", "text/markdown", "image/png"}

MACHINE_PATH = re.compile(
    r"(?<![\w./])/(?:home|root|tmp|Users|usr|var|opt)/|\b[A-Z]:\\Users|site-packages|ipykernel_"
)
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
GLYPH = re.compile(r"Glyph \d+|findfont:")
TIMING = re.compile(r"Wall time|CPU times|per loop|it/s\b|s/it\b|\r")
CLOCK = re.compile(r"\b(?:perf_counter|process_time|monotonic|timeit|time\.time|datetime\.now)\b")
SILENCER = re.compile(r"\b(?:filterwarnings|simplefilter|catch_warnings)\b|redirect_stderr")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Notebook:
    """一本存好的笔记本：文件的全文 ``text``，以及由它解析出的单元。"""

    text: str

    @cached_property
    def node(self) -> NotebookNode:
        return nbformat.reads(self.text, as_version=4)

    @cached_property
    def code(self) -> list[tuple[int, NotebookNode]]:
        """代码单元及其编号。"""
        cells = (cell for cell in self.node.cells if cell.cell_type == "code")
        return list(enumerate(cells, start=1))

    @property
    def outputs(self) -> Iterator[tuple[int, NotebookNode]]:
        return ((number, output) for number, cell in self.code for output in cell.outputs)

    @property
    def output_texts(self) -> Iterator[tuple[int, str]]:
        """读者看得见的输出文字：输出流，以及文字类的显示结果。"""
        for number, output in self.outputs:
            if "text" in output:
                yield number, output.text
            for mime, value in output.get("data", {}).items():
                if mime.startswith("text/"):
                    yield number, value


def _find(pattern: re.Pattern[str], texts: Iterator[tuple[int, str]]) -> Problems:
    for number, text in texts:
        if match := pattern.search(text):
            yield number, f"有 {match.group()!r}"


def _sources(notebook: Notebook) -> Iterator[tuple[int, str]]:
    return ((number, cell.source) for number, cell in notebook.code)


def written_by_record(notebook: Notebook) -> Problems:
    """文件逐字节就是 make notebooks 的写法：没有时间戳、部件状态和编辑器的痕迹。"""
    if to_text(canonical(copy.deepcopy(notebook.node))) != notebook.text:
        yield 0, "写法不标准，请运行 make notebooks"


def executed_in_order(notebook: Notebook) -> Problems:
    """每个代码单元都从头运行过，编号依次是 1…n；nbval 不比较没有编号的单元。"""
    for number, cell in notebook.code:
        if cell.execution_count != number:
            yield number, f"编号是 {cell.execution_count}"


def no_empty_cells(notebook: Notebook) -> Problems:
    """没有空的代码单元。"""
    for number, cell in notebook.code:
        if not cell.source.strip():
            yield number, "是空的"


def plain_python(notebook: Notebook) -> Problems:
    """代码是纯 Python：没有 %、! 这类只在笔记本里有效的写法。"""
    for number, cell in notebook.code:
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield number, f"第 {error.lineno} 行不是 Python"


def short_cells(notebook: Notebook) -> Problems:
    """代码单元不超过 20 行：再长就该写进 dlbasics，并有测试。"""
    for number, cell in notebook.code:
        if (lines := len(cell.source.splitlines())) > MAX_LINES:
            yield number, f"有 {lines} 行"


def narrow_lines(notebook: Notebook) -> Problems:
    """代码一行不超过 76 列（汉字算两列）：再宽，网页和手机上就要横着滚动。"""
    for number, cell in notebook.code:
        for line in cell.source.splitlines():
            if (columns := _columns(line)) > MAX_COLUMNS:
                yield number, f"有一行 {columns} 列：{line.strip()}"


def narrow_outputs(notebook: Notebook) -> Problems:
    """印出的一行也不超过 76 列：再宽，末尾的数就在框外。"""
    for number, output in notebook.outputs:
        for line in output.get("text", "").splitlines():
            if (columns := _columns(line)) > MAX_COLUMNS:
                yield number, f"印出的一行有 {columns} 列：{line.strip()}"


def _columns(line: str) -> int:
    """``line`` 在等宽字体里占几列；全角字符占两列。"""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def everything_compared(notebook: Notebook) -> Problems:
    """没有让 nbval 跳过或放宽比较的标记：全部输出都要比。"""
    for number, cell in notebook.code:
        comments = {line.strip().lstrip("#").strip() for line in cell.source.splitlines()}
        tags = metadata_tags.keys() & cell.metadata.get("tags", [])
        for mark in sorted(tags | (comment_markers.keys() & comments)):
            yield number, f"有标记 {mark}"


def no_errors(notebook: Notebook) -> Problems:
    """没有报错：要讲错误，就接住它再打印。"""
    for number, output in notebook.outputs:
        if output.output_type == "error":
            yield number, f"报错 {output.ename}"


def no_stderr(notebook: Notebook) -> Problems:
    """没有警告和其他写到 stderr 的字。"""
    for number, output in notebook.outputs:
        if output.get("name") == "stderr":
            yield number, f"stderr：{output.text.strip()[:80]!r}"


def no_silenced_warnings(notebook: Notebook) -> Problems:
    """代码不压制警告：该修的是警告的原因。"""
    return _find(SILENCER, _sources(notebook))


def no_missing_glyphs(notebook: Notebook) -> Problems:
    """图里没有缺字的方框：matplotlib 没有抱怨字形或字体。"""
    return _find(GLYPH, notebook.output_texts)


def no_machine_paths(notebook: Notebook) -> Problems:
    """代码和输出里没有某台机器的路径。"""
    yield from _find(MACHINE_PATH, _sources(notebook))
    yield from _find(MACHINE_PATH, notebook.output_texts)


def no_addresses(notebook: Notebook) -> Problems:
    """输出里没有内存地址：它每次都变，读者也用不上。"""
    return _find(ADDRESS, notebook.output_texts)


def no_timings(notebook: Notebook) -> Problems:
    """代码不看钟，输出里没有用时和进度条：它们每次都变。"""
    yield from _find(CLOCK, _sources(notebook))
    yield from _find(TIMING, notebook.output_texts)


def known_mime_types(notebook: Notebook) -> Problems:
    """输出只有能逐字节或逐像素比较的几种：文字、HTML、公式和 PNG。"""
    for number, output in notebook.outputs:
        for mime in sorted(output.get("data", {}).keys() - MIME_TYPES):
            yield number, f"有 {mime}"


def described_pictures(notebook: Notebook) -> Problems:
    """一个单元最多一幅图，并有中文替代文字（mystnb.image.alt，至少 10 个字）。"""
    for number, cell in notebook.code:
        pictures = sum("image/png" in output.get("data", {}) for output in cell.outputs)
        if pictures > 1:
            yield number, f"有 {pictures} 幅图"
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if pictures and not (len(alt) >= MIN_ALT and CHINESE.search(alt)):
            yield number, f"替代文字是 {alt!r}"


def captioned_pictures(notebook: Notebook) -> Problems:
    """每幅静态图有中文图题与名字（mystnb.figure 的 caption 与 name），编号与引用靠它们。"""
    for number, cell in notebook.code:
        kinds = [output.get("data", {}).keys() for output in cell.outputs]
        if not any("image/png" in kind and "text/html" not in kind for kind in kinds):
            continue
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        caption, name = figure.get("caption", ""), figure.get("name", "")
        if not CHINESE.search(caption) or caption.endswith("。"):
            yield number, f"图题是 {caption!r}"
        if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name):
            yield number, f"图的名字是 {name!r}"


def folded_scaffolding(notebook: Notebook) -> Problems:
    """导入与样式的一格、只显示一幅可操作的图的一格收起来（``hide-input``）：先看见的是正文与图。"""
    for number, cell in notebook.code:
        starts = "use_style()" in cell.source.splitlines()
        shows = any(
            "live-figure" in out.get("data", {}).get("text/html", "") for out in cell.outputs
        )
        if (starts or shows) and "hide-input" not in cell.metadata.get("tags", []):
            yield number, "没有收起"


RULES: tuple[Rule, ...] = (
    written_by_record,
    executed_in_order,
    no_empty_cells,
    plain_python,
    short_cells,
    narrow_lines,
    narrow_outputs,
    everything_compared,
    no_errors,
    no_stderr,
    no_silenced_warnings,
    no_missing_glyphs,
    no_machine_paths,
    no_addresses,
    no_timings,
    known_mime_types,
    described_pictures,
    captioned_pictures,
    folded_scaffolding,
)
