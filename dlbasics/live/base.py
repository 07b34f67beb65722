"""可操作的图的共同部分：一份状态，四种样子。"""

from __future__ import annotations

import base64
import io
import json
from abc import abstractmethod
from typing import Any, ClassVar

import anywidget
import matplotlib as mpl
import traitlets
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from dlbasics.figures import use_style
from dlbasics.figures.palette import with_fewer_colors
from dlbasics.figures.picture import KEYWORD, displayed_size, png
from dlbasics.live.development import keep_fresh
from dlbasics.live.modules import bundle, every_style
from dlbasics.live.traits import Choice, Number, Table

#: 没有内核、也没有网页脚本时，读者看到的话。
NOTE = "这幅图可以操作：请在网页版中打开，或在 JupyterLab 中重新运行这个单元。"


class LiveFigure(anywidget.AnyWidget):
    """一幅可操作的图。

    子类写在自己的文件夹里，``module`` 是文件夹的名字，旁边的 ``figure.js`` 是它的前端。带
    ``sync=True`` 的变量就是图的状态。前端要知道的一切从 ``facts`` 读：变量的上下限与可选的名字，
    以及 ``declared`` 里的常数，每个只在 Python 里写一处。
    笔记本里存下的输出逐字节可重现：没有随机编号，也没有代码。
    """

    _css = every_style()

    #: 这一类图的中文名。
    title: str
    #: 文件夹的名字。
    module: str
    #: 前端也要用的常数：名字 → 能写成 JSON 的值。
    declared: ClassVar[dict[str, Any]] = {}

    facts = traitlets.Dict(read_only=True).tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "module" in cls.__dict__:
            cls._esm = bundle(cls.module)
        super().__init_subclass__(**kwargs)

    def __init__(self, **state: Any) -> None:
        super().__init__(**state)
        keep_fresh(self)

    @classmethod
    def published(cls) -> dict[str, Any]:
        """这一类图的 ``facts``：中文名，状态变量的名字、上下限、可选的名字，与 ``declared``。"""
        inherited = LiveFigure.class_trait_names()
        traits = sorted(cls.class_traits(sync=True).items())
        own = {name: one for name, one in traits if name not in inherited and name[0] != "_"}
        bounded = {name: one for name, one in own.items() if isinstance(one, (Number, Table))}
        named = {name: one for name, one in own.items() if isinstance(one, Choice)}
        return {
            "title": cls.title,
            "state": list(own),
            "limits": {name: [one.low, one.high] for name, one in bounded.items()},
            "choices": {name: list(one.names) for name, one in named.items()},
            **cls.declared,
        }

    @traitlets.default("facts")
    def _facts(self) -> dict[str, Any]:
        return self.published()

    @abstractmethod
    def draw(self, figure: Figure) -> None:
        """用 matplotlib 把当前状态画到 ``figure`` 上。"""

    @abstractmethod
    def describe(self) -> str:
        """用一句话说出当前状态。"""

    def settings(self) -> dict[str, Any]:
        """当前状态：变量名 → 值。"""
        return {name: getattr(self, name) for name in self.facts["state"]}

    def picture(self) -> bytes:
        """当前状态的静态图，PNG。"""
        with mpl.rc_context():
            use_style()
            figure = Figure()
            self.draw(figure)
            drawn = Image.open(io.BytesIO(png(figure, trim=False)))
        reduced, text = io.BytesIO(), PngInfo()
        text.add_text(KEYWORD, drawn.info[KEYWORD])
        with_fewer_colors(drawn).save(reduced, "png", optimize=True, pnginfo=text)
        return reduced.getvalue()

    def html(self) -> str:
        """网页用的占位：状态写成 JSON，由网页里的脚本接手。"""
        state = json.dumps(self.settings(), ensure_ascii=False).replace("</", "<\\/")
        return (
            f'<div class="live-figure" data-live="{self.module}">'
            f'<script type="application/json">{state}</script>'
            f'<p class="live-note">{NOTE}</p></div>'
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        picture = self.picture()
        data |= {
            "text/plain": f"{self.title}（可操作的图）：{self.describe()}",
            "text/html": self.html(),
            "image/png": base64.b64encode(picture).decode(),
        }
        return data, metadata | {"image/png": displayed_size(picture)}
