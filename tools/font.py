"""由 Noto Sans CJK SC 做出图用的字体子集：GB 2312 的 6763 个汉字，加上标点、希腊字母与数学符号。

子集有常规与粗体两款，放在 ``dlbasics/figures/fonts/`` 里随包安装，所以图里的汉字不依赖读者的系统。
字族另起一个名字（``dlbasics.figures.style.FAMILY``），因此系统里装的 Noto 字体不会被当成它。
只有要增减字符时才需要重做::

    make font FONT=/放着/NotoSansCJK-Regular.ttc/与/NotoSansCJK-Bold.ttc/的文件夹

原字体以 SIL 开放字体许可证发布，许可证全文在 ``dlbasics/figures/fonts/OFL.txt``。
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

import click
from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont, TTLibError

from dlbasics.figures.style import BOLD, FAMILY, REGULAR

SOURCE_FAMILY = "Noto Sans CJK SC"
SOURCES = {
    REGULAR: ("NotoSansCJK-Regular.ttc", "Regular"),
    BOLD: ("NotoSansCJK-Bold.ttc", "Bold"),
}
KEPT_NAMES = (0, 5, 7, 13, 14)
"""保留的名字：版权、版本、商标、许可证与它的网址；其余的由 ``rename`` 另写。"""

SYMBOLS = (
    "".join(
        map(
            chr,
            [
                *range(0x20, 0x7F),
                *range(0xA0, 0x100),
                *range(0x391, 0x3A2),
                *range(0x3A3, 0x3AA),
                *range(0x3B1, 0x3CA),
            ],
        )
    )
    + "—‐–‘’“”…‖′″‰※℃№←↑→↓↔⇒⇔∀∂∃∅∇∈∏∑−√∝∞∠∥∧∨∩∪∫∴∵≈≠≡≤≥≪≫⊂⊆⊕⊙⊥①②③④⑤⑥⑦⑧⑨⑩■□▲△◆◇○●★☆✓"
    + "　、。〈〉《》「」『』【】〔〕！（），．：；？～％＋－＝"
)


def gb2312_characters() -> str:
    """GB 2312 的全部汉字：一级 3755 个，二级 3008 个。"""
    characters = []
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            characters.append(bytes([row, cell]).decode("gb2312", errors="ignore"))
    return "".join(characters)


def find_face(font: Path) -> TTFont:
    """从字体文件里取出 Noto Sans CJK SC。"""
    try:
        faces = TTCollection(BytesIO(font.read_bytes()), recalcTimestamp=False).fonts
    except (OSError, TTLibError) as error:
        raise ValueError(f"{font} 应是 .ttc 字体文件，读不出来：{error}") from error
    for face in faces:
        if SOURCE_FAMILY in (face["name"].getDebugName(1), face["name"].getDebugName(16)):
            return face
    raise ValueError(f"{font} 里应有 {SOURCE_FAMILY}，没有找到")


def rename(face: TTFont, style: str) -> None:
    """把字族改名为 ``FAMILY``，版权与许可证照旧。"""
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    names = {1: FAMILY, 2: style, 3: postscript, 4: f"{FAMILY} {style}", 6: postscript}
    table = face["name"]
    table.names = [record for record in table.names if record.nameID in KEPT_NAMES]
    for number, text in names.items():
        table.setName(text, number, platformID=3, platEncID=1, langID=0x409)
    fonts = face["CFF "].cff
    fonts.fontNames = [postscript]
    fonts.topDictIndex[0].FamilyName = FAMILY
    fonts.topDictIndex[0].FullName = names[4]


def make_subset(face: TTFont, style: str, target: Path) -> None:
    options = subset.Options(
        layout_features=["kern", "mark", "mkmk", "ccmp"], hinting=False, desubroutinize=True
    )
    options.name_IDs = ["*"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=gb2312_characters() + SYMBOLS)
    subsetter.subset(face)
    rename(face, style)
    target.parent.mkdir(exist_ok=True)
    subset.save_font(face, target, options)


@click.command(help="由 Noto Sans CJK SC 的常规与粗体重做图用的中文字体子集。")
@click.argument("folder", type=click.Path(path_type=Path), metavar="文件夹", required=False)
@click.help_option("--help", help="显示这段说明。")
def main(folder: Path | None) -> None:
    try:
        if folder is None:
            names = " 与 ".join(name for name, _ in SOURCES.values())
            raise ValueError(f"没有给出字体；请运行 make font FONT=放着 {names} 的文件夹")
        faces = {target: find_face(folder / name) for target, (name, _) in SOURCES.items()}
    except ValueError as error:
        sys.exit(str(error))
    for target, (_, style) in SOURCES.items():
        make_subset(faces[target], style, target)
        click.echo(f"{target.name}：{target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
