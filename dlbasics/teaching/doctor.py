"""诊断：这台电脑能不能批改。每一项都真的试一次，不行就说怎样修。

布置、收取、写反馈在哪种系统上都行；只有批改要 Linux。
"""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

ELSEWHERE = """\
Windows：在管理员的 PowerShell 里运行 wsl --install，重启，
在 WSL2 的 Ubuntu 里装这门课，在那里批改。
macOS，或者不想装 WSL2：找一台 Linux 机器批改。那里运行 dask worker tcp://这台电脑:8786，
这里运行 dask scheduler，再 dlbasics grade … --scheduler tcp://127.0.0.1:8786。
布置、收取、写反馈仍在这台电脑上。"""
INSTALL_BWRAP = (
    "Debian、Ubuntu、WSL2：sudo apt-get install bubblewrap；Fedora：sudo dnf install bubblewrap"
)
ALLOW_BWRAP = """\
Ubuntu 24.04 起，AppArmor 默认不许普通用户建命名空间。给 bwrap 一份许可：
  sudo tee /etc/apparmor.d/bwrap <<'END'
  abi <abi/4.0>,
  include <tunables/global>
  profile bwrap /usr/bin/bwrap flags=(unconfined) {
    userns,
  }
  END
  sudo systemctl reload apparmor
Debian：sudo sysctl kernel.unprivileged_userns_clone=1。容器里：换到容器外面批改。"""
NOT_ROOT = """\
用普通用户批改：对 root，系统不执行进程与内存的上限。
建一个：sudo useradd --create-home grader，再 sudo -iu grader，在那里运行 dlbasics grade。"""

BOX = (
    "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
    "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
)  # fmt: skip
FORKS = """
import os, time
children = 0
try:
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(2); os._exit(0)
        children += 1
except OSError:
    pass
print(children)
"""


@dataclass(frozen=True)
class Finding:
    """诊断的一项：看什么，行不行，看到了什么，怎样修。"""

    name: str
    good: bool
    found: str
    mend: str = ""
    needed: bool = True


def examine() -> Iterator[Finding]:
    """逐项诊断；前一项不行，后面要靠它的几项也给出来，说明没有试。"""
    yield python()
    yield course()
    yield extra("click", "openpyxl", "nbformat", needed=True, name="教师的工具")
    yield extra("distributed", needed=False, name="几台机器一起批（--scheduler）")
    linux = platform.system() == "Linux"
    yield Finding("操作系统", linux, platform.system(), ELSEWHERE)
    if not linux:
        return
    root = os.geteuid() == 0
    yield Finding("不是 root", not root, "root" if root else "普通用户", NOT_ROOT)
    box = sandbox()
    yield box
    for name, probe in (("沙箱里没有网络", network), ("进程的上限管用", processes)):
        if not box.good:
            yield Finding(name, False, "沙箱打不开，没有试", "先修好上面的沙箱")
        else:
            yield attempt(name, probe)


def attempt(name: str, probe: Callable[[], tuple[bool, str, str]]) -> Finding:
    """运行一项；它自己出错也算不行。"""
    try:
        good, found, mend = probe()
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        good, found, mend = False, f"试的时候出错：{error}", "把这一行连同系统的版本告诉维护者"
    return Finding(name, good, found, "" if good else mend)


def python() -> Finding:
    """Python 的版本。"""
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("Python 3.11–3.13", good, platform.python_version(), "换一个 Python 建环境")


def course() -> Finding:
    """课程的题目都在，参考解答都答得对。"""
    from dlbasics.exercises.registry import chapters

    try:
        count = sum(len(chapter.exercises) for chapter in chapters())
    except Exception as error:
        return Finding("课程的题目", False, f"读不出来：{error}", "重新安装 dlbasics")
    return Finding("课程的题目", count > 0, f"{count} 道", "重新安装 dlbasics")


def extra(*modules: str, needed: bool, name: str) -> Finding:
    """要装的包在不在。"""
    missing = [module for module in modules if find_spec(module) is None]
    what = "teach" if needed else "parallel"
    mend = f'pip install "dlbasics[{what}]"'
    return Finding(
        name, not missing, f"缺 {'、'.join(missing)}" if missing else "都在", mend, needed
    )


def run(*command: str, input: str | None = None, box: tuple[str, ...] = BOX) -> str:
    """在沙箱里运行一条命令，返回它打印的。"""
    done = subprocess.run(
        [*box, *command],
        input=input,
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    if done.returncode:
        raise OSError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "没有说原因")
    return done.stdout.strip()


def sandbox() -> Finding:
    """bubblewrap 真的打得开一个箱子。"""
    if not shutil.which("bwrap"):
        return Finding("沙箱", False, "没有 bwrap", INSTALL_BWRAP)
    try:
        run("true")
    except (OSError, subprocess.SubprocessError) as error:
        return Finding("沙箱", False, f"bwrap 打不开：{error}", ALLOW_BWRAP)
    return Finding("沙箱", True, "bwrap 打得开")


def network() -> tuple[bool, str, str]:
    """箱子里连不上这台电脑自己开的一个端口。"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = (
            "import socket\n"
            f"try:\n    socket.create_connection(('127.0.0.1', {port}), 2)\n    print('open')\n"
            "except OSError:\n    print('closed')\n"
        )
        answer = run(sys.executable, "-c", code)
    if answer == "closed":
        return True, "连不出去", ""
    return False, "箱子里连得上外面", "换一个新一点的 bubblewrap（0.4 以上）"


def processes() -> tuple[bool, str, str]:
    """箱子里开 200 个进程，开到上限就开不动了。"""
    limited = (*BOX, "prlimit", "--nproc=40", "--")
    with tempfile.TemporaryDirectory():
        count = int(run(sys.executable, "-c", FORKS, box=limited))
    if count < 200:
        return True, f"上限 40，开到 {count} 个就停了", ""
    return False, "上限 40，开了 200 个", NOT_ROOT


def advice(findings: list[Finding]) -> str:
    """能不能批改，一句话。"""
    broken = [finding for finding in findings if finding.needed and not finding.good]
    if not broken:
        return "这台电脑可以批改。"
    names = "、".join(finding.name for finding in broken)
    return f"这台电脑还不能批改：{names}。布置、收取、写反馈不受影响。"
