"""嵌进 PDF 的字体：书自己的中文字体、公式的字体，与 Matplotlib 带着的 DejaVu。

前两种换成 TrueType 的轮廓。原来的轮廓（CFF），Chromium 只会拆成许多份 Type 3 字体：文件大，
屏幕上的笔画也粗糙。中文字体只留用到的字，添上 ``halt``（标点的半身样子）：
有了它，浏览器才会收紧挨在一起的标点。
"""

from __future__ import annotations

from pathlib import Path

import matplotlib
from fontTools import subset
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

from dlbasics.figures.style import BOLD, REGULAR

LATIN = Path(matplotlib.get_data_path(), "fonts", "ttf")
MATH = Path("_static", "math", "latinmodern-math.woff2")
"""公式的字体在网站里的位置。"""

OPENING, CLOSING = "“‘（《〈「『【〔", "”’）》〉」』】〕，。、；："
TOLERANCE = 1.0
"""换成二次曲线时容许的误差，以字身的千分之一计。"""


def write_faces(site: Path, text: str, folder: Path) -> Path:
    """把字体写进 ``folder``，中文字体只留 ``text`` 里的字；返回声明它们的样式。"""
    regular, bold, math = (TTFont(path) for path in (REGULAR, BOLD, site / MATH))
    for chinese in (regular, bold):
        keep(chinese, text)
        add_halves(chinese)
    rules = [
        face("DejaVu Sans", 400, LATIN / "DejaVuSans.ttf"),
        face("DejaVu Sans Mono", 400, LATIN / "DejaVuSansMono.ttf"),
        face("DejaVu Sans Mono", 700, LATIN / "DejaVuSansMono-Bold.ttf"),
    ]
    for family, weight, font in (
        ("Book", 400, regular),
        ("Book", 700, bold),
        ("Latin Modern Math", 400, math),
    ):
        to_truetype(font)
        path = folder / f"{family}-{weight}.ttf"
        font.save(path)
        rules.append(face(family, weight, path))
    mono = TTFont(LATIN / "DejaVuSansMono.ttf")
    two_columns = 2 * mono["hmtx"]["a"][0] / mono["head"].unitsPerEm
    rules.append(face("Two Columns", 400, folder / "Book-400.ttf", size_adjust=two_columns))
    sheet = folder / "faces.css"
    sheet.write_text("\n".join(rules), encoding="utf-8")
    return sheet


def face(family: str, weight: int, path: Path, *, size_adjust: float = 1) -> str:
    """声明一款字体的样式，``size_adjust`` 是放大几倍。"""
    source = f'src: url("{path.resolve().as_uri()}"); size-adjust: {size_adjust:.1%}'
    return f'@font-face {{ font-family: "{family}"; font-weight: {weight}; {source}; }}'


def keep(font: TTFont, text: str) -> None:
    """``font`` 只留 ``text`` 里的字。"""
    subsetter = subset.Subsetter(subset.Options(desubroutinize=True, drop_tables=["vhea", "vmtx"]))
    subsetter.populate(text=text)
    subsetter.subset(font)


def add_halves(font: TTFont) -> None:
    """添上 ``halt``：开始的标点去掉左半身的空，结束的去掉右半身的。"""
    cmap = font.getBestCmap()
    half = font["head"].unitsPerEm // 2
    moves = {OPENING: f"<-{half} 0 -{half} 0>", CLOSING: f"<0 0 -{half} 0>"}
    rules = [
        f"pos {cmap[ord(mark)]} {move};"
        for marks, move in moves.items()
        for mark in marks
        if ord(mark) in cmap
    ]
    kern = font["GPOS"].table
    addOpenTypeFeaturesFromString(font, f"feature halt {{ {' '.join(rules)} }} halt;")
    halves, font["GPOS"].table = font["GPOS"].table, kern
    (feature,) = halves.FeatureList.FeatureRecord
    feature.Feature.LookupListIndex = [len(kern.LookupList.Lookup)]
    kern.LookupList.Lookup += halves.LookupList.Lookup
    for script in kern.ScriptList.ScriptRecord:
        script.Script.DefaultLangSys.FeatureIndex.append(len(kern.FeatureList.FeatureRecord))
    kern.FeatureList.FeatureRecord.append(feature)


def to_truetype(font: TTFont) -> None:
    """把 ``font`` 的轮廓就地换成 TrueType 的二次曲线。"""
    glyphs = font.getGlyphSet()
    outlines = {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = font.getGlyphOrder(), outlines
    maximum = font["maxp"]
    maximum.tableVersion, maximum.maxZones = 0x00010000, 1
    for limit in (
        "TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements",
        "SizeOfInstructions", "ComponentElements",
    ):  # fmt: skip
        setattr(maximum, f"max{limit}", 0)
    font["post"].formatType = 3.0
    font.flavor, font.sfntVersion = None, "\0\1\0\0"
    for table in {"CFF ", "VORG"} & set(font.keys()):
        del font[table]
