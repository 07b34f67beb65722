"""整本书的 EPUB：每一页是合语法的 XML，链接都通，章节、公式、图与答案一样不少，没有按得动的。

合不合标准由 EPUBCheck 说，``make epub`` 每次都请它检查。
"""

import re
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urldefrag
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import pytest
import yaml
from PIL import Image

from tests.conftest import PHONE_WIDTH
from tools.epub import bound
from tools.epub.pages import ANSWERS, MATHML, Page, converted
from tools.pdf.joined import COVER, Part, parts

ROOT = Path(__file__).parents[2]
CONTENTS = parts(ROOT / "_toc.yml")
PAGES = [COVER, *(page for part in CONTENTS for page in part.pages)]
CHAPTERS = [page for part in CONTENTS if part.title not in ("练习", "附录") for page in part.pages]
MOMENTUM, ITS_EXERCISES = "book/descent/momentum", "book/exercises/momentum"
XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
CUT_OFF = """() => [...document.querySelectorAll("div.math")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"""
"""放不下的行间公式。"""

TYPE = "{http://www.idpf.org/2007/ops}type"


@pytest.fixture(scope="module")
def epub(site, tmp_path_factory):
    target = tmp_path_factory.mktemp("epub") / "book.epub"
    bound.write(site, CONTENTS, target)
    return target


@pytest.fixture(scope="module")
def files(epub):
    with ZipFile(epub) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def package(files):
    return ElementTree.fromstring(files["EPUB/package.opf"])


@pytest.fixture(scope="module")
def documents(files):
    """每一页的根元素；读得进来，就是合语法的 XML。"""
    return {
        name.removeprefix("EPUB/"): ElementTree.fromstring(data)
        for name, data in files.items()
        if name.endswith(".xhtml")
    }


@pytest.fixture(scope="module")
def page(documents):
    return lambda name: documents[f"{name}.xhtml"]


@cache
def source(site, name):
    return (site / f"{name}.html").read_text(encoding="utf-8").partition("<article")[2]


def text(element):
    return squeezed("".join(element.itertext()))


def squeezed(words):
    return re.sub(r"\s+", " ", words).strip()


def with_class(root, name):
    return [e for e in root.iter() if name in e.get("class", "").split()]


def test_same_site_makes_the_same_bytes(site, tmp_path):
    for name in ("one", "other"):
        bound.write(site, [Part("附录", ["book/appendix/changes"])], tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    with ZipFile(tmp_path / "one") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


class TestPackage:
    def test_the_type_comes_first_and_uncompressed(self, epub):
        with ZipFile(epub) as archive:
            first = archive.infolist()[0]
            assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
            assert archive.read(first) == b"application/epub+zip"

    def test_what_it_says_about_itself(self, package):
        told = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
        metadata = package[0]
        assert metadata.findtext(f"{DC}title") == told["title"]
        assert metadata.findtext(f"{DC}creator") == told["authors"][0]["name"]
        assert metadata.findtext(f"{DC}language") == "zh-CN"
        assert [e.text for e in metadata.iter(f"{DC}subject")] == told["keywords"]
        assert metadata.findtext(f"{DC}identifier") == bound.IDENTIFIER
        properties = {e.get("property"): e.text for e in metadata.iter(f"{OPF}meta")}
        assert properties["schema:version"] == told["version"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", properties["dcterms:modified"])

    def test_every_file_is_listed(self, package, files):
        listed = {f"EPUB/{item.get('href')}" for item in package.iter(f"{OPF}item")}
        assert listed == set(files) - {"mimetype", "META-INF/container.xml", "EPUB/package.opf"}

    def test_pages_follow_the_contents(self, package):
        address = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
        spine = [address[item.get("idref")] for item in package.iter(f"{OPF}itemref")]
        assert spine == [f"{name}.xhtml" for name in ["cover", "title", "nav", *PAGES]]

    def test_contents_have_parts_chapters_and_sections(self, page):
        contents, landmarks = page("nav").iter(f"{XHTML}nav")
        assert [e.text for e in contents.iter(f"{XHTML}span")] == [p.title for p in CONTENTS]
        linked = [a.get("href") for a in contents.iter(f"{XHTML}a")]
        assert [a.removesuffix(".xhtml") for a in linked if "#" not in a] == PAGES
        for name in PAGES:
            titles = [text(h) for h in page(name).iter(f"{XHTML}h2")]
            assert sum(address.startswith(f"{name}.xhtml#") for address in linked) == len(titles)
        places = {a.get(TYPE) for a in landmarks.iter(f"{XHTML}a")}
        assert places == {"cover", "toc", "bodymatter"}

    def test_nothing_is_fetched(self, documents, files):
        addresses = {
            element.get(attribute)
            for root in documents.values()
            for element in root.iter()
            for attribute in ("src", "srcset", "poster")
        }
        assert not [one for one in addresses - {None} if ":" in one or one.startswith("/")]
        sheets = b"".join(data for name, data in files.items() if name.endswith(".css"))
        wanted = re.findall(rb'url\("(.*?)"\)', sheets)
        assert [f"EPUB/_static/{one.decode()}" in files for one in wanted] == [True]


class TestPages:
    def test_headings_are_all_there(self, site, page):
        for name in PAGES[1:]:
            found = re.findall(r'<(h[1-6])>(.*?)<a class="headerlink"', source(site, name))
            written = [(tag, squeezed(unescape(re.sub(r"<.*?>", "", t)))) for tag, t in found]
            assert written
            root = page(name)
            kept = [(e.tag.removeprefix(XHTML), text(e)) for e in root.iter() if is_heading(e)]
            assert kept[: len(written)] == written
            assert len(kept) - len(written) == bool(with_class(root, "answer-title"))

    def test_ids_are_unique_and_links_lead_to_them(self, documents):
        ids = {}
        for name, root in documents.items():
            found = [e.get("id") for e in root.iter() if e.get("id")]
            assert len(found) == len(set(found)), name
            ids[name] = set(found)
        inside = 0
        for name, root in documents.items():
            for anchor in root.iter(f"{XHTML}a"):
                address, fragment = urldefrag(anchor.get("href"))
                if address.startswith(("https://", "http://")):
                    continue
                inside += 1
                target = normpath(join(dirname(name), address)) if address else name
                assert target in ids, anchor.get("href")
                assert not fragment or unquote(fragment) in ids[target], anchor.get("href")
        assert inside > 1000

    def test_nothing_to_press_is_left(self, documents):
        pressed = "script", "button", "input", "label", "form", "details", "summary", "iframe"
        for name, root in documents.items():
            for element in root.iter():
                assert element.tag.removeprefix(XHTML) not in pressed, name
                assert not [a for a in element.attrib if a.startswith(("on", "data-"))], name
        everything = "".join(text(root) for root in documents.values())
        assert "展开代码" not in everything
        assert "在这一页就能作答" not in everything

    def test_pictures_are_there_and_described(self, documents, files):
        used = set()
        for name, root in documents.items():
            for picture in [*root.iter(f"{XHTML}img"), *root.iter(f"{XHTML}source")]:
                if picture.tag == f"{XHTML}img":
                    assert picture.get("alt"), name
                address = picture.get("src") or picture.get("srcset")
                used.add(f"EPUB/{normpath(join(dirname(name), address))}")
        assert used == {name for name in files if name.endswith((".png", ".jpeg"))}
        assert not [name for name in used if "dark" in name]

    def test_figures_keep_their_numbers_and_titles(self, site, page):
        for name in CHAPTERS:
            numbers = re.findall(r'<span class="caption-number">(.*?) *</span>', source(site, name))
            captions = [text(e) for e in page(name).iter(f"{XHTML}figcaption")]
            assert len(captions) == len(numbers) > 0
            for number, caption in zip(numbers, captions, strict=True):
                assert caption.startswith(number)
                assert len(caption) > len(number) + 3

    def test_formulas_are_mathml(self, site, page):
        for name in CHAPTERS:
            formulas = list(page(name).iter(f"{{{MATHML}}}math"))
            assert len(formulas) == source(site, name).count("<math") > 0
            assert all(len(formula) for formula in formulas)
            told = sum("alttext" in formula.attrib for formula in formulas)
            assert told > len(formulas) / 2

    def test_live_figures_say_where_they_work(self, site, page):
        for name in CHAPTERS:
            notes = [text(e) for e in with_class(page(name), "on-site")]
            assert len(notes) == source(site, name).count('class="live-figure"') > 0
            assert all("这幅图在网站上可以操作" in note for note in notes)
        assert any("#live-momentum-race" in text(e) for e in with_class(page(MOMENTUM), "on-site"))

    def test_answers_come_last_and_are_linked_both_ways(self, site, page):
        for name, kind in ((MOMENTUM, "quiz-answer"), (ITS_EXERCISES, "solution")):
            root = page(name)
            last = root.find(f"{XHTML}body/{XHTML}section")[-1]
            assert last.get("id") == ANSWERS
            answers = with_class(last, kind)
            assert len(answers) == source(site, name).count(f'"{kind}"') > 5
            assert answers == with_class(root, kind)
            questions = {e.get("id"): e for e in root.iter() if e.get("id")}
            for answer in answers:
                question = questions[answer.find(f".//{XHTML}a").get("href").removeprefix("#")]
                links = [a.get("href") for a in question.iter(f"{XHTML}a")]
                assert f"#{answer.get('id')}" in links

    def test_nothing_is_wider_than_a_phone(self, browser, epub, tmp_path):
        with ZipFile(epub) as archive:
            archive.extractall(tmp_path)
        tab = browser.new_page(viewport={"width": PHONE_WIDTH, "height": 800})
        for name in PAGES:
            tab.goto((tmp_path / "EPUB" / f"{name}.xhtml").as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH, name
            assert tab.evaluate(CUT_OFF) == [], name
        tab.close()


def test_drawings_lose_no_color(tmp_path):
    drawing = Image.effect_noise((40, 30), 9).quantize(16).convert("RGB")
    drawing.save(tmp_path / "drawing.webp", lossless=True)
    photo = Image.merge("RGB", [Image.effect_noise((60, 60), 60) for _ in "RGB"])
    photo.save(tmp_path / "photo.webp")
    kind, data = converted(tmp_path / "drawing.webp")
    assert kind == "png"
    assert Image.open(BytesIO(data)).convert("RGB").tobytes() == drawing.tobytes()
    kind, data = converted(tmp_path / "photo.webp")
    assert (kind, Image.open(BytesIO(data)).size) == ("jpeg", photo.size)


def is_heading(element):
    return re.fullmatch(rf"{re.escape(XHTML)}h[1-6]", element.tag)


def test_an_online_site_is_linked(tmp_path):
    """知道网址，可操作的图就链接过去。"""
    address = "https://example.org/race.html"
    (tmp_path / "race.html").write_text(
        f'<link rel="canonical" href="{address}"><article><section id="live-race"><h1>图</h1>'
        '<div><div class="live-figure"></div></div></section></article>',
        encoding="utf-8",
    )
    link = Page(tmp_path, "race", {"race"}).body.select_one(".on-site a")
    assert link["href"] == f"{address}#live-race"
