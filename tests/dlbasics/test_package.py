"""整个包：导入轻，公开的名字都有例子，例子随测试一起运行。"""

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import dlbasics

UPPER_FLOORS = {"__main__", "exercises", "figures", "live", "teaching", "training"}
MODULES = {module.name for module in pkgutil.iter_modules(dlbasics.__path__)}
NUMERIC = sorted(MODULES - UPPER_FLOORS)
HEAVY = {
    "PIL",
    "anywidget",
    "ipywidgets",
    "matplotlib",
    "scipy",
    "skimage",
    "sklearn",
    "tqdm",
}


def public(name):
    """一个模块自己定义的、公开的函数与类。"""
    home = f"dlbasics.{name}"
    members = inspect.getmembers(importlib.import_module(home))
    return {
        f"{name}.{key}": value
        for key, value in members
        if not key.startswith("_")
        and (inspect.isfunction(value) or inspect.isclass(value))
        and (value.__module__ == home or value.__module__.startswith(f"{home}."))
    }


PUBLIC = {key: value for name in NUMERIC if name[0] != "_" for key, value in public(name).items()}


def test_examples_in_docstrings_are_run(pytestconfig):
    assert pytestconfig.getoption("doctestmodules")
    assert "dlbasics" in pytestconfig.getini("testpaths")


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_name_has_an_example(name):
    assert ">>> " in PUBLIC[name].__doc__


def test_public_names_are_found_in_modules_and_packages():
    assert {"convergence.momentum_rate", "landscapes.quadratic", "optimizers.Adam"} <= set(PUBLIC)


@pytest.mark.parametrize("modules", [[], NUMERIC], ids=["dlbasics", "numeric-modules"])
def test_import_is_light(modules):
    """画图、数据、网页要用的库，用到时才导入。"""
    imports = "; ".join(["import dlbasics", *(f"import dlbasics.{name}" for name in modules)])
    code = f"import sys; {imports}; print(*{{m.partition('.')[0] for m in sys.modules}})"
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "dlbasics" in output
    assert HEAVY.isdisjoint(output)
