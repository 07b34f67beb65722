"""整个包：导入轻，公开的名字都有例子，例子随测试一起运行。"""

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import dlbasics
from dlbasics import studies

ROOT = Path(dlbasics.__file__).parents[1]
UPPER_FLOORS = {"__main__", "exercises", "figures", "live", "teaching", "training"}
MODULES = {module.name for module in pkgutil.iter_modules(dlbasics.__path__)}
STUDIES = {f"studies.{module.name}" for module in pkgutil.iter_modules(studies.__path__)}
NUMERIC = sorted(MODULES - UPPER_FLOORS | STUDIES)
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
    some = {"studies.convergence.momentum_rate", "landscapes.quadratic", "optimizers.Adam"}
    assert some <= set(PUBLIC)


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


FLOORS = ["studies", "figures", "live", "exercises", "teaching"]
"""从下往上的几层；别的模块都在它们下面。"""
SOURCES = {
    ".".join(path.with_suffix("").parts).removesuffix(".__init__"): path
    for path in (source.relative_to(ROOT) for source in sorted((ROOT / "dlbasics").rglob("*.py")))
}


def imported(name):
    """一个模块导入的本包的模块，连同只为注解导入的；函数里面的不算。"""
    tree = ast.parse((ROOT / SOURCES[name]).read_text(encoding="utf-8"))
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in SOURCES and node not in inside:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from (names & set(SOURCES)) or {node.module}


def floor(name):
    part = [*name.split("."), ""][1]
    return FLOORS.index(part) if part in FLOORS else -1


def test_each_floor_stands_only_on_those_below():
    climbing = [
        f"{name} → {below}"
        for name in SOURCES
        for below in imported(name)
        if floor(below) > floor(name)
    ]
    assert climbing == []


def test_no_modules_import_each_other_in_a_circle():
    TopologicalSorter({name: set(imported(name)) for name in SOURCES}).prepare()
