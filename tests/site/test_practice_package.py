"""浏览器里的那一份 dlbasics：除了 NumPy 与标准库，它什么也不缺。"""

import io
import subprocess
import sys
from zipfile import ZipFile

from in_browser import practice_page

USE = """
import sys
from pathlib import Path

package = sys.argv[1]
sys.path.insert(0, package)
ours = {path.stem for path in Path(package).iterdir()}


class OnlyWhatIsThere:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ours | sys.stdlib_module_names | {"numpy"}:
            raise ModuleNotFoundError(f"浏览器里没有 {name}", name=name)


sys.meta_path.insert(0, OnlyWhatIsThere())
import dlbasics
from dlbasics.exercises import self_check
from dlbasics.exercises.registry import chapters

assert Path(dlbasics.__file__).is_relative_to(package)
for chapter in chapters():
    for exercise in chapter.exercises:
        verdict = self_check(exercise.id, exercise.hints[0].wrong)
        assert exercise.hints[0].message in verdict.text, verdict.text
"""


def test_every_exercise_can_be_checked_with_it(tmp_path):
    with ZipFile(io.BytesIO(practice_page.package())) as archive:
        archive.extractall(tmp_path / "package")
    script = tmp_path / "use.py"
    script.write_text(USE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", script, tmp_path / "package"],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
