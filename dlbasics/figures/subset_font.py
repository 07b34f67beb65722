"""由 Noto Sans CJK SC 做出图用的字体子集：GB 2312 的 6763 个汉字，加上标点、希腊字母与数学符号。

子集放在 ``fonts/`` 里随包安装，所以图里的汉字不依赖读者的系统。只有要增减字符时才需要重做::

    make font FONT=/path/to/NotoSansCJK-Regular.ttc

原字体以 SIL 开放字体许可证发布，许可证全文在 ``fonts/OFL.txt``。
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont, TTLibError

from dlbasics.figures.style import FAMILY, FONT

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
    + "　、。〈〉《》“”『』【】〔〕！（），．：；？～％＋－＝"
)


def gb2312_characters() -> str:
    """GB 2312 的全部汉字：一级 3755 个，二级 3008 个。"""
    characters = []
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            characters.append(bytes([row, cell]).decode("gb2312", errors="ignore"))
    return "".join(characters)


def find_face(font: Path | None) -> TTFont:
    """从字体文件（.otf，或含有 Noto Sans CJK SC 的 .ttc）里取出要裁剪的那一款。"""
    if font is None:
        raise ValueError("没有给出字体文件；请运行 make font FONT=/path/to/NotoSansCJK-Regular.ttc")
    try:
        faces = TTCollection(font).fonts if font.suffix == ".ttc" else [TTFont(font)]
    except (OSError, TTLibError) as error:
        raise ValueError(f"FONT 应是 .ttc 或 .otf 字体文件，{font} 读不出来：{error}") from error
    for face in faces:
        if face["name"].getDebugName(1) == FAMILY:
            return face
    raise ValueError(f"FONT 应含有 {FAMILY}，{font} 里没有")


@click.command(help="由 Noto Sans CJK SC 重做图用的中文字体子集。")
@click.argument("font", type=click.Path(path_type=Path), metavar="字体文件", required=False)
@click.help_option("--help", help="显示这段说明。")
def main(font: Path | None) -> None:
    try:
        face = find_face(font)
    except ValueError as error:
        sys.exit(str(error))
    options = subset.Options(
        layout_features=["kern", "mark", "mkmk", "ccmp"], hinting=False, desubroutinize=True
    )
    options.name_IDs = ["*"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=gb2312_characters() + SYMBOLS)
    subsetter.subset(face)
    FONT.parent.mkdir(exist_ok=True)
    subset.save_font(face, FONT, options)
    click.echo(f"{FONT.name}：{FONT.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
