"""把一章切成一张张幻灯片：挑标题、图、公式与要紧的句子，其余归讲稿。

挑哪些由单元的标签说：

- ``slide``：从这个单元起一张新的；
- ``slide-more``：接在同一张上；
- ``slide-code``：接在同一张上，代码也上。

文字单元里上幻灯片的，是有粗体的句子、开头的问句、公式（连同引出它的话）、表格与列表；
列表的各项多数有粗体的，只要有粗体的句子。代码单元里是输出。小测一道一张，答案也在讲稿里；“学完你能够”自成一张。
放不下的接着排在下一张，标题相同。其余的文字，连同没有标签的单元，是讲稿。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from math import ceil
from pathlib import Path

import imagesize
from docutils import nodes

from typesetting.html_tag import Tag

SLIDE, MORE, CODE = "slide", "slide-more", "slide-code"
SENTENCE = re.compile(r"(?<=[。？])(?![”’）。？])|(?<=[。？][”’）])(?![。])")
#: 一张上放得下的行数，与一行的字数：整张宽的，与旁边有图的。
LINES, WIDE, NARROW = 14.2, 44, 19

#: 一行的高是一个字的几倍。
SQUARE = 1.5

#: 不到这么多行，就排大些。
ROOMY = 7

#: 太宽，图的旁边放不下。
BESIDE_NOTHING = 99

#: 图至少有几行高。
SMALLEST = 6.5

#: 末尾不到这么多行的一张，从前一张匀一些过来。
ORPHAN = 4


@dataclass
class Block:
    """一张幻灯片上的一块：节点，与整张宽、旁边有图时各占几行。"""

    node: nodes.Node
    wide: float
    narrow: float
    alone: bool = False
    ratio: float = 0  # 图的宽高之比；0 不是图

    @property
    def dangling(self) -> bool:
        """是一句没有说完的话，下面该有公式或列表。"""
        said = isinstance(self.node, nodes.paragraph) and self.node.astext().rstrip()
        return bool(said) and said[-1] not in "。？”）"


@dataclass
class Slide:
    """一张：小标题、标题、各块、讲稿。"""

    parents: list[nodes.title]
    title: nodes.title
    blocks: list[Block] = field(default_factory=list)
    notes: list[nodes.Node] = field(default_factory=list)
    goes_on: bool = False  # 接着前一张

    @property
    def figure(self) -> Block | None:
        return next((block for block in self.blocks if block.ratio), None)

    @property
    def roomy(self) -> bool:
        """没有图，字也少，就排大些。"""
        tall = sum(block.wide for block in self.blocks)
        return not self.figure and not self.blocks[0].alone and tall < ROOMY

    @property
    def heights(self) -> dict[str, float]:
        """图排在文字上面、旁边，各有几行高。"""
        texts = [block for block in self.blocks if not block.ratio]
        above = LINES - sum(block.wide for block in texts)
        beside = LINES if sum(block.narrow for block in texts) <= LINES else 0
        ratio = self.figure.ratio if self.figure else 1
        return {
            "rows": min(above, WIDE / ratio / SQUARE),
            "columns": min(beside, (WIDE - NARROW) / ratio / SQUARE) if texts else 0,
        }

    @property
    def layout(self) -> str:
        """``rows``：从上到下；``columns``：文字在左，图在右。图大的那一种。"""
        heights = self.heights
        return max(heights, key=heights.__getitem__) if self.figure else "rows"

    def takes(self, block: Block) -> bool:
        """再放上 ``block`` 还放得下。"""
        if not self.blocks:
            return True
        if block.alone or self.blocks[-1].alone or (block.ratio and self.figure):
            return False
        grown = Slide(self.parents, self.title, [*self.blocks, block])
        return (
            max(grown.heights.values()) >= SMALLEST if grown.figure else grown.heights["rows"] >= 0
        )


def width(node: nodes.Node) -> float:
    """排成一行有几个汉字宽。"""
    if isinstance(node, nodes.math):
        tex = re.sub(
            r"\\(?:mathbb|mathrm|text|dfrac|tfrac|frac|left|right|lVert|bar|[,;!])",
            "",
            node.astext(),
        )
        return 0.5 * len(re.sub(r"[{}^_\s]", "", re.sub(r"\\[A-Za-z]+", "x", tex)))
    if isinstance(node, nodes.Text):
        return sum(0.5 if ord(letter) < 0x2000 else 1 for letter in node)
    return sum(width(child) for child in node.children)


def text_block(node: nodes.Element, indent: int = 0) -> Block:
    """几行文字。"""
    lengths = [width(one) for one in node.findall(nodes.paragraph)]
    wide, narrow = (
        sum(ceil(length / (line - indent)) for length in lengths) + 0.35 for line in (WIDE, NARROW)
    )
    return Block(node, wide, narrow)


def is_numbered(node: nodes.Node) -> bool:
    """图题与引文的标记：编号是给读书的人的。"""
    return isinstance(node, nodes.caption | nodes.footnote_reference)


def bare(node: nodes.Node) -> nodes.Node:
    """一份副本：没有编号与图题，没有链接与引文的标记，链接只留文字。"""
    copy = node.deepcopy()
    if isinstance(copy, nodes.Element):
        for inner in list(copy.findall(is_numbered)):
            inner.parent.remove(inner)
        for inner in list(copy.findall(nodes.reference)):
            inner.replace_self(inner.children)
        for inner in list(copy.findall(nodes.target)):
            inner.replace_self(inner.children)
        for inner in copy.findall(nodes.Element):
            if not isinstance(inner, Tag | nodes.math_block):  # 公式的编号要用
                inner["ids"] = []
    return copy


def plain(sentence: list[nodes.Node]) -> str:
    return "".join(node.astext() for node in sentence).strip()


def sentences(paragraph: nodes.Element) -> list[list[nodes.Node]]:
    """一段拆成句子，每句是几个相连的节点。"""
    found: list[list[nodes.Node]] = [[]]
    for child in paragraph.children:
        if isinstance(child, nodes.Text):
            first, *others = SENTENCE.split(str(child))
            found[-1].append(nodes.Text(first))
            found += [[nodes.Text(other)] for other in others]
        else:
            found[-1].append(child)
            if re.search(r"[。？][”’）]?$", child.astext()):
                found.append([])
    whole: list[list[nodes.Node]] = []
    for one in found:
        if whole and plain(whole[-1]).count("（") > plain(whole[-1]).count("）"):
            whole[-1] += one  # 括号里不断开
        elif plain(one):
            whole.append(one)
    return whole


def is_inline(node: nodes.Node) -> bool:
    return not isinstance(node, nodes.raw)


def line(sentence: list[nodes.Node]) -> nodes.Element:
    """一句话，自成一段。"""
    return bare(nodes.paragraph("", "", *(node.deepcopy() for node in sentence)))


def key_sentences(paragraph: nodes.Element, *, opening: bool = False) -> list[nodes.Element]:
    """一段里要紧的句子：有粗体的，与开头（``opening``）的问句；强制换行以后是解释，不要。"""
    head = nodes.paragraph("", "", *(node.deepcopy() for node in takewhile(is_inline, paragraph)))
    keys = [
        sentence
        for number, sentence in enumerate(sentences(head))
        if any(isinstance(node, nodes.strong) for node in sentence)
        or (opening and number == 0 and plain(sentence).endswith("？"))
    ]
    return [line(key) for key in keys]


def list_blocks(listed: nodes.Element) -> Iterator[Block]:
    """列表的各项，一项一块；多数有粗体的，只要有粗体的句子。"""
    bold = sum(any(True for _ in item.findall(nodes.strong)) for item in listed.children)
    only_keys = 2 * bold > len(listed.children)
    for number, item in enumerate(listed.children, start=1):
        paragraphs = [child for child in item.children if isinstance(child, nodes.paragraph)]
        shown = (
            [key for one in paragraphs for key in key_sentences(one)] if only_keys else paragraphs
        )
        if not shown:
            continue
        kept = listed.copy()
        kept += nodes.list_item("", *(bare(one) for one in shown))
        if isinstance(listed, nodes.enumerated_list):
            kept["start"] = number
        yield text_block(kept, indent=2)


def pictures(output: nodes.Element, source: Path) -> float:
    """输出里的图的宽高之比；没有图是 0。"""
    for image in output.findall(nodes.image):
        across, down = imagesize.get(source / image["candidates"].get("*", image["uri"]))
        return across / down
    return 0


def is_live(node: nodes.Node) -> bool:
    """可操作的图的容器。"""
    return isinstance(node, nodes.Element) and "live-output" in node["classes"]


def code_blocks(cell: nodes.Element, source: Path, *, with_code: bool) -> Iterator[Block]:
    """代码单元的输出；``with_code`` 时代码在前。"""
    for part in cell.findall(nodes.container):
        if "cell_input" in part["classes"] and with_code:
            lines = 0.66 * (len(part.astext().splitlines()) + 1)
            yield Block(bare(part), lines, BESIDE_NOTHING)
        if "cell_output" not in part["classes"]:
            continue
        if any(True for _ in part.findall(is_live)):
            yield Block(bare(part), LINES, LINES, alone=True)
        elif ratio := pictures(part, source):
            yield Block(bare(part), 0, 0, ratio=ratio)
        elif text := part.astext().strip():
            widest = max(width(nodes.Text(line)) for line in text.splitlines())
            lines = 0.66 * (len(text.splitlines()) + 1)
            yield Block(bare(part), lines, lines if widest < NARROW + 8 else BESIDE_NOTHING)


def lead(formula: nodes.math_block) -> list[nodes.Element]:
    """引出公式的那句话：前一段的最后一句；有粗体的已经上了，不再要。"""
    before = formula.previous_sibling()
    while isinstance(before, nodes.target):
        before = before.previous_sibling()
    if not isinstance(before, nodes.paragraph):
        return []
    last = sentences(before)[-1]
    bold = any(isinstance(node, nodes.strong) for node in last)
    return [] if bold or plain(last).endswith("？") else [line(last)]


def shown(node: nodes.Element, *, opening: bool) -> Iterator[Block]:
    """文字单元里的一块，上幻灯片的部分。"""
    if isinstance(node, nodes.paragraph):
        for key in key_sentences(node, opening=opening):
            yield text_block(key)
    elif isinstance(node, nodes.bullet_list | nodes.enumerated_list):
        yield from list_blocks(node)
    elif isinstance(node, nodes.math_block):
        leads = list(map(text_block, lead(node)))
        tex = node.astext()
        rows = 1 + tex.count("\\\\")
        tall = 1.9 if re.search(r"frac|sum|prod|brace", tex) else 1.5
        narrow = width(nodes.math("", "", nodes.Text(tex))) / max(1, tex.count("\\\\")) <= NARROW
        lines = max(tall * rows, 1.6) + 0.6
        together = Tag("div", *(one.node for one in leads), bare(node))
        wide = lines + sum(one.wide for one in leads)
        beside = lines + sum(one.narrow for one in leads)
        yield Block(together, wide, beside if narrow else BESIDE_NOTHING)
    elif isinstance(node, nodes.table):
        rows = list(node.findall(nodes.row))
        columns = len(rows[0].children)
        cells = [ceil(max(width(entry) for entry in row) / (48 / columns)) for row in rows]
        lines = sum(0.75 * cell + 0.35 for cell in cells)
        yield Block(bare(node), lines, BESIDE_NOTHING)
    elif isinstance(node, Tag) and "quiz" in node["classes"]:
        quiz = node.deepcopy()
        for reference in list(quiz.findall(nodes.reference)):
            reference.replace_self(reference.children)
        yield Block(quiz, LINES, LINES, alone=True)


def is_prose(node: nodes.Element) -> bool:
    """讲稿里要的：段落、列表、提示框；公式只要没有上幻灯片的。"""
    return isinstance(
        node,
        nodes.paragraph | nodes.bullet_list | nodes.enumerated_list | nodes.math_block
        | nodes.Admonition,
    )  # fmt: skip


def even_out(before: Slide, after: Slide) -> None:
    """末尾的一张太少，就从前一张匀一些过来。"""

    def lines(slide: Slide) -> float:
        return sum(block.wide for block in slide.blocks)

    movable = not before.figure and not any(one.alone for one in before.blocks + after.blocks)
    if movable and lines(after) < ORPHAN:
        while lines(after) + before.blocks[-1].wide < lines(before):
            after.blocks.insert(0, before.blocks.pop())


class Cutter:
    """从头到尾走一遍一章，切成一张张。"""

    def __init__(self, tags: list[set[str]], source: Path) -> None:
        self.tags = tags
        self.source = source
        self.slides: list[Slide] = []
        self.titles: list[nodes.title] = []
        self.waiting: list[nodes.Node] = []  # 新的一节，还没有一张，先记着的讲稿
        self.cell = self.begun = 0
        self.opening = False  # 下一块是不是一节或一个单元的开头

    def cut(self, document: nodes.document) -> list[Slide]:
        for section in document.children:
            if isinstance(section, nodes.section):
                self.walk(section, [])
        self.flush()
        for before, after in pairwise(self.slides):
            if after.goes_on:
                even_out(before, after)
        return self.slides

    def walk(self, section: nodes.section, titles: list[nodes.title]) -> None:
        for node in section.children:
            if isinstance(node, nodes.title):
                self.flush()
                titles = self.titles = [*titles, node]
                self.opening = True
            elif isinstance(node, nodes.section):
                self.walk(node, titles)
                self.titles = titles
            elif isinstance(node, nodes.Element):
                cell = node.line // 10000 - 1 if node.line else self.cell
                self.opening |= cell != self.cell
                self.cell = cell
                self.block(node)
                self.opening = False

    def block(self, node: nodes.Element) -> None:
        tags = self.tags[self.cell] & {SLIDE, MORE, CODE}
        if tags and node.get("nb_element") == "cell_code":
            blocks = list(code_blocks(node, self.source, with_code=CODE in tags))
        elif tags and "note" in node.get("classes", []):
            return self.goals(node)
        else:
            blocks = list(shown(node, opening=self.opening)) if tags else []
        if SLIDE in tags and blocks and self.begun != self.cell:
            self.begun = self.cell
            self.start()
        for block in blocks:
            if not self.slides or self.heading() != self.slides[-1].title:
                self.start()
            elif not self.slides[-1].takes(block):
                self.go_on()
            self.slides[-1].blocks.append(block)
        if is_prose(node) and not (blocks and isinstance(node, nodes.math_block)):
            self.say(bare(node), new=not tags)
        return None

    def heading(self) -> nodes.title:
        return self.titles[-1]

    def start(self) -> None:
        self.slides.append(Slide(self.titles[1:-1], self.heading()))
        self.slides[-1].notes += self.waiting
        self.waiting = []

    def go_on(self) -> None:
        """放不下了，接着排在下一张；引出下文的话一起过去。"""
        full = self.slides[-1]
        self.start()
        self.slides[-1].goes_on = True
        if len(full.blocks) > 1 and full.blocks[-1].dangling:
            self.slides[-1].blocks.append(full.blocks.pop())

    def say(self, node: nodes.Node, *, new: bool) -> None:
        """记进讲稿；这一节还没有一张，就等它的第一张。"""
        begun = self.slides and self.slides[-1].title is self.heading()
        (self.slides[-1].notes if begun else self.waiting).append(node)

    def flush(self) -> None:
        """一节完了也没有一张：讲稿归前一张。"""
        if self.slides:
            self.slides[-1].notes += self.waiting
            self.waiting = []

    def goals(self, admonition: nodes.Element) -> None:
        """“学完这一章，你能够”自成一张。"""
        title, *rest = admonition.children
        self.slides.append(Slide([], title))
        for node in rest:
            if isinstance(node, nodes.enumerated_list):
                self.slides[-1].blocks += list_blocks(node)
            else:
                self.slides[-1].notes.append(bare(node))


def joined(blocks: list[Block]) -> list[nodes.Node]:
    """相连的列表项合成一个列表。"""
    merged: list[nodes.Node] = []
    for block in blocks:
        last = merged[-1] if merged else None
        if isinstance(block.node, nodes.bullet_list | nodes.enumerated_list) and type(last) is type(
            block.node
        ):
            last += block.node.children
        else:
            merged.append(block.node)
    return merged


def title_slide(section: nodes.section) -> Tag:
    """第一张：章名与它的问题（第一段）。"""
    title, *rest = section.children
    question = [bare(node) for node in rest[:1] if isinstance(node, nodes.paragraph)]
    return Tag("div", Tag("h1", *bare(title).children), *question, classes=["frame", "opening"])


def as_section(slide: Slide) -> Tag:
    """一张的 HTML。"""
    above = [Tag("p", *bare(one).children, classes=["above"]) for one in slide.parents]
    heading = Tag("h2", *bare(slide.title).children)
    texts = Tag("div", *joined([b for b in slide.blocks if not b.ratio]), classes=["words"])
    parts: list[nodes.Node] = [texts] if texts.children else []
    if slide.figure:
        figure = Tag("div", slide.figure.node, classes=["picture"])
        parts.insert(len(parts) if slide.layout == "columns" else 0, figure)
    body = Tag("div", *parts, classes=["body", slide.layout, *(["roomy"] if slide.roomy else [])])
    frame = Tag("div", Tag("header", *above, heading), body, classes=["frame"])
    return Tag("section", frame, notes([*slide.notes, *answers(slide)]))


def answers(slide: Slide) -> list[nodes.Node]:
    """这一张上的小测的答案与解释：讲的人看得见，不必当众打开。"""
    folded = [
        tag
        for block in slide.blocks
        for tag in block.node.findall(Tag)
        if "quiz-answer" in tag["classes"]
    ]
    return [bare(part) for tag in folded for part in tag.children[1:]]


def notes(said: list[nodes.Node]) -> Tag:
    return Tag("aside", *said, classes=["notes"])


def deck(document: nodes.document, tags: list[set[str]], source: Path) -> list[Tag]:
    """一章的各张；没有一个单元带标签，或者没有章名，就是空的。"""
    chapter = next((node for node in document.children if isinstance(node, nodes.section)), None)
    if chapter is None or not any(SLIDE in one for one in tags):
        return []
    slides = Cutter(tags, source).cut(document)
    kept = [slide for slide in slides if slide.blocks]
    said: list[nodes.Node] = []
    if kept and kept[0].title is chapter.children[0] and not kept[0].figure:
        said = kept.pop(0).notes  # 章首的问题已经在第一张上
    return [Tag("section", title_slide(chapter), notes(said)), *map(as_section, kept)]
