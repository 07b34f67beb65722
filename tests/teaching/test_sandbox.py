"""沙箱的命令：看得见什么，看不见什么，哪些系统调用不许用。"""

import struct
from pathlib import Path

import pytest

from dlbasics.exercises.registry import chapters
from dlbasics.teaching.box import seccomp, walls
from dlbasics.teaching.box.limits import Limits

BOOK = Path(__file__).parents[2]


def test_references_and_the_project_are_not_visible():
    assert {Path(path).name for path in walls.hidden()} == {c.name for c in chapters()}
    assert str(BOOK) not in walls.visible() and str(BOOK / "book") not in walls.visible()
    words = walls.command(Limits(), {"HOME": "/tmp"}, None)
    for path in walls.hidden():
        place = words.index(path)
        assert words[place - 1] == "--tmpfs"
        assert place > words.index(str(walls.PACKAGE))
    assert words.index("/tmp", words.index("--size")) < words.index("/usr")


def test_the_surroundings_are_a_fixed_list(monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", "秘密")
    monkeypatch.setenv("LD_PRELOAD", "x.so")
    inside = walls.surroundings("/tmp")
    assert inside["HOME"] == "/tmp" and "秘密" not in inside.values()
    assert not {"COURSE_SECRET", "LD_PRELOAD"} & {*inside, *walls.bare()}


def test_the_whole_box_is_limited_by_a_control_group_where_there_is_one(monkeypatch):
    monkeypatch.setattr(walls, "_has_user_session", lambda: True)
    words = walls.command(Limits(memory=700, processes=20), {}, None)
    assert words[0] == "systemd-run" and {"MemoryMax=700000000", "TasksMax=28"} <= set(words)
    assert words.index("--") < words.index("bwrap")
    monkeypatch.setattr(walls, "_has_user_session", lambda: False)
    assert walls.command(Limits(), {}, None)[0] == "bwrap"


def run(code, arch, number):
    """一步一步执行 BPF 程序，返回它的决定。"""
    rows, at, value = list(struct.iter_unpack("=HBBI", code)), 0, 0
    while True:
        operation, yes, no, constant = rows[at]
        at += 1
        if operation == 0x20:
            value = {0: number, 4: arch}[constant]
        elif operation == 0x15:
            at += yes if value == constant else no
        elif operation == 0x35:
            at += yes if value >= constant else no
        else:
            assert operation == 0x06
            return constant


@pytest.mark.parametrize("machine", seccomp.NUMBERS)
def test_the_filter_refuses_what_is_listed_and_allows_the_rest(machine):
    code, arch = seccomp.program(machine), seccomp.ARCHITECTURES[machine]
    refused = set(seccomp.NUMBERS[machine].values())
    for number in range(600):
        decision = seccomp.NOT_PERMITTED if number in refused else seccomp.ALLOWED
        assert run(code, arch, number) == decision
    assert run(code, arch, seccomp.X32 + 1) == seccomp.NOT_PERMITTED
    assert run(code, 0x4000_0003, 1) == seccomp.NOT_PERMITTED


def test_an_unknown_machine_has_no_filter(monkeypatch):
    monkeypatch.setattr(seccomp.platform, "machine", lambda: "riscv64")
    assert seccomp.as_file() is None
