"""把网站的各页接成一页 HTML：扉页，目录，正文，最后是答案。

编号一律加上所在的页（``book/descent/momentum:小结``），页与页之间的链接因此都成了页内的。
纸上按不动的去掉：按钮、折起来的画图代码、练习的检查单元。小测的答案与参考解答搬到书末，
原处写明在第几页；可操作的图只留静态的一幅，写明在网站的哪里操作。
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import NamedTuple
from urllib.parse import unquote, urldefrag

import yaml
from bs4 import BeautifulSoup, Tag

COVER = "book/index"
TITLE = "深度学习基础"
AUTHOR = "《深度学习基础》的作者们"
ANSWERS = "answers"
LEFT_OUT = {"book/appendix/licenses", "book/appendix/api"}
"""不印的页：网站里别人的软件各是什么许可，印出来的书里没有它们；接口是查的，不是读的。"""

UNWANTED = """
script, style, noscript, button, input, [hidden],
.headerlink, .run-chapter, .quiz-status, .only-dark, .only-on-site,
details.hide, .practice .cell:has(> .cell_output),
section:has(> .sd-container-fluid), .take-along
"""
"""按不动的与深色的图，只在网站上成立的话；画图的代码，练习的检查单元；封面的四扇门与“带走”。"""

NOT_PRINTED = "source, .live-gallery, p:has(+ .live-gallery)"
"""纸上另外不要的：窄屏的图，封面的“只看图”。"""

SHELL = f"""\
<!DOCTYPE html>
<html lang="zh-CN" data-theme="light">
<head><meta charset="utf-8"><title>{TITLE}</title></head>
<body><main class="bd-main"><article class="bd-article"></article></main></body>
</html>
"""


class Part(NamedTuple):
    """一篇：名字，与它的各页（如 ``book/descent/momentum``）。"""

    title: str
    pages: list[str]


def parts(toc: Path) -> list[Part]:
    """``_toc.yml`` 里要印的各篇。"""
    written = yaml.safe_load(toc.read_text(encoding="utf-8"))["parts"]
    found = [(part["caption"], [page["file"] for page in part["chapters"]]) for part in written]
    return [Part(title, [page for page in pages if page not in LEFT_OUT]) for title, pages in found]


def joined(site: Path, contents: list[Part], sheets: list[Path]) -> str:
    """封面与 ``contents`` 各页接成的 HTML；样式依次是网站的和 ``sheets``。"""
    return str(Book(site, contents, sheets).soup)


class Book:
    """正在接的一本。"""

    def __init__(self, site: Path, contents: list[Part], sheets: list[Path]) -> None:
        self.site = site
        self.pages = {COVER, *(page for part in contents for page in part.pages)}
        self.answers: list[Tag] = []
        self.soup = BeautifulSoup(SHELL, "html.parser")
        bound = [Part(TITLE, [COVER]), *contents]
        chapters = [chapter for part in bound for chapter in self.part(part)]
        chapters[0].h2.string = "开始之前"
        if self.answers:
            title = self.tag("h1", "答案", class_="part")
            chapters.append(self.tag("section", title, *self.answers, id=ANSWERS))
        title_page = self.title_page(chapters[0])
        self.soup.article.extend([title_page, self.contents(chapters), *chapters])
        for heading in self.soup.select("section[id] > :is(h2, h3, h4, h5)"):
            heading["id"] = heading.parent.attrs.pop("id")  # 节的开头可能还在上一页
        for number, chapter in enumerate(chapters):
            chapter["class"] = ["chapter", f"chapter-{number}"]
        styles = [site / "_static" / "styles" / "book.css", *sheets]
        self.soup.head.extend(self.tag("link", rel="stylesheet", href=s.as_uri()) for s in styles)
        self.soup.head.append(self.tag("style", running_heads(chapters)))

    def tag(self, name: str, *children: Tag | str, **attributes: str) -> Tag:
        """一个元素；属性名末尾的 ``_`` 不算。"""
        given = {key.removesuffix("_"): value for key, value in attributes.items()}
        made = self.soup.new_tag(name, attrs=given)
        made.extend(children)
        return made

    def folio(self, target: str) -> Tag:
        """``target`` 的页码，连着链接；印过一遍才知道，先占着位置。"""
        return self.tag("a", "000", href=f"#{target}", class_="folio")

    def title_page(self, cover: Tag) -> Tag:
        """扉页；图从封面那一页取下来。"""
        picture = [element.extract() for element in cover.select(".cover-picture, .cover-caption")]
        return self.tag(
            "section",
            self.tag("p", TITLE, class_="title"),
            self.tag("p", "卷积与梯度下降", class_="subtitle"),
            *picture,
            self.tag("p", f"{AUTHOR}　版本 {version('dlbasics')}", class_="imprint"),
            self.tag("p", "文字与图以 CC BY 4.0 发布，代码以 BSD 3-Clause 发布。"),
            self.tag("p", "由网站印成。图在网站上可以操作，小测即答即判，代码在笔记本里可以运行。"),
            class_="title-page",
        )

    def contents(self, chapters: list[Tag]) -> Tag:
        """目录：篇、章、节。"""
        rows = []
        for heading in (h for chapter in chapters for h in chapter.select("h1, h2, h3")):
            target = heading.find_parent("section")["id"]
            row = self.tag("li", class_=f"level-{heading.name}")
            row.append(self.tag("a", heading.get_text(), href=f"#{target}"))
            if heading.name != "h1":
                row.append(self.folio(target))
            rows.append(row)
        return self.tag("nav", self.tag("p", "目录", class_="title"), self.tag("ol", *rows))

    def part(self, part: Part) -> list[Tag]:
        """一篇的各章；篇名在第一章的开头。"""
        chapters = [self.chapter(page) for page in part.pages]
        chapters[0].insert(0, self.tag("h1", part.title, class_="part"))
        return chapters

    def chapter(self, page: str) -> Tag:
        """一页的正文，改成纸上的样子。"""
        whole = BeautifulSoup((self.site / f"{page}.html").read_text("utf-8"), "html.parser")
        body = whole.select_one("article > section")
        for unwanted in body.select(f"{UNWANTED}, {NOT_PRINTED}"):
            unwanted.decompose()
        for level in range(5, 0, -1):
            for heading in body.select(f"h{level}"):
                heading.name = f"h{level + 1}"
        self.rename(body, page)
        known = whole.select_one("link[rel=canonical]")
        self.point_to_site(body, known["href"] if known else f"{page}.html")
        self.move_answers(body)
        return self.tag("section", body, id=page)

    def rename(self, body: Tag, page: str) -> None:
        """编号加上页名，链接跟着改；图片的地址写全，没有印的页不链接。"""
        for element in body.select("[id]"):
            element["id"] = f"{page}:{element['id']}"
        for image in body.select("img"):
            del image["loading"]
            image["src"] = (self.site / normpath(join(dirname(page), image["src"]))).as_uri()
        for anchor in body.select("a[href]"):
            address, fragment = urldefrag(anchor["href"])
            if "://" in address:
                continue
            path = normpath(join(dirname(page), address)).removesuffix(".html")
            target = path if address else page
            if target in self.pages:
                anchor["href"] = f"#{target}:{unquote(fragment)}" if fragment else f"#{target}"
            else:
                anchor.unwrap()

    def point_to_site(self, body: Tag, page: str) -> None:
        """每幅可操作的图下面，写明它在网站的哪里；知道网址就链接过去。"""
        for figure in body.select(".live-figure"):
            section = figure.find_parent("section")["id"].rpartition(":")[2]
            where = f"{page}#{section}"
            if "://" in page:
                link = self.tag("a", "在网站上打开它", href=where)
            else:
                link = self.tag("code", where)
            note = self.tag("p", "这幅图可以操作，纸上只有一个样子：", link, class_="on-site")
            figure.parent.append(note)
            figure.decompose()

    def move_answers(self, body: Tag) -> None:
        """折起来的答案搬到书末，原处写明页码。"""
        for number, mark in enumerate(body.select(".quiz-mark"), start=1):
            mark.string = f"小测 {number}"
        moved = []
        for answer in body.select("details.quiz-answer, details.solution"):
            place = answer.find_parent(["fieldset", "section"])
            title = place.select_one(".quiz-mark, h3").get_text()
            answer.summary.decompose()
            name = f"{place['id']}:answer"
            answer.replace_with(self.tag("p", "答案在第 ", self.folio(name), " 页。", class_="see"))
            answer.name, answer["id"] = "div", name
            back = self.tag("span", "　题在第 ", self.folio(place["id"]), " 页", class_="see")
            answer.insert(0, self.tag("p", self.tag("strong", title), back))
            moved.append(answer)
        if moved:
            title = self.tag("h2", body.h2.get_text())
            self.answers.append(self.tag("section", title, *moved, id=f"{body['id']}:answers"))


def running_heads(chapters: list[Tag]) -> str:
    """各章的页眉：一章一种页面。"""
    rules = []
    for number, chapter in enumerate(chapters):
        heading = chapter.h1 if chapter["id"] == ANSWERS else chapter.h2
        title = json.dumps(heading.get_text(), ensure_ascii=False)
        rules.append(f".chapter-{number} {{ page: chapter-{number}; }}")
        rules.append(f"@page chapter-{number} {{ @top-right {{ content: {title}; }} }}")
    return "\n".join(rules)
