"""离线的压缩包：解开，从硬盘上打开就能读、能搜；笔记本与安装包都在。"""

import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.site.conftest import CHAPTER, Visit
from tools import zip as tool


@pytest.fixture(scope="module")
def packed(site, tmp_path_factory):
    target = tmp_path_factory.mktemp("zip") / "book.zip"
    tool.write(site, target)
    return target


@pytest.fixture(scope="module")
def unpacked(packed):
    with ZipFile(packed) as archive:
        archive.extractall(packed.parent)
    return packed.parent / "book"


def small_site(folder: Path) -> Path:
    for name in ("index.html", "_static/dlbasics-1.0-py3-none-any.whl", "b/a.html", ".buildinfo"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return folder


def test_same_site_makes_the_same_bytes(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        tool.write(small_site(tmp_path / "site"), tmp_path / name / "book.zip")
    one, other = (tmp_path / name / "book.zip" for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()
    with ZipFile(one) as archive:
        names = archive.namelist()
    assert names[0] == f"book/{tool.README}"
    assert names[1:] == [
        "book/_static/dlbasics-1.0-py3-none-any.whl", "book/b/a.html", "book/index.html",
    ]  # fmt: skip


def test_a_site_without_the_package_is_refused(tmp_path):
    site = small_site(tmp_path / "site")
    (site / "_static" / "dlbasics-1.0-py3-none-any.whl").unlink()
    with pytest.raises(ValueError, match="找到 0 个"):
        tool.write(site, tmp_path / "book.zip")


def test_what_to_do_first_is_true(unpacked):
    text = (unpacked / tool.README).read_text(encoding="utf-8-sig")
    (wheel,) = set(re.findall(r"_static/\S+?\.whl", text))
    for name in ("index.html", "serve.py", wheel, "_sources/book"):
        assert name in text
        assert (unpacked / name).exists()
    assert len(list((unpacked / "_sources" / "book").rglob("*.ipynb"))) > 10


def test_it_reads_and_searches_from_the_disk(browser, unpacked):
    with browser.new_context() as context:
        visit = Visit(context.new_page())
        page = visit.page
        page.goto((unpacked / "index.html").as_uri())
        page.wait_for_url((unpacked / "book" / "index.html").as_uri())
        page.goto((unpacked / CHAPTER).as_uri())
        page.locator("img").first.wait_for()
        assert "动量法" in page.locator("h1").inner_text()
        page.goto(f"{(unpacked / 'search.html').as_uri()}?q=动量法")
        page.locator("#search-results li a").first.click()
        page.wait_for_url("**/momentum.html*")
        assert not visit.elsewhere(unpacked.as_uri())
        assert not visit.problems
