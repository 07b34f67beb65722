"""一个不靠别的文件的网页：样式写在里面，不连任何网站，没有脚本。"""

from __future__ import annotations

from html import escape
from pathlib import Path

STYLE = Path(__file__).with_name("report.css")


def page(title: str, body: str, *, wide: bool = False) -> str:
    """一个不靠别的文件的网页。"""
    style = STYLE.read_text(encoding="utf-8")
    kind = ' class="wide"' if wide else ""
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main{kind}>\n{body}\n</main>\n</body>\n</html>\n"
    )
