"""只跑改动牵动的测试：``python -m tests.changed``（即 ``make check``），不开浏览器。

改动是与上一次提交相比的；什么也没改，就看上一次提交本身。改了一个模块，跑它自己的例子，和直接导入它的
测试与笔记本；改了一本笔记本，跑它和它那一章的测试；改了一个测试，跑它。
牵动得远的改动由 ``make test`` 查。
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def git(*arguments: str) -> list[str]:
    command = ["git", "-c", "core.quotepath=off", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout.splitlines()


def changed_files() -> list[Path]:
    """改动过、现在还在的文件。"""
    now = git("diff", "--name-only", "HEAD") + git("ls-files", "--others", "--exclude-standard")
    names = now or git("diff", "--name-only", "HEAD~1", "HEAD")
    return [Path(name) for name in names if (ROOT / name).is_file()]


def imports(code: str) -> Iterator[str]:
    """一段代码导入的模块与名字，写成带点的全名。"""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def code_of(path: Path) -> str:
    """一个 .py 文件的全文，或一本笔记本的全部代码。"""
    text = (ROOT / path).read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def modules(path: Path) -> set[str]:
    """导入哪些名字就算用到了 ``path``：模块自己，以及转手公开它的包。"""
    if path.parts[0] != "dlbasics" or path.suffix != ".py":
        return set()
    name = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    package = name.rpartition(".")[0]
    return {name, package} - {"dlbasics"}


def affected(changed: list[Path]) -> list[Path]:
    """要跑的测试文件、模块与笔记本。"""
    tests = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")]
    notebooks = [path.relative_to(ROOT) for path in (ROOT / "book").rglob("*.ipynb")]
    notebooks = [path for path in notebooks if ".ipynb_checkpoints" not in path.parts]
    touched = set().union(*map(modules, changed))
    wanted = {path for path in changed if path in tests or path in notebooks}
    wanted |= {path for path in changed if modules(path)}
    for path in (*tests, *notebooks):
        if touched and touched & set(imports(code_of(path))):
            wanted.add(path)
    chapters = {path.stem for path in changed if path.suffix == ".ipynb"}
    chapters |= {path.parent.name for path in changed if "exercises" in path.parts}
    for path in tests:
        if path.parts[1] in ("claims", "exercises") and path.stem.removeprefix("test_") in chapters:
            wanted.add(path)
    return sorted(wanted)


def main() -> int:
    wanted = affected(changed_files())
    if not wanted:
        print("没有改动牵动测试。")
        return 0
    print("改动牵动：", *wanted, sep="\n  ", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "--no-browser", *sys.argv[1:]]
    status = subprocess.run([*command, *map(str, wanted)], cwd=ROOT, check=False).returncode
    return 0 if status == 5 else status  # 5：挑出来的都要浏览器


if __name__ == "__main__":
    sys.exit(main())
