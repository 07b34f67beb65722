"""试验用的小笔记本：由单元的代码造出，不必存成文件。"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.notebooks.form import canonical, to_text

ALT = "一条下降的曲线，越来越平"
FIGURE = {"caption": "一条曲线", "name": "one-curve"}


def build(sources: Sequence[str], **metadata) -> NotebookNode:
    """由各代码单元的内容造一本笔记本，标准写法，没有输出；单元的 id 由位置决定。"""
    cells = [
        nbformat.v4.new_code_cell(source, id=f"cell-{i}", metadata=metadata)
        for i, source in enumerate(sources)
    ]
    return canonical(nbformat.v4.new_notebook(cells=cells))


def write(path: Path, notebook: NotebookNode) -> Path:
    path.write_text(to_text(notebook), encoding="utf-8", newline="\n")
    return path


def figure(label: str = "0.98", shift: float = 0.0, width: float = 3.0, empty: bool = False) -> str:
    """画一幅图的代码；参数改动图的一处。"""
    curve = f"ax.plot([0.9**n + {shift} for n in range(30)], label='{label}')\nax.legend()"
    return "\n".join(
        [
            "import matplotlib.pyplot as plt",
            f"fig, ax = plt.subplots(figsize=({width}, 2))",
            "ax.set(xlim=(0, 30), ylim=(0, 1.2))",
            "" if empty else curve,
            "plt.show()",
        ]
    )
