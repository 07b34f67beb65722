"""用词与标点：全书一处不合规矩的也没有；每条规矩认得出反例，不冤枉正确的写法。"""

import pytest

from tools import prose


def test_the_whole_book_keeps_the_rules():
    assert list(prose.found(prose.tracked())) == []


def test_the_whole_book_is_read():
    paths = {path.relative_to(prose.ROOT).as_posix() for path in prose.tracked()}
    assert {
        "README.md",
        "CONTRIBUTING.md",
        "book/descent/momentum.ipynb",
        "book/appendix/glossary.md",
        "book/_assets/quiz.js",
        "dlbasics/exercises/momentum/update.py",
    } <= paths
    assert len(paths) > 250


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("感叹号", "小球真快！"),
        ("感叹号", "小球真快!"),
        ("显然", "显然，它停下了。"),
        ("叠字", "小球的的速度。"),
        ("叠字", "它它停下了了。"),
        ("半角标点", "先看图,再看公式。"),
        ("半角标点", "为什么快?"),
        ("半角标点", "它停下了."),
        ("半角标点", "（行, 列）"),
        ("空格", "学习率为2。"),
        ("空格", "SGD慢。"),
        ("空格", "90%的像素"),
        ("多余的空格", "小球 ，停下"),
        ("多余的空格", "停下。 再看"),
        ("括号", "小球（重球)快"),
        ("括号", "小球 (重球）快"),
        ("半角括号", "小球(也叫重球)快"),
        ("用词", "池化层"),
        ("用词", "动量因子取 0.9"),
        ("用词", "调一调超参"),
    ],
)
def test_a_mistake_is_found(rule, text):
    assert rule in [name for name, *_ in prose.problems(text)]


@pytest.mark.parametrize(
    "text",
    [
        "汇聚，别处也叫池化。",
        "把目的的话说清楚；实实在在多了一倍。",
        "形状是 [N, 行, 列]，学习率 0.1，放大率 1/(1−μ)。",
        "不说“显然”。",
        "他说“停下。”然后走了（很远）。",
        "调超参数；CONTRIBUTING.md 里有，v1.0 也有。",
        "动量因子"[:2] + "系数",
    ],
)
def test_what_is_right_is_left_alone(text):
    assert list(prose.problems(text)) == []


def test_a_stride_is_no_step_length_where_convolution_is_taught():
    assert [name for name, *_ in prose.problems("步长为 2", convolution=True)] == ["用词"]
    assert not list(prose.problems("步长为 2"))
    assert prose.about_convolution(prose.Path("book/exercises/neuron_volumes.ipynb"))
    assert not prose.about_convolution(prose.Path("book/descent/momentum.ipynb"))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("取 `x,汉` 与 $a汉!$", f"取 {prose.GAP} 与 {prose.GAP}"),
        ("见[这一章](a,汉.md)的图", "见这一章的图"),
        ("**快。** 慢", f"快。{prose.GAP}慢"),
        ("```python\n汉,字\n```\n文", "\n文"),
        ("**原文**：“汉,字”（第 1 条）\n文", "\n文"),
        ("原文的“汉,字”是错的", "原文是错的"),
    ],
)
def test_only_prose_is_looked_at(text, left):
    assert prose.prose_of_markdown(text) == left


def rules(path):
    """一个文件里（哪一行，哪条规矩）。"""
    return sorted(
        (where, name) for where, text in prose.texts(path) for name, *_ in prose.problems(text)
    )


PYTHON = """\
def f(x):
    '''一句话,半句。

    x : int, 汉,字
        说明

    >>> f("汉,字")
    '''
    raise ValueError(f"得到{x}个，共2个")


NAME = "SGD慢"
"""


def test_strings_and_docstrings_of_python(tmp_path):
    path = tmp_path / "a.py"
    path.write_text(PYTHON, encoding="utf-8")
    assert rules(path) == [("12", "空格"), ("2", "半角标点"), ("9", "空格")]


def test_strings_and_comments_of_javascript(tmp_path):
    path = tmp_path / "a.js"
    code = 'const a = "第1步";\n// 画图,再等\nconst b = `共 ${n} 步。`, c = "red,blue";\n'
    path.write_text(code, encoding="utf-8")
    assert rules(path) == [("1", "空格"), ("2", "半角标点")]
