"""可操作的图怎样进入网页。

笔记本里存下的一幅图有 text/html（状态）与 image/png（静态图）两种样子。myst-nb 只肯选一种；
这里把两种放进同一个 ``live-output`` 容器：脚本跑起来就操作，跑不起来或打印时就看静态图。
用到的模块与 ``facts`` 直接写在页面里，不发请求，从硬盘上打开也能用。
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from dlbasics.live.modules import style
from dlbasics.live.page import script

FIGURE = re.compile(r'<div class="live-figure" data-live="(\w+)">')


class KeepPicture(SphinxPostTransform):
    """让静态图与可操作的图待在一起；要赶在 myst-nb 选出一种之前（它的优先级是 4）。"""

    default_priority = 3
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        for output in list(self.document.findall(nodes.container)):
            if output.get("nb_element") != "mime_bundle":
                continue
            kinds = {child["mime_type"]: child for child in output.children}
            html = kinds.get("text/html")
            if html is not None and FIGURE.search(html.astext()):
                state = nodes.raw("", html.astext(), format="html")
                image = kinds["image/png"].children
                picture = nodes.container("", *image, classes=["live-picture"])
                output.replace_self(nodes.container("", state, picture, classes=["live-output"]))


def add_modules(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """在有图的页面上写进样式、要用的模块，与唤醒它们的脚本。"""
    names = set(FIGURE.findall(context.get("body", "")))
    if not names:
        return
    context["metatags"] += f"<style>\n{style(*sorted(names))}\n</style>\n"
    app.add_js_file(None, body=script(names), type="module")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_post_transform(KeepPicture)
    app.connect("html-page-context", add_modules)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
