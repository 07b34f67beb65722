"""整批语料由普通用户批改一遍：老实的各得其分，捣乱的一分不得，什么也不留下。"""

import json
import subprocess
import sys

import pytest

from tests import bubblewrap
from tests.teaching.corpus import CASES, IDS
from tests.teaching.ordinary import ROOT, ordinary


@pytest.fixture(scope="module")
def batch():
    if reason := bubblewrap.problem():
        pytest.skip(f"沙箱用不成：{reason}")
    done = subprocess.run(
        ordinary([sys.executable, "-m", "tests.teaching.batch"]),
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_there_are_enough_cases_and_none_twice():
    assert len({case.name for case in CASES}) == len(CASES) >= 60


def test_every_submission_is_graded_once(batch):
    assert batch["marks"].keys() == {case.name for case in CASES}
    assert all([m["exercise"] for m in marks] == list(IDS) for marks in batch["marks"].values())


def test_nothing_is_left_behind(batch):
    assert batch["left"] == {"files": [], "processes": [], "sockets": []}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_each_submission_gets_exactly_its_marks(batch, case):
    marks = batch["marks"][case.name]
    status = [mark["verdict"]["status"] for mark in marks]
    points = [None if s == "ungraded" else m["points"] for m, s in zip(marks, status, strict=True)]
    if case.points:
        assert points == list(case.points), marks
    else:
        assert not any(points), marks
    assert all(not wanted or wanted == s for wanted, s in zip(case.status, status, strict=True))
    told = [mark["note"] + mark["verdict"]["reason"] for mark in marks]
    assert any(case.note in text for text in told), told
    assert all(m["note"] for m, s in zip(marks, status, strict=True) if s == "ungraded")
