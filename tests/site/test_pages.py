"""每一页：断网能读，没有出错，手机上不横向滚动，从头读到尾也不重。"""

import gzip
import shutil
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import PHONE, PHONE_WIDTH
from tests.site.conftest import CHAPTER, serve

MOST_BYTES = 450_000


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
AWAKE = "[...document.querySelectorAll('.live-output')].every((box) => 'liveReady' in box.dataset)"
PUT_AWAY = """() => [...document.querySelectorAll(".live-picture img")]
  .filter((picture) => !picture.offsetParent).map((picture) => picture.src.split("/").at(-1))"""
"""醒着的图收起来的静态图：浏览器在图醒来之前取没取过它，看运气，所以不算。"""


def test_every_page_loads_alone_and_light(new_visit, address, site, pages):
    failures = {}
    for name in pages:
        visit = new_visit()
        visit.page.goto(address + name)
        visit.page.wait_for_function(AWAKE)
        visit.page.evaluate(FETCH_SHOWN_PICTURES)
        visit.page.wait_for_function(FETCHED)
        put_away = visit.page.evaluate(PUT_AWAY)
        files = visit.files(address, site)
        weight = sum(transferred(path) for path in files if path.name not in put_away)
        found = visit.problems + visit.elsewhere(address)
        found += [f"{weight} 字节"] if weight > MOST_BYTES else []
        if found:
            failures[name] = found
    assert len(pages) > 5
    assert not failures


def test_every_page_fits_a_phone(new_visit, address, pages):
    page = new_visit(**PHONE).page
    wide = {}
    for name in pages:
        page.goto(address + name)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE_WIDTH:
            wide[name] = width
    assert not wide


def test_under_a_sub_path(visit, site, tmp_path):
    (tmp_path / "a").mkdir()
    shutil.copytree(site, tmp_path / "a" / "b")
    (tmp_path / "index.html").touch()
    for address in serve(tmp_path):
        prefix = address + "a/b/"
        visit.page.goto(prefix)
        visit.page.wait_for_url(prefix + "book/index.html", wait_until="networkidle")
        visit.page.goto(prefix + CHAPTER, wait_until="networkidle")
        assert visit.page.locator(".katex").count() > 20
        assert not visit.problems
        assert not visit.elsewhere(prefix)


def test_from_a_folder(visit, site):
    visit.page.goto((site / CHAPTER).as_uri(), wait_until="networkidle")
    page = visit.page
    assert page.locator("h1").inner_text().startswith("动量法")
    assert page.locator(".katex-display").first.bounding_box()["height"] > 20
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
    assert page.locator(".katex-display").first.is_visible()
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
