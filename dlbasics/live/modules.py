"""图的 ES 模块：把一幅图和它引用的零件按先后接成一份，不再依赖别的文件。

一幅图 ``x`` 是 ``x.js`` 与它的画面 ``x_view.js``；各图共用的在两个文件夹里：``drawing`` 是
画图的零件，``arithmetic`` 是与 Python 同名同值的计算。
零件之间只用 ``import { a, b } from "路径"``，不改名，文件名与顶层的名字都互不相同，接起来就能用。
"""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "[./\w]*/(\w+)\.js";\n', re.MULTILINE)


def source(name: str) -> str:
    """模块 ``name`` 的源文件。"""
    [path] = HERE.rglob(f"{name}.js")
    return path.read_text(encoding="utf-8")


def order(name: str) -> list[str]:
    """模块 ``name`` 与它直接、间接引用的模块，被引用的在前。"""
    found: list[str] = []
    for needed in IMPORT.findall(source(name)):
        found += [one for one in order(needed) if one not in found]
    return [*found, name]


def bundle(name: str) -> str:
    """自足的模块：零件在前，图在后，引用语句去掉。"""
    return "\n".join(IMPORT.sub("", source(one)) for one in order(name))
