"""模块：接成一份，小而不依赖别的文件。"""

import pytest

from dlbasics.live.modules import HERE, bundle, order, source
from tests.live.conftest import EVERY

FIGURES = [figure.module for figure in EVERY]
DRAWING = {file.stem for file in (HERE / "drawing").glob("*.js")}


@pytest.mark.parametrize("name", FIGURES)
def test_needed_modules_come_first_and_once(name):
    names = order(name)
    assert names[-1] == name
    assert len(names) == len(set(names))
    assert names.index("kit") < names.index("controls") < names.index(name)


@pytest.mark.parametrize("name", FIGURES)
def test_a_bundle_needs_no_other_file(name):
    text = bundle(name)
    assert "import " not in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text


def test_every_module_is_used_and_short():
    used = {"shim"}.union(*(order(name) for name in FIGURES))
    files = list(HERE.rglob("*.js"))
    assert {file.stem for file in files} == used
    assert all(len(file.read_text(encoding="utf-8").splitlines()) < 300 for file in files)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_small(name):
    own = [one for one in order(name) if one not in DRAWING]
    assert sum(len(source(one).encode()) for one in own) <= 25_000
