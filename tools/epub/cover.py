"""封面：网站封面上的那只碗竖过来，两条路从上往下走到谷底。"""

from __future__ import annotations

from io import BytesIO

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from book._ext.pages.cover_picture import CURVATURES, LEVELS, LR, MU, START, STEPS
from dlbasics.figures.style import GRADIENT_DESCENT, GREY, INK, MOMENTUM, use_style
from dlbasics.landscapes import quadratic
from dlbasics.optimizers import SGD, Momentum, minimize

SIZE, DPI = (6.25, 10.0), 192
"""英寸与每英寸的像素：1200×1920。"""


def draw(title: str, subtitle: str, author: str) -> bytes:
    """写着这些字的封面，PNG。"""
    use_style()
    figure = Figure(SIZE, DPI, facecolor="white", layout="none")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(-3, 3), ylim=(-3.6, 13))
    axes.set_axis_off()
    for level in LEVELS:
        width, height = (2 * np.sqrt(2 * level / curvature) for curvature in CURVATURES[::-1])
        axes.add_patch(Ellipse((0, 0), width, height, fill=False, color="#C9D0D8", lw=1))
    for color, optimizer in ((GRADIENT_DESCENT, SGD(lr=LR)), (MOMENTUM, Momentum(lr=LR, mu=MU))):
        path = minimize(quadratic(CURVATURES), np.array(START), optimizer, STEPS).x
        axes.plot(path[:, 1], -path[:, 0], "o-", color=color, ms=4.5, lw=2)
    axes.plot(0, 0, "*", color=INK, ms=13)
    for text, y, style in (
        (title, 0.93, {"size": 44, "weight": "bold", "color": INK}),
        (subtitle, 0.862, {"size": 19, "color": GREY}),
        (author, 0.035, {"size": 14, "color": GREY, "backgroundcolor": "white"}),
    ):
        figure.text(0.5, y, text, ha="center", va="center", **style)
    png = BytesIO()
    figure.savefig(png, metadata={"Software": None})
    return png.getvalue()
