"""小小的 Sphinx 项目与浏览器：用来试书的扩展，不必等整本书。"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

EXTENSIONS = Path(__file__).parents[2] / "book" / "_ext"
CONF = f"""\
import sys
sys.path.insert(0, {str(EXTENSIONS)!r})
project = "小项目"
extensions = ["myst_nb", "katex", "quiz", "solutions"]
language = "zh_CN"
html_theme = "basic"
html_math_renderer = "katex"
nb_execution_mode = "off"
myst_enable_extensions = ["colon_fence", "dollarmath"]
exclude_patterns = ["_build", "jupyter_execute"]
"""

Build = Callable[[Path, dict[str, str]], tuple[Path, str]]


def sphinx_build(folder: Path, files: dict[str, str]) -> tuple[Path, str]:
    """在 ``folder`` 里写下 ``files`` 并构建；返回网页所在的文件夹和全部警告。"""
    for name, text in ({"conf.py": CONF} | files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    options = ["-n", "-q", "--keep-going"]
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, folder, folder / "_build"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return folder / "_build", run.stderr


@pytest.fixture(scope="session")
def build() -> Build:
    return sphinx_build
