"""在 Firefox 里作答：打得了字，说的话与笔记本里一字不差。没有、也装不上 Firefox 的机器上略去。"""

import pytest

from dlbasics.exercises.registry import find
from tests import firefox
from tests.site.test_practice_in_the_page import (
    CHECK,
    HALF_LIFE,
    PAGE,
    SAMPLE,
    SNAPSHOT,
    built,  # noqa: F401
    in_the_notebook,
    tasks_for,
)


@pytest.fixture(scope="module")
def page(request):
    path = firefox.executable()
    if not path:
        pytest.skip("没有 Firefox，也没能装上；已经装在别处的，用环境变量 FIREFOX 写明路径")
    request.getfixturevalue("built")
    with firefox.launched(path) as page:
        page.goto(request.getfixturevalue("address") + PAGE)
        yield page


STATE = "async (id) => document.querySelector(`[data-exercise='${id}']`).dataset.state"
VERDICT = """async ([id, words]) => {
  const verdict = document.querySelector(`[data-exercise='${id}'] .practice-verdict`);
  while (!verdict.textContent.includes(words)) await new Promise((go) => setTimeout(go, 50));
  return verdict.querySelector("pre").textContent;
}"""


def test_a_reader_answers_with_mouse_and_keyboard(page):
    """按“检查”，读提示，改成对的，再按 Ctrl+Enter；编辑框自己缩进、补上括号。"""
    box = f"[data-exercise='{HALF_LIFE}']"
    page.click(f"{box} .practice-go")
    assert page.evaluate(VERDICT, [HALF_LIFE, "尚未作答"]).startswith("尚未作答　速度减半要几步")
    for answer, words in {
        "return 1 / (1 - mu)": find(HALF_LIFE).hints[0].message,
        "return np.log(0.5) / np.log(mu)": "通过",
    }.items():
        page.click(f"{box} .practice-plain, {box} .cm-content")  # 点一下，才换成编辑器
        page.click(f"{box} .cm-content")
        page.with_control("a")
        page.type(f"def half_life(mu):{firefox.ENTER}{answer}")
        page.with_control(firefox.ENTER)
        assert words in page.evaluate(VERDICT, [HALF_LIFE, words])
    assert page.evaluate(STATE, HALF_LIFE) == "passed"


def test_a_sample_is_told_the_same_as_in_a_notebook(page):
    tasks = [task for exercise in SAMPLE for task in tasks_for(exercise, [0])]
    assert page.evaluate(CHECK, tasks) == [in_the_notebook(task) for task in tasks]


def test_the_second_visit_starts_from_what_the_first_one_kept(page):
    page.goto(page.evaluate("async () => location.href"))
    tasks = tasks_for(SAMPLE[0], [])
    assert page.evaluate(CHECK, tasks) == [in_the_notebook(task) for task in tasks]
    assert page.evaluate(SNAPSHOT) == 1
