"""``python -m tools.pdf``：见包的说明。"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from playwright.sync_api import sync_playwright

from book._ext.delivery import take_along
from tests import chromium
from tools.pdf.joined import parts
from tools.pdf.printed import bound, printed
from tools.pdf.proof import problems

PROJECT = Path(__file__).resolve().parents[2]
SITE = PROJECT / "_build" / "html"
TARGET = PROJECT / "_build" / "deep-learning-basics.pdf"


@click.command(help="把构建好的网站印成一份 PDF，校对，放在 _build/ 里。")
def main() -> None:
    contents = parts(PROJECT / "_toc.yml")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        with chromium.launched(playwright) as browser:
            book = bound(SITE, contents, Path(folder))
            pdf = printed(browser, book)
        html = book.read_text(encoding="utf-8")
    TARGET.write_bytes(pdf)
    if found := list(problems(pdf, html)):
        sys.exit("\n".join(found))
    take_along.add(SITE, TARGET)
    click.echo(f"{TARGET.relative_to(PROJECT)}：{len(pdf) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
