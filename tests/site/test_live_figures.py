"""章节里的可操作的图：不联网也能拖，结果写在读数里。"""

import re

import pytest

from dlbasics.figures.style import FONTS
from tests import chromium
from tests.conftest import PHONE, drag
from tests.site.conftest import CHAPTER, wake


@pytest.fixture
def live_pages(site, pages):
    """有可操作的图的每一页。"""
    found = [name for name in pages if "data-live=" in (site / name).read_text(encoding="utf-8")]
    assert CHAPTER in found
    return found


@pytest.fixture(params=["address", "disk"])
def chapter(request, new_visit, site):
    """打开章节：一次从服务器，一次直接从硬盘。"""
    visit = new_visit()
    root = request.getfixturevalue("address") if request.param == "address" else f"{site.as_uri()}/"
    visit.page.goto(root + CHAPTER)
    wake(visit.page)
    yield visit.page
    assert visit.problems == []
    assert visit.elsewhere(root) == []


def drag_in_sight(page, handle, dx, dy):
    """先滚到屏幕中间，再拖。"""
    handle.evaluate("node => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
    drag(page, handle, dx, dy)


def test_every_figure_on_the_page_is_alive_and_its_picture_is_put_away(chapter):
    figures = chapter.locator(".live-figure")
    assert figures.count() == chapter.locator(".live-output[data-live-ready]").count() >= 2
    for picture in chapter.locator(".live-picture").all():
        assert picture.is_hidden()


def test_dragging_the_start_changes_both_paths_and_the_readout(chapter):
    figure = chapter.locator(".live-figure[data-live=momentum_race]").first
    readout = figure.locator(".live-readout")
    before = readout.inner_text()
    start = figure.get_by_role("slider", name="动量法的起点")
    told = start.get_attribute("aria-valuetext")
    drag_in_sight(chapter, start, 40, 20)
    changed = "([node, text]) => node.innerText !== text"
    chapter.wait_for_function(changed, arg=[readout.element_handle(), before])
    assert start.get_attribute("aria-valuetext") != told
    twin = figure.get_by_role("slider", name="梯度下降的起点")
    assert twin.get_attribute("aria-valuetext") == start.get_attribute("aria-valuetext")


def test_dragging_into_the_diverging_region_is_told(chapter):
    figure = chapter.locator(".live-figure[data-live=damping_map]").first
    drag_in_sight(chapter, figure.get_by_role("slider", name="αλ 与 μ"), 600, 60)
    figure.get_by_text(re.compile("：发散$")).wait_for()


def test_keys_move_the_point(chapter):
    figure = chapter.locator(".live-figure[data-live=damping_map]").first
    point = figure.get_by_role("slider", name="αλ 与 μ")
    point.focus()
    chapter.keyboard.press("Shift+ArrowDown")
    figure.get_by_text("μ = 0.8：").wait_for()
    assert point.evaluate("node => getComputedStyle(node).outlineStyle") == "none", "焦点是圆环"
    ring = point.locator(".live-ring")
    assert ring.evaluate("node => getComputedStyle(node).opacity") == "1"


def test_print_and_no_javascript_show_the_pictures(new_visit, address):
    printed = new_visit().page
    printed.goto(address + CHAPTER)
    wake(printed)
    printed.emulate_media(media="print")
    still = new_visit(java_script_enabled=False).page
    still.goto(address + CHAPTER)
    for page in (printed, still):
        assert page.locator(".live-picture img").count() >= 2
        for image in page.locator(".live-picture img").all():
            assert image.is_visible()
            assert len(image.get_attribute("alt")) > 10


@pytest.mark.parametrize("row", ["erratum-41", "erratum-38b"])
@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desktop", "phone"])
def test_a_deep_link_lands_on_its_target(new_visit, address, screen, row):
    page = new_visit(**screen).page
    page.goto(f"{address}{CHAPTER}#{row}")
    page.wait_for_timeout(600)
    top = page.locator(f"#{row}").evaluate("node => node.getBoundingClientRect().top")
    assert 0 <= top <= 160


def test_the_page_is_not_pulled_back_under_a_moving_hand(new_visit, address):
    page = new_visit().page
    waiting = []
    page.route("**/slow.png", lambda route: waiting.append(route))
    slow = "document.body.append(Object.assign(new Image(), { src: '/slow.png' }))"
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => {slow})")
    page.goto(f"{address}{CHAPTER}#erratum-41", wait_until="domcontentloaded")
    target = page.locator("#erratum-41").element_handle()
    arrived = "(node) => Math.abs(node.getBoundingClientRect().top) < 160"
    page.wait_for_function(arrived, arg=target)
    page.keyboard.press("Home")
    page.wait_for_function("window.scrollY === 0")
    waiting[0].fulfill(body="", content_type="image/png")
    page.wait_for_load_state("load")
    page.wait_for_timeout(600)
    assert page.evaluate("window.scrollY") == 0


SCREENS = {"desktop": {}, "phone": PHONE}
TYPEFACES = {
    "noto": (FONTS, chromium.LATIN),
    "wenquanyi": (chromium.WENQUANYI, chromium.LATIN),
    "no-chinese-font": (chromium.LATIN,),
}
SHIFT = """
    window.shift = 0;
    const below = (node) => [...document.querySelectorAll(".live-output")].some(
        (box) => node && box.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING);
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
            if (entry.sources.some((source) => below(source.node))) window.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
"""图里与图后的内容跳了多少；公式的字体到得晚，图前面的一行也会挪，那不算图的。"""
ASLEEP = """(box) => {
    const awake = box.offsetHeight;
    const figure = box.querySelector(".live-figure");
    const spare = figure.offsetHeight - figure.lastElementChild.offsetHeight;
    figure.lastElementChild.remove();
    box.removeAttribute("data-live-ready");
    return [awake, box.offsetHeight, spare];
}"""
"""醒着的高度、睡着的高度、给它留的比它用的多多少。"""


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
@pytest.mark.parametrize("typeface", TYPEFACES)
def test_a_waking_figure_fits_and_nothing_jumps(playwright, address, live_pages, typeface, screen):
    folders = TYPEFACES[typeface]
    if not folders[0].is_dir():
        pytest.skip(f"没有字体 {folders[0]}")
    with chromium.launched(playwright, folders) as browser:
        page = browser.new_page(**screen)
        page.add_init_script(SHIFT)
        for name in live_pages:
            page.goto(address + name)
            boxes = wake(page)
            assert page.evaluate("window.shift") <= 0.02, name
            right = page.viewport_size["width"]
            for svg in page.locator(".live-output svg").all():
                box = svg.bounding_box()
                assert box["x"] >= 0, name
                assert box["x"] + box["width"] <= right, name
            for box in boxes:
                awake, asleep, spare = box.evaluate(ASLEEP)
                assert awake == asleep, name
                assert spare <= 120 or typeface == "no-chinese-font", "留得太多，图下面空着一大块"


def test_a_figure_wakes_only_when_it_comes_near(new_visit, address):
    page = new_visit().page
    page.goto(address + CHAPTER)
    figure = page.locator(".live-output").last
    page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
    page.evaluate("new Promise((done) => setTimeout(done, 500))")
    assert figure.get_attribute("data-live-ready") is None
    assert figure.locator("svg").count() == 0
    wake(page)
    assert figure.locator("svg").count() > 0
