"""pytest 插件：把每本 .ipynb 变成一组测试。

每个代码单元一项 ``Cell n``：用严格的 nbval 重新运行，文字逐字节比较；在此之上再比输出的种类与次序，
PNG 则解成像素比较（``pictures``），不符时把两幅图和它们的差别存进 ``_build/pictures/``。
每条规矩一项（``rules``），不需要内核。内核在 ``environment`` 的环境里启动，跑完本册就关掉。
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell, IPyNbFile

from tests.notebooks import pictures
from tests.notebooks.environment import CELL_TIMEOUT, notebook_environment
from tests.notebooks.form import WIDGET_VIEW
from tests.notebooks.rules import RULES, Notebook, Rule


def pytest_configure(config: pytest.Config) -> None:
    config.option.nbval = config.option.nbval_lax = False  # 收集由本插件接管
    config.option.nbval_current_env = True
    config.option.nbval_cell_timeout = CELL_TIMEOUT


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> NotebookFile | None:
    if file_path.suffix == ".ipynb":
        return NotebookFile.from_parent(parent, path=file_path)
    return None


class NotebookFile(IPyNbFile):
    """一本笔记本：先是各条规矩，然后是各个代码单元。"""

    def collect(self) -> Iterator[pytest.Item]:
        notebook = Notebook(self.path.read_text(encoding="utf-8"))
        for rule in RULES:
            yield RuleItem.from_parent(self, name=rule.__name__, rule=rule, notebook=notebook)
        for cell in super().collect():
            number = cell.cell_num + 1
            yield CellItem.from_parent(
                self, name=f"Cell {number}", cell_num=number, cell=cell.cell, options=cell.options
            )

    def setup(self) -> None:
        """什么也不做：只查规矩时不需要内核。"""

    def start_kernel(self) -> None:
        with patch.dict(os.environ, notebook_environment(), clear=True):
            super().setup()


class RuleItem(pytest.Item):
    """一条规矩用在一本笔记本上。"""

    def __init__(self, *, rule: Rule, notebook: Notebook, **kwargs) -> None:
        super().__init__(**kwargs)
        self.rule = rule
        self.notebook = notebook

    def runtest(self) -> None:
        problems = [f"单元 {n}：{what}" if n else what for n, what in self.rule(self.notebook)]
        if problems:
            pytest.fail("\n  ".join([self.rule.__doc__, *problems]), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


class CellItem(IPyNbCell):
    """一个代码单元：重新运行，与存下的输出比较。"""

    def setup(self) -> None:
        if self.parent.kernel is None:
            self.parent.start_kernel()
        super().setup()

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name

    def compare_outputs(self, test: list[NotebookNode], ref: list[NotebookNode]) -> bool:
        same = super().compare_outputs(test, ref)
        stored, fresh = shape(ref), shape(test)
        if stored != fresh:
            self.comparison_traceback.append(
                f"输出的种类或次序不同：存的是 {stored}，重算的是 {fresh}"
            )
            return False
        pairs = zip(pngs(ref), pngs(test), strict=True)
        return all([same, *(self.compare_picture(*map(pictures.decode, pair)) for pair in pairs)])

    def compare_picture(self, stored: np.ndarray, fresh: np.ndarray) -> bool:
        message = pictures.difference(stored, fresh)
        if message:
            folder = self.config.rootpath / "_build/pictures" / re.sub(r"\W+", "-", self.nodeid)
            pictures.save(folder, stored, fresh)
            self.comparison_traceback += [
                f"单元 {self.cell_num} 的图变了：{message}",
                f"存的、重算的和两者的差别在 {folder}",
            ]
        return message is None


def shape(outputs: Iterable[NotebookNode]) -> list[str]:
    """输出的形状：每个输出的种类，以及其中有哪些 MIME 类型（``WIDGET_VIEW`` 不算）。"""
    return [
        " ".join([output.output_type, *sorted({*output.get("data", [])} - {WIDGET_VIEW})])
        for output in outputs
    ]


def pngs(outputs: Iterable[NotebookNode]) -> Iterator[str]:
    return (o.data["image/png"] for o in outputs if "image/png" in o.get("data", {}))
