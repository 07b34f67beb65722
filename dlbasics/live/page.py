"""网页里的图：没有内核，由写在页面里的脚本唤醒。"""

from __future__ import annotations

import json
from collections.abc import Iterable

from dlbasics import live
from dlbasics.live.modules import body, figure_modules, source

#: 名字 → 图；新写的图只要从 ``dlbasics.live`` 导出，就在里面。
FIGURES = {figure.module: figure for figure in (getattr(live, name) for name in live.__all__)}


def script(names: Iterable[str]) -> str:
    """唤醒名为 ``names`` 的图的脚本，是一个 ES 模块；几幅图共用的零件只写一次。

    Parameters
    ----------
    names : iterable of str
        图的文件夹名，如 ``"momentum_race"``。

    Returns
    -------
    str

    Examples
    --------
    >>> "mountAll" in script(["damping_map"])
    True
    """
    return f"{source('shim.js')}\nawait {mounting(names)};\n"


def mounting(names: Iterable[str]) -> str:
    """``shim.js`` 的 ``mountAll`` 怎样调用：源文件各一份，与每幅图用到哪些、``facts`` 是什么。"""
    modules = {name: figure_modules(name) for name in sorted(set(names))}
    sources = {path: body(path) for paths in modules.values() for path in paths}
    figures = {
        name: {"modules": paths, "facts": FIGURES[name].published()}
        for name, paths in modules.items()
    }
    return f"mountAll({_js(sources)}, {_js(figures)})"


def _js(value: object) -> str:
    """写成 JSON；其中没有 ``<``，不会提前结束 ``<script>``。"""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
