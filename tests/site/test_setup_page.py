"""怎样安装：README 与“环境”一页说的是同一套命令。"""

import re

from tests.site.conftest import ROOT

PAGES = ("README.md", "book/appendix/setup.md")


def windows_recipe(page: str) -> str:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.search(r"```powershell\n(.*?)```", text, re.DOTALL)[1]


def test_windows_recipes_are_the_same():
    first, second = map(windows_recipe, PAGES)
    assert first == second


def test_windows_does_what_make_does():
    """每一步的命令与选项都取自 Makefile；只有安静的选项不同。"""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    made = makefile.replace("$(BIN)/", "").replace("$(SITE)", "_build/html")
    made = made.replace("$(JOBS)", "2").replace("$(MAKE)", "make")
    recipe = windows_recipe(PAGES[0]).replace(".venv\\Scripts\\", "").replace("\\", "/")
    for line in recipe.splitlines()[1:]:
        command = line.split("#")[0].strip().removeprefix("python -m ")
        quiet = command.replace("pip install", "pip install -q --disable-pip-version-check")
        assert quiet in made, line
