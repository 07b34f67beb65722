"""教师手册：展示的输出是真的，每章都排到，提到的命令、选项、状态都存在。"""

import re

import click
import pytest

from dlbasics.exercises.registry import chapters
from dlbasics.teaching.box.limits import Limits
from dlbasics.teaching.commands.chinese import DISK_FULL, INTERRUPTED, NEEDS_YOU, UNFIT
from dlbasics.teaching.commands.cli import cli
from pages.solutions import in_book_order
from pages.teaching_plan import plan
from tests.teaching.handbook import FOLDER, sessions

TEXT = (FOLDER.parent / "teaching.md").read_text(encoding="utf-8")
SESSIONS = (
    "assign", "collect", "collect_again", "grade", "override", "report", "misconceptions",
    "new_exercise",
)  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return sessions(tmp_path_factory.mktemp("handbook"))


@pytest.mark.parametrize("name", SESSIONS)
def test_the_output_shown_is_what_the_commands_print(told, name):
    shown = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert shown == told[name], "先运行 python -m tests.teaching.handbook"


def test_every_session_is_in_the_handbook(told):
    assert set(re.findall(r"literalinclude\} teaching/(\w+)\.txt", TEXT)) == set(told)
    assert {path.stem for path in FOLDER.iterdir()} == set(told)


@pytest.mark.parametrize(("heading", "weeks"), [("### 十四周", 14), ("### 七周", 7)])
def test_a_term_plan_has_every_week_and_every_chapter(heading, weeks):
    rest = TEXT[TEXT.index(heading) + len(heading) :]
    term = rest[: re.search(r"\n##+ ", rest).start()]
    rows = re.findall(r"^\| (\d+) \|(.*)\|(.*)\|$", term, flags=re.M)
    assert [int(number) for number, _, _ in rows] == list(range(1, weeks + 1))
    given = [
        name for _, _, cell in rows for name in re.findall(r"[a-z_]{4,}", cell) if name != "pack"
    ]
    assert sorted(given) == sorted(chapter.name for chapter in chapters())
    linked = re.findall(r"\((?:\.\./)(\w+/\w+)\.ipynb\)", term)
    assert sorted(linked) == sorted(chapter.page for chapter in chapters())


def test_commands_and_options_exist():
    known = {
        option for command in cli.commands.values() for p in command.params for option in p.opts
    }
    for line in re.findall(r"^dlbasics (.+)$|`dlbasics ([^`]+)`", TEXT, flags=re.M):
        words = "".join(line).split()
        assert words[0] in cli.commands, line
        options = [word for word in words if word.startswith("--")]
        assert set(options) <= {o for p in cli.commands[words[0]].params for o in p.opts}, line
    assert set(re.findall(r"`(?:assign )?(--[a-z-]+)", TEXT)) <= known


def test_exit_codes_are_the_ones_the_commands_use():
    shown = {
        int(code)
        for code in re.findall(r"^\| (\d+) \| \D", TEXT[TEXT.index("### 退出的状态") :], flags=re.M)
    }
    used = {NEEDS_YOU, UNFIT, DISK_FULL, INTERRUPTED}
    assert shown == {0, click.UsageError.exit_code} | used


def test_limits_are_the_ones_the_sandbox_has():
    limits = Limits()
    assert f"回答一组输入 {limits.call_seconds} 秒，运行一个单元 {limits.cell_seconds} 秒" in TEXT
    assert f"等到 {limits.patience} 倍的钟表时间也停下。" in TEXT
    assert f"一份作业最多 {limits.total_seconds} 秒" in TEXT


def test_the_plan_of_chapters_is_counted_from_the_book():
    lines = plan(FOLDER.parents[1], list(in_book_order().values()))
    rows = [re.findall(r"\| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", line) for line in lines]
    numbers = [tuple(map(int, row[0])) for row in rows if row]
    exercises = [exercise for chapter in chapters() for exercise in chapter.exercises]
    assert len(numbers) == len(chapters()) + 1
    assert numbers[-1] == tuple(map(sum, zip(*numbers[:-1], strict=True)))
    assert numbers[-1][2:] == (len(exercises), sum(exercise.points for exercise in exercises))
    assert sum(line.startswith("1. ") for line in lines) == len(chapters())
