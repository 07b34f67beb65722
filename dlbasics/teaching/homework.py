"""一次作业在教师的电脑上的样子：一个文件夹。

::

    course.key             课程的密钥（在上一层，各次作业共用；不要给学生）
    momentum/              一次作业
      assignment.json      哪些题
      terms.json           截止、迟交、取哪一次：可以改
      release/ release.zip 发给学生的
      submissions/         收来的，按学号
      collected.json       谁交了哪一份
      unclear.csv          认不出是谁的：填上学号，再收一次
      results.jsonl        成绩文件：只追加
      reports/             反馈与成绩表
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dlbasics._files import replacing
from dlbasics.teaching.archives import Problem
from dlbasics.teaching.assignment import Assignment
from dlbasics.teaching.collecting import Submission, fingerprint
from dlbasics.teaching.gradebook import Handed, Terms
from dlbasics.teaching.results import Results
from dlbasics.teaching.roster import Roster, read_roster
from dlbasics.teaching.spreadsheets import csv_bytes, plain, read_text


@dataclass(frozen=True)
class Homework:
    """一次作业的文件夹。

    Parameters
    ----------
    folder : Path
        文件夹；里面有 ``assignment.json``。
    """

    folder: Path

    @classmethod
    def open(cls, folder: Path) -> Homework:
        """打开一次作业。

        Raises
        ------
        ValueError
            文件夹里没有 ``assignment.json``。
        """
        if not (folder / "assignment.json").is_file():
            raise ValueError(
                f"{folder} 不是一次作业：里面没有 assignment.json（先运行 dlbasics assign）"
            )
        return cls(folder)

    @property
    def assignment(self) -> Assignment:
        """哪些题。"""
        return Assignment.from_json(self.read("assignment.json"))

    @property
    def terms(self) -> Terms:
        """规则。"""
        values = json.loads(self.read("terms.json"))
        if unknown := sorted(set(values) - {field.name for field in dataclasses.fields(Terms)}):
            raise ValueError(f"terms.json 里有不认识的项：{'、'.join(unknown)}")
        return Terms(**values)

    @property
    def results(self) -> Results:
        """成绩文件。"""
        return Results(self.folder / "results.jsonl")

    @property
    def roster(self) -> Roster:
        """名单：``collect`` 收下的那一份。"""
        path = self.folder / "roster.csv"
        if not path.exists():
            raise ValueError(
                f"{self.folder} 里还没有名单：先运行 dlbasics collect … --roster 名单.csv"
            )
        return read_roster(path)

    @property
    def secret(self) -> bytes:
        """课程的密钥；还没有就造一个，只有自己读得到。"""
        path = self.folder.resolve().parent / "course.key"
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(secrets.token_hex(32) + "\n")
        return bytes.fromhex(path.read_text(encoding="ascii").strip())

    def keep_roster(self, path: Path) -> None:
        """收下一份名单，以后的命令都用它。"""
        students = read_roster(path).students.values()
        rows = [
            ["学号", "姓名", "班级", "小组"],
            *([s.id, s.name, s.group, s.team] for s in students),
        ]
        replace(self.folder / "roster.csv", csv_bytes(rows))

    @property
    def owners(self) -> dict[str, str]:
        """``unclear.csv`` 里人填好的：文件是谁的。"""
        path = self.folder / "unclear.csv"
        if not path.exists():
            return {}
        rows = list(csv.reader(io.StringIO(read_text(path.read_bytes()))))[1:]
        return {row[0]: row[1].strip() for row in rows if len(row) > 1 and row[1].strip()}

    def ask(self, problems: Iterable[Problem]) -> None:
        """把认不出是谁的写进 ``unclear.csv``，等人填学号；填好的留着。"""
        rows = [["文件", "学号", "原因"], *([path, id, ""] for path, id in self.owners.items())]
        rows += [[plain(p.trail), "", p.reason] for p in problems if p.kind == "认不出"]
        replace(self.folder / "unclear.csv", csv_bytes(rows))

    @property
    def blank(self) -> set[str]:
        """原样没有动过的笔记本的指纹。"""
        return {fingerprint(path.read_bytes()) for path in self.folder.glob("release/*.ipynb")}

    def read(self, name: str) -> str:
        """一个文件的全文。"""
        return (self.folder / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """写好再换上去：中途断了，原来的还在。"""
        replace(self.folder / name, text.encode())

    def handed(self) -> list[Handed]:
        """谁交了哪一份。"""
        path = self.folder / "collected.json"
        if not path.exists():
            return []
        rows = json.loads(path.read_text(encoding="utf-8"))
        names = {field.name for field in dataclasses.fields(Handed)}
        return [Handed(**{k: v for k, v in row.items() if k in names}) for row in rows]

    def store(
        self, submissions: Iterable[Submission], problems: Iterable[Problem] = ()
    ) -> list[Submission]:
        """存下收到的作业，返回新的；已经有的一份不再存，时刻取较早的。

        坏了的文件认得出是谁的，也记下：他交了，只是没有批成，不是未交。
        """
        path = self.folder / "collected.json"
        rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        have = {
            (row["student"], row["chapter"] or row["from"], row["attempt"]): row for row in rows
        }
        fresh = []
        for each in submissions:
            key = each.student, each.chapter, each.attempt
            submitted = each.submitted.isoformat(timespec="seconds")
            if key in have:
                have[key]["submitted"] = min(have[key]["submitted"], submitted)
                continue
            replace(self.notebook(each), each.data)
            have[key] = {
                "student": each.student,
                "chapter": each.chapter,
                "attempt": each.attempt,
                "submitted": submitted,
                "from": each.trail,
            }
            fresh.append(each)
        for problem in problems:
            if problem.student and problem.kind in ("坏了", "拒收"):
                have[problem.student, problem.trail, ""] = {
                    "student": problem.student,
                    "chapter": "",
                    "attempt": "",
                    "submitted": problem.time.isoformat(timespec="seconds"),
                    "from": problem.trail,
                    "problem": problem.reason,
                }
        self.write("collected.json", json.dumps([*have.values()], ensure_ascii=False, indent=1))
        return fresh

    def notebook(self, each: Submission | Handed) -> Path:
        """一份作业存在哪里。"""
        name = f"{each.chapter}-{each.attempt}.ipynb"
        return self.folder / "submissions" / each.student / name


def new(folder: Path, assignment: Assignment, terms: Terms) -> Homework:
    """建一次作业的文件夹。

    Raises
    ------
    ValueError
        那里已经有一次不同的作业。
    """
    homework = Homework(folder)
    text = assignment.to_json()
    if (folder / "assignment.json").exists() and homework.read("assignment.json") != text:
        raise ValueError(f"{folder} 里已经有一次作业，题目不同：换一个文件夹")
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "terms.json").exists():  # 再布置一次，给谁延了期不变
        terms = dataclasses.replace(terms, extensions=homework.terms.extensions)
    homework.write("assignment.json", text)
    homework.write(
        "terms.json", json.dumps(dataclasses.asdict(terms), ensure_ascii=False, indent=1)
    )
    return homework


def replace(path: Path, data: bytes) -> None:
    """整个换上去；只有自己读得到，里面有姓名、分数与密钥。"""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        os.chmod(file.name, 0o600)
        file.write(data)
