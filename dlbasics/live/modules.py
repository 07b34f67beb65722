"""图的 ES 模块：把一幅图和它引用的零件按先后接成一份，不再依赖别的文件。

一幅图是一个文件夹：``figure.js`` 操作，``view.js`` 画面，``figure.css`` 样式，有的还有
``arithmetic.js`` 自己的计算。
各图共用的在两个文件夹里：``drawing`` 是画图的零件，从 ``drawing/index.js`` 引用；``arithmetic``
是与同名的 Python 模块同值的计算。
模块之间只用 ``import { a, b } from "路径"``，不改名；一幅图用到的模块里，顶层的名字互不相同，
接起来就能用。
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from dlbasics.figures.style import ACCENTS

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import \{([^}]*)\} from "([./\w]+\.js)";\n', re.MULTILINE)
REEXPORT = re.compile(r'^export \* from "([./\w]+\.js)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:function|const) (\w+)", re.MULTILINE)


def source(path: str) -> str:
    """一个源文件；``path`` 从这个文件夹算起。"""
    return (HERE / path).read_text(encoding="utf-8")


def body(path: str) -> str:
    """模块的源文件，去掉引用语句。"""
    return IMPORT.sub("", source(path))


def imports(path: str) -> list[tuple[str, set[str]]]:
    """模块直接引用的模块，与从那里取的名字；转出别的模块的，换成那些模块。"""
    found = []
    for names, target in IMPORT.findall(source(path)):
        wanted = {name.strip() for name in names.split(",")} - {""}
        target = _resolve(path, target)
        parts = [_resolve(target, part) for part in REEXPORT.findall(source(target))]
        for part in parts or [target]:
            taken = wanted & set(EXPORT.findall(source(part)))
            wanted -= taken
            if taken:
                found.append((part, taken))
        if wanted:
            raise ImportError(f"{path} 引用的 {sorted(wanted)}，{target} 没有导出")
    return found


def order(path: str) -> list[str]:
    """模块与它直接、间接引用的模块，被引用的在前。"""
    found: list[str] = []
    for needed, _ in imports(path):
        found += [one for one in order(needed) if one not in found]
    return [*found, path]


def figure_modules(name: str) -> list[str]:
    """图 ``name`` 用到的全部模块，按先后。"""
    return order(f"{name}/figure.js")


def bundle(name: str) -> str:
    """图 ``name`` 自足的模块：零件在前，图在后。"""
    return "\n".join(map(body, figure_modules(name)))


def style(*names: str) -> str:
    """两种方法的颜色，共用的样式，与名为 ``names`` 的几幅图自己的；缩进不必寄给每个读者。"""
    files = [ACCENTS, HERE / "live.css", *(HERE / name / "figure.css" for name in names)]
    lines = [line.strip() for file in files for line in file.read_text("utf-8").splitlines()]
    return "\n".join(lines)


def every_style() -> str:
    """全部的图的样式。一页上几幅图各带一份，次序相同，后到的一份就不会压住先到的。"""
    return style(*sorted(file.parent.name for file in HERE.glob("*/figure.css")))


def _resolve(path: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
