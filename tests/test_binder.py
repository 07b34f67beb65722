"""Binder：读者一按就得到的那个环境，从零做一遍，每一章在它的 JupyterLab 里运行一遍。

照的是 repo2docker 自己写出的步骤，用它要的那一版 Python，在仓库的一份拷贝里。要下载约 300 MB，
所以只在 ``make binder`` 时跑；平时只看几个文件写得对不对。
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.specifiers import SpecifierSet

from tests.jupyterlab import READY, opened, served
from tests.live.test_jupyterlab import CELLS, notebook, operate
from tests.notebooks.environment import notebook_environment
from tests.notebooks.form import canonical
from tests.notebooks.outputs import changes

ROOT = Path(__file__).parents[1]
BINDER = ROOT / ".binder"
CHAPTERS = [
    f"{page['file']}.ipynb"
    for part in yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    if part["caption"] in {"卷积", "下降", "实践"}
    for page in part["chapters"]
]
REPO2DOCKER = "jupyter-repo2docker==2026.4.0"
RUN_ALL = """async () => {
  const { commands } = window.jupyterapp;
  const done = await commands.execute("notebook:run-all-cells");
  await commands.execute("docmanager:save");
  return done;
}"""

from_scratch = pytest.mark.from_scratch


def version() -> str:
    """``runtime.txt`` 要的 Python，如 ``3.12``。"""
    return re.fullmatch(r"python-(3\.\d+)\n", (BINDER / "runtime.txt").read_text())[1]


def run(command: list[str | Path], folder: Path, **settings: str) -> str:
    """在 ``folder`` 里运行，返回它说的话；失败就把话都说出来。"""
    done = subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


def test_python_is_one_the_package_allows_and_the_lock_was_made_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert version() in SpecifierSet(project["requires-python"])
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", "")
    made = re.search(r"--python-version (\S+) .*-o \.binder/requirements\.txt", makefile)
    assert made[1] == version()


def test_post_build_is_a_script_that_installs_this_package():
    script = BINDER / "postBuild"
    assert os.access(script, os.X_OK) or sys.platform == "win32"
    assert script.read_bytes().splitlines() == [
        b"#!/bin/bash",
        b"python -m pip install --no-deps .",
    ]


def test_nothing_else_is_in_the_folder():
    """别的文件名，repo2docker 会当作别的安装方法。"""
    assert {path.name for path in BINDER.iterdir()} == {
        "postBuild",
        "requirements.txt",
        "runtime.txt",
    }


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """仓库的一份拷贝：git 认得的文件，连还没有提交的改动；各章去掉存下的输出。"""
    folder = tmp_path_factory.mktemp("binder") / "course"
    listed = run(["git", "ls-files", "-z", "-co", "--exclude-standard"], ROOT).split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for name in CHAPTERS:
        chapter = nbformat.read(folder / name, as_version=4)
        for cell in chapter.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(chapter, folder / name)
    return folder


@pytest.fixture(scope="module")
def plan(copy, tmp_path_factory):
    """repo2docker 为这个仓库写的 Dockerfile 的各行，在它自己的环境里写。"""
    tools = tmp_path_factory.mktemp("repo2docker")
    run([sys.executable, "-m", "venv", tools], tools)
    pip = [tools / "bin" / "python", "-m", "pip", "install", "-q"]
    run([*pip, REPO2DOCKER], tools, PIP_DISABLE_PIP_VERSION_CHECK="1")
    ask = [tools / "bin" / "jupyter-repo2docker", "--no-build", "--debug", copy]
    return run(ask, tools).splitlines()


def python_like_binder() -> str:
    """那一版的 Python；这台机器上没有，就是当前这一个。"""
    for name in (f"python{version()}", sys.executable):
        ask = [name, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        if shutil.which(name) and subprocess.run(ask, capture_output=True).returncode == 0:
            return name
    raise AssertionError("当前的 Python 不能运行")


@pytest.fixture(scope="module")
def python(copy, plan, tmp_path_factory):
    """照 Dockerfile 里提到 ``.binder`` 的各步装好的环境的 Python。"""
    prefix = tmp_path_factory.mktemp("environment")
    run([python_like_binder(), "-m", "venv", prefix], prefix)
    steps = [line.removeprefix("RUN ") for line in plan if re.match(r"RUN .*\.binder/", line)]
    assert len(steps) == 3, steps
    for step in steps:
        path = f"{prefix / 'bin'}{os.pathsep}{os.environ['PATH']}"
        settings = {"KERNEL_PYTHON_PREFIX": str(prefix), "PATH": path}
        run(["bash", "-c", step], copy, PIP_DISABLE_PIP_VERSION_CHECK="1", **settings)
    return prefix / "bin" / "python"


@pytest.fixture(scope="module")
def lab(copy, python, tmp_path_factory):
    """那个环境的 JupyterLab：根文件夹与网址。算术与测试笔记本时相同，输出才比得了。"""
    home = tmp_path_factory.mktemp("home")
    fixed = notebook_environment() | {"HOME": str(home), "MPLCONFIGDIR": str(home)}
    del fixed["MATPLOTLIBRC"]
    subprocess.run([python, "-c", "import matplotlib.font_manager"], env=fixed, check=True)
    with served(python, copy, home, fixed) as address:
        yield copy, address


@from_scratch
def test_repo2docker_uses_the_python_we_name(plan):
    assert f"Building conda environment for python={version()}" in plan


@from_scratch
def test_the_environment_was_made_with_that_python(python):
    asked = run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], ROOT).strip()
    if asked != version():
        pytest.skip(f"这台机器上没有能运行的 python{version()}，下面用的是 {asked}")


@from_scratch
def test_the_package_is_installed_not_borrowed(copy, python):
    """装进了环境，不是从当前文件夹里捡来的；依赖互相不冲突。"""
    ask = "import dlbasics, sys; print(dlbasics.__file__.startswith(sys.prefix))"
    assert run([python, "-c", ask], copy.parent).strip() == "True"
    assert "No broken requirements" in run([python, "-m", "pip", "check"], copy.parent)


@from_scratch
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", CHAPTERS)
def test_the_chapter_runs_in_jupyterlab_and_says_the_same(browser, lab, name):
    folder, address = lab
    with opened(browser, address, name) as page:
        assert page.evaluate(RUN_ALL)
        figures = page.locator(".live-readout")
        if "dlbasics.live" in (ROOT / name).read_text(encoding="utf-8"):
            figures.first.wait_for(timeout=READY)
    stored, fresh = (
        canonical(nbformat.read(place / name, as_version=4)) for place in (ROOT, folder)
    )
    assert changes(stored, fresh) == {}


@from_scratch
def test_live_figures_answer_from_python(browser, lab):
    with notebook(browser, lab, "live", CELLS) as session:
        assert "race=0.49" in operate(*session)
