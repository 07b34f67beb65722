"""去掉主题带来而页面用不到的文件。

图标由字体画，所以不要 FontAwesome 的脚本（1.5 MB）；读者也用不着源映射、
译文目录和外部平台的标志。引用它们的模板在 ``book/_templates`` 里改掉。
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

UNUSED = (
    "**/*.map",
    "locales",
    "images/logo_*",
    "scripts/fontawesome.js*",
    "vendor/fontawesome/webfonts/*.ttf",
    "sbt-webpack-macros.html",
    "webpack-macros.html",
)


def remove_unused(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    for pattern in UNUSED:
        for path in list(static.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", remove_unused)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
