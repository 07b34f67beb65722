"""笔记本文件的标准写法：同样的内容只有一种字节。

``record`` 按它写文件，规矩 ``canonical`` 按它查文件，两边因此不会各说各话。
"""

from __future__ import annotations

from itertools import groupby

import nbformat
from nbformat import NotebookNode

from dlbasics.teaching.notebooks import METADATA

CELL_METADATA = {"tags", "mystnb", "nbgrader", "editable", "deletable"}
"""保留的单元元数据；编辑器留下的时间戳、折叠状态一律去掉。"""

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
"""只含一个随机的模型编号，离开内核就没有用处，所以不存。"""


def canonical(notebook: NotebookNode) -> NotebookNode:
    """把笔记本就地改成标准写法，并返回它。

    元数据只留有用的键；非空的代码单元依次编号 1…n；相邻的同名输出流并成一段；
    去掉 ``WIDGET_VIEW``。单元的内容、顺序、id 和其余输出原样保留。
    """
    notebook.metadata = nbformat.from_dict(METADATA)
    count = 0
    for cell in notebook.cells:
        cell.metadata = NotebookNode(
            {key: value for key, value in cell.metadata.items() if key in CELL_METADATA}
        )
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        if cell.source.strip():
            count += 1
            cell.execution_count = count
        cell.outputs = [_canonical_output(out, count) for out in merge_streams(cell.outputs)]
    return notebook


def merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """把相邻的同名输出流并成一段：一段话分几次送到，取决于时机，与内容无关。"""
    merged = []
    for name, run in groupby(outputs, key=lambda output: output.get("name")):
        if name is None:
            merged.extend(run)
        else:
            text = "".join(output.text for output in run)
            merged.append(nbformat.v4.new_output("stream", name=name, text=text))
    return merged


def _canonical_output(output: NotebookNode, count: int) -> NotebookNode:
    if output.output_type == "execute_result":
        output.execution_count = count
    if "data" in output:
        output.data.pop(WIDGET_VIEW, None)
        output.metadata.pop(WIDGET_VIEW, None)
    return output


def to_text(notebook: NotebookNode) -> str:
    """返回文件的全文：UTF-8、缩进 1、键按字母排序、末尾换行。"""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"
