"""收集到的测试与机器无关：另一个时钟、另一粒哈希种子、另一个文件夹，名字和次序都一样。

不一样，几个进程分着跑的时候就对不上：Different tests were collected between gw0 and gw1。
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = ("book", "tests", "dlbasics", "benchmarks", "shared")
LATER = """
import time
started = time.time
time.time = lambda: started() + 1e7
time.time_ns = lambda: int((started() + 1e7) * 1e9)
"""


def collect(folder, plugins, **settings):
    """在 ``folder`` 里收集；返回正在运行的进程。"""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    return subprocess.Popen(
        [*command, *(f"-p{name}" for name in plugins)],
        cwd=folder,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def names(process):
    output, _ = process.communicate()
    assert process.returncode == 0, output[-2000:]
    return [line for line in output.splitlines() if "::" in line]


def test_another_machine_collects_the_same_tests(tmp_path):
    copy = tmp_path / "另一 处"
    copy.mkdir()
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy2(path, copy)
        elif path.name in PARTS:
            shutil.copytree(path, copy / path.name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "later.py").write_text(LATER, encoding="utf-8")
    here = collect(ROOT, [], PYTHONHASHSEED="1", TZ="UTC")
    there = collect(copy, ["later"], PYTHONHASHSEED="2", TZ="Asia/Shanghai", PYTHONPATH=str(copy))
    here, there = names(here), names(there)
    assert len(here) > 5000
    assert here == there
