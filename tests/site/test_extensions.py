"""每个 Sphinx 扩展：在只有一两页的小书上，该报警的报警，不该报的不报。"""

import ast
import json
import logging
import os
import re
from io import BytesIO
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pydata_sphinx_theme
import pytest
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from PIL import Image, ImageColor
from py_mini_racer import MiniRacer
from pygments import highlight
from pygments.lexers import PythonLexer
from pygments.token import STANDARD_TYPES
from scipy.signal import fftconvolve

import course
from delivery import (
    dark_pictures,
    light_pictures,
    narrow_pictures,
    offline,
    one_stylesheet,
    slim_site,
)
from dlbasics.figures.picture import png
from dlbasics.figures.style import BLUE, GREEN, INK, ORANGE, PURPLE
from pages import section_search
from tests import small_book
from typesetting import chinese_text, lean_code, mathml, picture_alt, stable_ids

EXTENSIONS = Path(course.__file__).parent
IMAGE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><path d="M0 0h40"/></svg>
"""


@pytest.fixture
def build(tmp_path):
    """把一段 Markdown 建成一页，返回（HTML，警告）。"""

    def run(text: str, *extensions: str, **config: object) -> tuple[str, str]:
        files = {"index.md": f"# 小书\n\n{text}\n", "curve.svg": IMAGE}
        book = small_book.build(tmp_path, files, *extensions, **config)
        return book.page(), book.warnings

    return run


def test_a_first_build_says_nothing_of_each_step_of_the_fonts(monkeypatch):
    """裁剪字体的库有几百行英文的日志；别的包打开了全部日志，也不打印。"""
    monkeypatch.setattr(logging.getLogger("fontTools"), "level", logging.INFO)
    course.setup(Mock())
    assert logging.getLogger("fontTools.subset").getEffectiveLevel() > logging.INFO


def test_the_course_sets_up_every_extension():
    """``html_tag`` 由用到它的扩展自己装上。"""
    modules = {
        ".".join(path.relative_to(EXTENSIONS).with_suffix("").parts): path.read_text("utf-8")
        for path in EXTENSIONS.rglob("*.py")
    }
    with_setup = {
        name
        for name, text in modules.items()
        if any(
            isinstance(node, ast.FunctionDef) and node.name == "setup"
            for node in ast.parse(text).body
        )
    }
    assert with_setup - {"course", "typesetting.html_tag"} == set(course.EXTENSIONS)


@pytest.fixture(scope="module")
def three_panels() -> bytes:
    """并排的三格，共用纵轴的刻度；第一格里有一张照片。"""
    figure = Figure(figsize=(7, 2.4), dpi=110, layout="constrained")
    axes = figure.subplots(1, 3, sharey=True)
    for ax in axes:
        ax.plot([0, 1], [0, 1])
    axes[0].imshow(np.arange(12).reshape(3, 4), cmap="gray", extent=(0.2, 0.6, 0.2, 0.6))
    return png(figure)


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """两种颜色的对比度，照 WCAG。"""

    def luminance(color: tuple[int, ...]) -> float:
        linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def article(html: str) -> str:
    body = re.search(r'<div class="body" role="main">(.*?)<div class="clearer">', html, re.DOTALL)
    return re.sub(r"<[^>]+>", "", body[1])


class TestMathml:
    @pytest.fixture
    def build(self, build):
        return lambda text: build(text, "typesetting.mathml", html_math_renderer="mathml")

    def test_formulas_become_mathml(self, build):
        text = "行内 $a^2$。\n\n$$\nv &= \\mu v - \\alpha g \\\\\nx &= x + v\n$$ (eq-update)"
        html, warnings = build(text + "\n\n见 {eq}`eq-update`。")
        assert not warnings
        assert html.count("<math") == 2
        assert '<math class="math notranslate" data-tex="a^2"><msup>' in html
        assert 'class="eqno">(1)' in html
        assert 'href="#equation-eq-update"' in html
        assert "cdn" not in html

    def test_aligned(self, build):
        text = "$$\n\\begin{aligned} a &= 1 \\\\ b &= 2 \\end{aligned}\n$$"
        html, warnings = build(text)
        assert not warnings
        assert html.count('display="block"') == 1
        assert html.count("<mtr>") == 2

    def test_bad_formula_is_a_warning_with_its_place(self, build):
        _, warnings = build("第一段。\n\n写错的 $\\frac{1}{$。")
        assert re.search(r"index\.md:5: WARNING: 公式 .*排不出来", warnings)

    def test_unknown_command_is_a_warning(self, build):
        _, warnings = build("$\\nosuchcommand$")
        assert "nosuchcommand" in warnings

    def test_only_what_readers_need_is_served(self, build, tmp_path):
        build("$\\sqrt a$")
        served = {path.name for path in (tmp_path / "html/_static/math").iterdir()}
        assert served == {mathml.FONT.name, "LICENSE.txt"}
        drawn = TTFont(tmp_path / "html/_static/math" / mathml.FONT.name).getBestCmap()
        assert {ord("√"), ord("𝑎")} <= drawn.keys()
        assert ord("∑") not in drawn

    def test_lines_are_wrapped_once(self):
        assert mathml.wrap_lines(r"a \\ b") == r"\begin{aligned}a \\ b\end{aligned}"
        assert mathml.wrap_lines("a\n\nb") == r"\begin{aligned}a\\b\end{aligned}"
        for whole in ("a", r"\begin{cases}a \\ b\end{cases}"):
            assert mathml.wrap_lines(whole) == whole

    @pytest.mark.parametrize(
        ("tex", "pieces"),
        [("a=b+c", 1), ("abcd=efgh+ijkl-mnop", 4), (r"\sqrt{abcdefghijklmnop}", 1)],
    )
    def test_a_long_formula_may_break_after_its_operators(self, tex, pieces):
        assert len(mathml.render(tex).split("</math><wbr/><math>")) == pieces
        assert mathml.render(tex, display=True).count("<math ") == 1

    @pytest.mark.parametrize(
        ("tex", "classes"),
        [
            (r"\bar x", {"chr-sml", "wbk-sml-acc"}),
            (r"\hat f", {"chr-lrg", "wbk-lrg-acc"}),
            (r"\tilde x", {"chr-sml"}),
            (r"\bar{xy}", {"wbk-acc"}),
        ],
    )
    def test_accents_sit_on_their_letters_in_every_browser(self, tex, classes):
        (found,) = re.findall(r'<mo [^>]*class="([^"]*)"', mathml.render(tex))
        assert set(found.split()) == classes
        style = (mathml.ASSETS / "mathml.css").read_text(encoding="utf-8")
        assert all(f".{name} {{" in style for name in classes)

    @pytest.mark.parametrize(
        ("tex", "inner"),
        [
            (r"x_{i+1}", '<mi>i</mi><mo lspace="0" rspace="0">+</mo><mn>1</mn>'),
            ("i+1", "<mi>i</mi><mo>+</mo><mn>1</mn>"),
            (r"\frac{1}{1-\mu}", '<mo lspace="0" rspace="0">−</mo>'),
            (r"\dfrac{1}{1-\mu}", "<mn>1</mn><mo>−</mo>"),
            ("f'(x)", '<mi>f</mi><mo lspace="0" rspace="0" form="postfix">′</mo>'),
            ("(4,6)", '<mn>4</mn><mo separator="true">,</mo><mn>6</mn>'),
            ("x_{1,2}", '<mrow><mn>1</mn><mo separator="true" lspace="0" rspace="0">,</mo>'),
            (r"\left(\frac12\right)+1", '<mrow><mo fence="true" form="prefix" stretchy="true">'),
        ],
    )
    def test_spaces_are_those_of_tex(self, tex, inner):
        assert inner in mathml.render(tex)

    @pytest.mark.parametrize("tex", ["2L/3", r"\beta", r"1-\rho", "a(b)", "a^2", r"\frac12"])
    def test_a_tall_radical_is_marked(self, tex):
        assert '<msqrt class="tall">' in mathml.render(rf"\sqrt{{{tex}}}")

    @pytest.mark.parametrize("tex", ["b", r"\mu", "24", r"1-\alpha\lambda"])
    def test_a_low_radical_is_not(self, tex):
        assert "<msqrt>" in mathml.render(rf"\sqrt{{{tex}}}")


class TestLeanCode:
    CODE = '```python\nfor k in range(3):\n    print(f"第 {k} 步", 1.5e-3)  # 说明\n```'

    def test_the_text_is_the_same_with_fewer_elements(self, build):
        plain, _ = build(self.CODE)
        lean, _ = build(self.CODE, "typesetting.lean_code")
        assert article(lean) == article(plain)
        assert 2 * lean.count("<span") <= plain.count("<span")

    @pytest.mark.parametrize(("code", "empty"), [("x = 1", 0), ("\nx = 1", 1)])
    def test_only_a_leading_blank_line_needs_an_empty_span(self, code, empty):
        html = highlight(code, PythonLexer(stripnl=False), lean_code.LeanFormatter())
        assert html.count("<span></span>") == empty

    def test_what_is_merged_looks_the_same(self):
        for kind in STANDARD_TYPES:
            assert lean_code.look(kind) == lean_code.look(lean_code.plainest(kind))

    def test_the_styles_are_those_of_the_theme(self):
        theme = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/theme.conf"
        for name in lean_code.STYLES:
            assert f" = {name}\n" in theme.read_text(encoding="utf-8")


class TestSlimSite:
    def test_the_theme_no_longer_measures(self):
        theme = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme"
        script = (theme / "static" / slim_site.THEME).read_text(encoding="utf-8")
        slim = slim_site.stop_measuring(script)
        assert slim_site.MEASURING not in slim
        engine = MiniRacer()
        engine.eval(f"() => {{{slim}\n}}")  # 语法仍是对的；最后一行是注释
        engine.close()
        assert slim_site.stop_measuring(slim) == slim
        with pytest.raises(ValueError, match="主题换了版本"):
            slim_site.stop_measuring(script.replace(slim_site.MEASURING, ""))


class TestOneStylesheet:
    @pytest.fixture
    def write(self, tmp_path):
        def run(**sheets):
            (tmp_path / "styles").mkdir()
            for name, css in sheets.items():
                (tmp_path / f"{name}.css").write_text(css, encoding="utf-8")
            return tmp_path

        return run

    @pytest.mark.parametrize(
        ("css", "left"),
        [
            (".kept { top: 0 } .lost { top: 0 }", ".kept{top: 0}"),
            (".lost .kept, a:hover { top: 0 }", "a:hover{top: 0}"),
            ("#lost { top: 0 } #kept { top: 0 }", "#kept{top: 0}"),
            ("p:not(.lost) { top: 0 }", "p:not(.lost){top: 0}"),
            ("@media print { .lost { top: 0 } }", ""),
            ("@media print { .kept { top: 0 } }", "@media print{.kept{top: 0}}"),
            ("@font-face { src: url(a) }", "@font-face{src: url(a)}"),
            ('b::before { content: ".lost"; /* 说明 */ }', 'b::before{content: ".lost"}'),
        ],
    )
    def test_only_rules_that_some_page_may_use_are_left(self, css, left):
        assert one_stylesheet.prune(css, {"kept"}) == left

    def test_addresses_follow_the_move(self, write):
        static = write(a='@import "b.css";\np { src: url("fonts/x.woff2") }', b="a{b:url(data:,)}")
        css = one_stylesheet.read(static, "a.css")
        assert css.index("a{b:url(data:,)}") < css.index('url("../fonts/x.woff2")')
        assert "@import" not in css

    def test_a_mistake_is_told(self):
        with pytest.raises(ValueError, match="写错"):
            one_stylesheet.prune("a { top: 0 } b", set())


class TestChineseText:
    @pytest.mark.parametrize(
        ("source", "shown"),
        [
            ("小球滚下\n山坡", "小球滚下山坡"),
            ("**粗**\n汉字", "粗汉字"),
            ("汉字\n**粗**", "汉字粗"),
            ("**粗**\n*斜*", "粗斜"),
            ("停下，\nSGD 继续", "停下，SGD 继续"),
            ("他说\n“动量”", "他说“动量”"),
            ("SGD\n（随机）", "SGD（随机）"),
            ("- 一项，\n  接着写", "一项，接着写"),
            ("**一句。** 下文", "一句。下文"),
            ("**一句。** `code`", "一句。code"),
            ("**词** 下文", "词 下文"),
            ("汉字\nSGD", "汉字\nSGD"),
            ("SGD\n汉字", "SGD\n汉字"),
            ("one\ntwo", "one\ntwo"),
            ("汉字\n`code`", "汉字\ncode"),
            ("```\n汉字\n汉字\n```", "汉字\n汉字"),
        ],
    )
    def test_line_breaks(self, build, source, shown):
        html, warnings = build(source, "typesetting.chinese_text")
        assert not warnings
        assert shown in article(html)

    def test_without_it_there_is_a_gap(self, build):
        assert "滚下\n山坡" in article(build("滚下\n山坡")[0])

    def test_every_break_is_judged_by_its_own_neighbours(self, build):
        html, _ = build("a\nb **汉**\n字 c\nd **汉**\n字", "typesetting.chinese_text")
        assert "a\nb 汉字 c\nd 汉字" in article(html)

    @pytest.mark.parametrize(
        ("source", "kept"),
        [
            ("最大值是 $a$。它", "FORMULA。"),
            ("系数（$a$ 是", "（FORMULA"),
            ("系数（$a$），", "（FORMULA），"),
            ("它是 $" + "a+" * 20 + "a$，很长。", "FORMULA，"),
        ],
    )
    def test_punctuation_stays_with_its_formula(self, build, source, kept):
        html = re.sub(r'<span class="math[^>]*>[^<]*</span>', "FORMULA", self.page(build, source))
        assert f'<span class="keep-together">{kept}</span>' in html

    def test_nothing_to_keep(self, build):
        assert "keep-together" not in self.page(build, "$a$ 后面")

    def test_short_names_are_not_broken(self, build):
        table = "| 名字 | 改了什么 |\n|---|---|\n| 去掉汇聚 | 删掉 |\n| 一个九个字的长名字 | 删 |"
        html = self.page(build, f"`-lr * dx` 与 `{'x' * 33}`\n\n{table}")
        assert re.findall(r'class="([^"]*)"><span class="pre">(-lr|x)', html) == [
            ("short docutils literal notranslate", "-lr"),
            ("docutils literal notranslate", "x"),
        ]
        assert re.findall(r'<td class="short"><p>(.*?)</p>', html) == ["去掉汇聚", "删掉", "删"]

    def page(self, build, source):
        html, warnings = build(source, "typesetting.chinese_text")
        assert not warnings
        return html

    def test_neighbours_are_not_repeated(self):
        assert chinese_text.join_lines("\n", "汉", "字") == ""
        assert chinese_text.join_lines("\n", "a", "字") == "\n"


class TestSectionSearch:
    GLOSSARY = """# 术语

| 中文 | 英文 | 说明 |
|:--|:--|:--|
| 步幅 | stride | 一次移几格；别处也叫步长 |
| 汇聚，聚合 | pooling | 取最大 |
| 谷底 | valley | 最低处 |
| $S$ | `stride` | 步幅 |
"""
    CHAPTER = """# 一章

开头写到步幅。

## 一节

步幅（stride）是 $S\\times2$，见公式 {eq}`eq-size`[^a]。

$$
O = 1
$$ (eq-size)

[^a]: 注。

```python
代码不收
```

## 汇聚

取最大。
"""
    INDEX = "# 书\n\n```{toctree}\nbook/descent/a\nbook/appendix/glossary\n```\n"

    @pytest.fixture(scope="class")
    @classmethod
    def index(cls, tmp_path_factory):
        folder = tmp_path_factory.mktemp("search")
        files = {
            "index.md": cls.INDEX,
            "book/descent/a.md": cls.CHAPTER,
            "book/appendix/glossary.md": cls.GLOSSARY,
        }
        book = small_book.build(folder, files, "pages.section_search")
        assert not book.warnings
        assert not (book.html / "searchindex.js").exists()
        text = (book.html / "_static" / section_search.INDEX).read_text(encoding="utf-8")
        return json.loads(text.removeprefix("globalThis.searchIndex = ").removesuffix(";\n"))

    def test_each_section_has_its_own_text(self, index):
        texts = {one["title"]: one["text"] for one in index["sections"]}
        assert texts["一章"] == "开头写到步幅。"
        assert texts["一节"] == "步幅（stride）是 S×2，见公式 (1)。\nO = 1"
        assert [one["chapter"] for one in index["sections"]][1:4] == ["一章"] * 3

    def test_names_and_where_a_term_is_defined(self, index):
        titles = [one["title"] for one in index["sections"]]
        defined = {tuple(term["names"]): term["defined"] for term in index["terms"]}
        assert defined.pop(("谷底", "valley")) is None
        assert {names: titles[k] for names, k in defined.items()} == {
            ("步幅", "stride", "步长"): "一节",
            ("汇聚", "聚合", "pooling"): "汇聚",
        }

    def test_only_traditional_characters_of_the_book(self, index):
        assert index["traditional"]["節"] == "节"
        assert "龍" not in index["traditional"]

    @pytest.mark.parametrize(
        ("latex", "text"),
        [
            (r"\frac{1}{1-\mu}", "1/(1-μ)"),
            (r"\Delta\Lambda\varphi", "ΔΛφ"),
            (r"\begin{aligned}x_{t+1}&=x_t\end{aligned}", "xt+1=xt"),
            (r"\mathrm{d}", "d"),
            (r"\tfrac12x^2-\frac1b\mu^{t-1}", "1/2x²-1/bμᵗ⁻¹"),
            (r"M^\top x^{ij},\kappa=\lambda_{\max}", "M⊤ x^(ij),κ=λmax"),
        ],
    )
    def test_symbols_of_a_formula(self, latex, text):
        assert section_search.formula_text(latex) == text


class TestChineseInterface:
    @pytest.mark.parametrize(
        ("source", "label"),
        [
            (":::{figure} curve.svg\n:alt: 一条水平线\n\n图注\n:::", "这幅图的链接"),
            (":::{table} 表题\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n:::", "这张表的链接"),
            ("```{code-block} python\n:caption: 代码\n\nx = 1\n```", "这段代码的链接"),
            (":::{glossary}\n动量\n: 攒下来的速度。\n:::", "这个术语的链接"),
        ],
    )
    def test_permalinks_speak_chinese(self, build, source, label):
        html, warnings = build(source, "typesetting.chinese_interface", numfig=True)
        assert not warnings
        assert f'title="{label}"' in html


class TestAccessibleHtml:
    def test_an_empty_corner_of_a_table_is_no_header(self, build):
        html, warnings = build("|  | 甲 |\n|---|---|\n| 乙 | 1 |", "typesetting.accessible_html")
        assert not warnings
        row = re.search(r"<thead>(.*?)</thead>", html, re.DOTALL)[1]
        assert re.findall(r"<(t[hd])\b", row) == re.findall(r"</(t[hd])>", row) == ["td", "th"]

    def test_a_reference_is_an_item_of_its_list(self, build):
        reference = "```{eval-rst}\n.. [A] 某书。\n```\n\n见 {cite}`A`。"
        html, _ = build(reference, "typesetting.accessible_html")
        assert re.findall(r'role="(\w[\w-]*)" class="citation|role="(list)"', html)
        assert "doc-biblioentry" not in html
        assert 'role="listitem"' in html


class TestLeanHtml:
    def test_a_cell_of_one_paragraph_is_no_more_than_a_cell(self, build):
        table = "```{list-table}\n* - 一段\n  - 两段：\n\n    第二段\n```"
        html, warnings = build(table, "typesetting.lean_html")
        assert not warnings
        first, second = re.findall(r"<td>(.*?)</td>", html, re.DOTALL)
        assert first.strip() == "一段"
        assert second.count("<p>") == 2

    def test_brackets_of_a_reference_are_text(self, build):
        html, warnings = build("前言[^a]。\n\n[^a]: 注。\n", "typesetting.lean_html")
        assert not warnings
        assert re.search(r'<a class="footnote-reference[^>]*>\[1\]</a>', html)
        assert re.search(r'<span class="label">\[<a [^>]*>1</a>\]</span>', html)


class TestStableIds:
    TEXT = (
        "## 为什么快\n\n一。\n\n(where)=\n## 在哪里\n\n二。[上面](#为什么快)\n\n## 为什么快\n\n三。"
    )
    CITING = "前言[^a]。\n\n[^a]: 注。\n\n"

    @pytest.fixture(autouse=True)
    def former(self, monkeypatch):
        monkeypatch.setattr(stable_ids, "former_ids", lambda: {"index": {"id2": "为什么快"}})

    @staticmethod
    def sections(html):
        return re.findall(r'<section[^>]* id="([^"]+)"', html)

    def test_ids_come_from_titles_and_labels_and_nothing_before_moves_them(self, build):
        plain, warnings = build(self.TEXT, "typesetting.stable_ids", myst_heading_anchors=3)
        assert not warnings
        assert self.sections(plain) == ["小书", "为什么快", "where", "为什么快-1"]
        assert 'href="#为什么快">上面' in re.sub(r"<[/]?span[^>]*>", "", plain)
        after_a_note, _ = build(
            self.CITING + self.TEXT, "typesetting.stable_ids", myst_heading_anchors=3
        )
        assert self.sections(after_a_note) == self.sections(plain)

    def test_former_ids_lead_to_the_same_section(self, build):
        html, _ = build(self.CITING + self.TEXT, "typesetting.stable_ids", myst_heading_anchors=3)
        assert html.count('id="id2"') == 1
        assert '<section id="为什么快">\n<span id="id2"></span>' in html

    def test_a_former_id_that_leads_nowhere_is_reported(self, build):
        _, warnings = build("## 换了标题", "typesetting.stable_ids", myst_heading_anchors=3)
        assert "从前的 #id2 指到 #为什么快" in warnings


class TestOffline:
    @pytest.mark.parametrize(
        "tag",
        [
            '<script src="https://cdn.example.org/a.js"></script>',
            '<img src="//example.org/a.png">',
            '<img srcset="a.png 1x, https://example.org/b.png 2x">',
            '<iframe src="http://example.org/"></iframe>',
            '<link rel="stylesheet" href="https://fonts.example.org/css?family=A">',
            '<link rel="preconnect" href="https://example.org">',
            '<video poster="https://example.org/a.png"></video>',
            "<style>@import 'https://example.org/a.css';</style>",
            '<p style="background: url(https://example.org/a.png)">一段</p>',
            '<svg><image href="https://example.org/a.png"/></svg>',
        ],
    )
    def test_external_resource_is_a_warning(self, build, tag):
        _, warnings = build(tag, "delivery.offline")
        assert "WARNING: index.html 引用了外部资源" in warnings

    @pytest.mark.parametrize(
        "tag",
        [
            "[别处](https://example.org)",
            '<a href="https://example.org">别处</a>',
            '<link rel="canonical" href="https://example.org/">',
            '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="">',
            '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
        ],
    )
    def test_links_and_local_files_are_fine(self, build, tag):
        assert not build(tag, "delivery.offline")[1]

    def test_stylesheets_are_read(self, tmp_path):
        (tmp_path / "a.css").write_text('b{background:url("https://example.org/a.png")}')
        (tmp_path / "b.css").write_text("b{background:url(a.png)}")
        found = [(path.name, url) for path, url in offline.external_references(tmp_path)]
        assert found == [("a.css", "https://example.org/a.png")]


class TestPictureAlt:
    @pytest.mark.parametrize(
        "picture",
        ["![](curve.svg)", '<img src="a/3f9c.png" alt="a/3f9c.png">', '<img src="b.png">'],
    )
    def test_missing_alt_is_a_warning(self, build, picture):
        assert "没有替代文字" in build(picture, "typesetting.picture_alt")[1]

    def test_written_alt_is_fine(self, build):
        assert not build("![一条水平线](curve.svg)", "typesetting.picture_alt")[1]

    def test_file_name_is_not_an_alt(self):
        assert list(picture_alt.without_alt('<img src="x/curve.png" alt="curve">'))


class TestLightPictures:
    def test_size_and_loading(self, build):
        html, warnings = build("![一条水平线](curve.svg)", "delivery.light_pictures")
        assert not warnings
        assert '<img loading="lazy" width="40" height="20" alt="一条水平线"' in html

    def test_unknown_size(self, tmp_path):
        assert light_pictures.attributes(tmp_path / "nothing.png") == 'loading="lazy"'

    def test_the_page_shows_the_lighter_file(self, tmp_path):
        (tmp_path / "source").mkdir()
        Image.new("RGB", (40, 20), "teal").save(tmp_path / "source" / "curve.png")
        book = small_book.build(
            tmp_path, {"index.md": "# 图\n\n![平](curve.png)"}, "delivery.light_pictures"
        )
        assert [path.name for path in (book.html / "_images").iterdir()] == ["curve.webp"]
        assert 'width="40" height="20"' in book.page()
        assert 'src="_images/curve.webp"' in book.page()

    @pytest.mark.parametrize(("noise", "largest_error"), [(0, 0), (40, 12)])
    def test_drawings_stay_exact_and_photographs_look_the_same(
        self, tmp_path, noise, largest_error
    ):
        ramp = np.linspace(0, 200, 64).astype(int)[:, None, None] // 50 * 50
        speckle = np.random.default_rng(0).integers(noise + 1, size=(64, 64, 3))
        before = Image.fromarray((ramp + speckle).astype(np.uint8))
        before.save(tmp_path / "picture.png")
        light_pictures.write_webp(tmp_path / "picture.png")
        with Image.open(tmp_path / "picture.webp") as after:
            assert (after.format, after.size) == ("WEBP", before.size)
            error = np.subtract(before, after.convert("RGB"), dtype=float)
        assert np.sqrt(np.mean(error**2)) <= largest_error

    def test_a_drawn_figure_has_a_dark_and_a_narrow_variant(self, tmp_path, three_panels):
        (tmp_path / "source").mkdir()
        (tmp_path / "source" / "curve.png").write_bytes(three_panels)
        book = small_book.build(
            tmp_path, {"index.md": "# 图\n\n![三格](curve.png)"}, "delivery.light_pictures"
        )
        page = book.page()
        sizes = {}
        for path in (book.html / "_images").iterdir():
            with Image.open(path) as picture:
                sizes[path.stem] = picture.size
                paper = picture.convert("RGB").getpixel((0, 0))
            assert paper == ((21, 24, 29) if "dark" in path.name else (255, 255, 255))
        assert sizes.keys() == {"curve", "curve-dark", "curve-narrow", "curve-dark-narrow"}
        assert sizes["curve"] == sizes["curve-dark"]
        wide, narrow = sizes["curve"], sizes["curve-narrow"]
        assert narrow == sizes["curve-dark-narrow"]
        assert narrow[0] <= narrow_pictures.WIDEST < wide[0]
        assert re.findall(r'<img class="only-(\w+)"[^>]*src="_images/([\w-]+).webp"', page) == [
            ("light", "curve"),
            ("dark", "curve-dark"),
        ]
        half = [f'width="{w / 2:.0f}" height="{h / 2:.0f}"' for w, h in (wide, narrow)]
        assert [page.count(size) for size in half] == [2, 2]

    def test_the_dark_paper_is_the_dark_page(self):
        css = (EXTENSIONS.parent / "_assets" / "course.css").read_text(encoding="utf-8")
        dark = css.split('html[data-theme="dark"]')[1]
        assert f"--pst-color-background: {dark_pictures.PAPER};" in dark.split("}")[0]

    def test_dark_inks_can_be_read_and_photographs_stay(self, three_panels):
        picture = Image.open(BytesIO(three_panels))
        (left, top, right, bottom), *_ = json.loads(picture.info["Layout"])["images"]
        light = picture.convert("RGB")
        dark = dark_pictures.dark(light, [(left, top, right, bottom)])
        box = (left + 1, top + 1, right - 1, bottom - 1)
        assert dark.crop(box).tobytes() == light.crop(box).tobytes()
        colors = Image.new("RGB", (5, 1))
        for k, color in enumerate((INK, BLUE, ORANGE, GREEN, PURPLE)):
            colors.putpixel((k, 0), ImageColor.getrgb(color))
        for color in dark_pictures.dark(colors, []).get_flattened_data():
            assert contrast(color, ImageColor.getrgb(dark_pictures.PAPER)) >= 4.5

    def test_each_piece_of_the_narrow_variant_can_be_read_alone(self, three_panels):
        """断开以后，后两格有自己的刻度，写着原来在哪里；没有断开的地方一笔不少。"""
        picture = Image.open(BytesIO(three_panels))
        panels = json.loads(picture.info["Layout"])["panels"]
        light = picture.convert("RGB")
        ink = narrow_pictures.written(light)
        narrow = narrow_pictures.narrow(light, ink, panels)
        left, top, _, bottom = panels[0]["axes"]
        ticks = light.crop((panels[0]["box"][0], top - 12, left - 4, bottom + 12))
        needle, page = (np.asarray(one).min(axis=2) < 128 for one in (ticks, narrow))
        assert needle.any()
        match = sum(
            fftconvolve(one, other[::-1, ::-1], "valid")
            for one, other in ((page, needle), (~page, ~needle))
        )
        found = (match.round() == needle.size).sum()
        assert found == 3
        assert narrow_pictures.narrow(light, np.ones_like(ink), panels) is None
        assert narrow_pictures.narrow(light.crop((0, 0, 300, 300)), ink, panels) is None

    @pytest.mark.parametrize(("wider", "names"), [(0, False), (40, True)])
    def test_pieces_of_a_row_of_equal_pictures_have_no_names(self, wider, names):
        """左右只对一格一格不同的图有意义。"""
        light, panels = Image.new("RGB", (1600, 200), "white"), []
        for k in range(6):
            left = 20 + 240 * k + 60 * (k // 2)
            box = (left, 10, left + 200 + wider * (k == 5), 190)
            light.paste("black", box)
            panels.append({"box": box, "axes": box})
        narrow = narrow_pictures.narrow(light, narrow_pictures.written(light), panels)
        assert narrow.height == 2 * (200 + names * narrow_pictures.NAME_HEIGHT)


class TestCourse:
    def test_newer_machinery_means_a_rebuild(self, tmp_path):
        built, machinery = tmp_path / "objects.inv", tmp_path / "_assets"
        machinery.mkdir()
        (machinery / "course.css").write_text("", encoding="utf-8")
        assert course.changed_since(built, (machinery,))
        built.write_text("", encoding="utf-8")
        os.utime(built, (2e9, 2e9))
        assert not course.changed_since(built, (machinery,))
        os.utime(machinery / "course.css", (2e9 + 1, 2e9 + 1))
        assert course.changed_since(built, (machinery,))
