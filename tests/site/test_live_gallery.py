"""只看图：封面上列出全部可操作的图，点一幅就到它在书里的地方。"""

import json
import re

import pytest

import dlbasics.live
from pages import live_gallery
from tests.site.conftest import ROOT

INDEX = ROOT / "book" / "index.md"
CARDS = re.findall(r"^(\S+\.ipynb) (live-\S+) (.+)$", INDEX.read_text("utf-8"), re.MULTILINE)


def shown_figure(notebook, label):
    """这个单元画的是哪一幅图。"""
    cell = live_gallery.find_cell(ROOT / "book" / notebook, label)
    return re.search(r"^(\w+)\(", "".join(cell["source"]), re.MULTILINE)[1]


def test_every_live_figure_has_a_card():
    assert sorted(shown_figure(*card[:2]) for card in CARDS) == sorted(dlbasics.live.__all__)


@pytest.mark.parametrize(("notebook", "label"), [card[:2] for card in CARDS])
def test_the_label_is_just_before_the_figure(notebook, label):
    cells = json.loads((ROOT / "book" / notebook).read_text("utf-8"))["cells"]
    place = [cell["id"] for cell in cells].index(label)
    assert f"({label})=\n" in cells[place - 1]["source"]


def test_a_picture_leads_to_its_figure(visit, address):
    page = visit.page
    page.goto(f"{address}book/index.html")
    pictures = page.locator(".live-gallery img.only-light")
    assert pictures.count() == len(CARDS)
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        assert picture.get_attribute("alt")
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    notebook, label, caption = CARDS[-1]
    assert caption in page.locator(".live-gallery li").last.inner_text()
    pictures.last.click(force=True)  # 盖在图上的链接接住这一下
    page.wait_for_url(f"**/{notebook.removesuffix('.ipynb')}.html#{label}")
    page.locator(".live-output").first.wait_for()
    assert not visit.problems


def test_a_thumbnail_is_one_panel_without_words_and_follows_the_theme():
    notebook, label, _ = CARDS[-1]
    cell = live_gallery.find_cell(ROOT / "book" / notebook, label)
    stored = "".join(cell["outputs"][0]["data"]["image/png"])
    found = live_gallery.thumbnails(stored)
    light, dark = (found[theme].convert("L") for theme in ("light", "dark"))
    assert light.size == dark.size == (live_gallery.WIDTH, live_gallery.HEIGHT)
    assert light.getpixel((0, 0)) > 250
    assert dark.getpixel((0, 0)) < 30


def test_unknown_cell_is_named():
    with pytest.raises(ValueError, match="nowhere"):
        live_gallery.find_cell(ROOT / "book" / "descent" / "momentum.ipynb", "nowhere")
