"""扩展自己的样式与脚本：都放进网站。样式各页都有（会合成一份），脚本只在用得到的页面上加载。"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

ASSETS = Path(__file__).parents[2] / "_assets"

#: 由页名和文档树（有的页没有）判断这一页要不要。
Needed = Callable[[str, nodes.document | None], bool]


def has_class(name: str) -> Needed:
    """页上有样式类为 ``name`` 的节点。"""

    def needed(pagename: str, doctree: nodes.document | None) -> bool:
        return doctree is not None and any(
            name in node["classes"] for node in doctree.findall(nodes.Element)
        )

    return needed


def copy_assets(app: Sphinx, *names: str) -> None:
    """把 ``book/_assets`` 里的这几个文件放进网站，哪一页也不加载。"""

    def copy(app: Sphinx, config: Config) -> None:
        config.html_static_path.extend(str(ASSETS / name) for name in names)

    app.connect("config-inited", copy)


def serve_assets(app: Sphinx, *names: str, needed: Needed) -> None:
    """把 ``book/_assets`` 里的这几个文件放进网站；脚本只在 ``needed`` 的页面上加载。"""
    paths = [Path(name) for name in names]
    scripts = [path.name for path in paths if path.suffix == ".js"]
    for path in paths:
        if path.suffix != ".js":
            app.add_css_file(path.name)

    def load(
        app: Sphinx,
        pagename: str,
        templatename: str,
        context: dict,
        doctree: nodes.document | None,
    ) -> None:
        if not needed(pagename, doctree):
            return
        for name in scripts:
            app.add_js_file(name, loading_method="defer")

    copy_assets(app, *names)
    app.connect("html-page-context", load)
