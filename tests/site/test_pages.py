"""每一页：断网能读，没有出错，手机上不横向滚动，从头读到尾也不重。"""

import gzip
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.site.conftest import CHAPTER, Visit, latin_words, serve, wake

MOST_BYTES = 900_000
"""读完时：图每个长度单位两个像素。"""
MOST_BYTES_AT_FIRST = 300_000
MOST_ELEMENTS = 6_000
"""打开时，与图都醒着时。"""
NARROWEST = 320
"""像素；手机最窄的，也是桌面上放大到 400% 时的宽度。"""


@cache
def transferred(path: Path) -> int:
    data = path.read_bytes()
    return min(len(data), len(gzip.compress(data)))


FETCH_SHOWN_PICTURES = """() => {
  for (const picture of document.querySelectorAll("img[loading=lazy]")) {
    if (picture.offsetParent) picture.loading = "eager";
  }
}"""
FETCHED = """document.fonts.status === "loaded"
  && [...document.images].every((picture) => picture.complete || !picture.offsetParent)"""
PUT_AWAY = """() => [...document.querySelectorAll(".live-picture img")]
  .filter((picture) => !picture.offsetParent).map((picture) => picture.src.split("/").at(-1))"""
"""醒着的图收起来的静态图：浏览器在图醒来之前取没取过它，看运气，所以不算。"""


WORDS = """() => {
  const shown = [];
  const attributes = ["title", "aria-label", "placeholder", "data-bs-title",
    "data-bs-original-title", "data-tooltip", "alt"];
  const inArticle = "article :is(.copybtn, .headerlink, summary, summary *)";
  for (const element of document.querySelectorAll(`body *:not(article *), ${inArticle}`)) {
    if (element.closest("code, math, script, style, noscript, .license")) continue;
    shown.push(...attributes.map((name) => element.getAttribute(name)).filter(Boolean));
    for (const { nodeType, data } of element.childNodes)
      if (nodeType === Node.TEXT_NODE && data.trim()) shown.push(data.trim());
  }
  return shown;
}"""
COUNT = "document.querySelectorAll('*').length"
WAITED_FOR = """() => performance.getEntriesByType("resource")
  .filter((one) => one.renderBlockingStatus === "blocking")
  .map((one) => one.name.replace(/[?].*/, "").split("/_static/").at(-1))"""
"""取到之前画不出页面的文件。"""


@dataclass
class Seen:
    """打开一页看到的。

    出错与去别处的请求，取到之前画不出页面的文件，打开时与读完时取了多少字节、有多少元素，
    界面上的西文词，手机上的宽度。
    """

    problems: list[str]
    waited_for: list[str]
    first: int
    weight: int
    elements: int
    awake: int
    words: set[str]
    width: int


@pytest.fixture(scope="module")
def walk(browser, address, site, pages) -> dict[str, Seen]:
    """每一页打开一次，各用一个没有缓存的浏览器；先是桌面的宽度，再是手机的。"""
    screen = {"viewport": {"width": 1280, "height": 900}, "is_mobile": True, "has_touch": True}
    return {name: look(browser.new_context(**screen), name, address, site) for name in pages}


def look(context: BrowserContext, name: str, address: str, site: Path) -> Seen:
    with context:
        visit = Visit(context.new_page())
        page = visit.page
        page.goto(address + name)
        waited_for = page.evaluate(WAITED_FOR)
        first = sum(map(transferred, visit.files(address, site)))
        elements = page.evaluate(COUNT)
        wake(page)
        awake = page.evaluate(COUNT)
        page.evaluate(FETCH_SHOWN_PICTURES)
        page.wait_for_function(FETCHED)
        put_away = page.evaluate(PUT_AWAY)
        files = [path for path in visit.files(address, site) if path.name not in put_away]
        weight = sum(map(transferred, files))
        # 目录里是各节的标题，与正文一样可以有西文的名字
        links = page.locator(".bd-links a, .page-toc a, .prev-next-title")
        titles = {title.strip() for title in links.all_text_contents()}
        words = latin_words([text for text in page.evaluate(WORDS) if text not in titles])
        page.set_viewport_size({"width": NARROWEST, "height": 800})
        width = page.evaluate("document.documentElement.scrollWidth")
        problems = visit.problems + visit.elsewhere(address)
        return Seen(problems, waited_for, first, weight, elements, awake, words, width)


def test_every_page_loads_alone_and_light(walk):
    assert len(walk) > 5
    assert {name: seen.problems for name, seen in walk.items() if seen.problems} == {}
    assert {name: seen.weight for name, seen in walk.items() if seen.weight > MOST_BYTES} == {}
    at_first = {name: seen.first for name, seen in walk.items()}
    assert {name: first for name, first in at_first.items() if first > MOST_BYTES_AT_FIRST} == {}
    elements = {name: (seen.elements, seen.awake) for name, seen in walk.items()}
    assert {
        name: (opened, awake)
        for name, (opened, awake) in elements.items()
        if opened > MOST_ELEMENTS or awake > MOST_ELEMENTS
    } == {}


def test_only_the_style_sheet_holds_up_a_page(walk):
    assert {tuple(seen.waited_for) for seen in walk.values()} == {("styles/book.css",)}


def test_words_outside_the_article_are_chinese(walk):
    assert {name: seen.words for name, seen in walk.items() if seen.words} == {}


def test_every_page_fits_the_narrowest_phone(walk):
    assert {name: seen.width for name, seen in walk.items() if seen.width > NARROWEST} == {}


def test_under_a_sub_path(visit, site, tmp_path):
    (tmp_path / "a").mkdir()
    shutil.copytree(site, tmp_path / "a" / "b")
    (tmp_path / "index.html").touch()
    for address in serve(tmp_path):
        prefix = address + "a/b/"
        visit.page.goto(prefix)
        visit.page.wait_for_url(prefix + "book/index.html", wait_until="networkidle")
        visit.page.goto(prefix + CHAPTER, wait_until="networkidle")
        assert visit.page.locator("math").count() > 20
        assert not visit.problems
        assert not visit.elsewhere(prefix)


def test_from_a_folder(visit, site):
    visit.page.goto((site / CHAPTER).as_uri(), wait_until="networkidle")
    page = visit.page
    assert page.locator("h1").inner_text().startswith("7\u2002动量法")
    numbered = page.locator("div.math:has(.eqno)").first
    formula, number = (numbered.locator(part).bounding_box() for part in ("math", ".eqno"))
    assert formula["height"] > 20
    assert formula["x"] < number["x"], "编号在公式右边"
    assert page.evaluate("document.fonts.check('900 16px \"Font Awesome 6 Free\"', '\\uf0c9')")
    assert not visit.problems
    assert not visit.elsewhere(site.as_uri())


def test_search_from_a_folder(visit, site):
    visit.page.goto((site / "search.html").as_uri() + "?q=动量法")
    visit.page.wait_for_selector(f'#search-results a[href*="{CHAPTER}"]')
    assert not visit.elsewhere(site.as_uri())


def test_icons_are_drawn(visit, address):
    """用图标字体与用后备字体画出的宽度不同，说明字体真的用上了。"""
    visit.page.goto(address + CHAPTER, wait_until="networkidle")
    width = """(family) => {
      const i = document.createElement("i");
      i.style.cssText = `position:absolute;font:900 40px ${family}`;
      i.textContent = "\\uf0c9";
      document.body.append(i);
      return i.getBoundingClientRect().width;
    }"""
    drawn = visit.page.evaluate(width, '"Font Awesome 6 Free"')
    assert drawn != pytest.approx(visit.page.evaluate(width, "serif"))
    icon = visit.page.locator(".primary-toggle span").first
    assert "Font Awesome" in icon.evaluate("e => getComputedStyle(e, '::before').fontFamily")


def test_readable_without_javascript(new_visit, address):
    page = new_visit(java_script_enabled=False).page
    page.goto(address + CHAPTER)
    assert page.locator("div.math").first.is_visible()
    assert page.locator("html").get_attribute("data-theme") == "light"


def test_pictures_keep_their_place(visit, address):
    """图还没取到时，版面已经为它留好位置。"""
    visit.page.route("**/_images/**", lambda route: None)
    visit.page.goto(address + CHAPTER)
    boxes = visit.page.locator("article .cell_output img").evaluate_all(
        "images => images.filter(i => i.checkVisibility()).map(i => i.offsetHeight)"
    )
    assert boxes
    assert min(boxes) > 100
