"""运行笔记本并写回输出：``python -m tools.record [路径…]``（即 ``make notebooks``）。

笔记本的输出只由它写。内核就是当前的 Python，环境取自
``tests.notebooks.environment``，文件的写法取自 ``tests.notebooks.form``，
所以再跑一次得到逐字节相同的文件。出错的笔记本不写回，并显示出错的单元。
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from subprocess import DEVNULL
from unittest.mock import patch

import click
import nbformat
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager
from tqdm import tqdm

from dlbasics._files import replacing
from tests.notebooks.environment import CELL_TIMEOUT, ROOT, notebook_environment
from tests.notebooks.form import canonical, to_text


class NotebookFailed(Exception):
    """笔记本没有跑完；消息里有出错的单元。"""


def find_notebooks(paths: Iterable[Path]) -> list[Path]:
    """返回 ``paths`` 里的笔记本：文件取其本身，文件夹取其中的 ``*.ipynb``，按路径排序。

    Raises
    ------
    ValueError
        路径不存在，或既不是文件夹也不是 .ipynb 文件。
    """
    found: set[Path] = set()
    for path in paths:
        if path.is_dir():
            inside = (p.relative_to(path) for p in path.rglob("*.ipynb"))
            found |= {path / p for p in inside if not any(x.startswith(".") for x in p.parts)}
        elif path.is_file() and path.suffix == ".ipynb":
            found.add(path)
        else:
            raise ValueError(f"paths 里的 {path} 不是文件夹，也不是 .ipynb 文件")
    return sorted(found)


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """在固定环境里从头到尾运行 ``notebook``（就地），工作目录是 ``folder``。

    Raises
    ------
    NotebookFailed
        单元出错、超时，或内核死掉。
    """
    started = [0]
    client = NotebookClient(
        notebook,
        km=KernelManager(
            kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager()
        ),
        timeout=CELL_TIMEOUT,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=lambda cell, cell_index: started.append(cell_index),
    )
    try:
        with patch.dict(os.environ, notebook_environment(), clear=True):
            return client.execute(stderr=DEVNULL, cleanup_kc=True)
    except (CellControlSignal, DeadKernelError) as error:
        cell = notebook.cells[started[-1]]
        number = sum(cell.cell_type == "code" for cell in notebook.cells[: started[-1] + 1])
        reason = getattr(error, "traceback", error)
        raise NotebookFailed(
            f"第 {number} 个代码单元（id {cell.id}）没有跑完：\n\n{cell.source}\n\n{reason}"
        ) from error


def record(path: Path) -> bool:
    """运行 ``path`` 并写回；文件变了返回 True。出错时抛 ``NotebookFailed``，文件不动。"""
    stored = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(stored, as_version=4)
    text = to_text(canonical(execute(notebook, path.parent)))
    if text == stored:
        return False
    with replacing(path) as file:
        file.write(text.encode())
    return True


@click.command(help="运行笔记本并写回输出；不给路径时运行 book/ 下的全部。")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[路径]...")
@click.help_option("--help", help="显示这段说明。")
def main(paths: tuple[Path, ...]) -> None:
    try:
        notebooks = find_notebooks(paths or [ROOT / "book"])
    except ValueError as error:
        sys.exit(str(error))
    changed, failures = 0, []
    with tqdm(notebooks, desc="笔记本", unit="本", dynamic_ncols=True) as progress:
        for path in progress:
            progress.set_postfix_str(path.name)
            try:
                changed += record(path)
            except NotebookFailed as error:
                failures.append((path, error))
    for path, error in failures:
        click.echo(f"\n{path}：{error}", err=True)
    same = len(notebooks) - changed - len(failures)
    click.echo(f"写回 {changed} 本，未变 {same} 本，失败 {len(failures)} 本。")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
