"""开发模式：开关打开时，存盘就换上新的模块；平时不动。"""

import shutil
import threading
import weakref

import pytest

from dlbasics.live import DampingMap, development, modules
from dlbasics.live.modules import HERE


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """源文件的一份拷贝，图都从这里读；不开线程，由测试自己叫 ``refresh``。"""
    folder = tmp_path / "live"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    monkeypatch.setattr(modules, "HERE", folder)
    monkeypatch.setattr(development, "_open", weakref.WeakSet())
    taken = threading.Lock()
    taken.acquire()
    monkeypatch.setattr(development, "_watching", taken)
    return folder


def edit(file):
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("阻尼相图", "刚改的名字"), encoding="utf-8")


@pytest.mark.parametrize(("switch", "changes"), [("1", True), ("0", False), (None, False)])
def test_an_open_figure_follows_its_files_only_when_asked(copy, monkeypatch, switch, changes):
    monkeypatch.delenv("ANYWIDGET_HMR", raising=False)
    if switch is not None:
        monkeypatch.setenv("ANYWIDGET_HMR", switch)
    figure = DampingMap()
    edit(copy / "damping_map" / "view.js")
    development.refresh()
    assert ("刚改的名字" in figure._esm) == changes


def test_a_file_that_is_half_written_is_left_for_the_next_time(copy, monkeypatch):
    monkeypatch.setenv("ANYWIDGET_HMR", "1")
    figure = DampingMap()
    before, file = figure._esm, copy / "damping_map" / "view.js"
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole.replace("decayChart(", "halfWritten("), encoding="utf-8")
    development.refresh()
    assert figure._esm == before
    file.write_text(whole, encoding="utf-8")
    edit(file)
    development.refresh()
    assert "刚改的名字" in figure._esm
