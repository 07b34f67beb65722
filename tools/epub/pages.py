"""把网站的一页改成书里的一页：合语法的 XHTML，没有脚本也能读。

书里的路径与网站的一样，链接与图的地址只换扩展名；没有收的页不链接。
图换成 PNG 与 JPEG：有的阅读器不认得 WebP。按不动的去掉。
小测的答案与参考解答搬到这一页的末尾，两边互相链接；
可操作的图只留静态的一幅，写明在网站的哪里操作。
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import urldefrag

from bs4 import BeautifulSoup, Tag
from PIL import Image

from tools.pdf.joined import COVER, UNWANTED

MATHML = "http://www.w3.org/1998/Math/MathML"
SVG = "http://www.w3.org/2000/svg"
ANSWERS = "answers"
LONG = 39
"""行间公式估计有这么多个字宽，手机上就放不下，字要小一些。"""

SCRIPTS = {"msub", "msup", "msubsup"}
STACKS = {"mfrac", "munder", "mover", "munderover"}

START = "开始之前"
"""网站的封面在书里的名字：书有自己的封面。"""


class Page:
    """书里的一页，如 ``book/descent/momentum``；``bound`` 是收进书里的全部页。"""

    def __init__(self, site: Path, name: str, bound: set[str]) -> None:
        self.name = name
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        self.soup = BeautifulSoup(text, "html.parser")
        self.body: Tag = self.soup.select_one("article > section")
        for unwanted in self.body.select(f"picture:has(> .only-dark), {UNWANTED}"):
            unwanted.decompose()
        if name == COVER:
            self.body.h1.string = START
        self.point_to_site()
        self.unfold()
        self.follow(bound)
        self.pictures = dict(self.portable(site))
        self.be_xhtml()

    @property
    def title(self) -> str:
        return self.body.h1.get_text()

    def sections(self) -> Iterator[tuple[str, str]]:
        """各节的编号与名字。"""
        for heading in self.body.find_all("h2"):
            yield heading.find_parent("section")["id"], heading.get_text()

    def tag(self, name: str, *children: Tag | str, **attributes: str) -> Tag:
        """一个元素；属性名末尾的 ``_`` 不算。"""
        given = {key.removesuffix("_"): value for key, value in attributes.items()}
        made = self.soup.new_tag(name, attrs=given)
        made.extend(children)
        return made

    def point_to_site(self) -> None:
        """每幅可操作的图下面，写明它在网站的哪里；知道网址就链接过去。"""
        known = self.soup.select_one("link[rel=canonical]")
        for figure in self.body.find_all("div", class_="live-figure"):
            where = f"#{figure.find_parent('section')['id']}"
            if known:
                place = self.tag("a", "打开网站上的它", href=known["href"] + where)
            else:
                place = self.tag("code", f"{self.name}.html{where}")
            note = self.tag("p", "这幅图在网站上可以操作：", place, class_="on-site")
            figure.parent.append(note)
            figure.decompose()

    def unfold(self) -> None:
        """小测写成文字；答案搬到末尾，别的折叠框摊开。"""
        for number, quiz in enumerate(self.body.find_all("fieldset", class_="quiz"), start=1):
            quiz.name, quiz.legend.name = "div", "p"
            quiz.select_one(".quiz-mark").string = f"小测 {number}"
            for label in quiz.find_all("label"):
                label.name = "p"
                del label["for"]
        moved = [self.move(answer) for answer in self.body.select(".quiz-answer, .solution")]
        if moved:
            name = "参考解答" if self.body.select_one(".practice") else "小测的答案"
            self.body.append(self.tag("section", self.tag("h2", name), *moved, id=ANSWERS))
        for folded in self.body.find_all("details"):
            folded.name, folded.summary.name = "div", "p"

    def move(self, answer: Tag) -> Tag:
        """从题目下面取走的答案，原处换成链接；它的开头是题目的名字，也链接回去。"""
        place = answer.find_parent("div", class_="quiz") or answer.find_parent("section")
        title = place.select_one(".quiz-mark, h2").get_text()
        target = f"{place['id']}-answer"
        answer.replace_with(
            self.tag("p", self.tag("a", answer.summary.get_text(), href=f"#{target}"), class_="see")
        )
        answer.summary.replace_with(
            self.tag("p", self.tag("a", title, href=f"#{place['id']}"), class_="answer-title")
        )
        answer.name, answer["id"] = "div", target
        return answer

    def follow(self, bound: set[str]) -> None:
        """书里的链接通到书里的页。"""
        for anchor in self.body.find_all("a", href=True):
            address, fragment = urldefrag(anchor["href"])
            if not address or "://" in address:
                continue
            page = normpath(join(dirname(self.name), address)).removesuffix(".html")
            if page in bound:
                path = address.removesuffix(".html") + ".xhtml"
                anchor["href"] = f"{path}#{fragment}" if fragment else path
            else:
                anchor.unwrap()

    def portable(self, site: Path) -> Iterator[tuple[str, bytes]]:
        """换过格式的图：在书里的位置，与内容。"""
        for picture in self.body.find_all(["img", "source"]):
            attribute = "src" if picture.name == "img" else "srcset"
            place = normpath(join(dirname(self.name), picture[attribute]))
            kind, data = converted(site / place)
            picture[attribute] = picture[attribute].removesuffix("webp") + kind
            if picture.name == "source":
                picture["type"] = f"image/{kind}"
            yield place.removesuffix("webp") + kind, data

    def be_xhtml(self) -> None:
        """公式与矢量图写明各是哪种 XML，公式带上它的 TeX；脚本用的属性去掉。"""
        for formula in self.body.find_all("math"):
            formula["xmlns"] = MATHML
            whole = formula if "data-tex" in formula.attrs else formula.parent
            if whole is formula or len(whole.find_all("math", recursive=False)) == 1:
                formula["alttext"] = whole["data-tex"]
        for formula in self.body.find_all("div", class_="math"):
            if width(formula.math) >= LONG:
                formula["class"].append("long")
        for picture in self.body.find_all("svg"):
            picture["xmlns"], picture["viewBox"] = SVG, picture.attrs.pop("viewbox")
        for element in self.body.find_all(True):
            for name in list(element.attrs):
                if name.startswith("data-") or name == "loading":
                    del element[name]


def width(formula: Tag) -> float:
    """公式大约有几个字宽。

    Examples
    --------
    >>> html = "<mfrac><mi>x</mi><mn>100</mn></mfrac><msup><mi>y</mi><mn>2</mn></msup>"
    >>> width(BeautifulSoup(f"<math>{html}</math>", "html.parser"))
    4.7
    """
    inner = [width(element) for element in formula.find_all(True, recursive=False)]
    if formula.name == "mspace":
        return 2 * float(formula.get("width", "0").rstrip("empt"))
    if not inner:
        spaced = (
            formula.name == "mo" and not {"form", "stretchy", "separator"} & formula.attrs.keys()
        )
        return len(formula.get_text(strip=True)) + spaced
    if formula.name in SCRIPTS:
        return inner[0] + 0.7 * max(inner[1:])
    if formula.name in STACKS:
        return max(inner)
    if formula.name == "mtable":
        rows = [map(width, row.find_all("mtd", recursive=False)) for row in formula.find_all("mtr")]
        return sum(1 + max(column) for column in zip_longest(*rows, fillvalue=0.0))
    return sum(inner)


def converted(path: Path) -> tuple[str, bytes]:
    """``path`` 这幅图换成的格式与内容：颜色少的无损，是 PNG；照片是 JPEG。"""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    file = BytesIO()
    if picture.getcolors(256):
        picture.quantize(256, dither=Image.Dither.NONE).save(file, "PNG")
        return "png", file.getvalue()
    picture.save(file, "JPEG", quality=85, optimize=True)
    return "jpeg", file.getvalue()
