"""网站带着 ``dlbasics`` 的安装包：下载了一本笔记本的人，从它来的网站就能装上。

安装包由 ``pyproject.toml`` 写明的那一套做，与 ``pip wheel`` 做的一样，命令 ``dlbasics`` 也在里面。
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from sphinx.application import Sphinx

PROJECT = Path(__file__).parents[3]
NEEDED = ("dlbasics", "share", "pyproject.toml", "README.md", "LICENSE")
BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
EPOCH = "315532800"
"""里面的文件都记作 1980 年 1 月 1 日，权限也都一样：同样的文件做出的每个字节都一样。"""


def name() -> str:
    """安装包的文件名。"""
    return f"dlbasics-{version('dlbasics')}-py3-none-any.whl"


def build(folder: Path) -> Path:
    """在 ``folder`` 里做安装包；另抄一份源码来做，项目里不留痕迹。"""
    with TemporaryDirectory() as place:
        for needed in NEEDED:
            if (PROJECT / needed).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(PROJECT / needed, Path(place, needed), ignore=ignored)
            else:
                shutil.copy2(PROJECT / needed, place)
        for path in Path(place).rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        subprocess.run(
            [sys.executable, "-c", BUILD, str(folder.absolute())],
            cwd=place, env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH},
            check=True, capture_output=True,
        )  # fmt: skip
    return folder / name()


def write_wheel(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        build(Path(app.outdir, "_static"))


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", write_wheel, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    build(Path(sys.argv[1]))
