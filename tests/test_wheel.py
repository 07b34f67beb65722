"""轮子里东西齐不齐：在看不见源码的地方装上，每个子包都用一用。"""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from jupyterlab_server.config import get_federated_extensions

from in_browser import package_wheel

ROOT = Path(__file__).parents[1]
USE = """
import pkgutil, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import dlbasics
home = Path(dlbasics.__file__).parent
assert home.is_relative_to(sys.argv[1]), home
for module in pkgutil.walk_packages(dlbasics.__path__, "dlbasics."):
    __import__(module.name)

import numpy as np
from dlbasics.convolution import conv2d
from dlbasics.datasets import digits
from dlbasics.exercises import check
from dlbasics.figures import style, use_style
from dlbasics.live import MomentumRace
from dlbasics.live.page import FIGURES, script

conv2d(digits()[0][:2], np.ones((1, 1, 3, 3)))
check("parameter_sharing/count_weights", lambda *sizes: 0)
use_style()
assert style.REGULAR.is_relative_to(home) and style.REGULAR.stat().st_size > 10**6
data, _ = MomentumRace()._repr_mimebundle_()
assert "text/html" in data and "image/png" in data
assert MomentumRace._css and "mountAll" in script(FIGURES)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """网站带着的那个安装包装好的文件夹。"""
    site, wheels = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("wheels")
    pip = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "-q"]
    quiet = ["--no-deps", "--no-index", "--no-cache-dir", "--no-compile"]
    run([*pip, "install", *quiet, "--target", site, package_wheel.build(wheels)])
    return site


def run(command):
    done = subprocess.run(
        [*map(str, command)], cwd=Path(command[-1]).parent, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr


def files(folder):
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_package_and_nothing_else(installed):
    for folder in ("dlbasics", "share"):
        assert files(installed / folder) == files(ROOT / folder)
    others = {path.name for path in installed.iterdir()} - {"dlbasics", "share", "bin", "Scripts"}
    assert all(name.endswith(".dist-info") for name in others)


def test_jupyterlab_finds_the_extension(installed):
    found = get_federated_extensions([str(installed / "share/jupyter/labextensions")])
    extension = found["dlbasics"]
    assert extension["version"] == version("dlbasics")
    entry = extension["jupyterlab"]["_build"]["load"]
    assert (Path(extension["ext_path"]) / entry).is_file()


def test_there_is_a_command(installed):
    scripts = [*installed.glob("bin/dlbasics"), *installed.glob("[Ss]cripts/dlbasics.exe")]
    assert len(scripts) == 1


def test_every_subpackage_works_without_the_sources(installed, tmp_path):
    script = tmp_path / "use.py"
    script.write_text(USE, encoding="utf-8")
    run([sys.executable, "-I", "-W", "error", "-X", "utf8", script, installed])
