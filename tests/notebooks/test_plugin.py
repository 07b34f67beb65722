"""规矩真的管用：用真正的插件和配置，在另一个进程里测试诚实的和动过手脚的笔记本。"""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

from tests.notebooks.environment import ROOT
from tests.notebooks.rules import RULES
from tests.notebooks.samples import ALT, FIGURE, build, figure, write
from tools.record import record

HONEST = {
    "number": "print(round(1 - 0.9**37, 4))",
    "value": "[0.9**n > 0.5 for n in range(4)]",
    "html": "from IPython.display import HTML\nHTML('<b>终端速度</b>')",
    "widget": "import ipywidgets\nipywidgets.IntSlider(3)",
    "picture": figure(),
    "text_and_picture": "print('图 1')\n" + figure(),
    "silent": "x = 1",
    "pid": "import os\nfrom pathlib import Path\n_ = Path('pid').write_text(str(os.getpid()))",
}
FORGED = {
    "changed_number": (HONEST["number"], "print(0.9798)", "0.9798"),
    "removed_text": (HONEST["number"], "x = 1", "stdout"),
    "added_text": ("x = 1", HONEST["number"], "stdout"),
    "changed_html": (HONEST["html"], HONEST["html"].replace("终端", "初始"), "初始"),
    "other_kind": ("1 + 1", "print(2)", "text/plain"),
    "emptied_figure": (figure(), figure(empty=True), "RMS"),
    "moved_curve": (figure(), figure(shift=0.02), "RMS"),
    "changed_label": (figure(), figure(label="0.96"), "RMS"),
    "resized_figure": (figure(), figure(width=3.5), "大小不同"),
    "removed_picture": (figure(), "x = 1", "text/plain"),
    "added_picture": ("x = 1", figure(), "text/plain"),
    "picture_without_png": (
        figure(),
        "from IPython.display import display\ndisplay({'text/plain': "
        "'<Figure size 300x200 with 1 Axes>'}, raw=True)",
        "display_data image/png text/plain",
    ),
    "swapped_order": (
        "print('图 1')\n" + figure(),
        figure() + "\nprint('图 1')",
        "次序不同",
    ),
    "random": ("import random\nprint(random.random())",) * 2 + ("stdout",),
    "address": ("print(object())",) * 2 + ("object at",),
}
WILD = {
    "no_missing_glyphs": "import matplotlib.pyplot as plt\nplt.title('动量')\nplt.show()",
    "no_stderr": "import sys\nprint('注意', file=sys.stderr)",
    "no_machine_paths": "print('/home/' + 'me')",
    "no_addresses": "print(hex(2**40))",
    "no_timings": "from tqdm.auto import tqdm\nfor _ in tqdm(range(3)):\n    pass",
    "known_mime_types": "from IPython.display import SVG\nSVG('<svg></svg>')",
}


def run_pytest(folder: Path, *arguments: str) -> dict[str, dict[str, str | None]]:
    """在 ``folder`` 里运行书的 pytest 配置，返回 {笔记本: {项目: 失败信息，通过为 None}}。"""
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml")]
    command += [f"--rootdir={folder}", "--junitxml=report.xml", *arguments]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    run = subprocess.run(
        command,
        cwd=folder,
        env=environment | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    report = folder / "report.xml"
    assert report.exists(), run.stdout + run.stderr
    results: dict[str, dict[str, str | None]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        failure = next((bad.text for tag in ("failure", "error") for bad in case.iter(tag)), None)
        results.setdefault(case.get("classname", ""), {})[case.get("name", "")] = failure
    assert (run.returncode == 0) == (not any(any(r.values()) for r in results.values()))
    return results


def store(path: Path, sources: list[str]) -> None:
    record(write(path, build(sources, mystnb={"image": {"alt": ALT}, "figure": FIGURE})))


def forge(path: Path, sources: list[str]) -> None:
    """保留存下的输出，换掉产生它们的代码。"""
    notebook = nbformat.read(path, as_version=4)
    for cell, source in zip(notebook.cells, sources, strict=True):
        cell.source = source
    write(path, notebook)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """四本笔记本：诚实的、伪造的（存的是别的代码的输出）、放肆的、剥光输出的。"""
    folder = tmp_path_factory.mktemp("notebooks")
    store(folder / "honest.ipynb", list(HONEST.values()))
    store(folder / "forged.ipynb", [printed for _, printed, _ in FORGED.values()])
    store(folder / "wild.ipynb", list(WILD.values()))
    forge(folder / "forged.ipynb", [shown for shown, _, _ in FORGED.values()])
    stripped = build(["1 + 1", "print(2)"])
    for cell in stripped.cells:
        cell.execution_count = None
    write(folder / "stripped.ipynb", stripped)
    return folder


@pytest.fixture(scope="module")
def results(folder):
    return run_pytest(folder, "-n", "2", ".")


def test_the_book_is_tested_by_default(pytestconfig):
    assert pytestconfig.pluginmanager.hasplugin("tests.notebooks.plugin")
    assert "book" in pytestconfig.getini("testpaths")


def test_an_honest_notebook_passes(results):
    expected = [rule.__name__ for rule in RULES] + [f"Cell {n + 1}" for n in range(len(HONEST))]
    assert results["honest.ipynb"] == dict.fromkeys(expected)


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_output_fails(results, forgery):
    number = list(FORGED).index(forgery) + 1
    assert FORGED[forgery][2] in results["forged.ipynb"][f"Cell {number}"]


def test_a_changed_figure_can_be_looked_at(folder, results):
    saved = folder / "_build/pictures/forged-ipynb-Cell-7"
    assert {file.name for file in saved.iterdir()} == {"stored.png", "fresh.png", "difference.png"}
    assert str(saved) in results["forged.ipynb"]["Cell 7"]


@pytest.mark.parametrize("rule", WILD)
def test_what_nbval_lets_through_breaks_a_rule(results, rule):
    number = list(WILD).index(rule) + 1
    assert f"单元 {number}：" in results["wild.ipynb"][rule]


def test_a_stripped_notebook_fails(results):
    assert results["stripped.ipynb"]["executed_in_order"]


@pytest.mark.skipif(os.name == "nt", reason="Windows 不能用信号 0 问进程还在不在")
def test_kernels_end_with_their_notebook(folder, results):
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), 0)


def test_one_rule_can_be_asked_without_a_kernel(folder):
    (folder / "pid").unlink()
    assert run_pytest(folder, "honest.ipynb::no_stderr") == {"honest.ipynb": {"no_stderr": None}}
    assert not (folder / "pid").exists()
