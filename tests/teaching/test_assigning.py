"""布置：发给学生的东西齐全、名字是 ASCII、每次相同，没有参考解答。"""

import json
import re
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest

from dlbasics.exercises.registry import chapters, find
from dlbasics.teaching.assigning import (
    IMPORTS_WITHOUT_CHECK,
    marked,
    marked_solution,
    nbgrader_course,
    readme,
    release,
)
from dlbasics.teaching.gradebook import Terms
from dlbasics.teaching.notebooks import build, form
from tests.teaching.classroom import chapter

ROOT = Path(__file__).parents[2]
DUE = Terms(due="2026-12-01T23:59")
EXERCISES = [exercise for each in chapters() for exercise in each.exercises]


def test_release_has_notebooks_data_words_and_requirements(tmp_path):
    data = tmp_path / "给学生的数据"
    data.mkdir()
    (data / "photo.csv").write_text("1,2\n")
    folder = tmp_path / "homework"
    paths = release(folder, "week3", [chapter("momentum"), chapter()], DUE, data=data)
    names = {path.relative_to(folder / "release").as_posix() for path in paths}
    assert names == {
        "README.md", "requirements.txt", "momentum.ipynb", "parameter_sharing.ipynb",
        "data/photo.csv",
    }  # fmt: skip
    with zipfile.ZipFile(folder / "release.zip") as archive:
        assert {info.filename for info in archive.infolist()} == {f"week3/{n}" for n in names}
        assert all(info.filename.isascii() for info in archive.infolist())
    words = (folder / "release" / "README.md").read_text(encoding="utf-8")
    points = sum(
        exercise.points for c in (chapter("momentum"), chapter()) for exercise in c.exercises
    )
    assert "2026 年 12 月 01 日 23:59" in words
    assert f"共 21 道题，{points} 分" in words
    needs = (folder / "release" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ours = [*project["dependencies"], *project["optional-dependencies"]["lab"]]
    assert needs[1:] == [each for each in ours if each.startswith(("numpy", "jupyterlab>"))]
    assert len(needs) == 3


def test_released_notebook_is_the_book_s(tmp_path):
    release(tmp_path, "week3", [chapter()], DUE)
    released = nbformat.read(tmp_path / "release" / "parameter_sharing.ipynb", as_version=4)
    assert form(released)[1:] == form(build(chapter()))[1:]


@pytest.mark.parametrize("checked", [True, False])
def test_nothing_handed_out_points_to_a_file_that_is_not_there(tmp_path, checked):
    release(tmp_path, "all", chapters(), DUE, checked=checked)
    for path in (tmp_path / "release").iterdir():
        assert not re.search(r"\]\((?!https?://)", path.read_text(encoding="utf-8")), path.name


def test_the_same_homework_makes_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        release(tmp_path / name, "week3", [chapter()], DUE)
    assert (tmp_path / "a" / "release.zip").read_bytes() == (
        tmp_path / "b" / "release.zip"
    ).read_bytes()


def test_names_that_platforms_would_garble_are_refused(tmp_path):
    with pytest.raises(ValueError, match="作业的名字应是小写字母"):
        release(tmp_path, "第三周", [chapter()], DUE)
    data = tmp_path / "data"
    data.mkdir()
    (data / "照片.csv").write_text("1\n")
    with pytest.raises(ValueError, match=r"ASCII，得到 data/照片\.csv"):
        release(tmp_path / "homework", "week3", [chapter()], DUE, data=data)


def test_readme_tells_the_terms():
    assert "没有截止时间" in readme("week3", [chapter()], Terms())
    words = readme("week3", [chapter()], Terms("2026-12-01T23:59", 0.2, 3, "last"))
    assert "迟交每天扣所得分的 20%，最多迟 3 天。交了几次，取最后一次" in words


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_a_marked_solution_runs_and_becomes_the_book_s_stub(exercise):
    source = marked_solution(exercise)
    lines = source.splitlines()
    start, stop = lines.index("    ### BEGIN SOLUTION"), lines.index("    ### END SOLUTION")
    cleared = [*lines[:start], exercise.stub.splitlines()[-1], *lines[stop + 1 :]]
    assert "\n".join(cleared) == exercise.stub
    without_marks = [line for line in lines if "### " not in line]
    assert "\n".join(without_marks) == exercise.solution


def test_marked_notebook_differs_only_in_the_answers():
    changed = [
        (ours, theirs)
        for ours, theirs in zip(form(marked(chapter())), form(build(chapter())), strict=True)
        if ours != theirs
    ]
    assert [cell[0] for cell, _ in changed] == [
        f"parameter_sharing-{name}-answer" for name in chapter().names
    ]


def test_nbgrader_course_tells_its_weaknesses(tmp_path):
    folder = nbgrader_course(tmp_path, "week3", [chapter()])
    words = (folder / "README.md").read_text(encoding="utf-8")
    assert "check = lambda *a: None" in words and "0 分" in words
    config = (folder / "nbgrader_config.py").read_text(encoding="utf-8")
    assert 'raise NotImplementedError(\\"尚未作答\\")' in config


def test_a_private_release_has_no_references_and_says_only_whether_written(tmp_path, capsys):
    release(tmp_path, "week3", [chapter()], DUE, checked=False)
    notebook = json.loads((tmp_path / "release" / "parameter_sharing.ipynb").read_text("utf-8"))
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    assert sources[1] == IMPORTS_WITHOUT_CHECK
    assert "dlbasics" not in sources[1]
    variables = {}
    exec(sources[1], variables)
    exercise = find("parameter_sharing/count_weights")
    for source in (exercise.stub, exercise.solution):
        exec(source, variables)
        variables["check"](exercise.id, variables[exercise.name])
    assert capsys.readouterr().out.splitlines() == ["尚未作答", "写好了就交"]
