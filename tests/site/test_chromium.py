"""找浏览器：环境变量优先，找不到时说清怎么办。"""

import os
import subprocess
import sys

import pytest

from tests import apt, chromium
from tests.site.conftest import ROOT

posix = pytest.mark.skipif(os.name == "nt", reason="用 sh 脚本冒充程序")


@pytest.fixture
def no_browser(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(chromium, "PLACES", ())


def program(path):
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


@posix
def test_environment_variable_wins(monkeypatch, tmp_path):
    path = program(tmp_path / "my-browser")
    monkeypatch.setenv("CHROMIUM", path)
    assert chromium.executable() == path


def test_wrong_environment_variable(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "nothing"))
    with pytest.raises(ValueError, match="CHROMIUM"):
        chromium.executable()
    assert chromium.main() == 1
    assert "nothing" in capsys.readouterr().err


@posix
def test_found_on_path(no_browser, monkeypatch, tmp_path):
    path = program(tmp_path / "google-chrome")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.executable() == path


@posix
def test_found_in_a_usual_place(no_browser, monkeypatch, tmp_path):
    path = program(tmp_path / "Google Chrome")
    monkeypatch.setattr(chromium, "PLACES", (path,))
    assert chromium.executable() == path


@posix
def test_a_file_that_opens_no_page_is_not_a_browser(tmp_path):
    """在另一个进程里：这个进程可能已经开着一个驱动。"""
    result = subprocess.run(
        [sys.executable, "-m", "tests.chromium"],
        cwd=ROOT,
        env=os.environ | {"CHROMIUM": program(tmp_path / "broken"), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert result.returncode == 1
    assert result.stderr.startswith(chromium.HELP)
    assert "Traceback" not in result.stderr


def test_nothing_is_said_when_the_browser_works(monkeypatch, capsys):
    monkeypatch.setattr(chromium, "problem", lambda: "")
    assert chromium.main() == 0
    assert capsys.readouterr() == ("", "")


def test_installs_until_the_browser_works(no_browser, monkeypatch):
    ran = []
    monkeypatch.setattr(apt, "succeeds", lambda command: not ran.append(command))
    monkeypatch.setattr(chromium, "problem", lambda: "" if ran else "缺一个库")
    assert chromium.main() == 0
    assert ran[0][-2:] == ["install", "chromium"]


@pytest.mark.parametrize("reason", ["没有浏览器", "缺 libatomic.so.1"])
def test_says_what_to_install_and_why(no_browser, monkeypatch, capsys, reason):
    def broken():
        raise Exception(f"{reason}\n别的行")

    monkeypatch.setattr(apt, "succeeds", lambda command: False)
    monkeypatch.setattr(chromium, "sync_playwright", broken)
    assert chromium.main() == 1
    told = capsys.readouterr().err
    assert told.count(f"Debian：sudo apt-get install {chromium.PACKAGES}") == 1
    assert "Ubuntu：在 https://www.google.com/chrome/" in told
    assert reason in told


@posix
def test_debian_comes_first(monkeypatch, tmp_path):
    program(tmp_path / "apt-get")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(apt.os, "geteuid", lambda: 0, raising=False)
    commands = chromium.install_commands()
    assert commands[0][:2] == ["sh", "-c"]
    steps = commands[0][2].split(" && ")
    assert steps[0] == "apt-get update -q"
    assert steps[1].startswith("apt-get install -y -q chromium-headless-shell ")
    assert commands[1][-3:] == ["playwright", "install", "chromium"]


@posix
def test_never_asks_for_a_password(monkeypatch, tmp_path):
    program(tmp_path / "apt-get")
    program(tmp_path / "sudo")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(apt.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(apt, "succeeds", lambda command: command != ["sudo", "-n", "true"])
    assert len(chromium.install_commands()) == 1


WIDTH = """(family) => {
    const line = document.body.appendChild(document.createElement("span"));
    line.style.font = `40px ${family}`;
    line.textContent = "abc 0123";
    return line.offsetWidth;
}"""


@pytest.mark.skipif(sys.platform != "linux", reason="别的系统不用 fontconfig 挑字体")
def test_the_language_of_the_machine_chooses_no_font(playwright, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.GBK")
    with chromium.launched(playwright) as browser:
        page = browser.new_page()
        assert page.evaluate(WIDTH, "system-ui") == page.evaluate(WIDTH, "sans-serif")
