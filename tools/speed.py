"""用 Lighthouse 量网站每一页的快慢：``python -m tools.speed [页…]``（``make audit`` 的后一半）。

按 Lighthouse 的手机来量：慢的网，慢的处理器。每页量几遍，取中位数；处理器时间是真的，机器要闲着。
Node 与 Lighthouse 第一次用时取来，放在 ``_build/lighthouse``。
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import click
from tqdm import tqdm

from book.serve import open_server
from tests import chromium
from tests.site.conftest import pages_of
from tools.audit import SITE

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "_build" / "lighthouse"
VERSION = "12.8.2"
BROWSER = " ".join(["--headless", *chromium.ARGUMENTS])
FEWEST, MOST_BLOCKED, MOST_LARGEST, MOST_ELEMENTS = 90, 200, 2500, 6000
"""性能的分数，主线程被占的毫秒数，最大的内容画出来的毫秒数，刚打开时的元素数。"""


class Speed(NamedTuple):
    """一页的一次测量，或几次的中位数。"""

    performance: float
    accessibility: float
    best_practices: float
    seo: float
    blocked: float
    largest: float
    elements: float

    @classmethod
    def of(cls, report: dict[str, Any]) -> Speed:
        """取自 Lighthouse 的 JSON。"""
        scores = [
            100 * report["categories"][name]["score"]
            for name in ("performance", "accessibility", "best-practices", "seo")
        ]
        audits = ("total-blocking-time", "largest-contentful-paint", "dom-size")
        return cls(*scores, *(report["audits"][name]["numericValue"] for name in audits))

    @property
    def good(self) -> bool:
        """几项目标都达到了没有。"""
        full = (self.accessibility, self.best_practices, self.seo) == (100, 100, 100)
        fast = self.performance >= FEWEST and self.blocked <= MOST_BLOCKED
        return full and fast and self.largest <= MOST_LARGEST and self.elements <= MOST_ELEMENTS

    def row(self) -> str:
        return "\t".join(["达到" if self.good else "没有达到", *(f"{each:.0f}" for each in self)])


def middle(speeds: list[Speed]) -> Speed:
    """每一项各取中位数。"""
    return Speed(*map(median, zip(*speeds, strict=True)))


def lighthouse() -> list[str]:
    """运行 Lighthouse 的命令；还没有就取来。"""
    sys.path.insert(0, str(ROOT / "book" / "_ext"))
    from in_browser.vendoring import node, npm

    script = PLACE / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not script.is_file():
        PLACE.mkdir(parents=True, exist_ok=True)
        command = [*npm(PLACE), "install", "--no-audit", "--no-fund", f"lighthouse@{VERSION}"]
        subprocess.run(command, cwd=PLACE, env=os.environ | {"NODE_USE_SYSTEM_CA": "1"}, check=True)
    return [str(node(PLACE)), str(script), "--quiet", "--output=json", f"--chrome-flags={BROWSER}"]


def measure(command: list[str], address: str) -> Speed:
    """量一遍。"""
    path = chromium.executable()
    environment = os.environ | ({"CHROME_PATH": path} if path else {})
    done = subprocess.run(
        [*command, address], env=environment, check=True, capture_output=True, encoding="utf-8"
    )
    return Speed.of(json.loads(done.stdout))


@click.command(help="用 Lighthouse 量网站的每一页，或只量写明的几页（从 _build/html 算起）。")
@click.argument("pages", nargs=-1)
@click.option("--times", default=3, show_default=True, metavar="几遍", help="每页量几遍。")
def main(pages: tuple[str, ...], times: int) -> None:
    command = lighthouse()
    server = open_server(SITE, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rows = {}
    for name in tqdm(pages or pages_of(SITE)):
        address = f"http://127.0.0.1:{server.server_port}/{name}"
        rows[name] = middle([measure(command, address) for _ in range(times)])
    server.shutdown()
    click.echo("\t性能\t无障碍\t最佳实践\tSEO\tTBT\tLCP\t元素\t页")
    for name, speed in rows.items():
        click.echo(f"{speed.row()}\t{name}")
    sys.exit(not all(speed.good for speed in rows.values()))


if __name__ == "__main__":
    main()
