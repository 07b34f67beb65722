"""这本书自己的全部 Sphinx 扩展；``_config.yml`` 只写这一个名字。"""

from __future__ import annotations

from sphinx.application import Sphinx

EXTENSIONS = (
    "katex",
    "chinese_text",
    "chinese_search",
    "chinese_interface",
    "offline",
    "slim_site",
    "icons",
    "picture_alt",
    "light_pictures",
    "cover_picture",
    "live_figures",
    "claims",
    "quiz",
    "solutions",
)


def setup(app: Sphinx) -> dict[str, bool]:
    for name in EXTENSIONS:
        app.setup_extension(name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
