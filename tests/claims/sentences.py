"""正文由实验得出的一句话，要换种子、换图像都成立：``sentence`` 把它和它的测试钉在一起。

一个测试写一句话：``quote`` 是这句话在章里的原文，测试的每一项是一个种子（和一张图像）。
改了正文而没有改测试，引文就对不上，这一项失败。平时的 ``make test`` 只跑开头的 ``quick`` 项；
``make robust`` 全跑，最后列表：每句话成立几次，量得的数从几到几::

    @sentence("打乱像素以后，相关系数接近 0", pictures=("camera", "grass"))
    def test_neighbours_are_alike(seed, picture, measured):
        r = ...
        measured(相关系数=r)
        assert abs(r) < 0.02
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 8


def sentence(
    quote: str, *, seeds: int = SEEDS, pictures: Sequence[str] = (), quick: int = 1
) -> pytest.MarkDecorator:
    """正文的一句话 ``quote``，在每个种子、每张图像上都要成立。

    Parameters
    ----------
    quote : str
        章里的原文，逐字（空白不计）；章由测试文件的名字决定。
    seeds : int
        种子取 ``0 … seeds-1``，作为参数 ``seed`` 交给测试；``--robust-from 8`` 时从 8 取起。
    pictures : Sequence[str]
        图像的名字，作为参数 ``picture`` 交给测试；没有图像的实验不写。
    quick : int
        ``make test`` 跑的项数；其余的只在 ``make robust`` 里跑。
    """
    return pytest.mark.sentence(quote, seeds=seeds, pictures=tuple(pictures), quick=quick)


@cache
def markdown(path: Path) -> str:
    """一本笔记本的全部 Markdown。"""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


@cache
def prose(chapter: str) -> str:
    """一章的全部 Markdown，去掉空白。"""
    (path,) = (p for p in ROOT.glob(f"book/*/{chapter}.ipynb") if p.parent.name != "exercises")
    return "".join(markdown(path).split())


def stands(quote: str, chapter: str) -> bool:
    """一章里有没有这句话，空白不计。"""
    return "".join(quote.split()) in prose(chapter)


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[..., None]:
    """记下量得的数，``make robust`` 的表里列出它们的范围。"""

    def note(**numbers: float) -> None:
        pairs = {name: float(number) for name, number in numbers.items()}
        request.node.user_properties.append(("measured", pairs))

    return note


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--robust", action="store_true", help="只跑正文的句子，每个种子、每张图像")
    parser.addoption("--robust-from", type=int, default=0, help="句子的种子从几取起")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sentence(quote): 正文由实验得出的一句话")
    config.addinivalue_line("markers", "robust: 只在 make robust 里跑的种子与图像")
    if config.getoption("robust") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Tally())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    mark = metafunc.definition.get_closest_marker("sentence")
    if mark is None:
        return
    first, pictures = metafunc.config.getoption("robust_from"), mark.kwargs["pictures"]
    axes = [range(first, first + mark.kwargs["seeds"]), *([pictures] if pictures else [])]
    params = [
        pytest.param(*case, marks=[pytest.mark.robust] if number >= mark.kwargs["quick"] else [])
        for number, case in enumerate(product(*axes))
    ]
    metafunc.parametrize(("seed", "picture")[: len(axes)], params)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = "sentence" if config.getoption("robust") else None
    kept = [
        item
        for item in items
        if (item.get_closest_marker(wanted) if wanted else not item.get_closest_marker("robust"))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def pytest_runtest_setup(item: pytest.Item) -> None:
    mark = item.get_closest_marker("sentence")
    if mark is None:
        return
    (quote,) = mark.args
    chapter = item.path.stem.removeprefix("test_")
    item.user_properties.append(("sentence", f"{chapter}：{quote}"))
    if not stands(quote, chapter):
        pytest.fail(f"{chapter} 里没有这句话：{quote}", pytrace=False)


class Tally:
    """在主进程里收集各项的结果，最后列表。"""

    def __init__(self) -> None:
        self.outcomes: dict[str, list[tuple[bool, dict[str, float]]]] = defaultdict(list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        properties = report.user_properties
        quotes = [value for name, value in properties if name == "sentence"]
        if quotes and (report.when == "call" or report.failed):
            numbers = {k: v for name, d in properties if name == "measured" for k, v in d.items()}
            self.outcomes[quotes[0]].append((report.passed, numbers))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("正文的句子：成立几次，量得多少")
        for line in table(self.outcomes):
            terminalreporter.write_line(line)


def table(outcomes: dict[str, list[tuple[bool, dict[str, float]]]]) -> list[str]:
    """每句话一行：成立的次数、总次数、各个数的范围。"""
    lines = []
    for quote, results in sorted(outcomes.items()):
        held = sum(passed for passed, _ in results)
        ranges = defaultdict(list)
        for _, numbers in results:
            for name, number in numbers.items():
                ranges[name].append(number)
        told = "，".join(f"{name} {min(v):.3g}–{max(v):.3g}" for name, v in ranges.items())
        lines.append(f"{held}/{len(results)}  {quote}" + (f"（{told}）" if told else ""))
    return lines
