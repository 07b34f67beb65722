"""手势，与手势之后读到的东西。"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.conftest import settle


def state(page: Page, *names: str) -> Any:
    """第一幅图的状态：一个名字给一个值，几个名字给一列。"""
    values = page.evaluate("(names) => names.map((n) => window.models[0].get(n))", list(names))
    return values if len(values) > 1 else values[0]


def readout(page: Page) -> str:
    """读数里的话。"""
    settle(page)
    return page.locator(".live-readout").inner_text()


def pressed(page: Page) -> list[str]:
    """按下的按钮上的字。"""
    settle(page)
    return page.locator("button[aria-pressed=true]").all_inner_texts()


def swipe(page: Page, x: float, y: float, dx: float, dy: float) -> None:
    """一根手指从 ``(x, y)`` 滑过 ``(dx, dy)``。"""
    touch = page.context.new_cdp_session(page)
    for kind, k in [("touchStart", 0), *(("touchMove", k) for k in range(1, 6)), ("touchEnd", 5)]:
        points = [] if kind == "touchEnd" else [{"x": x + dx * k / 5, "y": y + dy * k / 5}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    settle(page)


def wait_until_still(page: Page) -> None:
    """手指离开以后页面还会滑一段；等它连着十帧不动。"""
    page.evaluate("""async () => {
        for (let still = 0, last = window.scrollY; still < 10; last = window.scrollY) {
            await new Promise((done) => requestAnimationFrame(done));
            still = window.scrollY === last ? still + 1 : 0;
        }
    }""")
