"""用 axe-core 审查网站每一页的无障碍：``python -m tools.audit [页…]``（即 ``make audit``）。

桌面与手机、浅色与深色，四种样子各查一遍；可操作的图先唤醒。违反的规则逐条列出，末尾是每一页的数目。
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import NamedTuple

import click
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright
from tqdm import tqdm

from book.serve import open_server
from tests import chromium
from tests.conftest import PHONE
from tests.site.conftest import pages_of, wake

SITE = Path(__file__).resolve().parents[1] / "_build" / "html"
DESKTOP = {"viewport": {"width": 1280, "height": 900}}
LOOKS = {
    "桌面浅色": DESKTOP | {"color_scheme": "light"},
    "桌面深色": DESKTOP | {"color_scheme": "dark"},
    "手机浅色": PHONE | {"color_scheme": "light"},
    "手机深色": PHONE | {"color_scheme": "dark"},
}
OFF_BY_DEFAULT = ("label-content-name-mismatch", "target-size")
"""axe 默认不查、这里也查的规则。"""

OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {name: {"enabled": True} for name in OFF_BY_DEFAULT},
}


class Violation(NamedTuple):
    """违反一条规则的一个元素。"""

    rule: str
    element: str
    reason: str


def violations(browser: Browser, address: str, look: str) -> list[Violation]:
    """``address`` 这一页，以 ``look`` 的样子，违反规则的全部元素。"""
    page = browser.new_page(**LOOKS[look], reduced_motion="reduce", locale="zh-CN")
    page.goto(address)
    wake(page)
    found = Axe().run(page, options=OPTIONS).response["violations"]
    page.close()
    return [
        Violation(rule["id"], " ".join(map(str, node["target"])), node["failureSummary"])
        for rule in found
        for node in rule["nodes"]
    ]


@click.command(help="用 axe-core 审查网站的每一页，或只审查写明的几页（从 _build/html 算起）。")
@click.argument("pages", nargs=-1)
def main(pages: tuple[str, ...]) -> None:
    server = open_server(SITE, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    counts = {}
    with sync_playwright() as playwright, chromium.launched(playwright) as browser:
        for name in tqdm(pages or pages_of(SITE)):
            counts[name] = []
            for look in LOOKS:
                address = f"http://127.0.0.1:{server.server_port}/{name}"
                found = violations(browser, address, look)
                counts[name].append(len(found))
                for one in found:
                    click.echo(f"{name} {look} {one.rule} {one.element}\n  {one.reason}")
    server.shutdown()
    totals = [sum(column) for column in zip(*counts.values(), strict=True)]
    for name, row in [("页", LOOKS), *counts.items(), ("合计", totals)]:
        click.echo("\t".join([*map(str, row), name]))
    sys.exit(any(totals))


if __name__ == "__main__":
    main()
