"""依赖清单互相一致：包用到的都声明了，声明的都钉住了，钉住的都在锁定清单里，版本相同。"""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LISTS = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
DECLARED = {canonicalize_name(Requirement(line).name): line for lines in LISTS for line in lines}


def lines(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def pins(name: str) -> set[str]:
    found = (re.match(r"[\w.-]+==[\w.]+", line) for line in lines(name))
    return {match[0].lower() for match in found if match}


def loose(lines: list[str]) -> list[str]:
    """既不是注释，也没有把一个包钉在一个版本上的行。"""
    return [
        line
        for line in lines
        if line.strip()
        and not line.lstrip().startswith("#")
        and not re.match(r"[\w.-]+==[\w.]+( ;|$)", line)
    ]


def imported(path: Path) -> set[str]:
    """一个文件导入的顶层模块，写在函数里的也算。"""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("name", ["requirements.txt", ".binder/requirements.txt"])
def test_every_pin_is_in_the_lock(name):
    assert len(pins(name)) > 10
    assert pins(name) <= pins("requirements.lock")


@pytest.mark.parametrize("name", ["requirements.lock", ".binder/requirements.txt"])
def test_everything_is_pinned_exactly(name):
    assert loose(lines(name)) == []


@pytest.mark.parametrize(
    "line", ["numpy", "numpy>=2.0", "numpy>=2.0,<3  # via x==1", "-e .", "numpy==2.*", "a==1,<2"]
)
def test_loose_line_is_seen(line):
    assert loose([line, "numpy==2.4.6", "uvloop==1.0 ; os_name != 'nt'", "    # via a>=1", ""]) == [
        line
    ]


def test_binder_can_run_every_notebook():
    extras = PROJECT["optional-dependencies"]
    needed = PROJECT["dependencies"] + extras["lab"] + extras["parallel"]
    given = {pin.split("==")[0] for pin in pins(".binder/requirements.txt")}
    assert {canonicalize_name(Requirement(line).name) for line in needed} <= given


@pytest.mark.parametrize("name", DECLARED)
def test_declared_dependency_is_pinned_to_an_allowed_version(name):
    versions = dict(pin.split("==") for pin in pins("requirements.txt"))
    assert name in versions
    assert versions[name] in Requirement(DECLARED[name]).specifier


def test_everything_the_package_imports_is_declared():
    modules = set().union(*map(imported, (ROOT / "dlbasics").rglob("*.py")))
    outside = modules - sys.stdlib_module_names - {"dlbasics"}
    assert {"numpy", "PIL", "sklearn", "skimage", "threadpoolctl"} <= outside
    known = packages_distributions()
    undeclared = {
        module
        for module in outside
        if not {canonicalize_name(name) for name in known[module]} & DECLARED.keys()
    }
    assert undeclared == set()
