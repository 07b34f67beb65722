"""一章的练习的测试怎样提问：参考解答是什么，一份答案通过没有，检查对它说了什么。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dlbasics.exercises.judging import Verdict, judge
from dlbasics.exercises.registry import find


@dataclass(frozen=True)
class Chapter:
    """一章的练习，按题名问。"""

    name: str

    def reference(self, name: str) -> Callable:
        return find(f"{self.name}/{name}").reference

    def judged(self, name: str, func: Callable, seed: int = 0) -> Verdict:
        return judge(find(f"{self.name}/{name}"), func, np.random.default_rng(seed))

    def passes(self, name: str, func: Callable, seed: int = 0) -> bool:
        return self.judged(name, func, seed).passed

    def told(self, name: str, func: Callable) -> str:
        return self.judged(name, func).text
