"""只用键盘、用读屏软件，一幅图里依次遇到什么：``python -m tests.live.spoken`` 重写记下的几份。

每幅图一份，在 ``tests/live/heard/``：先是读屏软件看到的树，再是 Tab 依次停在哪里，
最后是在第一个滑块上按一下右方向键，读数改口说的话。
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from dlbasics.live.base import LiveFigure
from tests import chromium
from tests.live.conftest import EVERY, stage_html

FOLDER = Path(__file__).with_name("heard")
OPTIONS = {"viewport": {"width": 1000, "height": 900}, "locale": "zh-CN"}
AWAKE = "window.models && document.querySelector('.live-readout b')"
MOST_STOPS = 60
FOCUSED = """() => {
  const focused = document.activeElement;
  if (focused === document.body) return null;
  const role = focused.getAttribute("role") ?? (focused.type === "range" ? "slider" : focused.type);
  const name = focused.ariaLabel ?? focused.labels?.[0]?.innerText ?? focused.innerText;
  const value = focused.ariaValueText ?? focused.ariaValueNow ?? "";
  return [role, name.replace(/\\s+/g, " ").trim(), value].filter(Boolean).join(" ");
}"""
SAID = "() => document.querySelector('.live-readout').innerText.replace(/\\s+/g, ' ').trim()"


def heard(page: Page) -> str:
    """一页上唯一的那幅图，从头走一遍。"""
    tree = page.locator(".live-figure").aria_snapshot()
    stops = []
    while len(stops) < MOST_STOPS:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        stops.append(stop)
    slider = page.locator("[role=slider], input[type=range]").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(200)
    said = page.evaluate(SAID)
    parts = {"读屏软件看到的": tree, "Tab 依次停在": "\n".join(stops), "按一下 →，读数说": said}
    return "\n".join(f"# {title}\n{text}\n" for title, text in parts.items())


def stored(figure: type[LiveFigure]) -> Path:
    """记下的一份。"""
    return FOLDER / f"{figure.module}.txt"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright, chromium.launched(playwright) as browser:
        for figure in EVERY:
            with TemporaryDirectory() as folder:
                file = Path(folder, "stage.html")
                file.write_text(stage_html([figure()], "light"), encoding="utf-8")
                page = browser.new_page(**OPTIONS)
                page.goto(file.as_uri())
                page.wait_for_function(AWAKE)
                stored(figure).write_text(heard(page), encoding="utf-8")
                page.close()


if __name__ == "__main__":
    main()
