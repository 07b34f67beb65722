"""把网站里的幻灯片印成 PDF：``python -m tools.slides [章…]``（即 ``make slides``）。

一章一个文件，``_build/slides/章名.pdf``，一张一页；先有网站。
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import click
from playwright.sync_api import Browser, sync_playwright
from tqdm import tqdm

from book.serve import open_server
from tests import chromium

BUILD = Path(__file__).resolve().parents[1] / "_build"
DECKS = BUILD / "html" / "book" / "slides"
READY = """() => document.querySelector(".pdf-page")
  && [...document.images].every((image) => image.complete)"""


def print_deck(browser: Browser, address: str, target: Path) -> None:
    """把 ``address`` 的幻灯片印成 ``target``，一张一页。"""
    page = browser.new_page(locale="zh-CN")
    page.goto(f"{address}?print-pdf")
    page.wait_for_function(READY)
    page.pdf(path=target, prefer_css_page_size=True, print_background=True, tagged=True)
    page.close()


@click.command(help="把幻灯片印成 PDF，或只印写明的几章，如 momentum。")
@click.argument("chapters", nargs=-1)
def main(chapters: tuple[str, ...]) -> None:
    every = sorted(path.stem for path in DECKS.glob("*.html"))
    if unknown := set(chapters) - set(every):
        sys.exit(f"没有 {'、'.join(sorted(unknown))} 的幻灯片；有 {'、'.join(every)}")
    folder = BUILD / "slides"
    folder.mkdir(exist_ok=True)
    server = open_server(BUILD / "html", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright, chromium.launched(playwright) as browser:
        for name in tqdm(chapters or every, unit="份"):
            address = f"http://127.0.0.1:{server.server_port}/book/slides/{name}.html"
            print_deck(browser, address, folder / f"{name}.pdf")
    server.shutdown()
    click.echo(f"幻灯片在 {folder.relative_to(BUILD.parent)}/")


if __name__ == "__main__":
    main()
