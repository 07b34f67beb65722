"""练习的目录：一章是一个子包，一题是其中一个模块，用到哪题才导入哪题。"""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Self

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

    def only(self, ids: Collection[str]) -> Self:
        """只留下其中几道题，次序不变。"""
        names = tuple(name for name in self.names if f"{self.name}/{name}" in ids)
        return replace(self, names=names)


def chapters() -> list[Chapter]:
    """返回所有有练习的章，按名字排序。"""
    modules = pkgutil.iter_modules([str(Path(__file__).parent)])
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


@dataclass(frozen=True)
class Pack(Chapter):
    """一个文件夹的自编练习，用起来与书里的一章一样。"""

    loaded: tuple[Exercise, ...] = ()

    @property
    def exercises(self) -> list[Exercise]:
        """这个文件夹的练习。"""
        return [self.find(id) for id in self.ids]

    def find(self, id: str) -> Exercise:
        """按编号找一道自编练习。"""
        return _only(id, {exercise.id: exercise for exercise in self.loaded})


def load_pack(folder: Path) -> Pack:
    """读一个文件夹的自编练习：每个 ``题名.py`` 里有一个 ``EXERCISE``，与书里的写法一样。

    ``__init__.py`` 里可以有 ``CHAPTER``，写明标题、次序和讲解的页；没有就按难度和题名排。
    名字以 ``_`` 或 ``test`` 开头的文件不是练习。

    Raises
    ------
    ValueError
        文件夹不存在、没有练习、哪个文件读不了，或者编号不对；消息里有文件名。
    """
    folder = Path(folder).resolve()
    if not folder.is_dir():
        raise ValueError(f"pack 应是一个文件夹，得到 {str(folder)!r}")
    files = sorted(path.stem for path in folder.glob("*.py") if path.stem.isidentifier())
    names = [name for name in files if not name.startswith(("_", "test"))]
    if not names:
        raise ValueError(f"文件夹 {folder.name} 里没有练习：每道题是一个 .py 文件")
    package = f"dlbasics_pack_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    for known in [name for name in sys.modules if name.split(".")[0] == package]:
        del sys.modules[known]  # 改过的文件要重新读
    importlib.invalidate_caches()
    chapter = getattr(_package(package, folder), "CHAPTER", None)
    loaded = [_exercise_in(package, folder, name) for name in (chapter.names if chapter else names)]
    if chapter is None:
        loaded.sort(key=lambda exercise: (exercise.stars, exercise.id))
        name = loaded[0].id.split("/")[0]
        ordered = tuple(exercise.id.split("/")[1] for exercise in loaded)
        chapter = Chapter(name=name, title=name, page="", names=ordered)
    if chapter.name in {known.name for known in chapters()}:
        raise ValueError(f"自编练习不能叫 {chapter.name!r}：书里有这一章")
    wrong = [exercise.id for exercise in loaded if exercise.id not in chapter.ids]
    if wrong:
        raise ValueError(f"编号应是“{chapter.name}/文件名”，得到 {'、'.join(wrong)}")
    return Pack(chapter.name, chapter.title, chapter.page, chapter.names, tuple(loaded))


def _package(package: str, folder: Path) -> ModuleType:
    start = folder / "__init__.py"
    if not start.exists():
        module = ModuleType(package)
        module.__path__ = [str(folder)]
        sys.modules[package] = module
        return module
    spec = importlib.util.spec_from_file_location(
        package, start, submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ValueError(f"{start.name} 读不了：Python 不认得这种文件")
    module = importlib.util.module_from_spec(spec)
    sys.modules[package] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ValueError(f"{start.name} 读不了：{type(error).__name__}：{error}") from error
    return module


def _exercise_in(package: str, folder: Path, name: str) -> Exercise:
    try:
        exercise = importlib.import_module(f"{package}.{name}").EXERCISE
    except Exception as error:
        raise ValueError(f"{name}.py 读不了：{type(error).__name__}：{error}") from error
    if not isinstance(exercise, Exercise) or exercise.id.split("/")[1] != name:
        raise ValueError(f"{name}.py 里的 EXERCISE 应是一道练习，编号以 /{name} 结尾")
    return exercise


def _only(id: str, exercises: dict[str, Exercise]) -> Exercise:
    if id not in exercises:
        raise ValueError(f"没有编号是 {id!r} 的练习；有的是：{'、'.join(exercises)}")
    return exercises[id]


def _chapter(name: str) -> Chapter:
    return importlib.import_module(f"dlbasics.exercises.{name}").CHAPTER
