"""由 Noto Sans CJK SC 做出图用的字体子集：GB 2312 的 6763 个汉字，加上标点、希腊字母与数学符号。

子集放在 ``fonts/`` 里随包安装，所以图里的汉字不依赖读者的系统。只有要增减字符时才需要重做::

    make font FONT=/path/to/NotoSansCJK-Regular.ttc

原字体以 SIL 开放字体许可证发布，许可证全文在 ``fonts/OFL.txt``。
"""

from __future__ import annotations

import argparse
from pathlib import Path

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


def main() -> None:
    """读入字体文件（.otf，或含有 Noto Sans CJK SC 的 .ttc），写出子集。"""
    from fontTools import subset
    from fontTools.ttLib import TTCollection, TTFont

    parser = argparse.ArgumentParser(description="重做图用的中文字体子集")
    parser.add_argument(
        "font", type=Path, help="NotoSansCJK-Regular.ttc 或 NotoSansCJKsc-Regular.otf"
    )
    source = parser.parse_args().font

    faces = TTCollection(source).fonts if source.suffix == ".ttc" else [TTFont(source)]
    matching = [face for face in faces if face["name"].getDebugName(1) == FAMILY]
    if not matching:
        parser.error(f"{source} 里没有 {FAMILY}")

    options = subset.Options(
        layout_features=["kern", "mark", "mkmk", "ccmp"], hinting=False, desubroutinize=True
    )
    options.name_IDs = ["*"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=gb2312_characters() + SYMBOLS)
    subsetter.subset(matching[0])
    FONT.parent.mkdir(exist_ok=True)
    subset.save_font(matching[0], FONT, options)
    print(f"{FONT.name}：{FONT.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
