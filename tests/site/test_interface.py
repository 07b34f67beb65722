"""界面：全是中文，按钮都管用，颜色看得清。"""

import re

import pytest
from playwright.sync_api import expect

from pages.chapters import chapter_pages
from tests.conftest import PHONE
from tests.site.conftest import CHAPTER, NO_STORAGE, latin_words


def test_titles_and_language(site, pages):
    for name in ["index.html", *pages]:
        html = (site / name).read_text(encoding="utf-8")
        assert re.search(r"<html[^>]* lang=.zh-CN.", html), name
        assert not latin_words(re.findall(r"<title>(.*?)</title>", html, re.DOTALL)), name


def test_search_page_speaks_chinese(visit, address):
    visit.page.goto(address + "search.html?q=动量")
    visit.page.wait_for_selector("#search-results li")
    headings = visit.page.locator("#search-results > h2, #search-results > p").all_inner_texts()
    assert headings
    assert not latin_words(headings)


def test_sidebar_toggles(visit, address):
    page = visit.page
    page.goto(address + CHAPTER)
    sidebar = page.locator("#pst-primary-sidebar")
    assert sidebar.is_visible()
    page.locator(".bd-header-article .primary-toggle").click()
    sidebar.wait_for(state="hidden")
    page.locator(".bd-header-article .primary-toggle").click()
    sidebar.wait_for(state="visible")


def test_buttons_know_their_state_in_an_older_safari(new_visit, address):
    """没有 checkVisibility（Safari 17.4 以前），按钮照样说得出侧栏开着没有，后面的脚本照样运行。"""
    page = new_visit().page
    page.add_init_script("delete Element.prototype.checkVisibility")
    page.goto(address + CHAPTER)
    button = page.locator(".bd-header-article .primary-toggle")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "false")
    assert page.locator(".bd-article [data-scrolled]").count()


def test_sidebar_on_a_phone(new_visit, address):
    page = new_visit(**PHONE).page
    page.goto(address + CHAPTER)
    link = page.locator("#pst-primary-sidebar-modal >> text=术语表")
    assert not link.is_visible()
    page.locator(".bd-header-article .primary-toggle").click()
    link.wait_for(state="visible")
    link.click()
    page.wait_for_url("**/glossary.html")


def test_theme_follows_the_system_then_the_reader(new_visit, address):
    page = new_visit(color_scheme="dark").page
    page.goto(address + CHAPTER)
    root = page.locator("html")
    assert root.get_attribute("data-theme") == "dark"
    seen = set()
    for _ in range(3):
        page.locator(".theme-switch-button:visible").click()
        seen.add((root.get_attribute("data-mode"), root.get_attribute("data-theme")))
    assert seen == {("auto", "dark"), ("light", "light"), ("dark", "dark")}
    while root.get_attribute("data-mode") != "light":
        page.locator(".theme-switch-button:visible").click()
    page.reload()
    assert root.get_attribute("data-theme") == "light"


def test_theme_follows_the_system_where_nothing_may_be_stored(new_visit, address):
    page = new_visit(color_scheme="dark").page
    page.add_init_script(NO_STORAGE)
    page.goto(address + CHAPTER)
    root = page.locator("html")
    assert (root.get_attribute("data-mode"), root.get_attribute("data-theme")) == ("auto", "dark")


CONTRAST = """(selectors) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => c / 255)
      .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const background = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgba(getComputedStyle(e).backgroundColor);
      if (color[3] === 255) return color;
    }
    return rgba("white");
  };
  const ratios = {};
  for (const selector of selectors) {
    for (const element of document.querySelectorAll(selector)) {
      if (!element.checkVisibility()) continue;
      const pair = [rgba(getComputedStyle(element).color), background(element)].map(luminance);
      const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
      ratios[selector] = Math.min(ratios[selector] ?? 99, ratio);
    }
  }
  return ratios;
}"""
TEXTS = [
    "article p", "article a", "article h2", "article code", "article pre span", "article td",
    ".admonition-title", ".admonition.erratum p", "article .cell_output pre", "summary span",
    ".bd-links a", ".page-toc a", ".prev-next-title", ".search-button__default-text", ".eqno",
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_reaches_aa(new_visit, address, scheme):
    page = new_visit(color_scheme=scheme, reduced_motion="reduce").page
    page.goto(address + CHAPTER, wait_until="networkidle")
    ratios = page.evaluate(CONTRAST, TEXTS)
    assert len(ratios) >= 10
    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}


def test_keyboard_focus_is_visible(visit, address):
    page = visit.page
    page.goto(address + CHAPTER)
    for _ in range(4):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])"
            "(getComputedStyle(document.activeElement))"
        )
        assert style == ["solid", "2px"]


def test_notebook_download(visit, address, site):
    visit.page.goto(address + CHAPTER)
    with visit.page.expect_download() as download:
        visit.page.get_by_role("link", name="下载这一章的笔记本").click()
    assert download.value.suggested_filename == "momentum.ipynb"


def test_no_fake_italics(visit, address):
    """中文没有斜体：着重、引文都是正体，着重另加着重号。"""
    visit.page.goto(address + CHAPTER)
    styles = visit.page.evaluate(
        """() => ["em", "blockquote"].map((tag) => {
             const element = document.createElement(tag);
             element.textContent = "着重";
             document.querySelector("article section").append(element);
             const { fontStyle, textEmphasisStyle } = getComputedStyle(element);
             return [tag, fontStyle, textEmphasisStyle];
           })"""
    )
    assert {style for _, style, _ in styles} == {"normal"}
    assert ["em", "normal", "dot"] in styles


def test_formulas_are_laid_out_the_same_in_webkit(visit, address):
    """WebKit 画上下标时也看对齐，又会在公式与标点之间换行：对齐只给一格，标点不许换行。"""
    page = visit.page
    page.goto(f"{address}/book/descent/momentum.html")
    styles = "(all, name) => [...new Set(all.map((one) => getComputedStyle(one)[name]))]"
    inside = page.locator("mtd.tml-right *, mtd.tml-left *")
    assert inside.evaluate_all(styles, "textAlign") == ["start"]
    assert page.locator(".keep-together").evaluate_all(styles, "whiteSpace") == ["nowrap"]


def test_print_shows_only_the_article(visit, address):
    visit.page.goto(address + CHAPTER)
    visit.page.emulate_media(media="print")
    for chrome in (".bd-sidebar-primary", ".bd-header-article", ".prev-next-footer", ".headerlink"):
        assert not visit.page.locator(chrome).first.is_visible(), chrome
    assert visit.page.locator("article h1").is_visible()


def test_the_line_above_the_footer_is_as_quiet_as_the_others(new_visit, address):
    page = new_visit(color_scheme="dark").page
    page.goto(address + CHAPTER)
    footer, heading = page.evaluate(
        """() => [["footer.bd-footer-content", "borderTopColor"],
                  ["article h2", "borderBottomColor"]]
             .map(([name, edge]) => getComputedStyle(document.querySelector(name))[edge])"""
    )
    assert footer == heading


def test_paper_is_white(new_visit, address):
    page = new_visit(color_scheme="dark").page
    page.goto(address + CHAPTER)
    themes = page.evaluate(
        """() => ["beforeprint", "afterprint"].map((name) => {
             dispatchEvent(new Event(name));
             return document.documentElement.dataset.theme;
           })"""
    )
    assert themes == ["light", "dark"]


TEN_WIDE = """(pre) => ["汉字，：（）表头十个", "abcdefghij0123456789"].map((text) => {
  const line = pre.appendChild(document.createElement("span"));
  line.textContent = text;
  const { width } = line.getBoundingClientRect();
  line.remove();
  return width;
})"""


def test_a_character_takes_two_columns_in_the_outputs(visit, address):
    """表头是汉字、下面是数的几列才对得齐。"""
    visit.page.goto(address + CHAPTER)
    han, latin = visit.page.locator("div.cell_output pre").first.evaluate(TEN_WIDE)
    assert han == pytest.approx(latin, rel=0.005)


@pytest.mark.parametrize("name", chapter_pages())
def test_a_phone_shows_formulas_outputs_and_tables_whole(new_visit, address, name):
    """放不下的缩小，缩到的字不小于 7.8 像素，没有一处要左右滚动。"""
    page = new_visit(**PHONE).page
    page.goto(f"{address}{name}.html")
    page.add_style_tag(content="section { content-visibility: visible !important; }")
    page.wait_for_function("document.querySelector('[style*=\"--fit\"]')")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    boxes = page.locator(
        ".bd-article :is(div.math, .cell_output, .cell_output pre, .pst-scrollable-table-container)"
    )
    wide = "boxes => boxes.filter((b) => b.scrollWidth > b.clientWidth + 1).map((b) => b.innerText)"
    assert boxes.evaluate_all(wide) == []


def test_what_a_phone_shrinks_is_printed_at_its_own_size(new_visit, address):
    page = new_visit(**PHONE).page
    page.goto(address + CHAPTER)
    page.wait_for_function("document.querySelector('pre[style*=\"--fit\"]')")
    page.evaluate("window.requestAnimationFrame = () => 0")  # 打印不等下一帧
    page.emulate_media(media="print")
    sizes = "boxes => boxes.map((box) => getComputedStyle(box).getPropertyValue('--fit'))"
    assert set(page.locator('[style*="--fit"]').evaluate_all(sizes)) == {"1"}
