"""在什么机器上测的。"""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np

from benchmarks.processes import REQUIREMENTS, cores


def describe() -> list[tuple[str, str]]:
    """（项目，值）：处理器、核数、内存、Python、NumPy、BLAS、PyTorch、测量时的负载。"""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return [
        ("处理器", _from_proc("cpuinfo", "model name")),
        ("可用的核", str(cores())),
        ("内存", f"{int(_from_proc('meminfo', 'MemTotal').split()[0]) / 2**20:.0f} GiB"),
        ("系统", f"{platform.system()} {platform.machine()}"),
        ("Python", platform.python_version()),
        ("NumPy", np.__version__),
        ("BLAS", f"{blas['name']} {blas['version']}"),
        ("PyTorch", REQUIREMENTS[0].partition("==")[2]),
        ("结束时一分钟平均负载", f"{os.getloadavg()[0]:.1f}（空闲的机器上约等于核数）"),
    ]


def _from_proc(name: str, key: str) -> str:
    for line in Path("/proc", name).read_text().splitlines():
        if line.startswith(key):
            return line.partition(":")[2].strip()
    return "未知"
