"""网站带着的安装包：pip 装得上，与项目里的是同一份。"""

import subprocess
import sys
from pathlib import Path

import package_wheel


def test_pip_installs_it(tmp_path):
    wheel = tmp_path / package_wheel.name()
    wheel.write_bytes(package_wheel.content())
    install = ["pip", "install", "-q", "--no-deps", "--no-index", "--no-compile", str(wheel)]
    target = tmp_path / "installed"
    subprocess.run([sys.executable, "-m", *install, "--target", str(target)], check=True)
    ours = Path(package_wheel.PACKAGE)
    files = {
        path.relative_to(target / "dlbasics"): path.read_bytes()
        for path in (target / "dlbasics").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files == {path: (ours / path).read_bytes() for path in files}
    assert Path("exercises/__init__.py") in files
    assert any(path.suffix == ".otf" for path in files)


def test_same_files_make_the_same_bytes():
    assert package_wheel.content() == package_wheel.content()


def test_the_setup_page_names_it():
    page = package_wheel.PACKAGE.parent / "book" / "appendix" / "setup.md"
    assert f"_static/{package_wheel.name()}" in page.read_text(encoding="utf-8")
