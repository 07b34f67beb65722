"""图用的中文字体：该有的字都在，别的字体顶替不了它，重做时写错了会用中文说清楚。"""

import os
import subprocess
import sys
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest
from click.testing import CliRunner
from fontTools.ttLib import TTFont
from matplotlib import font_manager
from packaging.version import Version

from dlbasics.figures import use_style
from dlbasics.figures.style import BOLD, FAMILY, REGULAR
from tests.fonts import ForeignFont
from tools.font import SOURCE_FAMILY, SYMBOLS, gb2312_characters, main

ROOT = Path(__file__).parents[2]
DEJAVU = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSerif.ttf"
BOTH = pytest.mark.parametrize("font", [REGULAR, BOLD], ids=["regular", "bold"])
DRAWING = """
import io, sys
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
from matplotlib import font_manager
from dlbasics.figures import use_style
use_style()
figure, axes = plt.subplots(figsize=(3, 2))
axes.set_title("动量 梯度", weight="bold")
axes.set_xlabel(r"步数 $n$（−1 到 1）")
figure.savefig(sys.stdout.buffer, format="png")
names = {entry.name for entry in font_manager.fontManager.ttflist}
print(sorted(names & {"Noto Sans CJK SC", "Dlbasics Sans SC"}), file=sys.stderr)
"""


@BOTH
def test_shipped_font_has_every_promised_character(font):
    promised = gb2312_characters() + SYMBOLS
    assert len(gb2312_characters()) == 6763
    assert set(map(ord, promised)) <= TTFont(font).getBestCmap().keys()


@BOTH
def test_shipped_font_keeps_its_licence_and_bears_our_name(font):
    names = TTFont(font)["name"]
    assert names.getDebugName(1) == FAMILY
    assert "SIL Open Font License" in names.getDebugName(13)
    assert "Adobe" in names.getDebugName(0)


def impostor(folder, family):
    """一个叫 ``family`` 的字体，字形却是 DejaVu Serif 的。"""
    face = TTFont(DEJAVU)
    for record in face["name"].names:
        if record.nameID in (1, 16):
            record.string = family.encode(record.getEncoding())
    folder.mkdir(parents=True, exist_ok=True)
    face.save(folder / f"{family.replace(' ', '')}.ttf")


def drawn(tmp_path, name, families):
    """在一个装着冒名字体的家里画图：PNG，以及 matplotlib 看见了哪些字族。"""
    home = tmp_path / name
    for family in families:
        impostor(home / "fonts", family)
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("MPL", "XDG"))
    }
    result = subprocess.run(
        [sys.executable, "-c", DRAWING],
        cwd=ROOT,
        env={**environment, "HOME": str(home), "XDG_DATA_HOME": str(home)},
        capture_output=True,
        check=True,
    )
    return result.stdout, result.stderr.decode("utf-8").splitlines()[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="XDG_DATA_HOME 只在 Linux 上指定字体的位置")
def test_an_impostor_in_the_system_changes_no_byte(tmp_path):
    plain, _ = drawn(tmp_path, "plain", [])
    fooled, seen = drawn(tmp_path, "fooled", [SOURCE_FAMILY, FAMILY])
    assert SOURCE_FAMILY in seen
    assert plain == fooled


def test_style_drops_an_impostor_of_the_same_name(tmp_path):
    impostor(tmp_path, FAMILY)
    (font,) = tmp_path.iterdir()
    font_manager.fontManager.addfont(font)
    use_style()
    found = [entry.fname for entry in font_manager.fontManager.ttflist if entry.name == FAMILY]
    assert found == [str(REGULAR), str(BOLD)]


def test_bold_is_a_font_of_its_own():
    use_style()
    assert font_manager.findfont(font_manager.FontProperties(family=[FAMILY])) == str(REGULAR)
    bold = font_manager.FontProperties(family=[FAMILY], weight="bold")
    assert font_manager.findfont(bold) == str(BOLD)


def draw_text(**options):
    with matplotlib.rc_context():
        use_style()
        figure = plt.figure()
        figure.text(0.5, 0.5, "动量", **options)
        figure.canvas.draw()
        plt.close(figure)


def test_a_font_outside_the_book_is_refused(tmp_path):
    impostor(tmp_path, "Somebody")
    (font,) = tmp_path.iterdir()
    draw_text()
    with pytest.raises(ForeignFont, match=f"图用了书外的字体.*{font.name}"):
        draw_text(font=font)


# 3.11 以前的 Matplotlib 没有这个字重时悄悄换一个
WEIGHT = pytest.param(
    {"weight": 900},
    marks=pytest.mark.skipif(
        Version(matplotlib.__version__) < Version("3.11"), reason="Matplotlib 3.11 起才警告"
    ),
)


@pytest.mark.parametrize("options", [{"family": "Nowhere Sans"}, WEIGHT])
def test_a_findfont_warning_is_an_error(options):
    with pytest.raises(ForeignFont, match="findfont"):
        draw_text(**options)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (None, "没有给出字体；请运行 make font FONT="),
        ([], "应是 .ttc 字体文件，读不出来"),
        (["NotoSansCJK-Regular.ttc"], "应是 .ttc 字体文件，读不出来"),
    ],
    ids=["nothing", "missing", "not-a-font"],
)
def test_bad_font_file_is_explained_in_chinese(tmp_path, files, message):
    before = REGULAR.read_bytes(), BOLD.read_bytes()
    for name in files or []:
        (tmp_path / name).write_text("不是字体", encoding="utf-8")
    result = CliRunner().invoke(main, [] if files is None else [str(tmp_path)])
    assert result.exit_code == 1
    assert message in result.output
    assert (REGULAR.read_bytes(), BOLD.read_bytes()) == before
