"""启动测量进程；需要时为 PyTorch 建一个单独的环境。"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TORCH = ROOT / "_build" / "venv-torch"
REQUIREMENTS = ("torch==2.13.0", "numpy")


def torch_python() -> Path:
    """PyTorch 环境里的 python；第一次时建立，约一分钟。"""
    python = TORCH / "bin" / "python"
    ready = TORCH / ".ready"
    if not ready.is_file():
        print("正在为 PyTorch 建立单独的环境……", flush=True)
        venv.create(TORCH, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *REQUIREMENTS], check=True)
        ready.touch()
    return python


def cores() -> int:
    """本进程可用的核数。"""
    return len(os.sched_getaffinity(0))


class Process:
    """一个测量进程：``ask`` 问一次，等它测完。``threads`` 省略时用全部的核。"""

    def __init__(self, side: str, *, threads: int | None = None, smoke: bool = False) -> None:
        python = sys.executable if side == "numpy" else torch_python()
        environment = os.environ | {"BENCHMARK_THREADS": str(threads or cores())}
        if threads is not None:
            environment["OPENBLAS_NUM_THREADS"] = str(threads)
        self.process = subprocess.Popen(
            [python, "-m", "benchmarks.worker", side, *(["smoke"] if smoke else [])],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if threads is not None:
            os.sched_setaffinity(self.process.pid, sorted(os.sched_getaffinity(0))[:threads])

    def ask(self, *question: Any) -> Any:
        """发一个请求，返回结果。"""
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"测量进程中途退出，请求是 {question!r}")
        return json.loads(answer)

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
