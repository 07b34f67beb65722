"""图标只留用到的：字体里的字形，和样式里的规则。

主题自带 FontAwesome 的一千多个图标（字体 156 KB，规则又占样式的四分之一），书里只用十几个。
构建结束后，看网页里写着哪些图标、样式里直接写着哪些字形，把两者都裁到只剩它们。
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
RULE = re.compile(r'((?:\.fa-[\w-]+:+before,?)+)\{content:"\\[^"]+"\}')
NAME = re.compile(r"fa-[\w-]+")
GLYPH = re.compile(r'"\\([0-9a-f]{2,4})"')


def prune_rules(theme: str, texts: list[str]) -> str:
    r"""从样式 ``theme`` 里删去 ``texts`` 没有提到的图标的规则。

    Examples
    --------
    >>> theme = r'.fa-print:before{content:"\f02f"}.fa-moon:before{content:"\f186"}'
    >>> prune_rules(theme, ['<i class="fa-solid fa-print"></i>'])
    '.fa-print:before{content:"\\f02f"}'
    """
    named = {name for text in texts for name in re.findall(r"\bfa-[\w-]+", text)}
    return RULE.sub(lambda rule: rule[0] if named & set(NAME.findall(rule[1])) else "", theme)


def keep_used_icons(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    users = [*Path(app.outdir).rglob("*.html"), *static.glob("scripts/*.js")]
    theme = static / THEME
    rules = prune_rules(
        theme.read_text(encoding="utf-8"), [path.read_text(encoding="utf-8") for path in users]
    )
    theme.write_text(rules, encoding="utf-8")
    options = subset.Options(flavor="woff2", hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes={int(code, 16) for code in GLYPH.findall(rules)})
    font = TTFont(static / FONT)
    subsetter.subset(font)
    subset.save_font(font, static / FONT, options)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", keep_used_icons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
