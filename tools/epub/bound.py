"""装成一个 EPUB 3 文件：封面，扉页，目录，各页，图与样式。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path, PurePath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import yaml

from book._ext.pages.page_footer import changed_on
from tools.epub import cover
from tools.epub.pages import Page
from tools.pdf.joined import COVER, Part

PROJECT = Path(__file__).resolve().parents[2]
STYLES = {
    "_static/mathml.css": PROJECT / "book" / "_assets" / "mathml.css",
    "book.css": Path(__file__).with_name("book.css"),
}
"""公式的样式就是网站的；在书里也与字体挨着。"""

IDENTIFIER = "urn:uuid:8802eb10-f120-4713-a3ad-8ed71483f91f"
"""这本书的，每一版都一样；版本由日期区分。"""

SUBTITLE = "卷积与梯度下降"
LANGUAGE = "zh-CN"
FEATURES = "alternativeText", "MathML", "structuralNavigation", "tableOfContents", "readingOrder"
FONT = Path("_static", "math")
"""公式的字体与它的许可在网站里的位置；字体只有书里用到的字，29 kB。"""

TYPES = {
    ".xhtml": "application/xhtml+xml",
    ".css": "text/css",
    ".png": "image/png",
    ".jpeg": "image/jpeg",
    ".woff2": "font/woff2",
    ".txt": "text/plain",
}
INSIDE = {"mathml": b"<math ", "svg": b"<svg "}
"""页里有这样的标签，清单上就要注明。"""

CONTAINER = """\
<?xml version="1.0" encoding="utf-8"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles>
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
PACKAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0"
 unique-identifier="id" xml:lang="{language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
{metadata}
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""
XHTML = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
 lang="{language}" xml:lang="{language}">
<head>
<meta charset="utf-8"/>
<title>{title}</title>
{styles}
</head>
<body>
{body}
</body>
</html>
"""
TITLE_PAGE = """\
<section class="title-page" epub:type="titlepage">
<h1>{title}</h1>
<p class="subtitle">{subtitle}</p>
<p>{author}</p>
<p>版本 {version}，{day}</p>
<p class="imprint">文字与图以 CC BY 4.0 发布，代码以 BSD 3-Clause 发布。</p>
<p class="imprint">由网站做成。在网站上，图可以操作，小测即答即判，练习写完立刻检查。</p>
<p class="imprint">代码在笔记本里可以运行。</p>
<p class="imprint">公式的字体是 Latin Modern Math，沿用 GUST 字体许可。</p>
</section>"""
NAVIGATION = """\
<nav epub:type="toc" id="toc">
<h1>目录</h1>
<ol>
{rows}
</ol>
</nav>
<nav epub:type="landmarks" hidden="hidden">
<ol>
<li><a epub:type="cover" href="cover.xhtml">封面</a></li>
<li><a epub:type="toc" href="nav.xhtml">目录</a></li>
<li><a epub:type="bodymatter" href="{body}">正文</a></li>
</ol>
</nav>"""
COVER_PAGE = '<section class="cover" epub:type="cover"><img src="cover.png" alt="{alt}"/></section>'


def write(site: Path, contents: list[Part], target: Path) -> None:
    """把网站 ``site`` 里 ``contents`` 这些页装成 EPUB ``target``。"""
    files = {
        "META-INF/container.xml": CONTAINER.encode(),
        **{f"EPUB/{name}": data for name, data in inside(site, contents).items()},
    }
    with ZipFile(target, "w") as archive:
        archive.writestr(ZipInfo("mimetype"), "application/epub+zip", ZIP_STORED)
        for name, data in files.items():
            entry = ZipInfo(name)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, ZIP_DEFLATED)


def inside(site: Path, contents: list[Part]) -> dict[str, bytes]:
    """书里的文件，名字与内容。"""
    told = yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
    author = "、".join(author["name"] for author in told["authors"])
    names = [COVER, *(page for part in contents for page in part.pages)]
    pages = {name: Page(site, name, set(names)) for name in names}
    words = {"title": told["title"], "subtitle": SUBTITLE, "author": author}
    title_page = TITLE_PAGE.format(**words, version=told["version"], day=day())
    cover_page = COVER_PAGE.format(alt=f"封面：{told['title']}，{SUBTITLE}")
    text = {
        "cover": xhtml(told["title"], cover_page, "cover"),
        "title": xhtml(told["title"], title_page, "title"),
        "nav": xhtml("目录", navigation(contents, pages), "nav"),
        **{name: xhtml(page.title, str(page.body), name) for name, page in pages.items()},
    }
    files = {f"{name}.xhtml": page.encode() for name, page in text.items()}
    files["cover.png"] = cover.draw(**words)
    files |= {name: path.read_bytes() for name, path in STYLES.items()}
    for path in sorted((site / FONT).iterdir()):
        files[path.relative_to(site).as_posix()] = path.read_bytes()
    for page in pages.values():
        files |= page.pictures
    package = PACKAGE.format(
        language=LANGUAGE,
        metadata="\n".join(metadata(told)),
        manifest="\n".join(manifest(files)),
        spine="\n".join(f'<itemref idref="{identifier(f"{name}.xhtml")}"/>' for name in text),
    )
    return {"package.opf": package.encode(), **files}


def xhtml(title: str, body: str, name: str) -> str:
    """书里的一页，路径是 ``name``。"""
    up = "../" * name.count("/")
    styles = "\n".join(f'<link rel="stylesheet" href="{up}{sheet}"/>' for sheet in STYLES)
    return XHTML.format(language=LANGUAGE, title=escape(title), body=body, styles=styles)


def day() -> str:
    """书最近一次改动的日子；没有 git，就是版权声明那一年的第一天。"""
    if known := changed_on(PROJECT / "book"):
        return known
    written = (PROJECT / "LICENSE").read_text(encoding="utf-8")
    return re.search(r"Copyright \(c\) (\d{4})", written)[1] + "-01-01"


def metadata(told: dict) -> Iterator[str]:
    """书目信息，取自 ``CITATION.cff``；末尾几条说明读屏软件读得到什么。"""
    yield f'<dc:identifier id="id">{IDENTIFIER}</dc:identifier>'
    yield f"<dc:title>{escape(told['title'])}</dc:title>"
    yield f"<dc:language>{LANGUAGE}</dc:language>"
    for author in told["authors"]:
        yield f"<dc:creator>{escape(author['name'])}</dc:creator>"
    yield f"<dc:description>{escape(told['abstract'])}（{told['version']} 版）</dc:description>"
    for word in told["keywords"]:
        yield f"<dc:subject>{escape(word)}</dc:subject>"
    yield "<dc:rights>文字与图：CC BY 4.0；代码：BSD 3-Clause</dc:rights>"
    yield f"<dc:date>{day()}</dc:date>"
    properties = [
        ("dcterms:modified", f"{day()}T00:00:00Z"),
        ("schema:version", told["version"]),
        ("schema:accessMode", "textual"),
        ("schema:accessMode", "visual"),
        ("schema:accessModeSufficient", "textual"),
        *(("schema:accessibilityFeature", feature) for feature in FEATURES),
        ("schema:accessibilityHazard", "none"),
    ]
    for name, value in properties:
        yield f'<meta property="{name}">{value}</meta>'


def manifest(files: dict[str, bytes]) -> Iterator[str]:
    """书里有哪些文件，各是什么。"""
    for name, data in files.items():
        marks = {"nav.xhtml": ["nav"], "cover.png": ["cover-image"]}.get(name, [])
        if name.endswith(".xhtml"):
            marks += [mark for mark, tag in INSIDE.items() if tag in data]
        properties = f' properties="{" ".join(marks)}"' if marks else ""
        kind = TYPES[PurePath(name).suffix]
        yield f'<item id="{identifier(name)}" href="{name}" media-type="{kind}"{properties}/>'


def identifier(name: str) -> str:
    """文件 ``name`` 在清单里的编号。"""
    return "file-" + re.sub(r"[^\w.-]", "-", name)


def navigation(contents: list[Part], pages: dict[str, Page]) -> str:
    """目录：篇、章、节；阅读器另外要知道封面、目录与正文从哪里开始。"""
    rows = [chapter(pages[COVER])]
    for part in contents:
        chapters = "\n".join(chapter(pages[name]) for name in part.pages)
        rows.append(f"<li><span>{escape(part.title)}</span>\n<ol>\n{chapters}\n</ol></li>")
    return NAVIGATION.format(rows="\n".join(rows), body=f"{contents[0].pages[0]}.xhtml")


def chapter(page: Page) -> str:
    """目录里的一章和它的各节。"""
    rows = [
        f'<li><a href="{page.name}.xhtml#{escape(place)}">{escape(title)}</a></li>'
        for place, title in page.sections()
    ]
    inner = "\n".join(["", "<ol>", *rows, "</ol>"]) if rows else ""
    return f'<li><a href="{page.name}.xhtml">{escape(page.title)}</a>{inner}</li>'
