"""无障碍：axe-core 一条也不违反；键盘与读屏软件用得了界面。

全部的页与样子由 ``make audit`` 查；这里只查几页有代表性的。
"""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import PHONE
from tests.site.conftest import CHAPTER, wake
from tools.audit import violations

PAGES = [
    "book/appendix/provenance.html",
    "book/convolution/local_connectivity.html",
    "book/exercises/image_priors.html",
    "search.html",
]


@pytest.mark.parametrize("look", ["桌面浅色", "手机深色"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser, address, name, look):
    assert violations(browser, address + name, look) == []


def test_buttons_keep_the_focus_and_tell_their_state(visit, address):
    page = visit.page
    page.goto(address + CHAPTER)
    theme = page.locator(".theme-switch-button:visible")
    expect(theme).to_have_attribute("aria-label", "配色：跟随系统")
    told = set()
    for _ in range(3):
        theme.press("Enter")
        expect(theme).to_be_focused()
        told.add(theme.get_attribute("aria-label"))
    assert told == {"配色：跟随系统", "配色：浅色", "配色：深色"}
    contents = page.locator(".bd-header-article .primary-toggle")
    for state in ("true", "false", "true"):
        expect(contents).to_have_attribute("aria-expanded", state)
        contents.press("Enter")
        expect(contents).to_be_focused()


def test_the_table_of_contents_on_a_phone_is_folded_until_asked_for(new_visit, address):
    page = new_visit(**PHONE).page
    page.goto(address + CHAPTER)
    contents = page.locator(".bd-header-article .primary-toggle")
    expect(contents).to_have_attribute("aria-expanded", "false")
    contents.press("Enter")
    expect(contents).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(contents).to_have_attribute("aria-expanded", "false")
    expect(contents).to_be_focused()


def test_keyboard_alone(visit, address):
    """“跳到正文”越过工具栏；Tab 之后 Esc 仍关上搜索。"""
    page = visit.page
    page.goto(address + CHAPTER)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('article') !== null")
    dialog = page.locator("#pst-search-dialog")
    page.keyboard.press("Control+k")
    expect(dialog).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()


SMALL = """() => [...document.querySelectorAll(
    ".bd-header-article .btn, article summary, article button, .live input, .live [role=slider]")]
  .filter((target) => target.checkVisibility())
  .map((target) => [target.className, target.getBoundingClientRect()])
  .filter(([, { width, height }]) => Math.min(width, height) < 43.9)
  .map(([name, { width, height }]) => `${name} ${width}×${height}`)"""


@pytest.mark.parametrize("name", [CHAPTER, "book/exercises/image_priors.html"])
def test_what_a_finger_operates_is_big_enough(new_visit, address, name):
    page = new_visit(**PHONE).page
    page.goto(address + name)
    if not wake(page):
        page.locator(".practice-bar").first.wait_for()
    assert page.evaluate(SMALL) == []


def test_the_name_of_the_book_stays_on_one_line(new_visit, address):
    page = new_visit(viewport={"width": 1024, "height": 700}).page
    page.goto(address + CHAPTER)
    title = page.locator(".logo__title")
    line = title.evaluate("node => Number.parseFloat(getComputedStyle(node).lineHeight)")
    assert title.bounding_box()["height"] < 1.5 * line
    assert title.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_every_page_has_its_own_description_and_says_whose_it_is(site, pages):
    told = {}
    for name in pages:
        html = (site / name).read_text(encoding="utf-8")
        found = re.findall(r'<meta name="description" content="([^"]*)"', html)
        assert len(found) == 1 and 15 <= len(found[0]) <= 200, name
        told.setdefault(found[0], []).append(name)
        footer = html.split('class="book-footer"')[1].split("</p>")[0]
        assert "CC BY 4.0" in footer and "作者们" in footer, name
        assert re.search(r"\d+\.\d+\.\d+", footer), name
    shared = [names for names in told.values() if len(names) > 1]
    assert shared in ([], [["genindex.html", "search.html"]])


def test_opened_solutions_are_printed_and_no_code_box_is_cut_in_two(visit, address):
    page = visit.page
    page.goto(address + "book/exercises/image_priors.html")
    solutions = page.locator("details.solution")
    solutions.first.locator("summary").click()
    page.emulate_media(media="print")
    assert solutions.first.locator("pre").is_visible()
    assert solutions.nth(1).is_hidden()
    boxes = page.locator("article .cell_input")
    breaks = boxes.evaluate_all("nodes => nodes.map((node) => getComputedStyle(node).breakInside)")
    assert set(breaks) == {"avoid"}
