"""变异测试：把参考解答改错一处，练习的输入必须看得出来。

``python -m tools.mutants [章[/题]]``（``make mutants``）逐个列出活下来的变异体：
它们与参考解答不同，检查却判它们全对。每个活下来的，要么补一组看得出差别的输入，
要么确实等价，写进 ``tests/exercises/equivalents/<章>.yml`` 并说明理由::

    题名:
      理由:
        - "改之前的语句 → 改之后的语句"

没有对应变异体、或者其实会被判错的条目也算错：理由不许过时。
"""

from __future__ import annotations

import argparse
import ast
import copy
import sys
import warnings
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from tqdm import tqdm

from dlbasics.exercises import STUDENT_SEED
from dlbasics.exercises.comparison import difference
from dlbasics.exercises.exercise import Exercise
from dlbasics.exercises.registry import chapters
from dlbasics.exercises.time_limit import TimeUp, call_within

SEEDS = (STUDENT_SEED, 20260117)
"""自查的种子，和一个评分的种子：用哪一个都必须看得出来。"""

SECONDS = 0.5
"""一个变异体回答一组输入的时间；超过了就当作循环不停，算看出来了。"""

EXACT = {"rtol": 0, "atol": 0}

EQUIVALENTS = Path(__file__).parents[1] / "tests" / "exercises" / "equivalents"

OPERATORS = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.FloorDiv: [ast.Mult, ast.Div],
    ast.Mod: [ast.FloorDiv],
    ast.Pow: [ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
    ast.BitXor: [ast.BitOr],
}
COMPARISONS = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
REDUCTIONS = {
    "min": ["max"],
    "max": ["min", "sum"],
    "minimum": ["maximum"],
    "maximum": ["minimum"],
    "argmin": ["argmax"],
    "argmax": ["argmin"],
    "any": ["all"],
    "all": ["any"],
    "sum": ["mean", "max"],
    "mean": ["sum", "median"],
    "prod": ["sum"],
    "floor": ["ceil"],
    "ceil": ["floor"],
    "std": ["var"],
    "var": ["std"],
    "zeros": ["ones"],
    "ones": ["zeros"],
    "zeros_like": ["ones_like"],
    "ones_like": ["zeros_like"],
}


class Mutant(NamedTuple):
    """改错了一处的参考解答。"""

    change: str
    line: int
    tree: ast.Module


def mutants(source: str) -> Iterator[Mutant]:
    """依次给出一个函数的全部变异体，互不相同，也不同于原来的。"""
    original = ast.parse(source)
    seen = {ast.dump(original)}
    for number, node in enumerate(_body_nodes(original)):
        for replacement in list(_alternatives(node)):
            tree = copy.deepcopy(original)
            target = _body_nodes(tree)[number]
            statement = next(s for s in _statements(tree) if target in _own_nodes(s))
            before = _headline(statement)
            _replace(tree, target, replacement)
            shape = ast.dump(tree)
            if shape in seen:
                continue
            seen.add(shape)
            after = "删去" if statement is target else _headline(statement)
            if statement is target and isinstance(replacement, ast.stmt | ast.expr):
                after = _headline(replacement)
            yield Mutant(f"{before} → {after}", statement.lineno, ast.fix_missing_locations(tree))


def _body_nodes(tree: ast.Module) -> list[ast.AST]:
    """函数体里的全部节点，次序固定；不算 docstring。"""
    return [node for statement in tree.body[0].body[1:] for node in ast.walk(statement)]


def _statements(tree: ast.Module) -> list[ast.stmt]:
    return [node for node in _body_nodes(tree) if isinstance(node, ast.stmt)]


def _own_nodes(statement: ast.stmt) -> list[ast.AST]:
    """一条语句自己的节点，不算它里面的语句。"""
    found, queue = [], [statement]
    while queue:
        node = queue.pop()
        found.append(node)
        queue += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]
    return found


def _headline(statement: ast.AST) -> str:
    """一条语句的第一行。"""
    return ast.unparse(statement).splitlines()[0]


def _replace(tree: ast.AST, target: ast.AST, replacement: ast.AST | None) -> None:
    """把 tree 里的 target 换成 replacement；None 是删去（语句换成 pass）。"""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is target:
                setattr(parent, name, replacement)
                return
            if isinstance(value, list):
                for i, item in enumerate(value):
                    if item is target:
                        if replacement is not None:
                            value[i] = replacement
                        elif isinstance(target, ast.stmt):
                            value[i] = ast.Pass()
                        else:
                            del value[i]
                        return


def _changed(node: ast.AST, **fields: object) -> ast.AST:
    """复制一个节点，换掉几个字段。"""
    new = copy.deepcopy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _alternatives(node: ast.AST) -> Iterator[ast.AST | None]:
    """一个节点可以改错成什么；None 是删去它。"""
    maker = _MAKERS.get(type(node))
    if maker:
        yield from maker(node)
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Break | ast.Continue):
        yield None


def _operator(node: ast.BinOp) -> Iterator[ast.AST]:
    for op in OPERATORS.get(type(node.op), []):
        yield _changed(node, op=op())
    yield node.left
    yield node.right
    if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Pow | ast.Mod | ast.MatMult):
        yield _changed(node, left=node.right, right=node.left)


def _augmented(node: ast.AugAssign) -> Iterator[ast.AST]:
    for op in OPERATORS.get(type(node.op), []):
        yield _changed(node, op=op())
    yield ast.Assign([node.target], node.value, lineno=node.lineno)


def _comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for i, old in enumerate(node.ops):
        for new in COMPARISONS.get(type(old), []):
            yield _changed(node, ops=[*node.ops[:i], new(), *node.ops[i + 1 :]])
    if len(node.ops) > 1:
        yield _changed(node, ops=node.ops[:-1], comparators=node.comparators[:-1])
        yield _changed(
            node, left=node.comparators[0], ops=node.ops[1:], comparators=node.comparators[1:]
        )


def _logic(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield _changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    yield from node.values


def _sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        wrong = [not value]
    elif isinstance(value, int):
        wrong = [value + 1, value - 1]
    elif isinstance(value, float):
        wrong = [value + 1, value * 2, value / 2]
    elif isinstance(value, str):
        wrong = [value + "?"]
    else:
        wrong = []
    yield from (ast.Constant(other) for other in wrong)


def _call(node: ast.Call) -> Iterator[ast.AST]:
    args, func = node.args, node.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    for other in REDUCTIONS.get(name, []):
        if isinstance(func, ast.Attribute):
            yield _changed(node, func=_changed(func, attr=other))
        elif other in ("min", "max", "sum", "any", "all"):
            yield _changed(node, func=ast.Name(other, ast.Load()))
    for i in range(len(args) - 1):
        yield _changed(node, args=[*args[:i], args[i + 1], args[i], *args[i + 2 :]])
    if name not in ("bool", "float"):  # 检查不分 Python 与 NumPy 的真假和实数
        yield from args  # 去掉调用，只留一个参数
    if isinstance(func, ast.Attribute) and getattr(func.value, "id", "") != "np":
        yield func.value
    for i in range(len(args)):
        if len(args) > 1:
            yield _changed(node, args=args[:i] + args[i + 1 :])
    for i in range(len(node.keywords)):
        yield _changed(node, keywords=node.keywords[:i] + node.keywords[i + 1 :])
    if name == "range":
        end = min(len(args), 2) - 1
        for op in (ast.Add(), ast.Sub()):
            moved = ast.BinOp(args[end], op, ast.Constant(1))
            yield _changed(node, args=[*args[:end], moved, *args[end + 1 :]])
        if len(args) == 1:
            yield _changed(node, args=[ast.Constant(1), args[0]])


def _slice(node: ast.Slice) -> Iterator[ast.AST]:
    for name in ("lower", "upper", "step"):
        if getattr(node, name) is not None:
            yield _changed(node, **{name: None})


def _subscript(node: ast.Subscript) -> Iterator[ast.AST]:
    if isinstance(node.ctx, ast.Load):
        yield node.value


def _tuple(node: ast.Tuple) -> Iterator[ast.AST]:
    elements = node.elts
    for i in range(len(elements) - 1):
        yield _changed(node, elts=[*elements[:i], elements[i + 1], elements[i], *elements[i + 2 :]])


def _condition(node: ast.If | ast.IfExp | ast.While) -> Iterator[ast.AST]:
    for value in (False, True):
        yield _changed(node, test=ast.Constant(value))


def _comprehension(node: ast.comprehension) -> Iterator[ast.AST]:
    for i in range(len(node.ifs)):
        yield _changed(node, ifs=node.ifs[:i] + node.ifs[i + 1 :])


_MAKERS: dict[type[ast.AST], Callable[..., Iterator[ast.AST]]] = {
    ast.BinOp: _operator,
    ast.AugAssign: _augmented,
    ast.Compare: _comparison,
    ast.BoolOp: _logic,
    ast.UnaryOp: _sign,
    ast.Constant: _constant,
    ast.Call: _call,
    ast.Slice: _slice,
    ast.Subscript: _subscript,
    ast.Tuple: _tuple,
    ast.List: _tuple,
    ast.If: _condition,
    ast.IfExp: _condition,
    ast.While: _condition,
    ast.comprehension: _comprehension,
}


class Examiner:
    """一道练习的全部输入与参考答案，用来考变异体。"""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        first, second = (list(exercise.inputs(np.random.default_rng(seed))) for seed in SEEDS)
        same = [not difference(a, b, **EXACT) for a, b in zip(first, second, strict=True)]
        self.shared = self._answered([args for args, both in zip(first, same, strict=True) if both])
        """两个种子共有的输入，只考一遍。"""
        self.own = [
            self._answered([args for args, both in zip(cases, same, strict=True) if not both])
            for cases in (first, second)
        ]

    def _answered(self, cases: list[tuple]) -> list[tuple]:
        return [(args, self.exercise.reference(*copy.deepcopy(args))) for args in cases]

    def survives(self, mutant: Mutant) -> bool:
        """有一个种子判它全对。"""
        namespace = {"np": np}
        try:
            exec(compile(mutant.tree, "mutant", "exec", dont_inherit=True), namespace)
        except (SyntaxError, TypeError, ValueError):
            return False
        func = namespace[self.exercise.name]
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return self._all_right(func, self.shared) and any(
                    self._all_right(func, cases) for cases in self.own
                )
            except TimeUp:
                return False

    def _all_right(self, func: Callable, cases: list[tuple]) -> bool:
        return all(self._right(func, *case) for case in cases)

    def _right(self, func: Callable, args: tuple, expected: object) -> bool:
        given = copy.deepcopy(args)
        try:
            got = call_within(SECONDS, func, *given)
        except (Exception, SystemExit):
            return False
        if difference(given, args, **EXACT):
            return False
        return not self.exercise.compare(got, expected, args)


def equivalents(exercise: Exercise) -> dict[str, str]:
    """这道题已经说明理由的等价变异体：改动 → 理由。"""
    chapter, name = exercise.id.split("/")
    path = EQUIVALENTS / f"{chapter}.yml"
    known = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    reasons = (known or {}).get(name) or {}
    return {change: reason for reason, changes in reasons.items() for change in changes}


class Outcome(NamedTuple):
    """一道练习的变异测试：多少个变异体，没有说明的幸存者，过时的说明。"""

    total: int
    survivors: list[Mutant]
    stale: list[str]


def examine(exercise: Exercise, bar: tqdm | None = None, *, one_in: int = 1) -> Outcome:
    """考一道练习的变异体；``one_in`` 大于 1 时只考约几分之一，选哪些由改动的文字决定。"""
    examiner, known, used = Examiner(exercise), equivalents(exercise), set()
    total, survivors = 0, []
    for mutant in mutants(exercise.solution):
        if zlib.crc32(mutant.change.encode()) % one_in:
            continue
        total += 1
        if examiner.survives(mutant):
            if mutant.change in known:
                used.add(mutant.change)
            else:
                survivors.append(mutant)
        if bar is not None:
            bar.update()
    stale = [change for change in known if change not in used] if one_in == 1 else []
    return Outcome(total, survivors, stale)


def report(exercise: Exercise, outcome: Outcome) -> str:
    """没有说明的幸存者与过时的说明，一个一行；都没有就是空字符串。"""
    lines = [f"{exercise.id} 第 {m.line} 行　{m.change}" for m in outcome.survivors]
    lines += [f"{exercise.id} 说明已经过时　{change}" for change in outcome.stale]
    return "\n".join(lines)


def selected(pattern: str | None) -> list[Exercise]:
    """按“章”或“章/题”选出练习；None 是全部。"""
    found = [
        exercise
        for chapter in chapters()
        for exercise in chapter.exercises
        if pattern in (None, chapter.name, exercise.id)
    ]
    if not found:
        raise ValueError(f"没有 {pattern!r} 这一章或这道题")
    return found


def main() -> int:
    """打印全部幸存者，返回退出码。"""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pattern", nargs="?", help="章，或者 章/题；省略是全部")
    exercises = selected(parser.parse_args().pattern)
    total, explained, problems = 0, 0, 0
    with tqdm(unit="个", disable=None) as bar:
        bar.total = sum(1 for exercise in exercises for _ in mutants(exercise.solution))
        for exercise in exercises:
            outcome = examine(exercise, bar)
            total += outcome.total
            explained += len(equivalents(exercise)) - len(outcome.stale)
            problems += len(outcome.survivors) + len(outcome.stale)
            if text := report(exercise, outcome):
                bar.write(text, file=sys.stdout)
    print(f"{len(exercises)} 道题，{total} 个变异体，{explained} 个等价，{problems} 处要改")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
