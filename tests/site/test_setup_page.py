"""怎样安装：README 与“环境”一页说的是同一套命令。"""

import re

import pytest

from tests.site.conftest import ROOT

PAGES = ("README.md", "book/appendix/setup.md")


def windows_recipe(page: str) -> str:
    text = (ROOT / page).read_text(encoding="utf-8")
    return "".join(re.findall(r"```powershell\n(.*?)```", text, re.DOTALL))


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
        command = line.removeprefix("python -m ")
        quiet = command.replace("pip install", "pip install -q --disable-pip-version-check")
        assert quiet in made, line


SHELL = re.compile(r"```(?:bash|powershell)\n(.*?)```", re.S)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "book/appendix/setup.md"])
def test_every_command_can_be_pasted_into_any_shell(name):
    """zsh 不把行尾的 # 当注释：它后面的话会变成参数。"""
    blocks = SHELL.findall((ROOT / name).read_text(encoding="utf-8"))
    assert blocks
    for line in "".join(blocks).splitlines():
        assert "#" not in line, line
        assert line.isascii(), line
