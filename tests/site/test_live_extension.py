"""图进了网页：能操作，不发请求；没有脚本或打印时是静态图。"""

import re

import nbformat
import pytest
from nbformat import v4
from playwright.sync_api import expect

from dlbasics.live import DampingMap, MomentumRace
from tests import small_book
from tests.site.conftest import wake

ALT = "αλ 与 μ 的相图"
TALL = {"width": 1280, "height": 4000}
"""三幅图都离屏幕近，不必滚动就醒来。"""


def notebook(figures):
    cells = [v4.new_markdown_cell("# 图")]
    for count, figure in enumerate(figures, 1):
        data, _ = figure._repr_mimebundle_()
        output = v4.new_output("execute_result", data, execution_count=count)
        alt = {"mystnb": {"image": {"alt": ALT}}}
        cells.append(v4.new_code_cell("图", execution_count=count, outputs=[output], metadata=alt))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """两页的小书：``index`` 有三幅图，``plain`` 没有。"""
    figures = [MomentumRace(), DampingMap(), DampingMap(mu=0.5, al=0.01)]
    files = {
        "index.ipynb": nbformat.writes(notebook(figures)),
        "plain.md": "---\norphan: true\n---\n# 没有图\n",
    }
    book = small_book.build(tmp_path_factory.mktemp("live"), files, "pages.live_figures")
    assert book.warnings == ""
    return book


@pytest.fixture
def open_index(new_visit, book):
    """打开有图的一页，从硬盘上；浏览器选项照传。"""

    def open_page(**options):
        visit = new_visit(**options)
        visit.page.goto((book.html / "index.html").as_uri())
        return visit

    return open_page


def test_each_module_is_written_once_and_only_where_needed(book):
    index = book.page()
    for path in ("momentum_race/figure.js", "damping_map/figure.js", "drawing/kit.js"):
        assert index.count(f'"{path}": "') == 1
    assert index.count("mountAll({") == 1
    assert "live-" not in book.page("plain")


def test_no_widget_machinery_is_on_the_page(book):
    index = book.page()
    assert "application/vnd.jupyter.widget-view+json" not in index
    assert "require" not in re.sub(r"<style>.*?</style>", "", index, flags=re.DOTALL)


def test_the_figures_come_alive_from_the_disk(open_index):
    visit = open_index()
    tab = visit.page
    wake(tab)
    assert tab.locator(".live-picture").first.is_hidden()
    readouts = tab.locator(".live-readout b").all_inner_texts()
    assert readouts[1:] == ["αλ = 0.1，μ = 0.9：欠阻尼", "αλ = 0.01，μ = 0.5：过阻尼"]
    tab.get_by_role("slider", name="αλ 与 μ").last.focus()
    tab.keyboard.press("Shift+ArrowUp")
    tab.get_by_text("αλ = 0.01，μ = 0.6").wait_for()
    assert visit.requests
    assert visit.elsewhere("file:") == []
    assert visit.problems == []


def test_a_figure_that_fails_keeps_its_picture_and_the_rest_wake(new_visit, book):
    """没有 ``Array.prototype.at`` 的旧浏览器画不出第一幅。"""
    tab = new_visit(viewport=TALL).page
    tab.add_init_script("delete Array.prototype.at")
    tab.goto((book.html / "index.html").as_uri())
    boxes = tab.locator(".live-output")
    tab.locator(".live-output[data-live-ready]").nth(1).wait_for()
    awake = [box.get_attribute("data-live-ready") for box in boxes.all()]
    assert awake == [None, "", ""]
    pictures = tab.locator(".live-picture img")
    assert [one.is_visible() for one in pictures.all()] == [True, False, False]
    assert not tab.get_by_role("slider", name="动量法的起点").is_visible()


def test_a_screen_reader_hears_what_the_figure_is_and_what_has_changed(open_index):
    tab = open_index(viewport=TALL).page
    tab.locator(".live-output[data-live-ready] .live-readout b").nth(2).wait_for()
    race, phases, _ = tab.get_by_role("group", name=re.compile("^可操作的图：")).all()
    assert phases.get_attribute("aria-label") == f"可操作的图：{DampingMap.title}"
    assert race.locator(".live-story").get_attribute("aria-live") == "polite"
    spoken = phases.locator(".live-spoken")
    tab.wait_for_timeout(1000)
    assert spoken.inner_text() == "", "图自己醒来，不该念"
    phases.get_by_role("slider", name="αλ 与 μ").press("ArrowUp")
    expect(spoken).to_have_text(re.compile("^αλ = 0.1，μ = 0.91：欠阻尼。动量法"))


def test_print_shows_the_picture_instead(open_index):
    tab = open_index().page
    wake(tab)
    tab.emulate_media(media="print")
    assert [one.is_visible() for one in tab.locator(".live-picture").all()] == [True] * 3
    assert [one.is_hidden() for one in tab.locator(".live-figure").all()] == [True] * 3


def test_without_javascript_there_is_a_picture_with_alt_text(open_index):
    tab = open_index(java_script_enabled=False).page
    pictures = tab.locator(".live-picture img")
    assert [one.get_attribute("alt") for one in pictures.all()] == [ALT] * 3
    assert all(one.is_visible() for one in pictures.all())
    assert tab.locator(".live-note").first.is_hidden(), "这句话是写给笔记本读者的"
    assert pictures.first.evaluate("(image) => image.naturalWidth") > 500
