"""``make check`` 挑得对：一个模块牵动它的测试与笔记本，一本笔记本牵动它那一章的测试。"""

from pathlib import Path

import pytest

from tests import changed


@pytest.mark.parametrize(
    ("file", "wanted", "unwanted"),
    [
        (
            "dlbasics/smoothness.py",
            ["dlbasics/smoothness.py", "tests/dlbasics/test_smoothness.py"],
            ["book/convolution/neuron_volumes.ipynb"],
        ),
        (
            "dlbasics/optimizers/momentum.py",
            ["tests/dlbasics/test_optimizers.py", "book/descent/momentum.ipynb"],
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
        ("tests/dlbasics/test_font.py", ["tests/dlbasics/test_font.py"], ["tests/test_changed.py"]),
    ],
)
def test_what_a_change_affects(file, wanted, unwanted):
    got = {path.as_posix() for path in changed.affected([Path(file)])}
    assert set(wanted) <= got
    assert not got & set(unwanted)


def test_a_picture_affects_no_test():
    assert changed.affected([Path("book/_assets/site.png")]) == []
