"""隔着管道评判，与在笔记本里评判，结论逐字相同；算分，种子，和没有批成的。

这里的代码都是自己人写的，所以不用沙箱：哪台机器上都能试。捣乱的在 ``test_corpus.py``。
"""

import dataclasses
import json
import os
import random
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from dlbasics.exercises import judging, time_limit
from dlbasics.exercises.judging import judge
from dlbasics.exercises.registry import chapters, find
from dlbasics.teaching import grading
from dlbasics.teaching.assignment import Assignment
from dlbasics.teaching.box import probe, sitting, walls
from dlbasics.teaching.box.limits import Limits
from dlbasics.teaching.box.processes import family
from dlbasics.teaching.box.sitting import Remote, Sitting
from dlbasics.teaching.grading import Refused, grade_many, grade_submission, seed
from dlbasics.teaching.notebooks import exercise_cells
from dlbasics.teaching.submission import Cell, Unreadable, read_cells
from dlbasics.training.data_parallel import connect
from tests.teaching import workers
from tests.teaching.corpus import IDS, RIGHT, STUBS, WORK, WRONG, written

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="里面的一方要用 fork")
SECRET = b"a secret of the course"
EXERCISES = [exercise for chapter in chapters() for exercise in chapter.exercises]
RECORD = """
from dlbasics.exercises.registry import chapters
for chapter in chapters():
    for exercise in chapter.exercises:
        for number, hint in enumerate(exercise.hints):
            check(f"{exercise.id} {number}", hint.wrong)
        check(exercise.id, exercise.reference)
        namespace = {"np": np}
        exec(exercise.stub, namespace)
        check(f"{exercise.id} stub", namespace[exercise.name])
"""
STRANGE = """
def failing(*args):
    raise ValueError("第一行\\n第二行")
def changing(x, v, grad, lr, mu):
    x += 1
    return x, v
def half_done(x, v, grad, lr, mu):
    if len(x) > 1:
        raise NotImplementedError("尚未作答")
    return x + mu * v - lr * grad, mu * v - lr * grad
ANSWERS = [
    failing, changing, half_done, lambda: 1, math.log, exit,
    *(lambda *args, value=value: value for value in (
        None, "字", 1j, 10**400, 10**5000, float("nan"), [[1.0], [1.0, 2.0]], (), {"lr": 0.1},
        np.array(None), np.array(["a"]), np.array([None]), np.array([True]), np.zeros((500, 400)),
        np.datetime64("2000-01-01"), (np.zeros(1), np.zeros(1)), [np.ones(3), 2], 10**6 * "长",
    )),
]
"""


@pytest.fixture(scope="module")
def inside():
    """一个装着全部参考解答、全部提示的错误答案和一些怪答案的“沙箱”。"""
    record = 'for i, f in enumerate(ANSWERS): check(f"strange {i}", f)'
    cells = [Cell("import numpy as np, math\nfrom dlbasics.exercises import check"), Cell(RECORD)]
    cells += [Cell(STRANGE), Cell(record)]
    limits = Limits(call_seconds=60, total_seconds=3000)  # 机器再忙也等得及
    with Sitting(cells, [], limits, unsafe=True) as sitting:
        yield sitting


def over_the_pipe(sitting, id, exercise, rng):
    func = Remote(sitting, dataclasses.replace(exercise))
    assert sitting.open(id) == "open"
    verdict = judge(exercise, func, rng, ask=Remote.ask)
    if func.lost is None:
        sitting.done()
    return verdict


@pytest.mark.parametrize("exercise", EXERCISES, ids=[exercise.id for exercise in EXERCISES])
def test_verdicts_over_the_pipe_are_those_of_the_notebook(inside, exercise):
    namespace = {"np": np}
    exec(exercise.stub, namespace)
    functions = {f"{exercise.id} {i}": hint.wrong for i, hint in enumerate(exercise.hints)}
    functions[exercise.id] = exercise.reference
    functions[f"{exercise.id} stub"] = namespace[exercise.name]
    for id, func in functions.items():
        near = judge(exercise, func, np.random.default_rng(0))
        assert over_the_pipe(inside, id, exercise, np.random.default_rng(0)) == near
        assert near.passed == (id == exercise.id)


def test_asking_needs_an_opened_exercise():
    sitting = Sitting([], [], Limits(), unsafe=True)
    with pytest.raises(RuntimeError, match="先 open 一道"):
        sitting.ask((1,))
    with pytest.raises(RuntimeError, match="先 open 一道"):
        sitting.done()


def test_strange_answers_are_told_as_in_the_notebook(inside):
    exercise, namespace = find("momentum/update"), {"np": np}
    exec(f"import math\n{STRANGE}", namespace)
    for i, func in enumerate(namespace["ANSWERS"]):
        near = judge(exercise, func, np.random.default_rng(0))
        far = over_the_pipe(inside, f"strange {i}", exercise, np.random.default_rng(0))
        if near.status == "error" and "行" in near.reason:  # 里面的单元有源代码，这里的没有
            assert far.reason.startswith(near.reason.rpartition("（")[0])
        elif "长长" in near.got:
            assert "收不下" in far.reason
        else:
            assert far == near, i


def marks_of(notebook, assignment=WORK, **options):
    return grade_submission(notebook, assignment, secret=SECRET, unsafe=True, **options)


def test_marks_are_plain_data_and_say_all():
    half_life, update = marks_of(written(WRONG[0]))
    assert (half_life.points, half_life.possible, half_life.shows_input) == (0, 1, True)
    assert half_life.verdict["hint_id"].startswith("momentum/half_life#")
    assert (update.points, update.possible, update.verdict["status"]) == (2, 2, "passed")
    assert json.loads(json.dumps(update.as_dict())) == update.as_dict()


ONLY_FIXED = (
    "def half_life(mu):\n    return np.log(.5) / np.log(mu) if mu in (.9, .5, .99) else 0.0"
)


def test_a_counterexample_is_shown_only_where_all_have_the_same_input():
    assert not marks_of(written(ONLY_FIXED))[0].shows_input
    assert not marks_of(written())[0].shows_input


def test_part_of_the_points_for_part_of_the_inputs():
    partial = dataclasses.replace(WORK, partial=True)
    first = (
        "def update(x, v, grad, lr, mu):\n"
        "    v = mu * v - lr * grad\n"
        "    return x + v, v * (len(x) == 1)"
    )
    half_life, update = marks_of(written(ONLY_FIXED, first), partial)
    assert half_life.points == round(3 / 8, 2) and update.points == round(2 * 2 / 6, 2)
    assert half_life.verdict["status"] == "wrong"
    assert [mark.points for mark in marks_of(written(*STUBS), partial)] == [0, 0]
    assert [mark.points for mark in marks_of(written(), partial)] == [1, 2]


def test_inputs_depend_on_the_secret_the_assignment_and_the_exercise():
    others = [
        seed(SECRET, WORK, IDS[0]),
        seed(b"another secret here", WORK, IDS[0]),
        seed(SECRET, WORK, IDS[1]),
        seed(SECRET, dataclasses.replace(WORK, name="作业二"), IDS[0]),
        seed(SECRET, dataclasses.replace(WORK, seed_version=2), IDS[0]),
        seed(SECRET, WORK, IDS[0], "compare"),
    ]
    assert len(set(others)) == len(others)
    assert seed(SECRET, dataclasses.replace(WORK, exercises=IDS[:1]), IDS[0]) == others[0]


def test_running_out_of_time_is_not_a_zero():
    slow = written("import time\ndef half_life(mu):\n    time.sleep(30)")
    brief = Limits(total_seconds=2, call_seconds=60)
    for mark in marks_of(slow, limits=brief):
        assert mark.verdict["status"] == "ungraded" and not mark.graded
        assert "用完了 2 秒，没有轮到" in mark.note


def test_a_broken_exercise_is_not_the_students_fault(monkeypatch):
    broken = dataclasses.replace(find(IDS[0]), compare=lambda *args: 1 / 0)
    monkeypatch.setattr(grading, "exercises_of", lambda assignment: [broken, find(IDS[1])])
    mark, other = marks_of(written())
    assert not mark.graded and "ZeroDivisionError" in mark.note and other.points == 2


def test_a_box_that_does_not_start_is_not_the_students_fault(monkeypatch, tmp_path):
    monkeypatch.setattr(walls, "RUNNER", tmp_path / "nothing.py")
    assert all("没有起来" in mark.note and not mark.graded for mark in marks_of(written()))


def test_what_cannot_be_graded_safely_is_refused(monkeypatch):
    monkeypatch.setattr(grading, "problem", lambda: "没有沙箱")
    with pytest.raises(Refused, match="没有沙箱"):
        grade_submission(written(), WORK, secret=SECRET)
    with pytest.raises(Refused, match="没有沙箱"):
        grade_many([written()], WORK, secret=SECRET)
    with pytest.raises(ValueError, match="16 个字节"):
        grade_submission(written(), WORK, secret=b"short", unsafe=True)
    with pytest.raises(ValueError, match="没有编号是"):
        grade_submission(written(), Assignment("a", ("b/c",), 1), secret=SECRET, unsafe=True)


def test_why_a_machine_cannot_grade_is_said(monkeypatch):
    monkeypatch.setattr(probe.os, "geteuid", lambda: 0)
    assert "不要用 root" in probe.problem()
    monkeypatch.setattr(probe.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(probe.shutil, "which", lambda name: None)
    assert "apt install bubblewrap" in probe.problem()
    monkeypatch.setattr(probe.sys, "platform", "win32")
    assert "WSL2" in probe.problem()
    with pytest.raises(ValueError, match="memory"):
        Limits(memory=0)


def test_a_worker_that_dies_loses_nothing_and_nothing_is_graded_twice(tmp_path):
    once = tmp_path / "died"
    notebooks = [str(number).encode() for number in range(12)]
    grade = workers.DiesOnce(once, at=b"5")
    results = list(grading._here(notebooks, grade, 2))
    assert once.exists()
    assert sorted(results) == [(number, [number]) for number in range(12)]


def test_a_submission_that_kills_every_worker_is_named(tmp_path):
    results = dict(grading._here([b"0", b"1"], workers.DiesAlways(at=b"1"), 1))
    assert results == {0: [0], 1: None}
    ((number, marks),) = grading._or_ungraded(iter([(1, None)]), [find(IDS[0])])
    assert number == 1 and not marks[0].graded and "3 次" in marks[0].note


def test_a_cluster_that_loses_a_worker_half_way_gives_the_same_marks_once_each():
    """两个工作进程的真集群，批完两份时杀掉一个：六份都有，一份一次，分数与这里批的相同。"""
    different = [written(), written(WRONG[0]), b"", written(*STUBS)]
    books, marks = [*different, *different[:2]], []
    with connect(workers=2) as client:
        victim, survivor = client.run(os.getpid).values()
        for each in grade_many(books, WORK, secret=SECRET, scheduler=client, unsafe=True):
            marks.append(each)
            if len(marks) == 2:
                os.kill(victim, signal.SIGKILL)
        assert not alive(victim) and alive(survivor)
    expected = [marks_of(book) for book in different]
    assert sorted(number for number, _ in marks) == list(range(len(books)))
    assert all(found == expected[number % len(different)] for number, found in marks)


def test_nothing_to_grade_is_nothing():
    assert list(grade_many([], WORK, secret=SECRET, workers=1, unsafe=True)) == []


def test_cells_are_known_by_their_content():
    ids = ("momentum/update",)
    answer, check = exercise_cells(find("momentum/update"))[1:]
    bare = dict(cell_type="code", source=check.source, metadata={}, id="x")
    mention = bare | {"source": f"# 上面的 {check.source}\nx = 1\ny = 2"}
    content = {"cells": [answer, check, bare, mention, {"cell_type": "code"}, 5, None]}
    cells = read_cells(json.dumps(content).encode(), ids)
    assert [cell.check for cell in cells] == ["", "", ids[0], ids[0], "", ""]
    assert [cell.answer for cell in cells] == ["", ids[0], "", "", "", ""]
    assert [cell.check for cell in read_cells(json.dumps(content).encode(), ())] == [""] * 6


def test_any_bytes_are_read_or_refused():
    whole, rng = written(), random.Random(0)
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(rng.randrange(1, 9)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            cells = read_cells(bytes(broken), IDS)
        except Unreadable as error:
            assert str(error)
        else:
            assert all(type(cell.source) is str for cell in cells)


PACK = '''
import numpy as np
from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint

def thrice(x):
    """三倍。"""
    return 3 * x

EXERCISE = Exercise("mine/thrice", "三倍", 1, 2, "求三倍。", lambda rng: [(1.0,), (rng.normal(),)],
                    thrice, equals(), [Hint(lambda x: 2 * x, "这是两倍。", name="twice")])
'''


def test_an_own_exercise_is_graded_like_those_of_the_book(tmp_path):
    (tmp_path / "thrice.py").write_text(PACK, encoding="utf-8")
    work = Assignment("自编", ("mine/thrice", "momentum/half_life"), 1, pack=tmp_path)
    cells = ["def thrice(x):\n    return 2 * x", "check('mine/thrice', thrice)", RIGHT[0]]
    notebook = {"cells": [{"cell_type": "code", "source": source} for source in cells]}
    own, book = marks_of(json.dumps(notebook).encode(), work)
    assert own.verdict["hint_id"] == "mine/thrice#twice" and own.shows_input
    assert book.points == 1


def test_the_box_is_closed_with_everything_in_it():
    fork = "import os, time\nchild = os.fork()\nif child == 0:\n    time.sleep(600)"
    with Sitting([Cell(fork)], [], Limits(), unsafe=True) as sitting:
        assert sitting.open("no/such") == "missing"
        members = family(sitting.box.process.pid)
        assert len(members) == 2
    end = time.monotonic() + 60  # 已经杀了，只等内核把它们收拾完
    while any(map(alive, members)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(alive, members))


def alive(pid):
    """进程还在；只剩名字、等着父母收尸的不算。"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_box_that_outgrows_its_memory_is_closed():
    greedy = "x = np.ones(4 * 10**7)\nimport time\ntime.sleep(60)"
    notes = marks_of(written(before=greedy), limits=Limits(memory=250))
    assert [mark.points for mark in notes] == [1, 2]
    assert "内存超过了 250 MB" in notes[0].note


def test_a_student_has_as_long_as_in_the_self_check():
    assert (Limits().call_seconds, Limits().patience) == (judging.SECONDS, time_limit.PATIENCE)


WAITS = (
    "import time\nseen = []\n"
    "def half_life(mu):\n"
    "    if not seen: seen.append(time.sleep(2))\n"
    "    return np.log(.5) / np.log(mu)"
)
SWALLOWS = (
    "def half_life(mu):\n"
    "    while True:\n"
    "        try:\n"
    "            while True: pass\n"
    "        except BaseException: pass"
)


def test_waiting_for_a_busy_machine_costs_nothing():
    """等了两秒，没有算一秒：钟表时间的上限远，处理器时间没有用掉。"""
    patient = Limits(call_seconds=1, patience=600)
    assert [mark.points for mark in marks_of(written(WAITS), limits=patient)] == [1, 2]


@pytest.mark.parametrize("endless", ["def half_life(mu):\n    while True: pass", SWALLOWS])
def test_computing_for_ever_ends_however_patient_the_clock(endless, monkeypatch):
    monkeypatch.setattr(sitting, "GRACE", 0.5)
    patient = Limits(call_seconds=0.5, patience=10**5, total_seconds=10**6)
    half_life, update = marks_of(written(endless), limits=patient)
    assert (half_life.verdict["status"], update.points) == ("timeout", 2)
    assert "算了 0.5 秒还没有算完" in half_life.verdict["reason"]
