r"""小测：题干、单选项和解释写成普通的 Markdown，网页上即答即判。

写法（冒号围栏，名字在一页之内唯一）::

    :::{quiz} terminal-speed
    梯度恒为 $g$，$\mu=0.9$。速度最后停在多大？

    - [ ] $-\alpha g$
      - 这是梯度下降的一步，没有算上攒下来的速度。
    - [x] $-10\,\alpha g$
    - [ ] 没有上限

    令 $v_{n+1}=v_n$，得 $v=-\alpha g/(1-\mu)$。
    :::

- 题干在第一个选项之前，第一块必须是一个段落。
- 选项以 ``- [ ]`` 或 ``- [x]`` 开头，正好一个 ``[x]``；选项文字是一个段落。
- 选项下面缩进两格的 ``- …`` 是选了它的人会看到的反馈，可以不写。
- 解释从选项之后第一个顶格的段落开始，必须写。

没有这个扩展的地方（JupyterLab、代码托管网站）把它显示成一个任务列表，照样能读。

网页里是静态的语义 HTML：``fieldset``、``legend``、单选按钮，加一个“查看答案”折叠框。
没有 JavaScript 时读者自己打开折叠框；有 JavaScript 时 ``quiz.js`` 立即判定并记住答案。
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from delivery.page_assets import has_class, serve_assets
from typesetting.html_tag import Tag

LETTERS = "ABCDEFGH"
OPTION = re.compile(r"- \[([ x])\] ")


class Option(NamedTuple):
    """一个选项在源文本里的位置：文字与反馈各是一段行。"""

    right: bool
    text: StringList
    feedback: StringList


def split(content: StringList) -> tuple[StringList, list[Option], StringList]:
    """把小测的源文本切成题干、选项、解释，保留每一行的出处。

    Raises
    ------
    ValueError
        没有题干、选项少于两个或多于 ``LETTERS``、正确选项不是一个，或者没有解释。
    """
    starts = [i for i, line in enumerate(content) if OPTION.match(line)]
    if not 2 <= len(starts) <= len(LETTERS):
        raise ValueError(
            f"小测要有 2 到 {len(LETTERS)} 个以“- [ ] ”或“- [x] ”开头的选项，"
            f"现在有 {len(starts)} 个"
        )
    end = next(
        (i for i in range(starts[-1] + 1, len(content)) if re.match(r"\S", content[i])),
        len(content),
    )
    bounds = [*starts, end]
    options = [split_option(content[a:b]) for a, b in pairwise(bounds)]
    stem, explanation = content[: starts[0]], content[end:]
    right = sum(option.right for option in options)
    if right != 1:
        raise ValueError(f"小测要有正好一个正确选项“- [x] ”，现在有 {right} 个")
    for part, name in ((stem, "题干"), (explanation, "解释")):
        if not any(line.strip() for line in part):
            raise ValueError(f"小测缺少{name}")
    return stem, options, explanation


def split_option(lines: StringList) -> Option:
    """把一个选项的几行切成文字与反馈，去掉记号和缩进。"""
    right = OPTION.match(lines[0])[1] == "x"
    nested = next((i for i, line in enumerate(lines) if line.startswith("  - ")), len(lines))
    text, feedback = lines[:nested], lines[nested:]
    text.trim_left(len("- [x] "), 0, 1)
    text.trim_left(2, 1)
    feedback.trim_left(len("  - "))
    return Option(right, text, feedback)


class Quiz(SphinxDirective):
    """``{quiz} 名字``：见模块说明。"""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        try:
            if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
                raise ValueError(f"小测的名字只用小写字母、数字和连字符，现在是“{name}”")
            used = self.env.temp_data.setdefault("quizzes", set())
            if name in used:
                raise ValueError(f"这一页已经有一个叫“{name}”的小测")
            used.add(name)
            return [self.build(name, *split(self.content))]
        except ValueError as problem:
            raise self.error(str(problem)) from problem

    def parse(self, lines: StringList) -> list[nodes.Node]:
        parent = nodes.Element()
        if lines:
            self.state.nested_parse(lines, lines.offset(0) - self.content_offset, parent)
        return parent.children

    def parse_paragraph(self, lines: StringList, what: str) -> list[nodes.Node]:
        blocks = self.parse(lines)
        if [type(block) for block in blocks] != [nodes.paragraph]:
            raise ValueError(f"小测的{what}要是一个段落")
        return blocks[0].children

    def build(
        self, name: str, stem: StringList, options: list[Option], explanation: StringList
    ) -> Tag:
        key = nodes.make_id(f"quiz-{self.env.docname}-{name}")
        question, *rest = self.parse(stem)
        if not isinstance(question, nodes.paragraph):
            raise ValueError("小测题干的第一块要是一个段落")
        rows, remarks = Tag("div", classes=["quiz-options"]), Tag("dl", classes=["quiz-remarks"])
        for letter, option in zip(LETTERS, options, strict=False):
            rows += self.build_row(f"{key}-{letter.lower()}", key, letter, option)
            if any(option.feedback):
                remarks += Tag("dt", nodes.Text(letter))
                remarks += Tag("dd", *self.parse(option.feedback), html={"data-letter": letter})
            if option.right:
                answer = Tag("p", nodes.Text(f"正确答案：{letter}"), classes=["quiz-key"])
        return Tag(
            "fieldset",
            Tag(
                "legend",
                Tag("span", nodes.Text("小测"), classes=["quiz-mark"]),
                Tag("span", *question.children),
            ),
            *rest,
            rows,
            Tag("div", html={"role": "status"}, classes=["quiz-status"]),
            Tag(
                "details",
                Tag("summary", nodes.Text("查看答案")),
                answer,
                *([remarks] if remarks.children else []),
                *self.parse(explanation),
                classes=["quiz-answer"],
            ),
            ids=[key],
            classes=["quiz"],
        )

    def build_row(self, id_: str, group: str, letter: str, option: Option) -> Tag:
        value = {"type": "radio", "name": group, "value": letter}
        right = {"data-right": "1"} if option.right else {}
        return Tag(
            "div",
            Tag("input", html=value | right, ids=[id_]),
            Tag(
                "label",
                Tag("span", nodes.Text(letter), classes=["quiz-letter"]),
                Tag("span", *self.parse_paragraph(option.text, "选项")),
                html={"for": id_},
            ),
            classes=["quiz-option"],
        )


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("typesetting.html_tag")
    app.add_directive("quiz", Quiz)
    serve_assets(app, "quiz.js", "quiz.css", needed=has_class("quiz"))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
