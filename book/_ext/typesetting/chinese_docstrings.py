"""numpydoc 写的中文 docstring，交给 napoleon 之前：类型换成中文，标记与汉字之间不必空格。"""

from __future__ import annotations

import re

TYPED = re.compile(r"^(?P<name>\*{0,2}\w[\w, *]*) : (?P<type>.+)$")
UNDERLINE = re.compile(r"-+$")
EXAMPLE = re.compile(r"\s*(?:>>>|\.\.\.) ")
RULE = re.compile(r"\s*=+ +=[ =]*$")
MARKUP = re.compile(r"(?P<bar>\|)|(?::\w+:)`[^`]+`|``[^`]+``")
TYPE_WORDS = {
    ", optional": "，可省略",
    ", or ": "，或 ",
    " or ": " 或 ",
    ", shape ": "，形状 ",
    ", length ": "，长 ",
    "sequence of ": "序列，各项是 ",
    "iterable of ": "可迭代，各项是 ",
    " of ": "，各项是 ",
    "callable": "函数",
}


def chinese_types(lines: list[str]) -> list[str]:
    """numpydoc 里“名字 : 类型”的类型，英文的虚词换成中文；“返回”里没有名字的一行也是类型。

    几个属性合写一行，中间用顿号：napoleon 会把逗号前面的当成类型。

    Examples
    --------
    >>> chinese_types(["bias : ndarray, shape [F], optional", "a or b"])
    ['bias : ndarray，形状 [F]，可省略', 'a or b']
    >>> chinese_types(["Returns", "-------", "list of int", "    a or b"])
    ['Returns', '-------', 'list，各项是 int', '    a or b']
    >>> chinese_types(["Attributes", "----------", 'x, y : {"a", "b"}'])
    ['Attributes', '----------', 'x、y : ``{"a", "b"}``']
    """
    section = ""
    translated = []
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if below and UNDERLINE.match(below):
            section = line
        elif found := TYPED.match(line):
            joint = "、" if section == "Attributes" else ", "
            line = f"{found['name'].replace(', ', joint)} : {chinese_type(found['type'])}"
        elif section in ("Returns", "Yields") and line[:1].strip():
            line = chinese_type(line)
        translated.append(line)
    return translated


def chinese_type(text: str) -> str:
    """一个类型；列出的几个字符串是代码，引号不变弯。"""
    if text.startswith("{"):
        return re.sub(r"^\{.*?\}", r"``\g<0>``", text)
    for word, same in TYPE_WORDS.items():
        text = text.replace(word, same)
    return text


def chinese_markup(lines: list[str]) -> list[str]:
    r"""``标记`` 与汉字之间不必留空格；|x| 是绝对值，不是 reStructuredText 的替换。例子里的不动。

    Examples
    --------
    >>> chinese_markup(["|x|：见``a | b``（后面）", ">>> a | b"])
    ['\\|x\\|：见\\ ``a | b``\\ （后面）', '>>> a | b']
    """

    def written(found: re.Match) -> str:
        if found["bar"]:
            return r"\|"
        before, after = (found.string[found.start() - 1 :][:1], found.string[found.end() :][:1])
        return r"\ " * bool(before.strip()) + found[0] + r"\ " * bool(after.strip())

    rules = [number for number, line in enumerate(lines) if RULE.match(line)]
    table = range(rules[0], rules[-1]) if rules else ()
    return [
        line if number in table or EXAMPLE.match(line) else MARKUP.sub(written, line)
        for number, line in enumerate(lines)
    ]
