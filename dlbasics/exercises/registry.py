"""练习的目录：一章是一个子包，一题是其中一个模块，用到哪题才导入哪题。"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from dataclasses import dataclass

import dlbasics.exercises
from dlbasics.exercises.exercise import Exercise


@dataclass(frozen=True)
class Chapter:
    """一章的练习：子包的 ``CHAPTER`` 变量。

    Parameters
    ----------
    name : str
        子包的名字。
    title : str
        中文章名。
    page : str
        正文在 ``book/`` 里的位置，不带扩展名。
    names : tuple of str
        题名，由易到难。
    """

    name: str
    title: str
    page: str
    names: tuple[str, ...]

    @property
    def ids(self) -> list[str]:
        """本章练习的编号。"""
        return [f"{self.name}/{name}" for name in self.names]

    @property
    def exercises(self) -> list[Exercise]:
        """本章的练习，由易到难。"""
        return [find(id) for id in self.ids]


def chapters() -> list[Chapter]:
    """返回所有有练习的章，按名字排序。"""
    modules = pkgutil.iter_modules(dlbasics.exercises.__path__)
    return [_chapter(module.name) for module in modules if module.ispkg]


def find(id: str) -> Exercise:
    """按编号找一道练习。

    Raises
    ------
    ValueError
        没有这道练习；消息里列出相近的编号。

    Examples
    --------
    >>> find("momentum/update").title
    '动量法的一步'
    """
    ids = [known for chapter in chapters() for known in chapter.ids]
    if id not in ids:
        near = difflib.get_close_matches(str(id), ids, n=3, cutoff=0.4) or ids
        raise ValueError(f"没有编号是 {id!r} 的练习；相近的有：{'、'.join(near)}")
    return importlib.import_module(f"dlbasics.exercises.{id.replace('/', '.')}").EXERCISE


def _chapter(name: str) -> Chapter:
    return importlib.import_module(f"dlbasics.exercises.{name}").CHAPTER
