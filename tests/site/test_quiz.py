"""小测：网页的结构、写错时的报告，以及在真的浏览器里作答。"""

import re
from pathlib import Path

import pytest

from tests import small_book
from tests.conftest import PHONE, PHONE_WIDTH
from tests.site.conftest import NO_STORAGE

ASSETS = Path(__file__).parents[2] / "book" / "_assets"
PAGE = r"""# 一页

:::{quiz} terminal-speed
梯度恒为 $g$，$\mu=0.9$。速度最后停在多大？

- [ ] $-\alpha g$
  - 没有算上攒下来的**速度**。
- [x] $-10\,\alpha g$，写得很长很长很长很长很长很长很长很长很长很长，
  占两行
- [ ] 没有上限

令 $v_{n+1}=v_n$。
:::

:::{quiz} second
第二题。

- [ ] 错
- [x] 对
  - 说得对。

就是这样。
:::
"""
MISTAKES = {
    "没有题干": ":::{quiz} a\n- [x] 对\n- [ ] 错\n\n解释。\n:::",
    "没有解释": ":::{quiz} a\n题。\n\n- [x] 对\n- [ ] 错\n:::",
    "一个选项": ":::{quiz} a\n题。\n\n- [x] 对\n\n解释。\n:::",
    "九个选项": ":::{quiz} a\n题。\n\n- [x] 对\n" + "- [ ] 错\n" * 8 + "\n解释。\n:::",
    "都不对": ":::{quiz} a\n题。\n\n- [ ] 错\n- [ ] 错\n\n解释。\n:::",
    "名字": ":::{quiz} 名字\n题。\n\n- [x] 对\n- [ ] 错\n\n解释。\n:::",
    "重名": ":::{quiz} a\n题。\n\n- [x] 对\n- [ ] 错\n\n解释。\n:::\n" * 2,
    "题干是列表": ":::{quiz} a\n1. 题\n\n- [x] 对\n- [ ] 错\n\n解释。\n:::",
    "选项两段": ":::{quiz} a\n题。\n\n- [x] 对\n\n  又一段\n- [ ] 错\n\n解释。\n:::",
}
REPORTS = {
    "没有题干": "小测缺少题干",
    "没有解释": "小测缺少解释",
    "一个选项": "要有 2 到 8 个以“- [ ] ”或“- [x] ”开头的选项，现在有 1 个",
    "九个选项": "现在有 9 个",
    "都不对": "正好一个正确选项“- [x] ”，现在有 0 个",
    "名字": "只用小写字母、数字和连字符",
    "重名": "已经有一个叫“a”的小测",
    "题干是列表": "题干的第一块要是一个段落",
    "选项两段": "小测的选项要是一个段落",
}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    files = {"index.md": PAGE, "plain.md": "---\norphan: true\n---\n\n# 没有小测\n"}
    folder = tmp_path_factory.mktemp("quiz")
    book = small_book.build(
        folder, files, "typesetting.mathml", "pages.quiz", html_math_renderer="mathml"
    )
    assert book.warnings == ""
    return book


@pytest.fixture(scope="module")
def address(book):
    return (book.html / "index.html").as_uri()


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    pages = {f"m{i}.md": f"# 页\n\n{text}\n" for i, text in enumerate(MISTAKES.values())}
    index = "# 目录\n\n```{toctree}\n" + "\n".join(f"m{i}" for i in range(len(pages))) + "\n```\n"
    folder = tmp_path_factory.mktemp("mistakes")
    return small_book.build(folder, pages | {"index.md": index}, "pages.quiz").warnings


@pytest.fixture
def context(browser):
    context = browser.new_context(**PHONE)
    yield context
    context.close()


@pytest.fixture
def page(context, address):
    problems = []
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(address)
    yield page
    assert problems == []


@pytest.fixture
def quiz(page):
    return page.locator("fieldset.quiz").first


KEYS = {"Control": "ctrlKey", "Alt": "altKey", "Meta": "metaKey"}


def option(quiz, letter):
    return quiz.locator(f"input[value={letter}]")


def label(quiz, letter):
    return quiz.locator("label").filter(has=quiz.page.get_by_text(letter, exact=True))


def test_page_is_static_semantic_html(book):
    text = book.page()
    quiz = text[text.index("<fieldset") : text.index("</fieldset>")]
    assert quiz.count("<legend>") == 1
    ids = re.findall(r'<input[^>]* id="([^"]+)"', quiz)
    assert ids == re.findall(r'<label for="([^"]+)"', quiz)
    assert len(ids) == len(set(ids)) == 3
    assert len(set(re.findall(r'<input[^>]* name="(quiz-[^"]+)"', text))) == 2
    assert quiz.count("data-right") == 1
    assert "<summary>查看答案</summary>" in quiz
    assert "[x]" not in quiz
    assert quiz.count("<math") >= 5
    assert r"\alpha" not in re.sub(r'data-tex="[^"]*"', "", quiz)
    assert "<strong>速度</strong>" in quiz


def test_assets_are_small_and_loaded_only_where_needed(book):
    assert (ASSETS / "quiz.js").stat().st_size <= 3 * 1024
    assert '<script defer="defer" src="_static/quiz.js' in book.page()
    assert "_static/quiz.css" in book.page()
    assert "quiz.js" not in book.page("plain")


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_reported_where_they_are(reports, name):
    page = f"m{list(MISTAKES).index(name)}.md"
    lines = [line for line in reports.splitlines() if f"{page}:" in line]
    assert any(REPORTS[name] in line for line in lines), reports
    assert any(re.search(rf"{page}:\d+: ERROR", line) for line in lines)


def test_wrong_choice_gets_its_feedback_and_another_try(quiz):
    label(quiz, "A").click()
    status = quiz.locator(".quiz-status")
    assert status.get_attribute("role") == "status"
    assert status.inner_text().split() == ["✗", "不对，再想一想。", "没有算上攒下来的速度。"]
    assert not quiz.locator(".quiz-key").is_visible()
    label(quiz, "B").click()
    assert "答对了" in status.inner_text()
    assert quiz.locator(".quiz-key").is_visible()
    assert quiz.locator(".is-wrong").count() == 0


def test_keyboard_moves_with_arrows_and_answers_with_enter(quiz):
    page, status = quiz.page, quiz.locator(".quiz-status")
    option(quiz, "A").focus()
    page.keyboard.press("ArrowDown")
    assert option(quiz, "B").is_checked()
    assert status.inner_text() == "按回车确认这个答案。"
    assert quiz.locator(".is-right, .is-wrong").count() == 0
    page.keyboard.press("Enter")
    assert "答对了" in status.inner_text()


STOP = "document.activeElement.value || document.activeElement.innerText"
HEARD = """\
ArrowDown：B｜按回车确认这个答案。
ArrowUp：A｜按回车确认这个答案。
Enter：A｜✗ 不对，再想一想。 没有算上攒下来的速度。
ArrowDown：B｜按回车确认这个答案。
Enter：B｜✓ 答对了。
Tab：重做｜✓ 答对了。
Tab：查看答案｜✓ 答对了。
- group "小测 梯度恒为 g ， μ = 0.9 。速度最后停在多大？":
  - text: 小测 梯度恒为
  - math: g
  - text: ，
  - math: μ = 0.9
  - text: 。速度最后停在多大？
  - radio "A − α g"
  - text: A
  - math: − α g
  - radio "B − 10 α g ，写得很长很长很长很长很长很长很长很长很长很长， 占两行" [checked]
  - text: B
  - math: − 10 α g
  - text: ，写得很长很长很长很长很长很长很长很长很长很长， 占两行
  - radio "C 没有上限"
  - text: C 没有上限
  - status:
    - paragraph: ✓ 答对了。
  - button "重做"
  - group:
    - text: 查看答案
    - paragraph: 正确答案：B
    - term: A
    - definition:
      - paragraph:
        - text: 没有算上攒下来的
        - strong: 速度
        - text: 。
    - paragraph:
      - text: 令
      - math: v n + 1 = v n
      - text: 。
"""
"""不看屏幕，只用键盘做第一题：按一个键，停在哪里，状态栏念什么；最后是这时的整道题。"""


def test_the_way_through_by_ear(quiz):
    page, status = quiz.page, quiz.locator(".quiz-status")
    option(quiz, "A").focus()
    lines = []
    for key in ("ArrowDown", "ArrowUp", "Enter", "ArrowDown", "Enter", "Tab", "Tab"):
        page.keyboard.press(key)
        lines.append(f"{key}：{page.evaluate(STOP)}｜{' '.join(status.inner_text().split())}")
    assert "\n".join([*lines, quiz.aria_snapshot(), ""]) == HEARD


def test_space_answers_the_focused_option(quiz):
    option(quiz, "A").focus()
    quiz.page.keyboard.press(" ")
    assert "不对" in quiz.locator(".quiz-status").inner_text()


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_a_shortcut_with_an_arrow_does_not_stop_the_next_click(quiz, modifier):
    option(quiz, "A").focus()
    option(quiz, "A").dispatch_event("keydown", {"key": "ArrowRight", KEYS[modifier]: True})
    option(quiz, "B").evaluate("input => input.click()")
    assert "答对了" in quiz.locator(".quiz-status").inner_text()


def test_coming_back_finds_a_fresh_quiz_where_nothing_may_be_stored(context, address):
    context.add_init_script(NO_STORAGE)
    page = context.new_page()
    page.goto(address)
    quiz = page.locator("fieldset.quiz").first
    label(quiz, "B").click()
    page.goto(address.replace("index.html", "plain.html"))
    page.go_back()
    label(quiz, "B").click()
    assert "答对了" in quiz.locator(".quiz-status").inner_text()


def test_answers_are_remembered_until_redone(quiz):
    page = quiz.page
    again = quiz.get_by_role("button", name="重做")
    assert not again.is_visible()
    label(quiz, "A").click()
    page.reload()
    assert option(quiz, "A").is_checked()
    assert "不对" in quiz.locator(".quiz-status").inner_text()
    assert page.locator("fieldset.quiz").nth(1).locator("input:checked").count() == 0
    again.click()
    assert option(quiz, "A").evaluate("input => input === document.activeElement")
    page.reload()
    assert quiz.locator("input:checked").count() == 0
    assert quiz.locator(".quiz-status").inner_text() == ""


def test_it_works_where_nothing_may_be_stored(context, address):
    context.add_init_script(NO_STORAGE)
    page = context.new_page()
    page.goto(address)
    quiz = page.locator("fieldset.quiz").first
    label(quiz, "B").click()
    assert "答对了" in quiz.locator(".quiz-status").inner_text()


def test_without_javascript_the_answer_is_in_the_fold(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    quiz = page.locator("fieldset.quiz").first
    assert quiz.get_by_role("button").count() == 0
    key = quiz.locator(".quiz-key")
    assert not key.is_visible()
    quiz.get_by_text("查看答案").click()
    assert key.inner_text() == "正确答案：B"
    assert quiz.get_by_text("没有算上攒下来的").is_visible()
    context.close()


def test_print_shows_the_answer_and_no_controls(quiz):
    label(quiz, "A").click()
    assert not quiz.locator(".quiz-key").is_visible()
    quiz.page.emulate_media(media="print")
    assert quiz.locator(".quiz-key").is_visible()
    assert not quiz.get_by_text("重做").is_visible()
    assert not quiz.get_by_text("查看答案").is_visible()


def test_the_answer_is_unfolded_for_printing_and_folded_again(quiz):
    """不认得 ``::details-content`` 的浏览器也印得出答案。"""
    states = quiz.evaluate(
        """quiz => ["beforeprint", "afterprint"].map((name) => {
             dispatchEvent(new Event(name));
             return quiz.querySelector(".quiz-answer").open;
           })"""
    )
    assert states == [True, False]


def test_nothing_overflows_a_phone(page):
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE_WIDTH


def test_options_are_big_enough_to_touch(quiz):
    for box in quiz.locator("label").all():
        assert box.bounding_box()["height"] >= 44
