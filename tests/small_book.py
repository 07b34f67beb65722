"""一两页的小书：试书的扩展，不必等整本书。"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

SETTINGS = {
    "html_theme": "basic",
    "language": "zh_CN",
    "myst_enable_extensions": ["amsmath", "colon_fence", "dollarmath"],
    "nb_execution_mode": "off",
    "nitpicky": True,
}


@dataclass(frozen=True)
class SmallBook:
    """构建的结果：网页所在的文件夹 ``html`` 与全部警告。"""

    html: Path
    warnings: str

    def page(self, name: str = "index") -> str:
        """一页的 HTML。"""
        return (self.html / f"{name}.html").read_text(encoding="utf-8")


def build(folder: Path, files: dict[str, str], *extensions: str, **settings: object) -> SmallBook:
    """在 ``folder`` 里写下 ``files``（路径 → 内容），用这些扩展构建；没有变的文件不重写。"""
    source = folder / "source"
    for name, text in files.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    told = StringIO()
    places = source, None, folder / "html", folder / "doctrees"
    settings = SETTINGS | {"extensions": ["myst_nb", *extensions]} | settings
    with warnings.catch_warnings(), patch_docutils(), docutils_namespace():
        warnings.simplefilter("ignore", DeprecationWarning)  # 出自 Sphinx 与它的扩展
        Sphinx(*places, "html", settings, status=None, warning=told).build()
    return SmallBook(folder / "html", re.sub(r"\x1b\[[\d;]*m", "", told.getvalue()))
