"""没有网络的教室：``make wheelhouse`` 备好的文件夹，不连网就能装出运行得了各章的环境。"""

import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.notebooks.environment import notebook_environment
from tests.test_binder import run

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "book/appendix/setup.md").read_text(encoding="utf-8")
INSTALL = re.compile(
    r"^course/bin/(pip install --no-index --find-links wheelhouse .+)$", re.MULTILINE
)
USE = """
import nbformat, sys
from nbclient import NotebookClient
NotebookClient(nbformat.read(sys.argv[1], 4), timeout=300).execute()
"""


def test_windows_installs_the_same():
    assert f"course\\Scripts\\{INSTALL.search(PAGE)[1]}\n" in PAGE


@pytest.mark.from_scratch
def test_a_chapter_runs_where_nothing_was_downloaded(tmp_path):
    """在空的环境里照书上的命令装；pip 说明了不许连网。"""
    run(["make", "wheelhouse"], ROOT)
    shutil.copytree(ROOT / "_build/wheelhouse", tmp_path / "wheelhouse")
    run([sys.executable, "-m", "venv", "course"], tmp_path)
    command = INSTALL.search(PAGE)[0].replace('"', "").split()
    run(command, tmp_path, PIP_CONFIG_FILE="/dev/null", PIP_NO_INDEX="1")
    assert "No broken requirements" in run(["course/bin/pip", "check"], tmp_path)
    chapter = ROOT / "book/convolution/local_connectivity.ipynb"
    own = notebook_environment() | {"HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path / "ipython")}
    run(["course/bin/python", "-c", USE, chapter], tmp_path, **own)
