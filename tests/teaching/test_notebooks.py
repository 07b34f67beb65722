"""学生笔记本与练习对象一致，带齐 nbgrader 的元数据。"""

from pathlib import Path

import nbformat
import pytest

from dlbasics.exercises.registry import chapters
from dlbasics.teaching.notebooks import build, form, write

FOLDER = Path(__file__).parents[2] / "book" / "exercises"
CHAPTERS = {chapter.name: chapter for chapter in chapters()}


@pytest.mark.parametrize("name", CHAPTERS)
def test_committed_notebook_is_what_make_exercises_writes(name):
    committed = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    assert form(committed) == form(build(CHAPTERS[name])), "先运行 make exercises 和 make notebooks"


def test_an_unchanged_notebook_keeps_its_outputs(tmp_path):
    chapter, path = next(iter(CHAPTERS.values())), tmp_path / "new" / "chapter.ipynb"
    assert write(chapter, path)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="输出")]
    nbformat.write(notebook, path)
    before = path.read_bytes()
    assert not write(chapter, path)
    assert path.read_bytes() == before
    notebook.cells[0].source = "改过的题面"
    nbformat.write(notebook, path)
    assert write(chapter, path)
    assert nbformat.read(path, as_version=4).cells[1].outputs == []


def test_no_other_notebooks_are_in_the_folder():
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == set(CHAPTERS)


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_solution_is_in_the_student_file(name):
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    for exercise in CHAPTERS[name].exercises:
        last = exercise.solution.splitlines()[-1].strip()
        assert last not in text, exercise.id


@pytest.mark.parametrize("name", CHAPTERS)
def test_nbgrader_metadata_is_complete(name):
    notebook = build(CHAPTERS[name])
    nbformat.validate(notebook)
    graded = [cell.metadata["nbgrader"] for cell in notebook.cells if "nbgrader" in cell.metadata]
    required = {"schema_version", "grade_id", "grade", "solution", "locked", "task"}
    assert all(required <= set(data) and data["schema_version"] == 3 for data in graded)
    ids = [data["grade_id"] for data in graded]
    assert len(set(ids)) == len(ids)
    assert all(id.replace("-", "").replace("_", "").isalnum() for id in ids)
    points = [data["points"] for data in graded if data["grade"]]
    assert points == [exercise.points for exercise in CHAPTERS[name].exercises]
    assert not any("points" in data for data in graded if not data["grade"])
    assert sum(data["solution"] for data in graded) == len(points)


@pytest.mark.parametrize("name", CHAPTERS)
def test_unsolved_notebook_says_only_that_nothing_is_answered(name):
    committed = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    checks = [c for c in committed.cells if c.metadata.get("nbgrader", {}).get("grade")]
    for cell in checks:
        assert [out.output_type for out in cell.outputs] == ["stream"]
        assert cell.outputs[0].text.startswith("尚未作答")
