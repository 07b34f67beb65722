"""找到测试要用的浏览器；没有就装一个：``python -m tests.chromium``。

依次看环境变量 ``CHROMIUM``、``PATH`` 里的常见名字、macOS 与 Windows 的常见位置、
Playwright 自己装的那一份。都没有时，能用 apt-get 就装 Debian 的 ``chromium``，
不行再请 Playwright 下载；还不行，就说清要装什么。
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

APT = "apt-get update -q && apt-get install -y -q chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "~/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HELP = """\
没有找到 Chromium 或 Chrome，也没能自动安装。请任选一种办法：
  Debian：sudo apt-get install chromium
  Ubuntu：在 https://www.google.com/chrome/ 下载安装（软件源里的 chromium 是 snap）
  macOS：brew install --cask chromium
  其他：在 https://www.google.com/chrome/ 下载安装
已经装在别处的，用环境变量写明：CHROMIUM=/路径/chromium make test"""


def executable() -> str | None:
    """浏览器的路径；找不到时为 ``None``。

    Raises
    ------
    ValueError
        环境变量 ``CHROMIUM`` 指着一个不能运行的文件。
    """
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        if not shutil.which(chosen):
            raise ValueError(f"环境变量 CHROMIUM 应是浏览器的路径，得到 {chosen!r}，它不能运行")
        return chosen
    found = [path for name in NAMES if (path := shutil.which(name))]
    found += [path for place in PLACES if os.access(path := os.path.expanduser(place), os.X_OK)]
    return found[0] if found else downloaded()


def downloaded() -> str | None:
    """Playwright 自己下载的浏览器。"""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def install_commands() -> list[list[str]]:
    """这台机器上值得一试的安装命令，按次序。"""
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if not shutil.which("apt-get"):
        return commands
    if os.geteuid() == 0:
        prefix = []
    elif shutil.which("sudo") and succeeds(["sudo", "-n", "true"]):
        prefix = ["sudo", "-n"]
    else:
        return commands
    return [[*prefix, "sh", "-c", APT], *commands]


def succeeds(command: list[str]) -> bool:
    return subprocess.run(command, check=False).returncode == 0


def main() -> int:
    try:
        if executable():
            return 0
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    for command in install_commands():
        print("没有找到浏览器，正在安装：", " ".join(command), flush=True)
        if succeeds(command) and executable():
            return 0
    print(HELP, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
