"""用词与标点：``python -m tools.prose``（``make check`` 里也有）逐条列出不合规矩的地方。

查的是读者看得见的中文：各页与笔记本的正文、练习的题面与提示、docstring、Python 与 JavaScript
里的消息。公式、代码、链接的地址、原文的引文不查。规矩见 CONTRIBUTING.md 的“文字”，用词见术语表。
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
GAP = "\ufffc"
"""换下公式、代码与变量的一个字；它前后的空格与标点不归这里管。"""


@dataclass(frozen=True)
class Rule:
    """一条规矩：名字，不合的写法，应当怎样。"""

    name: str
    pattern: re.Pattern[str]
    advice: str


RULES = (
    Rule("感叹号", re.compile(rf"！|(?<=[{HAN}”）])!"), "不用感叹号"),
    Rule("显然", re.compile("(?<!“)显然"), "不说“显然”：写出理由"),
    Rule("叠字", re.compile("(?<!目)的的|了了|是是|(?<!实实)在在|与与|把把|被被"), "多了一个字"),
    Rule(
        "半角标点",
        re.compile(
            rf"(?<=[{HAN}”）》])[,;:?](?![A-Za-z0-9_])|(?<=[{HAN}”）》])\.(?![A-Za-z0-9_.])"
        ),
        "汉字后面用全角标点",
    ),
    Rule(
        "空格",
        re.compile(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9%][{HAN}]"),
        "汉字与西文、数字之间空一格",
    ),
    Rule(
        "多余的空格",
        re.compile(rf"[{HAN}] +[，。；：、？）”]|[，。；：、？（“] [{HAN}]"),
        "全角标点旁不空格",
    ),
    Rule("括号", re.compile(r"（[^（）()]*\)|\([^（）()]*）"), "一对括号要么全角，要么半角"),
    Rule("半角括号", re.compile(rf"[{HAN}]\([^()]*[{HAN}][^()]*\)"), "汉字用全角括号"),
)

SYNONYMS = {
    "池化": "汇聚",
    "权值共享": "参数共享",
    "权重共享": "参数共享",
    "接受域": "感受野",
    "特征映射": "特征图",
    "稀疏连接": "局部连接",
    "零填充层": "填充",
    "动量因子": "动量系数",
    "最终速度": "终端速度",
    "有替换": "有放回",
    "无替换": "无放回",
    "条件不佳": "病态",
    "黑塞矩阵": "海森矩阵",
    "过度拟合": "过拟合",
    "超参(?!数)": "超参数",
    "特征图谱": "特征图",
    "学习速率": "学习率",
    "小批次": "小批量",
    "批次大小": "批量大小",
}
"""别处的叫法 → 本书的叫法，见术语表；介绍别名的“也叫某某”不算。"""

ALIAS = r"(?<!叫)(?<!称)(?<!叫“)(?<!称“)(?<!叫作)(?<!或)"
TERMS = tuple(
    Rule("用词", re.compile(ALIAS + word), f"本书叫“{ours}”") for word, ours in SYNONYMS.items()
)
STRIDE = Rule("用词", re.compile(ALIAS + "步长"), "核每次移动几格叫“步幅”；步长是一步走多远")


def problems(text: str, *, convolution: bool = False) -> Iterator[tuple[str, str, str]]:
    """一段中文里不合规矩的地方：（规矩，前后几个字，应当怎样）。

    Examples
    --------
    >>> [rule for rule, *_ in problems("步长为2的卷积!", convolution=True)]
    ['感叹号', '空格', '用词']
    >>> list(problems("步幅（别处也叫步长）为 2 的卷积。", convolution=True))
    []
    """
    outside = re.sub(r"\[[^\[\]]*\]|\([^()]*\)", GAP, text)
    for rule in (*RULES, *TERMS, *([STRIDE] if convolution else [])):
        # 半角括号里是下标与形状：[行, 列]
        for found in rule.pattern.finditer(outside if rule.name == "半角标点" else text):
            around = found.string[max(found.start() - 8, 0) : found.end() + 8].replace("\n", " ")
            yield rule.name, around, rule.advice


def prose_of_markdown(text: str) -> str:
    """Markdown 里要查的文字：去掉代码、公式、地址、原文的引文。"""
    text = re.sub(r"^(```+|~~~+)(?!\{(?:admonition|note)).*?^\1", "", text, flags=re.M | re.S)
    text = re.sub(r"^---\n.*?^---$", "", text, count=1, flags=re.M | re.S)
    text = re.sub(r"^\*\*原文\*\*.*$|^:[\w-]+:.*$|^:::+.*?\}|^\([\w-]+\)=$", "", text, flags=re.M)
    text = re.sub(r"\$\$.*?\$\$|\$[^$]+\$|(`+)[^`].*?\1", GAP, text, flags=re.S)
    text = re.sub(r"\{[\w:-]+\}" + GAP, GAP, text)
    text = re.sub(r"原文[^“”。]{0,40}“[^”]*”", "原文", text)
    text = re.sub(r"!?\[([^\[\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<[^>\s][^>]*>|https?://\S+", "", text)
    return text.replace("** ", GAP).replace("**", "")


def prose_of_docstring(text: str) -> str:
    """docstring 里要查的文字：去掉例子、“名字 : 类型”的行与标记。"""
    lines, example = [], False
    for line in text.splitlines():
        example = line.lstrip().startswith(">>>") or (example and bool(line.strip()))
        typed = re.match(r"\s*\*{0,2}\w[\w, *]* : ", line)
        lines.append("" if example or typed else line)
    text = re.sub(r"^.*::\n\n(?:(?: .*)?\n)+", "", "\n".join(lines) + "\n", flags=re.M)
    return prose_of_markdown(re.sub(r"(?::\w+:)?(`+)[^`]+\1", GAP, text))


def strings_of_python(code: str) -> Iterator[tuple[int, str]]:
    """一个模块里的文字：docstring，与写着汉字的字符串；f-string 里的变量换成 ``GAP``。"""
    tree = ast.parse(code)
    parts: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts |= {id(inner) for inner in ast.walk(node)}
            values = [v.value if isinstance(v, ast.Constant) else GAP for v in node.values]
            yield node.lineno, "".join(map(str, values))
    for node in ast.walk(tree):
        text = getattr(node, "value", None)
        if isinstance(node, ast.Constant) and isinstance(text, str) and id(node) not in parts:
            yield node.lineno, text


STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')


def strings_of_javascript(code: str) -> Iterator[tuple[int, str]]:
    """JavaScript 里的字符串与注释；模板里的变量换成 ``GAP``。"""
    for found in STRING.finditer(code):
        text = re.sub(r"\$\{[^}]*\}", GAP, found[1] or found[2] or "")
        yield code.count("\n", 0, found.start()) + 1, text
    for number, line in enumerate(code.splitlines(), 1):
        if comment := re.search(r"(?:^|\s)// (.*)", line):
            yield number, re.sub(r"(`+)[^`]+\1", GAP, comment[1])


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """一个文件里要查的各段：（哪里，文字）。"""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        yield "", prose_of_markdown(source)
    elif path.suffix == ".ipynb":
        for cell in json.loads(source)["cells"]:
            if cell["cell_type"] == "markdown":
                yield cell["id"], prose_of_markdown("".join(cell["source"]))
    else:
        strings = strings_of_python if path.suffix == ".py" else strings_of_javascript
        for line, text in strings(source):
            if re.search(f"[{HAN}]", text):
                yield str(line), prose_of_docstring(text)


def tracked() -> list[Path]:
    """要查的文件。"""
    places = ["*.md", "book", "dlbasics", "tools"]
    names = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files", "-co", "--exclude-standard", *places],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=True,
    ).stdout.splitlines()  # fmt: skip
    paths = sorted({ROOT / name for name in names})
    kinds = {".md", ".ipynb", ".py", ".js"}
    paths = [p for p in paths if p.suffix in kinds and p.is_file() and "vendor" not in p.parts]
    return [path for path in paths if path != Path(__file__).resolve()]  # 这里列着不用的词


def about_convolution(path: Path) -> bool:
    """这个文件只讲卷积，里面的“步长”多半是步幅。"""
    chapters = {"image_priors", "local_connectivity", "parameter_sharing", "neuron_volumes"}
    return bool({"convolution", *chapters} & {*path.parts, path.stem})


def found(paths: Iterable[Path]) -> Iterator[str]:
    """这些文件里不合规矩的地方，一处一行。"""
    for path in paths:
        name = path.relative_to(ROOT)
        for place, text in texts(path):
            for rule, around, advice in problems(text, convolution=about_convolution(name)):
                where = name.as_posix() + (f":{place}" if place else "")
                yield f"{where}  {rule}：“{around}”　{advice}"


def main() -> int:
    told = list(found(tracked()))
    print(*told, sep="\n", end="\n" if told else "")
    return bool(told)


if __name__ == "__main__":
    sys.exit(main())
