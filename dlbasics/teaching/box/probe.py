"""这台机器能不能批改：真的起一个沙箱来试。"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys

from dlbasics.teaching.box.limits import Limits
from dlbasics.teaching.box.walls import bare, command, surroundings


def problem() -> str:
    """这台机器为什么不能批改、该怎样办；能批改就是空字符串。真的起一个沙箱来试。"""
    if not sys.platform.startswith("linux"):
        return (
            "批改要在 Linux 上进行，沙箱靠它的内核。Windows 上可以用 WSL2；"
            "或者把批改交给一台 Linux 的机器（--scheduler）。布置、收取、反馈在哪里都行。"
        )
    if os.geteuid() == 0:
        return "不要用 root 批改：限额约束不了 root。换一个普通用户再运行，例如 sudo -u nobody。"
    if not shutil.which("bwrap"):
        return (
            "没有找到 bubblewrap，学生的代码关不进沙箱。请安装：\n"
            "  Debian、Ubuntu、WSL2：sudo apt install bubblewrap\n"
            "  Fedora：sudo dnf install bubblewrap\n"
            "  Arch：sudo pacman -S bubblewrap"
        )
    return _try_a_box()


@functools.cache
def _try_a_box() -> str:
    words = command(Limits(), surroundings("/tmp"), None)
    words = words[: words.index("--", words.index("--chdir"))]
    try:
        done = subprocess.run(
            [*words, "--", sys.executable, "-c", "import numpy"],
            capture_output=True,
            timeout=60,
            env=bare(),
            cwd="/",
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap 起不来：{error}"
    if done.returncode == 0:
        return ""
    said = (done.stderr.strip().splitlines() or ["没有说原因"])[-1][:200]
    return (
        f"bubblewrap 在这台机器上起不来：{said}\n"
        "  版本要 0.8 以上（bwrap --version）。\n"
        "  Ubuntu 24.04 起，要允许它用用户命名空间："
        "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0\n"
        "  在容器里面，要由容器允许用户命名空间；或者换一台机器（--scheduler）。"
    )
