"""导出的课程，原样的 nbgrader 用得了：发布、批改、反馈、导出；发布的空壳就是书里的空壳。"""

import csv
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from dlbasics.teaching.assigning import nbgrader_course
from dlbasics.teaching.notebooks import build
from tests.teaching.classroom import chapter, notebook, right, wrong

NAME = "local_connectivity"
DRIVE = """
import sys
from nbgrader.apps import NbGraderAPI
from nbgrader.plugins.export import CsvExportPlugin
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

config = PyFileConfigLoader("nbgrader_config.py").load_config()
config.CourseDirectory.root = "."
api = NbGraderAPI(config=config)
steps = [api.generate_assignment("{name}"), api.autograde("{name}", "right"),
         api.autograde("{name}", "wrong"), api.generate_feedback("{name}", "wrong")]
for step in steps:
    if not step["success"]:
        sys.exit(step["log"] + str(step.get("error")))
with api.gradebook as gradebook:
    CsvExportPlugin(to="grades.csv").export(gradebook)
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = nbgrader_course(tmp_path_factory.mktemp("course"), "week3", [chapter(NAME)])
    for student, answers in {
        "right": right(name=NAME),
        "wrong": right(name=NAME) | wrong("count", name=NAME) | wrong("mask", name=NAME),
    }.items():
        target = folder / "submitted" / student / "week3"
        target.mkdir(parents=True)
        (target / f"{NAME}.ipynb").write_bytes(notebook(answers, NAME))
    home = tmp_path_factory.mktemp("home")
    places = ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    environment = {
        **os.environ,
        **dict.fromkeys(places, str(home)),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", DRIVE.format(name="week3")],
        cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def test_released_stubs_are_the_book_s(course):
    path = course / "release" / "week3" / f"{NAME}.ipynb"
    released = nbformat.read(path, as_version=4).cells
    ours = build(chapter(NAME)).cells
    assert [cell.source for cell in released] == [cell.source for cell in ours]


def test_grades_are_the_book_s(course):
    with (course / "grades.csv").open(encoding="utf-8") as stream:
        grades = {row["student_id"]: float(row["score"]) for row in csv.DictReader(stream)}
    points = {exercise.id: exercise.points for exercise in chapter(NAME).exercises}
    lost = points[f"{NAME}/count"] + points[f"{NAME}/mask"]
    assert grades == {"right": sum(points.values()), "wrong": sum(points.values()) - lost}


def test_feedback_has_the_book_s_hint(course):
    page = (course / "feedback" / "wrong" / "week3" / f"{NAME}.html").read_text(encoding="utf-8")
    assert chapter(NAME).exercises[0].hints[0].message in page
