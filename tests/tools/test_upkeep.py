"""维护报告的各部分：链接、浮动的依赖、更新的版本、没有通过的测试，和报告本身。"""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from nbformat import v4, writes

from tests.notebooks.test_outputs import png
from tools import upkeep
from tools.upkeep import (
    NO_ANSWER,
    Changed,
    Outcome,
    dead_links,
    failures,
    floating,
    links,
    links_of,
    newer,
    report,
    rerun,
    trouble,
)

PROJECT = {
    "dependencies": ["numpy>=2.0"],
    "optional-dependencies": {"teach": ["PyYAML>=6", "click>=8.1"], "build": ["click>=8.1"]},
}
PINNED = "# 直接依赖\nnumpy==2.4.6\npyyaml==6.0.3   # 总账\n\nsphinx==7.4.7\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[甲](https://a.org/b)。", ["https://a.org/b"]),
        ("<https://a.org/b>，再见", ["https://a.org/b"]),
        ("[甲](https://a.org/x_(y))", ["https://a.org/x_(y)"]),
        ("url = {https://a.org/b},", ["https://a.org/b"]),
        ("见 https://a.org/b。", ["https://a.org/b"]),
        ("`https://a.org/b`", ["https://a.org/b"]),
        ("http://127.0.0.1:8000 http://localhost/x https://x.example/y 没有", []),
    ],
)
def test_links_end_where_they_end(text, found):
    assert sorted(links(text)) == found


def test_code_cells_are_not_read_for_links(tmp_path):
    cells = [v4.new_markdown_cell("https://a.org"), v4.new_code_cell("# https://b.org")]
    path = tmp_path / "a.ipynb"
    path.write_text(writes(v4.new_notebook(cells=cells)), encoding="utf-8")
    assert links_of(path) == {"https://a.org"}


def test_the_book_links_elsewhere():
    assert len(links_of(upkeep.ROOT / "book/references.bib")) > 5


def test_only_what_the_package_declares_floats():
    assert floating(PROJECT, PINNED) == ["numpy>=2.0", "PyYAML>=6", "click>=8.1", "sphinx==7.4.7"]


def test_versions_are_compared_as_versions():
    latest = {"numpy": "2.10.0", "pyyaml": "6.0.3", "sphinx": "7.4.6"}
    assert newer(PINNED, latest) == {"numpy": ("2.4.6", "2.10.0")}


def test_failures_of_a_junit_report():
    cases = (
        '<testcase classname="a" name="ok"/>'
        '<testcase classname="a" name="bad"><failure/></testcase>'
        '<testcase classname="b" name="broken"><error/></testcase>'
        '<testcase classname="b" name="left"><skipped/></testcase>'
    )
    assert failures(f"<testsuites><testsuite>{cases}</testsuite></testsuites>") == [
        "a::bad",
        "b::broken",
    ]


@pytest.fixture
def server(monkeypatch):
    """一台网站：给出网址与停下它的办法；``/slow`` 一直不答，停下才答。"""
    monkeypatch.setenv("no_proxy", "*")
    stopping = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/slow":
                stopping.wait()
            status = {"/gone": 404, "/busy": 503, "/moved": 301, "/lost": 301, "/round": 302}
            places = {"/moved": "/here", "/lost": "/gone", "/round": "/round"}
            self.send_response(status.get(self.path, 200))
            if self.path in places:
                self.send_header("Location", places[self.path])
            self.end_headers()

        def log_message(self, *arguments):
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()

    def stop():
        stopping.set()
        site.shutdown()
        site.server_close()

    yield f"http://127.0.0.1:{site.server_port}", stop
    stop()


def test_what_the_server_answers_is_told(server):
    address, _ = server
    assert trouble(f"{address}/here") == trouble(f"{address}/moved") == ""
    assert trouble(f"{address}/gone") == trouble(f"{address}/lost") == "404 Not Found"
    assert trouble(f"{address}/busy") == "503 Service Unavailable"
    assert trouble(f"{address}/round").startswith("302 ")


def test_no_answer_is_told(server):
    address, stop = server
    assert trouble(f"{address}/slow", timeout=0.2) == f"{NO_ANSWER}：timed out"
    stop()
    assert trouble(f"{address}/here").startswith(f"{NO_ANSWER}：")
    assert trouble("http://[::1").startswith(f"{NO_ANSWER}：")


def test_dead_links_are_a_list_only_when_somebody_answers(server):
    """一个服务器也没有答话，是这台机器连不到外面，不是链接坏了。"""
    address, stop = server
    urls = [f"{address}/here", f"{address}/gone", "http://[::1"]
    assert dead_links(urls).keys() == {f"{address}/gone", "http://[::1"}
    assert dead_links(urls[:1]) == dead_links([]) == {}
    stop()
    assert dead_links(urls) is None


def test_words_and_pictures_are_told_apart(tmp_path):
    """这本笔记本存下的数字与图都是错的；图与数字在两个单元里。"""
    draw = "from IPython.display import Image\nfrom base64 import b64decode\nImage(b64decode('{}'))"
    stored = {"image/png": png(255), "text/plain": "<IPython.core.display.Image object>"}
    cells = [
        v4.new_code_cell("print(1 + 1)", outputs=[v4.new_output("stream", text="3\n")]),
        v4.new_code_cell(draw.format(png(0)), outputs=[v4.new_output("execute_result", stored)]),
        v4.new_code_cell("print('同')", outputs=[v4.new_output("stream", text="同\n")]),
    ]
    book = v4.new_notebook(cells=cells)
    path = tmp_path / "a.ipynb"
    path.write_text(writes(book), encoding="utf-8")
    changed = rerun(Path(sys.executable), path)
    assert changed.words == {1: "存的是 ['3\\n']，重算的是 ['2\\n']"}
    assert changed.pictures == [2]


def test_the_report_tells_everything_and_counts_it():
    outcomes = {
        "最旧": Outcome(
            {"numpy": "2.0.0"},
            {"a.ipynb": Changed({3: "存的是 1\n重算的是 2"}, [5, 8]), "b.ipynb": Changed()},
            ["t::x"],
        ),
        "最新": Outcome(problem="装不上"),
    }
    text = report(outcomes, {"https://a.org": "404"}, 7, {"numpy": ("2.4", "2.5")})
    for told in (
        "版本：numpy 2.0.0。",
        "笔记本 2 本，文字或数字变了 1 本。",
        "- `a.ipynb`\n  - 单元 3：存的是 1 重算的是 2\n",
        "只有图变了的单元 2 个。\n\n- `a.ipynb`：5、8\n",
        "没有通过的测试 1 个。\n\n- `t::x`",
        "```text\n装不上\n```",
        "7 个，打不开 1 个。\n\n- <https://a.org>：404",
        "有更新的 1 个。\n\n- numpy 2.4 → 2.5\n",
    ):
        assert told in text, told
    assert "没有问到最新的版本" in report({}, {}, 0, None)
    assert "没有查成：7 个一个也连不上，这台机器连不到外面。\n" in report({}, None, 7, None)
