"""找浏览器：环境变量优先，找不到时说清怎么办。"""

import os

import pytest

from tests import chromium

posix = pytest.mark.skipif(os.name == "nt", reason="用 sh 脚本冒充程序")


@pytest.fixture
def no_browser(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(chromium, "PLACES", ())
    monkeypatch.setattr(chromium, "downloaded", lambda: None)


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
def test_found_on_path(no_browser, monkeypatch, tmp_path, capsys):
    path = program(tmp_path / "google-chrome")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.executable() == path
    assert chromium.main() == 0
    assert capsys.readouterr() == ("", "")


@posix
def test_found_in_a_usual_place(no_browser, monkeypatch, tmp_path):
    path = program(tmp_path / "Google Chrome")
    monkeypatch.setattr(chromium, "PLACES", (path,))
    assert chromium.executable() == path


def test_installs_when_missing(no_browser, monkeypatch):
    ran = []
    monkeypatch.setattr(chromium, "succeeds", lambda command: not ran.append(command))
    monkeypatch.setattr(chromium, "executable", lambda: "/new/chromium" if ran else None)
    assert chromium.main() == 0
    assert ran[0][-2:] == ["install", "chromium"]


def test_says_what_to_install(no_browser, monkeypatch, capsys):
    monkeypatch.setattr(chromium, "succeeds", lambda command: False)
    assert chromium.main() == 1
    told = capsys.readouterr().err
    assert "Debian：sudo apt-get install chromium" in told
    assert "Ubuntu：在 https://www.google.com/chrome/" in told


@posix
def test_debian_comes_first(monkeypatch, tmp_path):
    program(tmp_path / "apt-get")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0, raising=False)
    commands = chromium.install_commands()
    assert commands[0][:2] == ["sh", "-c"]
    steps = commands[0][2].split(" && ")
    assert steps == ["apt-get update -q", "apt-get install -y -q chromium"]
    assert commands[1][-3:] == ["playwright", "install", "chromium"]


@posix
def test_never_asks_for_a_password(monkeypatch, tmp_path):
    program(tmp_path / "apt-get")
    program(tmp_path / "sudo")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(chromium, "succeeds", lambda command: command != ["sudo", "-n", "true"])
    assert len(chromium.install_commands()) == 1
