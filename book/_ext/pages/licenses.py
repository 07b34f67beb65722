"""许可一页：放进网站的每一样别人的东西，许可的原文。

随装好的包、随取来的文件带着原文的，从那里读；没有带的在 ``book/_licenses/``。
"""

from __future__ import annotations

import zipfile
from html import escape
from importlib.metadata import distribution
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from dlbasics.datasets import PHOTOGRAPHS
from in_browser import chapter_files, practice_page, vendoring

BOOK = Path(__file__).parents[2]
TEXTS = BOOK / "_licenses"
VENDOR = BOOK / "_assets" / "vendor"
FONT = BOOK.parent / "dlbasics" / "figures" / "fonts" / "OFL.txt"
PACKAGES = {
    "sphinx": "Sphinx 的脚本与样式（BSD-2-Clause）",
    "sphinx-book-theme": "网页主题 sphinx-book-theme（BSD-3-Clause）",
    "pydata-sphinx-theme": "网页主题 pydata-sphinx-theme（BSD-3-Clause）",
    "sphinx-design": "卡片与网格 sphinx-design（MIT）",
    "sphinx-copybutton": "复制按钮 sphinx-copybutton（MIT）",
    "myst-nb": "笔记本的样式 myst-nb（BSD-3-Clause）",
}
"""随网站的样式与脚本来的，装好的包里有原文。"""


def everywhere() -> dict[str, str]:
    """不论能不能在网页里运行，网站里都有的：说明到原文。"""
    return {
        "公式由 Temml 排成（MIT）": read(VENDOR / "temml" / "LICENSE"),
        "公式的字体 Latin Modern Math（GUST 字体许可）": read(
            VENDOR / "latin-modern-math" / "LICENSE.txt"
        ),
        "图里的汉字，思源黑体的子集（SIL OFL 1.1）": read(FONT),
        "放映幻灯片的 reveal.js 6.0.2（MIT）": read(VENDOR / "reveal" / "LICENSE"),
        "繁简对照表 OpenCC（Apache-2.0）": read(VENDOR / "opencc" / "LICENSE"),
        "Bootstrap 5（MIT）": read(TEXTS / "bootstrap.txt"),
        "图标 Font Awesome Free 6（图形 CC BY 4.0，字体 SIL OFL 1.1，代码 MIT）": "\n\n".join(
            [
                read(TEXTS / "fontawesome.txt"),
                "https://creativecommons.org/licenses/by/4.0/legalcode",
            ]
        ),
        "clipboard.js（MIT）": read(TEXTS / "clipboard.txt"),
        **{title: installed(name) for name, title in PACKAGES.items()},
    }


def in_the_browser() -> dict[str, str]:
    """在网页里运行要的：Python，库，编辑器。没有取来就是空的。"""
    found = practice_page.vendored()
    if not found:
        return {}
    folder, editor = found
    texts = {
        f"Pyodide {vendoring.VERSION}（MPL-2.0），没有改动；源代码在 "
        f"https://github.com/pyodide/pyodide/tree/{vendoring.VERSION}": read(TEXTS / "mpl-2.0.txt"),
        "CPython 3.12（PSF-2.0）": read(TEXTS / "python-3.12.txt"),
        "threadpoolctl（BSD-3-Clause）": installed("threadpoolctl"),
        "手写数字（CC BY 4.0）": "E. Alpaydin, C. Kaynak. "
        "Optical Recognition of Handwritten Digits. UCI Machine Learning Repository, 1998.\n\n"
        "https://creativecommons.org/licenses/by/4.0/legalcode",
    }
    wheels = [folder / vendoring.NUMPY]
    if chapter_files.served():
        wheels += [vendoring.drawing() / name for name in vendoring.DRAWING]
        texts["照片"] = "\n".join(f"{name}：{PHOTOGRAPHS[name]}" for name in photographs())
        texts["进度条 tqdm（MPL-2.0 与 MIT）"] = installed("tqdm")
    for wheel in sorted(wheels):
        name, version, *_ = wheel.name.split("-")
        texts[f"{name} {version}"] = in_the_wheel(wheel)
    if editor:
        texts["代码编辑器 CodeMirror 6 的零件"] = read(editor.with_suffix(".txt"))
    return texts


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def installed(name: str) -> str:
    """装好的包带着的许可。"""
    files = distribution(name).files or []
    return "\n\n".join(read(Path(f.locate())) for f in sorted(files) if is_license(f.name))


def in_the_wheel(path: Path) -> str:
    """一个 wheel 带着的许可。"""
    with zipfile.ZipFile(path) as wheel:
        names = [n for n in wheel.namelist() if ".dist-info/" in n and is_license(Path(n).name)]
        return "\n\n".join(wheel.read(name).decode().strip() for name in sorted(names))


def photographs() -> list[str]:
    """网站带着的照片。"""
    return [*chapter_files.PHOTOGRAPHS, *(Path(n).stem for n in chapter_files.LANDSCAPES)]


def is_license(name: str) -> bool:
    return name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE"))


class Licenses(SphinxDirective):
    """``{licenses}``：一样一个折叠的框，打开是原文；原文不进搜索。"""

    def run(self) -> list[nodes.Node]:
        return [self.box(*row) for row in (everywhere() | in_the_browser()).items()]

    @staticmethod
    def box(title: str, text: str) -> nodes.Node:
        inside = f"<summary>{escape(title)}</summary>\n<pre>{escape(text)}</pre>"
        return nodes.raw("", f'<details class="license">{inside}</details>\n', format="html")


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("in_browser.practice_page")
    app.add_directive("licenses", Licenses)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
