"""模块：接成一份，小而不依赖别的文件。"""

from pathlib import PurePosixPath

import pytest

from dlbasics.live.modules import (
    HERE,
    IMPORT,
    body,
    bundle,
    every_style,
    figure_modules,
    imports,
    source,
    style,
)
from dlbasics.live.page import mounting
from tests.live.conftest import EVERY

FIGURES = [figure.module for figure in EVERY]
FILES = sorted(file.relative_to(HERE).as_posix() for file in HERE.rglob("*.js"))


@pytest.mark.parametrize("name", FIGURES)
def test_needed_modules_come_first_and_once(name):
    paths = figure_modules(name)
    assert paths[-1] == f"{name}/figure.js"
    assert len(paths) == len(set(paths))
    for path in paths:
        for needed, _ in imports(path):
            assert paths.index(needed) < paths.index(path)


@pytest.mark.parametrize("name", FIGURES)
def test_a_bundle_needs_no_other_file(name):
    text = bundle(name)
    assert "import " not in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text


def test_only_what_is_used_is_taken():
    assert "drawing/contour.js" in figure_modules("momentum_race")
    assert "drawing/contour.js" not in figure_modules("connections")
    taken = dict(imports("volume/view.js"))
    assert taken["drawing/plot.js"] == {"frame"}
    assert taken["drawing/pixels.js"] == {"pixelGrid"}


def test_an_unknown_name_is_told(tmp_path, monkeypatch):
    (tmp_path / "a.js").write_text('import { round, square } from "./b.js";\n', encoding="utf-8")
    (tmp_path / "b.js").write_text("export const round = 1;\n", encoding="utf-8")
    monkeypatch.setattr("dlbasics.live.modules.HERE", tmp_path)
    with pytest.raises(ImportError, match=r"a.js 引用的 \['square'\]，b.js 没有导出"):
        imports("a.js")


def test_what_several_figures_share_is_written_once_a_page():
    together = mounting(["momentum_race", "damping_map"])
    assert together.count('"drawing/kit.js": "') == together.count('"damping_map/view.js": "') == 1
    assert '"volume/figure.js"' not in together


def test_every_module_is_used_and_short():
    used = {"shim.js", "drawing/index.js"}.union(*map(figure_modules, FIGURES))
    assert set(FILES) == used
    assert all(len(source(path).splitlines()) < 300 for path in FILES)


def test_each_module_says_what_it_needs_in_one_place():
    for path in FILES:
        targets = [target for _, target in IMPORT.findall(source(path))]
        assert len(targets) == len(set(targets)), path
        if not path.startswith("drawing/"):
            drawing = [one for one in targets if "/drawing/" in one]
            assert drawing in ([], ["../drawing/index.js"]), path


def test_shared_arithmetic_bears_the_name_of_a_python_module():
    modules = [*HERE.parent.rglob("*.py")]
    names = {path.stem for path in modules} | {path.parent.name for path in modules}
    for path in (PurePosixPath(one) for one in FILES if one.startswith("arithmetic/")):
        assert path.stem in names, path


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_small(name):
    own = [one for one in figure_modules(name) if not one.startswith("drawing/")]
    assert sum(len(body(one).encode()) for one in own) <= 25_000


def test_a_page_gets_only_the_styles_of_its_figures():
    own = style("momentum_race").splitlines()
    assert set(source("momentum_race/figure.css").split()) <= set(" ".join(own).split())
    assert len(style("momentum_race")) < len(every_style()) / 2
    assert every_style().count(".live-output {\n") == style("volume").count(".live-output {\n")


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_a_place_kept_for_it(name):
    """网页里醒来之前先占住的高度。"""
    assert f'.live-figure[data-live="{name}"] {{' in style(name)
