"""页脚要的版本与日期，修改这一页与报告问题的链接。

版本是 ``pyproject.toml`` 的，日期是这一页的源文件最近一次提交的；没有 git，或文件还没有提交，
就不写日期：不拿构建的日子冒充。仓库不公开，就没有链接。
"""

from __future__ import annotations

import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[3]


@cache
def version() -> str:
    """这本书与配套包的版本。"""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["project"]["version"]


def changed_on(path: Path) -> str:
    """``path`` 最近一次提交的日子，如 ``2026-01-31``；不知道就是空字符串。"""
    command = ["git", "log", "-1", "--format=%cs", "--", path.name]
    try:
        found = subprocess.run(
            command, cwd=path.parent, capture_output=True, encoding="utf-8", check=False
        )
    except OSError:
        return ""
    return found.stdout.strip()


def tell(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    context["book_version"] = version()
    if doctree:
        context["changed_on"] = changed_on(Path(app.env.doc2path(pagename)))
    if doctree and (repository := app.config.repository):
        context["edit_address"] = repository.edit(str(app.env.doc2path(pagename, base=False)))
        context["report_address"] = repository.new_issue(f"{context['title']}：")


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("delivery.repository")
    app.connect("html-page-context", tell)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
