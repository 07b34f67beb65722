"""读到哪里：记住，提起，不打扰，忘得掉；不许存储时一切照常。"""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.site.conftest import CHAPTER, NO_STORAGE

KEPT = "() => Object.keys(localStorage).filter((key) => key.startsWith('reading:'))"
INTO = "(e) => scrollTo({ top: e.getBoundingClientRect().top + scrollY, behavior: 'instant' })"


@pytest.fixture(scope="module")
def quizzes(site):
    html = (site / CHAPTER).read_text(encoding="utf-8")
    told = re.search(r'<script [^>]*id="chapters"[^>]*>(.*?)</script>', html)[1]
    return json.loads(told)


def test_every_chapter_and_its_quizzes_are_told(site, quizzes):
    assert len(quizzes) == 8
    for page, names in quizzes.items():
        html = (site / f"{page}.html").read_text(encoding="utf-8")
        assert re.findall(r'<fieldset class="quiz[^"]*" id="([^"]+)"', html) == names


def test_the_place_is_kept_offered_and_forgotten(visit, address, quizzes):
    page = visit.page
    page.goto(address + CHAPTER)
    expect(page.locator(".resume, .progress-mark")).to_have_count(0)
    section = page.locator("article section section").nth(4)
    heading = section.locator("h2").evaluate("(e) => e.firstChild.textContent")
    section.evaluate(INTO)
    page.wait_for_function(f"() => ({KEPT})().length")

    page.goto(address + CHAPTER)
    resume = page.locator(".resume")
    expect(resume).to_have_text(f"上次读到{heading}")
    assert page.evaluate("[scrollY, document.activeElement === document.body]") == [0, True]
    body = page.locator("article h1 ~ p:not(.resume)").first
    place = body.evaluate("(e) => e.offsetTop")
    resume.evaluate("(e) => e.remove()")
    assert body.evaluate("(e) => e.offsetTop") == place, "提起它，正文不动"

    page.reload()
    resume.get_by_role("link").click()
    expect(section.locator("h2")).to_be_in_viewport()
    assert page.evaluate("decodeURIComponent(location.hash)") == f"#{section.get_attribute('id')}"

    quiz = page.locator(f"#{quizzes['book/descent/momentum'][0]}")
    quiz.locator("label").first.click()
    expect(page.locator(".bd-links [data-quizzes]")).to_have_count(1)
    quiz.get_by_role("button", name="重做").click()
    expect(page.locator(".bd-links [data-quizzes]")).to_have_count(0)
    quiz.locator("label").first.click()
    page.locator(".prev-next-footer").evaluate(INTO)
    mark = page.locator(".bd-links .progress-mark")
    read = f"读到了末尾；小测答了 1 道，共 {len(quizzes['book/descent/momentum'])} 道"
    expect(mark).to_have_attribute("aria-label", read)

    page.goto(address + "book/index.html")
    expect(resume).to_contain_text("上次读到《动量法》的")
    expect(page.locator(".course-map .progress-mark").first).to_have_attribute("title", read)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="全部忘掉").click()
    expect(page.get_by_text("都忘掉了。")).to_be_visible()
    expect(page.locator(".resume, .progress-mark")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes(':'))") == []
    assert not visit.problems


def test_without_storage(visit, address):
    page = visit.page
    page.add_init_script(NO_STORAGE)
    page.goto(address + CHAPTER)
    page.locator(".prev-next-footer").evaluate(INTO)
    expect(page.locator(".bd-links .progress-mark")).to_have_text("✓")
    page.goto(address + "book/index.html")
    expect(page.locator(".resume, .progress-mark, .forget")).to_have_count(0)
    assert not visit.problems
