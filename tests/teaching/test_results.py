"""成绩文件只追加、不丢、不写坏；成绩册由它算出，未批与未交都不是 0。"""

import dataclasses
import errno
import multiprocessing
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlbasics.teaching.gradebook import Handed, Terms, groups, rows, table
from dlbasics.teaching.results import Mark, Override, Results, graded, parse, write
from dlbasics.teaching.roster import Roster, Student

ROSTER = Roster(
    [
        Student("20230001", "张三", "一班", "甲"),
        Student("20230002", "=李四", "二班", "甲"),
        Student("20230003"),
    ]
)
FIRST, SECOND = "momentum/update", "momentum/half_life"
ON_TIME, LATE = "2026-12-01T20:00:00", "2026-12-02T20:00:00"
TERMS = Terms(due="2026-12-01T23:59")


def mark(student="20230001", exercise=FIRST, attempt="aaaa", points=2.0, **changes):
    made = Mark(
        student,
        exercise,
        attempt,
        "week3",
        1,
        ON_TIME,
        ON_TIME,
        points,
        2.0,
        {"passed": points == 2},
    )
    return dataclasses.replace(made, **changes)


def override(points=1.0, student="20230001", exercise=FIRST):
    return Override(student, exercise, "week3", points, "口头说清了", "陈老师", ON_TIME)


def handed(student="20230001", attempt="aaaa", submitted=ON_TIME, chapter="momentum"):
    return Handed(student, chapter, attempt, submitted)


def scored(records, hands, terms=TERMS, student="20230001"):
    book = rows(records, hands, ROSTER, [FIRST, SECOND], terms)
    return next(row for row in book if row.student.id == student).scores[0]


# ── 文件 ──


def test_what_is_written_is_read_back(tmp_path):
    results = Results(tmp_path / "new" / "results.jsonl")
    assert results.read() == []
    results.append([mark(), mark(exercise=SECOND, points=None, note="沙箱死了")])
    results.append([override()])
    assert results.read() == [
        mark(),
        mark(exercise=SECOND, points=None, note="沙箱死了"),
        override(),
    ]


@settings(max_examples=30, deadline=None)
@given(st.text(), st.one_of(st.none(), st.floats(0, 9)), st.dictionaries(st.text(), st.text()))
def test_any_record_is_one_line(note, points, verdict):
    record = mark(note=note, points=points, verdict=verdict)
    line = write(record)
    assert "\n" not in line
    assert parse(line) == record


def test_fields_of_a_later_version_are_skipped():
    assert parse(write(mark()).replace('{"kind"', '{"later": 1, "kind"')) == mark()


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_last_line_is_skipped_and_then_removed(tmp_path, cut):
    path = tmp_path / "results.jsonl"
    whole = (write(mark()) + "\n").encode()
    path.write_bytes(whole + whole[:cut])
    results = Results(path)
    assert results.read() == [mark()]
    results.append([override()])
    assert results.read() == [mark(), override()]


def test_a_last_line_without_its_newline_is_kept(tmp_path):
    path = tmp_path / "results.jsonl"
    path.write_text(write(mark()), encoding="utf-8")
    results = Results(path)
    results.append([override()])
    assert results.read() == [mark(), override()]


def test_a_broken_line_in_the_middle_is_told(tmp_path):
    path = tmp_path / "results.jsonl"
    path.write_text(f"{write(mark())}\n{{oops\n{write(mark())}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="第 2 行"):
        Results(path).read()


def test_a_full_disk_leaves_no_half_of_a_batch(tmp_path, monkeypatch):
    results = Results(tmp_path / "results.jsonl")
    results.append([mark()])

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, "fsync", full)
        results.append([mark(exercise=SECOND), override()])
    assert results.read() == [mark()]
    results.append([override()])
    assert results.read() == [mark(), override()]


def _append_many(path, student):
    for _ in range(20):
        Results(path).append([mark(student=student), mark(student=student, exercise=SECOND)])


def test_two_writers_do_not_interleave(tmp_path):
    path = tmp_path / "results.jsonl"
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_append_many, args=(path, id)) for id in ("20230001", "20230002")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    records = Results(path).read()
    assert len(records) == 80
    assert all(a.student == b.student for a, b in zip(records[::2], records[1::2], strict=True))


def test_only_what_was_graded_needs_no_grading():
    done = graded([mark(), mark(exercise=SECOND, points=None), override()])
    assert done == {mark().key}
    assert mark(seed_version=2).key not in done
    assert mark(attempt="bbbb").key not in done


# ── 成绩册 ──


def test_not_handed_in_and_not_graded_are_not_zero():
    book = rows([mark()], [handed(), handed("20230002")], ROSTER, [FIRST, SECOND], TERMS)
    assert [[score.text for score in row.scores] for row in book] == [
        ["2", "未批"], ["未批", "未批"], ["未交", "未交"],
    ]  # fmt: skip
    assert [row.total for row in book] == [2, None, None]
    lines = table(book, {FIRST: "一步", SECOND: "半衰期"})
    assert lines[2] == ["20230002", "'=李四", "二班", "未批", "未批", "", "2 题未批"]
    assert 0 not in [cell for line in lines for cell in line]


def test_a_broken_file_is_not_graded_rather_than_missing():
    broken = Handed("20230001", "", "", ON_TIME, "不是 JSON")
    score = scored([], [broken])
    assert (score.text, score.reason) == ("未批", "交的文件读不出来：不是 JSON")
    assert scored([mark()], [broken, handed()]).text == "2"


def test_an_ungraded_mark_names_its_reason():
    score = scored([mark(points=None, note="沙箱死了")], [handed()])
    assert (score.text, score.reason) == ("未批", "沙箱死了")


def test_regrading_takes_the_later_mark_but_keeps_a_grade_when_it_fails():
    assert scored([mark(), mark(points=0.0)], [handed()]).points == 0
    assert scored([mark(), mark(points=None)], [handed()]).points == 2


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_an_override_survives_regrading(order):
    records = [[mark(), override()][i] for i in order] + [mark(points=0.0)]
    score = scored(records, [handed()])
    assert (score.points, score.override.reason) == (1, "口头说清了")
    assert scored([override(), override(0.5)], []).points == 0.5


@pytest.mark.parametrize(
    ("submitted", "days", "points"),
    [
        ("2026-12-01T23:59:00", 0, 2.0),
        ("2026-12-01T23:59:01", 1, 1.8),
        ("2026-12-02T23:59:00", 1, 1.8),
        ("2026-12-02T23:59:01", 2, 1.6),
        ("2026-12-09T00:00:00", 8, 0.0),
    ],
)
def test_late_days_cost_a_share(submitted, days, points):
    score = scored([mark()], [handed(submitted=submitted)])
    assert (score.late, score.points) == (days, points)


def test_an_extension_and_no_due_date_forgive():
    late = [handed(submitted=LATE)]
    extended = dataclasses.replace(TERMS, extensions={"20230001": "2026-12-03T00:00"})
    assert scored([mark()], late, extended).points == 2
    assert scored([mark()], late, Terms()).points == 2


def test_best_or_last_attempt():
    hands = [handed(), handed(attempt="bbbb", submitted=LATE)]
    better = [mark(points=0.0), mark(attempt="bbbb")]
    worse = [mark(), mark(attempt="bbbb", points=0.0)]
    last = dataclasses.replace(TERMS, keep="last")
    assert scored(better, hands).points == 1.8
    assert scored(worse, hands).points == 2
    assert scored(worse, hands, last).points == 0
    assert scored(better[:1], hands, last).text == "未批"


def test_a_team_shares_its_work():
    team = dataclasses.replace(TERMS, by_team=True)
    assert scored([mark()], [handed()], team, "20230002").points == 2
    assert scored([mark()], [handed()], TERMS, "20230002").text == "未交"
    assert scored([mark()], [handed()], team, "20230003").text == "未交"


def test_groups_keep_everybody():
    book = rows([], [], ROSTER, [FIRST], TERMS)
    assert {name: len(each) for name, each in groups(book).items()} == {"一班": 1, "二班": 1, "": 1}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"due": "明天"}, "时刻应写成"),
        ({"due": "2026-12-01"}, "写到时和分"),
        ({"per_day": 2}, "per_day"),
        ({"keep": "first"}, "keep"),
    ],
)
def test_wrong_terms_are_refused(changes, reason):
    with pytest.raises(ValueError, match=reason):
        Terms(**changes)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, None]), min_size=1, max_size=5), st.booleans())
def test_scores_never_exceed_the_best_mark_and_are_pure(points, last):
    attempts = [f"{i:04}" for i in range(len(points))]
    records = [mark(attempt=a, points=p) for a, p in zip(attempts, points, strict=True)]
    hands = [
        handed(attempt=a, submitted=f"2026-12-0{i + 1}T20:00:00") for i, a in enumerate(attempts)
    ]
    terms = Terms(due="2026-12-02T00:00", keep="last" if last else "best")
    score = scored(records, hands, terms)
    assert score == scored(records, hands[::-1], terms)
    known = [p for p in points if p is not None]
    assert (score.points is None) == (not known or (last and points[-1] is None))
    assert score.points is None or score.points <= max(known)
