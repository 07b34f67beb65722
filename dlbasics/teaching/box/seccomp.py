"""沙箱里不许用的系统调用：占了内存却不算在哪个进程名下的，和通向内核深处、作业用不着的。

bubblewrap 要的是一段 BPF 程序；它很短，这里直接写出来。
"""

from __future__ import annotations

import os
import platform
import struct

NOT_PERMITTED = 0x0005_0000 | 1
"""让系统调用返回 EPERM。"""
ALLOWED = 0x7FFF_0000

ARCHITECTURES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
NUMBERS = {
    "x86_64": {
        "shmget": 29, "msgget": 68, "ptrace": 101, "mount": 165, "mq_open": 240, "add_key": 248,
        "keyctl": 250, "unshare": 272, "perf_event_open": 298, "setns": 308, "memfd_create": 319,
        "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "memfd_secret": 447,
    },
    "aarch64": {
        "shmget": 194, "msgget": 186, "ptrace": 117, "mount": 40, "mq_open": 180, "add_key": 217,
        "keyctl": 219, "unshare": 97, "perf_event_open": 241, "setns": 268, "memfd_create": 279,
        "bpf": 280, "userfaultfd": 282, "io_uring_setup": 425, "memfd_secret": 447,
    },
}  # fmt: skip
X32 = 0x4000_0000
"""x86_64 上另一套系统调用的编号从这里起。"""


def program(machine: str) -> bytes:
    """一种机器的 BPF 程序；不认识的机器是空的。"""
    if machine not in NUMBERS:
        return b""
    numbers = sorted(NUMBERS[machine].values())
    refuse = len(numbers) + 5  # 最后一条指令的下标；跳几条从下一条数起
    rows = [(0x20, 0, 0, 4), (0x15, 0, refuse - 2, ARCHITECTURES[machine])]
    rows += [(0x20, 0, 0, 0), (0x35, refuse - 4, 0, X32)]
    rows += [(0x15, refuse - 5 - i, 0, number) for i, number in enumerate(numbers)]
    rows += [(0x06, 0, 0, ALLOWED), (0x06, 0, 0, NOT_PERMITTED)]
    return b"".join(struct.pack("=HBBI", *row) for row in rows)


def as_file() -> int | None:
    """装着程序的文件描述符，由起沙箱的人关；不认识这种机器就是 None。"""
    code = program(platform.machine())
    if not code:
        return None
    reading, writing = os.pipe()
    os.write(writing, code)
    os.close(writing)
    return reading
