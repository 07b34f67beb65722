"""接口各页：名单由 ``__all__`` 来，说明是中文，书里的一节由笔记本找出，链接都通。"""

import json
import pkgutil
import re
import sys
from html import unescape
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

import dlbasics
from pages import api, chapters
from tests import small_book

FORCE = '''"""力。

>>> 1 + 1
2
"""

from __future__ import annotations

__all__ = ["Spring", "pull"]


def pull(x, k=1.0, *, stop: Stop | None = None) -> Force:
    """弹簧的拉力，大小是 k·|x|；见:class:`Spring`（弹簧）。

    Parameters
    ----------
    x : float or ndarray, shape (n,)
        伸长。
    k : float, optional
        劲度。

    Returns
    -------
    ndarray of float, shape (n,)
        拉力。

    Raises
    ------
    ValueError
        k 不是正数。

    Examples
    --------
    >>> pull(2)
    -2.0

    References
    ----------
    Hooke (1678).
    """
    return -k * x


class Spring:
    """一根弹簧。

    Attributes
    ----------
    left, right : {"free", "fixed"}
        两端怎样。
    """

    borrowed = staticmethod(pull)

    def length(self):
        """原长。"""
        return 1.0


def helper():
    """不公开的。"""
'''


@pytest.fixture
def build(tmp_path, monkeypatch):
    """用一个只在测试里有的模块建一页，返回（HTML，警告）。"""
    monkeypatch.syspath_prepend(tmp_path / "code")
    (tmp_path / "code").mkdir()

    def run(code):
        (tmp_path / "code" / "force.py").write_text(code, encoding="utf-8")
        monkeypatch.delitem(sys.modules, "force", raising=False)
        page = "# 力\n\n```{eval-rst}\n.. automodule:: force\n   :members:\n```\n"
        extensions = "typesetting.chinese_interface", "pages.api"
        settings = {
            "napoleon_use_param": False,
            "napoleon_use_rtype": False,
            "napoleon_use_ivar": True,
            "html_permalinks": False,
        }
        book = small_book.build(tmp_path, {"index.md": page}, *extensions, **settings)
        return book.page(), book.warnings

    yield run
    sys.modules.pop("force", None)


def text(html):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)))


def test_a_page_is_made_from_the_public_names(build):
    html, warnings = build(FORCE)
    assert not warnings
    assert re.findall(r'<dt class="sig[^>]* id="([^"]+)"', html) == [
        "force.Spring",
        "force.Spring.length",
        "force.pull",
    ]
    shown = text(html)
    assert "pull(x, k=1.0, *, stop: Stop | None = None) → Force" in shown
    assert "大小是 k·|x|；见Spring（弹簧）。" in shown
    assert "x (float 或 ndarray，形状 (n,)) – 伸长。" in shown
    assert "k (float，可省略) – 劲度。" in shown
    assert "ndarray，各项是 float，形状 (n,) – 拉力。" in shown
    assert 'left、right ({"free", "fixed"}) – 两端怎样。' in shown
    for label in ("参数", "返回", "抛出", "例子", "参考"):
        assert label in shown
    assert not re.search("Parameters|Returns|Raises|Examples|References|optional", shown)


def test_the_source_is_shown_without_the_docstring(build):
    html, _ = build(FORCE)
    folded = re.findall(r'<details class="api-source">(.*?)</details>', html, re.DOTALL)
    assert [text(code).strip() for code in folded] == [
        "源代码 class Spring: borrowed = staticmethod(pull) def length(self): return 1.0",
        "源代码 def pull(x, k=1.0, *, stop: Stop | None = None) -> Force: return -k * x",
    ]


def test_a_name_that_does_not_exist_is_a_warning(build):
    _, warnings = build(FORCE.replace(":class:`Spring`", ":class:`Sprung`"))
    assert "reference target not found: Sprung" in warnings
    assert warnings.count("WARNING") == 1


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """一章的笔记本：代码单元依次是这几段。"""
    monkeypatch.setattr(chapters, "ROOT", tmp_path)
    chapters.cells.cache_clear()

    def write(*cells):
        made = [
            {
                "cell_type": kind,
                "id": f"cell-{number}",
                "source": source,
                "metadata": {"mystnb": {"image": {"alt": "一条曲线"}}},
                "outputs": [{"data": {"image/png": "AAAA"}}] if "draw." in source else [],
            }
            for number, (kind, source) in enumerate(cells)
        ]
        (tmp_path / "one.ipynb").write_text(json.dumps({"cells": made}), encoding="utf-8")
        return "one"

    yield write
    chapters.cells.cache_clear()


def test_where_a_name_is_used_is_found_in_the_notebook(chapter):
    page = chapter(
        ("markdown", "# 一章"),
        ("code", "from dlbasics.losses import mean_squared_error as mse\n"
                 "from dlbasics.figures import momentum as draw\nimport numpy as np"),
        ("markdown", "(why)=\n## 为什么\n\n```\n# 不是标题\n```"),
        ("code", "mse(1, 2)\nnp.sum(3)"),
        ("markdown", "### 再看 `x`"),
        ("code", "draw.race(mse)"),
    )  # fmt: skip
    found = [
        (name, cell.place.title, cell.place.number) for name, cell in chapters.used_names(page)
    ]
    assert found == [
        ("dlbasics.losses.mean_squared_error", "为什么", 1),
        ("dlbasics.figures.momentum.race", "再看 x", 2),
        ("dlbasics.losses.mean_squared_error", "再看 x", 2),
    ]
    assert [(cell.picture, cell.alt) for cell in chapters.cells(page)][-1] == ("AAAA", "一条曲线")


SHOWN = [
    module
    for page in api.api_pages()
    for module in api.AUTOMODULE.findall((chapters.ROOT / f"{page}.md").read_text("utf-8"))
]


def test_every_part_of_the_package_that_readers_use_has_its_place():
    """教一层是命令，写在教师手册里；下划线开头的不公开。"""
    parts = {part.name for part in pkgutil.iter_modules(dlbasics.__path__)}
    parts = {part for part in parts if part[0] != "_"} - {"teaching"}
    assert {module.split(".")[1] for module in SHOWN} == parts


def test_every_name_that_a_chapter_uses_is_documented():
    names = {f"{module}.{name}" for module in SHOWN for name in api.public_names(module)}
    defined = {chapters.defined_as(name) for name in names}
    used = {name for name in chapters.uses() if name.rpartition(".")[0] not in defined}
    assert len(used) > 100
    assert used - defined == set()


@pytest.fixture(scope="module")
def written(site):
    """接口各页写出的网页：页名 → HTML。"""
    pages = [api.PAGES, *api.api_pages()]
    return {page: (site / f"{page}.html").read_text(encoding="utf-8") for page in pages}


def test_the_pages_show_what_the_modules_publish(written):
    html = "".join(written.values())
    shown = set(re.findall(r'<dt class="sig[^>]* id="([^"]+)"', html))
    names = {f"{module}.{name}" for module in SHOWN for name in api.public_names(module)}
    assert names <= shown
    assert html.count('class="api-source"') == len(names)
    assert not re.search(r">(Parameters|Returns|Return type|Raises|Yields|Notes|Examples)<", html)


def test_every_link_leads_somewhere(site, written):
    """包括从一个函数到书里用到它的那一节。"""
    kept = {}
    for page, html in written.items():
        article = html.split("<article")[1].split("</article>")[0]
        for address in set(re.findall(r'href="([^":]*#[^"]+)"', article)):
            path, _, anchor = unquote(address).partition("#")
            target = (site / f"{page}.html").parent / path if path else site / f"{page}.html"
            target = target.resolve()
            if target not in kept:
                kept[target] = set(re.findall(r'\bid="([^"]+)"', target.read_text("utf-8")))
            assert anchor in kept[target], f"{page} → {address}"
    assert len(kept) > len(written) + 5


def test_a_search_for_a_name_leads_to_it_and_chapters_come_first(visit, address):
    page = visit.page
    page.goto(address + "search.html?q=softmax_cross_entropy")
    link = page.locator("#search-results a", has_text="损失、抽样与训练 › softmax_cross_entropy")
    assert link.get_attribute("href").endswith("#dlbasics.losses.softmax_cross_entropy")
    page.goto(address + "search.html?q=汇聚")
    first = page.locator("#search-results a").first
    expect(first).to_have_attribute("href", re.compile("/convolution/"))
    assert not visit.problems
