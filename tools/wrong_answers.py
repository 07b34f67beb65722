"""每条提示的错误答案，换哪个种子都要判错。

``python -m tools.wrong_answers [章[/题]] [--seeds 24]`` 列出有的种子下判成全对的：那个种子的输入
看不出这种错，补一组固定的输入。评分的种子谁也不知道，所以哪个种子都不许放过。
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

import numpy as np
from tqdm import tqdm

from dlbasics.exercises.exercise import Exercise
from dlbasics.exercises.judging import judge
from tools.mutants import selected


def survivors(exercise: Exercise, seeds: Iterable[int]) -> dict[str, list[int]]:
    """判成全对的错误答案：误解的名字，和放过它的种子。"""
    found: dict[str, list[int]] = {}
    for seed in seeds:
        for hint in exercise.hints:
            if judge(exercise, hint.wrong, np.random.default_rng(seed)).passed:
                found.setdefault(hint.name, []).append(seed)
    return found


def main() -> None:
    """逐题检查；放过了一个，就以 1 退出。"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="?", help="章，或者 章/题")
    parser.add_argument("--seeds", type=int, default=24, help="试几个种子（默认 24）")
    options = parser.parse_args()
    exercises, passed = selected(options.only), 0
    for exercise in tqdm(exercises, unit="题"):
        for name, seeds in survivors(exercise, range(options.seeds)).items():
            tqdm.write(f"{exercise.id}#{name}：种子 {'、'.join(map(str, seeds))} 放过了它")
            passed += 1
    print(f"{len(exercises)} 道题，{options.seeds} 个种子，放过了 {passed} 种错误答案")
    sys.exit(1 if passed else 0)


if __name__ == "__main__":
    main()
