"""整个包：导入轻，文档里的例子随测试一起运行。"""

import subprocess
import sys

import pytest

NUMERIC = [
    "convergence",
    "datasets",
    "landscapes",
    "linear_models",
    "losses",
    "momentum_conventions",
    "optimizers",
    "sampling",
    "trajectory",
]


def test_examples_in_docstrings_are_run(pytestconfig):
    assert pytestconfig.getoption("doctestmodules")
    assert "dlbasics" in pytestconfig.getini("testpaths")


@pytest.mark.parametrize("modules", [[], NUMERIC], ids=["dlbasics", "numeric-modules"])
def test_import_is_light(modules):
    """画图、数据、网页要用的库，用到时才导入。"""
    imports = "; ".join(["import dlbasics", *(f"import dlbasics.{name}" for name in modules)])
    code = f"import sys; {imports}; print(*{{m.partition('.')[0] for m in sys.modules}})"
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "dlbasics" in output
    assert {"matplotlib", "sklearn", "anywidget", "scipy"}.isdisjoint(output)
