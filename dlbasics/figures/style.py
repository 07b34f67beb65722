"""全书统一的图样式：中文字体、颜色、字号，写在一处。"""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.rcsetup import cycler

from dlbasics.figures.picture import show_in_notebooks

FONTS = Path(__file__).parent / "fonts"
REGULAR = FONTS / "DlbasicsSansSC-Regular.otf"
BOLD = FONTS / "DlbasicsSansSC-Bold.otf"
FAMILY = "Dlbasics Sans SC"
"""随包带的字族，裁自 Noto Sans CJK SC；名字是本书自己的，系统里不会有同名的字体。"""

ACCENTS = Path(__file__).with_name("accents.css")
"""两种方法的颜色，图、网页、可操作的图都从这里读。"""


def accents() -> dict[str, tuple[str, str]]:
    """方法 → 浅色与深色主题里的颜色。

    >>> sorted(accents())
    ['gradient-descent', 'momentum']
    """
    light, dark, _ = ACCENTS.read_text(encoding="utf-8").split("}")
    pairs = (dict(re.findall(r"--accent-([\w-]+): (#\w{6});", block)) for block in (light, dark))
    first, second = pairs
    return {name: (color, second[name]) for name, color in first.items()}


#: 全书的约定：梯度下降总是蓝色，动量法总是橙色。
GRADIENT_DESCENT, MOMENTUM = (accents()[name][0] for name in ("gradient-descent", "momentum"))

BLUE, ORANGE = GRADIENT_DESCENT, MOMENTUM
GREEN = "#009E73"
PURPLE = "#9467BD"
GREY = "#6B7280"
INK = "#1F2933"
GRID = "#E3E7EC"

#: 有正有负的量：橙为正，蓝为负，白是零。
SIGNED = LinearSegmentedColormap.from_list(
    "signed", ["#00324E", BLUE, "#7DB8DA", "white", "#F2AC7B", ORANGE, "#5F2A00"]
)


def use_style() -> None:
    """让之后画的图都用本书的样式。

    Raises
    ------
    FileNotFoundError
        字体文件不在包里。没有它，图里的汉字会变成方框，所以宁可立刻停下。
    """
    for font in (REGULAR, BOLD):
        if not font.is_file():
            raise FileNotFoundError(f"缺少中文字体 {font.name}；请重新安装 dlbasics")
    show_in_notebooks()
    manager = font_manager.fontManager
    manager.ttflist = [entry for entry in manager.ttflist if entry.name != FAMILY]
    manager.addfont(REGULAR)
    manager.addfont(BOLD)
    mpl.rcParams.update(
        {
            # 汉字体排第一：含公式的标签只用第一种字体；它缺的上标、下标由 DejaVu Sans 补
            "font.family": [FAMILY, "DejaVu Sans"],
            "mathtext.fontset": "cm",
            "axes.unicode_minus": True,
            "font.size": 10.5,
            "axes.titlesize": 11.5,
            "axes.titlepad": 9,
            "axes.labelcolor": INK,
            "axes.edgecolor": GREY,
            "axes.linewidth": 0.8,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, PURPLE, GREY]),
            "grid.color": GRID,
            "grid.linewidth": 0.8,
            "text.color": INK,
            "xtick.color": GREY,
            "ytick.color": GREY,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "figure.constrained_layout.use": True,
            "figure.facecolor": "white",
            "figure.dpi": 110,
            "savefig.dpi": 110,
        }
    )
