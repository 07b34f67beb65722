"""搜索：在真的浏览器里，用读者会输入的词。"""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.conftest import PHONE, PHONE_WIDTH
from tests.site.conftest import CHAPTER

RESULTS = "#search-results li a"
FIRST = {
    # 一个术语：定义它的那一节
    "卷积核": "image_priors",
    "感受野": "image_priors",
    "填充": "image_priors",
    "步幅": "image_priors",
    "参数共享": "parameter_sharing",
    "局部连接": "local_connectivity",
    "过拟合": "local_connectivity",
    "三维组织": "neuron_volumes",
    "im2col": "neuron_volumes",
    "转置卷积": "neuron_volumes",
    "梯度下降": "gradient_descent",
    "学习率": "gradient_descent",
    "条件数": "gradient_descent",
    "鞍点": "gradient_descent",
    "小批量": "minibatch_sgd",
    "批量归一化": "minibatch_sgd",
    "动量": "momentum",
    "终端速度": "momentum",
    "Nesterov": "momentum",
    "权重衰减": "train_a_cnn",
    "学习率日程": "train_a_cnn",
    "MNIST": "train_a_cnn",
    # 别名、英文、繁体、全角
    "池化": "image_priors",
    "pooling": "image_priors",
    "滤波器": "image_priors",
    "CNN": "image_priors",
    "权值共享": "parameter_sharing",
    "learning rate": "gradient_descent",
    "Hessian": "gradient_descent",
    "mini-batch": "minibatch_sgd",
    "ＳＧＤ": "minibatch_sgd",
    "momentum": "momentum",
    "動量": "momentum",
    "学习率衰减": "train_a_cnn",
    # 符号
    "μ": "momentum",
    "Κ": "gradient_descent",
    "αλ": "momentum",
    "𝛼": "gradient_descent",
    "∇": "gradient_descent",
    "3×3": "local_connectivity",
    # 几个词
    "动量 学习率": "momentum",
    "终端速度，阻力": "momentum",
}


@pytest.fixture
def ask(visit, address):
    """``ask(查询)``：在检索页上查，等到有回音。"""

    def open_results(query):
        visit.page.goto(address + "search.html")
        visit.page.locator(".bd-search-container input").fill(query)
        visit.page.locator(".bd-search-container input").press("Enter")
        visit.page.wait_for_url("**/search.html?q=*")
        visit.page.wait_for_selector("#search-results p")
        return visit.page

    yield open_results
    assert not visit.problems


@pytest.fixture(scope="module")
def index(site):
    text = (site / "_static" / "search_index.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix("globalThis.searchIndex = ").removesuffix(";\n"))


ASK_ALL = """(queries) => queries.map((query) => {
  const top = search(wordsOf(foldQuery(query)))[0];
  return top ? top.k : null;
})"""
"""在检索页里一个一个地查，返回每次的第一条是第几节。"""


def test_what_a_reader_types_finds_the_chapter_that_teaches_it(visit, address, index):
    visit.page.goto(address + "search.html?q=")
    visit.page.wait_for_selector("#search-results p")
    first = visit.page.evaluate(ASK_ALL, list(FIRST))
    pages = ["" if k is None else index["sections"][k]["page"] for k in first]
    found = dict(zip(FIRST, pages, strict=True))
    wrong = {query: page for query, page in found.items() if not page.endswith(FIRST[query])}
    assert not wrong


@pytest.mark.parametrize("query", ["动量 学习率", "ＳＧＤ", "3×3"])
def test_the_first_result_is_the_chapter(ask, query):
    href = ask(query).locator(RESULTS).first.get_attribute("href")
    assert f"/{FIRST[query]}.html" in href


def test_every_term_is_defined_in_a_chapter(index):
    """查一个术语的任何一种说法，结果的第一条就是定义它的那一节。"""
    homeless = [term["names"] for term in index["terms"] if term["defined"] is None]
    assert homeless == []
    assert len(index["terms"]) > 100


def test_any_name_of_a_term_leads_to_its_definition(visit, address, index):
    page = visit.page
    page.goto(address + "search.html?q=")
    page.wait_for_selector("#search-results p")
    names = [name for term in index["terms"] for name in term["names"]]
    first = page.evaluate(ASK_ALL, names)
    homes = {}
    for term in index["terms"]:
        for name in term["names"]:
            homes.setdefault(name.lower(), set()).add(term["defined"])
    wrong = {n: k for n, k in zip(names, first, strict=True) if k not in homes[n.lower()]}
    assert wrong == {}


def test_chapters_come_before_exercises_and_the_appendix(ask):
    pages = [link.get_attribute("href") for link in ask("汇聚").locator(RESULTS).all()]
    kinds = ["/exercises/" in page or "/appendix/" in page for page in pages]
    assert any(kinds)
    assert not any(kinds[:10])


def test_a_word_is_found_only_whole(ask):
    """书里有“动量”，没有“量子”：查“动量子”什么也找不到。"""
    page = ask("动量子")
    assert page.locator(RESULTS).count() == 0
    told = page.locator("#search-results")
    expect(told).to_contain_text("书里没有“动量子”")
    expect(told.get_by_role("link", name="动量法")).to_be_visible()
    told.get_by_role("link", name="术语表").click()
    expect(page.locator("h1")).to_contain_text("术语表")


@pytest.mark.parametrize("query", ["constructor", "__proto__", "toString", "(", "\\", "[a-z]+"])
def test_odd_words_are_only_words(ask, query):
    expect(ask(query).locator("#search-results")).not_to_contain_text("undefined")


def test_empty_query_says_what_to_do(visit, address):
    visit.page.goto(f"{address}search.html?q=%20")
    expect(visit.page.locator("#search-results")).to_contain_text("输入一个词")


def test_the_page_is_drawn_before_it_takes_the_index(visit, address):
    visit.page.route("**/search_index.js*", lambda route: None)
    visit.page.goto(f"{address}search.html?q=动量")
    expect(visit.page.locator("#search-results")).to_have_text("正在翻开全书……")
    assert visit.page.get_by_role("heading", level=1).is_visible()


def test_the_result_leads_to_the_section(ask):
    page = ask("鞍点")
    link = page.get_by_role("link", name="梯度为零，不等于到了最低处")
    assert "鞍点" in page.locator("li", has=link).locator("mark").first.inner_text()
    link.click()
    page.wait_for_selector("article span.highlighted")
    heading = page.get_by_role("heading", name="梯度为零，不等于到了最低处")
    expect(heading).to_be_in_viewport()
    assert set(page.locator("article span.highlighted").all_text_contents()) == {"鞍点"}


def test_from_the_dialog_to_the_highlighted_chapter(visit, address):
    page = visit.page
    page.goto(address + "book/index.html")
    page.keyboard.press("Control+k")
    page.locator("#pst-search-dialog input").fill("终端速度")
    page.keyboard.press("Enter")
    first = page.locator("#search-results li").first
    first.wait_for()
    assert "终端速度" in first.locator("p.context").inner_text()
    assert "\\alpha" not in page.locator("#search-results").inner_text()
    first.locator("a").click()
    page.wait_for_selector("article span.highlighted")
    assert CHAPTER in page.url
    assert not visit.problems


def test_results_fit_a_phone(new_visit, address):
    page = new_visit(**PHONE).page
    page.goto(address + "search.html?q=卷积")
    page.locator("#search-results li").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH


def test_only_the_search_page_takes_the_index(new_visit, address):
    visit = new_visit()
    visit.page.goto(address + CHAPTER, wait_until="networkidle")
    assert not [url for url in visit.requests if re.search("search_index|searchindex", url)]


def test_an_older_safari_searches_too(new_visit, address):
    """Safari 16.4 以前读不懂 (?<!…)，照样找得到，照样只认词头。"""
    page = new_visit().page
    page.add_init_script(
        """window.RegExp = new Proxy(RegExp, { construct(target, [source, flags]) {
             if (source.includes("(?<!")) throw new SyntaxError("invalid group specifier name");
             return new target(source, flags);
           } })"""
    )
    page.goto(f"{address}search.html?q=SGD")
    page.locator("#search-results li mark").first.wait_for()
    page.goto(f"{address}search.html?q=GD")
    page.locator("#search-results p").first.wait_for()
    assert "SGD" not in page.locator("#search-results mark").all_inner_texts()


def test_search_and_theme_work_where_nothing_may_be_stored(new_visit, address):
    """关在沙箱里的页面，浏览器真的不许它存储；换配色、搜索照常。"""
    page = new_visit().page
    broken = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(address + "book/index.html")
    inside = f'src="{address}search.html?q=动量" width="1000" height="700"'
    page.set_content(f'<iframe sandbox="allow-scripts allow-forms" {inside}></iframe>')
    frame = page.frame_locator("iframe")
    frame.locator("#search-results li").first.wait_for()
    root = frame.locator("html")
    before = root.get_attribute("data-mode")
    frame.locator(".theme-switch-button:visible").click()
    assert root.get_attribute("data-mode") != before
    assert broken == []
