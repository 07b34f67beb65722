"""准备好批改的沙箱：``python -m tests.bubblewrap``。

没有 bubblewrap，就试着用 apt-get 装。装不上，或者装了也起不来（例如在 chroot 里，内核不许
用户命名空间），就说出原因：要用沙箱的测试随后略去，别的照常。
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache

from tests import apt
from tests.teaching.ordinary import ROOT, impossible, ordinary

APT = (
    "apt-get install -y -q bubblewrap || { apt-get update -q && apt-get install -y -q bubblewrap; }"
)
ASK = "from dlbasics.teaching.box.probe import problem; print(problem())"


@cache
def problem() -> str:
    """沙箱为什么用不成；用得成就是空字符串。以普通用户的身份真的起一个来试。"""
    if reason := impossible():
        return reason
    done = subprocess.run(
        ordinary([sys.executable, "-c", ASK]),
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    if done.returncode:
        return f"换不成普通用户：{done.stderr.strip()[-200:]}"
    return done.stdout.strip()


def install() -> None:
    """能用 apt-get 就装上；不能也不算错。"""
    if not shutil.which("bwrap") and (command := apt.command(APT)):
        print("批改的测试要用 bubblewrap，正在安装", flush=True)
        apt.succeeds(command)


def main() -> None:
    if not sys.platform.startswith("linux"):
        print("批改的沙箱只在 Linux 上有，略去它的测试")
        return
    install()
    if reason := problem():
        print(f"略去要用沙箱的测试：{reason}")


if __name__ == "__main__":
    main()
