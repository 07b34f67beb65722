"""在网页里作答：真的浏览器里的 Python，与笔记本里的 check 说的话一字不差。"""

import contextlib
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

import nbformat
import numpy as np
import pytest

from dlbasics.exercises import check
from dlbasics.exercises.registry import chapters, find
from in_browser import vendoring
from tests import bubblewrap
from tests.site.conftest import NO_STORAGE, ROOT
from tests.teaching.classroom import packed
from tests.teaching.ordinary import ordinary

PAGE = "book/exercises/momentum.html"
INDEX = "book/exercises/index.html"
HALF_LIFE = "momentum/half_life"
RIGHT = "def half_life(mu):\n    return np.log(0.5) / np.log(mu)"
ENDLESS = "while True: pass"
ANSWERS = {
    "momentum/update": "def update(x, v, grad, lr, mu):\n"
    "    velocity = mu * v - lr * grad\n    return x + velocity, velocity",
    HALF_LIFE: RIGHT,
    "momentum/slower": "def slower_spot(mu, least):\n"
    "    return (3 * (1 - mu**0.5) + 1 - 1e-6 ** (1 / least)) / 4",
    "momentum/lr_change": "def rescale(*args):\n    return 0",
}
"""三种题：数组，一个数，满足条件的都算对；最后一道答错。"""
TIME = (2026, 12, 1, 20, 0, 0)
EXERCISES = [exercise for chapter in chapters() for exercise in chapter.exercises]
SAMPLE = [find(chapter.ids[1]) for chapter in chapters()]
EIGENVECTORS = "gradient_descent/far_ahead"
"""它的错误答案由特征向量算出，正负号与最后几位随 LAPACK 不同：数字不比，只比提示。"""
BROKEN_SNAPSHOT = """async () => {
  const { version } = JSON.parse(document.getElementById("practice-settings").textContent);
  const store = await caches.open(`dlbasics-python-${version}`);
  for (const name of ["snapshot", "trying"])
    await store.put(
      `/_static/practice/${name}?${encodeURIComponent(navigator.userAgent)}`, new Response("坏的"));
}"""
SNAPSHOT = """async () => {
  const [name] = await caches.keys();
  const kept = await (await caches.open(name)).keys();
  return kept.filter(({ url }) => url.includes("/snapshot?")).length;
}"""
CHECK = """async (tasks) => {
  const module = new URL("../../_static/practice/python.js", location.href);
  const { Python } = await import(module);
  const settings = JSON.parse(document.getElementById("practice-settings").textContent);
  settings.base = new URL(settings.base, location.href).href;
  settings.seconds = 600;
  window.python ??= new Python(settings, module);
  const told = [];
  for (const task of tasks)
    told.push((await window.python.check(task, { started() {}, output() {} })).text);
  return told;
}"""


@pytest.fixture(scope="module")
def built(site):
    if not (site / "_static" / "python").is_dir():
        pytest.skip("构建时没有取到浏览器里的 Python，网站没有这一部分")
    return site


@pytest.fixture
def visit(built, closed_visit):
    return closed_visit


@pytest.fixture
def page(visit, address):
    visit.page.goto(address + PAGE)
    return visit.page


def box(page, id=HALF_LIFE):
    return page.locator(f'.practice[data-exercise="{id}"]')


def write(page, code, id=HALF_LIFE):
    """点进编辑框，全选，换成 ``code``。"""
    box(page, id).locator("textarea, .cm-content").first.click()
    editor = box(page, id).locator(".cm-content, textarea").first
    page.wait_for_function(
        "id => document.querySelector(`[data-exercise='${id}']`).contains(document.activeElement)",
        arg=id,
    )
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)


def told(page, id=HALF_LIFE):
    return box(page, id).locator(".practice-verdict > pre").text_content(timeout=120_000)


def tasks_for(exercise, hints):
    """参考解答、空壳与几条提示的错误答案，各是一份学生会交上来的代码。"""
    sources = [exercise.solution, exercise.stub]
    sources += [
        "from dlbasics.exercises.registry import find\n"
        f"{exercise.name} = find({exercise.id!r}).hints[{number}].wrong"
        for number in hints
    ]
    return [{"id": exercise.id, "name": exercise.name, "source": source} for source in sources]


def in_the_notebook(task):
    """同一份代码，在 CPython 里 ``check`` 打印的话。"""
    space = {"np": np}
    exec(task["source"], space)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        check(task["id"], space[task["name"]])
    return printed.getvalue().removesuffix("\n")


def test_the_site_has_the_real_editor(built):
    """编辑器的零件取得到，网站就有真的编辑框，不靠机器上有没有 npm。"""
    try:
        vendoring.editor()
    except vendoring.Unavailable as error:
        pytest.skip(str(error))
    assert (built / "_static" / "practice" / "editor.js").is_file()


def test_a_reader_who_never_checks_downloads_nothing_of_it(built, visit, page):
    page.wait_for_load_state("networkidle")
    assert box(page).locator("textarea").is_visible()
    assert not [url for url in visit.requests if "/python/" in url or "editor.js" in url]
    size = sum(path.stat().st_size for path in (built / "_static" / "python").iterdir())
    assert f"首次约 {-(-size // 10**6)} MB" in page.locator(".practice-tools").inner_text()


def test_the_paper_shows_the_readers_answer(page):
    write(page, RIGHT)
    for code, verdict in ((RIGHT, "还没有检查"), (None, "尚未作答")):
        if code is None:
            page.once("dialog", lambda dialog: dialog.accept())
            box(page).get_by_role("button", name="还原").click()
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        paper = box(page).locator(".cell").filter(visible=True).all_inner_texts()
        page.emulate_media(media="screen")
        assert ("return np.log(0.5)" in paper[0]) is (code is not None)
        assert f"{verdict}　速度减半要几步" in paper[1]


def test_answering_from_stub_to_passed_and_on(page, built):
    go = box(page).get_by_role("button", name="检查")
    go.focus()
    page.keyboard.press("Enter")
    assert told(page) == "尚未作答　速度减半要几步（0/1 分）"
    assert box(page).locator("[role=status][aria-live=polite]").count() == 1
    write(page, "def half_life(mu):\n    print('μ =', mu)\n    return 1 / (1 - mu)")
    page.keyboard.press("ControlOrMeta+Enter")
    page.wait_for_selector(f'[data-exercise="{HALF_LIFE}"][data-state="failed"]')
    assert told(page).endswith(f"提示　{find(HALF_LIFE).hints[0].message}")
    assert box(page).locator(".practice-output").text_content() == "μ = 0.9\n"
    for code, words in {
        "def half_life(mu):\n    return nonsense": "（第 2 行：return nonsense）",
        "x = 1\nhalf_life = lambda mu: (": "SyntaxError：'(' was never closed（第 2 行",
        "exit()": "exit()、quit() 会结束整个程序",
        "def another(mu):\n    return 1": "没有找到函数 half_life",
    }.items():
        write(page, code)
        page.keyboard.press("ControlOrMeta+Enter")
        page.wait_for_function(
            'words => document.querySelector(\'[data-exercise="momentum/half_life"] '
            ".practice-verdict').textContent.includes(words)",
            arg=words,
        )
    write(page, ENDLESS)
    page.keyboard.press("ControlOrMeta+Enter")
    box(page).get_by_role("button", name="停止").click()
    assert told(page).startswith("停下了")
    write(page, "#")
    page.keyboard.press("Backspace")
    page.keyboard.type("def half_life(mu):\nreturn np.log(0.5) / np.log(mu)")
    page.keyboard.press("ControlOrMeta+Enter")
    page.wait_for_selector(f'[data-exercise="{HALF_LIFE}"][data-state="passed"]', timeout=120_000)
    assert told(page).startswith("通过")
    assert page.evaluate(SNAPSHOT) == 1  # 停下以后换上的 Python 就是从它接着的

    with page.expect_download() as saved:
        page.get_by_role("button", name="导出 .ipynb").click()
    mine = nbformat.read(saved.value.path(), as_version=4)
    theirs = nbformat.read(built / "_sources/book/exercises/momentum.ipynb", as_version=4)
    nbformat.validate(mine)
    assert [(c.id, c.metadata) for c in mine.cells] == [(c.id, c.metadata) for c in theirs.cells]
    changed = [a for a, b in zip(mine.cells, theirs.cells, strict=True) if a.source != b.source]
    assert [(c.id, c.source) for c in changed] == [("momentum-half_life-answer", RIGHT)]

    page.goto(page.url.replace("momentum.html", "index.html"))
    marks = page.locator(".practice-mark")
    marks.first.wait_for()
    assert marks.evaluate_all("all => all.map(m => m.ariaLabel)") == ["已通过"]
    with page.expect_download() as saved:
        page.get_by_role("button", name="导出全部章").click()
    with ZipFile(saved.value.path()) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [f"{chapter.name}.ipynb" for chapter in chapters()]
        assert RIGHT.splitlines()[1] in archive.read("momentum.ipynb").decode()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="删除我的全部答案").click()
    assert marks.count() == 0


def test_an_endless_answer_is_stopped_after_a_time(page, visit, address):
    def shorter(route):
        reply = route.fetch()
        route.fulfill(response=reply, body=re.sub(r'"seconds": \d+', '"seconds": 2', reply.text()))

    page.route("**/momentum.html", shorter)
    page.goto(address + PAGE)
    page.evaluate(BROKEN_SNAPSHOT)  # 上次从它没有起来，就从头起
    write(page, ENDLESS)
    page.keyboard.press("ControlOrMeta+Enter")
    assert told(page).startswith("停下了　算了 2 秒还没有算完")


def test_a_notebook_is_imported(page, tmp_path):
    notebook = nbformat.read(ROOT / "book" / "exercises" / "momentum.ipynb", as_version=4)
    next(c for c in notebook.cells if c.id == "momentum-half_life-answer").source = RIGHT
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    (tmp_path / "other.ipynb").write_text(json.dumps({"cells": []}), encoding="utf-8")
    files = [tmp_path / "mine.ipynb", tmp_path / "other.ipynb"]
    page.locator("input[type=file]").set_input_files(files)
    status = page.locator(".practice-tools [role=status]")
    count = len(next(c for c in chapters() if c.name == "momentum").names)
    page.wait_for_function("document.querySelector('.practice-tools [role=status]').textContent")
    assert status.inner_text() == (
        f"mine.ipynb：读进 {count} 道题的代码；other.ipynb：里面没有这门课的答案单元"
    )
    assert box(page).locator("textarea").input_value() == RIGHT
    page.reload()
    assert box(page).locator("textarea").input_value() == RIGHT


def test_where_nothing_may_be_stored_the_page_says_so(built, new_visit, address):
    page = new_visit().page
    page.add_init_script(NO_STORAGE)
    page.goto(address + PAGE)
    page.locator(".practice-tools").wait_for()
    assert "关掉这一页，答案就没有了" in page.locator(".practice-tools").inner_text()


def test_from_a_folder_the_page_says_what_to_do(built, new_visit):
    page = new_visit().page
    page.goto((built / PAGE).as_uri())
    note = page.locator(".practice-note").inner_text()
    assert all(f"\n{system}：" in note for system in ("Windows", "macOS", "Linux"))
    assert note.count("serve.py") == 4
    assert page.locator(".practice .cell").first.is_visible()
    opening = page.locator("article p", has_text="下载这本笔记本").inner_text()
    assert "就能作答" not in opening and opening.startswith("用页面右上角的按钮下载")


def test_a_phone_shows_all_of_it(built, new_visit, address):
    page = new_visit(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True).page
    page.goto(address + PAGE)
    box(page).locator("textarea").tap()
    box(page).locator(".cm-content, textarea").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in page.locator(".practice-button:visible").all()[:6]:
        assert button.bounding_box()["height"] >= 40


def test_what_the_page_says_is_the_mark(page):
    """学生在网页里答对三种题、答错一道，导出的笔记本由教师收取、批改，分数就是网页说的那些。"""
    said = {}
    for id, code in ANSWERS.items():
        write(page, code, id)
        page.keyboard.press("ControlOrMeta+Enter")
        points, possible = re.search(r"（(\d+)/(\d+) 分）", told(page, id)).groups()
        assert int(possible) == find(id).points
        said[find(id).title] = points
    assert list(said.values()) == [str(find(id).points) for id in [*ANSWERS][:3]] + ["0"]
    page.keyboard.press("Escape")  # 编辑框里 Tab 是缩进，先按 Esc 才离开
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "检查"
    with page.expect_download() as saved:
        page.get_by_role("button", name="导出 .ipynb").click()
    if reason := bubblewrap.problem():
        pytest.skip(f"网页这一边对了；批改的沙箱用不成：{reason}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place)
        folder.chmod(0o777)
        handed_in = {"20230001_张三/momentum.ipynb": (saved.value.path().read_bytes(), TIME)}
        (folder / "in.zip").write_bytes(packed(handed_in))
        (folder / "roster.csv").write_text("学号,姓名\n20230001,张三\n", encoding="utf-8")
        environment = {**os.environ, "HOME": place, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
        for command in (
            "assign momentum --due 2026-12-01T23:59",
            "collect momentum in.zip --roster roster.csv",
            "grade momentum --workers 1",
            "report momentum",
        ):
            done = subprocess.run(
                ordinary([sys.executable, "-m", "dlbasics", *command.split()]),
                cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
        marks = (folder / "momentum" / "reports" / "class.csv").read_text("utf-8-sig")
    possible, row = csv.DictReader(io.StringIO(marks))
    titles = [exercise.title for exercise in EXERCISES if exercise.id.startswith("momentum/")]
    assert possible["姓名"] == "满分" and row["学号"] == "20230001"
    assert {title: row[title] for title in titles} == dict.fromkeys(titles, "0") | said


def test_a_sample_is_told_the_same_as_in_a_notebook(page):
    tasks = [task for exercise in SAMPLE for task in tasks_for(exercise, [0])]
    assert page.evaluate(CHECK, tasks) == [in_the_notebook(task) for task in tasks]


@pytest.mark.every_answer
@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.name)
def test_every_answer_is_told_the_same_as_in_a_notebook(page, chapter):
    tasks = [task for e in chapter.exercises for task in tasks_for(e, range(len(e.hints)))]
    page.set_default_timeout(0)
    told = page.evaluate(CHECK, tasks)
    expected = [in_the_notebook(task) for task in tasks]
    different = [
        f"{task['source']}\n浏览器：{here}\nCPython：{there}"
        for task, here, there in zip(tasks, told, expected, strict=True)
        if here != there
        and (task["id"] != EIGENVECTORS or here.splitlines()[-1] != there.splitlines()[-1])
    ]
    assert not different, "\n\n".join(different)
