"""这本书自己的全部 Sphinx 扩展；``_config.yml`` 只写这一个名字。

Sphinx 只看正文有没有改动。样式、扩展、模板或可操作的图改了，也要重建，否则看到的还是旧的：
它们之中有一个比上次构建新，就把全书当作改动过。
"""

from __future__ import annotations

import logging
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

BOOK = Path(__file__).parents[1]
MACHINERY = (
    BOOK / "_assets",
    BOOK / "_ext",
    BOOK / "_templates",
    BOOK / "serve.py",
    BOOK.parent / "dlbasics" / "figures",
    BOOK.parent / "dlbasics" / "live",
)

EXTENSIONS = (
    "typesetting.mathml",
    "typesetting.lean_code",
    "typesetting.chinese_text",
    "typesetting.stable_ids",
    "pages.section_search",
    "typesetting.chinese_interface",
    "typesetting.accessible_html",
    "typesetting.lean_html",
    "pages.page_description",
    "pages.page_footer",
    "delivery.sharing",
    "delivery.offline",
    "delivery.slim_site",
    "delivery.icons",
    "typesetting.picture_alt",
    "delivery.light_pictures",
    "pages.cover_picture",
    "pages.live_figures",
    "pages.live_gallery",
    "pages.claims",
    "pages.glossary",
    "pages.chapters",
    "pages.api",
    "pages.figure_zoom",
    "pages.progress",
    "pages.citation",
    "pages.indexes",
    "pages.quiz",
    "pages.slides",
    "pages.solutions",
    "pages.teaching_plan",
    "in_browser.practice_page",
    "in_browser.chapter_page",
    "in_browser.package_wheel",
    "in_browser.downloads",
    "delivery.repository",
    "delivery.launch",
    "pages.licenses",
    "delivery.one_stylesheet",
    "delivery.take_along",
)


def changed_since(built: Path, places: tuple[Path, ...]) -> bool:
    """这些文件、这些文件夹里有没有比 ``built`` 新的；还没有 ``built`` 时算有。"""
    if not built.is_file():
        return True
    files = (path for place in places for path in (place, *place.rglob("*")) if path.is_file())
    return any(
        path.suffix != ".pyc" and path.stat().st_mtime > built.stat().st_mtime for path in files
    )


def outdated_pages(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> set[str]:
    built = Path(app.outdir, "objects.inv")  # 构建最后写下的
    return set(env.found_docs) if changed_since(built, MACHINERY) else set()


def setup(app: Sphinx) -> dict[str, bool]:
    # 代码配色的一个包打开了全部日志；裁剪字体的每一步不必告诉读者
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    for name in EXTENSIONS:
        app.setup_extension(name)
    app.connect("env-get-outdated", outdated_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
