"""全部测试共用的浏览器，一个进程只开一个；手机的样子，和拖动的手。"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect, sync_playwright

from tests import chromium
from tests.fonts import forbid_other_fonts

ROOT = Path(__file__).parents[1]
PHONE_WIDTH = 390
PHONE = {"viewport": {"width": PHONE_WIDTH, "height": 844}, "has_touch": True, "is_mobile": True}

forbid_other_fonts()
expect.set_options(timeout=chromium.PATIENCE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-browser", action="store_true", help="略去要开浏览器的测试")
    parser.addoption(
        "--every-answer", action="store_true", help="浏览器里，每道题的每个错误答案都试（约两分钟）"
    )
    parser.addoption(
        "--every-chapter", action="store_true", help="浏览器里，每章的每一格都运行（约十五分钟）"
    )
    parser.addoption(
        "--from-scratch",
        action="store_true",
        help="从零装 Binder 与离线教室的环境，各章在里面运行（下载约 300 MB）",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "every_answer: 只在 --every-answer 时跑")
    config.addinivalue_line("markers", "every_chapter: 只在 --every-chapter 时跑")
    config.addinivalue_line("markers", "from_scratch: 只在 --from-scratch 时跑")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for option in ("every_answer", "every_chapter", "from_scratch"):
        if not config.getoption(option):
            heavy = [item for item in items if item.get_closest_marker(option)]
            config.hook.pytest_deselected(items=heavy)
            items[:] = [item for item in items if item not in set(heavy)]
    if config.getoption("no_browser"):
        needs = [item for item in items if "playwright" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=needs)
        items[:] = [item for item in items if item not in set(needs)]


@pytest.fixture(scope="session")
def site() -> Path:
    """构建好的网站。"""
    path = ROOT / "_build" / "html"
    if not (path / "index.html").is_file():
        pytest.fail("还没有网站：先运行 make site")
    return path


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium.launched(playwright) as browser:
        yield browser


def centre(locator: Locator) -> tuple[float, float]:
    """元素中心在视口里的坐标。"""
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def settle(page: Page) -> None:
    """等下一帧画完。"""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def drag(page: Page, locator: Locator, dx: float, dy: float) -> None:
    """按住元素的中心，拖动 ``(dx, dy)`` 像素，等图画完。"""
    x, y = centre(locator)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()
    settle(page)
