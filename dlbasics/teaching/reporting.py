"""反馈：每个学生一页，告诉他错在哪里、重读哪一节；全班一页，告诉教师哪些误解有多少人、该重讲哪一句。

网页各是一个文件，样式写在里面，不连任何网站，没有脚本。
"""

from __future__ import annotations

import csv
import io
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from dlbasics.exercises.exercise import Exercise, grade_id
from dlbasics.exercises.registry import Chapter
from dlbasics.teaching import sections
from dlbasics.teaching.gradebook import (
    NOT_GRADED,
    NOT_HANDED_IN,
    Row,
    Score,
    groups,
    number,
    plain,
    table,
)
from dlbasics.teaching.similarity import Pair

STYLE = Path(__file__).with_name("report.css")
WORDS = {
    "passed": "通过",
    "wrong": "未通过",
    "error": "出错",
    "timeout": "算得太久",
    "unanswered": "尚未作答",
    "ungraded": NOT_GRADED,
    "missing": NOT_HANDED_IN,
    "changed": "老师给分",
}
"""一道题的状态怎么写。"""

SIGNS = {"passed": "✓", "wrong": "✗", "error": "✗", "timeout": "✗"}
NO_INPUT = (
    "答错的那组输入是批改时随机生成的，这里不写出来。在笔记本里运行检查，能看到你自己的一组反例。"
)


@dataclass(frozen=True)
class Course:
    """写反馈要知道的：题目、章，和书的网址。

    Parameters
    ----------
    name : str
        作业的名字。
    chapters : sequence of Chapter
        哪几章。
    exercises : mapping
        练习的编号与练习，按作业里的次序。
    book : str
        书的网址，反馈里的链接从它算起；空的就不写链接。
    """

    name: str
    chapters: Sequence[Chapter]
    exercises: Mapping[str, Exercise]
    book: str = ""

    def chapter(self, id: str) -> Chapter:
        """一道题在哪一章。"""
        name = id.partition("/")[0]
        return next(chapter for chapter in self.chapters if chapter.name == name)

    def section(self, id: str) -> str:
        """讲一道题的那一节：章名与标题。"""
        title = sections.SECTIONS.get(id)
        return f"{self.chapter(id).title} › {title}" if title else self.chapter(id).title

    def section_link(self, id: str) -> str:
        """那一节的链接；没有网址、不是书里的题，就只写名字。"""
        return self._link(sections.link(id, self.chapter(id)), self.section(id), id)

    def exercise_link(self, id: str, words: str) -> str:
        """练习页上那道题的链接。"""
        page = f"book/exercises/{self.chapter(id).name}.html#{grade_id(id)}"
        return self._link(page, words, id)

    def _link(self, page: str, words: str, id: str) -> str:
        if not self.book or id not in sections.SECTIONS:
            return escape(words)
        return f'<a href="{escape(self.book.rstrip("/"))}/{page}">{escape(words)}</a>'


def status(score: Score) -> str:
    """一道题的状态，:data:`WORDS` 里的一个。"""
    if score.state == NOT_HANDED_IN:
        return "missing"
    if score.state == NOT_GRADED:
        return "ungraded"
    if score.mark is None:
        return "changed"
    known = score.verdict.get("status", "")
    return known if known in WORDS else "passed" if score.verdict.get("passed") else "wrong"


def page(title: str, body: str, *, wide: bool = False) -> str:
    """一个不靠别的文件的网页。"""
    style = STYLE.read_text(encoding="utf-8")
    kind = ' class="wide"' if wide else ""
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main{kind}>\n{body}\n</main>\n</body>\n</html>\n"
    )


# ── 每人一页 ──────────────────────────────────────────────


def student_page(row: Row, course: Course) -> str:
    """一个学生的反馈。"""
    who = row.student.label
    possible = sum(exercise.points for exercise in course.exercises.values())
    total = "—" if row.total is None else number(row.total)
    parts = [
        f"<h1>{escape(course.name)}：作业反馈</h1>",
        f'<p class="who">{escape(who)}</p>',
        f'<div class="total"><span class="points">{total}<small> / {number(possible)} 分</small>'
        f"</span><span>{escape(_summary(row))}</span></div>",
        _meter(row),
    ]
    if days := max((score.late for score in row.scores), default=0):
        parts.append(f'<p class="small">迟交 {days} 天，各题的分已经按规则打了折扣。</p>')
    parts.append(_first(row, course))
    for chapter in course.chapters:
        mine = [s for s in row.scores if s.exercise.partition("/")[0] == chapter.name]
        parts.append(f"<h2>{escape(chapter.title)}</h2>")
        parts += [_exercise(score, course) for score in mine]
    parts.append("<footer>对分数有疑问，把题名和你的想法告诉老师：每一次改分都记着理由。</footer>")
    return page(f"{course.name} {who}", "\n".join(parts))


def _summary(row: Row) -> str:
    counts: dict[str, int] = {}
    for score in row.scores:
        word = WORDS[status(score)]
        counts[word] = counts.get(word, 0) + 1
    return "，".join(f"{counts[word]} 题{word}" for word in WORDS.values() if word in counts) + "。"


def _meter(row: Row) -> str:
    """一题一格的进度条；旁边的文字说的是同一件事，读屏软件不必再读。"""
    kinds = {"passed": "passed", "wrong": "wrong", "error": "wrong", "timeout": "wrong"}
    cells = "".join(f'<i class="{kinds.get(status(s), "none")}"></i>' for s in row.scores)
    return f'<div class="meter" aria-hidden="true">{cells}</div>'


def _first(row: Row, course: Course) -> str:
    """先看这里：有提示的错，最多三条，先列容易的题。"""
    wrong = [s for s in row.scores if s.verdict.get("hint") and status(s) != "passed"]
    wrong.sort(key=lambda s: course.exercises[s.exercise].stars)
    if not wrong:
        return ""
    items = "".join(
        f"<li>{escape(s.verdict['hint'])}<br>"
        f'<span class="small">{escape(course.exercises[s.exercise].title)}；'
        f"重读 {course.section_link(s.exercise)}</span></li>"
        for s in wrong[:3]
    )
    return f'<h2>先看这里</h2>\n<ol class="first">{items}</ol>'


def _exercise(score: Score, course: Course) -> str:
    exercise = course.exercises[score.exercise]
    state = status(score)
    kind = {"passed": "passed", "wrong": "wrong", "error": "wrong", "timeout": "wrong"}
    points = "" if score.points is None else f"{number(score.points)} / "
    lines = [
        f'<section class="exercise {kind.get(state, "waiting")}" id="{grade_id(score.exercise)}">',
        f"<header><h3>{escape(exercise.title)} "
        f'<span class="stars" aria-label="难度 {exercise.stars}">{exercise.difficulty}</span></h3>',
        f'<span class="badge">{SIGNS.get(state, "")} {WORDS[state]}</span>',
        f'<span class="score">{points}{number(exercise.points)} 分</span></header>',
    ]
    if state not in ("passed", "changed"):
        lines += _feedback(score, state, course)
    if score.override:
        lines.append(
            f'<p class="notice">老师改过分：{number(score.override.points)} 分。'
            f"理由：{escape(score.override.reason)}</p>"
        )
    lines.append("</section>")
    return "\n".join(lines)


def _feedback(score: Score, state: str, course: Course) -> list[str]:
    verdict = score.verdict
    lines = []
    if state == "missing":
        return ["<p>没有收到这一章的笔记本。</p>"]
    if state == "ungraded":
        return [f"<p>还没有批：{escape(score.reason or '等老师处理')}。这不是 0 分。</p>"]
    if state == "unanswered":
        lines.append("<p>函数体还是空壳。从题面的公式写起，写完运行检查单元。</p>")
    if hint := verdict.get("hint"):
        lines.append(f'<p class="hint"><b>提示</b>{escape(hint)}</p>')
    shown = score.mark is not None and score.mark.shows_input
    items = [
        ("输入", verdict.get("input") if shown else ""),
        ("期望", verdict.get("expected") if shown else ""),
        ("得到", verdict.get("got") if shown else ""),
        ("原因", verdict.get("reason")),
    ]
    if found := [(name, text) for name, text in items if text]:
        terms = "".join(
            f"<dt>{name}</dt><dd{'' if name == '原因' else ' class=value'}>{escape(str(text))}</dd>"
            for name, text in found
        )
        lines.append(f"<dl>{terms}</dl>")
    if state != "unanswered" and verdict.get("input") and not shown:
        lines.append(f'<p class="small">{NO_INPUT}</p>')
    links = f"重读 {course.section_link(score.exercise)}"
    if course.book and score.exercise in sections.SECTIONS:
        links += f" {course.exercise_link(score.exercise, '题目与参考解答')}"
    lines.append(f'<p class="links">{links}</p>')
    return lines


# ── 全班一页 ──────────────────────────────────────────────


@dataclass(frozen=True)
class Misconception:
    """一个误解：哪道题的哪条提示，谁有它。"""

    exercise: str
    hint: str
    students: tuple[str, ...]


def misconceptions(book: Sequence[Row], order: Sequence[str]) -> list[Misconception]:
    """误解地图：每条提示有谁碰到，按题的次序，人多的在前。"""
    held: dict[tuple[str, str], list[str]] = {}
    texts: dict[tuple[str, str], str] = {}
    for row in book:
        for score in row.scores:
            hint = score.verdict.get("hint")
            if hint and score.state == "" and not score.verdict.get("passed"):
                key = score.exercise, str(score.verdict.get("hint_id") or hint)
                held.setdefault(key, []).append(row.student.id)
                texts[key] = str(hint)
    found = [Misconception(key[0], texts[key], tuple(who)) for key, who in held.items()]
    return sorted(found, key=lambda m: (order.index(m.exercise), -len(m.students), m.hint))


def class_page(
    book: Sequence[Row],
    course: Course,
    pairs: Mapping[str, Sequence[Pair]],
) -> str:
    """给教师的全班一页。"""
    parts = [
        f"<h1>{escape(course.name)}：全班</h1>",
        '<p class="who">给教师看：这一页有全班的姓名与分数，不要发给学生。</p>',
        _tiles(book, course),
        "<h2>分数分布</h2>",
        histogram(book, course),
        _by_group(book),
        "<h2>误解地图</h2>",
        _map(book, course),
        "<h2>各题</h2>",
        _by_exercise(book, course),
        _not_graded(book, course),
        _alike(pairs, book, course),
        "<h2>每个人</h2>",
        _everyone(book, course),
    ]
    return page(f"{course.name} 全班", "\n".join(part for part in parts if part), wide=True)


def _totals(book: Sequence[Row]) -> list[float]:
    return [row.total for row in book if row.total is not None]


def _tiles(book: Sequence[Row], course: Course) -> str:
    totals = _totals(book)
    possible = sum(exercise.points for exercise in course.exercises.values())
    handed = sum(any(s.state != NOT_HANDED_IN for s in row.scores) for row in book)
    waiting = sum(s.state == NOT_GRADED for row in book for s in row.scores)
    tiles = [
        (f"{handed} / {len(book)}", "交了"),
        (number(statistics.mean(totals)) if totals else "—", f"平均，满分 {number(possible)}"),
        (number(statistics.median(totals)) if totals else "—", "中位数"),
        (str(waiting), "题次未批"),
    ]
    items = "".join(f"<li><b>{value}</b><span>{words}</span></li>" for value, words in tiles)
    return f'<ul class="tiles">{items}</ul>'


def histogram(book: Sequence[Row], course: Course) -> str:
    """总分的分布：每一成一条，画成 SVG；未交的人不在里面。"""
    totals = _totals(book)
    if not totals:
        return "<p>还没有分数。</p>"
    possible = sum(exercise.points for exercise in course.exercises.values())
    bins = [0] * 10
    for total in totals:
        bins[min(9, max(0, int(10 * total / possible)))] += 1
    top, width, height = max(bins), 64, 150
    marks = []
    for i, count in enumerate(bins):
        x, tall = 10 + i * width, height * count / top
        marks.append(
            f'<rect class="bar" x="{x + 5}" y="{22 + height - tall:.1f}" width="{width - 10}" '
            f'height="{tall:.1f}" rx="2"/>'
        )
        if count:
            marks.append(
                f'<text x="{x + width / 2:g}" y="{16 + height - tall:.1f}" text-anchor="middle">'
                f"{count}</text>"
            )
        marks.append(f'<text x="{x}" y="{height + 42}" text-anchor="middle">{10 * i}%</text>')
    marks.append(f'<text x="{10 + 10 * width}" y="{height + 42}" text-anchor="middle">100%</text>')
    words = "；".join(
        f"{10 * i}% 到 {10 * (i + 1)}%：{count} 人" for i, count in enumerate(bins) if count
    )
    line = f'<path class="axis" d="M10 {height + 22.5}H{10 + 10 * width}"/>'
    return (
        f'<svg viewBox="-10 0 {40 + 10 * width} {height + 52}" role="img" aria-label="{words}">'
        f"{line}{''.join(marks)}</svg>"
        f'<p class="small">横轴是得分占满分的几成，条上是人数；'
        f"{len(book) - len(totals)} 人没有分数，不在图里。</p>"
    )


def _by_group(book: Sequence[Row]) -> str:
    """各班的人数与平均分；只有一个班就不写。"""
    found = groups(book)
    if len(found) < 2:
        return ""
    lines = []
    for name, each in found.items():
        totals = _totals(each)
        mean = number(statistics.mean(totals)) if totals else "—"
        lines.append(
            f'<tr><th scope="row">{escape(name or "没有写班级")}</th>'
            f'<td class="n">{len(each)}</td><td class="n">{len(totals)}</td>'
            f'<td class="n">{mean}</td></tr>'
        )
    return (
        '<table><thead><tr><th scope="col">班级</th><th scope="col" class="n">人数</th>'
        '<th scope="col" class="n">有分数</th><th scope="col" class="n">平均</th></tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table>"
    )


def _map(book: Sequence[Row], course: Course) -> str:
    found = misconceptions(book, list(course.exercises))
    if not found:
        return "<p>没有一个答案对得上已知的误解。</p>"
    names = {row.student.id: row.student.label for row in book}
    most = max(len(m.students) for m in found)
    lines = [
        "<p>每一条是一种错误的想法：全班有几人，出在哪道题里，该重讲哪一句。</p>",
        _most_common(found, course),
    ]
    by_section: dict[str, list[Misconception]] = {}
    for each in found:
        by_section.setdefault(course.section(each.exercise), []).append(each)
    for group in by_section.values():
        lines.append(f'<h3 class="section">{course.section_link(group[0].exercise)}</h3>')
        group.sort(key=lambda m: -len(m.students))
        common = [m for m in group if len(m.students) > 1]
        rare = [m for m in group if len(m.students) == 1]
        lines += [_misconception(m, most, names, course) for m in common]
        if rare:
            inside = "".join(_misconception(m, most, names, course) for m in rare)
            lines.append(f"<details><summary>只有一人的 {len(rare)} 条</summary>{inside}</details>")
    return "\n".join(lines)


def _most_common(found: Sequence[Misconception], course: Course) -> str:
    """人最多的三条：下一节课先讲。"""
    top = sorted((m for m in found if len(m.students) > 1), key=lambda m: -len(m.students))[:3]
    items = "".join(
        f"<li>{escape(m.hint)}<br>"
        f'<span class="small">{len(m.students)} 人；{course.section_link(m.exercise)}</span></li>'
        for m in top
    )
    return f'<h3 class="section">下一节课先讲</h3>\n<ol class="first">{items}</ol>' if top else ""


def _misconception(each: Misconception, most: int, names: Mapping[str, str], course: Course) -> str:
    count = len(each.students)
    people = "、".join(escape(names[id]) for id in each.students)
    title = escape(course.exercises[each.exercise].title)
    return (
        f'<div class="misconception"><div><p class="count">{count} <small>人</small></p>'
        f'<div class="track" aria-hidden="true"><i style="width:{100 * count / most:.0f}%"></i>'
        f"</div></div><div><p>{escape(each.hint)}</p>"
        f"<details><summary>{title}：是谁</summary>{people}</details></div></div>"
    )


def tally(book: Sequence[Row], id: str) -> dict[str, int]:
    """一道题各种状态各有几人。"""
    counts = dict.fromkeys(WORDS, 0)
    for row in book:
        for score in row.scores:
            if score.exercise == id:
                counts[status(score)] += 1
    return counts


def _by_exercise(book: Sequence[Row], course: Course) -> str:
    tallies = {id: tally(book, id) for id in course.exercises}
    seen = [state for state in WORDS if any(counts[state] for counts in tallies.values())]
    heads = "".join(f'<th scope="col" class="n">{WORDS[state]}</th>' for state in seen)
    lines = []
    for id, exercise in course.exercises.items():
        cells = "".join(f'<td class="n">{tallies[id][state] or "·"}</td>' for state in seen)
        title = course.exercise_link(id, exercise.title)
        lines.append(
            f'<tr><th scope="row">{title} <span class="stars">{exercise.difficulty}</span></th>'
            f"{cells}</tr>"
        )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="各题的人数"><table>'
        "<caption>每道题各种结果的人数</caption>"
        f'<thead><tr><th scope="col">题目</th>{heads}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _not_graded(book: Sequence[Row], course: Course) -> str:
    lines = []
    for row in book:
        waiting = [s for s in row.scores if s.state == NOT_GRADED]
        reasons: dict[str, list[str]] = {}
        for score in waiting:
            reason = score.reason or "还没有运行 dlbasics grade"
            reasons.setdefault(reason, []).append(course.exercises[score.exercise].title)
        for reason, titles in reasons.items():
            lines.append(
                f'<tr><th scope="row">{escape(row.student.label)}</th>'
                f"<td>{escape('、'.join(titles))}</td><td>{escape(reason)}</td></tr>"
            )
    if not lines:
        return ""
    return (
        "<h2>未批</h2>\n<p>这些不是 0 分：处理好再运行 <code>dlbasics grade</code>，"
        "或者用 <code>dlbasics override</code> 给分。</p>"
        '<div class="scroll"><table><thead><tr><th scope="col">学生</th><th scope="col">题目</th>'
        f'<th scope="col">原因</th></tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
    )


def _alike(pairs: Mapping[str, Sequence[Pair]], book: Sequence[Row], course: Course) -> str:
    names = {row.student.id: row.student.label for row in book}
    lines = [
        f'<tr><th scope="row">{escape(course.exercises[id].title)}</th>'
        f"<td>{escape(names[pair.first])}</td><td>{escape(names[pair.second])}</td>"
        f'<td class="n">{pair.share:.0%}</td></tr>'
        for id, found in pairs.items()
        for pair in found
    ]
    if not lines:
        return ""
    return (
        "<h2>很像的长答案</h2>\n<p>去掉注释与变量名以后几乎相同，又与参考解答不同。"
        "这只是值得看一眼的地方：一起讨论过、抄自同一个网页，都会这样。</p>"
        '<div class="scroll"><table><thead><tr><th scope="col">题目</th><th scope="col">一个</th>'
        '<th scope="col">另一个</th><th scope="col" class="n">相同</th></tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _everyone(book: Sequence[Row], course: Course) -> str:
    lines = []
    for row in book:
        id = escape(row.student.id)
        total = "—" if row.total is None else number(row.total)
        lines.append(
            f'<tr><th scope="row"><a href="students/{id}.html">{id}</a></th>'
            f"<td>{escape(row.student.name)}</td><td>{escape(row.student.group)}</td>"
            f'<td class="n">{total}</td><td>{escape(row.remark)}</td></tr>'
        )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="每个人的总分"><table>'
        '<thead><tr><th scope="col">学号</th><th scope="col">姓名</th><th scope="col">班级</th>'
        '<th scope="col" class="n">总分</th><th scope="col">备注</th></tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


# ── 表格 ──────────────────────────────────────────────────


def tables(book: Sequence[Row], course: Course) -> dict[str, list[list[Any]]]:
    """成绩、各题、误解三张表。"""
    titles = {id: exercise.title for id, exercise in course.exercises.items()}
    marks = table(book, titles)
    possible = [exercise.points for exercise in course.exercises.values()]
    marks.insert(1, ["", "满分", "", *possible, sum(possible), ""])
    counted: list[list[str | int]] = [["题目", *WORDS.values()]]
    counted += [[titles[id], *tally(book, id).values()] for id in titles]
    held: list[list[str | int]] = [["小节", "题目", "人数", "重讲这一句"]]
    for each in misconceptions(book, list(titles)):
        where = course.section(each.exercise)
        held.append([where, titles[each.exercise], len(each.students), plain(each.hint)])
    return {"成绩": marks, "各题": counted, "误解地图": held}


def csv_bytes(rows: Sequence[Sequence[Any]]) -> bytes:
    """CSV，UTF-8 带 BOM：Excel 双击就打得开。"""
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """xlsx，一张表一页；学号是文字，不会变成科学记数。"""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for i, column in enumerate(zip(*rows, strict=True), start=1):
            longest = max(len(str(value)) for value in column)
            sheet.column_dimensions[get_column_letter(i)].width = min(60, 4 + 1.8 * longest)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
