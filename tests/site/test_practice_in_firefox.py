"""在 Firefox 里作答：起得来，说的话也与笔记本里一字不差。没有 Firefox 的机器上略去。"""

import pytest

from tests import firefox
from tests.site.test_practice_in_the_page import (
    CHECK,
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
        pytest.skip("没有 Firefox：sudo apt-get install firefox-esr，或用环境变量 FIREFOX 写明路径")
    request.getfixturevalue("built")
    with firefox.launched(path) as page:
        page.goto(request.getfixturevalue("address") + PAGE)
        yield page


def test_a_sample_is_told_the_same_as_in_a_notebook(page):
    tasks = [task for exercise in SAMPLE for task in tasks_for(exercise, [0])]
    assert page.evaluate(CHECK, tasks) == [in_the_notebook(task) for task in tasks]


def test_the_second_visit_starts_from_what_the_first_one_kept(page):
    page.goto(page.evaluate("async () => location.href"))
    tasks = tasks_for(SAMPLE[0], [])
    assert page.evaluate(CHECK, tasks) == [in_the_notebook(task) for task in tasks]
    assert page.evaluate(SNAPSHOT) == 1
