"""一份作业：写成 JSON 再读回来不变，写错的说得出哪里错。"""

import json
from pathlib import Path

import pytest

from dlbasics.teaching.assignment import Assignment

WORK = Assignment("作业一", ("momentum/update", "momentum/half_life"), seed_version=2)


@pytest.mark.parametrize(
    "work", [WORK, Assignment("a", ("p/q",), 1, partial=True, pack=Path("我的练习"))]
)
def test_json_and_back(work):
    assert Assignment.from_json(work.to_json()) == work


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "name"),
        ({"name": "两\n行"}, "name"),
        ({"exercises": []}, "exercises"),
        ({"exercises": [1]}, "exercises"),
        ({"exercises": "momentum/update"}, "exercises"),
        ({"exercises": ["a/b", "a/b"]}, "写了两遍：a/b"),
        ({"seed_version": 0}, "seed_version"),
        ({"seed_version": True}, "seed_version"),
        ({"partial": 1}, "partial"),
        ({"pack": 3}, "pack"),
        ({"due": "明天"}, "不认识的项：due"),
    ],
)
def test_what_is_wrong_is_named(changes, words):
    with pytest.raises(ValueError, match=words):
        Assignment.from_dict(WORK.as_dict() | changes)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "第 1 行读不懂"), ("[]", "对象"), (json.dumps({"name": "a"}), "缺少：exercises")],
)
def test_what_is_not_an_assignment_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        Assignment.from_json(text)
