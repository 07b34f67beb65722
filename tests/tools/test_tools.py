"""每件工具都写进了清单，``make`` 里的那几件都有说明。"""

import re
from pathlib import Path

import tools

ROOT = Path(__file__).parents[2]


def test_every_tool_is_listed_with_its_target():
    files = [*(ROOT / "tools").glob("*.py"), *(ROOT / "tools").glob("*/__main__.py")]
    found = {path.relative_to(ROOT / "tools").parts[0].removesuffix(".py") for path in files}
    found.remove("__init__")
    listed = dict(re.findall(r"^- ``(\w+)``：.*?(?:（``make (\w+)``）)?$", tools.__doc__, re.M))
    assert listed.keys() == found
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipes = re.findall(r"^(\w+):.*?## .+\n((?:\t.*\n)*)", makefile, re.MULTILINE)
    run = {
        tool: target
        for target, recipe in recipes
        for tool in re.findall(r"python -m tools\.(\w+)", recipe)
    }
    assert {tool: target for tool, target in listed.items() if target} == run
