"""复制含有公式的一段：纯文本里公式一条一份，是它的 TeX。"""

import pytest

from tests import small_book

TEXT = """# 小书

行内 $x_1 < 2$，还有长的 $abcdefgh = ijklmnop + qrst$。

$$
v = \\frac{1}{2}
$$

末尾。
"""
COPY = """(selector) => {
  const seen = {};
  addEventListener("copy", ({ clipboardData, defaultPrevented }) => {
    for (const type of ["text/plain", "text/html"]) seen[type] = clipboardData.getData(type);
    seen.ours = defaultPrevented;
  }, { once: true });
  getSelection().selectAllChildren(document.querySelector(selector));
  document.execCommand("copy");
  return seen;
}"""


@pytest.fixture
def page(visit, tmp_path):
    settings = {"html_math_renderer": "mathml"}
    book = small_book.build(tmp_path, {"index.md": TEXT}, "typesetting.mathml", **settings)
    visit.page.goto((book.html / "index.html").as_uri())
    return visit.page


def test_each_formula_is_copied_once_as_tex(page):
    copied = page.evaluate(COPY, "section")
    lines = [line for line in copied["text/plain"].splitlines() if line]
    formulas = "行内 $x_1 < 2$，还有长的 $abcdefgh = ijklmnop + qrst$。"
    assert lines[1:] == [formulas, r"$$v = \frac{1}{2}$$", "末尾。"]
    assert "<mfrac>" in copied["text/html"]


def test_text_without_formulas_is_left_to_the_browser(page):
    assert page.evaluate(COPY, "section > p:last-child") == {
        "ours": False,
        "text/plain": "",
        "text/html": "",
    }
