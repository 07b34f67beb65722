"""运行一章要的文件：照片与 scikit-image 给出的一样，没有写明授权的不带，许可都在。"""

import importlib.util
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from dlbasics.datasets import PHOTOGRAPHS
from in_browser import chapter_files, practice_page, vendoring


@pytest.fixture(scope="module")
def archive():
    with zipfile.ZipFile(BytesIO(chapter_files.package())) as archive:
        yield archive


@pytest.fixture(scope="module")
def unpacked(archive, tmp_path_factory):
    folder = tmp_path_factory.mktemp("chapters")
    archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def stand_in(unpacked):
    """网页里的 ``skimage.data``。"""
    path = unpacked / "skimage" / "data" / "__init__.py"
    spec = importlib.util.spec_from_file_location("skimage_in_the_page", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_photographs_are_the_same(stand_in):
    for name in chapter_files.PHOTOGRAPHS:
        np.testing.assert_array_equal(getattr(stand_in, name)(), getattr(data, name)())


def test_only_what_may_be_shown_is_carried(stand_in):
    carried = {*chapter_files.PHOTOGRAPHS, *(n.split(".")[0] for n in chapter_files.LANDSCAPES)}
    assert carried == {name for name, credit in PHOTOGRAPHS.items() if "未注明" not in credit}
    for name in ("moon", "lfw_subset", "stereo_motorcycle"):
        with pytest.raises(ImportError, match=f"网页里没有 {name}：它没有写明授权"):
            getattr(stand_in, name)


def test_figures_come_with_their_font(archive):
    names = [Path(name) for name in archive.namelist()]
    fonts = {path.suffix for path in names if path.parent == Path("dlbasics/figures/fonts")}
    assert fonts == {".otf", ".txt"}
    assert not [path for path in names if path.suffix == ".pyc"]


def test_every_library_is_pinned_and_installed():
    lock = practice_page.lock().decode()
    for file, sha256 in vendoring.DRAWING.items():
        assert file in lock and sha256 in lock
    assert len(chapter_files.PACKAGES) == len(vendoring.DRAWING)
    for name in chapter_files.PACKAGES:
        assert f'"{name}": {{' in lock
