"""在 JupyterLab 里图连着内核：手一动，Python 那边的变量跟着变。"""

import re
import shutil
import sys
from contextlib import contextmanager
from functools import partial

import nbformat
import pytest
from nbformat import v4
from playwright.sync_api import expect

from dlbasics.live import DampingMap
from dlbasics.live.base import NOTE
from dlbasics.live.modules import HERE
from tests.conftest import drag
from tests.jupyterlab import opened, served

ROOT = HERE.parents[1]
CELLS = [
    "from dlbasics.live import DampingMap, MomentumRace\nphases = DampingMap(mu=0.5)\nphases",
    "race = MomentumRace(mu=0.5)\nrace",
    "from dlbasics.live import Connections, DescentStep, ReceptiveField, ShiftedImage\n"
    "from ipywidgets import VBox\n"
    "moved, stack, wires = ShiftedImage(dx=1), ReceptiveField(), Connections()\n"
    "descent = DescentStep(start=1.0)\n"
    "VBox([moved, stack, wires, descent])",
    "print(moved.dx, stack.neuron, stack.layers, wires.output, descent.start)",
    "from dlbasics.live import Convolution, OutputSize, Volume\n"
    "steps, cube, sizes = Convolution(), Volume(yaw=0), OutputSize()\n"
    "VBox([steps, cube, sizes])",
    "print(steps.kernel[1], steps.row, cube.yaw, sizes.kernel)",
    "print(f'mu={phases.mu:.2f} al={phases.al:.3f} race={race.mu:.2f} x={race.start[0]:.3f}')",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """一台 JupyterLab；给出它的文件夹与网址。"""
    home, work = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("work")
    # 可编辑的安装不带扩展，照 make lab 的写法取
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    folder = re.search(r"--LabApp.extra_labextensions_path=(\S+)\n", makefile)[1]
    extensions = {"LabApp.extra_labextensions_path": ROOT / folder}
    with served(sys.executable, work, home, **extensions) as address:
        yield work, address


@contextmanager
def notebook(browser, lab, name, sources, outputs=()):
    """在 JupyterLab 里打开一本新写的笔记本；给出页面、各个单元，与运行第 k 个单元的办法。

    ``outputs`` 是第一个单元存下的输出。
    """
    folder, address = lab
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [v4.new_code_cell(text) for text in sources]
    cells[0].outputs = [*outputs]
    book = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(book, folder / f"{name}.ipynb")
    with opened(browser, address, f"{name}.ipynb") as page:
        cells = page.locator(".jp-Notebook .jp-CodeCell")
        yield page, cells, partial(run_cell, page, cells)


def run_cell(page, cells, k):
    """运行第 k 个单元；页面还没就绪时按键会落空，那就再按一次。"""
    prompt = cells.nth(k).locator(".jp-InputPrompt")
    for _ in range(10):
        cells.nth(k).locator(".jp-InputArea-editor").click()
        page.keyboard.press("Shift+Enter")
        try:
            expect(prompt).not_to_have_text("[ ]:", timeout=8_000)
            return
        except AssertionError:
            continue


def test_keyboard_and_mouse_reach_the_kernel(browser, lab):
    with notebook(browser, lab, "live", CELLS) as session:
        printed = operate(*session)
    mu, al, race, x0 = map(float, re.findall(r"=(-?[\d.]+)", printed))
    assert mu == 0.51
    assert al == pytest.approx((0.1**0.5 + 0.1) ** 2, abs=0.001)
    assert race == 0.49
    assert x0 > -1.7


def operate(page, cells, run):
    """逐个单元运行，用键盘与鼠标动每一幅图；返回内核最后说的话。"""
    run(0)
    handle = cells.nth(0).get_by_role("slider", name="αλ 与 μ")
    handle.wait_for(timeout=60_000)
    handle.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    run(1)
    start = cells.nth(1).get_by_role("slider", name="动量法的起点")
    start.wait_for(timeout=60_000)
    slider = cells.nth(1).get_by_role("slider", name="动量系数 μ")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    start.scroll_into_view_if_needed()
    drag(page, start, 40, 10)
    run(2)
    picture = cells.nth(2).get_by_role("slider", name="图像的位置")
    picture.wait_for(timeout=60_000)
    for name in ("图像的位置", "顶层的神经元", "曲线上的点"):
        cells.nth(2).get_by_role("slider", name=name).focus()
        page.keyboard.press("ArrowRight")
    cells.nth(2).get_by_role("button", name="LeNet-5").click()
    cells.nth(2).get_by_role("radio", checked=True).focus()
    page.keyboard.press("ArrowRight")
    run(3)
    layers = "[[5, 1], [2, 2, 'pool'], [5, 1], [2, 2, 'pool'], [5, 1]]"
    cells.nth(3).get_by_text(f"2 3 {layers} 4 1.06").wait_for(timeout=30_000)
    run(4)
    weight = cells.nth(4).get_by_role("spinbutton").nth(4)
    weight.wait_for(timeout=60_000)
    weight.click()
    page.keyboard.type("-2.5")
    for name in ("输出上的方框", "输出 5×6×6，转动", "核的宽 K"):
        cells.nth(4).get_by_role("slider", name=name).focus()
        page.keyboard.press("ArrowRight" if "转动" in name else "ArrowDown")
    run(5)
    cells.nth(5).get_by_text("[-1.0, -2.5, 1.0] 2 5.0 2").wait_for(timeout=30_000)
    run(6)
    printed = cells.nth(6).locator(".jp-OutputArea-output").get_by_text("mu=")
    printed.wait_for(timeout=30_000)
    return printed.inner_text()


SHUT_DOWN = """async () => {
  const { commands, serviceManager } = window.jupyterapp;
  await commands.execute("docmanager:save");
  await serviceManager.sessions.shutdownAll();
}"""


def test_the_stored_picture_stands_in_for_a_figure_that_is_not_running(browser, lab):
    """还没有运行、存盘后重新打开：都是静态图与那句话；运行了才是能操作的图。"""
    data, metadata = DampingMap(mu=0.5)._repr_mimebundle_()
    data = {kind: what for kind, what in data.items() if "widget" not in kind}
    stored = v4.new_output("display_data", data, metadata=metadata)
    with notebook(browser, lab, "stored", CELLS[:1], [stored]) as (page, cells, run):
        output = cells.nth(0).locator(".jp-OutputArea-output")
        picture = output.get_by_role("img", name=data["text/plain"], exact=True)
        handle = output.get_by_role("slider", name="αλ 与 μ")

        def only_the_picture_is_shown():
            picture.wait_for(timeout=60_000)
            picture.evaluate("image => image.decode()")
            box, size = picture.bounding_box(), metadata["image/png"]
            ratio = size["width"] / size["height"]
            assert box["width"] / box["height"] == pytest.approx(ratio, rel=0.01)
            assert 500 < box["width"] <= output.bounding_box()["width"]
            expect(output).to_have_text(NOTE)
            expect(handle).to_have_count(0)

        only_the_picture_is_shown()
        run(0)
        handle.wait_for(timeout=60_000)
        expect(picture).to_have_count(0)
        page.evaluate(SHUT_DOWN)
        page.reload()
        only_the_picture_is_shown()


DEVELOPING = """\
import os, sys
os.environ["ANYWIDGET_HMR"] = "1"
sys.path.insert(0, {folder!r})
from dlbasics.live import DampingMap
phases = DampingMap(mu=0.5)
phases"""


def test_a_saved_file_changes_the_open_figure_without_the_kernel(browser, lab, tmp_path):
    """开发模式：改一份拷贝里的 JS 与 CSS，图跟着变，内核里的状态还在。"""
    package = tmp_path / "dlbasics"
    shutil.copytree(HERE.parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    sources = [DEVELOPING.format(folder=str(tmp_path))]
    sources.append("import dlbasics\nprint(dlbasics.__file__, f'mu={phases.mu:.2f}')")
    with notebook(browser, lab, "developing", sources) as (page, cells, run):
        run(0)
        point = cells.nth(0).get_by_role("slider", name="αλ 与 μ")
        point.wait_for(timeout=60_000)
        point.focus()
        page.keyboard.press("ArrowUp")
        figure = package / "live" / "damping_map" / "figure.js"
        script = figure.read_text(encoding="utf-8")
        assert "动量系数 μ" in script
        figure.write_text(script.replace("动量系数 μ", "刚改的名字"), encoding="utf-8")
        renamed = cells.nth(0).get_by_role("slider", name="刚改的名字")
        renamed.wait_for(timeout=30_000)
        assert float(renamed.input_value()) == pytest.approx(0.51)
        with (package / "live" / "live.css").open("a", encoding="utf-8") as sheet:
            sheet.write(".live-slider { opacity: 0.25; }\n")
        row = cells.nth(0).locator(".live-slider").last
        expect(row).to_have_css("opacity", "0.25", timeout=30_000)
        renamed.focus()
        page.keyboard.press("ArrowRight")
        run(1)
        cells.nth(1).get_by_text(f"{package / '__init__.py'} mu=0.52").wait_for(timeout=30_000)
