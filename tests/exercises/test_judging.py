import inspect
import io
import json
import math
import os
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest

from dlbasics.exercises import check, judging
from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint
from dlbasics.exercises.judging import judge
from dlbasics.exercises.time_limit import TimeUp, call_within


def double(x):
    """把 x 加倍。"""
    return 2 * x


def natural_log(x):
    """x 的自然对数。"""
    return np.log(x)


def make(**changes):
    exercise = Exercise(
        id="demo/double",
        title="加倍",
        stars=1,
        points=3,
        statement="把 x 加倍。",
        inputs=lambda rng: [(np.array([float(n)]),) for n in (0, 1, 2)],
        reference=double,
        compare=equals(),
        hints=[
            Hint(lambda x: x**2, "这是平方。", "squared"),
            Hint(lambda x: -2 * x, "符号反了。", "opposite"),
        ],
    )
    return replace(exercise, **changes)


def verdict(func, **changes):
    return judge(make(**changes), func, np.random.default_rng(0))


def test_right_answer_passes_with_all_points():
    result = verdict(lambda x: x + x)
    assert result.passed and result.status == "passed"
    assert result.text == "通过　加倍（3/3 分）：3 组输入全部正确。"


def test_smallest_failing_input_is_shown_with_its_hint():
    result = verdict(lambda x: x * x)
    assert (result.passed, result.status) == (False, "wrong")
    assert result.text.splitlines() == [
        "未通过　加倍（0/3 分）",
        "  输入　x = [1.]",
        "  期望　[2.]",
        "  得到　[1.]",
        "  原因　最大相差 1",
        "  提示　这是平方。",
    ]


def test_other_wrong_answers_get_no_hint():
    message = verdict(lambda x: x + 7).text
    assert "最大相差 7" in message
    assert "提示" not in message


def test_stub_is_not_yet_answered():
    namespace = {}
    exec(make().stub, namespace)
    assert make().stub.startswith('def double(x):\n    """把 x 加倍。"""\n')
    assert verdict(namespace["double"]).text == "尚未作答　加倍（0/3 分）"


def test_forgotten_return_is_named():
    assert "忘了 return" in verdict(lambda x: None).text


def test_mutated_argument_is_refused_even_when_the_answer_is_right():
    def in_place(x):
        x *= 2
        return x

    assert "改动了传进来的参数" in verdict(in_place).text


def test_wrong_signature_names_the_parameters():
    assert "函数应接受 1 个参数（x）" in verdict(lambda: 1).text


def test_exception_is_shown_with_type_and_line():
    def broken(x):
        y = x
        return y / undefined  # noqa: F821

    message = verdict(broken).text
    assert "出错　NameError：name 'undefined' is not defined" in message
    assert f"第 {broken.__code__.co_firstlineno + 2} 行：return y / undefined" in message


@pytest.mark.parametrize("func", [max, lambda x: exit()], ids=["max", "calls-exit"])
def test_function_that_cannot_answer_is_simply_wrong(func):
    assert verdict(func).text.startswith("未通过")


def test_builtin_without_signature_is_asked():
    with pytest.raises(ValueError, match="no signature"):
        inspect.signature(math.log)
    exercise = make(inputs=lambda rng: [(2.0,)])
    assert "相差" in judge(exercise, math.log, np.random.default_rng(0)).text
    assert judge(replace(exercise, reference=natural_log), math.log, None).passed


@pytest.mark.parametrize(
    "leave",
    [lambda x: exit(), lambda x: quit(1), lambda x: sys.exit(0)],
    ids=["exit", "quit", "sys"],
)
def test_leaving_the_kernel_is_described(leave):
    assert "出错　SystemExit：exit()、quit() 会结束整个程序" in verdict(leave).text


def test_exit_of_the_kernel_is_never_called_and_comes_back(monkeypatch):
    """IPython 的 exit 不抛出异常，直接让内核在这个单元之后退出。"""
    called = []

    class Autocall:
        def __call__(self):
            called.append(True)

    namespace = {"exit": Autocall()}
    exec("def double(x):\n    exit()\n    return 2 * x", namespace)
    before = dict(namespace)
    assert "SystemExit" in verdict(namespace["double"]).text
    assert not called and namespace == before
    del namespace["exit"]
    assert "SystemExit" in verdict(namespace["double"]).text
    assert "exit" not in namespace


def test_a_function_of_ones_own_may_be_called_exit():
    namespace = {}
    exec("def exit(x):\n    return 2 * x\n\ndef double(x):\n    return exit(x)", namespace)
    assert verdict(namespace["double"]).passed


def endless(x):
    while True:
        try:
            x = x + 1
        except Exception:
            pass


def test_endless_loop_is_cut_off(monkeypatch):
    monkeypatch.setattr(judging, "SECONDS", 0.2)
    message = verdict(endless).text
    assert "出错　算了 0.2 秒还没有算完，已经打断" in message
    assert "输入　x = [0.]" in message


def test_endless_loop_is_cut_off_in_any_thread(monkeypatch):
    monkeypatch.setattr(judging, "SECONDS", 0.2)
    results = []
    thread = threading.Thread(target=lambda: results.append(verdict(endless)))
    thread.start()
    thread.join(20)
    assert "已经打断" in results[0].text


def test_call_within_leaves_no_interruption_behind():
    for _ in range(200):
        try:
            call_within(2e-4, lambda: sum(range(2000)))
        except TimeUp:
            pass
    assert sum(range(10**6)) == 499999500000


def test_without_threads_there_is_no_limit(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert call_within(0.0, lambda x: x, 3) == 3


def test_interruption_is_told_in_chinese(capsys):
    def interrupted(mu):
        raise KeyboardInterrupt

    result = check("momentum/half_life", interrupted)
    assert not result.passed
    assert capsys.readouterr().out == "中断了　速度减半要几步：还没有检查完，你就停下了它。\n"
    with pytest.raises(KeyboardInterrupt):
        verdict(interrupted)


class Speechless(Exception):
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    "error, words",
    [
        (Speechless(), "出错　Speechless：（消息写不出来）"),
        (ValueError("长" * 5000), "长" * 300 + "……"),
        (ValueError("\ud800"), "ValueError：\\ud800"),
        (GeneratorExit(), "出错　GeneratorExit"),
        (NotImplementedError("以后再写"), "出错　NotImplementedError：以后再写"),
    ],
    ids=["speechless", "long", "surrogate", "generator-exit", "another-not-implemented"],
)
def test_any_exception_is_only_a_wrong_answer(error, words):
    def failing(x):
        raise error

    message = verdict(failing).text
    assert message.startswith("未通过") and words in message


def test_only_the_untouched_stub_is_not_yet_answered():
    namespace = {"np": np}
    exec(make().stub, namespace)
    calling = verdict(lambda x: namespace["double"](x)).text
    assert "出错　NotImplementedError：尚未作答" in calling

    def half_done(x):
        if x[0] == 0:
            return 2 * x
        raise NotImplementedError("尚未作答")

    assert "还有没写完的分支" in verdict(half_done).text


def test_counterexample_is_at_most_300_characters():
    def many(a, b, c, d):
        """四个大数组。"""
        return a

    rng = np.random.default_rng(0)
    cases = [tuple(rng.normal(size=(4, 6, 6, 6))), tuple(rng.normal(size=(4, 3, 3)))]
    cases.append(({"很长": "长" * 900}, "长" * 900, np.zeros((100, 100)), [0.123456789] * 900))
    for case in cases:
        exercise = make(reference=many, inputs=lambda rng, case=case: [case])
        message = judge(exercise, lambda a, b, c, d: None, None).text
        shown = message.splitlines()[1].strip()
        assert shown.startswith("输入　a = ")
        assert len(shown) <= 300 + len("输入　")


def test_check_prints_on_any_console(monkeypatch):
    for encoding in ("ascii", "cp1252", "gbk", "utf-8"):
        console = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr(sys, "stdout", console)
        result = check("momentum/half_life", lambda mu: 1 / (1 - mu))
        console.flush()
        text = console.buffer.getvalue().decode(encoding)
        assert "mu" in text
        assert (text == result.text + "\n") == (encoding == "utf-8")


WITHOUT_DOCSTRINGS = """
import numpy as np
from dlbasics.exercises.judging import judge
from dlbasics.exercises.registry import chapters

for chapter in chapters():
    for exercise in chapter.exercises:
        namespace = {"np": np}
        exec(exercise.stub, namespace)
        stub, rng = namespace[exercise.name], np.random.default_rng(0)
        print(judge(exercise, stub, rng).text[:4])
print(judge(exercise, exercise.reference, rng).passed)
"""


def test_exercises_work_without_docstrings():
    command = [sys.executable, "-OO", "-c", WITHOUT_DOCSTRINGS]
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        check=True,
    )
    *stubs, reference = done.stdout.split()
    assert len(stubs) > 80 and set(stubs) == {"尚未作答"} and reference == "True"


def test_hint_that_cannot_be_computed_is_skipped():
    hints = [
        Hint(lambda x: 1 // 0, "不会出现", "impossible"),
        Hint(lambda x: x**2, "这是平方。", "squared"),
    ]
    message = verdict(lambda x: x * x, hints=hints).text
    assert "这是平方。" in message and "不会出现" not in message


class Unwritable:
    def __repr__(self):
        raise RuntimeError


def test_a_verdict_says_which_hint_spoke_whatever_the_order():
    hints = [
        Hint(lambda x: x + 1, "加了一。", "added_one"),
        Hint(lambda x: -2 * x, "符号反了。", "opposite"),
        Hint(lambda x: 3 * x, "符号反了。", "opposite"),
    ]
    for each in (hints, hints[::-1]):
        assert verdict(lambda x: x + 1, hints=each).hint_id == "demo/double#added_one"
        opposite, triple = verdict(lambda x: -2 * x, hints=each), verdict(np.sin, hints=each)
        assert (opposite.hint_id, opposite.hint) == ("demo/double#opposite", "符号反了。")
        assert triple.hint_id == triple.hint == ""
        assert verdict(lambda x: 3 * x, hints=each).hint_id == opposite.hint_id


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"a": "甲", "": "乙"}, "名字应是小写字母"),
        ({"a": "甲", "两倍": "乙"}, "名字应是小写字母"),
        ({"a": "甲", "b": "甲"}, "只有一句话，反过来也是：'甲'"),
    ],
)
def test_a_misconception_has_one_name_and_one_sentence(names, words):
    with pytest.raises(ValueError, match=words):
        make(hints=[Hint(double, message, name) for name, message in names.items()])
    with pytest.raises(ValueError, match="反过来也是：'a'"):
        make(hints=[Hint(double, "甲", "a"), Hint(double, "乙", "a")])


def test_a_verdict_is_kept_item_by_item():
    result = verdict(lambda x: x * x)
    assert json.loads(json.dumps(result.as_dict())) == {
        "passed": False,
        "headline": "未通过　加倍（0/3 分）",
        "input": "x = [1.]",
        "expected": "[2.]",
        "got": "[1.]",
        "reason": "最大相差 1",
        "hint": "这是平方。",
        "hint_id": result.hint_id,
        "status": "wrong",
    }
    lines = ["输入　x = [1.]", "期望　[2.]", "得到　[1.]", "原因　最大相差 1", "提示　这是平方。"]
    assert str(result) == result.text == "\n  ".join(["未通过　加倍（0/3 分）", *lines])


def test_a_verdict_in_many_lines_keeps_its_lines():
    def failing(x):
        raise ValueError("第一行\n期望　第二行")

    result = verdict(failing)
    assert result.status == "error" and result.expected == ""
    lines = result.text.splitlines()
    assert lines[2] == "  出错　ValueError：第一行" and lines[3].startswith("  期望　第二行（第")
    plain = verdict(lambda x: x, compare=lambda got, expected, args: "不对\n提示　再想想\n慢慢来")
    assert (plain.reason, plain.hint) == ("不对", "再想想\n慢慢来")


def test_answer_that_cannot_be_written_is_named_by_its_type():
    assert "得到　一个 Unwritable" in verdict(lambda x: Unwritable()).text


def test_student_cannot_change_what_the_reference_sees():
    def cheat(x):
        x[:] = 0
        return x

    assert not verdict(cheat).passed


def test_inputs_come_from_the_given_generator():
    seen = []
    exercise = make(inputs=lambda rng: [(rng.normal(size=2),)])
    for seed in (1, 1, 2):
        judge(exercise, lambda x: seen.append(x.copy()) or 2 * x, np.random.default_rng(seed))
    np.testing.assert_array_equal(seen[0], seen[1])
    assert np.all(seen[0] != seen[2])


@pytest.mark.parametrize(
    "change, word",
    [
        ({"id": "Double"}, "id"),
        ({"stars": 4}, "stars"),
        ({"points": 0}, "points"),
        ({"reference": lambda x: 2 * x}, "docstring"),
    ],
)
def test_bad_exercise_is_refused(change, word):
    with pytest.raises(ValueError, match=word):
        make(**change)


def test_check_prints_the_same_verdict_every_time(capsys):
    results = [check("momentum/half_life", lambda mu: 1 / (1 - mu)) for _ in range(2)]
    assert results[0] == results[1]
    assert capsys.readouterr().out == (results[0].text + "\n") * 2


def test_check_refuses_what_is_not_a_function():
    with pytest.raises(ValueError, match="func 应是一个函数，得到 float"):
        check("momentum/half_life", 0.5)


def test_unknown_id_lists_the_near_ones():
    with pytest.raises(ValueError, match="相近的有：momentum/update"):
        check("momentum/updte", double)


def test_nbgrader_sees_an_exception(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(AssertionError, match="未通过"):
        check("momentum/half_life", lambda mu: mu)
    assert check("momentum/half_life", lambda mu: np.log(0.5) / np.log(mu)).passed
