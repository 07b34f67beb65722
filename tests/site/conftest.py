"""网站测试共用的：构建好的网站、它的地址、浏览器，以及一次访问的全部见闻。"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request

from book.serve import open_server

ROOT = Path(__file__).parents[2]
SLIDES = "book/slides/"
CHAPTER = "book/descent/momentum.html"
NO_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('不许'); }})"
"""网页一开始运行它，浏览器就不许存储。"""

ALLOWED = {"Ctrl", "K", "+", "PDF", "EPUB", "CC", "BY", "BSD", "Clause"} | {
    "Binder",
    "Colab",
    "AI",
    "Studio",
}


def pages_of(site: Path) -> list[str]:
    """网站的每一页；只转到封面的首页与幻灯片不算，幻灯片由它们自己的测试查。"""
    found = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return [name for name in found if name != "index.html" and not name.startswith(SLIDES)]


@pytest.fixture(scope="session")
def pages(site: Path) -> list[str]:
    return pages_of(site)


def serve(folder: Path) -> Iterator[str]:
    server: ThreadingHTTPServer = open_server(folder, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    yield from serve(site)


def latin_words(texts: list[str]) -> set[str]:
    """界面上不该出现的西文词。"""
    words = {word for text in texts for word in re.findall(r"[A-Za-z]{2,}", text)}
    return words - ALLOWED


BEFORE = """(node) => window.scrollBy({
  top: node.getBoundingClientRect().top - 1.5 * innerHeight, behavior: "instant" })"""


def wake(page: Page) -> list[Locator]:
    """滚到每幅可操作的图前面半屏，等它醒来，再回到原处；返回它们的容器。"""
    place = page.evaluate("window.scrollY")
    boxes = page.locator(".live-output").all()
    for box in boxes:
        box.evaluate(BEFORE)
        box.locator(":scope[data-live-ready] .live-readout b").first.wait_for()
    page.evaluate("(top) => window.scrollTo({ top, behavior: 'instant' })", place)
    return boxes


@dataclass
class Visit:
    """一个标签页，和打开它以来发生的请求与出错。"""

    page: Page
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        note = self.problems.append
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", self._note_failure)
        self.page.on("pageerror", lambda error: note(f"脚本出错 {error}"))
        self.page.on(
            "console", lambda message: message.type == "error" and note(f"控制台 {message.text}")
        )
        self.page.on(
            "response",
            lambda reply: reply.status >= 400 and note(f"{reply.status} {reply.url}"),
        )

    def _note_failure(self, request: Request) -> None:
        """没有取到就记下；没取完就去了别的页，不算。"""
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"没有取到 {request.url}")

    def elsewhere(self, prefix: str) -> list[str]:
        """不在 ``prefix`` 之下的请求。"""
        local = (prefix, "data:", "blob:", "about:")
        return [url for url in self.requests if not url.startswith(local)]

    def files(self, address: str, site: Path) -> set[Path]:
        """取过的本站文件。"""
        local = [url for url in self.requests if url.startswith(address)]
        return {site / unquote(urlsplit(url).path).lstrip("/") for url in local}


@pytest.fixture
def new_visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    contexts: list[BrowserContext] = []

    def new(**options: object) -> Visit:
        options = {"viewport": {"width": 1280, "height": 900}, "locale": "zh-CN", **options}
        contexts.append(browser.new_context(**options))
        return Visit(contexts[-1].new_page())

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def visit(new_visit: Callable[..., Visit]) -> Visit:
    return new_visit()


@pytest.fixture
def closed_visit(new_visit: Callable[..., Visit], address: str) -> Iterator[Visit]:
    """别的主机一概不通的一次访问；从头到尾不许出错，也不许去别处。"""
    visit = new_visit()
    visit.page.route(
        lambda url: not url.startswith((address, "blob:")), lambda route: route.abort()
    )
    yield visit
    assert not visit.elsewhere(address)
    assert not visit.problems
