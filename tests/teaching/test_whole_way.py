"""教师的整条路，真的沙箱：布置，收取，诊断，批改，重来一遍，反馈。没有沙箱的机器上略去。"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests import bubblewrap
from tests.teaching.classroom import CHAPTER, ROSTER, notebook, packed, right
from tests.teaching.ordinary import ordinary

TIME = (2026, 12, 1, 20, 0, 0)
NO_BIAS = right("count_weights")["count_weights"].replace(" + 1)", ")")
ENDLESS = "def savings(*args):\n    while True:\n        pass\n"
FILES = {
    "20230001_张三/a.ipynb": notebook(right()),
    "20230002_李四/a.ipynb": notebook(right() | {"count_weights": NO_BIAS}),
    "20230003_王小五/a.ipynb": notebook(right() | {"savings": ENDLESS}),
    "20230004_赵六/a.ipynb": notebook({}),
    "20230005_钱七/a.ipynb": b'{"cells": [',
}


@pytest.fixture(scope="module")
def told():
    """每条命令的状态与文字；一步一步，以普通用户运行。"""
    if reason := bubblewrap.problem():
        pytest.skip(f"沙箱用不成：{reason}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return walk(Path(folder))


def walk(folder):
    folder.chmod(0o777)
    packed_files = packed({path: (data, TIME) for path, data in FILES.items()}, "gb18030")
    (folder / "in.zip").write_bytes(packed_files)
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    environment = {**os.environ, "HOME": str(folder), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
    results = {}
    for step, command in {
        "assign": f"assign {CHAPTER} --due 2026-12-01T23:59",
        "collect": f"collect {CHAPTER} in.zip --roster roster.csv",
        "grade": f"grade {CHAPTER} --workers 1",
        "again": f"grade {CHAPTER} --workers 1",
        "report": f"report {CHAPTER}",
        "doctor": "doctor",
    }.items():
        done = subprocess.run(
            ordinary([sys.executable, "-m", "dlbasics", *command.split()]),
            cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        results[step] = done.returncode, done.stdout + done.stderr
    reports = folder / CHAPTER / "reports"
    results["marks"] = (reports / "class.csv").read_text("utf-8-sig")
    results["page"] = (reports / "students" / "20230002.html").read_text("utf-8")
    return results


def test_every_step_ends_as_it_should(told):
    statuses = {step: told[step][0] for step in ("assign", "grade", "again", "report", "doctor")}
    assert statuses == dict.fromkeys(statuses, 0), told
    assert told["collect"][0] == 1 and "20230005_钱七/a.ipynb：不是 JSON" in told["collect"][1]
    assert "批了 4 份，40 题" in told["grade"][1]
    assert "没有要批的" in told["again"][1]


def test_marks_are_exact(told):
    lines = told["marks"].splitlines()[2:]
    totals = {line.split(",")[0]: line.split(",")[-2] for line in lines}
    assert totals == {
        "20230001": "25", "20230002": "24", "20230003": "24", "20230004": "0",
        "20230005": "", "20230006": "", "20230007": "", "20230008": "",
    }  # fmt: skip


def test_feedback_teaches(told):
    assert "漏了偏置：每张特征图共享一组权重" in told["page"]


def test_doctor_tried_the_sandbox_for_real(told):
    text = told["doctor"][1]
    for line in ("✓ 沙箱：打得开", "✓ 沙箱里没有网络：连不出去", "✓ 参考解答看不见：不在里面"):
        assert line in text
    assert "✓ 进程的上限管用" in text and "这台电脑可以批改" in text
