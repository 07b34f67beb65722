"""只跑改动牵动的测试：``python -m tools.changed``（即 ``make check``），不开浏览器。

改动是与上一次提交相比的；什么也没改，就看上一次提交本身。改了一个模块，跑它自己的例子，和直接导入它的
测试与笔记本；改了一本笔记本，跑它和它那一章的测试；改了一个测试，跑它。
到处都用的模块牵动大半本书：那时先跑它自己的测试，各章留给 ``make test``，并且说出来。
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


MOST_CHAPTERS = 2
"""牵动的笔记本不多于这么多时，才在这里跑；再多，一分钟跑不完。"""


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


def imports(code: str) -> set[str]:
    """一段代码导入的模块与名字，写成带点的全名。"""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def code_of(path: Path) -> str:
    """一个 .py 文件的全文，或一本笔记本的全部代码。"""
    text = (ROOT / path).read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


class Module:
    """``dlbasics`` 里的一个模块，以及用到它的代码会怎样导入它。"""

    def __init__(self, path: Path) -> None:
        self.name = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        package = self.name.rpartition(".")[0]
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        defined = {node.name for node in tree.body if hasattr(node, "name")}
        self.public = {package, *(f"{package}.{name}" for name in defined)}

    def used_by(self, names: set[str]) -> bool:
        """导入了这个模块、其中的名字，或由所在的包转手公开的名字。"""
        inside = f"{self.name}."
        return bool(names & self.public) or any(f"{name}.".startswith(inside) for name in names)


def modules(changed: list[Path]) -> list[Module]:
    code = [path for path in changed if path.parts[0] == "dlbasics" and path.suffix == ".py"]
    return [Module(path) for path in code]


def affected(changed: list[Path]) -> list[Path]:
    """要跑的测试文件、模块与笔记本。"""
    tests = [path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")]
    notebooks = [path.relative_to(ROOT) for path in (ROOT / "book").rglob("*.ipynb")]
    notebooks = [path for path in notebooks if ".ipynb_checkpoints" not in path.parts]
    wanted = {path for path in changed if path in tests or path in notebooks or modules([path])}
    touched = modules(changed)
    for path in (*tests, *notebooks) if touched else ():
        names = imports(code_of(path))
        if any(module.used_by(names) for module in touched):
            wanted.add(path)
    chapters = {path.stem for path in changed if path.suffix == ".ipynb"}
    chapters |= {path.parent.name for path in changed if "exercises" in path.parts}
    for path in tests:
        if path.parts[1] in ("claims", "exercises") and path.stem.removeprefix("test_") in chapters:
            wanted.add(path)
    return sorted(wanted)


def far(wanted: list[Path], changed: list[Path]) -> list[Path]:
    """``wanted`` 里留给 ``make test`` 的：没有改动、却被牵动的各章和各章说法的测试。"""
    left = [path for path in wanted if path not in changed]
    left = [path for path in left if path.suffix == ".ipynb" or path.parts[1] == "claims"]
    many = sum(path.suffix == ".ipynb" for path in left) > MOST_CHAPTERS
    return left if many else []


def main() -> int:
    changed = changed_files()
    wanted = affected(changed)
    left = far(wanted, changed)
    wanted = [path for path in wanted if path not in left]
    if not wanted:
        print("没有改动牵动测试。")
        return 0
    print("改动牵动：", *wanted, sep="\n  ", flush=True)
    if left:
        print("还牵动许多章，留给 make test：", *left, sep="\n  ", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "--no-browser", *sys.argv[1:]]
    status = subprocess.run([*command, *map(str, wanted)], cwd=ROOT, check=False).returncode
    return 0 if status == 5 else status  # 5：挑出来的都要浏览器


if __name__ == "__main__":
    sys.exit(main())
