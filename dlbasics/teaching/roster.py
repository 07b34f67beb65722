"""名单：学号、姓名、班级、小组，从 CSV 或 xlsx 读；再从一条路径里认出是谁。

>>> roster = Roster([Student("20230001", "张三"), Student("20230002", "李四")])
>>> roster.who("作业/20230001_张三/momentum (1).ipynb")
('20230001', '')
>>> roster.who("20230001/20230002/momentum.ipynb")[1]
'路径里有几个人：20230001 张三、20230002 李四'
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dlbasics.teaching.spreadsheets import read_rows

HEADINGS = {
    "id": ("学号", "学生学号", "学工号", "student_id", "student id", "id"),
    "name": ("姓名", "学生姓名", "name"),
    "group": ("班级", "行政班", "教学班", "class", "section"),
    "team": ("小组", "组", "组号", "team"),
}
"""各列的标题，认得哪些写法。"""

SHORTEST = 4
"""学号至少几位：再短，就会与“作业 (2)”里的编号混淆。"""


@dataclass(frozen=True)
class Student:
    """一个学生。"""

    id: str
    name: str = ""
    group: str = ""
    team: str = ""

    @property
    def label(self) -> str:
        """学号与姓名。"""
        return f"{self.id} {self.name}".strip()


class Roster:
    """一个班的名单，保持名单里的次序。

    Raises
    ------
    ValueError
        学号重复、太短，或者不能做文件夹的名字。
    """

    def __init__(self, students: Iterable[Student]) -> None:
        self.students = {student.id: student for student in students}
        seen = list(self.students)
        for id in seen:
            if not re.fullmatch(r"[\w-]+", id) or len(id) < SHORTEST:
                raise ValueError(
                    f"学号应是至少 {SHORTEST} 位的字母与数字，得到 {id!r}：要从文件名里认出它"
                )

    def who(self, path: str) -> tuple[str, str]:
        """路径里写着谁：``(学号, "")``；说不准就是 ``("", 原因)``。

        先看学号；没有学号，再看名单里唯一的姓名。学号与姓名指着不同的人，也算说不准。
        """
        text = normal(path)
        ids = {self._known[hit] for hit in self._ids.findall(text)} if self.students else set()
        named = self._named(text)
        found = ids | named if len(ids) == 1 else ids or named
        if len(found) == 1:
            return found.pop(), ""
        if not found:
            return "", "路径里没有名单上的学号或姓名"
        people = "、".join(self.students[id].label for id in sorted(found))
        return "", f"路径里有几个人：{people}"

    def _named(self, text: str) -> set[str]:
        hits = [name for name in self._names if name in text]
        longest = [n for n in hits if not any(n != other and n in other for other in hits)]
        return {self._names[name] for name in longest}

    @cached_property
    def _known(self) -> dict[str, str]:
        return {normal(id): id for id in self.students}

    @cached_property
    def _ids(self) -> re.Pattern:
        longest_first = sorted(map(re.escape, self._known), key=len, reverse=True)
        return re.compile(rf"(?<![0-9a-z])(?:{'|'.join(longest_first)})(?![0-9a-z])")

    @cached_property
    def _names(self) -> dict[str, str]:
        names = Counter(normal(student.name) for student in self.students.values())
        return {
            normal(student.name): id
            for id, student in self.students.items()
            if names[normal(student.name)] == 1 and len(student.name) > 1
        }


def normal(text: str) -> str:
    """全角换成半角，大写换成小写：比较学号与姓名之前都这样写。"""
    return unicodedata.normalize("NFKC", str(text)).strip().casefold()


def read_roster(path: Path) -> Roster:
    """读名单：``.xlsx`` 的第一张表，或者 CSV（UTF-8 或 GB 18030）。

    第一行里有“学号”的那一行是标题；姓名、班级、小组几列有就读。

    Raises
    ------
    ValueError
        没有“学号”一列、没有学生、学号重复或不能用。
    """
    rows = read_rows(path)
    for number in range(len(rows)):
        columns = _columns(rows[number])
        if "id" in columns:
            break
    else:
        first = "、".join(rows[0]) if rows else "什么都没有"
        raise ValueError(f"名单 {path.name} 里应有“学号”一列，第一行是：{first}")
    students = [
        Student(**{field: row[i] for field, i in columns.items() if i < len(row)})
        for row in rows[number + 1 :]
        if columns["id"] < len(row) and row[columns["id"]]
    ]
    if not students:
        raise ValueError(f"名单 {path.name} 里一个学生也没有")
    twice = [id for id, count in Counter(student.id for student in students).items() if count > 1]
    if twice:
        raise ValueError(f"名单 {path.name} 里学号重复：{'、'.join(twice)}")
    return Roster(students)


def _columns(row: list[str]) -> dict[str, int]:
    cells = [normal(cell) for cell in row]
    found = {}
    for field, headings in HEADINGS.items():
        places = [cells.index(heading) for heading in headings if heading in cells]
        if places:
            found[field] = places[0]
    return found
