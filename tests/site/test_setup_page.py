"""怎样安装：README 与“环境”一页说的是同一套命令。"""

import os
import re
import subprocess
import sys

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


SETUP = (ROOT / "book/appendix/setup.md").read_text(encoding="utf-8")


def test_the_mirror_is_set_and_unset(tmp_path):
    """书上的两条 pip 命令真的写进、去掉那个设置；不动自己的家。"""
    home = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA", "USERPROFILE")}

    def pip(*command):
        done = subprocess.run(
            [sys.executable, "-m", "pip", *command],
            env=os.environ | home | {"PIP_USER": "0"},
            capture_output=True,
            encoding="utf-8",
        )
        return done.stdout.strip()

    commands = re.findall(r"^pip (config .+)$", SETUP, re.MULTILINE)
    assert [command.split()[1] for command in commands] == ["set", "unset"]
    address = commands[0].split()[-1]
    pip(*commands[0].split())
    assert pip("config", "get", "global.index-url") == address
    pip(*commands[1].split())
    assert pip("config", "get", "global.index-url") != address
    assert SETUP.count(address) == 3  # 写成环境变量的两处，也是这一个


def test_the_troubles_are_those_the_programs_tell():
    troubles = SETUP.split("## 装不上的时候")[1].split("##")[0]
    rows = re.findall(r"^(.+)\n: ", troubles, re.MULTILINE)
    told = "".join((ROOT / name).read_text("utf-8") for name in ("Makefile", "book/serve.py"))
    ours = [row for row in rows if re.match(r"需要|建不|没有装|端口", row)]
    assert len(ours) == 4
    for row in ours:
        assert row.removeprefix("端口 8000 ") in told, row


def test_every_make_target_exists():
    targets = set(re.findall(r"`?make ([a-z]+)", SETUP))
    assert {"book", "lab", "test", "wheelhouse"} <= targets
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {target for target in targets if f"\n{target}:" not in makefile} == set()
