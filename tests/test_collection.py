"""收集到的测试与机器无关：另一个时钟、另一粒哈希种子、另一个文件夹，名字和次序都一样。

不一样，几个进程分着跑的时候就对不上：Different tests were collected between gw0 and gw1。
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = (".binder", ".github", "book", "tests", "tools", "dlbasics", "benchmarks", "shared")
LATER = """
import time
started = time.time
time.time = lambda: started() + 1e7
time.time_ns = lambda: int((started() + 1e7) * 1e9)
"""


def test_another_machine_collects_the_same_tests(request, tmp_path):
    """在一份拷贝里，给同样的参数再收集一遍，与正在跑的这一次比。"""
    copy = tmp_path / "另一 处"
    copy.mkdir()
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy2(path, copy)
        elif path.name in PARTS:
            shutil.copytree(path, copy / path.name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "later.py").write_text(LATER, encoding="utf-8")
    asked = [os.path.relpath(path, ROOT) for path in request.config.args]
    options = [f"-k={request.config.option.keyword}", f"-m={request.config.option.markexpr}"]
    options += ["--no-browser"] if request.config.option.no_browser else []
    settings = {"PYTHONHASHSEED": "2", "TZ": "Asia/Shanghai", "PYTHONPATH": str(copy)}
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-plater", *options, *asked],
        cwd=copy,
        env={**os.environ, **settings},
        capture_output=True,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    here = [item.nodeid for item in request.session.items]
    assert here == [line for line in result.stdout.splitlines() if "::" in line]
