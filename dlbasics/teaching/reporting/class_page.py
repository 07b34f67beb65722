"""全班一页，给教师看：分数分布，误解地图，各题的人数，未批的原因，很像的长答案。"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from html import escape

from dlbasics.teaching.gradebook import NOT_GRADED, NOT_HANDED_IN, Row, groups, number
from dlbasics.teaching.reporting.course import Course
from dlbasics.teaching.reporting.outcomes import WORDS, Misconception, misconceptions, tally
from dlbasics.teaching.reporting.page import page
from dlbasics.teaching.similarity import Pair


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
    handed = sum(any(s.state != NOT_HANDED_IN for s in row.scores) for row in book)
    waiting = sum(s.state == NOT_GRADED for row in book for s in row.scores)
    tiles = [
        (f"{handed} / {len(book)}", "交了"),
        (
            number(statistics.mean(totals)) if totals else "—",
            f"平均，满分 {course.possible}",
        ),
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
    bins = [0] * 10
    for total in totals:
        bins[min(9, max(0, int(10 * total / course.possible)))] += 1
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
