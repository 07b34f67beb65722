"""``make check`` 挑得对：一个模块牵动它的测试与笔记本，一本笔记本牵动它那一章的测试。"""

from pathlib import Path

import pytest

from tools import changed


@pytest.mark.parametrize(
    ("file", "wanted", "unwanted"),
    [
        (
            "dlbasics/studies/smoothness.py",
            ["dlbasics/studies/smoothness.py", "tests/dlbasics/studies/test_smoothness.py"],
            ["book/convolution/neuron_volumes.ipynb"],
        ),
        (
            "dlbasics/optimizers/momentum.py",
            ["tests/dlbasics/optimizers/test_optimizers.py", "book/descent/momentum.ipynb"],
            ["tests/dlbasics/convolution/test_conv2d.py"],
        ),
        (
            "book/descent/momentum.ipynb",
            ["book/descent/momentum.ipynb", "tests/claims/test_momentum.py"],
            ["book/descent/gradient_descent.ipynb"],
        ),
        (
            "dlbasics/exercises/momentum/update.py",
            ["tests/exercises/test_momentum.py"],
            ["tests/exercises/test_image_priors.py"],
        ),
        ("tests/test_machine.py", ["tests/test_machine.py"], ["tests/dlbasics/test_font.py"]),
    ],
)
def test_what_a_change_affects(file, wanted, unwanted):
    got = {path.as_posix() for path in changed.affected([Path(file)])}
    assert set(wanted) <= got
    assert not got & set(unwanted)


def test_only_the_names_of_the_module_count():
    """同一个包里别的模块的名字，不算用到它。"""
    got = changed.affected([Path("dlbasics/convolution/windows.py")])
    assert Path("tests/dlbasics/convolution/test_conv2d.py") in got
    assert not [path for path in got if path.suffix == ".ipynb"]


@pytest.mark.parametrize(
    ("file", "chapters_left"),
    [("dlbasics/studies/smoothness.py", False), ("dlbasics/optimizers/momentum.py", True)],
)
def test_a_module_used_everywhere_leaves_the_chapters(file, chapters_left):
    files = [Path(file)]
    wanted = changed.affected(files)
    left = changed.far(wanted, files)
    assert bool(left) is chapters_left
    assert {path.parts[0] for path in left} <= {"book", "tests"}
    assert Path("tests/dlbasics/test_optimizers.py") not in left


def test_a_changed_chapter_is_never_left():
    files = [*Path("book/descent").glob("*.ipynb"), Path("dlbasics/optimizers/momentum.py")]
    assert not set(changed.far(changed.affected(files), files)) & set(files)


def test_a_picture_affects_no_test():
    assert changed.affected([Path("book/_assets/site.png")]) == []
