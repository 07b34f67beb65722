"""整本书的 PDF：一章和它的练习印出来，读得到、找得到、点得到，一行不缺。"""

import re
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from dlbasics.figures.style import REGULAR
from tools.pdf import joined, proof, typefaces
from tools.pdf.printed import bound, printed

ROOT = Path(__file__).parents[2]
CHAPTER, EXERCISES = "book/descent/momentum", "book/exercises/momentum"
CONTENTS = [joined.Part("下降", [CHAPTER]), joined.Part("练习", [EXERCISES])]


@pytest.fixture(scope="module")
def book(site, tmp_path_factory):
    return bound(site, CONTENTS, tmp_path_factory.mktemp("pdf"))


@pytest.fixture(scope="module")
def html(site):
    return BeautifulSoup(joined.joined(site, CONTENTS, []), "html.parser")


@pytest.fixture(scope="module")
def pdf(browser, book):
    return printed(browser, book)


@pytest.fixture(scope="module")
def document(pdf):
    with PdfDocument(pdf) as document:
        yield document


@pytest.fixture(scope="module")
def texts(document):
    return [page.get_textpage().get_text_range() for page in document]


@cache
def source(site, page):
    text = (site / f"{page}.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser").article


def headings(article, *names):
    return [h.get_text().removesuffix("#") for h in article.find_all(names)]


def test_every_printed_page_of_the_book_is_bound():
    pages = [page for part in joined.parts(ROOT / "_toc.yml") for page in part.pages]
    written = set(re.findall(r"file: (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8")))
    below = {page for page in written if page.startswith("book/appendix/api/")}
    assert set(pages) == written - below - joined.LEFT_OUT
    assert len(pages) == len(set(pages))


class TestJoined:
    def test_ids_are_unique_and_links_lead_to_them(self, html):
        ids = [element["id"] for element in html.select("[id]")]
        assert len(ids) == len(set(ids))
        inside = [a["href"].removeprefix("#") for a in html.select('a[href^="#"]')]
        assert len(inside) > 100
        assert set(inside) <= set(ids)

    def test_links_out_of_the_book_are_whole_addresses(self, html):
        outside = html.select('a[href]:not([href^="#"])')
        assert outside
        assert all(a["href"].startswith(("https://", "http://")) for a in outside)

    def test_nothing_to_press_is_left(self, html):
        assert not html.select("button, input, script, details, .headerlink, .take-along")

    def test_answers_are_at_the_end(self, html, site):
        chapter, exercises = source(site, CHAPTER), source(site, EXERCISES)
        asked = len(chapter.select("fieldset.quiz")) + len(exercises.select("details.solution"))
        answers = html.select_one(f'[id="{joined.ANSWERS}"]')
        assert asked == len(answers.select(".quiz-answer, .solution")) > 10
        assert len(html.select(".quiz-answer, .solution")) == asked
        assert answers.find_next_sibling() is None

    def test_live_figures_say_where_they_work(self, html, site):
        notes = html.select(".live-output > .live-picture + .on-site")
        assert len(notes) == len(source(site, CHAPTER).select(".live-figure")) > 0
        assert f"{CHAPTER}.html#live-momentum-race" in notes[0].get_text()

    def test_a_known_address_is_linked(self, site, tmp_path):
        page = (site / f"{CHAPTER}.html").read_text(encoding="utf-8")
        address = "https://example.org/descent/momentum.html"
        known = page.replace("</head>", f'<link rel="canonical" href="{address}"></head>')
        for name, text in {
            CHAPTER: known,
            joined.COVER: '<article><section id="a"><h1>书</h1>',
        }.items():
            path = tmp_path / f"{name}.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        html = joined.joined(tmp_path, CONTENTS[:1], [])
        link = BeautifulSoup(html, "html.parser").select_one(".on-site a")
        assert link["href"] == f"{address}#live-momentum-race"


class TestPrinted:
    def test_nothing_is_wrong(self, pdf, html):
        assert len(html.select("pre")) > 50
        assert list(proof.problems(pdf, str(html))) == []

    def test_title_author_and_language(self, pdf):
        reader = PdfReader(BytesIO(pdf))
        assert reader.metadata.title == "深度学习基础"
        assert reader.metadata.author == joined.AUTHOR
        assert reader.root_object["/Lang"] == "zh-CN"
        assert reader.root_object["/MarkInfo"]["/Marked"]
        assert 30 < len(reader.pages) < 80

    def test_outline_has_every_heading(self, document, site):
        marks = [(mark.level, mark.get_title()) for mark in document.get_toc()]
        assert [title for level, title in marks if level == 0] == [
            "深度学习基础",
            "下降",
            "练习",
            "答案",
        ]
        for page in (CHAPTER, EXERCISES):
            assert set(headings(source(site, page), "h1")) <= {
                t for level, t in marks if level == 1
            }
            assert set(headings(source(site, page), "h2")) <= {
                t for level, t in marks if level == 2
            }

    def test_outline_leads_to_the_heading(self, document, texts):
        for mark in document.get_toc():
            page = proof.squeezed(texts[mark.get_dest().get_index()])
            assert proof.squeezed(mark.get_title()) in page

    def test_text_can_be_found(self, site, texts):
        whole = proof.squeezed("".join(texts))
        for paragraph in source(site, CHAPTER).select("section > p:not(:has(math, a, code))"):
            assert proof.squeezed(paragraph.get_text()) in whole

    def test_shown_code_is_there(self, site, html):
        shown = source(site, CHAPTER).select(".cell:not(:has(details)) > .cell_input pre")
        printed = {code.get_text() for code in html.select("pre")}
        assert len(shown) > 10
        assert {code.get_text() for code in shown} <= printed

    def test_nothing_is_wider_than_the_page(self, browser, tmp_path):
        path = tmp_path / "wide.html"
        path.write_text(f"<pre>{'x' * 200}</pre>", encoding="utf-8")
        with pytest.raises(ValueError, match="版心"):
            printed(browser, path)

    def test_answers_are_where_the_pages_say(self, texts):
        places = [
            (number, int(to))
            for number, text in enumerate(texts, start=1)
            for to in re.findall(r"答案在第 (\d+) 页", text)
        ]
        assert len(places) > 10
        for number, to in places:  # 题在前一页开始的，也有
            assert re.search(rf"题在第 ({number}|{number - 1}) 页", texts[to - 1])

    def test_links_lead_inside(self, pdf):
        pages = PdfReader(BytesIO(pdf)).pages
        links = [link.get_object() for page in pages for link in page.get("/Annots", [])]
        assert sum("/Dest" in link for link in links) > 100
        outside = [link["/A"]["/URI"] for link in links if "/A" in link]
        assert not [address for address in outside if address.startswith("file:")]

    def test_fonts_are_the_books_own(self, pdf):
        """都是 TrueType：Type 3 的字体里，缺了的字校对不出来。"""
        pages = PdfReader(BytesIO(pdf)).pages
        fonts = [f.get_object() for p in pages for f in p["/Resources"].get("/Font", {}).values()]
        inner = [font["/DescendantFonts"][0].get_object() for font in fonts]
        assert {font["/Subtype"] for font in inner} == {"/CIDFontType2"}
        assert all("/FontFile2" in font["/FontDescriptor"] for font in inner)
        names = {font["/BaseFont"].partition("+")[2].partition("-")[0] for font in inner}
        assert names == {"DlbasicsSansSC", "LatinModernMath", "DejaVuSansMono"}


@pytest.fixture
def prints(browser):
    """印一段 HTML，校对。"""

    def run(body, style=""):
        page = browser.new_page()
        page.set_content(f"<style>@page {{ size: A4; margin: 21mm }} {style}</style>{body}")
        data = page.pdf(prefer_css_page_size=True, outline=True, tagged=True)
        page.close()
        return list(proof.problems(data, body))

    return run


class TestProof:
    CONTENTS = (
        '<p>第一章 <a class="folio" href="#a">2</a></p>'
        '<p>第二章 <a class="folio" href="#b">3</a></p>'
    )
    CHAPTERS = (
        '<div style="break-before: page"><h1>篇</h1><h2 id="a">第一章</h2></div>'
        '<div style="break-before: page"><h2 id="b">第二章</h2></div>'
    )

    def test_a_good_one(self, prints):
        assert prints(self.CONTENTS + self.CHAPTERS) == []

    def test_wrong_page_number(self, prints):
        (told,) = prints(self.CONTENTS.replace(">3<", ">31<") + self.CHAPTERS)
        assert told == "第 1 页上写着第 31 页，其实在第 3 页"

    def test_chapter_missing_from_the_contents(self, prints):
        (told,) = prints(
            self.CONTENTS.replace(' <a class="folio" href="#b">3</a>', "") + self.CHAPTERS
        )
        assert "目录有 1 行，书签有 2 章节" in told

    def test_missing_glyph(self, prints):
        (told,) = prints("<p>a\U00020000</p>", "p { font-family: DejaVu Sans }")
        assert "缺 1 个字" in told

    def test_line_cut_off_at_the_edge(self, prints):
        style = "pre { overflow: hidden }"
        assert prints(f"<pre>{'x = 1; ' * 9}</pre>", style) == []
        (told,) = prints(f"<pre>{'x = 1; ' * 40}</pre>", style)
        assert "没有印全" in told

    def test_empty_page(self, prints):
        assert any(
            "空的" in one for one in prints('字<div style="break-before: page">&nbsp;</div>')
        )


class TestTypefaces:
    def test_outlines_and_halves(self):
        font = TTFont(REGULAR)
        typefaces.keep(font, "字，“A")
        advance = font["hmtx"][font.getBestCmap()[ord("字")]]
        typefaces.add_halves(font)
        typefaces.to_truetype(font)
        saved = BytesIO()
        font.save(saved)
        font = TTFont(saved)
        assert "CFF " not in font
        assert font["hmtx"][font.getBestCmap()[ord("字")]] == advance
        assert font["glyf"][font.getBestCmap()[ord("字")]].numberOfContours > 1
        assert {f.FeatureTag for f in font["GPOS"].table.FeatureList.FeatureRecord} == {
            "kern",
            "halt",
        }
