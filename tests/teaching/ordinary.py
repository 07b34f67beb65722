"""以普通用户的身份运行一个命令：限额约束不了 root，所以批改的测试不能由 root 来做。

已经是普通用户，命令原样运行。是 root，就换成 nobody；Python 或项目放在别人进不去的家里时
（例如 ``/root``），在一个私有的挂载空间里把它们露出来，机器上什么也不改。
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOBODY = 65534
DROP = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
EXPOSE = """
set -e
here=$(pwd) top=$1 aside=$(mktemp -d)
shift
mount --bind "$top" "$aside"
mount -t tmpfs -o mode=755 tmpfs "$top"
while [ "$1" != -- ]; do
  mkdir -p "$1"
  mount --bind "$aside/${1#"$top"/}" "$1"
  shift
done
shift
umount "$aside"
rmdir "$aside"
cd "$here"
exec "$@"
"""


def ordinary(command: list[str]) -> list[str]:
    """换成普通用户运行的命令。"""
    if os.geteuid() != 0:
        return command
    command = [*DROP, *command]
    closed: dict[Path, list[str]] = {}
    for path in needed():
        if top := closed_parent(path):
            closed.setdefault(top, []).append(str(path))
    for top, paths in closed.items():
        command = ["sh", "-c", EXPOSE, "sh", str(top), *paths, "--", *command]
    return ["unshare", "--mount", "--", *command] if closed else command


def needed() -> list[Path]:
    """普通用户要读得到的文件夹，不算在别的里面的。"""
    wanted = {ROOT, Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    return [path for path in sorted(wanted) if not wanted & set(path.parents)]


def impossible() -> str:
    """为什么换不成普通用户；换得成就是空字符串。"""
    missing = [name for name in ("setpriv", "unshare") if not shutil.which(name)]
    return f"换不成普通用户：没有 {'、'.join(missing)}" if os.geteuid() == 0 and missing else ""


def closed_parent(path: Path) -> Path | None:
    """别人进不去的那一层文件夹；都进得去就是 None。"""
    for parent in reversed(path.parents):
        if not parent.stat().st_mode & 0o001:
            return parent
    return None
