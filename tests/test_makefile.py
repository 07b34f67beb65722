"""Makefile：换一个 Python 就重新装；同一个文件夹里的两个 make 不会同时装、同时建。"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from jupyterlab.labapp import LabApp

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(
    not shutil.which("make") or not shutil.which("flock"), reason="没有 make 或 flock"
)
# 冒充 Python：报出 $FAKE_VERSION，造出来的环境里的 python 记住这个版本，jupyter-book 只记下起止
FAKE_PYTHON = r"""#!/bin/sh
case "$1 $2" in
  *exit*) ;;
  -c*) echo "$FAKE_VERSION" ;;
  "-m venv")
    echo "install $FAKE_VERSION" >> log
    sleep 0.5
    for folder; do :; done
    mkdir -p "$folder/bin"
    printf '#!/bin/sh\ncase "$1" in -c) echo "%s" ;; esac\n' "$FAKE_VERSION" > "$folder/bin/python"
    printf '#!/bin/sh\necho begin >> log; sleep 0.5; echo end >> log\n' > "$folder/bin/jupyter-book"
    chmod +x "$folder"/bin/* ;;
esac
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy2(ROOT / name, tmp_path)
    python = tmp_path / "fake-python"
    python.write_text(FAKE_PYTHON, encoding="utf-8")
    python.chmod(0o755)
    return tmp_path


def start(folder, version, *arguments):
    names = {"PYTHON", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    settings = {name: value for name, value in os.environ.items() if name not in names}
    return subprocess.Popen(
        ["make", "site", *arguments],
        cwd=folder,
        env={**settings, "FAKE_VERSION": version},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def log_of(folder, *processes):
    """几个 make 都做完之后，依次做过什么；记录清空。"""
    for process in processes:
        said, _ = process.communicate()
        assert process.returncode == 0, said
    log = folder / "log"
    lines = log.read_text(encoding="utf-8").splitlines()
    log.unlink()
    return lines


def test_two_makes_install_once_and_build_in_turn(folder):
    chosen = "PYTHON=./fake-python"
    both = [start(folder, "3 12", chosen) for _ in range(2)]
    assert log_of(folder, *both) == ["install 3 12", "begin", "end", "begin", "end"]


def test_another_python_makes_a_new_environment(folder):
    chosen = "PYTHON=./fake-python"
    log_of(folder, start(folder, "3 12", chosen))
    assert log_of(folder, start(folder, "3 12", chosen)) == ["begin", "end"]
    assert log_of(folder, start(folder, "3 13", chosen)) == ["install 3 13", "begin", "end"]
    assert log_of(folder, start(folder, "3 12")) == ["begin", "end"]  # 没有写明，就用现成的


def test_jupyterlab_opens_without_asking_about_its_news():
    """第一次打开，它本来用英文问要不要 Jupyter 的新闻，并去网上取。"""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (options,) = re.findall(r"/jupyter lab book (.+)", makefile)
    app = LabApp()
    app.parse_command_line(options.split())
    assert app.news_url is None
