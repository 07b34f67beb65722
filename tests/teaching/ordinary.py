"""以普通用户的身份运行一个命令：限额约束不了 root，所以批改的测试不能由 root 来做。

已经是普通用户，命令原样运行。是 root，就换成 nobody；Python 装在别人进不去的家里时
（例如 ``/root/.pyenv``），在一个私有的挂载空间里把它露出来，机器上什么也不改。
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

NOBODY = 65534
DROP = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
EXPOSE = """
set -e
aside=$(mktemp -d)
mount --bind "$1" "$aside"
mount -t tmpfs -o mode=755 tmpfs "$1"
mkdir -p "$2"
mount --bind "$aside/${2#"$1"/}" "$2"
umount "$aside"
rmdir "$aside"
shift 2
exec "$@"
"""


def ordinary(command: list[str]) -> list[str]:
    """换成普通用户运行的命令。"""
    if os.geteuid() != 0:
        return command
    closed = _closed_parent(Path(sys.base_prefix))
    if closed is None:
        return [*DROP, *command]
    expose = ["sh", "-c", EXPOSE, "sh", str(closed), sys.base_prefix]
    return ["unshare", "--mount", "--", *expose, *DROP, *command]


def impossible() -> str:
    """为什么换不成普通用户；换得成就是空字符串。"""
    missing = [name for name in ("setpriv", "unshare") if not shutil.which(name)]
    return f"换不成普通用户：没有 {'、'.join(missing)}" if os.geteuid() == 0 and missing else ""


def _closed_parent(path: Path) -> Path | None:
    """别人进不去的那一层文件夹；都进得去就是 None。"""
    for parent in [*reversed(path.parents), path]:
        if not parent.stat().st_mode & 0o001:
            return parent
    return None
