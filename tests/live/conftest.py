"""真浏览器里的一块台子：把图摆上去，让手去动它。"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from dlbasics.live.base import LiveFigure
from dlbasics.live.modules import bundle, source, style
from dlbasics.live.page import FIGURES, mounting

#: 全部的图；新写的图只要从 dlbasics.live 导出，就在里面。
EVERY = list(FIGURES.values())


def stage_html(figures: list[LiveFigure], theme: str) -> str:
    """只有这几幅图的网页；``window.models`` 是它们的状态。"""
    names = sorted({one.module for one in figures})
    body = "".join(f'<div class="live-output">{one.html()}</div>' for one in figures)
    return (
        f'<!doctype html><html lang="zh-CN" data-theme="{theme}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><style>{style(*names)}</style>{body}'
        f'<script type="module">{source("shim.js")}'
        f"window.models = await {mounting(names)};</script>"
    )


@pytest.fixture
def stage(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """``stage(figure, ..., theme="light", **浏览器选项)`` 打开一页；有报错或请求就不通过。"""
    complaints: list[str] = []
    pages: list[Page] = []

    def note_request(url: str) -> None:
        if not url.startswith(("file:", "data:")):
            complaints.append(url)

    def open_page(*figures: LiveFigure, theme: str = "light", **options: object) -> Page:
        file = tmp_path / f"stage{len(pages)}.html"
        file.write_text(stage_html(list(figures), theme), encoding="utf-8")
        size = {"width": 1000, "height": 900 * len(figures)}  # 离屏幕近的才醒
        options = {"viewport": size} | options
        page = browser.new_context(**options).new_page()
        pages.append(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: note_request(request.url))
        page.goto(file.as_uri())
        page.wait_for_function("window.models && document.querySelector('.live-readout b')")
        return page

    yield open_page
    for page in pages:
        page.context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def scripts(browser: Browser) -> Iterator[Page]:
    """一张空白页，``window`` 里有每幅图的模块，``facts`` 里有每幅图的 ``facts``。

    ``race`` 与 ``damping`` 是前两幅的别名。
    """
    page = browser.new_page()
    facts = {name: figure.published() for name, figure in FIGURES.items()}
    page.evaluate("(facts) => { window.facts = facts; }", facts)
    aliases = [("race", "momentum_race"), ("damping", "damping_map")]
    for name, module in [*aliases, *((one.module, one.module) for one in EVERY)]:
        load = "async ([name, url]) => { window[name] = await import(url); }"
        page.evaluate(load, [name, "data:text/javascript;charset=utf-8," + quote(bundle(module))])
    yield page
    page.close()
