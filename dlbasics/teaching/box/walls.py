"""沙箱的墙：里面看得见什么、看不见什么、有哪些环境变量，写成一条 bubblewrap 的命令。"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

import dlbasics
from dlbasics.teaching.box.limits import MEGA, Limits

PACKAGE = Path(dlbasics.__file__).parent
RUNNER = PACKAGE / "teaching" / "box" / "runner.py"
SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
CONFIGURATION = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/nix/store")


def surroundings(home: str) -> dict[str, str]:
    """里面的环境变量，全部在这里。"""
    libraries = [str(Path(np.__file__).parents[1]), str(PACKAGE.parent)]
    fixed = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": f"{home}/matplotlib",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(libraries)),
        "TQDM_DISABLE": "1",
    }
    same = ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES")  # 里外算得一样
    return fixed | {name: os.environ[name] for name in same if name in os.environ}


def bare() -> dict[str, str]:
    """起沙箱的命令自己要的环境变量。"""
    wanted = ("PATH", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
    return {name: os.environ[name] for name in wanted if name in os.environ}


def command(limits: Limits, environment: dict[str, str], filtered: int | None) -> list[str]:
    """起一个沙箱的命令。"""
    words = [*whole_box(limits), "bwrap", "--unshare-all", "--unshare-user", "--disable-userns"]
    words += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "box"]
    words += ["--clearenv", *(word for item in environment.items() for word in ("--setenv", *item))]
    if filtered is not None:
        words += ["--seccomp", str(filtered)]
    for path in SYSTEM:
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            words += ["--ro-bind", path, path]
    size = str(limits.disk * MEGA)
    words += ["--proc", "/proc", "--dev", "/dev", "--size", size, "--tmpfs", "/dev/shm"]
    words += ["--size", size, "--tmpfs", "/tmp"]
    for path in visible():
        words += ["--ro-bind", path, path]
    for path in CONFIGURATION:
        words += ["--ro-bind-try", path, path]
    for path in hidden():
        words += ["--tmpfs", path, "--remount-ro", path]
    words += ["--remount-ro", "/dev", "--remount-ro", "/"]
    return [*words, "--chdir", "/tmp", "--", sys.executable, "-s", "-P", str(RUNNER)]


def visible() -> list[str]:
    """里面看得见的文件夹：系统的程序、Python、它的库、没有参考解答的 dlbasics。"""
    libraries = Path(np.__file__).parents[1]
    wanted = ("/usr", sys.base_prefix, sys.prefix, str(libraries), str(PACKAGE))
    return [path for path in dict.fromkeys(wanted) if os.path.isdir(path)]


def hidden() -> list[str]:
    """里面看不见的文件夹：各章练习，连同参考解答。"""
    folders = [path for path in (PACKAGE / "exercises").iterdir() if path.is_dir()]
    return [str(path) for path in sorted(folders) if path.name != "__pycache__"]


def whole_box(limits: Limits) -> list[str]:
    """让控制组限住整个沙箱的命令；这台机器上没有就是空的。"""
    if not _has_user_session():
        return []
    most = [
        f"MemoryMax={limits.memory * MEGA}",
        "MemorySwapMax=0",
        f"TasksMax={limits.processes + 8}",
    ]
    options = [word for each in most for word in ("-p", each)]
    return ["systemd-run", "--user", "--scope", "--quiet", "--collect", *options, "--"]


@functools.cache
def _has_user_session() -> bool:
    if not shutil.which("systemd-run"):
        return False
    probe = ["systemd-run", "--user", "--scope", "--quiet", "--collect", "-p", "MemoryMax=100M"]
    try:
        done = subprocess.run(
            [*probe, "--", "true"], capture_output=True, timeout=10, env=bare(), check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
