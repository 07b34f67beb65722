"""命令行：一次作业从头走到尾；出错说中文，退出的状态分得清，停下什么也不丢。"""

import errno
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from dlbasics.teaching import doctor
from dlbasics.teaching.commands import chinese
from dlbasics.teaching.commands.cli import cli
from dlbasics.teaching.results import Results
from tests.teaching.classroom import ROSTER, class_files, grade_here, notebook, packed, right

HOMEWORK = "parameter_sharing"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """在一个空的文件夹里运行命令，返回退出的状态与打印的文字。"""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, grade_many=grade_here):
        result = CliRunner().invoke(cli, list(arguments), obj=grade_many)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return SimpleNamespace(status=result.exit_code, text=result.output)

    return run


@pytest.fixture
def collected(run, tmp_path):
    (tmp_path / "名单.csv").write_bytes(ROSTER.encode("gb18030"))
    (tmp_path / "作业.zip").write_bytes(packed(class_files(), "gb18030"))
    assigned = run("assign", HOMEWORK, "--due", "2026-12-01T23:59")
    assert assigned.status == 0 and "截止：2026 年 12 月 01 日 23:59" in assigned.text
    run("collect", HOMEWORK, "作业.zip", "--roster", "名单.csv")
    return tmp_path / HOMEWORK


def records(folder):
    return Results(folder / "results.jsonl").read()


def counting(grade_many=grade_here, stop_after=None, error=KeyboardInterrupt):
    """记下批了几份的批改；批了 ``stop_after`` 份就停下。"""
    done = []

    def grade(notebooks, assignment, **options):
        for item in grade_many(notebooks, assignment, **options):
            if len(done) == stop_after:
                raise error
            done.append(item)
            yield item

    grade.done = done
    return grade


def test_the_whole_way(run, collected):
    (collected / "unclear.csv").write_text(
        (collected / "unclear.csv")
        .read_text("utf-8-sig")
        .replace("最终版.ipynb,,", "最终版.ipynb,20230007,"),
        encoding="utf-8-sig",
    )
    again = run("collect", HOMEWORK, "作业.zip")
    assert "收到 6 份，其中新的 1 份；6 / 8 人交了" in again.text and again.status == 1
    assert "批了 6 份，60 题" in run("grade", HOMEWORK).text
    changed = run(
        "override", HOMEWORK, "20230003", f"{HOMEWORK}/count_weights",
        "--points", "1", "--reason", "口头说清了", "--by", "陈老师",
    )  # fmt: skip
    assert changed.status == 0
    assert run("report", HOMEWORK).status == 0
    lines = (collected / "reports" / "class.csv").read_text("utf-8-sig").splitlines()
    totals = {line.split(",")[0]: line.split(",")[-2] for line in lines[2:]}
    assert totals == {
        "20230001": "25", "20230002": "22", "20230003": "20.2", "20230004": "4",
        "20230005": "0", "20230006": "", "20230007": "1", "20230008": "",
    }  # fmt: skip
    assert ",未批,未批," in lines[7] and ",未交,未交," in lines[9]
    assert len(list((collected / "reports" / "students").iterdir())) == 8
    assert "误解地图" in (collected / "reports" / "class.html").read_text("utf-8")


def test_collect_tells_everything_that_is_odd(run, collected):
    text = run("collect", HOMEWORK, "作业.zip").text
    assert "收到 5 份，其中新的 0 份" in text
    assert "迟交（1）\n  20230003 王小五：2 天" in text
    assert "认不出（1）\n  作业.zip/作业/最终版.ipynb" in text
    assert "坏了（1）\n  作业.zip/20230006_孙八/parameter_sharing.ipynb：不是 JSON" in text


def test_identical_work_is_told_but_not_the_untouched_notebook(run, collected, tmp_path):
    same, blank = (
        notebook(right("savings")),
        (collected / "release" / f"{HOMEWORK}.ipynb").read_bytes(),
    )
    files = {"20230001": same, "20230002": same, "20230003": blank, "20230004": blank}
    for id, data in files.items():
        (tmp_path / "more" / id).mkdir(parents=True)
        (tmp_path / "more" / id / "a.ipynb").write_bytes(data)
    text = run("collect", HOMEWORK, "more").text
    assert "一模一样的（1）\n  20230001 张三、20230002 李四\n" in text


def test_a_second_run_grades_nothing_again(run, collected):
    first, second = counting(), counting()
    run("grade", HOMEWORK, grade_many=first)
    before = (collected / "results.jsonl").read_bytes()
    assert run("grade", HOMEWORK, grade_many=second).text.startswith("没有要批的")
    assert len(first.done) == 5 and second.done == []
    assert (collected / "results.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (KeyboardInterrupt(), 130, "中断了"),
        (OSError(errno.ENOSPC, "No space left on device"), 74, "磁盘满了"),
    ],
)
def test_a_stop_half_way_loses_nothing(run, collected, error, status, words):
    stopped = run("grade", HOMEWORK, grade_many=counting(stop_after=2, error=error))
    assert stopped.status == status and words in stopped.text
    assert len(records(collected)) == 20
    rest = counting()
    assert run("grade", HOMEWORK, grade_many=rest).status == 0
    assert len(rest.done) == 3
    assert len({record.key for record in records(collected)}) == len(records(collected)) == 50


def test_what_could_not_be_graded_is_named_and_tried_again(run, collected):
    def broken(notebooks, assignment, **options):
        for index, marks in grade_here(notebooks, assignment, **options):
            for mark in marks[:2]:
                mark.verdict, mark.note = {"status": "ungraded"}, "沙箱被终止了"
            yield index, marks

    first = run("grade", HOMEWORK, grade_many=broken)
    assert first.status == 1 and "20230001 的 parameter_sharing：沙箱被终止了" in first.text
    assert all((r.points is None) == (r.note != "") for r in records(collected))
    again = counting()
    assert run("grade", HOMEWORK, grade_many=again).status == 0
    assert all(len(marks) == 2 for _, marks in again.done)


def test_regrade_keeps_overrides_and_history(run, collected):
    run("grade", HOMEWORK)
    id = f"{HOMEWORK}/count_weights"
    run("override", HOMEWORK, "20230002", id, "--points", "0.5", "--reason", "讲清了", "--by", "陈")
    again = counting()
    run("regrade", HOMEWORK, "--exercise", id, "--student", "20230002", grade_many=again)
    assert [[mark.exercise for mark in marks] for _, marks in again.done] == [[id]]
    assert len(records(collected)) == 52
    run("report", HOMEWORK)
    line = (collected / "reports" / "class.csv").read_text("utf-8-sig").splitlines()[3]
    assert line.startswith("20230002,李四,一班,0.5,")


def test_grading_gets_the_secret_and_the_options(run, collected):
    seen = {}

    def look(notebooks, assignment, **options):
        seen.update(options)
        return grade_here(notebooks, assignment, **options)

    text = run("grade", HOMEWORK, "--workers", "3", "--unsafe-no-sandbox", grade_many=look).text
    assert seen["workers"] == 3 and seen["unsafe"] and seen["scheduler"] is None
    assert len(seen["secret"]) == 32
    assert "没有沙箱" in text
    for private in (collected.parent / "course.key", collected / "results.jsonl"):
        assert os.name != "posix" or private.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["assign"], "写出章或题，或者用 --pack"),
        (["assign", "nowhere"], "没有 'nowhere' 这一章；有练习的章："),
        (["assign", "nowhere/step"], "没有 'nowhere/step' 这一章；有练习的章："),
        (["assign", f"{HOMEWORK}/saving"], f"没有编号是 '{HOMEWORK}/saving' 的练习；相近的有："),
        (["assign", HOMEWORK, "--due", "明天"], "时刻应写成 2026-12-01T23:59，得到 '明天'"),
        (["assign", HOMEWORK, "--name", "第三周"], "作业的名字应是小写字母"),
        (["assign", HOMEWORK, "--day", "3"], "没有 --day 这个选项，是不是 --days"),
        (["grade", "nowhere"], "不是一次作业"),
        (["grade"], "缺少 '作业'"),
        (["grade", HOMEWORK, "many"], "多写了 many"),
        (["gread"], "没有 'gread' 这条命令"),
        (["report", HOMEWORK], "还没有名单"),
    ],
)
def test_mistakes_are_told_in_chinese(run, arguments, words):
    assert run("assign", HOMEWORK).status == 0
    result = run(*arguments)
    assert result.status == 2 and words in result.text


def test_single_exercises_go_the_whole_way(run, tmp_path):
    """只布置两章里的几道题：发下去的、收来的、批的、反馈里的，都只有它们。"""
    ids = [f"{HOMEWORK}/savings", f"{HOMEWORK}/count_weights", "momentum/half_life"]
    text = run("assign", *reversed(ids), "--name", "some").text
    assert "some：3 道题，3 分" in text
    for name, count in {HOMEWORK: 2, "momentum": 1}.items():
        book = json.loads((tmp_path / "some" / "release" / f"{name}.ipynb").read_text("utf-8"))
        checks = [cell for cell in book["cells"] if "".join(cell["source"]).startswith("check(")]
        assert len(checks) == count and f"这里有 {count} 道题" in "".join(
            book["cells"][0]["source"]
        )
    readme = (tmp_path / "some" / "release" / "README.md").read_text("utf-8")
    assert "2 道 | 2 |" in readme and "共 3 道题，3 分" in readme
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    whole = {  # 学生交的是整章的笔记本：多出来的题不批
        "20230001": (notebook(right()), notebook(right(name="momentum"), "momentum")),
        "20230002": (notebook(right("savings", "sliding")), notebook({}, "momentum")),
    }
    for id, books in whole.items():
        (tmp_path / "in" / id).mkdir(parents=True)
        for number, data in enumerate(books):
            (tmp_path / "in" / id / f"{number}.ipynb").write_bytes(data)
    assert "收到 4 份" in run("collect", "some", "in", "--roster", "roster.csv").text
    assert "批了 4 份，6 题" in run("grade", "some").text
    assert {record.exercise for record in records(tmp_path / "some")} == set(ids)
    assert run("report", "some").status == 0
    heading, *lines = (tmp_path / "some" / "reports" / "class.csv").read_text("utf-8-sig").split()
    assert heading.count(",") == 3 + len(ids) + 1
    assert lines[1:3] == ["20230001,张三,一班,1,1,1,3,", "20230002,李四,一班,0,0,1,1,"]
    page = (tmp_path / "some" / "reports" / "students" / "20230001.html").read_text("utf-8")
    assert page.count('<section class="exercise') == 3


def test_a_homework_without_a_name_is_called_after_its_exercises(run, tmp_path):
    run("assign", "momentum/half_life", "momentum/update", "gradient_descent")
    assert (tmp_path / "momentum-update-half_life-gradient_descent" / "release.zip").exists()


def test_a_second_different_homework_does_not_replace_the_first(run):
    assert run("assign", HOMEWORK, "--to", "week3").status == 0
    assert run("assign", HOMEWORK, "--to", "week3", "--due", "2026-12-02T00:00").status == 0
    result = run("assign", "momentum", "--to", "week3")
    assert result.status == 2 and "已经有一次作业，题目不同" in result.text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["override", HOMEWORK, "20239999", f"{HOMEWORK}/savings"], "名单上没有 '20239999'"),
        (["override", HOMEWORK, "20230001", "momentum/update"], "这次作业里没有 'momentum/update'"),
        (["override", HOMEWORK, "20230001", f"{HOMEWORK}/savings", "--points", "9"], "0 与 1 之间"),
    ],
)
def test_an_override_must_make_sense(run, collected, arguments, words):
    result = run(
        *arguments,
        *([] if "--points" in arguments else ["--points", "1"]),
        "--reason",
        "x",
        "--by",
        "y",
    )
    assert result.status == 2 and words in result.text
    assert records(collected) == []


def test_wrapping_loses_no_word():
    text = "停下来（Ctrl-C）、断电，写下的都在。写“章/题”就只布置（--name）那道题。"
    for width in (12, 20, 40, 90):
        assert "".join(chinese.wrapped(text, width)) == text


@pytest.mark.parametrize("name", ["", *cli.commands])
def test_help_is_chinese(run, name):
    text = run(*filter(None, [name]), "--help").text
    assert text.startswith("用法：")
    assert not any(word in text for word in ("Usage", "Options", "Show this", "default:"))
    assert all(chinese.columns(line) <= chinese.WIDTH + 8 for line in text.splitlines())


def test_terms_are_a_file_the_teacher_may_change(run, collected):
    run("grade", HOMEWORK)
    terms = json.loads((collected / "terms.json").read_text("utf-8"))
    terms["extensions"] = {"20230003": "2026-12-04T00:00"}
    (collected / "terms.json").write_text(json.dumps(terms), encoding="utf-8")
    run("report", HOMEWORK)
    assert "20230003,王小五,一班,0,1," in (collected / "reports" / "class.csv").read_text(
        "utf-8-sig"
    )
    run("assign", HOMEWORK, "--due", "2026-12-02T00:00")
    assert json.loads((collected / "terms.json").read_text("utf-8"))["extensions"]
    (collected / "terms.json").write_text('{"dew": ""}', encoding="utf-8")
    result = run("report", HOMEWORK)
    assert result.status == 2 and "不认识的项：dew" in result.text


def test_new_exercise_passes_its_own_tests(run, tmp_path):
    for name in ("unit", "unit_again"):
        result = run("new-exercise", "mine", name, "--title", "单位向量", "--stars", "2")
        assert result.status == 0 and f"写好 mine/test_{name}.py" in result.text
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "mine"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # 插件用不着，导入它们要几秒
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert run("new-exercise", "mine", "unit").status == 2


def test_a_machine_that_cannot_grade_says_why(run, collected, monkeypatch):
    monkeypatch.setattr("dlbasics.teaching.grading.problem", lambda: "没有找到 bubblewrap")
    result = run("grade", HOMEWORK, grade_many=None)
    assert result.status == 3
    assert "没有找到 bubblewrap\n逐项诊断：dlbasics doctor" in result.text
    assert records(collected) == []


def test_doctor_refuses_root_and_says_what_still_works(run, monkeypatch):
    monkeypatch.setattr(doctor.platform, "system", lambda: "Linux")
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 0, raising=False)
    result = run("doctor")
    assert result.status == 3
    assert "✗ 不是 root：root\n    用普通用户批改" in result.text
    assert "还不能批改：不是 root。布置、收取、写反馈不受影响" in result.text


def test_doctor_says_how_to_install_the_sandbox(run, monkeypatch):
    monkeypatch.setattr(doctor.platform, "system", lambda: "Linux")
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(
        doctor, "problem", lambda: "没有 bwrap\n  Debian：sudo apt install bubblewrap"
    )
    result = run("doctor")
    assert result.status == 3
    assert "✗ 沙箱：打不开\n    没有 bwrap\n      Debian：sudo apt install" in result.text


def test_doctor_sends_other_systems_to_a_linux_machine(run, monkeypatch):
    monkeypatch.setattr(doctor.platform, "system", lambda: "Windows")
    result = run("doctor")
    assert result.status == 3
    assert "wsl --install" in result.text and "--scheduler" in result.text


@pytest.mark.skipif(sys.platform != "linux", reason="批改要 Linux")
def test_doctor_sees_an_open_door():
    """没有沙箱时，网络与参考解答都敞开：探针看得见，才说明它在沙箱里的“看不见”是真的。"""
    assert doctor.network(unsafe=True).found == "连得上外面"
    assert doctor.references(unsafe=True).found == "看得见"


def test_the_module_is_the_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "dlbasics", "--help"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout.startswith("用法：dlbasics"), done.stderr
