"""每一句有测试的话都在书里：即使它的实验平时不跑，引文也要对得上。"""

import ast
from pathlib import Path

import pytest

from tests.claims.sentences import stands

FILES = sorted((Path(__file__).parent / "robust").glob("test_*.py"))


def quotes(path):
    """文件里 ``@sentence("……")`` 的引文。"""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "sentence":
            yield ast.literal_eval(node.args[0])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_quote_stands_in_its_chapter(path):
    chapter = path.stem.removeprefix("test_")
    assert not [quote for quote in quotes(path) if not stands(quote, chapter)]
