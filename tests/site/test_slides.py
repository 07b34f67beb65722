"""幻灯片：每章一份，文字都出自这一章，一张放得下；键盘、讲稿、图与打印都能用，不连网。"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dlbasics.exercises.registry import chapters
from pages.slides import SPEAKER, in_chinese
from tests.conftest import centre
from tests.site.conftest import SLIDES, Visit
from tools.audit import OPTIONS
from tools.slides import print_deck

STAGE = {"viewport": {"width": 1280, "height": 720}}
MOMENTUM = f"{SLIDES}momentum.html"
STARTED = "window.Reveal?.isReady()"
GO_TO = "(kind) => Reveal.slide(Reveal.getSlides().findIndex((one) => one.querySelector(kind)))"

LOOK = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const bare = (node) => {
    const copy = node.cloneNode(true);
    for (const mark of copy.querySelectorAll(".headerlink, .footnote-reference")) mark.remove();
    return copy.textContent.replace(/\\s+/g, "");
  };
  const address = document.querySelector(".keys a[href$='.html']").href;
  const html = await (await fetch(address)).text();
  const chapter = bare(new DOMParser().parseFromString(html, "text/html").querySelector("article"));
  const seen = [];
  for (let at = 0; at < Reveal.getTotalSlides(); at++) {
    Reveal.slide(at);
    const slide = Reveal.getCurrentSlide();
    while (slide.querySelector(".live-output:not([data-live-ready])")) await frame();
    const shown = [...slide.querySelectorAll(".picture img:not(.only-dark)")];
    while (!shown.every((image) => image.complete && image.naturalWidth)) await frame();
    for (const live of slide.querySelectorAll(".live-figure > .live"))
      while (!live.style.transform) await frame();
    const wait = slide.querySelector(".live") ? 3 : 0;
    for (let left = wait; left > 0; left--) await frame();
    const stage = slide.querySelector(".frame").getBoundingClientRect();
    const visible = [...slide.querySelectorAll(".frame *")].filter(
      (node) => node.checkVisibility({ visibilityProperty: true })
        && !node.closest("math, svg, mark, details:not([open]) > :not(summary)"));
    const outside = (node) => {
      const { left, right, top, bottom, width } = node.getBoundingClientRect();
      return width > 1 && (left < stage.left || right > stage.right + 1
        || top < stage.top || bottom > stage.bottom - 15);
    };
    const cut = (node) => node.matches(".words, .math, pre, .body")
      && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 2);
    const texts = [...slide.querySelectorAll(
      "h1, h2, .above, .opening p, .words :is(p, li:not(:has(p)), th, td, pre, div.math)",
    )].filter((node) => !node.closest(".live"));
    seen.push({
      title: slide.querySelector("h1, h2").textContent,
      over: visible.filter((node) => outside(node) || cut(node))
        .map((node) => node.outerHTML.slice(0, 90)),
      foreign: texts.map(bare).filter((text) => !chapter.includes(text)),
      empty: !slide.querySelector("p, li, img, pre, table, .math, .live, .quiz"),
      low: shown.map((image) => image.clientHeight)
        .filter((height) => height < 200),
      notes: slide.querySelector("aside.notes")?.textContent.trim().length ?? 0,
      live: slide.querySelectorAll(".live").length,
      tiny: [...slide.querySelectorAll(".live-figure > .live")].map((live) => live.style.transform)
        .filter((scale) => scale.match(/[\\d.]+/) < 0.85),
    });
  }
  return seen;
}"""


def open_deck(visit: Visit, url: str) -> None:
    visit.page.goto(url)
    visit.page.wait_for_function(STARTED)


def test_every_chapter_has_its_lecture(closed_visit, address, site):
    """每章 15 张以上；每张放得下、不空，文字都出自这一章；图都醒得来，讲稿不空。"""
    page = closed_visit.page
    page.set_viewport_size(STAGE["viewport"])
    course = chapters()
    assert {path.stem for path in (site / SLIDES).glob("*.html")} == {one.name for one in course}
    for chapter in course:
        open_deck(closed_visit, f"{address}{SLIDES}{chapter.name}.html")
        slides = page.evaluate(LOOK)
        for number, slide in enumerate(slides, start=1):
            where = (chapter.name, number, slide["title"])
            assert not slide["over"], where
            assert not slide["foreign"], where
            assert not slide["empty"], where
            assert not slide["low"], where
            assert not slide["tiny"], where
        assert 15 <= len(slides) <= 45
        assert slides[0]["title"] == chapter.title
        assert sum(slide["notes"] > 20 for slide in slides) > len(slides) / 2
        written = (site / SLIDES / f"{chapter.name}.html").read_text(encoding="utf-8")
        assert "<source" not in written, "手机上断开的图，幻灯片用不着"
        html = (site / "book" / f"{chapter.page}.html").read_text(encoding="utf-8")
        assert sum(slide["live"] for slide in slides) == html.count('<div class="live-figure"') > 0


@pytest.fixture(scope="module")
def deck(browser, address):
    """动量法的幻灯片，打开一次，几个测试共用。"""
    context = browser.new_context(**STAGE, locale="zh-CN", reduced_motion="reduce")
    visit = Visit(context.new_page())
    open_deck(visit, address + MOMENTUM)
    yield visit
    context.close()
    assert not visit.problems


def test_keys_turn_the_slides_and_work_the_figures(deck):
    page = deck.page
    number = "Reveal.getSlidePastCount()"
    for at in range(1, page.evaluate("Reveal.getTotalSlides()")):
        page.keyboard.press("ArrowRight")
        assert page.evaluate(number) == at
    expect(page.get_by_role("heading", name="小结")).to_be_visible()
    page.evaluate(GO_TO, ".live-figure")
    at = page.evaluate(number)
    slider = page.locator("section.present .live input[type=range]").first
    slider.focus()
    value = slider.input_value()
    page.keyboard.press("ArrowRight")
    expect(slider).not_to_have_value(value)
    assert page.evaluate(number) == at
    page.keyboard.press("PageDown")
    assert page.evaluate(number) == at + 1
    page.keyboard.press("PageUp")
    slider.focus()
    page.keyboard.press("Escape")
    expect(slider).not_to_be_focused()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(number) == at - 1
    headings = page.locator(".slides h2:visible")
    expect(headings).to_have_count(1)
    page.keyboard.press("o")
    expect(headings.nth(4)).to_be_visible()
    page.keyboard.press("o")
    expect(headings).to_have_count(1)


def test_a_point_follows_the_hand_on_a_large_screen(new_visit, address):
    """幻灯片放大以后，拖动的点仍在手下。"""
    page = new_visit(viewport={"width": 1920, "height": 1080}).page
    page.goto(address + MOMENTUM)
    page.wait_for_function(STARTED)
    figure = "[data-live=momentum_race]"
    page.evaluate(GO_TO, figure)
    point = page.locator(f"{figure} [role=slider]").first
    page.wait_for_function(f"document.querySelector('{figure} .live')?.style.transform")
    # Safari 在 CSS 的 zoom 里量到的是缩小以前的位置，点就不在手下了
    assert page.locator(f"{figure} .live").evaluate("(live) => live.currentCSSZoom") == 1
    x, y = centre(point)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=3)
    page.mouse.up()
    assert centre(point) == pytest.approx((x + 60, y + 40), abs=6)


def test_the_speaker_sees_the_prose(deck):
    """S 打开讲稿的窗口：这一张的讲稿，界面是中文。"""
    page = deck.page
    page.evaluate("Reveal.slide(2)")
    said = page.evaluate("Reveal.getCurrentSlide().querySelector('.notes').textContent.trim()")
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    window = popup.value
    note = window.locator(".speaker-controls-notes .value")
    expect(note).to_contain_text(said[:20])
    assert window.title() == "讲稿"
    assert not re.search(r"[A-Za-z]{4,}", window.locator("#speaker-controls h4").first.inner_text())


def test_a_deck_plays_without_the_speaker_window(new_visit, address):
    """Safari 16.4 以前读不懂 notes.js：没有讲稿的窗口，照样一张一张放。"""
    page = new_visit().page
    page.route("**/notes.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(address + MOMENTUM)
    page.wait_for_function(STARTED)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("Reveal.getSlidePastCount() === 1")


def test_the_speaker_window_of_another_version_is_noticed():
    with pytest.raises(ValueError, match=r"reveal\.js 换了版本"):
        in_chinese("".join(list(SPEAKER)[1:]))


def test_axe_finds_nothing_on_a_deck(deck):
    page = deck.page
    for kind in (".live-figure", ".quiz"):
        page.evaluate(GO_TO, kind)
        if kind == ".live-figure":
            page.locator("section.present .live-side").wait_for()
        found = Axe().run(page, options=OPTIONS).response["violations"]
        assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []


def test_a_deck_prints_a_slide_to_a_page(browser, address, site, tmp_path):
    target = tmp_path / "momentum.pdf"
    print_deck(browser, address + MOMENTUM, target)
    slides = (site / MOMENTUM).read_text(encoding="utf-8").count("<section>")
    pages = re.findall(rb"/Type\s*/Page\b", target.read_bytes())
    assert len(pages) == slides
    assert set(re.findall(rb"/MediaBox\s*\[([^\]]*)\]", target.read_bytes())) == {b"0 0 960 540"}


def test_the_door_for_teachers_leads_to_every_deck(site):
    html = (site / "book" / "appendix" / "teaching.html").read_text(encoding="utf-8")
    for chapter in chapters():
        assert f'href="../slides/{chapter.name}.html"' in html
