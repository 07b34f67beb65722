"""静态图放大看：按图、按钮、键盘，替代文字还在，关上回到原处。"""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import PHONE
from tests.site.conftest import CHAPTER


def test_by_keyboard_and_by_mouse(visit, address):
    page = visit.page
    page.goto(address + CHAPTER)
    figure = page.locator("figure").first
    button = figure.get_by_role("button", name="放大图 7.1")
    dialog = page.get_by_role("dialog", name="放大的图 7.1")
    small = figure.locator("img:visible").bounding_box()
    button.press("Enter")
    expect(dialog).to_be_visible()
    picture = dialog.locator("img:visible")
    assert picture.get_attribute("alt") == figure.locator("img:visible").get_attribute("alt")
    expect(dialog).to_contain_text(figure.locator(".caption-text").inner_text())
    expect(dialog.locator("[id]")).to_have_count(0)
    large = picture.bounding_box()
    assert large["width"] > 1.5 * small["width"]
    assert large["y"] + large["height"] <= page.viewport_size["height"] + 1
    expect(dialog.get_by_role("button", name="关上")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    figure.locator("img:visible").click()
    dialog.get_by_role("button", name="关上").click()
    expect(dialog).to_be_hidden()
    assert not visit.problems


def test_on_a_phone_the_whole_figure_can_be_reached(new_visit, address):
    page = new_visit(**PHONE).page
    page.goto(address + CHAPTER)
    page.locator("figure img:visible").first.tap()
    picture = page.locator("dialog.zoomed figure")
    expect(picture).to_be_visible()
    assert picture.locator("img:visible").bounding_box()["width"] > 2 * PHONE["viewport"]["width"]
    reached = picture.evaluate("e => { e.scrollLeft = 9999; return e.scrollLeft + e.clientWidth }")
    assert reached >= picture.locator("img:visible").evaluate("e => e.offsetWidth") - 1
    small = page.locator(".zoom-button, .zoom-close").evaluate_all(
        "all => all.filter(e => Math.min(e.offsetWidth, e.offsetHeight) < 44).length"
    )
    assert small == 0


@pytest.mark.parametrize("page", [CHAPTER, "book/appendix/glossary.html"])
def test_only_pages_with_figures_load_it(site, page):
    html = (site / page).read_text(encoding="utf-8")
    assert bool(re.search("<figure", html)) == ("zoom.js" in html)
