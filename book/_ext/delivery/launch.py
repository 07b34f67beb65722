"""“在别处运行”：不在自己的机器上装东西，用别人的服务器运行这一章。

仓库是公开的，每一本笔记本的页面就多一个按钮：Binder，GitHub 上的还有 Colab，以及魔搭与 AI Studio。
后两家与 Colab 没有 ``dlbasics``，所以网站的 ``cloud/`` 里另有一份，第一个单元从仓库装上它；
Colab 只打开 GitHub 上的文件，那一份由工作流放在仓库的 ``notebooks`` 分支上。
没有公开的仓库，页面与文件都与没有这个扩展时一样。
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import nbformat

from delivery.page_assets import serve_assets
from delivery.repository import BRANCH, Repository
from in_browser.downloads import MISSING, portable

if TYPE_CHECKING:
    from sphinx.application import Sphinx

COPIES = "cloud"
"""网站里放云端笔记本的文件夹。"""

COPIES_BRANCH = "notebooks"
"""仓库里放云端笔记本的分支。"""

BINDER = "https://mybinder.org/v2"
COLAB = "https://colab.research.google.com/github"
BY_HAND = {
    "魔搭": "https://modelscope.cn/my/mynotebook",
    "AI Studio": "https://aistudio.baidu.com/",
}
"""要自己把笔记本传上去的地方。"""


def hosts(repository: Repository, notebook: str) -> dict[str, str]:
    """直接打开仓库里一本笔记本的各家与网址。

    Examples
    --------
    >>> book = Repository("https://gitee.com/someone/dl-book", "gitee")
    >>> hosts(book, "book/index.ipynb")
    {'Binder': 'https://mybinder.org/v2/git/https%3A%2F%2Fgitee.com%2Fsomeone%2Fdl-book/main?labpath=book%2Findex.ipynb'}
    """
    host = urlsplit(repository.address).netloc
    provider, name = {
        "github.com": ("gh", quote(repository.path)),
        "gitlab.com": ("gl", quote(repository.path, safe="")),
    }.get(host, ("git", quote(repository.address, safe="")))
    place = f"{BINDER}/{provider}/{name}/{BRANCH}?labpath={quote(notebook, safe='')}"
    found = {"Binder": place}
    if repository.kind == "github":
        found["Colab"] = f"{COLAB}/{repository.path}/blob/{COPIES_BRANCH}/{quote(notebook)}"
    return found


def prepared(notebook: nbformat.NotebookNode, repository: Repository) -> nbformat.NotebookNode:
    """在最前面加一个单元，从仓库装上 ``dlbasics``；就地改，并返回它。"""
    code = next(cell for cell in notebook.cells if cell.cell_type == "code")
    code.source = code.source.removeprefix(MISSING)
    install = f'%pip install -q "dlbasics @ git+{repository.address}@{BRANCH}"'
    notebook.cells.insert(0, nbformat.v4.new_code_cell(install, id="install"))
    return notebook


def tell(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    repository = app.config.repository
    if repository and context.get("page_source_suffix") == ".ipynb":
        context["launch"] = {
            "hosts": hosts(repository, f"{pagename}.ipynb"),
            "download": f"{COPIES}/{pagename}.ipynb",
            "by_hand": BY_HAND,
        }


def write_copies(app: Sphinx, error: Exception | None) -> None:
    repository = app.config.repository
    if error is not None or app.builder.name != "html":
        return
    shutil.rmtree(Path(app.outdir, COPIES), ignore_errors=True)
    if not repository:
        return
    for page in app.env.found_docs:
        source = Path(app.env.doc2path(page))
        if source.suffix == ".ipynb":
            notebook = portable(
                nbformat.read(source, as_version=4), plain="/exercises/" not in page
            )
            path = Path(app.outdir, COPIES, f"{page}.ipynb")
            path.parent.mkdir(parents=True, exist_ok=True)
            text = nbformat.writes(prepared(notebook, repository)) + "\n"
            path.write_text(text, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("delivery.repository")
    serve_assets(app, "launch.css", needed=lambda pagename, doctree: False)
    app.connect("html-page-context", tell)
    app.connect("build-finished", write_copies)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
