"""出题：在练习包里写一道题的样子，连同它的测试。

练习包是一个文件夹，就是一章：``__init__.py`` 里是 ``CHAPTER``，一道题一个模块，旁边是它的测试。
"""

from __future__ import annotations

import re
from pathlib import Path

CHAPTER = '''\
"""{chapter} 的练习。"""

from dlbasics.exercises.registry import Chapter

CHAPTER = Chapter(
    name="{chapter}",
    title="课堂练习",
    page="",
    names=(
        "{name}",
    ),
)
'''

EXERCISE = '''\
"""{difficulty} {title}。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def {name}(x):
    """把向量缩放到长度为 1。

    Parameters
    ----------
    x : ndarray
        形状 (d,)，不全是 0。不要修改它。

    Returns
    -------
    ndarray
        方向与 x 相同、长度为 1 的向量，形状 (d,)。
    """
    return x / np.sqrt(np.sum(x**2))


def inputs(rng):
    yield (np.array([3.0, 4.0]),)
    yield (np.array([-2.0]),)
    yield (rng.normal(size=5),)


EXERCISE = Exercise(
    id="{chapter}/{name}",
    title="{title}",
    stars={stars},
    points={stars},
    statement=r"""
给你一个向量 $x\\in\\mathbb{{R}}^d$，求方向相同、长度为 1 的向量。""",
    inputs=inputs,
    reference={name},
    compare=equals(),
    hints=[
        Hint(
            lambda x: x / np.sum(x**2),
            "除以了长度的平方。长度是各分量平方和的平方根。",
            "squared_length",
        ),
        Hint(
            lambda x: x / np.sum(np.abs(x)),
            "各分量绝对值的和不是长度：长度是平方和的平方根。",
            "sum_of_magnitudes",
        ),
    ],
)
'''

TEST = '''\
"""{title}：参考解答对，每条提示都会出现，空壳是尚未作答。"""

from pathlib import Path

import numpy as np
import pytest

from dlbasics.exercises.judging import judge
from dlbasics.exercises.registry import load_pack

EXERCISE = load_pack(Path(__file__).parent).find("{chapter}/{name}")


def verdict(answer, seed=0):
    return judge(EXERCISE, answer, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(8))
def test_reference_passes_for_any_seed(seed):
    assert verdict(EXERCISE.reference, seed).passed


@pytest.mark.parametrize("hint", EXERCISE.hints, ids=lambda hint: hint.name)
def test_every_hint_appears(hint):
    assert hint.message in verdict(hint.wrong).text


def test_stub_is_unanswered():
    variables = {{}}
    exec(EXERCISE.stub, variables)
    assert verdict(variables[EXERCISE.name]).text.startswith("尚未作答")


def test_reference_agrees_with_another_way():
    x = np.array([3.0, 4.0])
    np.testing.assert_allclose(EXERCISE.reference(x), [0.6, 0.8])
'''


def write(pack: Path, name: str, title: str, stars: int) -> list[Path]:
    """写一道题和它的测试，题名加进 ``CHAPTER``；返回写了哪些文件。

    Raises
    ------
    ValueError
        题名或文件夹名不能用，或者已经有这道题。
    """
    chapter = pack.resolve().name
    for what, word in (("练习包的文件夹名", chapter), ("题名", name)):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", word):
            raise ValueError(f"{what}应只用小写字母、数字和下划线，以字母开头，得到 {word!r}")
    exercise, test, init = pack / f"{name}.py", pack / f"test_{name}.py", pack / "__init__.py"
    if exercise.exists():
        raise ValueError(f"已经有 {exercise}")
    values = {
        "chapter": chapter,
        "name": name,
        "title": title,
        "stars": stars,
        "difficulty": "★" * stars,
    }
    pack.mkdir(parents=True, exist_ok=True)
    text = (
        with_name(init.read_text(encoding="utf-8"), name)
        if init.exists()
        else CHAPTER.format(**values)
    )
    init.write_text(text, encoding="utf-8")
    exercise.write_text(EXERCISE.format(**values), encoding="utf-8")
    test.write_text(TEST.format(**values), encoding="utf-8")
    return [init, exercise, test]


def with_name(text: str, name: str) -> str:
    """把题名加到 ``names=(...)`` 的最后。"""
    added, count = re.subn(r"(names=\([^)]*?)(\s*\))", rf'\1\n        "{name}",\2', text, count=1)
    if not count:
        raise ValueError("练习包的 __init__.py 里应有 names=(…)")
    return added
