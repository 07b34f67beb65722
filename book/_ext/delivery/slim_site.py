"""去掉主题带来而页面用不到的文件。

图标由字体画，所以不要 FontAwesome 的脚本（1.5 MB）；读者也用不着源映射、
译文目录和外部平台的标志。引用它们的模板在 ``book/_templates`` 里改掉。

主题的脚本还有一件事不让它做：页面一变就逐段量代码与输出放不放得下，量一段、改一段，
浏览器要把全书最长的一章重排几十遍。
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


THEME = "scripts/pydata-sphinx-theme.js"
MEASURING = '"complete"===document.readyState?O():window.addEventListener("load",O)'
STOPPED = "void 0 /* 不量 */"


def stop_measuring(script: str) -> str:
    """主题的脚本，去掉反复量尺寸的一句；上次构建去掉了的，原样返回。

    Raises
    ------
    ValueError
        没有这一句：主题换了版本。
    """
    if MEASURING not in script and STOPPED not in script:
        raise ValueError(f"{THEME} 里应有 {MEASURING}，没有找到；主题换了版本，要重新核对")
    return script.replace(MEASURING, STOPPED)


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
    theme = static / THEME
    if theme.is_file():
        script = theme.read_text(encoding="utf-8")
        theme.write_text(stop_measuring(script), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", remove_unused)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
