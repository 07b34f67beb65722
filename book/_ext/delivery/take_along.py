"""带得走的书：整本的 PDF 与 EPUB，离线的压缩包。网站里有哪一份，封面就链接哪一份。

它们由 ``make pdf``、``make epub``、``make zip`` 在构建之后做出。网站一重写，旧的就从网站里拿走，
封面不再链接；``_build/`` 里的那一份还在。
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FILES = {
    "deep-learning-basics.pdf": "整本书的 PDF",
    "deep-learning-basics.epub": "EPUB",
    "deep-learning-basics.zip": "离线的网站",
}
COVER = Path("book", "index.html")
PLACE = re.compile(r'<p class="take-along"[^>]*>.*?</p>', re.DOTALL)
"""封面上的位置，写在 ``book/index.md`` 里。"""


def add(site: Path, file: Path) -> None:
    """把做好的 ``file`` 放进网站，链接到封面上。"""
    shutil.copyfile(file, site / file.name)
    offer(site)


def remove(site: Path, *names: str) -> None:
    """从网站里拿走这几份。"""
    for name in names:
        (site / name).unlink(missing_ok=True)
    offer(site)


def offer(site: Path) -> None:
    """封面链接 ``site`` 里有的那几份；一份也没有，就什么也不显示。"""
    links = [
        f'<a href="../{name}" download>{title}</a>'
        f"（{max(1, round((site / name).stat().st_size / 1e6))} MB）"
        for name, title in FILES.items()
        if (site / name).is_file()
    ]
    shown = f'<p class="take-along">带走：{"，".join(links)}。</p>'
    written = shown if links else '<p class="take-along" hidden></p>'
    cover = site / COVER
    if cover.is_file():
        html = cover.read_text(encoding="utf-8")
        cover.write_text(PLACE.sub(lambda place: written, html), encoding="utf-8")


def forget(app: Sphinx, *page: object) -> None:
    """要重写一页了：做好的都旧了。"""
    for name in FILES:
        Path(app.outdir, name).unlink(missing_ok=True)


def finish(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        offer(Path(app.outdir))


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", forget)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
