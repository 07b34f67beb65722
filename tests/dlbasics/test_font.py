"""图用的中文字体：该有的字都在，重做时写错了会用中文说清楚。"""

import matplotlib
import pytest
from click.testing import CliRunner
from fontTools.ttLib import TTFont

from dlbasics.figures.style import FONT
from dlbasics.figures.subset_font import SYMBOLS, gb2312_characters, main


def test_shipped_font_has_every_promised_character():
    promised = gb2312_characters() + SYMBOLS
    assert len(gb2312_characters()) == 6763
    assert set(map(ord, promised)) <= TTFont(FONT).getBestCmap().keys()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "没有给出字体文件；请运行 make font FONT="),
        (["missing.ttc"], "FONT 应是 .ttc 或 .otf 字体文件，missing.ttc 读不出来"),
        ([__file__], "FONT 应是 .ttc 或 .otf 字体文件"),
    ],
    ids=["nothing", "missing", "not-a-font"],
)
def test_bad_font_file_is_explained_in_chinese(arguments, message):
    before = FONT.read_bytes()
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert FONT.read_bytes() == before


def test_font_without_the_chinese_face_is_refused():
    other = f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf"
    assert "FONT 应含有 Noto Sans CJK SC" in CliRunner().invoke(main, [other]).output
