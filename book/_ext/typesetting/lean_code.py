"""代码里颜色相同的记号合成一段：看起来一样，元素少一半多。

Pygments 给每个记号一个 ``<span>``，不管它的颜色是不是与旁边的、与不加 ``<span>`` 的一样。
浅色与深色两种样式里都一样的记号，这里换成同一种；与普通文字一样的就不加。
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, TextIO

from pygments.formatters import HtmlFormatter
from pygments.styles import get_style_by_name
from pygments.token import Token, _TokenType
from sphinx.highlighting import PygmentsBridge

if TYPE_CHECKING:
    from sphinx.application import Sphinx

STYLES = ("a11y-high-contrast-light", "a11y-high-contrast-dark")


@cache
def plainest(kind: _TokenType) -> _TokenType:
    """看起来与 ``kind`` 一样的记号：普通文字，否则它最大的一类。

    Examples
    --------
    >>> plainest(Token.Punctuation), plainest(Token.Literal.String.Double)
    (Token.Text, Token.Literal.String)
    """
    return next(same for same in (Token.Text, *kind.split()) if look(same) == look(kind))


@cache
def look(kind: _TokenType) -> str:
    """两种样式里的颜色与字形。"""
    return repr([get_style_by_name(name).style_for_token(kind) for name in STYLES])


class LeanFormatter(HtmlFormatter):
    """少用元素的 ``HtmlFormatter``；它自己会把一行里相邻的同种记号合在一起。"""

    def format_unencoded(
        self, tokensource: Iterator[tuple[_TokenType, str]], outfile: TextIO
    ) -> None:
        super().format_unencoded(((plainest(kind), text) for kind, text in tokensource), outfile)

    def _wrap_pre(self, inner: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """``<pre>`` 之后那个空的 ``<span>``，代码以空行开头才要：浏览器丢掉紧跟着的换行。"""
        lines = list(inner)
        blank = bool(lines) and not lines[0][1].strip()
        for is_code, text in super()._wrap_pre(iter(lines)):
            yield is_code, text if is_code or blank else text.replace("<span></span>", "")


def setup(app: Sphinx) -> dict[str, bool]:
    PygmentsBridge.html_formatter = LeanFormatter
    return {"parallel_read_safe": True, "parallel_write_safe": True}
