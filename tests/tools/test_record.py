import json

import pytest
from click.testing import CliRunner

from tests.notebooks.rules import RULES, Notebook
from tests.notebooks.samples import ALT, FIGURE, build, figure, write
from tools.record import find_notebooks, main, record

SOURCES = [
    "import sys\nprint('甲', end='', flush=True)\nsys.stdout.flush()\nprint('乙')\n1 + 1",
    figure(),
    "import ipywidgets\nipywidgets.IntSlider(3, description='步数')",
    "from tqdm import tqdm\nsum(tqdm(range(100)))",
    "print({hash(word) for word in ['梯度', '动量']})",
]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """一本写过两次的笔记本：第一次的全文、第二次的全文、第二次是否改动了文件。"""
    path = tmp_path_factory.mktemp("recorded") / "sample.ipynb"
    write(path, build(SOURCES, mystnb={"image": {"alt": ALT}, "figure": FIGURE}))
    assert record(path)
    first = path.read_bytes()
    changed = record(path)
    return first, path.read_bytes(), changed


def test_recording_twice_gives_the_same_bytes(recorded):
    first, second, changed = recorded
    assert first == second
    assert not changed


def test_a_recorded_notebook_keeps_every_rule(recorded):
    notebook = Notebook(recorded[0].decode())
    assert {rule.__name__: list(rule(notebook)) for rule in RULES} == {
        r.__name__: [] for r in RULES
    }


def test_outputs_are_complete_and_readable(recorded):
    text = recorded[0].decode()
    printed, picture, widget, progress, _ = (c["outputs"] for c in json.loads(text)["cells"])
    assert "甲乙" in text
    assert [o["output_type"] for o in printed] == ["stream", "execute_result"]
    assert {*picture[0]["data"]} == {"image/png", "text/plain"}
    assert {*widget[0]["data"]} == {"text/plain"}
    assert [o["data"]["text/plain"] for o in progress] == [["4950"]]


def test_a_failing_notebook_is_left_as_it_was(tmp_path):
    path = write(tmp_path / "broken.ipynb", build(["x = 0", "print(1 / x)"]))
    before = path.read_bytes()
    result = CliRunner().invoke(main, [str(path)])
    assert result.exit_code == 1
    assert path.read_bytes() == before
    assert "第 2 个代码单元" in result.output
    assert "ZeroDivisionError" in result.output
    assert "失败 1 本" in result.output
    assert list(tmp_path.iterdir()) == [path]


def test_a_wrong_path_is_named(tmp_path):
    result = CliRunner().invoke(main, [str(tmp_path / "missing.ipynb")])
    assert result.exit_code == 1
    assert "missing.ipynb" in result.output


def test_hidden_folders_are_not_searched(tmp_path):
    for name in ("b.ipynb", "a/c.ipynb", ".ipynb_checkpoints/b-checkpoint.ipynb", "a/notes.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = find_notebooks([tmp_path, tmp_path / "b.ipynb"])
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["a/c.ipynb", "b.ipynb"]
