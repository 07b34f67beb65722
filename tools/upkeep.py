"""隔一阵子做一次的维护：``python -m tools.upkeep [笔记本…]``（即 ``make upkeep``）。

在两个单独的环境里重新运行各本笔记本与 ``tests/dlbasics``：``pyproject.toml`` 声明的依赖，
一个取允许的最旧，一个取最新，别的照 ``requirements.txt``。再看书里指向别处的链接通不通，
哪些钉住的版本有了更新的。都写进 ``_build/upkeep/report.md``，不改任何文件。
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import HTTPError
from xml.etree import ElementTree

import click
import nbformat
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.notebooks.environment import CELL_TIMEOUT, ROOT, notebook_environment
from tests.notebooks.form import canonical
from tests.notebooks.outputs import changes, difference_in_words
from tools.record import find_notebooks

FOLDER = ROOT / "_build" / "upkeep"
ENDS = {"最旧": "lowest-direct", "最新": "highest"}
TESTS = "tests/dlbasics"
LINK = re.compile(r"https?://[^\s<>\"'`|\\{}，。；、）」”]+")
NO_ANSWER = "没有答话"
MADE_UP = re.compile(r"https?://(localhost|127\.0\.0\.1|[^/]*\.example)\b")
RUN = f"""
import nbformat, sys
from nbclient import NotebookClient
book = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(book, timeout={CELL_TIMEOUT}, allow_errors=True).execute(cwd=sys.argv[3])
nbformat.write(book, sys.argv[2])
"""


@dataclass
class Changed:
    """一本笔记本重新运行，变了的单元：文字与数字的差别；另外只有图变了的几个。"""

    words: dict[int, str] = field(default_factory=dict)
    pictures: list[int] = field(default_factory=list)


@dataclass
class Outcome:
    """一个环境里的结果。"""

    versions: dict[str, str] = field(default_factory=dict)
    notebooks: dict[str, Changed] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    problem: str = ""


def links(text: str) -> set[str]:
    """一段 Markdown 或 BibTeX 里指向别处的网址。

    Examples
    --------
    >>> sorted(links("见 [甲](https://a.org/x_(y))。<https://b.org/>，http://localhost:8000"))
    ['https://a.org/x_(y)', 'https://b.org/']
    """
    found = {balanced(match[0].rstrip(".,;:*")) for match in LINK.finditer(text)}
    return {url for url in found if not MADE_UP.match(url)}


def balanced(url: str) -> str:
    """去掉末尾多出来的右括号：它是 Markdown 的。"""
    while url.endswith((")", "]")) and (
        url.count(")") > url.count("(") or url.count("]") > url.count("[")
    ):
        url = url[:-1]
    return url


def links_of(path: Path) -> set[str]:
    """一个文件里指向别处的网址；笔记本只看文字单元。"""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return links(text)


def trouble(url: str, timeout: float = 30) -> str:
    """这个网址打不开的原因；打得开是空字符串。转向由 ``urllib`` 跟着走。

    服务器答了话，是状态码；没有答话，以 ``NO_ANSWER`` 开头。
    """
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "Mozilla/5.0"})
        with urllib.request.urlopen(request, timeout=timeout):
            return ""
    except HTTPError as error:
        error.close()
        return f"{error.code} {error.reason}"
    except (OSError, HTTPException, ValueError) as error:
        return f"{NO_ANSWER}：{getattr(error, 'reason', error) or type(error).__name__}"


def dead_links(urls: Iterable[str]) -> dict[str, str] | None:
    """打不开的网址与原因；一个服务器也没有答话是 None：那是这台机器连不到外面。"""
    urls = sorted(urls)
    with ThreadPoolExecutor(8) as pool:
        reasons = dict(zip(urls, pool.map(trouble, urls), strict=True))
    if reasons and all(reason.startswith(NO_ANSWER) for reason in reasons.values()):
        return None
    return {url: reason for url, reason in reasons.items() if reason}


def floating(project: dict, pinned: str) -> list[str]:
    """要装的东西：``pyproject.toml`` 声明的照它写的范围，``requirements.txt`` 里其余的照样钉住。"""
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    declared = {
        canonicalize_name(Requirement(line).name): line for lines in lists for line in lines
    }
    lines = [line.partition("#")[0].strip() for line in pinned.splitlines()]
    others = [
        line for line in lines if line and canonicalize_name(Requirement(line).name) not in declared
    ]
    return [*declared.values(), *others]


def pins(text: str) -> dict[str, str]:
    """一份清单里钉住的：名字 → 版本。"""
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE))


def newer(pinned: str, latest: dict[str, str]) -> dict[str, tuple[str, str]]:
    """``requirements.txt`` 里钉住的、而 ``latest`` 里更新的：名字 → （钉住的，最新的）。

    Examples
    --------
    >>> newer("numpy==2.4.6  # 数组\\ntqdm==4.70.1", {"numpy": "2.10.0", "tqdm": "4.70.1"})
    {'numpy': ('2.4.6', '2.10.0')}
    """
    return {
        name: (version, latest[canonicalize_name(name)])
        for name, version in pins(pinned).items()
        if Version(latest.get(canonicalize_name(name), version)) > Version(version)
    }


def failures(junit: str) -> list[str]:
    """一份 JUnit 报告里没有通过的测试。"""
    cases = ElementTree.fromstring(junit).iter("testcase")
    return [
        f"{case.get('classname')}::{case.get('name')}"
        for case in cases
        if case.get("name") and (case.find("failure") is not None or case.find("error") is not None)
    ]


def report(
    outcomes: dict[str, Outcome],
    dead: dict[str, str] | None,
    count: int,
    updates: dict[str, tuple[str, str]] | None,
) -> str:
    """整份报告，Markdown。``dead`` 是 None：没有查成；``updates`` 是 None：没有问到。"""
    lines = ["# 维护报告", ""]
    for end, outcome in outcomes.items():
        lines += [f"## {end}的依赖", ""]
        if outcome.problem:
            lines += ["没有装成：", "", "```text", outcome.problem, "```", ""]
            continue
        versions = "，".join(f"{name} {version}" for name, version in outcome.versions.items())
        told = {name: one.words for name, one in outcome.notebooks.items() if one.words}
        drawn = {name: one.pictures for name, one in outcome.notebooks.items() if one.pictures}
        lines += [f"版本：{versions}。", ""]
        lines += [f"笔记本 {len(outcome.notebooks)} 本，文字或数字变了 {len(told)} 本。", ""]
        for name, cells in told.items():
            lines += [f"- `{name}`", *(f"  - 单元 {n}：{brief(what)}" for n, what in cells.items())]
        lines += ["", f"只有图变了的单元 {sum(map(len, drawn.values()))} 个。", ""]
        for name, numbers in drawn.items():
            lines += [f"- `{name}`：{'、'.join(map(str, numbers))}"]
        lines += ["", f"没有通过的测试 {len(outcome.failed)} 个。", ""]
        lines += [*(f"- `{name}`" for name in outcome.failed), ""]
    lines += ["## 指向别处的链接", ""]
    if dead is None:
        lines += [f"没有查成：{count} 个一个也连不上，这台机器连不到外面。", ""]
    else:
        lines += [f"{count} 个，打不开 {len(dead)} 个。", ""]
        lines += [*(f"- <{url}>：{reason}" for url, reason in sorted(dead.items())), ""]
    lines += ["## 钉住的版本", ""]
    if updates is None:
        lines += ["没有问到最新的版本。"]
    else:
        lines += [f"有更新的 {len(updates)} 个。", ""]
        lines += [f"- {name} {old} → {new}" for name, (old, new) in sorted(updates.items())]
    return "\n".join(lines).rstrip() + "\n"


def brief(text: str) -> str:
    """一行之内说完。"""
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:199]}…"


def uv(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).parent / "uv", *arguments]
    return subprocess.run([*map(str, command)], cwd=ROOT, capture_output=True, encoding="utf-8")


def environment(folder: Path, resolution: str) -> str:
    """在 ``folder`` 里装好一个环境；返回装不成的原因，装成了是空字符串。"""
    shutil.rmtree(folder, ignore_errors=True)
    wanted = floating(project(), (ROOT / "requirements.txt").read_text(encoding="utf-8"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    listed = folder.with_suffix(".txt")
    listed.write_text("\n".join(wanted), encoding="utf-8")
    python = ["--python", folder]
    for step in (
        ["venv", "-q", "--python", sys.executable, folder],
        ["pip", "install", "-q", *python, "--resolution", resolution, "-r", listed],
        ["pip", "install", "-q", *python, "--no-deps", "-e", "."],
    ):
        done = uv(*step)
        if done.returncode:
            return done.stderr.strip()
    return ""


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def rerun(python: Path, path: Path) -> Changed:
    """用 ``python`` 重新运行一本，返回变了的单元；连运行都没有运行，记在单元 0。"""
    fixed = notebook_environment()
    del fixed["MATPLOTLIBRC"]
    with TemporaryDirectory() as place:
        fresh = Path(place, path.name)
        command = [python, "-c", RUN, path, fresh, path.parent]
        done = subprocess.run(
            [*map(str, command)], env=fixed, cwd=ROOT, capture_output=True, encoding="utf-8"
        )
        if done.returncode:
            return Changed({0: done.stderr})
        stored, new = (canonical(nbformat.read(one, as_version=4)) for one in (path, fresh))
    words = changes(stored, new, difference_in_words)
    return Changed(words, [number for number in changes(stored, new) if number not in words])


def try_out(end: str, notebooks: Iterable[Path]) -> Outcome:
    """在一个环境里把笔记本与测试都跑一遍。"""
    folder = FOLDER / ENDS[end]
    if problem := environment(folder, ENDS[end]):
        return Outcome(problem=problem)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    frozen = json.loads(uv("pip", "list", "-q", "--python", folder, "--format", "json").stdout)
    names = {canonicalize_name(Requirement(line).name) for line in project()["dependencies"]}
    outcome = Outcome({one["name"]: one["version"] for one in frozen if one["name"] in names})
    for path in notebooks:
        click.echo(f"{end}的依赖：{path.relative_to(ROOT)}")
        outcome.notebooks[path.relative_to(ROOT).as_posix()] = rerun(python, path)
    junit = folder.with_suffix(".xml")
    junit.unlink(missing_ok=True)
    click.echo(f"{end}的依赖：{TESTS}")
    # 旧的依赖之间会互相抱怨过时，那不是这本书的事
    options = ["-n", "0", "-q", "--no-browser", "-W", "default::DeprecationWarning"]
    command = [python, "-m", "pytest", *options, f"--junitxml={junit}", TESTS]
    done = subprocess.run([*map(str, command)], cwd=ROOT, capture_output=True, encoding="utf-8")
    outcome.failed = failures(junit.read_text("utf-8")) if junit.exists() else []
    if done.returncode and not outcome.failed:  # 没有跑到头：把它最后说的话写进报告
        outcome.failed = [done.stdout[-500:]]
    return outcome


def latest() -> dict[str, str] | None:
    """``requirements.txt`` 里的各个包，不钉住时会装的版本；问不到是 None。"""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    names = FOLDER / "names.in"
    names.write_text("\n".join(pins(text)), encoding="utf-8")
    done = uv(
        "pip", "compile", "-q", "--no-header", "--no-annotate", "--python", sys.executable, names
    )
    if done.returncode:
        return None
    return pins(done.stdout)


@click.command(help="用最旧与最新的依赖重跑全部，查链接，写出报告；写明笔记本就只跑那几本。")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[笔记本]...")
@click.help_option("--help", help="显示这段说明。")
def main(paths: tuple[Path, ...]) -> None:
    try:
        notebooks = find_notebooks([path.resolve() for path in paths] or [ROOT / "book"])
    except ValueError as error:
        sys.exit(str(error))
    outcomes = {end: try_out(end, notebooks) for end in ENDS}
    files = [path for kind in ("*.md", "*.ipynb", "*.bib") for path in (ROOT / "book").rglob(kind)]
    urls = set().union(*map(links_of, [*files, ROOT / "README.md"]))
    known = latest()
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    updates = None if known is None else newer(pinned, known)
    text = report(outcomes, dead_links(urls), len(urls), updates)
    (FOLDER / "report.md").write_text(text, encoding="utf-8")
    click.echo(f"{text}\n写进了 {(FOLDER / 'report.md').relative_to(ROOT)}")


if __name__ == "__main__":
    main()
