"""反馈：学生看见错在哪里、重读哪一节；教师看见误解有多少人。网页不连网，读屏软件与手机都能看。"""

import csv
import html
import io
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import openpyxl
import pytest

from dlbasics.exercises.registry import chapters, find
from dlbasics.teaching import sections
from dlbasics.teaching.gradebook import Handed, Terms, rows
from dlbasics.teaching.reporting.class_page import class_page
from dlbasics.teaching.reporting.course import Course
from dlbasics.teaching.reporting.outcomes import WORDS, misconceptions
from dlbasics.teaching.reporting.student_page import NO_INPUT, student_page
from dlbasics.teaching.reporting.tables import tables
from dlbasics.teaching.results import Mark, Override
from dlbasics.teaching.roster import Roster, Student
from dlbasics.teaching.similarity import Pair, alike
from dlbasics.teaching.spreadsheets import csv_bytes, xlsx_bytes
from tests.conftest import PHONE
from tests.teaching.classroom import chapter

BOOK = "https://book.example"
IDS = chapter("momentum").ids
COURSE = Course("week3", [chapter("momentum")], BOOK)
TIME = "2026-12-01T20:00:00"
NAMES = ("张三", "李四", "<script>王五</script>", "赵六")
ROSTER = Roster(
    [Student(f"2023000{i}", name, f"{i % 2 + 1} 班") for i, name in enumerate(NAMES, start=1)]
)
HINT = find("momentum/half_life").hints[0].message
WRONG = {
    "passed": False, "status": "wrong", "headline": "未通过", "input": "mu = 0.9",
    "expected": "6.578813479", "got": "10", "reason": "相差 3.42", "hint": HINT, "hint_id": "h0",
}  # fmt: skip
PASSED = {"passed": True, "status": "passed", "headline": "通过"}


def mark(student, exercise, verdict, points=0.0, shown=True, note=""):
    possible = find(exercise).points
    return Mark(
        student, exercise, "aaaa", "week3", 1, TIME, TIME, points, possible, verdict, shown, note
    )


RECORDS = [
    mark("20230001", "momentum/update", PASSED, 2.0),
    mark("20230001", "momentum/half_life", WRONG),
    mark("20230001", "momentum/crossing", {"passed": False, "status": "unanswered"}),
    mark("20230001", "momentum/conventions", {"passed": False, "status": "unanswered"},
         note=f"第 3 个代码单元出错：SyntaxError；没有函数 {find('momentum/conventions').name}"),
    mark("20230001", "momentum/slower", {"status": "ungraded"}, None, note="沙箱被终止了两次"),
    mark("20230002", "momentum/half_life", WRONG, shown=False),
    mark("20230003", "momentum/half_life", WRONG | {"got": "<b>1 & 2</b>"}),
    Override("20230002", "momentum/update", "week3", 1.5, "口头说清了", "陈老师", TIME),
]  # fmt: skip
HANDED = [Handed(f"2023000{i}", "momentum", "aaaa", TIME) for i in (1, 2, 3)]
CLASS = rows(RECORDS, HANDED, ROSTER, IDS, Terms())
PAGES = {row.student.id: student_page(row, COURSE) for row in CLASS}
TEACHER = class_page(CLASS, COURSE, {"momentum/optimal": [Pair("20230001", "20230002", 0.96)]})


def text_of(markup):
    return re.sub(
        r"\s+", " ", html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", markup, flags=re.S))
    )


def part(page, id):
    return page[page.index(f'id="{id}"') :].partition("</section>")[0]


def test_a_wrong_answer_is_taught():
    section = part(PAGES["20230001"], "momentum-half_life")
    words = text_of(section)
    for expected in (
        "速度减半要几步",
        "未通过",
        "0 / 1 分",
        HINT,
        "mu = 0.9",
        "6.578813479",
        "相差 3.42",
    ):
        assert expected in words
    assert f'href="{BOOK}/book/descent/momentum.html#for-momentum-half_life"' in section
    assert f'href="{BOOK}/book/exercises/momentum.html#momentum-half_life"' in section


def test_an_input_from_the_secret_seed_is_not_shown():
    section = part(PAGES["20230002"], "momentum-half_life")
    assert "mu = 0.9" not in section and "6.578813479" not in section
    assert HINT in text_of(section) and NO_INPUT in section


def test_unanswered_ungraded_and_missing_are_told_apart():
    page = PAGES["20230001"]
    assert "还是空壳" in part(page, "momentum-crossing")
    assert "第 3 个代码单元出错：SyntaxError" in part(page, "momentum-conventions")
    assert "还是空壳" not in part(page, "momentum-conventions")
    assert "沙箱被终止了两次。这不是 0 分" in part(page, "momentum-slower")
    assert "没有收到这一章的笔记本" in PAGES["20230004"]
    assert "0 / " not in text_of(PAGES["20230004"])


def test_an_override_shows_its_reason():
    section = text_of(part(PAGES["20230002"], "momentum-update"))
    assert "老师给分" in section and "未通过" not in section
    assert "1.5 / 2 分" in section and "理由：口头说清了" in section


def test_what_students_wrote_is_text_not_markup():
    assert "<script>" not in PAGES["20230003"] + TEACHER
    assert "<b>1 & 2</b>" in html.unescape(PAGES["20230003"])
    assert "<b>1" not in PAGES["20230003"]


@pytest.mark.parametrize("page", [*PAGES.values(), TEACHER], ids=[*PAGES, "class"])
def test_pages_need_no_network_and_no_script(page):
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|\son\w+=", page)
    assert set(re.findall(r'https?://[^/"]+', page)) <= {BOOK}
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_without_an_address_there_are_no_links():
    page = student_page(CLASS[0], Course("week3", COURSE.chapters))
    assert "<a " not in page and "动量法 › 平台：能滑多远" in page


def test_the_map_counts_each_misconception_once_per_student():
    found = misconceptions(CLASS, IDS)
    assert [(m.exercise, m.hint, m.students) for m in found] == [
        ("momentum/half_life", HINT, ("20230001", "20230002", "20230003"))
    ]
    words = text_of(TEACHER)
    assert "下一节课先讲" in words and HINT in words and "3 人" in words


def test_an_overridden_pass_still_shows_what_was_thought():
    changed = [*RECORDS, Override("20230001", "momentum/half_life", "w", 1, "口算对了", "陈", TIME)]
    book = rows(changed, HANDED, ROSTER, IDS, Terms())
    assert len(misconceptions(book, IDS)[0].students) == 3


def test_the_class_page_names_the_ungraded_and_the_alike():
    words = text_of(TEACHER)
    assert "动量反而更慢的地方 沙箱被终止了两次" in words
    assert "96%" in words and "只是值得看一眼的地方" in words
    assert "3 / 4" in words and "1 人没有分数" in words
    assert "2 班 2 2 1" in words and "1 班 2 1 1.5" in words


def test_histogram_says_in_words_what_it_draws():
    label = re.search(r'<svg[^>]*aria-label="([^"]+)"', TEACHER)[1]
    counts = [int(n) for n in re.findall(r"：(\d+) 人", label)]
    bars = [float(h) for h in re.findall(r'<rect class="bar"[^>]*height="([\d.]+)"', TEACHER)]
    assert sum(counts) == 3
    assert [round(h / max(bars), 3) for h in bars if h] == [
        round(c / max(counts), 3) for c in counts
    ]


def test_csv_opens_in_excel_and_xlsx_keeps_ids_as_text():
    sheets = tables(CLASS, COURSE)
    data = csv_bytes(sheets["成绩"])
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert lines[0][:3] == ["学号", "姓名", "班级"] and lines[5][-1] == "11 题未交"
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(sheets)))
    assert book.sheetnames == ["成绩", "各题", "误解地图"]
    assert book["成绩"]["A3"].value == "20230001"
    assert book["成绩"]["D3"].value == 2
    assert book["误解地图"]["D2"].value == HINT
    assert book["误解地图"]["C2"].value == 3


# ── 正文里的小节 ──


@pytest.mark.parametrize("each", chapters(), ids=lambda each: each.name)
def test_every_exercise_names_a_section_of_its_chapter(each):
    path = Path(__file__).parents[2] / "book" / f"{each.page}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    titles = set(re.findall(r"^##+ (.+)$", text, flags=re.M))
    assert {sections.SECTIONS[id] for id in each.ids} <= titles


def test_sections_are_for_the_exercises_and_no_others():
    assert set(sections.SECTIONS) == {id for each in chapters() for id in each.ids}


# ── 很像的答案 ──

LONG = """
def f(x, order):
    \"\"\"说明。\"\"\"
    total = 0.0
    for i in range(len(x)):
        if x[i] > 0:
            total = total + x[i] * order[i] ** 2
        elif order[i] == 3:
            total = total - x[i]
        else:
            total = total + 7 * i
    return total / max(1, len(x)), [value * 2 for value in order if value > total]
"""


def renamed(source):
    return source.replace("total", "sum_so_far").replace("说明", "我的") + "\n# 注释\n"


def test_a_renamed_copy_of_a_long_answer_is_found():
    other = "def f(x, order):\n" + "".join(
        f"    y{i} = x[{i}] + order[{i}] - {i}\n" for i in range(20)
    )
    answers = {"1": LONG, "2": renamed(LONG), "3": other + "    return y1\n"}
    assert alike(answers, "def f(x, order):\n    return x\n") == [Pair("1", "2", 1.0)]


@pytest.mark.parametrize(
    ("answers", "reference"),
    [
        ({"1": "def f(x):\n    return x + 1\n", "2": "def f(x):\n    return x + 1\n"}, "pass"),
        ({"1": LONG, "2": renamed(LONG)}, renamed(LONG)),
        ({str(i): LONG for i in range(6)}, "pass"),
        ({"1": LONG + ")", "2": LONG + ")"}, "pass"),
    ],
    ids=["short", "like the reference", "everybody", "not Python"],
)
def test_what_may_be_chance_is_not_reported(answers, reference):
    assert alike(answers, reference) == []


# ── 在浏览器里 ──


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["20230001", "class"])
def test_pages_fit_a_phone_and_are_legible(browser, tmp_path, name, scheme):
    path = tmp_path / "page.html"
    path.write_text(PAGES.get(name, TEACHER), encoding="utf-8")
    context = browser.new_context(**PHONE, color_scheme=scheme)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert min(page.evaluate(CONTRASTS)) >= 4.5
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map((h) => +h.tagName[1])")
    assert levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    context.close()


CONTRASTS = """() => {
  const rgb = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (c) => c.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (el) => {
    for (; el; el = el.parentElement) {
      const c = rgb(getComputedStyle(el).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("main *")]
    .filter((el) => [...el.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((el) => {
      const style = getComputedStyle(el);
      const [a, b] = [light(rgb(el.closest("svg") ? style.fill : style.color)), light(behind(el))];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    });
}"""


def test_every_state_has_words():
    statuses = {"passed", "wrong", "error", "timeout", "unanswered"}
    assert statuses <= set(WORDS)
