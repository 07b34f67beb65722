"""收取：各种平台导出的样子都认得，危险的、坏的、说不清是谁的，一个个列出来。"""

import io
import json
import os
import zipfile
from datetime import datetime

import openpyxl
import pytest

from dlbasics.exercises.exercise import grade_id
from dlbasics.teaching import archives, collecting
from dlbasics.teaching.archives import File, Limits, Problem, TooMuch, files
from dlbasics.teaching.collecting import collect, recognise
from dlbasics.teaching.homework import Homework
from dlbasics.teaching.roster import Roster, Student, read_roster
from tests.teaching.classroom import ROSTER, chapter, notebook, packed, right

IDS = chapter().ids
TIME = (2026, 12, 1, 20, 0, 0)
PEOPLE = Roster(
    [Student("20230001", "张三"), Student("20230002", "张三丰"), Student("U2023x03", "李四")]
)
DATA = notebook(right("savings"))


def collected(folder, **options):
    return collect(folder, IDS, PEOPLE, **options)


def put(folder, files):
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def told(collection, kind):
    return {
        problem.trail: problem.reason for problem in collection.problems if problem.kind == kind
    }


# ── 是谁的 ──


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("20230001_张三_assignsubmission_file_/a.ipynb", "20230001"),
        ("2023-2024学年/第3次/２０２３０００１.ipynb", "20230001"),
        ("李四-u2023X03-作业.ipynb", "U2023x03"),
        ("张三丰/作业.ipynb", "20230002"),
        ("张三/作业 (2).ipynb", "20230001"),
    ],
)
def test_a_student_is_found_anywhere_in_the_path(path, who):
    assert PEOPLE.who(path) == (who, "")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("作业/最终版.ipynb", "没有名单上的学号或姓名"),
        ("120230001/a.ipynb", "没有名单上的学号或姓名"),
        ("20230001/20230002.ipynb", "路径里有几个人：20230001 张三、20230002 张三丰"),
        ("20230001_李四.ipynb", "路径里有几个人：20230001 张三、U2023x03 李四"),
    ],
)
def test_an_unclear_student_is_left_to_a_human(path, reason):
    who, why = PEOPLE.who(path)
    assert who == "" and reason in why


def test_a_name_two_students_share_is_no_evidence():
    roster = Roster([Student("20230001", "张伟"), Student("20230002", "张伟")])
    assert roster.who("张伟/a.ipynb")[0] == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_roster_csv_in_any_usual_encoding(tmp_path, encoding):
    path = tmp_path / "名单.csv"
    path.write_bytes(("某某大学选课名单,,\n" + ROSTER).encode(encoding))
    roster = read_roster(path)
    assert roster.students["20230003"] == Student("20230003", "王小五", "一班", "乙")
    assert len(roster.students) == 8


def test_roster_xlsx_whose_ids_excel_made_numbers(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["序号", "学号", "姓名"],
        [1, 20230001, "张三"],
        [2, 20230002.0, "李四"],
        [None] * 3,
    ):
        book.active.append(row)
    book.save(tmp_path / "名单.xlsx")
    assert list(read_roster(tmp_path / "名单.xlsx").students) == ["20230001", "20230002"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("姓名\n张三\n", "应有“学号”一列，第一行是：姓名"),
        ("学号,姓名\n", "一个学生也没有"),
        ("学号\n20230001\n20230001\n", "学号重复：20230001"),
        ("学号\n12\n", "至少 4 位"),
        ("学号\n../../etc\n", "字母与数字"),
    ],
)
def test_a_roster_that_cannot_be_used_is_refused(tmp_path, text, reason):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=reason):
        read_roster(tmp_path / "a.csv")


# ── 是哪一章 ──


def strip(data, change):
    book = json.loads(data)
    for cell in book["cells"]:
        change(cell)
    return json.dumps(book).encode()


KNOWN = {grade_id(id): id for id in IDS}


@pytest.mark.parametrize(
    "data",
    [
        DATA,
        strip(DATA, lambda cell: cell.pop("metadata")),
        strip(DATA, lambda cell: (cell.pop("id"), cell["metadata"].clear())),
        strip(DATA, lambda cell: cell.update(source=["#\n", *cell["source"]])),
        b"\xef\xbb\xbf" + DATA,
        DATA.decode().encode("utf-16"),
    ],
    ids=["as released", "no metadata", "only the sources", "lines", "BOM", "UTF-16"],
)
def test_the_chapter_is_known_by_content(data):
    assert recognise(data, KNOWN) == ({"parameter_sharing"}, "")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "坏了：不是 JSON"),
        (b"[" * 100_000, "坏了：不是 JSON"),
        (b'{"cells": 3}', "坏了：不是笔记本"),
        (b'{"cells": ["x"]}', "坏了：不是笔记本"),
        (b"[1, 2]", "坏了：不是笔记本"),
        (notebook({}, "momentum"), "别的：里面没有这次作业的题"),
    ],
)
def test_what_is_no_submission_says_why(data, reason):
    assert recognise(data, KNOWN) == (set(), reason)


# ── 文件夹与 zip ──


def test_names_do_not_matter_and_folders_may_nest(tmp_path):
    inner = packed({"作业/Untitled3.ipynb.txt": (DATA, TIME)})
    put(tmp_path, {
        "导出/20230001_张三/练习(1).ipynb": DATA,
        "导出/20230002/交.zip": packed({"再套一层.zip": (inner, TIME)}),
        "导出/20230002/说明.docx": b"PK\x03\x04...",
        "__MACOSX/20230002/._a.ipynb": b"junk",
        "20230001/.ipynb_checkpoints/a-checkpoint.ipynb": DATA,
    })  # fmt: skip
    found = collected(tmp_path)
    assert {(s.student, s.chapter) for s in found.submissions} == {
        ("20230001", "parameter_sharing"),
        ("20230002", "parameter_sharing"),
    }
    assert found.problems == []
    deep = next(s for s in found.submissions if s.student == "20230002")
    assert deep.trail.endswith("交.zip/再套一层.zip/作业/Untitled3.ipynb.txt")
    assert deep.submitted == datetime(2026, 12, 1, 20)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_names_in_a_zip_whatever_wrote_it(tmp_path, encoding):
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"张三丰/作业.ipynb": (DATA, TIME)}, encoding))
    assert [s.trail for s in collected(path).submissions] == ["a.zip/张三丰/作业.ipynb"]


def test_unflagged_utf8_names_are_read_as_utf8():
    info = zipfile.ZipInfo("张三".encode().decode("cp437"))
    assert archives.member_name(info) == "张三"


def test_a_notebook_of_two_chapters_counts_for_both(tmp_path):
    both = json.loads(DATA)
    both["cells"] += json.loads(notebook({}, "momentum"))["cells"]
    put(tmp_path, {"20230001.ipynb": json.dumps(both).encode()})
    found = collect(tmp_path, [*IDS, "momentum/update"], PEOPLE)
    assert {s.chapter for s in found.submissions} == {"parameter_sharing", "momentum"}


def test_a_human_may_name_the_owner(tmp_path):
    put(tmp_path, {"最终版.ipynb": DATA, "又一个.ipynb": DATA})
    found = collected(tmp_path, owners={"最终版.ipynb": "20230002", "又一个.ipynb": "20239999"})
    assert [s.student for s in found.submissions] == ["20230002"]
    assert told(found, "认不出") == {"又一个.ipynb": "填的学号 20239999 不在名单上"}


def test_broken_files_are_named_with_their_owner(tmp_path):
    put(tmp_path, {
        "20230001/a.ipynb": b'{"cells": [',
        "20230001/a.zip": b"PK\x03\x04 and nothing more",
        "20230001/a.rar": b"Rar!",
        "20230001/a.py": b"x = 1",
        "20230001/photo.png": b"\x89PNG",
    })  # fmt: skip
    found = collected(tmp_path)
    assert told(found, "坏了")["20230001/a.ipynb"] == "不是 JSON"
    assert "压缩包打不开" in told(found, "坏了")["20230001/a.zip"]
    assert "换成 zip" in told(found, "坏了")["20230001/a.rar"]
    assert told(found, "别的") == {"20230001/a.py": "是 .py 文件，不是笔记本"}
    assert next(p for p in found.problems if p.trail.endswith("a.ipynb")).student == "20230001"


def test_repeated_and_identical_submissions_are_told(tmp_path):
    put(tmp_path, {
        "20230001/a.ipynb": DATA,
        "20230001/copy of a.ipynb": DATA,
        "20230002/a.ipynb": DATA,
        "20230002/b.ipynb": notebook(right("toeplitz")),
    })  # fmt: skip
    found = collected(tmp_path).submissions
    twice = collecting.repeated(found)
    assert list(twice) == [("20230002", "parameter_sharing")]
    same = collecting.identical(found, set())
    assert [sorted(s.student for s in group) for group in same] == [["20230001", "20230002"]]
    assert collecting.identical(found, {found[0].attempt}) == []


# ── 危险的 ──


def raw_zip(entries):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, data in entries:
            archive.writestr(info, data)
    return stream.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "../20230001.ipynb",
        "/tmp/20230001.ipynb",
        "a/../../20230001.ipynb",
        "..\\20230001.ipynb",
        "C:/20230001.ipynb",
    ],
)
def test_zip_slip_is_refused_by_name(tmp_path, name):
    (tmp_path / "a.zip").write_bytes(raw_zip([(name, DATA)]))
    found = collected(tmp_path / "a.zip")
    assert found.submissions == []
    assert told(found, "拒收") == {f"a.zip/{name}": "名字要写到文件夹外面去"}


def test_links_are_refused(tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(DATA)
    folder = put(tmp_path / "in", {"20230001/a.ipynb": DATA})
    try:
        (folder / "20230002.ipynb").symlink_to(secret)
        (folder / "20230002").symlink_to(tmp_path, target_is_directory=True)
        os.mkfifo(folder / "20230002-pipe.ipynb")
    except (OSError, AttributeError):
        pytest.skip("这个系统不能建链接")
    link = zipfile.ZipInfo("20230002-z.ipynb")
    link.external_attr = 0o120777 << 16
    (folder / "a.zip").write_bytes(raw_zip([(link, str(secret))]))
    found = collected(folder)
    assert [s.student for s in found.submissions] == ["20230001"]
    assert set(told(found, "拒收")) == {
        "20230002.ipynb", "20230002", "20230002-pipe.ipynb", "a.zip/20230002-z.ipynb",
    }  # fmt: skip


def test_bombs_and_absurd_sizes_are_refused_without_reading_them(tmp_path):
    small = Limits(file=1000, archive=50_000, total=10**6, count=100, depth=2)
    bomb = raw_zip([("20230001.ipynb", b"0" * 10**6)])
    lying = bytearray(bomb)
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (10).to_bytes(4, "little")
    nested = DATA
    for level in range(4):
        nested = raw_zip([(f"{level}.zip" if level else "20230001.ipynb", nested)])
    put(tmp_path, {"bomb.zip": bomb, "lying.zip": bytes(lying), "deep.zip": nested,
                   "20230001.ipynb": b" " * 1001})  # fmt: skip
    problems = {p.trail: p for p in files(tmp_path, small) if isinstance(p, Problem)}
    assert problems["20230001.ipynb"].reason.startswith("太大")
    assert problems["bomb.zip/20230001.ipynb"].reason == "太大：1 MB"
    assert problems["lying.zip/20230001.ipynb"].kind in ("坏了", "拒收")
    assert "套了 2 层以上" in problems["deep.zip/3.zip/2.zip"].reason


def test_the_total_is_bounded(tmp_path):
    put(tmp_path, {f"{i}.txt": b"x" * 600 for i in range(4)})
    with pytest.raises(TooMuch, match=r"内容太大，看到 3\.txt"):
        list(files(tmp_path, Limits(total=2000)))
    with pytest.raises(TooMuch, match="文件太多"):
        list(files(tmp_path, Limits(count=3)))


def test_a_locked_member_is_broken(tmp_path):
    data = bytearray(raw_zip([("20230001.ipynb", DATA)]))
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert told(collected(tmp_path), "坏了") == {"a.zip/20230001.ipynb": "读不出来：有密码"}


def test_a_name_cannot_drive_the_terminal_or_the_spreadsheet(tmp_path):
    (tmp_path / "a.zip").write_bytes(raw_zip([("=x\x1b[2J.ipynb", DATA)]))
    found = collected(tmp_path / "a.zip")
    assert list(told(found, "认不出")) == ["a.zip/=x?[2J.ipynb"]
    put(tmp_path / "in", {"=1+1.ipynb": DATA})
    homework, table = Homework(tmp_path), tmp_path / "unclear.csv"
    homework.ask(collected(tmp_path / "in").problems)
    text = table.read_text("utf-8-sig")
    assert text.splitlines()[1].startswith("'=1+1.ipynb,,")
    table.write_text(text.replace("ipynb,,", "ipynb,20230001,"), encoding="utf-8-sig")
    found = collected(tmp_path / "in", owners=homework.owners)
    assert [s.student for s in found.submissions] == ["20230001"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root 什么都读得到")
def test_a_file_that_may_not_be_read_is_told(tmp_path):
    put(tmp_path, {"20230001.ipynb": DATA})
    (tmp_path / "20230001.ipynb").chmod(0)
    assert "读不出来" in told(collected(tmp_path), "坏了")["20230001.ipynb"]


def test_nothing_is_written_beside_the_source(tmp_path):
    put(tmp_path, {"a.zip": packed({"20230001/a.ipynb": (DATA, TIME)})})
    before = sorted(tmp_path.rglob("*"))
    assert all(isinstance(found, File) for found in files(tmp_path))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_missing_source_is_refused(tmp_path):
    with pytest.raises(ValueError, match="不存在"):
        collected(tmp_path / "nowhere")
