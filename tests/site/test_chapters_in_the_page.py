"""运行本章：真的浏览器里，各章的单元算出与存下的输出一样的东西，不一样的都写明了。"""

import json

import nbformat
import pytest

from dlbasics.exercises.registry import chapters
from in_browser import chapter_page
from tests.notebooks import pictures
from tests.site.conftest import ROOT

PAGE = "book/descent/momentum.html"
STATUS = ".chapter-status"
CHAPTERS = list(chapter_page.notes())
RUN = """async (sources) => {
  const module = new URL("../../_static/practice/python.js", location.href);
  const { Python } = await import(module);
  const settings = JSON.parse(document.getElementById("chapter-settings").textContent);
  settings.base = new URL(settings.base, location.href).href;
  const python = new Python(settings, module);
  const encoded = (png) => btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(""));
  const results = [];
  for (const [number, source] of sources) {
    let text = "", pictures = [];
    const { passed, text: error } = await python.ask({ kind: "cell", number, source }, {
      started() {}, output: (more) => (text += more), picture: (png) => pictures.push(encoded(png)),
    });
    results.push({ text, pictures, error: passed ? null : error });
  }
  python.drop();
  return results;
}"""


@pytest.fixture(scope="module")
def built(site):
    if not (site / "_static" / "chapters").is_dir():
        pytest.skip("构建时没有取到画图的库，网站没有这一部分")
    return site


@pytest.fixture
def visit(built, closed_visit):
    return closed_visit


def code_cells(chapter):
    notebook = nbformat.read(ROOT / "book" / f"{chapter}.ipynb", as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def compare(cell, fresh):
    """一格存下的输出与在网页里算出的差在哪里；一样就返回 ``None``。"""
    if fresh["error"]:
        return fresh["error"]
    text = "".join(out.text for out in cell.outputs if out.output_type == "stream")
    if text != fresh["text"]:
        return f"存的是 {text!r}，算的是 {fresh['text']!r}"
    stored = [out.data["image/png"] for out in cell.outputs if "image/png" in out.get("data", {})]
    if len(stored) != len(fresh["pictures"]):
        return f"存了 {len(stored)} 幅图，画了 {len(fresh['pictures'])} 幅"
    for pair in zip(stored, fresh["pictures"], strict=True):
        found = pictures.redrawn_difference(*(pictures.halved(pictures.decode(p)) for p in pair))
        if found:
            return found
    return None


def wait_for(page, words):
    page.wait_for_function(
        "words => document.querySelector('.chapter-status')?.textContent.includes(words)",
        arg=words,
        timeout=120_000,
    )


def replace(page, cell, code):
    cell.locator(".cm-content, textarea").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)


def test_every_note_is_about_a_cell_there_is():
    for chapter, notes in chapter_page.notes().items():
        assert chapter in {one.page for one in chapters()}
        assert set(notes) <= {cell.id for cell in code_cells(chapter)}, chapter
        for id, note in notes.items():
            assert note, id
            assert set(note) <= {"cannot", "slow", "differs"}, id
            assert all(isinstance(words, str) and words for words in note.values()), id


def test_the_page_knows_each_cell():
    chapter = "convolution/parameter_sharing"
    notebook = (ROOT / "book" / f"{chapter}.ipynb").read_text(encoding="utf-8")
    pairs = zip(code_cells(chapter), chapter_page.cells(notebook, chapter), strict=True)
    told = {cell.id: about for cell, about in pairs if about}
    live = {id for id, about in told.items() if about == {"live": "1"}}
    assert live == {cell.id for cell in code_cells(chapter) if cell.id.startswith("live-")}
    assert {id: told[id] for id in told if id not in live} == chapter_page.notes()[chapter]


def noted(route):
    """给动量法一章的第 6 格与第 7 格写上话。"""
    reply = route.fetch()
    head, opening, rest = reply.text().partition('id="chapter-settings">')
    text, closing, tail = rest.partition("</script>")
    settings = json.loads(text)
    settings["cells"][5:7] = [{"cannot": "缺一样东西"}, {"slow": "一分钟", "differs": "有缘故"}]
    body = head + opening + json.dumps(settings) + closing + tail
    route.fulfill(response=reply, body=body)


def test_a_few_cells_of_a_chapter_in_the_page(built, visit, address):
    page = visit.page
    page.route("**/momentum.html", noted)
    page.goto(address + PAGE)
    page.wait_for_load_state("load")
    assert not [url for url in visit.requests if "/python/" in url or "/chapters/" in url]
    folders = (built / "_static" / "python", built / "_static" / "chapters")
    files = [file for folder in folders for file in folder.iterdir()]
    size = -(-sum(file.stat().st_size for file in files) // 10**6)
    assert f"首次约 {size} MB" in page.locator(".run-chapter").inner_text()

    page.get_by_role("button", name="运行本章").click()
    cells = page.locator(".bd-article .cell")
    page.locator(".chapter-on").first.wait_for()
    live = page.locator(".cell:has(.live-figure)")
    assert live.count() == live.locator(":scope:not(.chapter-on)").count() > 0
    assert "网页里不能运行这一格：缺一样东西" in cells.nth(5).inner_text()
    assert not cells.nth(5).get_by_role("button", name="运行").count()
    noted_words = cells.nth(6).locator(".chapter-tools").inner_text()
    assert "约一分钟。" in noted_words and "不全一样：有缘故" in noted_words
    race, figure, step = cells.nth(1), cells.nth(2), cells.nth(3)
    page.get_by_role("button", name="运行第 3 格").click()  # 前两格还没有运行，先运行
    wait_for(page, "3 格运行完了")
    assert page.locator(f"{STATUS}[role=status]").count() == 1
    stored = code_cells("descent/momentum")
    drawn = figure.locator(".chapter-output img")
    encoded = drawn.evaluate("""async (image) => {
      const bytes = new Uint8Array(await (await fetch(image.currentSrc)).arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    }""")
    texts = [race.locator(".chapter-output").text_content(), ""]
    for cell, text, images in zip(stored[1:3], texts, ([], [encoded]), strict=True):
        assert compare(cell, {"error": None, "text": text, "pictures": images}) is None
    assert drawn.get_attribute("alt") == stored[2].metadata.mystnb["image"]["alt"]
    assert not figure.locator(".cell_output:not(.chapter-output)").is_visible()

    replace(page, race, "ahead = 1\nahead + nothing")
    page.keyboard.press("ControlOrMeta+Enter")
    wait_for(page, "第 2 格出错了")
    error = race.locator(".chapter-output [role=alert]").text_content()
    assert error == "出错　NameError：name 'nothing' is not defined（第 2 行：ahead + nothing）"
    replace(page, race, "'中文', ahead")
    page.keyboard.press("Shift+Enter")
    wait_for(page, "第 2 格运行完了")
    assert race.locator(".chapter-output").text_content() == "('中文', 1)\n"
    focused = "number => document.querySelectorAll('.bd-article .cell')[number]"
    assert page.evaluate(f"({focused})(2).contains(document.activeElement)")

    replace(page, step, "while True: pass")
    page.keyboard.press("ControlOrMeta+Enter")
    step.get_by_role("button", name="停止").click()
    wait_for(page, "第 4 格停下了")
    assert page.evaluate("document.activeElement.ariaLabel") == "运行第 4 格"
    assert "先把它前面的重新运行" in step.locator(".chapter-output").text_content()
    race.get_by_role("button", name="还原第 2 格").click()
    assert page.evaluate(f"({focused})(1).contains(document.activeElement)")
    assert race.locator(".cell_output:not(.chapter-output)").is_visible()
    page.keyboard.press("ControlOrMeta+Enter")  # 换了一个 Python，第 1 格要重新运行
    wait_for(page, "2 格运行完了")
    text = race.locator(".chapter-output").text_content()
    assert compare(stored[1], {"error": None, "text": text, "pictures": []}) is None


def test_from_a_folder_the_page_says_what_to_do(built, new_visit):
    page = new_visit().page
    page.goto((built / PAGE).as_uri())
    page.get_by_role("button", name="运行本章").click()
    assert "serve.py" in page.locator(".run-chapter").inner_text()
    page.locator(".run-chapter a").click()
    assert page.locator(":target").inner_text().startswith("什么也不装")


@pytest.mark.every_chapter
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_cell_does_what_is_written(visit, address, chapter):
    page = visit.page
    page.set_default_timeout(0)
    page.goto(f"{address}book/{chapter}.html")
    settings = json.loads(page.locator("#chapter-settings").text_content())
    cells = code_cells(chapter)
    listed = list(zip(cells, settings["cells"], strict=True))
    run = [(k, cell) for k, (cell, about) in enumerate(listed, 1) if "live" not in about]
    fresh = page.evaluate(RUN, [(k, cell.source) for k, cell in run])
    problems = {
        cell.id: problem
        for (_, cell), result in zip(run, fresh, strict=True)
        if (problem := compare(cell, result))
    }
    notes = chapter_page.notes()[chapter]
    wrong = {id for id, note in notes.items() if set(note) & {"cannot", "differs"}}
    assert set(problems) == wrong, problems
