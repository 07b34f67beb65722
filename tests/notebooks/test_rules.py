import nbformat
import pytest

from tests.notebooks import rules
from tests.notebooks.form import to_text
from tests.notebooks.rules import RULES, Notebook
from tests.notebooks.samples import ALT, build

PNG = {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure size 640x480 with 1 Axes>"}


def stream(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


def display(data):
    return nbformat.v4.new_output("display_data", data=data)


def notebook(
    source="x = 1\nprint(x)", outputs=(), tags=(), alt=ALT, caption="一条曲线", name="a-curve"
):
    """一本两个单元的笔记本，第二个单元由参数给出。"""
    figure = {"caption": caption, "name": name}
    node = build(["import math", source], mystnb={"image": {"alt": alt}, "figure": figure})
    node.cells[1].metadata.tags = list(tags)
    node.cells[1].outputs = list(outputs)
    return node


def problems(rule, node):
    return list(rule(Notebook(to_text(node))))


@pytest.mark.parametrize("rule", RULES)
def test_an_honest_notebook_keeps_every_rule(rule):
    source = "print('0x12 像素，3 次/轮', f'x:\\n')  # https://example.org/home/"
    honest = notebook(source, [stream("甲 0x12，/ 2，C:\\n"), display(PNG)])
    assert problems(rule, honest) == []


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_in_chinese_what_it_asks(rule):
    first_line = rule.__doc__.splitlines()[0]
    assert rules.CHINESE.search(first_line) and first_line.endswith("。")


def test_an_interactive_figure_needs_no_caption():
    live = display(PNG | {"text/html": "<div></div>"})
    assert problems(rules.captioned_pictures, notebook(outputs=[live], caption="", name="")) == []


BROKEN = [
    (rules.no_empty_cells, {"source": " \n"}),
    (rules.plain_python, {"source": "%matplotlib inline"}),
    (rules.plain_python, {"source": "import math\n!ls"}),
    (rules.plain_python, {"source": "%%time\nx = 1"}),
    (rules.plain_python, {"source": "math?"}),
    (rules.short_cells, {"source": "x = 1\n" * 21}),
    (rules.narrow_lines, {"source": "x = 1\n" + "y = " + "1" * 73}),
    (rules.narrow_lines, {"source": "# " + "宽" * 38}),
    (rules.narrow_outputs, {"outputs": [stream("x\n" + "宽" * 39)]}),
    (rules.everything_compared, {"tags": ["nbval-ignore-output"]}),
    (rules.everything_compared, {"tags": ["hide-input", "raises-exception"]}),
    (rules.everything_compared, {"source": "# NBVAL_SKIP\nx = 1"}),
    (rules.no_errors, {"outputs": [nbformat.v4.new_output("error", ename="E", evalue="")]}),
    (rules.no_stderr, {"outputs": [stream("注意", "stderr")]}),
    (rules.no_silenced_warnings, {"source": "import warnings\nwarnings.simplefilter('ignore')"}),
    (rules.no_missing_glyphs, {"outputs": [stream("Glyph 21160 (CJK) missing", "stderr")]}),
    (rules.no_missing_glyphs, {"outputs": [stream("findfont: Font family 'X'", "stderr")]}),
    (rules.no_machine_paths, {"outputs": [stream("见 /home/me/x.py")]}),
    (rules.no_machine_paths, {"outputs": [stream("'/root/x'")]}),
    (rules.no_machine_paths, {"outputs": [stream("/tmp/ipykernel_7/1.py")]}),
    (rules.no_machine_paths, {"outputs": [stream("C:\\Users\\me")]}),
    (rules.no_machine_paths, {"outputs": [display({"text/html": "<a href='/Users/me/'>"})]}),
    (rules.no_machine_paths, {"source": "open('/home/me/data.csv')"}),
    (rules.no_addresses, {"outputs": [display({"text/plain": "<object at 0x7f3a00c0ffee>"})]}),
    (rules.no_timings, {"outputs": [stream("3.1 ms ± 2 µs per loop")]}),
    (rules.no_timings, {"outputs": [stream("100%|████| 9/9 [00:01<00:00, 5.2it/s]")]}),
    (rules.no_timings, {"outputs": [display({"text/plain": "0%| | 0/9 [00:00<?, ?it/s]"})]}),
    (rules.no_timings, {"source": "import time\nt = time.perf_counter()"}),
    (rules.known_mime_types, {"outputs": [display({"image/svg+xml": "<svg/>"})]}),
    (rules.known_mime_types, {"outputs": [display({"image/jpeg": "AAAA"})]}),
    (rules.known_mime_types, {"outputs": [display({"application/javascript": "1"})]}),
    (rules.described_pictures, {"outputs": [display(PNG)], "alt": ""}),
    (rules.described_pictures, {"outputs": [display(PNG)], "alt": "a falling curve"}),
    (rules.described_pictures, {"outputs": [display(PNG)], "alt": "一条曲线"}),
    (rules.described_pictures, {"outputs": [display(PNG), display(PNG)]}),
    (rules.captioned_pictures, {"outputs": [display(PNG)], "caption": ""}),
    (rules.captioned_pictures, {"outputs": [display(PNG)], "caption": "一条曲线。"}),
    (rules.captioned_pictures, {"outputs": [display(PNG)], "name": ""}),
    (rules.captioned_pictures, {"outputs": [display(PNG)], "name": "曲线"}),
    (rules.folded_scaffolding, {"source": "import math\n\nuse_style()"}),
    (rules.folded_scaffolding, {"outputs": [display({"text/html": '<div class="live-figure">'})]}),
]


@pytest.mark.parametrize(("rule", "broken"), BROKEN, ids=lambda x: getattr(x, "__name__", ""))
def test_a_broken_notebook_is_caught_at_its_cell(rule, broken):
    assert [number for number, _ in problems(rule, notebook(**broken))] == [2]


def test_the_widest_line_allowed():
    source = f"# {'宽' * 37}\n{'x' * 76}"
    assert problems(rules.narrow_lines, notebook(source)) == []


def test_every_rule_that_reads_cells_has_a_broken_example():
    whole_file = {rules.written_by_record, rules.executed_in_order}
    assert {rule for rule, _ in BROKEN} | whole_file == set(RULES)


@pytest.mark.parametrize("counts", [(None, None), (2, 1), (1, 3), (1, None)])
def test_a_stripped_or_out_of_order_notebook_is_caught(counts):
    node = notebook()
    for cell, count in zip(node.cells, counts, strict=True):
        cell.execution_count = count
    assert problems(rules.executed_in_order, node)


def untidy_notebooks():
    node = notebook()
    node.metadata.language_info.version = "3.11.7"
    yield "notebook_metadata", to_text(node)
    node = notebook()
    node.metadata.widgets = {}
    yield "widget_state", to_text(node)
    node = notebook()
    node.cells[1].metadata.execution = {"iopub.status.busy": "2026-01-01T00:00:00Z"}
    yield "timestamps", to_text(node)
    yield "split_stream", to_text(notebook(outputs=[stream("甲"), stream("乙\n")]))
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "0f"}, "text/plain": "x"}
    yield "widget_view", to_text(notebook(outputs=[display(view)]))
    yield "no_final_newline", to_text(notebook()).rstrip("\n")
    yield "other_indent", to_text(notebook()).replace("\n ", "\n  ")


@pytest.mark.parametrize("text", [pytest.param(t, id=name) for name, t in untidy_notebooks()])
def test_a_notebook_saved_by_hand_is_caught(text):
    assert list(rules.written_by_record(Notebook(text)))
