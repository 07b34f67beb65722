"""找到测试要用的浏览器；没有就装一个：``python -m tests.chromium``。

依次看环境变量 ``CHROMIUM``、``PATH`` 里的常见名字、macOS 与 Windows 的常见位置、
Playwright 自己装的那一份。光有文件不算，要真的打开一页才算；打不开时，能用 apt-get 就装齐
Debian 的几个软件包，不行再请 Playwright 下载；还不行，就说清要装什么。

浏览器只看得见 ``fonts`` 给它的字体，所以测试与机器上装了什么字体、用什么语言无关。
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

import matplotlib
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

from dlbasics.figures.style import FONTS
from tests import apt

PACKAGES = "chromium-headless-shell libatomic1 fonts-wqy-microhei"
"""没有窗口的浏览器（开一页的时间是 chromium 的一半），Playwright 的驱动要用的库，
换着看网页的一种中文字体。"""

APT = f"apt-get update -q && apt-get install -y -q {PACKAGES}"
LATIN = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
GENERIC = {
    "sans-serif": "DejaVu Sans",
    "serif": "DejaVu Serif",
    "monospace": "DejaVu Sans Mono",
}
WENQUANYI = Path("/usr/share/fonts/truetype/wqy")
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "~/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
PATIENCE = 120_000
"""等浏览器的毫秒数；只为不永远等下去，机器再忙也用不到这么久。"""

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HELP = f"""\
测试要用的浏览器打不开，也没能自动安装。请任选一种办法：
  Debian：sudo apt-get install {PACKAGES}
  Ubuntu：在 https://www.google.com/chrome/ 下载安装（软件源里的 chromium 是 snap）
  macOS：brew install --cask chromium
  其他：在 https://www.google.com/chrome/ 下载安装
已经装在别处的，用环境变量写明：CHROMIUM=/路径/chromium make test"""


def executable() -> str | None:
    """机器上的浏览器的路径；找不到时为 ``None``，由 Playwright 用它自己下载的那一份。

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
    return found[0] if found else None


def fonts(folders: tuple[Path, ...], into: Path) -> dict[str, str]:
    """让浏览器只看得见 ``folders`` 里字体的环境变量；配置与缓存写进 ``into``。

    字体还随语言挑选（中文的机器上 ``system-ui`` 是另一个），所以语言也固定下来。

    只在用 fontconfig 的系统（Linux）上有效，别的系统不理会它。
    """
    rows = [f"<dir>{escape(str(folder))}</dir>" for folder in folders]
    rows += [
        f"<alias><family>{generic}</family><prefer><family>{family}</family></prefer></alias>"
        for generic, family in GENERIC.items()
    ]
    rows.append(f"<cachedir>{escape(str(into))}</cachedir>")
    config = into / "fonts.conf"
    config.write_text(f"<fontconfig>{''.join(rows)}</fontconfig>", encoding="utf-8")
    return {"FONTCONFIG_FILE": str(config), "LC_ALL": "C.UTF-8", "LANGUAGE": ""}


@contextmanager
def launched(
    playwright: Playwright, folders: tuple[Path, ...] = (FONTS, LATIN)
) -> Iterator[Browser]:
    """一个只看得见 ``folders`` 里字体的浏览器；默认是书自己的中文字体和一款西文字体。

    Raises
    ------
    ValueError
        浏览器打不开；消息里有原因，和要装什么。
    """
    path = executable()
    with TemporaryDirectory(prefix="dlbasics-fonts-", ignore_cleanup_errors=True) as into:
        try:
            browser = playwright.chromium.launch(
                executable_path=path,
                args=ARGUMENTS,
                env={**os.environ, **fonts(folders, Path(into))},
                timeout=PATIENCE,
            )
        except Error as error:
            raise ValueError(advice(error)) from error
        browser.on("context", lambda context: context.set_default_timeout(PATIENCE))
        yield browser
        browser.close()


def advice(error: Exception) -> str:
    """要装什么，以及打不开的原因（Playwright 的第一行话）。"""
    return f"{HELP}\n原因：{str(error).strip().splitlines()[0]}"


def problem() -> str:
    """浏览器打不开一页的原因与办法；打得开就是空字符串。"""
    try:
        executable()  # CHROMIUM 写错了，不必等驱动起来就知道
        with sync_playwright() as playwright, launched(playwright) as browser:
            browser.new_page().set_content("<p>你好</p>")
    except ValueError as error:
        return str(error)
    except Exception as error:  # 驱动自己起不来时，Playwright 抛出的就是 Exception
        return advice(error)
    return ""


def install_commands() -> list[list[str]]:
    """这台机器上值得一试的安装命令，按次序。"""
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    packages = apt.command(APT)
    return [packages, *commands] if packages else commands


def main() -> int:
    reason = problem()
    if reason and "CHROMIUM" in os.environ:
        print(reason, file=sys.stderr)
        return 1
    for command in install_commands() if reason else []:
        print("测试要用的浏览器还打不开，正在安装：", " ".join(command), flush=True)
        if apt.succeeds(command) and not (reason := problem()):
            break
    if reason:
        print(reason, file=sys.stderr)
    return bool(reason)


if __name__ == "__main__":
    sys.exit(main())
