"""搜索：在真的浏览器里，用读者会输入的词。"""

import pytest

from tests.site.conftest import CHAPTER

RESULT = f'#search-results a[href*="{CHAPTER}"]'


@pytest.mark.parametrize(
    "query", ["动量法", "终端速度", "相图", "谷", "momentum", "动量 学习率", "μ", "αλ", "Κ"]
)
def test_finds_the_chapter(visit, address, query):
    visit.page.goto(f"{address}search.html?q={query}")
    visit.page.wait_for_selector(RESULT)


def test_every_pair_of_characters_is_asked_for(visit, address):
    """章里有“动量”，没有“量子”：查“动量子”什么也找不到。"""
    visit.page.goto(f"{address}search.html?q=动量子")
    visit.page.wait_for_function(
        "document.querySelector('#search-results .search-summary')?.innerText.length > 5"
    )
    assert visit.page.locator("#search-results li").count() == 0


def test_empty_query_says_what_to_do(visit, address):
    visit.page.goto(f"{address}search.html?q=%20")
    assert "输入一个词" in visit.page.locator("#search-results").inner_text()


def test_from_the_dialog_to_the_highlighted_chapter(visit, address):
    page = visit.page
    page.goto(address + "book/index.html")
    page.keyboard.press("Control+k")
    page.locator("#pst-search-dialog input").fill("终端速度")
    page.keyboard.press("Enter")
    page.wait_for_selector(RESULT)
    summary = page.locator(f"li:has({RESULT.split()[-1]}) p.context")
    summary.wait_for()
    assert "终端速度" in summary.inner_text()
    assert "\\alpha" not in summary.inner_text()
    page.locator(RESULT).first.click()
    page.wait_for_selector("article span.highlighted")
    assert set(page.locator("article span.highlighted").all_text_contents()) == {"终端速度"}
    assert not visit.problems
