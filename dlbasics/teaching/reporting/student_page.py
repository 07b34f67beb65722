"""每人一页：错在哪里，重读哪一节。"""

from __future__ import annotations

from html import escape

from dlbasics.exercises.exercise import grade_id
from dlbasics.teaching import sections
from dlbasics.teaching.gradebook import Row, Score, number
from dlbasics.teaching.reporting.course import Course
from dlbasics.teaching.reporting.outcomes import WORDS, status
from dlbasics.teaching.reporting.page import page

KINDS = {"passed": "passed", "wrong": "wrong", "error": "wrong", "timeout": "wrong"}
SIGNS = {"passed": "✓", "wrong": "✗", "error": "✗", "timeout": "✗"}
NO_INPUT = (
    "答错的那组输入是批改时随机生成的，这里不写出来。在笔记本里运行检查，能看到你自己的一组反例。"
)


def student_page(row: Row, course: Course) -> str:
    """一个学生的反馈。"""
    who = row.student.label
    total = "—" if row.total is None else number(row.total)
    parts = [
        f"<h1>{escape(course.name)}：作业反馈</h1>",
        f'<p class="who">{escape(who)}</p>',
        f'<div class="total"><span class="points">{total}<small> / {course.possible} 分</small>'
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
    cells = "".join(f'<i class="{KINDS.get(status(s), "none")}"></i>' for s in row.scores)
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
    points = "" if score.points is None else f"{number(score.points)} / "
    lines = [
        f'<section class="exercise {KINDS.get(state, "waiting")}" id="{grade_id(score.exercise)}">',
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


def _why_unanswered(score: Score, course: Course) -> str:
    """写了而没有这个函数（语法错误、改了名字），与没有写，不是一回事。"""
    note = score.mark.note if score.mark else ""
    if note.endswith(f"没有函数 {course.exercises[score.exercise].name}"):
        return f"从头运行你的笔记本，没有得到这道题的函数。{escape(note)}。"
    return "函数体还是空壳。从题面的公式写起，写完运行检查单元。"


def _feedback(score: Score, state: str, course: Course) -> list[str]:
    verdict = score.verdict
    lines = []
    if state == "missing":
        return ["<p>没有收到这一章的笔记本。</p>"]
    if state == "ungraded":
        return [f"<p>还没有批：{escape(score.reason or '等老师处理')}。这不是 0 分。</p>"]
    if state == "unanswered":
        lines.append(f"<p>{_why_unanswered(score, course)}</p>")
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
