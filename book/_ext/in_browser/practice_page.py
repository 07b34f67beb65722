"""在网页里作答：练习页有编辑框与“检查”，Python 在读者的浏览器里运行。

每道题的空壳与检查单元包进一个 ``practice`` 容器，``practice.js`` 在那里放上编辑框；没有脚本时
看到的还是那两个单元。Python、NumPy 与编辑器由 :mod:`vendoring` 取来，放进网站的
``_static/python`` 与 ``_static/practice``，读者按“检查”才下载；取不到时什么也不加，
页面照旧说怎样下载笔记本。环境变量 ``WITHOUT_PYTHON=1`` 也让它不加。
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import os
import shutil
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

import dlbasics
from delivery.page_assets import ASSETS, serve_assets
from dlbasics.exercises.registry import chapters
from in_browser import chapter_files, vendoring
from pages.solutions import checks
from typesetting.html_tag import Tag

PACKAGE = Path(dlbasics.__file__).parent
LEFT_OUT = {"live", "figures", "teaching"}
"""练习用不着的几层，不进浏览器里的那一份。"""

SECONDS = 60
"""检查一道题最多几秒，超过就把浏览器里的 Python 换掉。最慢的参考解答在闲着的机器上要几秒。"""

CANNOT = "网页上不能运行代码："
CAN = (
    "在这一页就能作答，不必先运行什么：在题目下面的框里写，按“检查”。"
    "Python 在你的浏览器里运行，不连别的网站。"
    "也可以"
)
"""换掉 ``CANNOT`` 的话。没有脚本、从硬盘打开、印在纸上都答不了，那里不说它。"""
DIGITS = '''\
"""练习与各章要的图像，与 scikit-learn 给出的一样；浏览器里没有 scikit-learn。"""

import gzip
from pathlib import Path
from types import SimpleNamespace

import numpy as np


def load_digits():
    with gzip.open(Path(__file__).with_name("digits.csv.gz"), "rt") as file:
        data = np.loadtxt(file, delimiter=",")
    return SimpleNamespace(images=data[:, :-1].reshape(-1, 8, 8), target=data[:, -1].astype(int))


def load_sample_image(name):
    from PIL import Image

    return np.asarray(Image.open(Path(__file__).with_name(name)))
'''


@cache
def vendored() -> tuple[Path, Path | None] | None:
    """浏览器里的 Python 所在的文件夹，与编辑器的文件；没有 Python 就是 ``None``。"""
    if os.environ.get("WITHOUT_PYTHON"):
        return None
    try:
        python = vendoring.python()
    except vendoring.Unavailable as error:
        print(f"练习页不能在网页里运行：{error}", file=sys.stderr)
        return None
    try:
        return python, vendoring.editor()
    except vendoring.Unavailable as error:
        print(f"练习页的编辑框没有高亮：{error}", file=sys.stderr)
        return python, None


class PracticeBoxes(SphinxTransform):
    """把一道题的空壳与检查单元包进容器；页首那句“不能运行”换掉。"""

    default_priority = 410  # 在 ShowSolutions 之后

    def apply(self) -> None:
        found = checks(self.document, self.env.docname)
        if not found or not vendored():
            return
        for cell, exercise in found:
            parent, index = cell.parent, cell.parent.index(cell)
            answer = parent[index - 1]
            data = {"exercise": exercise.id, "name": exercise.name, "title": exercise.title}
            box = Tag("div", html={f"data-{k}": v for k, v in data.items()}, classes=["practice"])
            parent.remove(answer)
            parent.replace(cell, box)
            box += [answer, cell]
        for paragraph in list(self.document.findall(nodes.paragraph)):
            text = paragraph.children[0] if paragraph.children else None
            if isinstance(text, nodes.Text) and text.startswith(CANNOT):
                can = nodes.inline("", CAN, classes=["practice-here"])
                paragraph.replace(text, [can, nodes.Text(text.removeprefix(CANNOT))])
                paragraph["classes"].append("only-on-site")


def has_practice(page: str, doctree: nodes.document | None) -> bool:
    """这一页有练习，或有题目索引。"""
    if doctree is None or not vendored():
        return False
    wanted = {"practice", "exercise-index"}
    return any(wanted & set(node["classes"]) for node in doctree.findall(nodes.Element))


def add_settings(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """把浏览器要知道的写进页面：文件与大小，各章的题目与笔记本。"""
    if not has_practice(page, doctree):
        return
    to = context["pathto"]
    files = [{"name": name, "bytes": len(content)} for name, content in served().items()]
    settings = {
        "base": to("_static/python/", 1),
        "version": version(),
        "files": files,
        "size": sum(file["bytes"] for file in files),
        "seconds": SECONDS,
        "packages": ["numpy"],
        "editor": vendored()[1] is not None,
        "licenses": to("book/appendix/licenses"),
        "chapters": [
            {
                "name": chapter.name,
                "title": chapter.title,
                "ids": chapter.ids,
                "notebook": to(f"_sources/book/exercises/{chapter.name}.ipynb", 1),
            }
            for chapter in chapters()
        ],
    }
    text = json.dumps(settings, ensure_ascii=False).replace("</", "<\\/")
    context["body"] += f'<script type="application/json" id="practice-settings">{text}</script>\n'


@cache
def served() -> dict[str, bytes]:
    """``_static/python`` 里的文件，读者第一次按“检查”时下载的就是它们。"""
    folder, _ = vendored()
    files = {}
    for name in vendoring.FILES:
        content = (folder / name).read_bytes()
        if name.endswith((".js", ".wasm")):  # 没有压缩过的两种，替网站压好
            name, content = f"{name}.gz", gzip.compress(content, 9, mtime=0)
        files[name] = content
    files["dlbasics.zip"] = package()
    files["runner.py"] = (ASSETS / "practice" / "runner.py").read_bytes()
    files["pyodide-lock.json"] = lock()
    return files


@cache
def version() -> str:
    """全部文件的指纹，运行一章的也在内；它变了，浏览器才重新下载。"""
    contents = [*served().values(), *chapter_files.served().values()]
    return hashlib.sha256(b"".join(contents)).hexdigest()[:16]


def package() -> bytes:
    """``dlbasics`` 里练习用得到的模块与它们要的别的包，压成一个 zip。

    要的是 ``threadpoolctl``，和顶替 ``sklearn.datasets`` 的手写数字。
    """
    from io import BytesIO

    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:

        def add(name: str, content: bytes) -> None:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)

        for path in sorted(PACKAGE.rglob("*.py")):
            inside = path.relative_to(PACKAGE)
            if inside.parts[0] not in LEFT_OUT:
                add(f"dlbasics/{inside.as_posix()}", path.read_bytes())
        threads = Path(importlib.util.find_spec("threadpoolctl").origin)
        add(threads.name, threads.read_bytes())
        sklearn = Path(importlib.util.find_spec("sklearn").origin).parent
        add("sklearn/__init__.py", b"")
        add("sklearn/datasets/__init__.py", DIGITS.encode())
        digits = sklearn / "datasets" / "data" / "digits.csv.gz"
        add("sklearn/datasets/digits.csv.gz", digits.read_bytes())
    return into.getvalue()


def lock() -> bytes:
    """Pyodide 的软件包清单，只有用到的。"""
    info = {"arch": "wasm32", "platform": "emscripten_3_1_58", "version": vendoring.VERSION}
    info |= {"abi_version": "2024_0", "python": "3.12.7"}
    hashes = {vendoring.NUMPY: vendoring.FILES[vendoring.NUMPY], **vendoring.DRAWING}
    packages = {}
    for file, sha256 in hashes.items():
        name, number, *_ = file.split("-")
        packages[name.replace("_", "-")] = {
            "name": name.replace("_", "-"),
            "version": number,
            "file_name": file,
            "sha256": sha256,
            "install_dir": "site",
            "package_type": "package",
            "imports": [],
            "depends": [],
            "unvendored_tests": False,
        }
    return json.dumps({"info": info, "packages": packages}).encode()


def write_files(app: Sphinx, error: Exception | None) -> None:
    """把 Python 与页面的模块放进网站。"""
    static = Path(app.outdir, "_static")
    python, practice = static / "python", static / "practice"
    if error is not None or app.builder.format != "html":
        return
    for folder in (python, practice):
        shutil.rmtree(folder, ignore_errors=True)
    if not vendored():
        return
    python.mkdir(parents=True)
    for name, content in served().items():
        (python / name).write_bytes(content)
    shutil.copytree(ASSETS / "practice", practice)
    if editor := vendored()[1]:
        shutil.copy(editor, practice / "editor.js")


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("typesetting.html_tag")
    app.add_config_value("practice_available", vendored() is not None, "env")
    app.add_transform(PracticeBoxes)
    serve_assets(app, "practice.js", "practice.css", needed=has_practice)
    app.connect("html-page-context", add_settings)
    app.connect("build-finished", write_files, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
