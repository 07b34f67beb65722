"""分享的标签、规范网址与 sitemap：知道网址才写网址。"""

import re
import subprocess
from xml.etree import ElementTree

import pytest
from PIL import Image

from delivery.sharing import SIZE, site_url
from tests import small_book

FILES = {
    "index.md": "# 书\n\n有“引号”的第一段。\n\n```{toctree}\na\n```\n",
    "a.md": "# 一章\n\n甲 & 乙。\n\n:::{figure} dot.png\n:alt: 一个点\n:name: dot\n\n图题\n:::\n",
}


@pytest.fixture
def build(tmp_path, monkeypatch):
    (tmp_path / "source").mkdir()
    Image.new("RGB", (40, 40), "red").save(tmp_path / "source/dot.png")

    def run(url):
        monkeypatch.setenv("BOOK_URL", url)
        book = small_book.build(
            tmp_path, FILES, "pages.page_description", "delivery.sharing", html_title="一本书"
        )
        assert book.warnings == ""
        return book

    return run


def tags(html):
    return dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', html))


@pytest.mark.parametrize("given", ["http://example.org/x", "http://example.org/x/"])
def test_where_the_site_is(given):
    assert site_url({"BOOK_URL": given}) == "http://example.org/x/"


def test_a_wrong_address_is_told():
    with pytest.raises(ValueError, match=r"https://.*'example\.org'"):
        site_url({"BOOK_URL": "example.org"})


def test_with_an_address(build):
    book = build("https://example.org/dl")
    html = book.page("a")
    assert '<link rel="canonical" href="https://example.org/dl/a.html"' in html
    said = tags(html)
    assert said["og:url"] == "https://example.org/dl/a.html"
    assert (said["og:title"], said["og:site_name"]) == ("一章", "一本书")
    assert said["og:description"] == "甲 &amp; 乙。"
    assert said["og:image:alt"] == "一个点"
    with Image.open(book.html / said["og:image"].removeprefix("https://example.org/dl/")) as shared:
        assert shared.size == SIZE
    assert "og:image" not in tags(book.page())
    sitemap = ElementTree.parse(book.html / "sitemap.xml").getroot()
    found = [node.text for node in sitemap.iter() if node.tag.endswith("}loc")]
    assert found == ["https://example.org/dl/a.html", "https://example.org/dl/index.html"]


def test_without_an_address_nothing_pretends_to_know_it(tmp_path, build):
    """仓库在 GitHub 上，也不等于网站在它的 Pages 上。"""
    remote = "https://github.com/someone/dl-book.git"
    for command in (["init", "-q"], ["remote", "add", "origin", remote]):
        subprocess.run(["git", *command], cwd=tmp_path / "source", check=True)
    book = build("")
    said = tags(book.page("a"))
    assert said["og:title"] == "一章"
    assert not {"og:url", "og:image"} & said.keys()
    assert "canonical" not in book.page("a")
    assert not (book.html / "sitemap.xml").exists()
