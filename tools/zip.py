"""网站做成一个压缩包：解开就能读，不用联网：``python -m tools.zip``（即 ``make zip``）。

里面是构建好的网站：双击 ``index.html`` 就能读；笔记本、``dlbasics`` 的安装包与 ``serve.py`` 都在，
做好了 PDF 与 EPUB，它们也在。同样的网站做出的压缩包，每个字节都一样。
"""

from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import click

from book._ext.delivery import take_along

PROJECT = Path(__file__).resolve().parents[1]
SITE = PROJECT / "_build" / "html"
TARGET = PROJECT / "_build" / "deep-learning-basics.zip"
README = "先读我.txt"
TEXT = """\
深度学习基础

读：双击 index.html，用浏览器打开，不用联网。

在网页里写代码、运行代码：先在这个文件夹里打开终端，运行下面一条，浏览器会自己打开。
    python3 serve.py

笔记本：在 _sources/book/ 里，要有 Python 3.11–3.13。在这个文件夹里打开终端，装一次：
    python3 -m venv .venv
    .venv/bin/python -m pip install "{wheel}[lab]"
以后每次这样打开：
    .venv/bin/jupyter lab _sources/book
配套包 dlbasics 就在这个文件夹里，不用克隆仓库；它要用的 NumPy 等由 pip 下载。

Windows 上把 python3 换成 py，把 .venv/bin/ 换成 .venv\\Scripts\\。

文字与图以 CC BY 4.0 发布，代码以 BSD 3-Clause 发布。
"""


def write(site: Path, target: Path) -> None:
    """把网站 ``site`` 写成压缩包 ``target``；里面只有一个文件夹，名字与压缩包的相同。

    Raises
    ------
    ValueError
        ``site`` 里没有正好一个 ``dlbasics`` 的安装包。
    """
    wheels = [path.relative_to(site).as_posix() for path in site.glob("_static/dlbasics-*.whl")]
    if len(wheels) != 1:
        raise ValueError(
            f"{site} 里应有一个 dlbasics 的安装包，找到 {len(wheels)} 个；先运行 make site"
        )
    text = TEXT.format(wheel=wheels[0]).replace("\n", "\r\n")
    files = {README: text.encode("utf-8-sig")}
    for path in sorted(site.rglob("*")):
        if path.is_file() and path.name != ".buildinfo":
            files[path.relative_to(site).as_posix()] = path.read_bytes()
    with ZipFile(target, "w") as archive:
        for name, content in files.items():
            entry = ZipInfo(f"{target.stem}/{name}")
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, ZIP_DEFLATED)


@click.command(help="把构建好的网站做成一个压缩包，放在 _build/ 里。")
def main() -> None:
    take_along.remove(SITE, TARGET.name)
    write(SITE, TARGET)
    take_along.add(SITE, TARGET)
    click.echo(f"{TARGET.relative_to(PROJECT)}：{TARGET.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
