"""图标字体只留用到的字形。

主题自带 FontAwesome 的一千多个图标（156 KB），书里只用十几个。构建结束后，
看网页里写着哪些图标、样式里直接写着哪些字形，把字体裁到只剩它们。
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from fontTools import subset
from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from sphinx.application import Sphinx

THEME = "styles/pydata-sphinx-theme.css"
FONT = "vendor/fontawesome/webfonts/fa-solid-900.woff2"
RULE = re.compile(r'((?:\.fa-[\w-]+:+before,?)+)\{content:"\\([0-9a-f]+)"\}')
GLYPH = re.compile(r"\\(f[0-9a-f]{3})\b")


def used_glyphs(texts: list[str], theme: str) -> set[int]:
    """``texts`` 里的图标名与样式 ``theme`` 直接写出的字形，合成一组字符编码。

    Examples
    --------
    >>> theme = '.fa-print:before{content:"\\\\f02f"}.fa-moon:before{content:"\\\\f186"}'
    >>> [hex(code) for code in used_glyphs(['<i class="fa-solid fa-print"></i>'], theme)]
    ['0xf02f']
    """
    named = {name for text in texts for name in re.findall(r"\bfa-[\w-]+", text)}
    codes = set()
    for selectors, code in RULE.findall(theme):
        if named & set(re.findall(r"fa-[\w-]+", selectors)):
            codes.add(int(code, 16))
    return codes | {int(code, 16) for code in GLYPH.findall(RULE.sub("", theme))}


def keep_used_glyphs(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    scripts = [*Path(app.outdir).rglob("*.html"), *static.glob("scripts/*.js")]
    texts = [path.read_text(encoding="utf-8") for path in scripts]
    options = subset.Options(flavor="woff2", hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=used_glyphs(texts, (static / THEME).read_text(encoding="utf-8")))
    font = TTFont(static / FONT)
    subsetter.subset(font)
    subset.save_font(font, static / FONT, options)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", keep_used_glyphs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
