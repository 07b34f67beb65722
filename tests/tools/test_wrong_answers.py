"""检查错误答案的工具：有的种子放过了，它说得出是哪个。"""

import numpy as np
import pytest

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint
from tools import wrong_answers as tool


def double(x):
    """两倍。"""
    return 2 * x


LEAKY = Exercise(
    "demo/double", "两倍", 1, 1, "求两倍。", lambda rng: [(int(rng.integers(0, 4)),)],
    double, equals(),
    [Hint(lambda x: x**2, "这是平方。", "squared"), Hint(lambda x: 2 * x + 1, "多了 1。", "more")],
)  # fmt: skip


def test_seeds_that_let_a_wrong_answer_pass_are_named(monkeypatch, capsys):
    seeds = [s for s in range(24) if np.random.default_rng(s).integers(0, 4) in (0, 2)]
    assert 0 < len(seeds) < 24
    assert tool.survivors(LEAKY, range(24)) == {"squared": seeds}
    monkeypatch.setattr(tool, "selected", lambda only: [LEAKY])
    monkeypatch.setattr(tool.sys, "argv", ["wrong_answers"])
    with pytest.raises(SystemExit, match="1"):
        tool.main()
    shown = capsys.readouterr()
    assert f"demo/double#squared：种子 {'、'.join(map(str, seeds))} 放过了它" in shown.out
    assert "放过了 1 种错误答案" in shown.out
