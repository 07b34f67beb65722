"""实践一章的脚本：本机的小集群、已有的调度器、写错的命令，都像读者那样运行。"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dlbasics.training.data_parallel import connect

SCRIPT = Path(__file__).parents[2] / "book" / "practice" / "data_parallel.py"


def run(*arguments):
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments],
        env=os.environ | {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s"},
        capture_output=True,
        text=True,
        timeout=300,
    )


def reported(result):
    assert result.returncode == 0, result.stderr
    return float(re.search(r"测试正确率 ([\d.]+)%", result.stdout)[1])


def test_two_processes_learn():
    result = run("--epochs", "5")
    assert "2 个工作进程" in result.stdout
    assert reported(result) > 30


def test_a_given_scheduler():
    with connect(workers=1) as client:
        result = run("--scheduler", client.scheduler.address, "--shards", "3", "--epochs", "1")
    assert "1 个工作进程" in result.stdout
    assert reported(result) > 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workers", "0"], "--workers"),
        (["--scheduler", "nonsense://x"], "--scheduler"),
        (["--scheduler", "tcp://127.0.0.1:1"], "--scheduler"),
        (["--epochs", "many"], "--epochs"),
    ],
)
def test_bad_command(arguments, message):
    result = run(*arguments)
    assert result.returncode in (1, 2)
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_help_teaches():
    result = run("--help")
    assert result.returncode == 0
    assert "dask scheduler" in result.stdout
