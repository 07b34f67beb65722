"""把一章切成幻灯片：挑哪些，放不下怎么办，其余归讲稿。"""

from pathlib import Path

from docutils import nodes
from docutils.utils import new_document

from pages.slide_cutting import LINES, Cutter, answers, key_sentences, sentences
from typesetting.html_tag import Tag

LONG = "这一句有四十个字，" * 5


def paragraph(*parts, cell=0):
    """一段；``*`` 开头的是粗体。"""
    made = nodes.paragraph()
    for part in parts:
        made += nodes.strong("", part[1:]) if part.startswith("*") else nodes.Text(part)
    made.line = (cell + 1) * 10000 + 2
    return made


def cut(*content, tags):
    """章名之下是 ``content`` 的一章，切成的各张。"""
    document = new_document("章")
    document += nodes.section("", nodes.title("", "章"), *content)
    return Cutter(tags, Path()).cut(document)


def texts(slide):
    return [block.node.astext() for block in slide.blocks]


def test_a_sentence_keeps_its_brackets_and_quotation_marks():
    one = paragraph("他说：“走。”再走。（先看。再走。）停了。")
    found = ["".join(node.astext() for node in sentence) for sentence in sentences(one)]
    assert found == ["他说：“走。”", "再走。", "（先看。再走。）", "停了。"]


def test_bold_sentences_and_opening_questions_are_key():
    one = paragraph("为什么？", "不是。", "*要紧", "的话。", "后来呢？")
    assert [key.astext() for key in key_sentences(one)] == ["要紧的话。"]
    opening = key_sentences(one, opening=True)
    assert [key.astext() for key in opening] == ["为什么？", "要紧的话。"]


def test_what_follows_a_forced_line_break_is_not_key():
    one = paragraph("*误解。")
    one += [nodes.raw("", "<br>", format="html"), nodes.strong("", "解释。")]
    assert [key.astext() for key in key_sentences(one)] == ["误解。"]


def test_the_rest_is_for_the_speaker():
    before = paragraph("没有标签。", cell=0)
    shown = paragraph("*要紧", "。还有别的。", cell=1)
    after = paragraph("*没有标签的粗体。", cell=2)
    (slide,) = cut(before, shown, after, tags=[set(), {"slide"}, set()])
    assert texts(slide) == ["要紧。"]
    assert [note.astext() for note in slide.notes] == [
        "没有标签。", "要紧。还有别的。", "没有标签的粗体。",
    ]  # fmt: skip


def test_a_cell_begins_a_slide_or_goes_on_with_it():
    lines = [paragraph("*甲。", cell=0), paragraph("*乙。", cell=1), paragraph("*丙。", cell=2)]
    slides = cut(*lines, tags=[{"slide"}, {"slide-more"}, {"slide"}])
    assert [texts(slide) for slide in slides] == [["甲。", "乙。"], ["丙。"]]


def test_what_does_not_fit_goes_on_evenly_under_the_same_title():
    lines = [paragraph("*" + LONG + "。", cell=0) for _ in range(7)]
    slides = cut(*lines, tags=[{"slide"}])
    assert len(slides) == 2
    assert [slide.title.astext() for slide in slides] == ["章", "章"]
    assert sum(len(slide.blocks) for slide in slides) == 7
    assert min(len(slide.blocks) for slide in slides) >= 2
    assert all(sum(block.wide for block in slide.blocks) <= LINES for slide in slides)


def test_a_formula_comes_with_the_words_that_lead_to_it():
    formula = nodes.math_block("", "x = 1")
    formula["number"] = None
    formula.line = 10004
    (slide,) = cut(paragraph("先看这个。", "于是得到"), formula, tags=[{"slide"}])
    assert [child.astext() for child in slide.blocks[0].node.children] == ["于是得到", "x = 1"]


def test_the_speaker_knows_the_answer_of_a_quiz():
    key = Tag("p", nodes.Text("正确答案：B"))
    folded = Tag("details", Tag("summary", nodes.Text("查看答案")), key, classes=["quiz-answer"])
    quiz = Tag("fieldset", folded, classes=["quiz"])
    quiz.line = 10002
    slide = cut(quiz, tags=[{"slide"}])[-1]
    assert [note.astext() for note in answers(slide)] == ["正确答案：B"]
