"""术语与引用的浮窗：构建时标在哪里，浏览器里怎样出现、怎样收起。"""

import re

import pytest
from playwright.sync_api import expect

from tests import small_book
from tests.conftest import PHONE
from tests.site.conftest import CHAPTER

GLOSSARY = """# 术语表

| 中文 | 英文 | 一句话说明 |
|:--|:--|:--|
| 步幅，跨步 | stride, step | 一次移几格 & “多少” |
| 大步幅 | large stride | 步幅大于 1 |
| 轮 | epoch | 用过一遍 |
| $S$ | `stride` | 步幅 |
"""
CHAPTER_SOURCE = """# 步幅

`步幅` $步幅$ [步幅](#步幅)轮流取，大步幅不同于**步幅**；
步幅与跨步。每轮一次。
"""
BOOK = {
    "index.md": "# 书\n\n```{toctree}\n:glob:\n\nbook/*/*\n```\n",
    "book/appendix/glossary.md": GLOSSARY,
    "book/descent/a.md": CHAPTER_SOURCE,
    "book/exercises/a.md": "# 练习\n\n步幅。\n",
}
TERM = (
    r'<a class="term" data-english="([^"]*)" data-meaning="([^"]*)" data-term="([^"]*)"'
    r' href="([^"]+)">([^<]*)</a>'
)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    built = small_book.build(
        tmp_path_factory.mktemp("glossary"),
        BOOK,
        "pages.glossary",
        "pages.page_description",
        myst_heading_anchors=2,
    )
    assert built.warnings == ""
    return built


class TestMarking:
    def test_the_first_use_in_a_chapter_is_a_link_with_the_definition(self, book):
        page = "../appendix/glossary.html"
        stride = "stride, step", "一次移几格 &amp; “多少”", "步幅，跨步", f"{page}#term-stride"
        assert re.findall(TERM, book.page("book/descent/a")) == [
            ("large stride", "步幅大于 1", "大步幅", f"{page}#term-large-stride", "大步幅"),
            (*stride, "步幅"),
            ("epoch", "用过一遍", "轮", f"{page}#term-epoch", "轮"),
        ]
        assert "不同于<strong><a" in book.page("book/descent/a")

    def test_the_description_of_the_page_keeps_its_terms(self, book):
        said = re.search(r'<meta name="description" content="([^"]*)"', book.page("book/descent/a"))
        assert "大步幅不同于步幅" in said[1]

    def test_only_in_chapters(self, book):
        assert 'class="term"' not in book.page("book/exercises/a")
        assert "previews.js" in book.page("book/descent/a")
        assert "previews.js" not in book.page("book/exercises/a")

    def test_every_link_arrives(self, site):
        glossary = (site / "book/appendix/glossary.html").read_text(encoding="utf-8")
        anchors = re.findall(r'<tr [^>]*id="(term-[^"]+)"', glossary)
        assert len(set(anchors)) == len(anchors)
        for folder in ("convolution", "descent", "practice"):
            for page in (site / "book" / folder).glob("*.html"):
                links = re.findall(
                    r'href="\.\./appendix/glossary\.html#(term-[^"]+)"', page.read_text("utf-8")
                )
                assert len(links) == len(set(links)) > 15
                assert set(links) <= set(anchors)


def test_by_keyboard(visit, address):
    """焦点停下就出现，读得出来，正文不动；Esc 收起，焦点不动。"""
    page = visit.page
    page.goto(address + CHAPTER)
    preview, term = page.locator("#preview"), page.locator("a.term").nth(2)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.locator("a.term").nth(1).focus()
    page.keyboard.press("Tab")
    expect(term).to_be_focused()
    expect(preview).to_be_visible()
    expect(term).to_have_attribute("aria-describedby", "preview")
    expect(preview).to_contain_text(term.get_attribute("data-meaning"))
    assert page.evaluate("document.documentElement.scrollHeight") == height
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()
    expect(term).to_be_focused()
    assert term.get_attribute("aria-describedby") is None
    page.keyboard.press("Tab")
    expect(preview).to_contain_text(page.locator("a.term").nth(3).get_attribute("data-english"))
    assert not visit.problems


def test_by_mouse(visit, address):
    """指着引用就看到公式、图与文献；移到浮窗上它不走，离开就收起。"""
    page = visit.page
    page.goto(address + "book/descent/minibatch_sgd.html")
    preview = page.locator("#preview")
    seen = {
        "a.internal[href='#equation-eq-unbiased']": "math",
        "a.internal[href='#sorted-figure']": "img[alt^='橙线']",
        "a.footnote-reference": "p",
    }
    for link, inside in seen.items():
        page.locator(link).locator("visible=true").first.hover()
        expect(preview.locator(inside).first).to_be_visible()
        expect(preview.locator("[id], .headerlink")).to_have_count(0)
        preview.hover()
        page.wait_for_timeout(400)
        expect(preview).to_be_visible()
        page.mouse.move(0, 0)
        expect(preview).to_be_hidden()
    assert not visit.problems


def test_by_touch(new_visit, address):
    """点一下出现，不走；再点一下跟过去。"""
    page = new_visit(**PHONE).page
    page.goto(address + CHAPTER)
    term = page.locator("a.term").first
    term.tap()
    preview = page.locator("#preview")
    expect(preview).to_be_visible()
    box = preview.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["viewport"]["width"]
    assert page.url.endswith(CHAPTER)
    page.locator("h1").tap()
    expect(preview).to_be_hidden()
    term.tap()
    term.tap()
    page.wait_for_url("**/glossary.html#term-*")
    expect(page.locator("tr:target td").first).to_be_visible()
