"""封面的图：同一个狭长的碗里，梯度下降与动量法各走一条路。

路由 ``dlbasics`` 当场算出，画成内嵌的 SVG；颜色在 ``course.css`` 里，随深浅色变化。
在 Markdown 里写 ``{cover-picture}``，指令的内容是图注。
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from dlbasics.landscapes import quadratic
from dlbasics.optimizers import SGD, Momentum, Optimizer, minimize

if TYPE_CHECKING:
    from sphinx.application import Sphinx

WIDTH, HEIGHT, SCALE = 720, 300, 64.0
MINIMUM = X, Y = 560, 152
CURVATURES = (0.25, 4.0)
START = (-8.3, 1.75)
LR, MU, STEPS = 0.075, 0.8, 40
LEVELS = (0.1, 0.5, 1.4, 3.0, 5.4, 8.6, 12.8)
ALT = (
    "等高线是一组同心的扁椭圆。两条路从左上角同一点出发，步数相同："
    "梯度下降落到长轴上，一点点往前挪，停在半路；动量法冲过长轴，摆几个来回，到了谷底。"
)


def trajectory(optimizer: Optimizer) -> np.ndarray:
    """从 ``START`` 走 ``STEPS`` 步，返回画布上的坐标，形状 (STEPS + 1, 2)。"""
    path = minimize(quadratic(CURVATURES), np.array(START), optimizer, STEPS)
    return MINIMUM + SCALE * path.x * (1, -1)


def contour(level: float) -> str:
    """损失等于 ``level`` 的椭圆。"""
    rx, ry = (SCALE * np.sqrt(2 * level / curvature) for curvature in CURVATURES)
    return f'<ellipse class="contour" cx="{X}" cy="{Y}" rx="{rx:.1f}" ry="{ry:.1f}"/>'


def route(name: str, label: str, points: np.ndarray, label_at: tuple[int, int]) -> str:
    """一条路：折线、每一步的圆点和名字。"""
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>' for x, y in points)
    x, y = label_at
    text = f'<text x="{x}" y="{y}">{label}</text>'
    return f'<g class="{name}"><polyline points="{line}"/>{dots}{text}</g>'


def draw() -> str:
    """整幅图的 SVG。"""
    parts = [
        *(contour(level) for level in LEVELS),
        f'<circle class="minimum" cx="{X}" cy="{Y}" r="4"/>',
        route("gradient-descent", "梯度下降", trajectory(SGD(lr=LR)), (252, 182)),
        route("momentum", "动量法", trajectory(Momentum(lr=LR, mu=MU)), (168, 236)),
    ]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{ALT}">{"".join(parts)}</svg>'
    )


class CoverPicture(SphinxDirective):
    has_content = True

    def run(self) -> list[nodes.Node]:
        figure = nodes.container(classes=["cover-picture"])
        figure += nodes.raw("", draw(), format="html")
        caption = nodes.container(classes=["cover-caption"])
        self.state.nested_parse(self.content, self.content_offset, caption)
        return [figure, caption]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("cover-picture", CoverPicture)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
