"""封面上的“带走”：网站里有哪一份，才链接哪一份。"""

import pytest

from delivery import take_along
from tests import small_book
from tests.site.conftest import ROOT

INDEX = '# 书\n\n<p class="take-along" hidden></p>\n'


@pytest.fixture
def site(tmp_path):
    cover = tmp_path / "site" / take_along.COVER
    cover.parent.mkdir(parents=True)
    cover.write_text(
        '<h1>书</h1>\n<p class="take-along" hidden></p>\n<p>正文</p>', encoding="utf-8"
    )
    return tmp_path / "site"


def cover(site):
    return (site / take_along.COVER).read_text(encoding="utf-8")


def test_only_what_is_there_is_linked(site, tmp_path):
    before = cover(site)
    take_along.offer(site)
    assert cover(site) == before
    pdf, epub, archive = (tmp_path / name for name in take_along.FILES)
    pdf.write_bytes(bytes(2_600_000))
    take_along.add(site, pdf)
    assert f'<a href="../{pdf.name}" download>整本书的 PDF</a>（3 MB）' in cover(site)
    assert epub.name not in cover(site)
    assert archive.name not in cover(site)
    assert "hidden" not in cover(site)
    archive.write_bytes(b"")
    take_along.add(site, archive)
    take_along.remove(site, pdf.name)
    assert pdf.name not in cover(site)
    assert archive.name in cover(site)
    take_along.remove(site, archive.name)
    assert cover(site) == before


def test_a_rewritten_site_forgets_the_old_ones(tmp_path):
    files = {"book/index.md": INDEX, "index.md": "# 书\n\n```{toctree}\nbook/index\n```\n"}

    def build(**more):
        return small_book.build(tmp_path, files | more, "delivery.take_along").html

    html = build()
    (tmp_path / "deep-learning-basics.pdf").write_bytes(b"")
    take_along.add(html, tmp_path / "deep-learning-basics.pdf")
    build()
    assert "deep-learning-basics.pdf" in cover(html)
    files["index.md"] += "\n改了\n"
    build()
    assert "deep-learning-basics.pdf" not in cover(html)
    assert not (html / "deep-learning-basics.pdf").exists()


def test_the_cover_has_a_place_for_them():
    written = (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    assert len(take_along.PLACE.findall(written)) == 1
